"""One's own case, as far as one may follow it: what one reported, where it stands, what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.cases.own_cases import OwnCase
from db.language import _
from tui.kit import FactList, FramedScreen, Location, ScreenCommand, clause_text
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.case_facts import MyCase, own_facts
from tui.sheets.case_work import APPEAL, SPEAK
from tui.sheets.sheet import Verb


class OwnCaseCard(FramedScreen):
    """All that its reader may know."""

    CSS_PATH = "own.tcss"
    NAME = _("My case")
    ABOUT = _(
        "What you reported, how far it is, and what came of it; of a case about you, what was decided, with "
        "the clause. Who works on it and whom else it is about stays with those who handle it."
    )
    KEYS = (
        command_of(SPEAK, "c"),
        command_of(APPEAL, "n"),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init__(self, case: OwnCase) -> None:
        super().__init__()
        self._case = case

    def where(self) -> Location:
        """Which case of which book."""
        row = self._case.row
        return Location(_("Case {number}", number=row.id), (row.book_label, clause_text(row.clause)))

    def body(self) -> ComposeResult:
        with VerticalScroll(id="case"):
            yield FactList(own_facts(self._case))

    def can(self, command_id: str) -> bool:
        """There has to be something to speak or to appeal against, and time."""
        if command_id == SPEAK.id:
            return self._case.hearing_until is not None and self._case.hearing_until.left >= 0
        until = self._case.appeal_until
        open_still = until is not None and until.left >= 0
        made = self._case.verdicts[0].appeal if self._case.verdicts else None
        return command_id != APPEAL.id or (open_still and (made is None or made.reopened))

    async def do_speak(self) -> None:
        await self._carry_out(SPEAK)

    async def do_appeal(self) -> None:
        await self._carry_out(APPEAL)

    async def _carry_out(self, verb: Verb[MyCase]) -> None:
        row = self._case.row
        at = At(self.app.desk, (row.id,), lambda: (MyCase(row, "concerned"),), {})
        made = await carry_out(self, verb, at)
        if made is not None:
            self._case = self.app.desk.cases.own(row.id)
            self.query_one(FactList).show(own_facts(self._case))
            self.refresh_keys()
            self.app.call_later(self.app.tell, verb.done(at, made.result))
