"""A table whose rows are a window on a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol, cast

from textual.binding import Binding, BindingType
from textual.strip import Strip

from db.language import Language, Text, _
from tui.kit import seen
from tui.kit.list_columns import ListColumn, fitted_spans
from tui.kit.list_rows import SOUGHT, Fetch, ListRows, Row
from tui.kit.tones import RowKind
from tui.kit.widths import ColumnNeed, apportion
from tui.kit.window import Window
from tui.safe import cells, fit, fold
from tui.sheets.cell import Cell, Tone
from tui.sheets.reading import pinyin_sort_key

HELD: Final = 100
"""Rows up to which a list is held, and so can be sorted."""
DIGITS: Final = re.compile(r"\d+", re.ASCII)


class AsksFirst(Protocol):
    """What a list asks of its screen."""

    def ask_first(self, rows: DataList[Any], what: Text, then: Callable[[], None]) -> None:
        """Ask whether the row now under the cursor is meant, and call ``then`` if so."""


class DataList(ListRows[Row]):
    """``DataList(columns, key=lambda row: row.id)``, filled by ``show(fetch)``.

    Posts ``Moved`` and ``Opened``. With ``multi``, Space marks rows and ``marked`` holds them by key;
    ``unlike(row, marked)`` says why a row can't be marked beside another. ``heads(row)`` says what stands
    across all columns of a row that heads those below it.
    """

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
        super().__init__(key=key, became=became, id=id, classes=classes)
        self._columns = columns
        self.empty = empty
        """What stands in the place of rows where there are none."""
        self._multi = multi
        self._unlike = unlike
        self._heads = heads
        self.ordered_by: ListColumn[Row] | None = None
        self.downwards = False
        """The column that sorts a list of up to `HELD` rows by what its reader sees, and whether it is the
        other way round. Rows under headings their screen sorts itself, with `in_order`."""
        self.is_sorted = False
        self.ordered: Sequence[Row] = ()
        """All rows of a list that is sorted by itself."""
        self.drawn: dict[Hashable, Row] = {}
        """Each row that was drawn, as it was drawn last; of a list with headings alone."""
        self._needs: dict[tuple[Language, bool], list[ColumnNeed]] = {}
        self.marked: dict[Hashable, Row] = {}

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
        """Whether it has more rows than `HELD`; fetches one row if the number is not known."""
        return self._total > HELD if self._total is not None else bool(self._asked(HELD, 1))

    def order_by(self, column: ListColumn[Row] | None) -> None:
        """Sort by ``column`` and fetch again, in the other direction if it is the present one; None restores
        the fetched order."""
        self.downwards = column is not None and self.ordered_by is column and not self.downwards
        self.ordered_by = column
        self._needs.clear()
        self.reload()

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """Return ``rows`` sorted, those below each heading by themselves, empty cells last."""
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
        return (
            column.order(row) if column.order is not None else pinyin_sort_key(DIGITS.sub(_pad_digits, words))
        )

    def _arrange(self, fetch: Fetch[Row], total: int | None) -> tuple[Fetch[Row], int | None]:
        """Return ``fetch`` and ``total`` for sorted rows, after fetching them all, if the list is to be
        sorted and short enough; else unchanged."""
        self.is_sorted = self.ordered_by is not None
        if not self.is_sorted or self._heads is not None:
            return fetch, total
        rows = fetch(0, HELD + 1) if total is None or total <= HELD else ()
        self.is_sorted = bool(rows) and len(rows) <= HELD
        if not self.is_sorted:
            return fetch, total
        ordered = self.ordered = self.in_order(rows)
        return lambda offset, limit: ordered[offset : offset + limit], len(ordered)

    def _forget(self, *, narrowed: bool) -> None:
        self._needs.clear()
        if not narrowed:
            self.marked.clear()

    def reload(self) -> None:
        """Run the same query again. The cursor stays on its item; marks of rows that are gone are dropped."""
        super().reload()
        found: set[Hashable] = set()
        rows = self._first(SOUGHT)
        while not found.issuperset(self.marked) and (row := next(rows, None)) is not None:
            found.add(self._key(row[1]))
        self.marked = {key: row for key, row in self.marked.items() if key in found}

    def row_name(self, row: Row | None) -> str:
        """Return the text that stands out in ``row``, by which messages call it."""
        if row is not None and self._heads is not None and (heading := self._heads(row)) is not None:
            return "".join(text for text, _tone in self.spans(heading)[:1]).strip()
        drawn = [self.spans(column.cell(row)) for column in self._columns] if row is not None else [[]]
        strong = (text for cell in drawn for text, tone in cell if tone == "strong")
        return next(strong, "".join(text for text, _tone in drawn[0])).strip()

    def _column_needs(self) -> list[ColumnNeed]:
        """Return the widths that each column needs in the reader's language by the rows seen so far.
        Cached."""
        wording = self.app.wording
        if wording not in self._needs:
            self._needs[wording] = [
                ColumnNeed(cells(self._title(column)), column.cells(self.app.language), column.whole)
                for column in self._columns
            ]
            self._measure(self._rows.values())
        return self._needs[wording]

    def _measure(self, rows: Iterable[Row]) -> None:
        """Widen columns by what ``rows`` hold; they never get narrower."""
        needs, grown = self._column_needs(), False
        for row in rows:
            if self._heads is not None and self._heads(row) is not None:
                continue
            for column, need in zip(self._columns_of(row), needs, strict=False):
                spans = self.spans(column.cell(row))
                strong = any(tone == "strong" for _text, tone in spans)
                grown |= need.take_row("".join(text for text, _tone in spans), strong=strong)
        if grown:
            self.refresh()

    def _columns_of(self, _row: Row) -> Sequence[ListColumn[Row]]:
        """Return the columns that a row fills, from the first on: all, here."""
        return self._columns

    def _widths(self, width: int) -> list[tuple[ListColumn[Row], int]]:
        """Return the columns to draw with their cells; where room is short, empty optional columns are left
        out first."""
        kept = [
            (column, need)
            for column, need in zip(self._columns, self._column_needs(), strict=True)
            if column.from_width <= width and (need.widest or not (column.if_any and self._rows))
        ]
        idle = [
            place for place, (_column, need) in enumerate(kept) if place and need.head and not need.widest
        ]
        room = width - (3 if self._multi else 2) - 2 * (len(kept) - 1)
        while idle and sum(need.goals.whole for _column, need in kept) > room:
            del kept[idle.pop()]
            room += 2
        asked = [need.goals for _column, need in kept]
        if kept and not self._multi and not kept[-1][0].right:
            # Where nothing is cut for it, the last title has room for the cursor's number beside it.
            beside = cells(self.words(kept[-1][0].title)) + 2 + cells(self._place())
            if sum(goals.whole for goals in asked[:-1]) + beside <= room:
                asked[-1] = asked[-1]._replace(whole=max(asked[-1].whole, beside))
        widths = apportion(tuple(asked), room)
        return [(column, width) for (column, _need), width in zip(kept, widths, strict=True)]

    def head(self, y: int, width: int) -> Strip:
        """Draw the column titles with the number of marked rows and the cursor's place at the right end, or
        inside the title that has most room."""
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
        if spare[most] < taken and not self.marked:
            return self.paint([(fit(line, width), "head")], width)
        if widths[most][1] < taken:
            return self.paint([(fit(line, width - taken), "head"), (f" {place}", "dim")], width)
        before = gutter + "".join(f"{title}  " for title in titles[:most])
        room = widths[most][1] - taken
        after = "".join(f"  {title}" for title in titles[most + 1 :])
        spans: list[tuple[str, Tone]] = [(before + fit(titles[most].strip(), room), "head")]
        return self.paint([*spans, (f" {place}", "dim"), (after, "head")], width)

    def _title(self, column: ListColumn[Row]) -> str:
        if not self.is_sorted or column is not self.ordered_by:
            return self.words(column.title)
        return f"{self.words(column.title)} {'↓' if self.downwards else '↑'}"

    def _standing(self) -> str:
        """Return in words how many rows are marked, and the cursor's place of how many rows, ``+`` if there
        may be more."""
        marked = self.words(_("{count} selected", count=len(self.marked))) if self.marked else ""
        place = self._place(self.cursor + 1) if self._total != 0 else ""
        return f"{marked}  {place}".strip()

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        value = self._rows.get(row)
        if value is None:
            told = _fold_text(self.words(self.empty), max(width - 2, 2)) if self._total == 0 else ()
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the list takes the action: Space only if rows can be marked here; else the screen
        answers it."""
        return self._multi if action == "mark" else super().check_action(action, parameters)

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor, post `Marked`, and go to the next row. Shows why instead
        if it is a heading, or can't go with the marked rows; asks first if the list is astray."""
        if self.astray:
            cast(AsksFirst, self.screen).ask_first(self, _("Select"), self.action_mark)
        row = self.current
        if row is None:
            return
        if self._heads is not None and self._heads(row) is not None:
            self.app.tell(_("This row is a heading; mark those below it."), "warn")
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
        """Mark ``rows``, also those out of sight, and post `Marked`."""
        self.marked |= {self._key(row): row for row in rows}
        self.refresh()
        self.post_message(self.Marked(self))

    def clear_marks(self) -> None:
        self.marked.clear()
        self.refresh()
        self.post_message(self.Marked(self))


def _pad_digits(digits: re.Match[str]) -> str:
    return digits[0].zfill(12)


@lru_cache(16)
def _fold_text(text: str, width: int) -> tuple[str, ...]:
    return tuple(fold(text, width))
