"""Reviews: what is under review in the reader's books, how far it is, and what of it is theirs."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.reviews.review_views import CampaignRow
from db.desk.tasks.task_views import TaskRow
from db.language import Text, _
from tui.kit import (
    Column,
    Command,
    DataList,
    Frame,
    Line,
    Option,
    Styled,
    Where,
    ask_text,
    choose,
    clause_text,
    confirm,
)
from tui.screens.requests.request_words import due_day
from tui.screens.reviews.entries import ReviewEntries
from tui.screens.reviews.findings import Findings
from tui.screens.reviews.inspection import Inspection
from tui.screens.reviews.list import ReviewList
from tui.screens.reviews.progress import ReviewProgress
from tui.screens.reviews.review_words import bar, state
from tui.screens.reviews.rights import ReviewRights
from tui.screens.reviews.units import ReviewUnits
from tui.screens.tasks.tasks import OPENS
from tui.screens.training.training import Training

SCREENS: dict[str, type[ReviewList]] = {
    "entries": ReviewEntries,
    "units": ReviewUnits,
    "rights": ReviewRights,
    "points": Inspection,
}


class Reviews(Frame):
    """The reviews, what is due first on top."""

    CSS_PATH = "reviews.tcss"
    NAME = _("Reviews")
    ABOUT = _(
        "Reviews come by their cycle, or are opened with a reason. Each thing is decided: right, wrong or "
        "gone. A review can be closed once nothing in it is undecided. Enter opens what you decide."
    )
    LIVE = True
    KEYS = (
        Command("open", "enter", _("Open"), _("Decide what is yours, one key each.")),
        Command("progress", "p", _("Progress"), _("How far each department is, and for whom it waits.")),
        Command("close", "c", _("Close review"), _("Close the review; nothing may be undecided.")),
        Command("new", "n", _("New"), _("Open a review outside its cycle, and say why.")),
        Command("findings", "f", _("Findings"), _("What inspections found, and who sees to it.")),
        Command("training", "t", _("Training"), _("Who was trained on the rules, and who is due.")),
    )

    def where(self) -> Where:
        """The book and the clause of the review under the cursor."""
        row = self._current if self.is_mounted else None
        details: tuple[Text, ...] = (row.book_label, clause_text(row.clause)) if row else ()
        return Where(self.NAME, details)

    def body(self) -> ComposeResult:
        """The list, and a word on the one under the cursor."""
        yield DataList[CampaignRow](
            [
                Column(_("Review"), lambda row: Styled(row.label, "strong"), width=16, in_english=17),
                Column(_("Book"), lambda row: row.book_label),
                Column(_("Opened"), lambda row: row.opened, width=10, from_width=100),
                Column(_("Due"), lambda row: due_day(row.due), width=9),
                Column(_("Workdays"), state, width=10, in_english=12),
                Column(_("Mine"), lambda row: str(row.mine or "–"), width=5, right=True),
                Column(_("Decided"), lambda row: bar(row.count, 6), width=13),
            ],
            key=lambda row: row.id,
            empty=_("Nothing is under review for you."),
        )
        yield Line(id="note")

    def __init__(self, at: int | None = None) -> None:
        super().__init__()
        self._at = at
        """The review on which the cursor begins."""

    def on_mount(self) -> None:
        """Ask for the list."""
        self._fill(self._at)

    def come_back(self) -> None:
        """Something may have been decided meanwhile."""
        self._fill()

    def can(self, command_id: str) -> bool:
        """What the reader may do with the review under the cursor."""
        row = self._current if self.is_mounted else None
        if command_id == "open":
            return row is not None
        if command_id == "progress":
            return row is not None and not row.closed
        if command_id == "close":
            return row is not None and row.runs
        if command_id == "new":
            return bool(self.app.desk.reviews.offers())
        return True

    @property
    def _current(self) -> CampaignRow | None:
        row: CampaignRow | None = self.query_one(DataList).current
        return row

    def _fill(self, at: int | None = None) -> None:
        """Show them; the cursor goes to the review ``at``, else it stays where it is."""
        rows = self.app.desk.reviews.campaigns()
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )
        place = next((number for number, row in enumerate(rows) if row.id == at), None)
        if place is not None:
            self.query_one(DataList).go(place)
        self.app.recount()

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        note: Text = ""
        if row is not None and row.reason:
            note = _("Opened outside its cycle: {reason}", reason=row.reason)
        elif row is not None:
            note = _("{clause}. Waiting for you: {mine}.", clause=clause_text(row.clause), mine=row.mine)
        self.query_one("#note", Line).show(note, "dim")
        self.refresh_keys()
        self.refresh_top()

    def do_open(self) -> None:
        """The things of the review."""
        row = self._current
        if row is not None:
            self.app.push_screen(SCREENS[row.of](row))

    def do_progress(self) -> None:
        """How far each department is."""
        row = self._current
        if row is not None:
            self.app.push_screen(ReviewProgress(row))

    async def do_close(self) -> None:
        """End it, once it was asked whether that is meant."""
        row = self._current
        if row is not None and await confirm(
            self,
            _("Close this review: {label}?", label=row.label),
            yes=_("Close review"),
            no=_("Keep it open"),
        ):
            self.app.desk.reviews.close(row.id)
            self._fill()
            self.app.tell(_("Closed: {label}", label=row.label))

    async def do_new(self) -> None:
        """Which review, and why."""
        offers = self.app.desk.reviews.offers()
        options = [Option(str(number), one.label, note=one.book_label) for number, one in enumerate(offers)]
        chosen = await choose(self, _("Open which review?"), options)
        if chosen is None:
            return
        offer = offers[int(chosen)]
        opened, open_ = list[int](), self.app.desk.reviews.open
        await ask_text(
            self, offer.label, _("Why it is needed outside its cycle"),
            check=lambda why: opened.append(open_(offer.book, offer.kind, why, offer.by)),
        )  # fmt: skip
        for made in opened:
            self._fill(made)
            self.app.tell(_("Opened: {label}", label=offer.label))

    def do_findings(self) -> None:
        """All findings."""
        self.app.push_screen(Findings())

    def do_training(self) -> None:
        """Who was trained."""
        self.app.push_screen(Training())


def _open_reviews(screen: Frame, row: TaskRow) -> None:
    """A task of a review is done among the reviews."""
    screen.app.push_screen(Reviews(row.thing))


def _open_findings(screen: Frame, row: TaskRow) -> None:
    """A finding is answered among the findings."""
    screen.app.push_screen(Findings(at=row.thing))


OPENS["review"] = _open_reviews
OPENS["finding"] = _open_findings
