"""A table whose rows are a window on a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from db.desk.notation.page import Page
from db.language import Language, Text, _
from tui.kit import seen
from tui.kit.list_columns import ListColumn, fitted_spans
from tui.kit.seen import DrawnSince
from tui.kit.tones import RowKind
from tui.kit.widths import ColumnNeed, apportion
from tui.kit.window import Window
from tui.safe import cells, fit, fold
from tui.sheets.cell import Cell, Tone
from tui.sheets.reading import spelled

Row = TypeVar("Row")
Fetch = Callable[[int, int], Sequence[Row]]
"""``fetch(offset, limit)``: the rows from ``offset``; fewer than ``limit`` means that they end there. One
that takes a negative offset counts it from the end, and gives a `Page` that says how many rows there are."""
HELD: Final = 100
"""Rows up to which a list is held, and so can be sorted."""
DIGITS: Final = re.compile(r"\d+", re.ASCII)
SOUGHT, AT_ONCE = 1000, 100
"""Rows that are looked through for the one that the cursor belongs to, and how many are asked for at once:
of another query, which may be asked with every letter that is typed, that is all."""


class AsksFirst(Protocol):
    """What a list asks of its screen."""

    def ask_first(self, rows: DataList[Any], what: Text, then: Callable[[], None]) -> None:
        """Do ``then`` to what is under the cursor only if a person says so."""


class DataList(Window, Generic[Row]):
    """``DataList(columns, key=lambda row: row.id)``, filled by ``show(fetch)``.

    Posts ``Moved`` and ``Opened``; ``current`` is the row under the cursor. With ``multi``, Space
    marks rows and ``marked`` holds them by key; ``unlike(row, marked)`` says why a row can't be marked beside
    another. ``became(row)`` says what somebody else did with a row that is in the list no more, if they did.
    ``heads(row)`` says what stands across all columns of a row that heads those below it.

    The cursor belongs to an item, known by its key, and stays with it whatever is shown. Where the item is
    gone the list is ``astray``: the cursor stands beside its place, and there is no ``current`` until a
    person says that the one there is meant.
    """

    HEAD: ClassVar[int] = 1
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", show=False)]

    class Marked(Window.Moved):
        """A row was marked or unmarked."""

    def __init__(
        self,
        columns: Sequence[ListColumn[Row]],
        *,
        key: Callable[[Row], Hashable],
        empty: Text = "",
        multi: bool = False,
        unlike: Callable[[Row, Row], Text] | None = None,
        became: Callable[[Row], Text | None] | None = None,
        heads: Callable[[Row], Cell | None] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = columns
        self._key = key
        self.empty = empty
        """What stands in the place of rows where there are none."""
        self._multi = multi
        self._unlike = unlike
        self._became = became
        self._heads = heads
        self.ordered_by: ListColumn[Row] | None = None
        self.downwards = False
        """The column that sorts a list of up to `HELD` rows by what its reader sees, and whether it is the
        other way round. Rows under headings their screen sorts itself, with `in_order`."""
        self.is_sorted = False
        self.ordered: Sequence[Row] = ()
        """All rows of a list that is sorted by itself."""
        self.fades: Callable[[Any], bool] = lambda _row: False
        """Which rows are drawn dim, and passed over by `pass_faded`: what was done with them counts soon."""
        self.drawn: dict[Hashable, Row] = {}
        """Each row that was drawn, as it was drawn last; of a list with headings alone."""
        self._fetch: Fetch[Row] = lambda _offset, _limit: ()
        self._asked: Fetch[Row] = self._fetch
        self._asked_total: int | None = None
        self._rows: dict[int, Row] = {}
        self._total: int | None = 0
        self._from_end = False
        self._needs: dict[tuple[Language, bool], list[ColumnNeed]] = {}
        self.marked: dict[Hashable, Row] = {}
        self._held: Row | None = None
        self._next: Row | None = None
        self._is_acting = self._is_looking = False
        self.astray = False
        self._was_left = False
        self.seen = DrawnSince()
        self._is_led = False
        """Whether the reader's own hand brought the cursor where it is."""

    def show_columns(self, columns: Sequence[ListColumn[Row]]) -> None:
        self._columns = columns
        self.ordered_by = None
        self._needs.clear()
        self.refresh()

    @property
    def columns(self) -> Sequence[ListColumn[Row]]:
        return self._columns

    @property
    def is_long(self) -> bool:
        """Whether it has more rows than are held; a row is asked for where that is not known."""
        return self._total > HELD if self._total is not None else bool(self._asked(HELD, 1))

    def order_by(self, column: ListColumn[Row] | None) -> None:
        """Sort by ``column``, or the other way round where it is sorted by that; None: as the desk has it."""
        self.downwards = column is not None and self.ordered_by is column and not self.downwards
        self.ordered_by = column
        self._needs.clear()
        self.reload()

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """Sort ``rows``, those below each heading by themselves; what holds nothing stays last."""
        found, part = list[Row](), list[Row]()
        for row in rows:
            if not self._key(row):
                found += [*self._in_order(part), row]
                part = []
            else:
                part.append(row)
        return found + self._in_order(part)

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        column = self.ordered_by
        if column is None:
            return list(rows)
        keys = {self._key(row): self._order_of(column, row) for row in rows}
        full = [row for row in rows if keys[self._key(row)] is not None]
        full.sort(key=lambda row: keys[self._key(row)], reverse=self.downwards)
        return full + [row for row in rows if keys[self._key(row)] is None]

    def _order_of(self, column: ListColumn[Row], row: Row) -> Any:
        words = "".join(text for text, _tone in self.spans(column.cell(row))).strip()
        if words in ("", "–"):
            return None
        return column.order(row) if column.order is not None else spelled(DIGITS.sub(_padded, words))

    def show(
        self,
        fetch: Fetch[Row],
        *,
        total: int | None = None,
        keep: bool = False,
        narrowed: bool = False,
        from_end: bool = False,
    ) -> None:
        """Show another query: the cursor on the item that a person had put it on, else on the first row.

        ``keep``: of the same list; the cursor stays with what is under it, or goes astray, and the marks stay
        as they are. ``narrowed``: what its reader chose to see of it; the marks stay, the cursor goes nowhere
        astray. ``from_end``: ``fetch`` takes a negative offset.
        """
        self._is_led = False
        held = self.current if keep and self.current is not None else self._held
        is_told = self.astray and held is self._held
        line = self.cursor - self.top
        self._asked, self._asked_total = fetch, total
        self.is_sorted = self.ordered_by is not None
        if self.is_sorted and self._heads is None:
            rows = fetch(0, HELD + 1) if total is None or total <= HELD else ()
            self.is_sorted = bool(rows) and len(rows) <= HELD
            if self.is_sorted:
                ordered = self.ordered = self.in_order(rows)
                fetch, total = lambda offset, limit: ordered[offset : offset + limit], len(ordered)
        self._fetch = fetch
        self._total, self._from_end = total, from_end
        self._rows.clear()
        if not keep:
            self.cursor = self.top = 0
            self._needs.clear()
            if not narrowed:
                self.marked.clear()
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
        """Show ``rows``, which are all here, as `show` does."""
        self.show(
            lambda offset, limit: rows[offset : offset + limit],
            total=len(rows),
            keep=keep,
            narrowed=narrowed,
        )

    def ends_at(self, total: int) -> None:
        """Set how many rows there are, where a fetch learns that too."""
        self._total = total

    def _follow(self, held: Row, line: int, within: int) -> bool:
        """Put the cursor on ``held`` again; return whether it is there. While its reader acts on it, it is
        sought far away only where the next one is not at hand either: most acts take it out of the list."""
        if self._return_to(held, line, 0):
            return True
        if self._next is not None and self._place_of(self._next, 0) is not None:
            return False
        return self._return_to(held, line, within)

    def _return_to(self, row: Row, line: int, within: int) -> bool:
        """Put the cursor on ``row``, on the same line as before; return whether ``within`` so many rows."""
        number = self._place_of(row, within)
        if number is None:
            return False
        if number != self.cursor:
            self.cursor = number
            self.top = max(number - line, 0)
            if self._total is not None:
                self.top = min(self.top, max(self._total - self.shown, 0))
            self._into_view()
            self._load_window()
        return True

    def _place_of(self, row: Row, within: int) -> int | None:
        key = self._key(row)
        return next((number for number, one in self._first(within) if self._key(one) == key), None)

    def _first(self, within: int) -> Iterator[tuple[int, Row]]:
        """Yield the rows that are here, then fetch those among the first ``within``, with their numbers."""
        yield from tuple(self._rows.items())
        if len(self._rows) == self._total:
            return
        for offset in range(0, within, AT_ONCE):
            rows = self._fetch(offset, AT_ONCE)
            yield from enumerate(rows, offset)
            if len(rows) < AT_ONCE:
                return

    def hold_cursor(self) -> None:
        """Let the cursor belong to the item under it from now on."""
        if self.astray:
            self.astray = False
            self.refresh()
            self.post_message(self.Moved(self))
        self._held, self._next = self.current, None

    def begin_act(self, *, looks: bool = False) -> None:
        """Do as `hold_cursor`; and should what is done to the item till `end_act` take it out of the list, go
        on to the next one. ``looks``: it moves or marks, and wherever the cursor goes the reader leads it."""
        self.hold_cursor()
        self._is_acting, self._is_looking = True, looks
        below = self.cursor + 1
        if below not in self._rows and (self._total is None or below < self._total):
            self._load(below, 1)
        self._next = self._rows.get(below, self._rows.get(self.cursor - 1))

    def end_act(self) -> None:
        """Blame on others whatever takes the item out of the list from now on."""
        self._next, self._is_acting, self._is_looking = None, False, False

    def was_seen(self, typed_at: float) -> bool:
        """Return whether the row under the cursor, as it is, was drawn there when a key was typed."""
        return self.seen.may_mean(self.current, typed_at)

    def cursor_names(self) -> tuple[str, str]:
        """Return what the cursor belongs to and what is under it, by what stands out in the rows."""
        return self.row_name(self._held), self.row_name(self._rows.get(self.cursor))

    def row_name(self, row: Row | None) -> str:
        """Return what its row calls an item: what stands out in it."""
        if row is not None and self._heads is not None and (heading := self._heads(row)) is not None:
            return "".join(text for text, _tone in self.spans(heading)[:1]).strip()
        drawn = [self.spans(column.cell(row)) for column in self._columns] if row is not None else [[]]
        strong = (text for cell in drawn for text, tone in cell if tone == "strong")
        return next(strong, "".join(text for text, _tone in drawn[0])).strip()

    def reload(self) -> None:
        """Ask the same query again, the cursor staying where it is, and the marks on rows that are there."""
        self.show(self._asked, total=self._asked_total, keep=True, from_end=self._from_end)
        found: set[Hashable] = set()
        rows = self._first(SOUGHT)
        while not found.issuperset(self.marked) and (row := next(rows, None)) is not None:
            found.add(self._key(row[1]))
        self.marked = {key: row for key, row in self.marked.items() if key in found}

    @property
    def current(self) -> Row | None:
        """The row under the cursor, unless that went astray."""
        return None if self.astray else self._rows.get(self.cursor)

    @property
    def in_sight(self) -> tuple[Row, ...]:
        """The rows that were fetched, those on the screen among them, in their order."""
        return tuple(row for _number, row in sorted(self._rows.items(), key=lambda item: item[0]))

    @property
    def shown(self) -> int:
        """Rows on the screen; before the first layout, what a list may take of it."""
        height = self.size.height or self.app.size.height - 4
        return max(height - self.HEAD, 1)

    def nearest_row(self, row: int) -> int:
        if self._total is None and row not in self._rows:
            self._load(row - row % self.shown, self.shown)
        if self._total is None:
            return row
        return min(row, self._total - 1)

    def last(self) -> int:
        """Return the last row's number, asked from the end, or found by halving if the count is unknown."""
        if self._total is None and self._from_end:
            page = cast(Page[Row], self._fetch(-self.shown, self.shown))
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
        """Move the cursor; the rows that come into sight are fetched first. It belongs to the item there."""
        before = self.cursor
        super().go(row)
        if self.cursor != before:
            self._is_led = self._is_looking or not self._is_acting
            self._load_window()
            self.refresh(Region(0, 0, self.size.width, 1))
        self.hold_cursor()

    def lead_to(self, row: int) -> None:
        """Put the cursor on ``row`` by no key of the reader's: what is typed at what was there means that."""
        self.go(row)
        self._is_led = False

    def pass_faded(self) -> None:
        """Put the cursor on the next row that does not fade, or the one before, if it is on one that does."""
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
        """Note that the list was left, for `on_focus` to take its item as meant on coming back."""
        self._was_left = True

    def on_focus(self) -> None:
        """Hold the item under the cursor if the list was left before; a screen's first focus is no choice."""
        if self._was_left:
            self.hold_cursor()

    def on_resize(self) -> None:
        super().on_resize()
        if self._load_window():
            self.refresh()

    def _load_window(self) -> bool:
        """Fetch what is on the screen and not here; return whether there was anything to fetch."""
        missing = [row for row in range(self.top, self.top + self.shown) if row not in self._rows]
        if missing and (self._total is None or missing[0] < self._total):
            self._load(missing[0], missing[-1] - missing[0] + 1)
            return True
        return False

    def _load(self, offset: int, limit: int) -> None:
        before = len(self._place())
        rows = self._fetch(offset, limit)
        self._measure(rows)
        self._rows.update(enumerate(rows, offset))
        if len(rows) < limit and (rows or offset == 0):
            self._total = offset + len(rows)
        elif not rows:
            below = max((row for row in self._rows if row < offset), default=-1)
            self._total = self._end_between(below, offset)
        near = range(self.top - self.shown, self.top + 2 * self.shown)
        self._rows = {row: value for row, value in self._rows.items() if row in near or row >= offset}
        if len(self._place()) != before:
            self.refresh()  # the columns share what the number leaves

    def _end_between(self, below: int, above: int) -> int:
        """Fetch, halving, how many rows there are, of which ``below`` is one and ``above`` is none."""
        while above - below > 1:
            middle = (below + above) // 2
            below, above = (middle, above) if self._fetch(middle, 1) else (below, middle)
        return below + 1

    def _known(self) -> list[ColumnNeed]:
        """Return what each column needs in the reader's language, as far as rows were here; cached."""
        wording = self.app.wording
        if wording not in self._needs:
            self._needs[wording] = [
                ColumnNeed(cells(self._title(column)), column.cells(self.app.language))
                for column in self._columns
            ]
            self._measure(self._rows.values())
        return self._needs[wording]

    def _measure(self, rows: Iterable[Row]) -> None:
        """Take in what ``rows`` hold: who scrolls sees columns grow, and none get narrower again."""
        known = list(zip(self._columns, self._known(), strict=True))
        grown = False
        for row in rows:
            if self._heads is not None and self._heads(row) is not None:
                continue
            for column, need in known:
                spans = self.spans(column.cell(row))
                strong = any(tone == "strong" for _text, tone in spans)
                grown |= need.take_row("".join(text for text, _tone in spans), strong=strong)
        if grown:
            self.refresh()

    def _widths(self, width: int) -> list[tuple[ListColumn[Row], int]]:
        kept = [
            (column, need)
            for column, need in zip(self._columns, self._known(), strict=True)
            if column.from_width <= width
        ]
        room = width - (3 if self._multi else 2) - 2 * (len(kept) - 1)
        asked = [need.goals for _column, need in kept]
        if kept and not self._multi and not kept[-1][0].right:
            # Where nothing is cut for it, the last title has room for the cursor's number beside it.
            beside = cells(self.words(kept[-1][0].title)) + 2 + cells(self._place())
            if sum(goals.whole for goals in asked[:-1]) + beside <= room:
                asked[-1] = asked[-1]._replace(whole=max(asked[-1].whole, beside))
        widths = apportion(tuple(asked), room)
        return [(column, width) for (column, _need), width in zip(kept, widths, strict=True)]

    def head(self, y: int, width: int) -> Strip:
        """Draw the column titles, how many rows are marked, and where the cursor is: at the right end, or
        where the titles reach it in the title that has most room."""
        place = self._standing()
        widths = self._widths(width)
        titles = [fit(self._title(column), share, right=column.right) for column, share in widths]
        gutter = " " * (3 if self._multi else 2)
        line = (gutter + "  ".join(titles)).rstrip()
        taken = cells(place) + 1 if place else 0
        if not place or cells(line) + taken + 1 <= width:
            return self.paint([(fit(line, width - taken), "head"), (f" {place}", "dim")], width)
        spare = [share - cells(title.strip()) for title, (_column, share) in zip(titles, widths, strict=True)]
        most = spare.index(max(spare))
        before = gutter + "".join(f"{title}  " for title in titles[:most])
        room = max(widths[most][1] - taken, 0)
        after = "".join(f"  {title}" for title in titles[most + 1 :])
        spans: list[tuple[str, Tone]] = [(before + fit(titles[most].strip(), room), "head")]
        return self.paint([*spans, (f" {place}", "dim"), (after, "head")], width)

    def _title(self, column: ListColumn[Row]) -> str:
        if not self.is_sorted or column is not self.ordered_by:
            return self.words(column.title)
        return f"{self.words(column.title)} {'↓' if self.downwards else '↑'}"

    def _standing(self) -> str:
        """Say how many are marked, the number of the row under the cursor, and of how many; of a query that
        is not known to its end, of how many at least."""
        if self._total == 0:
            return ""
        place = self._place(self.cursor + 1)
        marked = self.words(_("{count} selected", count=len(self.marked))) if self.marked else ""
        return f"{marked}  {place}".lstrip()

    def _place(self, number: int = 0) -> str:
        """Say ``number`` of how many; without it the last, which takes most room."""
        last = max(self._rows, default=self.cursor) + 1 if self._total is None else self._total
        return f"{number or last}/{last}{'+' if self._total is None else ''}"

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        value = self._rows.get(row)
        if value is None:
            told = _folded(self.words(self.empty), max(width - 2, 2)) if self._total == 0 else ()
            return self.paint([("  " + told[row], "dim")] if row < len(told) else (), width)
        if cursor:
            self._note_drawn(value)
        mark = "✓" if self._multi and self._key(value) in self.marked else " "
        gutter = self._cursor_mark(cursor=cursor) + (f"{mark} " if self._multi else " ")
        spans: list[tuple[str, Tone]] = [(gutter, "")]
        row_kind: RowKind = ("cursor" if self.has_focus else "idle") if cursor else ""
        if self._heads is not None:
            self.drawn[self._key(value)] = value
            heading = self._heads(value)
            if heading is not None:
                return self.paint([*spans, *self.spans(heading)], width, row_kind)
        for index, (column, share) in enumerate(self._widths(width)):
            if index:
                spans.append(("  ", ""))
            spans.extend(self._cell(column, value, share))
        if self.fades(value):
            spans = [(text, "dim") for text, _tone in spans]
        return self.paint(spans, width, row_kind)

    def _note_drawn(self, value: Row) -> None:
        self.seen.note_drawn(value, lead=0 if self._is_led else seen.LEAD)

    def _cursor_mark(self, *, cursor: bool) -> str:
        return ("▹" if self.astray else "▸") if cursor else " "

    def _cell(self, column: ListColumn[Row], value: Row, width: int) -> list[tuple[str, Tone]]:
        return fitted_spans(self.spans(column.cell(value)), width, right=column.right)

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor and go to the next."""
        if not self._multi:
            return
        if self.astray:
            cast(AsksFirst, self.screen).ask_first(self, _("Select"), self.action_mark)
        row = self.current
        if row is None or (self._heads is not None and self._heads(row) is not None):
            return
        key = self._key(row)
        why = self._unlike(row, next(iter(self.marked.values()))) if self._unlike and self.marked else ""
        if why and key not in self.marked:
            self.app.tell(why, "warn")
            return
        if self.marked.pop(key, None) is None:
            self.marked[key] = row
        self.refresh()
        self.post_message(self.Marked(self))
        self.go(self.cursor + 1)

    def mark_rows(self, rows: Iterable[Row]) -> None:
        """Mark rows, those too that are not in sight."""
        self.marked |= {self._key(row): row for row in rows}
        self.refresh()
        self.post_message(self.Marked(self))

    def clear_marks(self) -> None:
        self.marked.clear()
        self.refresh()


def _padded(digits: re.Match[str]) -> str:
    return digits[0].zfill(12)


@lru_cache(16)
def _folded(text: str, width: int) -> tuple[str, ...]:
    return tuple(fold(text, width))
