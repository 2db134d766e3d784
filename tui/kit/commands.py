"""One definition of what a key does: binding, footer, help screen and palette are all drawn from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.keys import key_to_character

from db.language import Text

KEY_NAMES: Final = {
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "delete": "Del",
    "insert": "Ins",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}


@dataclass(frozen=True, slots=True)
class ScreenCommand:
    """Something a person can do here.

    ``id`` names the method ``do_<id>`` of the screen (its ``-`` become ``_``). ``key`` and ``second``
    are Textual key names, those that type a character from `tui.kit.letters`; ``second`` is the way for
    terminals that eat the first, or several, with commas. ``label`` is the
    word in the footer, ``help`` the sentence in the help screen. ``footer=False`` leaves the command
    out of the footer only. ``looks``: it opens, moves or marks, and changes nothing on record, so its key may
    be typed before what it acts on is drawn.
    """

    id: str
    key: str
    label: Text
    help: Text
    second: str = ""
    footer: bool = True
    looks: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that do it, the advertised one first."""
        return tuple(key for key in (self.key, *self.second.split(",")) if key)

    @property
    def method(self) -> str:
        return f"do_{self.id.replace('-', '_')}"


def bindings_of(commands: Iterable[ScreenCommand]) -> Iterable[Binding]:
    """Return Textual bindings, one a key; control and function keys also work while typing."""
    for key in dict.fromkeys(key for command in commands for key in command.keys):
        yield Binding(key, f"press('{key}')", show=False, priority=is_control(key))


def is_control(key: str) -> bool:
    """Return whether a key never types a character: control and function keys."""
    return key.startswith("ctrl+") or (key[:1] == "f" and key[1:].isdigit())


def key_name(key: str) -> str:
    """Return the label of a key: ``/`` for ``slash``, ``Ctrl+S`` for ``ctrl+s``, ``F1`` for ``f1``."""
    if key.startswith("ctrl+"):
        return "Ctrl+" + key_name(key[5:]).upper()
    if key.startswith("shift+"):
        return "Shift+" + key_name(key[6:])
    if is_control(key):
        return key.upper()
    return KEY_NAMES.get(key) or key_to_character(key) or key


def keys_name(command: ScreenCommand) -> str:
    return " ".join(key_name(key) for key in command.keys)
