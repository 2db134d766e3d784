"""The help screen: what this is, and every key, drawn from the same commands as the footer."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.language import Text, _
from tui.kit.commands import ScreenCommand, keys_name
from tui.kit.dialog import Dialog
from tui.kit.facts import FactList
from tui.kit.mode import Mode
from tui.kit.painted import TextLine
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
    KEYS = (ScreenCommand("back", "escape", _("Back"), _("Back to the screen."), second="q"),)
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    Help > .box { width: 78; height: 90%; }
    Help VerticalScroll { height: 1fr; }
    Help .part { padding-top: 1; }
    """

    def __init__(
        self, name: Text, about: Text, commands: Sequence[ScreenCommand], modes: Sequence[Mode]
    ) -> None:
        super().__init__(name)
        self._about = about
        self._commands = commands
        self._modes = modes

    def body(self) -> ComposeResult:
        """What it is, its keys, the modes, the keys that move."""
        with VerticalScroll():
            yield TextLine(self._about)
            yield TextLine(_("Keys"), "head", classes="part")
            with_key = [command for command in self._commands if command.keys]
            yield FactList([(Styled(keys_name(command), "accent"), command.help) for command in with_key])
            if self._modes:
                yield TextLine(_("Places"), "head", classes="part")
                yield FactList([(Styled(mode.digit, "accent"), mode.label) for mode in self._modes])
            yield TextLine(_("Moving"), "head", classes="part")
            yield FactList([(Styled(keys, "accent"), text) for keys, text in MOVES])
