"""The reports there are for the reader, under the questions that bring them here, each with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from textual import on
from textual.app import ComposeResult

from db.language import Text, _, listed
from reports.catalogue import ReportOffer, catalogue
from tui.kit import Cell, DataList, FramedScreen, ListColumn, ScreenCommand, Styled, TextLine, WorkStopped
from tui.screens.evidence.reading import READING
from tui.screens.reports.answers import Answers, arrange_offers
from tui.screens.reports.asked import ReportScope
from tui.screens.reports.out import ask_period
from tui.screens.reports.view import open_drawn


class Reports(FramedScreen):
    """The list, and in full what the report under the cursor tells, and of which books."""

    CSS_PATH = "reports.tcss"
    NAME = _("Reports")
    ABOUT = _(
        "Each question has its reports with today's answer, what needs doing first. A report "
        "is drawn and recorded when you open it. Directory, unit and period stay from one to the "
        "next."
    )
    KEYS = (
        ScreenCommand("open", "enter", _("Open"), _("Draw the report under the cursor."), looks=True),
        ScreenCommand("period", "p", _("Period"), _("Choose the period that the answers are of.")),
        ScreenCommand(
            "out", "o", _("Take out"), _("Draw the report under the cursor, and take it out."), looks=True
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[ReportOffer, ...] = ()
        self._asked = ReportScope()
        self._answers = Answers()
        self._rows: tuple[tuple[Text, ReportOffer], ...] = ()

    def body(self) -> ComposeResult:
        yield DataList[tuple[Text, ReportOffer]](
            [
                ListColumn(_("Question"), lambda row: Styled(row[0], "head"), width=20),
                ListColumn(
                    _("Report"), lambda row: Styled(row[1].kind.title, "strong"), width=16, in_english=24
                ),
                ListColumn(_("Today"), lambda row: self._answer_of_row(row[1]), in_english=30),
            ],
            key=lambda row: row[1].kind.name,
            empty=_("There is no report that you may draw now."),
        )
        yield TextLine(id="answer")
        yield TextLine(id="about")
        yield TextLine(id="books")

    def on_mount(self) -> None:
        self.come_back()

    def come_back(self) -> None:
        """Read the offers again, as a right may have come or gone, and count the answers that are missing."""
        self._offers = catalogue(self.app.desk)
        self._arrange_parts()
        if any(self._answers.known_answer(offer, self._asked) is None for offer in self._offers):
            self.run_flow(self._count, name=READING, exclusive=True)

    async def _count(self) -> None:
        """Count the answers beside the session, giving way to other work, and arrange the list by them."""
        offers, answers, asked, desk = self._offers, self._answers, self._asked, self.app.desk

        def count() -> Answers:
            for offer in offers:
                answers.count(desk, offer, asked)
            return answers

        with suppress(WorkStopped):
            self._answers = await self.app.work(self, _("Counting the answers"), count, gives_way=True)
        self._arrange_parts()

    def _arrange_parts(self) -> None:
        self._rows = arrange_offers(
            self._offers, lambda offer: self._answers.known_answer(offer, self._asked)
        )
        self.query_one(DataList).show(self._window, total=len(self._rows), keep=True)

    def _answer_of_row(self, offer: ReportOffer) -> Cell:
        answer = self._answers.known_answer(offer, self._asked)
        if answer is None:
            return "…"
        return Styled(answer.text, "bad") if answer.is_bad else answer.text

    def can(self, command_id: str) -> bool:
        return command_id not in ("open", "out") or (self.is_mounted and self._offer is not None)

    @property
    def _offer(self) -> ReportOffer | None:
        row: tuple[Text, ReportOffer] | None = self.query_one(DataList).current
        return row[1] if row is not None else None

    def _window(self, offset: int, limit: int) -> Sequence[tuple[Text, ReportOffer]]:
        return self._rows[offset : offset + limit]

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        """Show the description and books of the report under the cursor."""
        offer = self._offer
        self.query_one("#answer", TextLine).show(self._answer_of_row(offer) if offer else "")
        self.query_one("#about", TextLine).show(offer.kind.about if offer else "")
        self.query_one("#books", TextLine).show(
            listed(book.title for book in offer.books) if offer else "", "dim"
        )
        self.refresh_keys()

    async def do_open(self, *, takes_out: bool = False) -> None:
        if self._offer is not None:
            await open_drawn(self, self._offer, self._asked, takes_out=takes_out)

    async def do_out(self) -> None:
        await self.do_open(takes_out=True)

    async def do_period(self) -> None:
        """Ask for another period, and count the answers for it."""
        if await ask_period(self, self._asked):
            self.come_back()


async def open_report(screen: FramedScreen, name: str, book: str, unit: int | None = None) -> None:
    """Build and open the report ``name`` of a book, from a unit down; do nothing if the reader may not have
    it."""
    for offer in catalogue(screen.app.desk):
        of = next((one for one in offer.books if one.id == book), None)
        if offer.kind.name == name and of is not None:
            below = next((one for one in of.units if one.id == unit), None)
            await open_drawn(screen, offer, ReportScope(of, below))
            return
