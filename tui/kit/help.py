"""The help screen: what this is, and every key, drawn from the same commands as the footer."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.language import Text, _
from tui.kit.commands import Command, keys_name
from tui.kit.dialog import Dialog
from tui.kit.facts import Facts
from tui.kit.mode import Mode
from tui.kit.painted import Line
from tui.sheets.cell import Styled

MOVES = (
    ("↑ ↓ k j", _("Move the cursor by a line, or to the next field.")),
    ("PgUp PgDn", _("Move by a page.")),
    ("Home End g G", _("To the first or the last line.")),
    ("Tab", _("To the next field or list.")),
)


class Help(Dialog[bool]):
    """Explains the screen below it."""

    NAME = _("Help")
    ABOUT = _("All keys of the screen you came from. Esc goes back to it.")
    KEYS = (Command("back", "escape", _("Back"), _("Back to the screen."), second="q"),)
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    Help > .box { width: 78; height: 90%; }
    Help VerticalScroll { height: 1fr; }
    Help .part { padding-top: 1; }
    """

    def __init__(self, name: Text, about: Text, commands: Sequence[Command], modes: Sequence[Mode]) -> None:
        super().__init__(name)
        self._about = about
        self._commands = commands
        self._modes = modes

    def body(self) -> ComposeResult:
        """What it is, its keys, the modes, the keys that move."""
        with VerticalScroll():
            yield Line(self._about)
            yield Line(_("Keys"), "head", classes="part")
            with_key = [command for command in self._commands if command.keys]
            yield Facts([(Styled(keys_name(command), "accent"), command.help) for command in with_key])
            if self._modes:
                yield Line(_("Places"), "head", classes="part")
                yield Facts([(Styled(mode.digit, "accent"), mode.label) for mode in self._modes])
            yield Line(_("Moving"), "head", classes="part")
            yield Facts([(Styled(keys, "accent"), text) for keys, text in MOVES])
