"""The queue: what waits for the reader's decision, the oldest due day first."""

from __future__ import annotations

from contextlib import suppress

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer

from db.desk import Refused
from db.desk.requests.queue import QueueFilter
from db.desk.requests.request_views import RequestRow, RequestView
from db.language import Message, Text, _
from tui.kit import DataList, FactList, FramedScreen, Location, Pick, ScreenCommand, TextLine, choose
from tui.screens.evidence.view import open_evidence
from tui.screens.requests.card import CardToDecide
from tui.screens.requests.deciding import DECISION_KEYS, TOGETHER, decide, decide_together
from tui.screens.sheets.columns import list_columns
from tui.screens.sheets.list import screen_of
from tui.sheets.asks import At
from tui.sheets.deciding import APPROVE, DUES, QUEUE, REJECT, RETURN, counted
from tui.sheets.delegation import DELEGATION
from tui.sheets.request_facts import change, facts, gone, who
from tui.sheets.sheet import Verb

SETTLED = 0.3
"""Seconds without a key after which the request under the cursor is opened, which is recorded."""

_NOTHING_SO = _("Nothing of this sort waits for you. Press f to see everything.")


class QueueScreen(FramedScreen):
    """List, and under it the request that the cursor is on."""

    CSS_PATH = "queue.tcss"
    NAME = QUEUE.title
    ABOUT = QUEUE.about
    KEYS = (
        *DECISION_KEYS,
        ScreenCommand(
            "mark", "space", _("Select"), _("Select or deselect the request under the cursor."), looks=True
        ),
        ScreenCommand("evidence", "v", _("Evidence"), _("Open what is attached to the request."), looks=True),
        ScreenCommand("filter", "f", _("Filter"), _("Show only what is overdue, of one kind, of one book.")),
        ScreenCommand("next", "n", _("Next"), _("Go to the next request."), footer=False, looks=True),
        ScreenCommand("open", "enter", _("Details"), _("Everything about it, with its history."), looks=True),
        ScreenCommand("delegate", "t", _("Stand-in"), _("Let somebody decide for you while you are away.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._filter = QueueFilter()
        self._kinds: tuple[str, ...] = ()
        self._kind_labels: dict[str, Text] = {}
        self._books: dict[str, Text] = {}
        self._view: RequestView | None = None
        self._settling: Timer | None = None

    def where(self) -> Location:
        """The queue and what it is narrowed to."""
        return Location(self.NAME, self._narrowed())

    def body(self) -> ComposeResult:
        """Counts, list, and the request under the cursor."""
        yield TextLine(id="counts")
        yield DataList[RequestRow](
            list_columns(QUEUE, At(self.app.desk)),
            key=QUEUE.key,
            empty=QUEUE.empty,
            multi=True,
            unlike=_unlike,
            became=self._became,
        )
        with VerticalScroll(id="preview", can_focus=False):
            yield FactList()

    def on_mount(self) -> None:
        """Ask for the queue."""
        self.app.recount()
        self.query_one(DataList).show(self._fetch)

    def come_back(self) -> None:
        """Something may have been decided meanwhile."""
        self._view = None
        self.app.recount()
        self.catch_up()

    def catch_up(self) -> None:
        """Others did something."""
        self.query_one(DataList).reload()

    def _became(self, row: RequestRow) -> Message | None:
        last = self.app.desk.queue.gone(row.id)
        return gone(row, last) if last is not None else None

    def seek(self, request: int) -> None:
        """Put the cursor on a request that waits here, whatever the list was narrowed to before."""
        if self._narrowed():
            self._narrow(QueueFilter())
        place, window = 0, self.app.desk.queue.window()
        while window.rows:
            for row in window.rows:
                if row.id == request:
                    self.query_one(DataList).go(place)
                    return
                place += 1
            window = self.app.desk.queue.window(offset=place)

    def narrow_to(self, requests: tuple[int, ...]) -> None:
        """Show these alone, which stand in one row elsewhere."""
        self._narrow(QueueFilter(requests=requests))

    def can(self, command_id: str) -> bool:
        """Deciding needs something under the cursor."""
        rows = self.query_one(DataList) if self.is_mounted else None
        if command_id in ("approve", "return", "reject", "mark", "next", "open"):
            is_marked = command_id in TOGETHER and rows is not None and bool(rows.marked)
            return is_marked or (rows is not None and rows.current is not None)
        if command_id == "evidence":
            return rows is not None and rows.current is not None and rows.current.evidence > 0
        return True

    def _fetch(self, offset: int, limit: int) -> tuple[RequestRow, ...]:
        window = self.app.desk.queue.window(self._filter, offset, limit)
        self.query_one(DataList).ends_at(window.total)
        self._kinds = window.kinds
        for row in window.rows:
            self._kind_labels[row.kind] = row.kind_label
            self._books[row.book] = row.book_label
        self.query_one("#counts", TextLine).show(counted(window.counts))
        return window.rows

    def _narrowed(self) -> tuple[Text, ...]:
        found: list[Text] = [DUES[self._filter.due]] if self._filter.due != "all" else []
        if self._filter.kind:
            found.append(self._kind_labels.get(self._filter.kind, self._filter.kind))
        if self._filter.book:
            found.append(self._books.get(self._filter.book, self._filter.book))
        if self._filter.requests:
            found.append(_("{count} alike", count=len(self._filter.requests)))
        return tuple(found)

    # The request under the cursor

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        if row is not None and self._view is not None and self._view.row == row:
            self.refresh_keys()  # it was asked for again, and stands as it is shown
            return
        if self._settling is not None:
            self._settling.stop()
        self._view = None
        shown = self.query_one(FactList)
        shown.show([(line.label, change(line)) for line in row.summary] if row else [])
        if row is not None:
            self._settling = self.set_timer(SETTLED, self._settle)
        self.refresh_keys()

    def _settle(self) -> None:
        """Show all of what the cursor rests on. Where it was decided meanwhile, a key says so."""
        if self.app.screen is self:
            with suppress(Refused):
                self._seen()

    @property
    def _current(self) -> RequestRow | None:
        row: RequestRow | None = self.query_one(DataList).current
        return row

    def _seen(self) -> RequestView | None:
        """The request under the cursor as it is shown; opened now where it has not settled yet."""
        row = self._current
        if row is not None and (self._view is None or self._view.row.id != row.id):
            self._view = self.app.desk.queue.one(row.id)
            self.query_one(FactList).show(facts(self._view))
        return self._view

    def _reload(self) -> None:
        self._view = None
        self.app.recount()
        self.query_one(DataList).reload()

    # Deciding

    async def do_approve(self) -> None:
        """Agree to what is shown; the next request comes under the cursor."""
        await self._decide(APPROVE)

    async def do_return(self) -> None:
        """Send it back with a word."""
        await self._decide(RETURN)

    async def do_reject(self) -> None:
        """Turn it down with a word."""
        await self._decide(REJECT)

    async def _decide(self, verb: Verb[RequestRow]) -> None:
        """On all that are selected, else on the one under the cursor. Agreeing at once opens nothing, so that
        the record says how much was seen."""
        row, marked = self._current, list(self.query_one(DataList).marked.values())
        if marked:
            self._decided(await decide_together(self, verb, marked), all_marked=True)
        elif row is not None:
            view = self._view if verb is APPROVE else self._seen()
            self._decided(await decide(self, verb, row, view.digest if view is not None else row.digest))

    def _decided(self, text: Text | None, *, all_marked: bool = False) -> None:
        if text is not None:
            if all_marked:
                self.query_one(DataList).clear_marks()
            self._reload()
            self.app.tell(text)

    # Looking

    def do_mark(self) -> None:
        """Select the row."""
        self.query_one(DataList).action_mark()

    def do_next(self) -> None:
        """The next row."""
        self.query_one(DataList).action_move(1)

    def do_open(self) -> None:
        """Everything about it."""
        view = self._seen()
        if view is not None:
            self.app.push_screen(CardToDecide(view))

    async def do_evidence(self) -> None:
        """Open one of the attached files."""
        view = self._seen()
        if view is not None:
            await open_evidence(self, view.evidence, view.row.id)

    def do_delegate(self) -> None:
        """Who stands in for whom."""
        self.app.push_screen(screen_of(DELEGATION)())

    async def do_filter(self) -> None:
        """Narrow the list; choosing everything widens it again."""
        options = [Pick(f"due:{due}", label) for due, label in DUES.items()]
        options += [
            Pick(f"kind:{kind}", label) for kind, label in self._kind_labels.items() if kind in self._kinds
        ]
        if len(self._books) > 1:
            options += [Pick(f"book:{book}", label) for book, label in self._books.items()]
        chosen = await choose(self, _("Show"), options)
        if chosen is None:
            return
        what, _colon, value = chosen.partition(":")
        if what == "kind":
            self._narrow(QueueFilter(kind=value))
        elif what == "book":
            self._narrow(QueueFilter(book=value))
        else:
            self._narrow(QueueFilter(due=next(due for due in DUES if due == value)))

    def _narrow(self, wanted: QueueFilter) -> None:
        self._filter = wanted
        self.refresh_top()
        rows = self.query_one(DataList)
        rows.empty = _NOTHING_SO if self._narrowed() else QUEUE.empty
        rows.show(self._fetch)


def _unlike(row: RequestRow, marked: RequestRow) -> Text:
    """Why a request is not decided together with another; empty where it may be."""
    if (row.book, row.kind, row.role, row.step) == (marked.book, marked.kind, marked.role, marked.step):
        return ""
    return _(
        "Selected are {kind} at step {step}; {who} is {other} at step {other_step}. Decide on it by itself.",
        kind=marked.kind_label,
        step=marked.step,
        who=who(row),
        other=row.kind_label,
        other_step=row.step,
    )
