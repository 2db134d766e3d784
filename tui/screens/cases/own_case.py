"""One's own case, as far as one may follow it: what one reported, where it stands, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.cases.cases import Cases
from db.desk.cases.own_cases import OwnCase
from db.language import Text, _
from tui.kit import Location, ScreenCommand, clause_text
from tui.screens.sheets.card import FactCard
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.case_facts import MyCase, own_facts
from tui.sheets.case_work import APPEAL, SPEAK
from tui.sheets.cell import Fact


class OwnCaseCard(FactCard):
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
    VERBS = (SPEAK, APPEAL)

    def __init__(self, case: OwnCase) -> None:
        super().__init__()
        self._case = case

    def where(self) -> Location:
        row = self._case.row
        return Location(_("Case {number}", number=row.id), (row.book_label, clause_text(row.clause)))

    def facts(self) -> Sequence[Fact]:
        return own_facts(self._case)

    def place(self) -> At[MyCase]:
        row = self._case.row
        return At(self.app.desk, (row.id,), lambda: (MyCase(row, "concerned"),))

    def show_result(self, said: Text) -> None:
        self._case = Cases(self.app.desk).own(self._case.row.id)
        self.redraw_facts()
        self.app.call_later(self.app.tell, said)

    def can(self, command_id: str) -> bool:
        """Return whether there is something to speak or appeal against, and time left."""
        if command_id == SPEAK.id:
            return self._case.hearing_until is not None and self._case.hearing_until.left >= 0
        until = self._case.appeal_until
        open_still = until is not None and until.left >= 0
        made = self._case.verdicts[0].appeal if self._case.verdicts else None
        return command_id != APPEAL.id or (open_still and (made is None or made.reopened or made.lodged))
