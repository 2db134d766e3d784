"""Shown instead of everything after the last day: the copies to hand back, and nothing else (A.10, H.5.4)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.tasks.task_views import CopyView
from db.language import _, clause_words
from tui.kit import SIGN_OUT, TextLine
from tui.screens.sheets.list import SheetScreen
from tui.sheets.hand_back import OWN


class HandBackScreen(SheetScreen[CopyView]):
    """The list of one's own copies; there is nothing behind it."""

    SHEET = OWN
    KEYS = (SIGN_OUT,)
    HOME = ""
    HOLDS_ON = True

    def body(self) -> ComposeResult:
        clause = clause_words(self.app.desk.entry_clause("leaving"))
        yield TextLine(
            _("  Your last day is over, and your access ended with it ({clause}).", clause=clause), "warn"
        )
        yield TextLine(_("  Say of each copy what became of it (c). F10 signs you out."), "dim")
        yield from super().body()

    def refill(self, *, keep: bool = True) -> None:
        """Fetch the rows again; count nothing, as nothing else waits here."""
        place = self.place
        self._take_rows(self.SHEET.rows(place), place, keep=keep)

    def do_back(self) -> None:
        """Do nothing: there is no screen before this one."""
