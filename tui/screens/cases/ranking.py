"""Who is timely and accurate, department by department and person by person, and praising them (B.7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from db.desk.cases.praise import Praise, PraiseOffer, PraiseRow
from db.desk.cases.ranking import Ranked, contrary_figures
from db.desk.due_dates import today
from db.language import _
from reports.report import Period
from tui.kit import (
    Cell,
    DataList,
    FramedScreen,
    ListColumn,
    Location,
    Pane,
    Pick,
    ScreenCommand,
    Styled,
    ask_text,
    choose,
    clause_text,
    confirm,
)
from tui.screens.reports.out import periods
from tui.screens.sheets.columns import list_columns
from tui.sheets.asks import At
from tui.sheets.praise import COMMENDATIONS, RANKING, TAKE_BACK, recent_period


class Ranking(FramedScreen):
    """The ranking of a period above, commendations on record below."""

    CSS_PATH = "ranking.tcss"
    NAME = _("Praise")
    ABOUT = RANKING.about
    KEYS = (
        ScreenCommand("commend", "n", _("Commend"), _("Praise the department or person under the cursor.")),
        ScreenCommand("strike", "x", TAKE_BACK.label, TAKE_BACK.help, footer=False),
        ScreenCommand("period", "p", _("Period"), _("Rank another period.")),
        ScreenCommand(
            "book", "u", _("Other directory"), _("The ranking of another directory."), footer=False
        ),
        ScreenCommand("switch", "tab", _("Other list"), _("Move between the two lists."), footer=False),
        ScreenCommand("back", "escape", _("Back"), _("Back to the cases.")),
    )
    SHOWS_MODES = False

    def __init__(self, offers: Sequence[PraiseOffer]) -> None:
        super().__init__()
        self._offers = offers
        self._offer = next((one for one in offers if one.praises), offers[0])
        self._period = recent_period()

    def where(self) -> Location:
        return Location(
            self.NAME, (self._offer.book_label, clause_text(self._offer.clause), str(self._period))
        )

    def body(self) -> ComposeResult:
        with Pane(_("Ranking"), id="ranking"):
            yield DataList[Ranked](
                [
                    ListColumn(_("Place"), lambda row: str(row.place), width=5, right=True),
                    ListColumn(_("Department or person"), _ranked_name),
                    ListColumn(_("In time"), lambda row: _share(row.timeliness), width=8, right=True),
                    ListColumn(_("of"), lambda row: str(row.due), width=5, right=True),
                    ListColumn(_("Right"), lambda row: _share(row.accuracy), width=8, right=True),
                    ListColumn(_("of"), lambda row: str(row.looked_at), width=5, right=True),
                    ListColumn(_("Together"), lambda row: _share(row.score), width=8, right=True),
                ],
                key=lambda row: (row.unit, row.entry or 0),
                empty=RANKING.empty,
            )
        with Pane(_("Commendations"), id="praise"):
            yield DataList[PraiseRow](
                list_columns(COMMENDATIONS, At(self.app.desk)),
                key=lambda row: row.id,
                empty=COMMENDATIONS.empty,
            )

    def on_mount(self) -> None:
        self._fill_list()

    def can(self, command_id: str) -> bool:
        if command_id == "commend":
            return self._offer.praises and self.is_mounted and self._row is not None
        if command_id == "strike":
            return self._offer.praises and self.is_mounted and self._current_praise is not None
        if command_id == "period":
            return self._offer.praises
        return command_id != "book" or len(self._offers) > 1

    @property
    def _row(self) -> Ranked | None:
        row: Ranked | None = self.query_one("#ranking DataList", DataList).current
        return row

    @property
    def _current_praise(self) -> PraiseRow | None:
        """The commendation under the cursor, in the list that has the focus."""
        rows = self.query_one("#praise DataList", DataList)
        given: PraiseRow | None = rows.current if rows.has_focus else None
        return given

    def _fill_list(self) -> None:
        desk, offer, period = self.app.desk, self._offer, self._period
        ranked = Praise(desk).ranking(offer.book, period.first, period.last) if offer.praises else ()
        self.query_one("#ranking DataList", DataList).show_all(ranked)
        given = Praise(desk).list(offer.book)
        self.query_one("#praise DataList", DataList).show_all(given)
        self.refresh_keys()
        self.refresh_top()

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        self.refresh_keys()

    async def do_commend(self) -> None:
        row = self._row
        if row is None:
            return
        warned = row.against
        if warned and not await confirm(
            self, contrary_figures(row, self._offer.clause), yes=_("Praise all the same")
        ):
            return
        book, (first, last) = self._offer.book, (self._period.first, self._period.last)
        commend = partial(
            Praise(self.app.desk).commend, book, first, last, row.unit, row.entry, anyway=warned
        )
        title = _("Commend {name}", name=row.name)
        if await ask_text(self, title, _("A word of praise"), check=commend, yes=_("Commend")) is not None:
            self._fill_list()
            self.app.tell(_("Commended; {name} hears it.", name=row.name))

    async def do_strike(self) -> None:
        row = self._current_praise
        if row is None or not await confirm(self, TAKE_BACK.help, yes=TAKE_BACK.label):
            return
        Praise(self.app.desk).take_back(row.id)
        self._fill_list()
        self.app.tell(_("Taken back; whoever was praised hears it."))

    async def do_period(self) -> None:
        known = [(label, Period(one.first, min(one.last, today()))) for label, one in periods(today())]
        options = [Pick(str(number), label, note=str(one)) for number, (label, one) in enumerate(known)]
        chosen = await choose(self, _("Which period?"), options)
        if chosen is not None:
            self._period = known[int(chosen)][1]
            self._fill_list()

    async def do_book(self) -> None:
        options = [Pick(one.book, one.book_label) for one in self._offers]
        chosen = await choose(self, _("Which directory?"), options, selected=self._offer.book)
        for one in self._offers:
            if one.book == chosen:
                self._offer = one
                self._fill_list()

    def do_switch(self) -> None:
        self.focus_next(DataList)


def _ranked_name(row: Ranked) -> Cell:
    if row.entry is None:
        return Styled(row.name, "strong")
    return [row.name, "  ", Styled(row.unit_name, "dim")]


def _share(percent: int | None) -> str:
    return "–" if percent is None else f"{percent} %"
