"""The rows of a list: a window on a query, and a cursor that belongs to an item."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual.geometry import Region

from db.desk.notation.page import Page
from db.language import Text, _
from tui.kit.seen import DrawnSince
from tui.kit.window import Window

Row = TypeVar("Row")
Fetch = Callable[[int, int], Sequence[Row]]
"""``fetch(offset, limit)``: the rows from ``offset``; fewer than ``limit`` means that they end there. One
that takes a negative offset counts it from the end, and gives a `Page` that says how many rows there are."""
FindPlace = Callable[[Row], int | None]
"""``find_place(row)``: how many rows stand before it; None where it isn't among them."""
SOUGHT, AT_ONCE = 1000, 100
"""Rows that are looked through for the one that the cursor belongs to, where its place can't be asked for,
and how many are fetched at once: of another query, which may be asked with every letter that is typed, that
is all."""


class ListRows(Window, Generic[Row]):
    """Base of `DataList`: filled by ``show(fetch)``; ``current`` is the row under the cursor. ``became(row)``
    says what somebody else did with a row that is in the list no more, if they did.

    The cursor belongs to an item, known by its key, and stays with it whatever is shown. Where the item is
    gone the list is ``astray``: the cursor stands beside its place, and there is no ``current`` until a
    person says that the one there is meant. A subclass says how an item is called (``row_name``).
    """

    HEAD: ClassVar[int] = 1

    def __init__(
        self,
        *,
        key: Callable[[Row], Hashable],
        became: Callable[[Row], Text | None] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._key = key
        self._became = became
        self.fades: Callable[[Any], bool] = lambda _row: False
        """Which rows are drawn dim, and passed over by `pass_faded`: what was done with them counts soon."""
        self._fetch: Fetch[Row] = lambda _offset, _limit: ()
        self._asked: Fetch[Row] = self._fetch
        self._asked_total: int | None = None
        self._find_place: FindPlace[Row] | None = None
        self._rows: dict[int, Row] = {}
        self._total: int | None = 0
        self._from_end = False
        self._held: Row | None = None
        self._next: Row | None = None
        self._is_acting = self._is_looking = False
        self.astray = False
        self._was_left = False
        self.seen = DrawnSince()
        self._is_led = False
        """Whether the reader's own hand brought the cursor where it is."""

    def show(
        self,
        fetch: Fetch[Row],
        *,
        total: int | None = None,
        keep: bool = False,
        narrowed: bool = False,
        from_end: bool = False,
        find_place: FindPlace[Row] | None = None,
    ) -> None:
        """Show the rows of another query, the cursor on the item that the reader had chosen, else on the
        first row. Posts `Moved`.

        ``keep``: the same list again; the cursor stays on its item, or goes astray, with one warning, and
        marks stay. ``narrowed``: the same list filtered by its reader; marks stay, the cursor never goes
        astray. ``from_end``: ``fetch`` takes a negative offset. ``find_place``: returns the item's place
        where it isn't at hand, instead of looking through the rows.
        """
        self._is_led = False
        held = self.current if keep and self.current is not None else self._held
        is_told = self.astray and held is self._held
        line = self.cursor - self.top
        self._asked, self._asked_total, self._find_place = fetch, total, find_place
        self._fetch, self._total = self._arrange(fetch, total)
        self._from_end = from_end
        self._rows.clear()
        if not keep:
            self.cursor = self.top = 0
            self._forget(narrowed=narrowed)
        self.cursor = max(self.nearest_row(self.cursor), 0)
        self._into_view()
        self._load_window()
        self.astray = False
        within = SOUGHT if keep else AT_ONCE
        if held is not None and not self._follow(held, line, within):
            became = self._became(held) if keep and self._became is not None else None
            if became is None and self._next is not None and self._return_to(self._next, line, within):
                self.hold_cursor()
            elif keep and not self._rows and self._is_acting:  # what the reader emptied needs no word
                self._held = None
            elif keep:
                self._held, self.astray = held, True
                if not is_told:
                    gone = _("{gone} is not in this list any more.", gone=self.row_name(held))
                    self.app.tell(became or gone, "warn")
        self.refresh()
        self.post_message(self.Moved(self))

    def show_all(self, rows: Sequence[Row], *, keep: bool = False, narrowed: bool = False) -> None:
        """Show ``rows``, all loaded already, as `show` does."""
        self.show(
            lambda offset, limit: rows[offset : offset + limit],
            total=len(rows),
            keep=keep,
            narrowed=narrowed,
        )

    def reload(self) -> None:
        """Run the same query again; the cursor stays on its item."""
        self.show(
            self._asked, total=self._asked_total, keep=True, from_end=self._from_end,
            find_place=self._find_place,
        )  # fmt: skip

    def ends_at(self, total: int) -> None:
        """Set the number of rows, for a fetch that learns it."""
        self._total = total

    def cursor_names(self) -> tuple[str, str]:
        """Return the names of the cursor's item, also if it is gone, and of the row under the cursor."""
        return self.row_name(self._held), self.row_name(self._rows.get(self.cursor))

    def row_name(self, row: Row | None) -> str:
        """Return the name by which messages call the item of ``row``. Subclasses override it."""
        raise NotImplementedError

    def _arrange(self, fetch: Fetch[Row], total: int | None) -> tuple[Fetch[Row], int | None]:
        """Return the fetch and number of rows in the order to show. Unchanged here."""
        return fetch, total

    def _forget(self, *, narrowed: bool) -> None:
        """Forget what depends on the rows of the former query; ``narrowed``: the list stays the same. Does
        nothing here."""

    def _measure(self, rows: Iterable[Row]) -> None:
        """Adapt to the content of newly fetched ``rows``. Does nothing here."""

    def _follow(self, held: Row, line: int, within: int) -> bool:
        """Move the cursor to ``held`` again; return whether it is there. During an act it looks far only if
        the next item is not at hand either, as most acts take the item out of the list."""
        if self._return_to(held, line, 0):
            return True
        if self._next is not None and self._place_of(self._next, 0) is not None:
            return False
        return self._return_to(held, line, within)

    def _return_to(self, row: Row, line: int, within: int) -> bool:
        """Move the cursor to ``row``, on the same line of the screen; return whether it is there. Looks
        through the first ``within`` rows; 0: those already fetched."""
        number = self._place_of(row, within)
        if number is None:
            return False
        if number != self.cursor:
            self.cursor = number
            self.top = max(number - line, 0)
            if self._total is not None:
                self.top = min(self.top, max(self._total - self.rows_shown, 0))
            self._into_view()
            self._load_window()
        return number in self._rows and self._key(self._rows[number]) == self._key(row)

    def _place_of(self, row: Row, within: int) -> int | None:
        key = self._key(row)
        # as the reader sorted it, it has other places
        find = self._find_place if within and self._fetch is self._asked else None
        near = self._first(0 if find is not None else within)
        number = next((number for number, one in near if self._key(one) == key), None)
        return find(row) if number is None and find is not None else number

    def _first(self, within: int) -> Iterator[tuple[int, Row]]:
        """Yield the fetched rows with their numbers, then fetch those among the first ``within``."""
        yield from tuple(self._rows.items())
        if len(self._rows) == self._total:
            return
        for offset in range(0, within, AT_ONCE):
            rows = self._fetch(offset, AT_ONCE)
            yield from enumerate(rows, offset)
            if len(rows) < AT_ONCE:
                return

    def hold_cursor(self) -> None:
        """Tie the cursor to the item under it, which ends being astray."""
        if self.astray:
            self.astray = False
            self.refresh()
            self.post_message(self.Moved(self))
        self._held, self._next = self.current, None

    def begin_act(self, *, looks: bool = False) -> None:
        """Tie the cursor to its item and note the next one: if the item leaves the list before `end_act`, the
        cursor goes there. ``looks``: the act only moves or marks."""
        self.hold_cursor()
        self._is_acting, self._is_looking = True, looks
        below = self.cursor + 1
        if below not in self._rows and (self._total is None or below < self._total):
            self._load_rows(below, 1)
        self._next = self._rows.get(below, self._rows.get(self.cursor - 1))

    def end_act(self) -> None:
        """End the act: whatever takes the item out of the list from now on is somebody else's doing."""
        self._next, self._is_acting, self._is_looking = None, False, False

    def was_seen(self, typed_at: float) -> bool:
        """Return whether the row under the cursor was drawn there, as it is, at ``typed_at``."""
        return self.seen.may_mean(self.current, typed_at)

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None while the list is astray."""
        return None if self.astray else self._rows.get(self.cursor)

    @property
    def in_sight(self) -> tuple[Row, ...]:
        """The rows fetched so far, in order, on the screen or not."""
        return tuple(row for _number, row in sorted(self._rows.items(), key=lambda item: item[0]))

    @property
    def rows_shown(self) -> int:
        """The number of rows on the screen; before the first layout, an estimate."""
        height = self.size.height or self.app.size.height - 4
        return max(height - self.HEAD, 1)

    def nearest_row(self, row: int) -> int:
        if self._total is None and row not in self._rows:
            self._load_rows(row - row % self.rows_shown, self.rows_shown)
        if self._total is None:
            return row
        return min(row, self._total - 1)

    def last(self) -> int:
        """Return the number of the last row; fetches the end, or by halving, if the count is unknown."""
        if self._total is None and self._from_end:
            page = cast(Page[Row], self._fetch(-self.rows_shown, self.rows_shown))
            self._total = page.total or len(page)
            self._measure(page)
            self._rows.update(enumerate(page, self._total - len(page)))
        if self._total is None:
            below, above = self.cursor, max(self.cursor, 1) * 2
            while self._fetch(above, 1):
                below, above = above, above * 2
            self._total = self._end_between(below, above)
        return self._total - 1

    def go(self, row: int) -> None:
        """Move the cursor to ``row``, fetch the rows that come into view, and tie the cursor to the item
        there."""
        before = self.cursor
        super().go(row)
        if self.cursor != before:
            self._is_led = self._is_looking or not self._is_acting
            self._load_window()
            self.refresh(Region(0, 0, self.size.width, 1))
        self.hold_cursor()

    def lead_to(self, row: int) -> None:
        """Move the cursor to ``row`` without the reader: a key typed before still means the row that was
        there."""
        self.go(row)
        self._is_led = False

    def pass_faded(self) -> None:
        """Move the cursor off a faded row to the next one that is not, else to the one before."""
        if self.current is None or not self.fades(self.current):
            return
        numbers = sorted(self._rows)
        below = (number for number in numbers if number > self.cursor)
        above = (number for number in reversed(numbers) if number < self.cursor)
        for number in (*below, *above):
            if not self.fades(self._rows[number]):
                self.lead_to(number)
                return

    def on_blur(self) -> None:
        """Note that the focus left the list, for `on_focus`."""
        self._was_left = True

    def on_focus(self) -> None:
        """Tie the cursor to its item if the focus comes back; a screen's first focus is no choice."""
        if self._was_left:
            self.hold_cursor()

    def on_resize(self) -> None:
        super().on_resize()
        if self._load_window():
            self.refresh()

    def _load_window(self) -> bool:
        """Fetch the rows on the screen that are missing; return whether there were any."""
        missing = [row for row in range(self.top, self.top + self.rows_shown) if row not in self._rows]
        if missing and (self._total is None or missing[0] < self._total):
            self._load_rows(missing[0], missing[-1] - missing[0] + 1)
            return True
        return False

    def _load_rows(self, offset: int, limit: int) -> None:
        before = len(self._place())
        rows = self._fetch(offset, limit)
        self._measure(rows)
        self._rows.update(enumerate(rows, offset))
        if len(rows) < limit and (rows or offset == 0):
            self._total = offset + len(rows)
        elif not rows:
            below = max((row for row in self._rows if row < offset), default=-1)
            self._total = self._end_between(below, offset)
        near = range(self.top - self.rows_shown, self.top + 2 * self.rows_shown)
        self._rows = {row: value for row, value in self._rows.items() if row in near or row >= offset}
        if len(self._place()) != before:
            self.refresh()  # the columns share what the number leaves

    def _end_between(self, below: int, above: int) -> int:
        """Return the number of rows, found by halving: row ``below`` exists, row ``above`` does not."""
        while above - below > 1:
            middle = (below + above) // 2
            below, above = (middle, above) if self._fetch(middle, 1) else (below, middle)
        return below + 1

    def _place(self, number: int = 0) -> str:
        """Return ``number/total``, for the last row if no number is given."""
        last = max(self._rows, default=self.cursor) + 1 if self._total is None else self._total
        return f"{number or last}/{last}{'+' if self._total is None else ''}"
