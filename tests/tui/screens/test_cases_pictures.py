"""How reports, the queue, a case, its trail, and the ranking look."""

from __future__ import annotations

from textual.pilot import Pilot

from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from tests.db.desk.casework import judged
from tests.tui.conftest import Snap, View
from tests.tui.screens.cases_stage import Bureau, bureau
from tests.world import World
from tui.kit import DataList
from tui.screens.cases.card import CaseCard
from tui.screens.cases.cases import CasesScreen
from tui.screens.cases.own_case import OwnCaseCard
from tui.screens.cases.ranking import Ranking
from tui.screens.cases.report import ReportBreach
from tui.screens.cases.trail import CaseTrail

__all__ = ["bureau"]


def test_reporting_a_breach(snap_matrix: Snap, bureau: World) -> None:
    """Four fields, and to whom it goes under which clause."""
    snap_matrix(lambda view: Bureau(bureau, "zhangwei", view, lambda _app: ReportBreach()))


def test_the_queue(snap_matrix: Snap, bureau: World) -> None:
    """A report overdue, a case to be investigated, and one that is; below, nothing of one's own."""
    snap_matrix(lambda view: Bureau(bureau, "panlong", view, lambda _app: CasesScreen()))


def test_own_reports(snap_matrix: Snap, bureau: World) -> None:
    """Who handles nothing sees what they reported and where it stands."""
    snap_matrix(lambda view: Bureau(bureau, "xuning", view, lambda _app: CasesScreen()))


def test_a_case(snap_matrix: Snap, bureau: World) -> None:
    """Under investigation, with the person concerned, an audit record, and the history."""
    snap_matrix(lambda view: Bureau(bureau, "ouyangxue", view, lambda app: CaseCard(Cases(app.desk).one(1))))


def test_a_decided_case(snap_matrix: Snap, bureau: World) -> None:
    """The fine with its clause, and the copy that was traced."""

    def make(view: View) -> Bureau:
        return Bureau(
            bureau, "fengdir", view, lambda app: CaseCard(Cases(app.desk).one(Cases(app.desk).queue()[0].id))
        )

    snap_matrix(make)


def test_a_case_about_oneself(snap_matrix: Snap, bureau: World) -> None:
    """What was decided, with the fine and the clause, and nothing of who reported or decided it."""
    snap_matrix(
        lambda view: Bureau(
            bureau, "taojs", view, lambda app: OwnCaseCard(Cases(app.desk).own(Cases(app.desk).mine()[0].id))
        )
    )


def test_the_audit_within_a_case(snap_matrix: Snap, bureau: World) -> None:
    """Acts of the person concerned, the attached one marked."""
    snap_matrix(lambda view: Bureau(bureau, "ouyangxue", view, lambda app: CaseTrail(Cases(app.desk).one(1))))


def test_deciding(snap_matrix: Snap, bureau: World) -> None:
    """The ladder of the book, mildest first, two rungs selected."""
    judged(bureau, 1)

    async def choose_rungs(pilot: Pilot[object]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        pilot.app.screen.query_one(DataList).focus()
        await pilot.press("space", "down", "space")
        await pilot.pause()

    def make(view: View) -> Bureau:
        return Bureau(bureau, "cendong", view, lambda app: CaseCard(Cases(app.desk).one(1)))

    snap_matrix(make, run_before=choose_rungs)


def test_the_ranking(snap_matrix: Snap, bureau: World) -> None:
    """Departments, then people, with their shares."""

    async def commend(pilot: Pilot[object]) -> None:
        await pilot.press("n", *"ok", "enter")
        await pilot.pause()

    snap_matrix(
        lambda view: Bureau(bureau, "panan", view, lambda app: Ranking(Praise(app.desk).offers())),
        run_before=commend,
    )
