"""One report, of the book, unit and period that were asked for."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from db.desk.extracts.granted import GrantedCopy
from db.desk.notation.localtime import seconds_until
from db.language import Message, Text, _, _n
from reports.catalogue import ReportOffer, catalogue
from reports.report import Report, cell_text
from tui.kit import (
    SEARCH,
    DataList,
    FramedScreen,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    choose,
    tell_facts,
)
from tui.kit.searching import SearchedScreen, search_field
from tui.kit.sorting import SORT
from tui.screens.pickup import take_out_as
from tui.screens.reports.asked import ReportScope
from tui.screens.reports.out import NAMES, ask_period, order_for
from tui.screens.reports.table import ReportTable, Row
from tui.screens.reports.text import ReportText
from tui.sheets.cell import Fact

LOOKED = 5
"""Seconds after which a report by a granted copy is looked at again: that is taken in another terminal."""


class ReportView(SearchedScreen):
    """What is asked for in one line, the table under it, its origin at the bottom."""

    CSS_PATH = "view.tcss"
    NAME = _("Reports")
    ABOUT = _(
        "Choose a report, its directory, unit and period by one key each; the table follows at once and "
        "shows what you may see. A copy leaves by a command in your own terminal, because no file is "
        "written on the server: o gives you the command. Each copy carries your mark and is recorded."
    )
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (
        ScreenCommand("report", "right_square_bracket", _("Report"), _("Choose another report.")),
        ScreenCommand("scope", "u", _("Unit"), _("Choose the unit it is of, with all below it.")),
        ScreenCommand("period", "p", _("Period"), _("Choose the period it is of.")),
        ScreenCommand("book", "u", _("Directory"), _("Choose the directory it is of.")),
        SORT,
        SEARCH,
        ScreenCommand("text", "v", _("As text"), _("Show it as plain lines, to read or to copy.")),
        ScreenCommand("out", "o", _("Take out"), _("Bring a copy to your own machine."), looks=True),
        ScreenCommand(
            "open", "enter", _("Row"), _("Show the row under the cursor in full."), footer=False, looks=True
        ),
    )

    def __init__(
        self, offer: ReportOffer, asked: ReportScope, report: Report, *, takes_out: bool = False
    ) -> None:
        super().__init__()
        self._takes_out = takes_out
        self._offer: ReportOffer | None = offer
        self._asked = asked
        self._book, self._unit = asked.of(offer)
        self._period = asked.period
        self._offers: tuple[ReportOffer, ...] = ()
        self._report: Report | None = report

    def where(self) -> Location:
        return Location(self.NAME, (self._offer.kind.title, self._book.title) if self._offer else ())

    def body(self) -> ComposeResult:
        with Horizontal(id="asked"):
            yield TextLine(id="words")
            yield TextLine(id="count")
        yield search_field(_("Part of any column"))
        yield Vertical(id="table")
        yield TextLine(id="note")

    async def on_mount(self) -> None:
        self.set_interval(LOOKED, self.look_again)
        self._offers = catalogue(self.app.desk)
        await self._show_report()
        if self._takes_out:
            self.press_key("o")

    def come_back(self) -> None:
        """Check whether the granted copy was taken by the command shown, by `look_again`."""
        self.call_later(self.look_again)

    async def look_again(self) -> None:
        """Remove the report from the screen once the copy that was granted is taken or expired."""
        granted = self._report.granted if self._report is not None else None
        if granted is None or granted in self.app.desk.asking.copies():
            return
        if isinstance(self.app.screen, ReportText):
            self.app.screen.dismiss(None)
        self._offers, self._offer, self._report = catalogue(self.app.desk), None, None
        await self.query_one("#table", Vertical).remove_children()
        self.query_one("#words", TextLine).show("")
        self.query_one("#count", TextLine).show("")
        self.query_one("#note", TextLine).show(
            _("{reason} ({clause})", reason=_why_unavailable(granted), clause=granted.clause), "warn"
        )
        self.refresh_top()
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        if self._offer is None:
            own = {command.id for command in self.KEYS}
            return command_id not in own or (command_id == "report" and bool(self._offers))
        offers = {
            "report": len(self._offers) > 1,
            "book": len(self._offer.books) > 1,
            "scope": len(self._book.units) > 1,
            "period": self._offer.kind.timed,
            "sort": self._report is not None and len(self._report.rows) > 1,
        }
        return offers.get(command_id, True)

    @property
    def _timed(self) -> bool:
        return self._offer is not None and self._offer.kind.timed

    # What is asked for

    async def do_report(self) -> None:
        options = [Pick(offer.kind.name, offer.kind.title, note=offer.kind.about) for offer in self._offers]
        selected = self._offer.kind.name if self._offer else ""
        chosen = await choose(self, _("Report"), options, selected=selected)
        for offer in self._offers:
            if offer.kind.name == chosen:
                self._offer = offer
                await self._draw()

    async def do_book(self) -> None:
        books = self._offer.books if self._offer else ()
        options = [Pick(book.id, book.title) for book in books]
        chosen = await choose(self, _("Directory"), options, selected=self._book.id)
        for book in books:
            if book.id == chosen:
                self._asked.book, self._asked.unit = book, None
                await self._draw()

    async def do_scope(self) -> None:
        options = [Pick(str(unit.id), "  " * unit.depth + unit.name) for unit in self._book.units]
        chosen = await choose(self, _("Unit"), options, selected=str(self._unit.id))
        for unit in self._book.units:
            if str(unit.id) == chosen:
                self._asked.book, self._asked.unit = self._book, unit
                await self._draw()

    async def do_period(self) -> None:
        """Ask for a period, and build the report again."""
        has_months = self._offer is not None and self._offer.kind.months is not None
        if await ask_period(self, self._asked, has_months=has_months):
            await self._draw()

    # The report

    async def _draw(self) -> None:
        if self._offer is not None:
            self._report = await build_report(self, self._offer, self._asked)
            self._book, self._unit = self._asked.of(self._offer)
            self._period = self._asked.period
            await self._show_report()

    async def _show_report(self) -> None:
        """Show the report's table, scope and note; and of what it is, if not of what was asked for."""
        report = self._report
        if report is None:
            return
        place = self.query_one("#table", Vertical)
        await place.remove_children()
        await place.mount(ReportTable(report))
        self.narrow()
        self.query_one(DataList).focus()
        asked: list[Text | Styled] = [Styled(report.title, "strong"), "  ", Styled(self._unit.name, "accent")]
        if self._timed:
            asked += ["  ", report.parameters[-1][1]]
        self.query_one("#words", TextLine).show(asked)
        self.query_one("#note", TextLine).show(report.note or report.footer[0], "dim")
        self.refresh_top()
        self.refresh_keys()
        if instead := self._asked.instead(self._book, self._unit):
            self.app.tell(instead, "warn")

    def narrow(self) -> None:
        for table in self.query(ReportTable):
            count = table.narrow(self.sought)
            self.query_one("#count", TextLine).show(_n("{count} row", "{count} rows", count=count), "dim")

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        self.refresh_keys()

    async def do_sort(self) -> None:
        """Ask for a column and sort by it, in the other direction if it was chosen before."""
        report = self._report
        if report is None:
            return
        table = self.query_one(ReportTable)
        by, down = table.sorted_by or (None, False)
        options = [
            Pick(str(place), column.head, note=("↑" if down else "↓") if place == by else "")
            for place, column in enumerate(report.columns)
        ]
        chosen = await choose(self, _("Sort by what?"), options, selected=str(by))
        if chosen is not None:
            table.sort_by(int(chosen))

    def do_text(self) -> None:
        if self._report is not None:
            self.app.push_screen(ReportText(self._report))

    async def do_open(self) -> None:
        report, table = self._report, self.query_one(ReportTable)
        row: Row | None = table.current
        if report is None or row is None:
            return
        facts: list[Fact] = []
        for column, cell in zip(report.columns, row[1], strict=True):
            if cell is not None and cell != "":
                facts.append((column.head, cell_text(cell, column.kind)))
        await tell_facts(self, report.title, facts)

    async def do_out(self) -> None:
        await self.look_again()
        report, period = self._report, self._period if self._timed else None
        if report is not None:
            title = _("Take out: {what}", what=report.title)
            await take_out_as(self, lambda format: order_for(report, format, period), (*NAMES,), title=title)


async def build_report(screen: FramedScreen, offer: ReportOffer, asked: ReportScope) -> Report:
    """Return the report for ``asked``, built beside the session while ``screen`` waits."""
    book, unit = asked.of(offer)
    kind, desk, period = offer.kind, screen.app.desk, asked.period
    build = kind.by_month if kind.months is not None and asked.by_month else kind.build
    what = _("Report: {title}", title=kind.title)
    return await screen.app.work(screen, what, lambda: build(desk, book.id, unit.id, period))


async def open_drawn(
    screen: FramedScreen, offer: ReportOffer, asked: ReportScope, *, takes_out: bool = False
) -> None:
    """Build a report beside the session and open it over ``screen``."""
    report = await build_report(screen, offer, asked)
    screen.app.push_screen(ReportView(offer, asked, report, takes_out=takes_out))


def _why_unavailable(granted: GrantedCopy) -> Message:
    if seconds_until(granted.until) <= 0:
        return _("The time is over in which the copy could be taken. Ask for another one and say why.")
    return _("The copy that was granted has been taken. Ask for another one and say why.")
