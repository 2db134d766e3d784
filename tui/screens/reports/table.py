"""A report's rows as a list: minor columns go where there is no room, then the widest are narrowed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from db.language import Language
from reports.report import Cell, Report, spoken, told
from tui.kit import Column, DataList, Styled
from tui.kit.painted import Cell as Drawn
from tui.kit.painted import Spoken
from tui.kit.safe import cells, plain

Row = tuple[int, tuple[Cell, ...]]
"""Number of the row and its cells."""
NARROWEST = 6
FIGURES = re.compile(r"[A-Z]?[\d\s+•.:%–-]*")
SAMPLE = 200
"""Rows that are measured."""


class ReportTable(DataList[Row], Spoken):
    """The table of one report. What finds room depends on the window's width and on the language."""

    def __init__(self, report: Report) -> None:
        super().__init__((), key=lambda row: row[0], empty="–")
        self._report = report
        self.rows: list[Row] = list(enumerate(report.rows))

    def on_mount(self) -> None:
        """All rows are here already."""
        self.respeak()
        self.show(self._window, total=len(self.rows))

    def respeak(self) -> None:
        """Measure the columns anew, the cursor staying where it is."""
        self.show_columns(columns_for(self._report, self.app.language, self.app.size.width - 2))

    def on_resize(self) -> None:
        """Another width has room for other columns."""
        super().on_resize()
        self.respeak()

    def _window(self, offset: int, limit: int) -> Sequence[Row]:
        return self.rows[offset : offset + limit]


def columns_for(report: Report, language: Language, width: int) -> list[Column[Row]]:
    """Columns that fit ``width`` cells; those that find no room are in the row's own view."""
    needed = [_needed(report, place, language) for place in range(len(report.columns))]
    widths = {place: wanted for place, wanted in enumerate(needed) if wanted}
    minor = [place for place in widths if report.columns[place].minor]
    while minor and _total(widths) > width:
        del widths[minor.pop()]
    least = {place: _least(report, place, language) for place in widths}
    while _total(widths) > width:
        wide = [place for place in widths if widths[place] > least[place]]
        if wide:
            widths[max(wide, key=lambda place: widths[place])] -= 1
        else:
            widths.popitem()
    return [_column(report, place, room) for place, room in widths.items()]


def _total(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def _needed(report: Report, place: int, language: Language) -> int:
    """Cells that a column takes in full, 0 where nothing is in it."""
    kind = report.columns[place].kind
    widest = max(
        (cells(plain(spoken(row[place], language, kind))) for row in report.rows[:SAMPLE]), default=1
    )
    return max(widest, cells(plain(spoken(report.columns[place].head, language)))) if widest else 0


def _least(report: Report, place: int, language: Language) -> int:
    """Cells that a column needs at the least: half a number, of a telephone or a copy too, tells nothing."""
    values = [plain(spoken(row[place], language, report.columns[place].kind)) for row in report.rows[:SAMPLE]]
    if all(FIGURES.fullmatch(value) for value in values):
        return max(NARROWEST, *map(cells, values)) if values else NARROWEST
    return NARROWEST


def _column(report: Report, place: int, width: int) -> Column[Row]:
    column = report.columns[place]

    def cell(row: Row) -> Drawn:
        value = row[1][place]
        if value is None:
            return ""
        text = told(value, column.kind)
        if column.alarming and value:
            return Styled(text, "bad")
        return Styled(text, "strong") if place == 0 else text

    return Column(column.head, cell, width=width, right=column.right)
