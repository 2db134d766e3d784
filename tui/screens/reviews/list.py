"""What one review looks at, one thing a line; each decided by one key; its kinds are screens."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from db.desk import Refused
from db.desk.reviews.review_views import CampaignRow, ItemRow, ItemView
from db.desk.reviews.reviews import Reviews
from db.language import Text, _
from tui.kit import (
    DataList,
    FactList,
    FramedScreen,
    ListColumn,
    Location,
    Pick,
    Preview,
    ScreenCommand,
    Styled,
    TextLine,
    ask_text,
    choose,
    clause_text,
)
from tui.kit.sorting import SortedScreen
from tui.screens.reviews.review_words import details, progress_words, verdict_text
from tui.screens.sheets.list import screen_of
from tui.sheets.cell import Fact, with_capital
from tui.sheets.review_items import REVIEW, SHOWS, default_view, told_of
from tui.sheets.reviews import REVIEW_PROGRESS

SETTLED = 0.3
"""Seconds without a key after which the thing under the cursor is opened, which is recorded."""

SHOW = ScreenCommand("show", "f", _("Show"), _("Only what you decide, what is undecided, or everything."))
PROGRESS = ScreenCommand(
    "progress", "v", _("Progress"), _("How far each department is, and for whom it waits.")
)
NEXT = ScreenCommand(
    "next", "right_square_bracket", _("Next"), _("On to the next one that is open."), footer=False, looks=True
)
DECISIONS = frozenset({"right", "wrong", "gone", "range", "withdraw", "word", "finding"})


class ReviewList(SortedScreen):
    """Counts, list, and the thing under the cursor."""

    CSS_PATH = "list.tcss"
    SHOWS_MODES = False
    LIVE = True
    HEADING: ClassVar[Text] = _("Name")
    """What stands in a line."""
    NOTE: ClassVar[Text] = _("Post and contacts")
    NAME_WIDTH: ClassVar[int] = 12
    """Cells of the name; 0 gives it what is left, and the note its own 10."""
    SHOWS_UNIT: ClassVar[bool] = True

    def __init__(self, campaign: CampaignRow) -> None:
        super().__init__()
        self._campaign = campaign
        self._which = default_view(campaign)
        self._opened: ItemView | None = None
        self._settling: Timer | None = None

    def where(self) -> Location:
        row = self._campaign
        shown = next(label for which, label in SHOWS if which == self._which)
        return Location(with_capital(row.label), (row.book_label, clause_text(row.clause), shown))

    def body(self) -> ComposeResult:
        yield TextLine(id="counts")
        called = self.app.desk.me.unit_label(self._campaign.book)
        unit: ListColumn[ItemRow] = ListColumn(called, lambda row: row.unit, width=12)
        yield self.list_of(
            [
                ListColumn(
                    self.HEADING or called, lambda row: Styled(row.name, "strong"), width=self.NAME_WIDTH
                ),
                *([unit] if self.SHOWS_UNIT else []),
                ListColumn(self.NOTE, details, width=0 if self.NAME_WIDTH else 10),
                ListColumn(_("Checked by"), lambda row: row.who, width=10, from_width=100),
                ListColumn(_("Status"), verdict_text, width=14),
            ],
        )
        with Preview(id="preview"):
            yield FactList()

    def list_of(self, columns: Sequence[ListColumn[ItemRow]]) -> DataList[Any]:
        return DataList[ItemRow](columns, key=lambda row: row.id, empty=_("There is nothing here to decide."))

    def on_mount(self) -> None:
        self._count()
        self._show_items()
        self._go_on()

    def _show_items(self) -> None:
        """Show the list from its beginning."""
        self.query_one(DataList).show(self._fetch_items)

    def come_back(self) -> None:
        """Fetch the list again, as something may have been decided; the item shown is not opened again."""
        opened = self._opened
        self._reload()
        self._opened = opened

    @property
    def current(self) -> ItemRow | None:
        row: ItemRow | None = self.query_one(DataList).current if self.is_mounted else None
        return row

    @property
    def decidable(self) -> bool:
        """Whether the item under the cursor is the reader's to decide, and the review open."""
        return self.current is not None and self.current.mine and not self._campaign.closed

    def why_not(self, command: ScreenCommand) -> Text:
        """Return by which clause others decide the item; else as any screen."""
        row = self.current
        if row is None or row.mine or self._campaign.closed or command.id not in DECISIONS:
            return super().why_not(command)
        return _("Others decide this in this review ({clause}).", clause=self._campaign.clause)

    def can(self, command_id: str) -> bool:
        if command_id in ("right", "next", "open"):
            return self.current is not None and (command_id != "right" or self.decidable)
        if command_id == "progress":
            return not self._campaign.closed
        if command_id == "show":
            return self._campaign.oversees
        return True

    def decide(self, verdict: str, *, word: str = "", request: int | None = None) -> None:
        """Record ``verdict`` on the item under the cursor, without asking, and go to the next one."""
        row = self.current
        if row is not None:
            Reviews(self.app.desk).decide(
                self._campaign.id, row.id, verdict, row.version, word=word, request=request
            )
            self._reload()
            self._go_on(row.id)

    def _go_on(self, after: int | None = None) -> None:
        """Move the cursor to the next open item after ``after``; without one, to the next row."""
        rows = self.query_one(DataList)
        if rows.is_sorted:
            places = [n for n, row in enumerate(rows.ordered) if row.status == "open"]
            place = next((n for n in places if after is None or n > rows.cursor), next(iter(places), None))
        else:
            place = Reviews(self.app.desk).next_open(self._campaign.id, self._which, after)
        if place is not None:
            rows.go(place)
        elif after is not None:
            rows.go(rows.cursor + 1)

    def _fetch_items(self, offset: int, limit: int) -> tuple[ItemRow, ...]:
        return Reviews(self.app.desk).items(self._campaign.id, self._which, offset, limit)

    def _reload(self) -> None:
        self._opened = None
        self._count()
        self.query_one(DataList).reload()

    def _count(self) -> None:
        campaigns = Reviews(self.app.desk).campaigns()
        self._campaign = next((row for row in campaigns if row.id == self._campaign.id), self._campaign)
        self.query_one("#counts", TextLine).show(self._counts())
        self.set_class(self._campaign.count.total == 1, "-single")
        if self._campaign.of != "entries" or not self._campaign.mine:  # its last entry ends a task
            self.app.recount()

    def _counts(self) -> list[Text | Styled]:
        return progress_words(self._campaign.count)

    # The thing under the cursor

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self.current
        if row is not None and self._opened is not None and self._opened.row == row:
            self.refresh_keys()
            return
        if self._settling is not None:
            self._settling.stop()
        self._opened = None
        self.query_one(FactList).show(self.brief(row) if row else [])
        if row is not None:
            self._settling = self.set_timer(SETTLED, self._open_resting)
        self.refresh_keys()

    def _open_resting(self) -> None:
        """Open the item on which the cursor rests, recorded, and show it; ignore a refusal."""
        if self.app.screen is self:
            with suppress(Refused):
                view = self.opened_item()
                if view is not None:
                    self.query_one(FactList).show(self.item_facts(view))

    def brief(self, row: ItemRow) -> list[Fact]:
        """Return the facts of a row that are shown before the cursor rests on it."""
        return [(field.label, field.text) for field in row.facts]

    def item_facts(self, view: ItemView) -> list[Fact]:
        return told_of(view)

    def opened_item(self) -> ItemView | None:
        """Return the item under the cursor in full; opens it, recorded, unless it is open already."""
        row = self.current
        if row is not None and (self._opened is None or self._opened.row.id != row.id):
            self._opened = Reviews(self.app.desk).one(self._campaign.id, row.id)
        return self._opened

    # What all kinds offer

    async def do_right(self) -> None:
        await self.decide_anew("right")

    async def decide_anew(self, verdict: str, *, request: int | None = None) -> bool:
        """Record ``verdict`` on the item under the cursor; if it is decided already, ask for a reason first.
        Return whether it was decided."""
        row = self.current
        if row is None or row.status == "open":
            self.decide(verdict, request=request)
            return row is not None
        said = await ask_text(
            self, _("Decided already"), _("Why is it decided again?"), required=True, yes=_("Decide again"),
            check=lambda word: self.decide(verdict, word=word, request=request),
        )  # fmt: skip
        return said is not None

    def do_next(self) -> None:
        row = self.current
        if row is not None:
            self._go_on(row.id)

    def do_progress(self) -> None:
        show_progress(self, self._campaign)

    async def do_show(self) -> None:
        options = [Pick(which, label) for which, label in SHOWS]
        chosen = await choose(self, _("Show"), options, selected=self._which)
        for which, _label in SHOWS:
            if which == chosen:
                self._which = which
                self.refresh_top()
                self._count()
                self._show_items()
                self._go_on()


def show_progress(screen: FramedScreen, campaign: CampaignRow) -> None:
    screen.app.push_screen(screen_of(REVIEW_PROGRESS)({REVIEW.id: campaign}))
