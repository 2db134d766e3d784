"""Cases: the queue of who handles them, and everybody's own reports with what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from db.desk.audit.act_names import clause_words
from db.desk.cases.case_views import CaseRow
from db.desk.tasks.task_views import TaskRow
from db.language import _
from tui.kit import Cell, Column, Command, DataList, Frame, Pane, Styled, Where, clause_text
from tui.screens.cases.card import CaseCard
from tui.screens.cases.case_words import concerned, stands
from tui.screens.cases.own_case import OwnCaseCard
from tui.screens.cases.ranking import Ranking
from tui.screens.cases.report import ReportBreach
from tui.screens.requests.request_words import due_day, left
from tui.screens.tasks.tasks import OPENS


class Cases(Frame):
    """The queue above, the reader's own below."""

    CSS_PATH = "cases.tcss"
    NAME = _("Cases")
    ABOUT = _(
        "Above: cases that you handle, the first due on top and those closed last. Below: what you reported, "
        "and what was decided about you. Nobody sees a case that is about themselves before it is decided."
    )
    LIVE = True
    KEYS = (
        Command("open", "enter", _("Open"), _("Open the case under the cursor, as far as you may see it.")),
        Command("report", "n", _("Report a breach"), _("Report a breach.")),
        Command("ranking", "p", _("Praise"), _("Who is timely and accurate, and commendations.")),
        Command("refresh", "r", _("Refresh"), _("Ask again what is new."), second="f5"),
        Command("switch", "tab", _("Other list"), _("Move between the two lists."), footer=False),
    )
    SHOWS_MODES = False

    def where(self) -> Where:
        """Book and clause of the case under the cursor."""
        row = self._current if self.is_mounted else None
        return Where(self.NAME, (row.book_label, clause_text(row.clause)) if row is not None else ())

    def body(self) -> ComposeResult:
        """Both lists."""
        with Pane(_("Cases that I handle"), id="queue"):
            yield DataList[CaseRow](
                [
                    Column(_("No."), lambda row: str(row.id), width=5, right=True),
                    Column(_("Due"), _due, width=9),
                    Column(_("Workdays"), lambda row: left(row.due), width=9),
                    Column(_("About"), _about),
                    Column(_("Concerned"), concerned, width=9),
                    Column(_("Directory"), lambda row: row.book_label, width=16, from_width=100),
                    Column(_("Stands"), stands, width=14),
                ],
                key=lambda row: row.id,
                empty=_("No case waits for you."),
            )
        with Pane(_("Reported by me, or about me"), id="mine"):
            yield DataList[CaseRow](
                [
                    Column(_("No."), lambda row: str(row.id), width=5, right=True),
                    Column(_("Reported"), lambda row: row.reported_at[5:], width=11),
                    Column(_("About"), _about),
                    Column(_("Clause"), lambda row: clause_words(row.clause), width=13),
                    Column(_("Stands"), stands, width=14),
                ],
                key=lambda row: row.id,
                empty=_("You have reported nothing. n reports a breach."),
            )

    def __init__(self, at: int | None = None) -> None:
        super().__init__()
        self._at = at
        """The case of the queue on which the cursor begins."""

    def on_mount(self) -> None:
        """Fill both lists; who handles nothing begins among their own."""
        self.do_refresh()
        rows = self.app.desk.cases.queue() if self._at is not None else ()
        place = next((number for number, row in enumerate(rows) if row.id == self._at), None)
        if place is not None:
            self._of("queue").go(place)
        if not self._of("queue").current:
            self._of("mine").focus()

    def come_back(self) -> None:
        """Something may have happened meanwhile."""
        self.do_refresh()

    def can(self, command_id: str) -> bool:
        """Opening takes a case under the cursor; a ranking has to be there."""
        if command_id == "open":
            return self.is_mounted and self._current is not None
        if command_id == "ranking":
            return bool(self.app.desk.praise.offers())
        return True

    @property
    def _current(self) -> CaseRow | None:
        focused = self.focused if isinstance(self.focused, DataList) else self._of("queue")
        row: CaseRow | None = focused.current
        return row

    def _of(self, pane: str) -> DataList[CaseRow]:
        found: DataList[CaseRow] = self.query_one(f"#{pane} DataList", DataList)
        return found

    def _show(self, pane: str, rows: Sequence[CaseRow]) -> None:
        self._of(pane).show(lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True)

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()
        self.refresh_top()

    def on_descendant_focus(self) -> None:
        """The keys differ by list."""
        self.refresh_keys()
        self.refresh_top()

    def do_refresh(self) -> None:
        """Ask the desk again."""
        self._show("queue", self.app.desk.cases.queue())
        self._show("mine", self.app.desk.cases.mine())

    def do_open(self) -> None:
        """The whole case where the reader handles it; else what they may know of it."""
        row, desk = self._current, self.app.desk
        if row is not None and self.focused is self._of("mine"):
            self.app.push_screen(OwnCaseCard(desk.cases.own(row.id)))
        elif row is not None:
            self.app.push_screen(CaseCard(desk.cases.one(row.id)))

    def do_report(self) -> None:
        """Another report."""
        self.app.push_screen(ReportBreach())

    def do_ranking(self) -> None:
        """The ranking."""
        self.app.push_screen(Ranking(self.app.desk.praise.offers()))

    def do_switch(self) -> None:
        """To the other list."""
        self.focus_next(DataList)


def _due(row: CaseRow) -> Cell:
    return Styled(row.state_label, "dim") if row.state == "closed" else due_day(row.due)


def _about(row: CaseRow) -> Cell:
    return Styled(row.kind_label, "strong")


def _open_from_task(screen: Frame, row: TaskRow) -> None:
    screen.app.push_screen(Cases(row.thing))


OPENS["case"] = _open_from_task
