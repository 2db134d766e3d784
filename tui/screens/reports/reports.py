"""Reports: pick one, its scope and its period, and there is the table."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from db.desk.clockwork import today
from db.desk.localtime import seconds_until
from db.desk.overview.granted import CopyView
from db.desk.overview.rights import BookOption
from db.language import Message, Text, _
from reports.catalogue import Kind, Offer, catalogue
from reports.report import Period, Report
from tui.kit import (
    Command,
    DataList,
    Frame,
    Line,
    Option,
    Styled,
    Where,
    choose,
    tell_command,
    tell_facts,
)
from tui.kit.facts import Fact
from tui.screens.reports.chart import ReportChart
from tui.screens.reports.out import command_for, periods, read_period
from tui.screens.reports.table import ReportTable, Row
from tui.screens.reports.text import ReportText

LOOKED = 5
"""Seconds after which a report by a granted copy is looked at again: that is taken in another terminal."""


class Reports(Frame):
    """What is asked for in one line, the table under it, its origin at the bottom."""

    CSS_PATH = "reports.tcss"
    NAME = _("Reports")
    ABOUT = _(
        "Choose a report, its book, unit and period by one key each; the table follows at once and shows "
        "what you may see. A copy leaves by a command in your own terminal, because no file is written "
        "on the server: o gives you the command. Each copy carries your mark and is recorded."
    )
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("report", "r", _("Report"), _("Choose another report.")),
        Command("scope", "u", _("Unit"), _("Choose the unit it is of, with all below it.")),
        Command("period", "p", _("Period"), _("Choose the period it is of.")),
        Command("book", "b", _("Book"), _("Choose the book it is of.")),
        Command("chart", "c", _("Chart"), _("Show it as bars, or as a table again.")),
        Command("text", "v", _("As text"), _("Show it as plain lines, to read or to copy.")),
        Command("out", "o", _("Take out"), _("Get the command that brings a copy to your own machine.")),
        Command("open", "enter", _("Row"), _("Show the row under the cursor in full."), footer=False),
    )

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._kind: Kind | None = None
        self._book: BookOption | None = None
        self._unit: int | None = None
        self._period: Period = periods(today())[0][1]
        self._report: Report | None = None
        self._charted = False

    def where(self) -> Where:
        """The report and its book."""
        details: tuple[Text, ...] = (self._book.title,) if self._book is not None else ()
        return Where(self.NAME, (self._kind.title, *details) if self._kind is not None else details)

    def body(self) -> ComposeResult:
        """What is asked for, the table or chart, and the report's own lines."""
        with Horizontal(id="asked"):
            yield Line(id="words")
            yield Line(id="count")
        yield Vertical(id="table")
        yield Line(id="note")

    async def on_mount(self) -> None:
        """The first report there is, of this month."""
        self.set_interval(LOOKED, self.look_again)
        self._offers = catalogue(self.app.desk)
        if self._offers:
            self._take(self._offers[0])
            await self._draw()

    def come_back(self) -> None:
        """A copy may have been taken by the command that was shown."""
        self.call_later(self.look_again)

    async def look_again(self) -> None:
        """Take from the screen what was drawn by a copy that was granted, once that was taken or is over."""
        granted = self._report.granted if self._report is not None else None
        if granted is None or granted in self.app.desk.asking.copies():
            return
        if isinstance(self.app.screen, ReportText):
            self.app.screen.dismiss(None)
        self._offers, self._kind, self._book, self._report = catalogue(self.app.desk), None, None, None
        await self.query_one("#table", Vertical).remove_children()
        self.query_one("#words", Line).show("")
        self.query_one("#count", Line).show("")
        self.query_one("#note", Line).show(
            _("{reason} ({clause})", reason=_gone(granted), clause=granted.clause), "warn"
        )
        self.refresh_top()
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        """What there is a choice of."""
        if self._kind is None or self._book is None:
            own = {command.id for command in self.KEYS}
            return command_id not in own or (command_id == "report" and bool(self._offers))
        offers = {
            "report": len(self._offers) > 1,
            "book": len(self._offer.books) > 1,
            "scope": len(self._book.units) > 1,
            "period": self._kind.timed,
            "chart": self._report is not None and self._report.chart is not None and bool(self._report.rows),
            "open": not self._charted,
        }
        return offers.get(command_id, True)

    @property
    def _offer(self) -> Offer:
        return next(offer for offer in self._offers if offer.kind is self._kind)

    # What is asked for

    def _take(self, offer: Offer) -> None:
        """Another report, of the same book and unit where it may be of them."""
        self._kind = offer.kind
        before = self._book.id if self._book is not None else ""
        self._book = next((book for book in offer.books if book.id == before), offer.books[0])
        if self._unit not in {unit.id for unit in self._book.units}:
            self._unit = self._book.units[0].id

    async def do_report(self) -> None:
        """Choose another report."""
        options = [Option(offer.kind.name, offer.kind.title, note=offer.kind.about) for offer in self._offers]
        selected = self._kind.name if self._kind is not None else ""
        chosen = await choose(self, _("Report"), options, selected=selected)
        for offer in self._offers:
            if offer.kind.name == chosen:
                self._take(offer)
                self._charted = False
                await self._draw()

    async def do_book(self) -> None:
        """Choose another book."""
        options = [Option(book.id, book.title) for book in self._offer.books]
        chosen = await choose(self, _("Book"), options, selected=self._book.id if self._book else "")
        for book in self._offer.books:
            if book.id == chosen:
                self._book, self._unit = book, book.units[0].id
                await self._draw()

    async def do_scope(self) -> None:
        """Choose the unit."""
        if self._book is None:
            return
        options = [Option(str(unit.id), "  " * unit.depth + unit.name) for unit in self._book.units]
        chosen = await choose(self, _("Unit"), options, selected=str(self._unit))
        if chosen is not None:
            self._unit = int(chosen)
            await self._draw()

    async def do_period(self) -> None:
        """Choose a usual period, or write another one."""
        usual = periods(today())
        options = [Option(str(place), label, note=str(period)) for place, (label, period) in enumerate(usual)]
        chosen = await choose(self, _("Period"), [*options, Option("other", _("Another one …"))])
        if chosen is None:
            return
        period = usual[int(chosen)][1] if chosen != "other" else await read_period(self)
        if period is not None:
            self._period = period
            await self._draw()

    # The report

    async def _draw(self) -> None:
        """Draw the report anew and show it."""
        if self._kind is None or self._book is None:
            return
        self._report = self._kind.build(self.app.desk, self._book.id, self._unit, self._period)
        await self._show()

    async def _show(self) -> None:
        report = self._report
        if report is None:
            return
        place = self.query_one("#table", Vertical)
        await place.remove_children()
        if self._charted:
            legend = Line(classes="legend")
            await place.mount(legend, ReportChart(report, self.app.language, legend))
        else:
            await place.mount(ReportTable(report))
            self.query_one(ReportTable).focus()
        unit = (
            next((unit.name for unit in self._book.units if unit.id == self._unit), "") if self._book else ""
        )
        asked: list[Text | Styled] = [Styled(report.title, "strong"), "  ", Styled(unit, "accent")]
        if self._kind is not None and self._kind.timed:
            asked += ["  ", str(self._period)]
        self.query_one("#words", Line).show(asked)
        self.query_one("#count", Line).show(_("rows: {count}", count=len(report.rows)), "dim")
        self.query_one("#note", Line).show(report.note or report.footer[0], "dim")
        self.refresh_top()
        self.refresh_keys()

    def respeak(self) -> None:
        """Write the chart in the language of now."""
        super().respeak()
        if self._charted:
            self.call_later(self._show)

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    async def do_chart(self) -> None:
        """Bars or table."""
        self._charted = not self._charted
        await self._show()

    def do_text(self) -> None:
        """Plain lines."""
        if self._report is not None:
            self.app.push_screen(ReportText(self._report))

    async def do_open(self) -> None:
        """All cells of a row, those that found no room too."""
        report, table = self._report, self.query_one(ReportTable)
        row: Row | None = table.current
        if report is None or row is None:
            return
        facts: list[Fact] = []
        for column, cell in zip(report.columns, row[1], strict=True):
            if cell is not None and cell != "":
                facts.append((column.head, str(cell) if isinstance(cell, int) else cell))
        await tell_facts(self, report.title, facts)

    async def do_out(self) -> None:
        """The command that brings a copy to the reader's own machine."""
        options = [Option(format, label) for format, label in NAMES.items()]
        format = await choose(self, _("Take out as"), options)
        await self.look_again()
        if format is not None and self._report is not None and self._kind is not None:
            period = self._period if self._kind.timed else None
            command = command_for(self._report, self.app.desk.actor.ssh, format, period)
            await tell_command(self, command, _("The copy is marked for you and recorded."))


def _gone(granted: CopyView) -> Message:
    if seconds_until(granted.until) <= 0:
        return _("The time is over in which the copy could be taken. Ask for another one and say why.")
    return _("The copy that was granted has been taken. Ask for another one and say why.")


NAMES: dict[str, Text] = {
    "xlsx": _("Excel workbook (XLSX)"),
    "csv": _("Comma-separated text (CSV)"),
    "md": "Markdown",
    "text": _("Plain text"),
    "json": _("JSON, for programs"),
}
