"""A report's rows as a list. Where there is no room minor columns go, then bars; the widest are narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.language import Language, _
from reports.report import Cell, Report, cell_text, spoken_cell
from tui.kit import DataList, ListColumn, Styled
from tui.kit.painted import Spoken
from tui.kit.widths import NARROWEST, ColumnNeed, Goals, apportion
from tui.safe import cells, plain
from tui.sheets.cell import Cell as Drawn
from tui.sheets.cell import Tone
from tui.sheets.reading import pinyin_sort_key

Row = tuple[int, tuple[Cell, ...]]
"""Number of the row and its cells."""
GAP, SHORTEST, LONGEST = 2, 8, 30
"""Cells between two columns, and those of a bar of the largest number."""
SAMPLE = 200
"""Rows that are measured."""


class ReportTable(DataList[Row], Spoken):
    """The table of one report. What finds room depends on the window's width and on the language."""

    def __init__(self, report: Report) -> None:
        super().__init__((), key=lambda row: row[0], empty=_("Nothing here."))
        self._report = report
        self._order: Sequence[int] = range(len(report.rows))
        """Places of the rows among the report's, as they are sorted."""
        self._shown: Sequence[int] = self._order
        """Those of them that hold what is looked for."""
        self._wanted: list[str] = []
        self.sorted_by: tuple[int, bool] | None = None
        """The column that the rows are sorted by, and whether the other way round."""

    def on_mount(self) -> None:
        self.respeak()
        self.show(self._window, total=len(self._shown))

    def narrow(self, words: str) -> int:
        """Show the rows that contain all ``words``; return their number."""
        self._wanted = words.casefold().split()
        self._show_rows(keep=False)
        return len(self._shown)

    def _show_rows(self, *, keep: bool) -> None:
        self._shown = [n for n in self._order if self._holds_wanted(n)] if self._wanted else self._order
        self.show(self._window, total=len(self._shown), keep=keep, narrowed=not keep)

    def _holds_wanted(self, number: int) -> bool:
        cells = zip(self._report.rows[number], self._report.columns, strict=True)
        said = " ".join(spoken_cell(cell, self.app.language, column.kind) for cell, column in cells)
        return all(word in said.casefold() for word in self._wanted)

    def respeak(self) -> None:
        """Measure the columns again; the cursor stays."""
        self.show_columns(columns_for(self._report, self.app.language, self.app.size.width - 2))

    def on_resize(self) -> None:
        """Measure the columns again for another width."""
        super().on_resize()
        self.respeak()

    def sort_by(self, place: int) -> None:
        """Sort by a column, in the other direction if it is sorted by that; empty cells last. The cursor
        stays on its row."""
        down = self.sorted_by == (place, False)
        self.sorted_by = (place, down)
        language, column = self.app.language, self._report.columns[place]

        rows = self._report.rows

        def key(number: int) -> tuple[bool, int, bytes]:
            value = rows[number][place]
            if isinstance(value, int):
                return False, value, b""
            said = spoken_cell(value, language)
            part, slash, whole = said.partition("/")
            if column.kind == "percent" and slash:  # a share of few is written out
                return False, 100 * int(part) // int(whole), b""
            return True, 0, pinyin_sort_key(said)

        empty = [number for number, row in enumerate(rows) if row[place] in (None, "")]
        full = [number for number, row in enumerate(rows) if row[place] not in (None, "")]
        self._order = [*sorted(full, key=key, reverse=down), *empty]
        self._show_rows(keep=True)

    def _window(self, offset: int, limit: int) -> Sequence[Row]:
        rows = self._report.rows
        return [(number, rows[number]) for number in self._shown[offset : offset + limit]]


def columns_for(report: Report, language: Language, width: int) -> list[ListColumn[Row]]:
    """Return the columns that fit in ``width`` cells, with a bar if there is room; the row's own view has the
    others."""
    asked = {
        place: goals
        for place in range(len(report.columns))
        if (goals := _goals(report, place, language)) is not None
    }
    charted = _charted(report)
    for place in _spared(report, asked, width, charted):
        del asked[place]
    while _room(asked, width) < sum(goals.least for goals in asked.values()):
        asked.popitem()
    room = _room(asked, width)
    spare = room - sum(goals.whole for goals in asked.values()) - GAP
    is_drawn = charted in asked and spare >= SHORTEST
    widths = apportion(tuple(asked.values()), room - spare - GAP if is_drawn else room)
    columns = [_column(report, place, taken) for place, taken in zip(asked, widths, strict=True)]
    if charted is not None and is_drawn:
        columns.insert([*asked].index(charted) + 1, _bars(report, charted, min(spare, LONGEST)))
    return columns


def _charted(report: Report) -> int | None:
    """Return the number of the column with bars; None without one, or without rows to compare."""
    place = report.column(report.bar) if report.bar and len(report.rows) > 1 else None
    numbers = (row[place] for row in report.rows) if place is not None else ()
    return place if any(isinstance(value, int) and value > 0 for value in numbers) else None


def _spared(report: Report, asked: dict[int, Goals], width: int, charted: int | None) -> list[int]:
    """Return the minor columns to leave out: as few as make room for a bar if that is possible, else for the
    others."""
    minor = [place for place in reversed(asked) if report.columns[place].minor and place != charted]
    for bar in (GAP + SHORTEST, 0) if charted in asked else (0,):
        for count in range(len(minor) + 1):
            kept = {place: goals for place, goals in asked.items() if place not in minor[:count]}
            if sum(goals.whole for goals in kept.values()) + bar <= _room(kept, width):
                return minor[:count]
    return minor


def _room(asked: Mapping[int, Goals], width: int) -> int:
    """Return the cells left for the columns without the gaps."""
    return width - 2 * (len(asked) - 1)


def _goals(report: Report, place: int, language: Language) -> Goals | None:
    """Return the width that a column needs by the first rows; None if it is empty."""
    column = report.columns[place]
    need = ColumnNeed(cells(plain(spoken_cell(column.head, language))), NARROWEST)
    for row in report.rows[:SAMPLE]:
        need.take_row(plain(spoken_cell(row[place], language, column.kind)))
    return need.goals if need.widest or not report.rows else None


def _bars(report: Report, place: int, width: int) -> ListColumn[Row]:
    """Return a column of bars for the numbers of another; numbers above 0 get at least one cell."""
    numbers = [value for row in report.rows if isinstance(value := row[place], int)]
    full = 100 if report.columns[place].kind == "percent" else max([*numbers, 1])
    tone: Tone = "bad" if report.columns[place].alarming else "accent"

    def bar(row: Row) -> Drawn:
        value = row[1][place]
        length = max(round(width * value / full), 1) if isinstance(value, int) and value > 0 else 0
        return Styled("█" * length, tone)

    return ListColumn("", bar, width=width)


def _column(report: Report, place: int, width: int) -> ListColumn[Row]:
    column = report.columns[place]

    def cell(row: Row) -> Drawn:
        value = row[1][place]
        if value is None:
            return ""
        text = cell_text(value, column.kind)
        if column.alarming and value:
            return Styled(text, "bad")
        return Styled(text, "strong") if place == 0 else text

    return ListColumn(column.head, cell, width=width, right=column.right)
