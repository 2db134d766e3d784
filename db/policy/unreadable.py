"""Why a policy file isn't a text in TOML at all, in words for somebody who never heard of TOML."""

from __future__ import annotations

import re
import tomllib
import unicodedata

from db.language import Message, _
from db.policy.brackets import behind_value, ended_early, is_open, misplaced_bracket
from db.policy.rules import Fault
from db.policy.values import is_unseen

_SYNTAX = (
    (r"overwrite|twice|mutate|Duplicate", _(
        "This was already written above. Keep one of the two; in a list of tables each has a "
        "heading in double brackets, such as [[reviews]]."
    )),
    (r"Invalid value|Invalid hex", _(
        "After = write a text in quotation marks, a number, true or false in small letters, a "
        "date such as 2026-01-31, a list in [ ] or a table in { }."
    )),
    (r"Expected '\]", _(
        "A heading is in brackets, alone on its line, as many before it as behind it: "
        "[flow.change], [[reviews]]."
    )),
    (r"Unclosed|Invalid initial|inline table", _(
        "A bracket is not closed, a comma is missing before this, or a table in { } goes on after the end "
        "of its line."
    )),
    (r"Invalid date", _("There is no such day or time.")),
    (r"Expected newline", _(
        "Too much follows the value: a text is in quotation marks as a whole, a number or a "
        "date (2026-01-31) is alone, and each line has one key."
    )),
    (r"Expected '='|Invalid statement", _(
        "Each line is key = value, or a heading in brackets such as [flow.change]. "
        "What is a note begins with #."
    )),
    (r"Unterminated", _('A text that begins with three quotation marks ends with three: """.')),
    (r"Illegal character", _("There is an invisible character here. Type the text again.")),
    (r"[Uu]nescaped", _("A text can hold no backslash; write / instead.")),
)  # fmt: skip
"""What the reader of TOML says, as a pattern, and what somebody does about it who never saw TOML."""

_DATE = re.compile(r"[^\"'#=]*=\s*\d{1,4}\s*[-/.]\s*\d{1,2}(\s*[-/.]\s*\d{1,4})?\s*(#.*)?$")
"""A line whose value was meant to be a date."""

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|(?P<open>["\'])|(?P<foreign>[^\x00-\x7f])')
_MARKS = str.maketrans("“”„‟″「」『』‘’、；：。【】（）—", '"""""""""\'\',,=.[][]-')
"""What is meant by a mark of an input method for Chinese or a word processor that has no plain one of its own
shape here: a list stands in square brackets and has commas, a key is followed by an equals sign."""


def encoding(problem: UnicodeDecodeError, path: str) -> Fault:
    message = _("This file isn't saved as UTF-8. Save it again in your editor with the encoding UTF-8.")
    return Fault(problem.object.count(b"\n", 0, problem.start) + 1, "", message, path)


def syntax(problem: tomllib.TOMLDecodeError, text: str, path: str) -> Fault:
    lines = text.replace("\r\n", "\n").split("\n")
    place = re.search(r"at line (\d+), column (\d+)", str(problem))
    line, column = (int(place[1]), int(place[2])) if place else (len(lines), len(lines[-1]) + 1)
    begin = sum(len(one) + 1 for one in lines[: line - 1])
    text, at, written = "\n".join(lines), begin + column - 1, lines[line - 1]
    reason = re.sub(r"\s*\(at .*\)$", "", str(problem))
    message = (
        ended_early(text, at)
        or _explain_typed(text, begin, written)
        or _dated(written, reason)
        or misplaced_bracket(text, at)
        or _syntax(reason)
    )
    return Fault(line, "", message, path)


def _explain_typed(text: str, begin: int, line: str) -> Message | None:
    """Return advice on a line that can't be read because of a sign typed with a Chinese input method, or
    because a text is left open; None otherwise. The line begins at offset ``begin`` of ``text``."""
    if '"""' in line or "'''" in line:
        return None
    for found in _QUOTED.finditer(line):
        foreign = found["foreign"]
        plain = _plain(foreign) if foreign else ""
        if plain == "," and not is_open(text, begin + found.start()):
            return behind_value(line[found.start() :])
        if plain:
            return _(
                "This is {foreign}, typed with an input method for Chinese or copied; type {plain} instead.",
                foreign=f"“{foreign}”" if foreign.isspace() else foreign,
                plain=_("a blank") if foreign.isspace() else plain,
            )
        if foreign and is_unseen(foreign):
            return _("There is a character here that can't be seen: take it away.")
        before, after = line[: found.start()].strip(), line[found.end() :]
        is_key = before in ("[", "[[") or (not before and "=" in after)
        if foreign and is_key and not is_open(text, begin):
            return _(
                "Keys and headings are the words of the documentation, in Latin letters; {foreign}… is none.",
                foreign=foreign,
            )
        if foreign:
            return _(
                'Chinese goes in quotation marks, "{foreign}…", or behind # as a note; numbers '
                "and dates (2026-01-31) have none.",
                foreign=foreign,
            )
        if found["open"]:
            return _('A quotation mark is not closed on this line; "…" are typed without an input method.')
    return None


def _plain(foreign: str) -> str:
    """Return the ASCII sign that is meant by a full-width or typographic one; empty where it is none."""
    plain = foreign.translate(_MARKS)
    plain = plain if plain != foreign else unicodedata.normalize("NFKC", foreign)
    return plain if plain.isascii() and len(plain) == 1 else ""


def _dated(line: str, reason: str) -> Message | None:
    """Return advice on writing a date, where ``line`` has one that is written otherwise or that isn't one;
    else None."""
    if re.search(r"Expected newline|Invalid date", reason) is None or _DATE.match(line) is None:
        return None
    return _(
        "A date is written 2026-01-31, with four digits for the year, two for the month and two for the day, "
        "and hyphens between; it must be a day that there is."
    )


def _syntax(reason: str) -> Message:
    known = next((message for pattern, message in _SYNTAX if re.search(pattern, reason)), None)
    return known or _(
        "The file can't be read from this line on: look for a missing or doubled quotation mark, "
        "bracket, comma or equals sign, or a key that is written twice ({reason}).",
        reason=reason,
    )
