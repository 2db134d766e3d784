"""Ctrl+P: everything that can be done here and every place, found by typing part of its name."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from db.language import Text, _, say
from tui.kit.commands import Command, keys_name
from tui.kit.datalist import Column, DataList
from tui.kit.dialog import Dialog
from tui.kit.fields import TextInput
from tui.kit.mode import Mode
from tui.sheets.cell import Styled

Found = Command | Mode


class Palette(Dialog[Found]):
    """Gives the command or mode chosen."""

    NAME = _("Find a command")
    ABOUT = _("Type part of a name, move with the arrows, press Enter.")
    KEYS = (
        Command("take", "enter", _("Do it"), _("Do what is under the cursor.")),
        Command("back", "escape", _("Back"), _("Close without doing anything.")),
    )
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Palette > .box { width: 70; height: 18; }
    Palette DataList { height: 1fr; margin-top: 1; }
    """

    def __init__(self, commands: Sequence[Command], modes: Sequence[Mode]) -> None:
        super().__init__(self.NAME)
        everything: list[Found] = [*commands, *modes]
        self._everything = [found for found in everything if found.id != "palette"]
        self._found = self._everything

    def body(self) -> ComposeResult:
        """The field and what it finds."""
        yield TextInput(hint=_("Part of a name"), max_length=40)
        yield DataList[Found](
            [
                Column("", lambda found: Styled(_keys(found), "accent"), width=12),
                Column("", lambda found: found.label, width=16),
                Column("", lambda found: Styled(_about(found), "dim")),
            ],
            key=lambda found: (type(found).__name__, found.id),
            empty=_("Nothing is called so."),
        )

    def on_mount(self) -> None:
        """All of it at first."""
        self._list()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow it by what was typed, in either language."""
        wanted = event.value.strip().casefold()
        self._found = [found for found in self._everything if wanted in self._names(found)]
        self._list()

    def _names(self, found: Found) -> str:
        return f"{say(found.label, 'zh_CN')} {say(found.label, 'en')} {found.id}".casefold()

    def _list(self) -> None:
        found = self._found
        self.query_one(DataList).show(lambda offset, limit: found[offset : offset + limit], total=len(found))

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while one types."""
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
        if event.key in steps:
            event.stop()
            self.query_one(DataList).action_move(steps[event.key])

    def do_take(self) -> None:
        """Do what is under the cursor."""
        self.dismiss(self.query_one(DataList).current)


def _keys(found: Found) -> str:
    return keys_name(found) if isinstance(found, Command) else found.digit


def _about(found: Found) -> Text:
    return found.help if isinstance(found, Command) else _("Go to this place.")
