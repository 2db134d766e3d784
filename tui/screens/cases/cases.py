"""Cases: those that the reader handles, and their own reports with what came of them."""

from __future__ import annotations

from dataclasses import replace

from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.tasks.task_views import TaskRow
from db.language import _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.cases.card import CaseCard
from tui.screens.cases.own_case import OwnCaseCard
from tui.screens.cases.ranking import Ranking
from tui.screens.cases.report import ReportBreach
from tui.screens.sheets.list import SheetScreen
from tui.screens.tasks.tasks import OPENS
from tui.sheets.case_facts import MyCase
from tui.sheets.case_reports import REPORT
from tui.sheets.cases import CASES


class CasesScreen(SheetScreen[MyCase]):
    """One case a line; what is done with it has its keys on the case's card."""

    SHEET = replace(CASES, verbs=(REPORT,))
    LIVE = True
    KEYS = (
        ScreenCommand(
            "open",
            "enter",
            _("Open"),
            _("Open the case under the cursor, as far as you may see it."),
            looks=True,
        ),
        ScreenCommand(
            "ranking", "v", _("Praise"), _("Who is timely and accurate, and commendations."), looks=True
        ),
    )

    def can(self, command_id: str) -> bool:
        if command_id == "ranking":
            return bool(Praise(self.app.desk).offers())
        return super().can(command_id)

    async def do_open(self) -> None:
        """Open the case as far as the reader may read it; recorded."""
        case, cases = self.current, Cases(self.app.desk)
        if case is not None and case.part in ("handler", "reader"):
            self.app.push_screen(CaseCard(cases.one(case.row.id)))
        elif case is not None:
            self.app.push_screen(OwnCaseCard(cases.own(case.row.id)))

    def do_report(self) -> None:
        self.app.push_screen(ReportBreach())

    def do_ranking(self) -> None:
        self.app.push_screen(Ranking(Praise(self.app.desk).offers()))


def _open_from_task(screen: FramedScreen, row: TaskRow) -> None:
    screen.app.push_screen(CasesScreen(at=row.thing))


OPENS["case"] = _open_from_task
