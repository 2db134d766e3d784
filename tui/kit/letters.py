"""What each key means, on every screen: keys, bottom line, help and the manual's table are drawn from here.

No letter has a second meaning. Several commands of a screen may have the same letter where they are of its
kind: it then asks which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.events import Key
from textual.keys import _character_to_key as key_of

from db.language import Text, _


@dataclass(frozen=True, slots=True)
class KeyMeaning:
    """``key``: its Textual name; ``word``: for the bottom line where it asks which; ``meaning``: the help."""

    key: str
    word: Text
    meaning: Text


GROUPS: Final[tuple[tuple[Text, tuple[KeyMeaning, ...]], ...]] = (
    (
        _("Open and mark"),
        (
            KeyMeaning("enter", _("Open"), _("Open; in a question: yes, do it.")),
            KeyMeaning("space", _("Mark"), _("Mark or unmark the row under the cursor.")),
            KeyMeaning("m", _("Mark to here"), _("Mark from here to where you press it again.")),
            KeyMeaning("equals_sign", _("Mark alike"), _("Mark all rows like the one under the cursor.")),
            KeyMeaning("asterisk", _("Mark all"), _("Mark every row that is shown.")),
            KeyMeaning("minus", _("Unmark"), _("Drop all marks.")),
        ),
    ),
    (
        _("Find and arrange"),
        (
            KeyMeaning("slash", _("Search"), _("Search within the list.")),
            KeyMeaning("s", _("Sort"), _("Sort the list.")),
            KeyMeaning("f", _("Filter"), _("Show only some of the list.")),
            KeyMeaning("u", _("Unit"), _("Choose a unit or a directory.")),
            KeyMeaning("p", _("Period"), _("Choose a period.")),
            KeyMeaning(
                "left_square_bracket", _("Previous"), _("To the previous one; in work lists, open ones only.")
            ),
            KeyMeaning(
                "right_square_bracket", _("Next"), _("To the next one; in work lists, open ones only.")
            ),
            KeyMeaning("g", _("Go"), _("Go anywhere, do anything, by typing part of its name.")),
        ),
    ),
    (
        _("Decide and work"),
        (
            KeyMeaning("a", _("Agree"), _("Agree: approve, confirm, acknowledge, done.")),
            KeyMeaning("b", _("Give back"), _("Give back with a reason: return, reopen, a finding.")),
            KeyMeaning("d", _("Decline"), _("Decline with a reason.")),
            KeyMeaning("e", _("Edit"), _("Change something: edit, propose, amend, set right.")),
            KeyMeaning("n", _("New"), _("Begin something new.")),
            KeyMeaning("x", _("End"), _("End it: withdraw, call off, recall, remove, close.")),
            KeyMeaning(
                "c",
                _("Say"),
                _("Say something: comment, answer, call or write, report an error in this entry."),
            ),
            KeyMeaning("t", _("Remind"), _("Remind whoever it waits for.")),
            KeyMeaning("z", _("Undo"), _("Undo what is not in force yet.")),
            KeyMeaning("exclamation_mark", _("Emergency"), _("In an emergency: the number to call now.")),
        ),
    ),
    (
        _("See"),
        (
            KeyMeaning("r", _("Reveal"), _("Show what is covered.")),
            KeyMeaning("v", _("View"), _("View what is attached, or belongs to it.")),
            KeyMeaning("w", _("Why"), _("Why, or why not: the clause.")),
            KeyMeaning("y", _("Copy it"), _("Copy it, or have words ready to use.")),
            KeyMeaning("plus", _("Favourite"), _("A favourite, or no more.")),
        ),
    ),
    (
        _("Files"),
        (
            KeyMeaning("i", _("Bring in"), _("Bring a file in.")),
            KeyMeaning("o", _("Take out"), _("Take a file out.")),
        ),
    ),
    (
        _("Anywhere"),
        (
            KeyMeaning(
                "escape",
                _("Back"),
                _("One step back: out of the question, the field, the search, the screen."),
            ),
            KeyMeaning("tab", _("Next list"), _("To the next field or list.")),
            KeyMeaning("0", _("More"), _("The places that have no digit, by a letter each.")),
            KeyMeaning("question_mark", _("Help"), _("All keys of the screen.")),
        ),
    ),
)
LETTERS: Final = {letter.key: letter for _heading, letters in GROUPS for letter in letters}
WIDE: Final = {
    **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)},
    "　": " ",
    "、": "/",
    "【": "[",
    "】": "]",
}
"""What an input method types in place of the keys."""


def fold(event: Key) -> None:
    """Change the key event in place: a capital to its small letter, a full-width character to its plain
    key."""
    typed = event.character
    if typed is None:
        return
    plain = WIDE.get(typed, typed)
    plain = plain.lower() if plain.isascii() else plain
    if plain != typed:
        event.character, event.key = plain, key_of(plain)


def is_han(typed: str | None) -> bool:
    """Return whether ``typed`` comes from an input method, not from a key."""
    return typed is not None and typed.isprintable() and ord(typed[0]) >= 0x2E80
