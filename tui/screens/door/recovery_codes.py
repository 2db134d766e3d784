"""Recovery codes, shown once."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from db.language import _
from tui.kit import FramedScreen, ScreenCommand, TextLine, confirm
from tui.screens.requests.steps import CODES_EXPLAINED


class RecoveryCodes(FramedScreen):
    """The new codes, until they are noted."""

    NAME = _("Recovery codes")
    ABOUT = CODES_EXPLAINED
    KEYS = (ScreenCommand("noted", "enter", _("Noted"), _("I have noted them; don't show them again.")),)
    HOME = ""
    AUTO_FOCUS = ""
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self._codes = codes

    def body(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield TextLine(CODES_EXPLAINED)
            yield TextLine()
            yield from code_lines(self._codes)

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: no way back, as Esc would lose the codes by accident."""
        return command_id != "back"

    async def do_noted(self) -> None:
        if await are_codes_noted(self):
            self.dismiss(None)


async def are_codes_noted(screen: FramedScreen) -> bool:
    """Ask in a box whether the codes are noted down; return whether they are. A hasty Enter says no."""
    return await confirm(
        screen,
        _("Have you noted the recovery codes?"),
        text=_("They are not shown again."),
        yes=_("Noted"),
        no=_("Not noted yet"),
    )


def code_lines(codes: Sequence[str]) -> ComposeResult:
    for number, code in enumerate(codes, start=1):
        yield TextLine(f"{number:2}  {code}", "strong")
