"""One list in sections, each under a heading that the cursor passes over."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual.strip import Strip

from db.language import Text
from tui.kit.datalist import DataList
from tui.kit.list_columns import ListColumn
from tui.kit.tones import RowKind
from tui.safe import cells
from tui.sheets.cell import Cell, Tone

Row = TypeVar("Row")
LINE = "─"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a section, and at its right end."""

    id: str
    words: Text
    right: Text = ""


class SectionList(DataList[Any], Generic[Row]):
    """A ``DataList`` without column titles, among whose rows `Heading` may stand: never the last, never two
    in a row. ``across(row)`` is what a row says behind its first column instead of the others."""

    HEAD: ClassVar[int] = 0

    def __init__(
        self,
        columns: Sequence[ListColumn[Row]],
        *,
        key: Callable[[Row], Hashable],
        across: Callable[[Row], Cell | None],
        empty: Text = "",
        became: Callable[[Row], Text | None] | None = None,
    ) -> None:
        def key_of(row: Row | Heading) -> Hashable:
            return (Heading, row.id) if isinstance(row, Heading) else key(row)

        super().__init__(columns, key=key_of, empty=empty, became=became)
        self._across = across
        self.was_moved = False
        """Whether the reader moved the cursor: what it stands on by itself is nobody's choice."""

    def show(self, *given: Any, **named: Any) -> None:
        """Show other rows, the cursor never on a heading."""
        super().show(*given, **named)
        if self._is_heading(self.cursor):
            self.cursor += 1
            self._into_view()
            self._load_window()
        if not self._rows:
            self._held = None  # whatever comes in later is no other item than that

    def go(self, row: int) -> None:
        """Move the cursor to ``row``; from a heading, one further in the same direction."""
        row = self.nearest_row(max(row, 0))
        if self._is_heading(row):
            row += 1 if row >= self.cursor or row == 0 else -1
        self.was_moved = self.was_moved or row != self.cursor
        super().go(row)

    def begin_act(self, *, looks: bool = False) -> None:
        """Do as any list; the item to go to next is never a heading."""
        super().begin_act(looks=looks)
        if isinstance(self._next, Heading):
            beside = (self._rows.get(self.cursor + 2), self._rows.get(self.cursor - 1))
            self._next = next((row for row in beside if not isinstance(row, Heading | None)), None)

    def row_name(self, row: Any) -> str:
        """Return the text that stands out in the row, or in quotes its text across the columns."""
        words = None if row is None or isinstance(row, Heading) else self._across(row)
        return super().row_name(row) if words is None else f"“{self.spans(words)[0][0].strip()}”"

    def _into_view(self) -> bool:
        """Scroll the cursor into view, with a heading right above it; return whether that moved the list."""
        above = self.cursor - 1 if self._is_heading(self.cursor - 1) else self.cursor
        top = max(min(self.top, above), self.cursor - self.rows_shown + 1)
        if top == self.top:
            return False
        self.top = top
        self.refresh()
        return True

    def _is_heading(self, row: int) -> bool:
        if row >= 0 and row not in self._rows and (self._total is None or row < self._total):
            self._load_rows(row, 1)
        return isinstance(self._rows.get(row), Heading)

    def _columns_of(self, row: Any) -> Sequence[ListColumn[Any]]:
        if isinstance(row, Heading):
            return ()
        return self._columns if self._across(row) is None else self._columns[:1]

    def _place(self, number: int = 0) -> str:
        return ""

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        value = self._rows.get(row)
        if isinstance(value, Heading):
            return self._heading(value, width)
        across = self._across(value) if value is not None else None
        if across is None:
            return super().draw(row, width, cursor=cursor)
        if cursor:
            self._note_drawn(value)
        first, share = self._widths(width)[0]
        spans: list[tuple[str, Tone]] = [
            (self._cursor_mark(cursor=cursor) + " ", ""),
            *self._cell(first, value, share),
        ]
        whole: ListColumn[Any] = ListColumn("", lambda _row: across)
        room = width - share - 4
        row_kind: RowKind = ("cursor" if self.has_focus else "idle") if cursor else ""
        return self.paint([*spans, ("  ", ""), *self._cell(whole, value, room)], width, row_kind)

    def _heading(self, heading: Heading, width: int) -> Strip:
        words, right = self.words(heading.words), self.words(heading.right)
        room = width - cells(words) - cells(right) - 6 - (2 if right else 0)
        line = LINE * max(room // cells(LINE), 0)
        spans: list[tuple[str, Tone]] = [(LINE * 2 + " ", "dim"), (words, "head"), (" " + line, "dim")]
        return self.paint([*spans, (f" {right} " if right else "", "dim")], width)
