"""A report as bars: a row for each, with its label, its number, and the bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.language import Language, Text, _, say
from reports.report import Chart, Kind, Report, Tone, spoken, told
from tui.kit import DataList, ListColumn, Styled, cells, plain
from tui.kit.painted import Spoken
from tui.sheets.cell import Cell
from tui.sheets.cell import Tone as Colour

FILLINGS: dict[Tone, tuple[str, Colour]] = {
    "good": ("█", "good"),
    "warn": ("▒", "warn"),
    "bad": ("▓", "bad"),
    "quiet": ("░", "dim"),
}
"""Filling and colour of a part: colour is not all that tells them apart."""
GUTTER, GAP = 2, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of rows that begin with ``row``: its parts lie end to end. ``beside`` tells it from others of
    the same label."""

    row: int
    label: Text
    beside: Text
    parts: tuple[int, ...]

    @property
    def whole(self) -> int:
        """What all parts come to."""
        return sum(self.parts)


class ReportChart(DataList[Bar], Spoken):
    """The bars of a report that has them."""

    def __init__(self, report: Report, chart: Chart) -> None:
        super().__init__((), key=lambda bar: bar.row, empty="–")
        self.bars = bars_of(report, chart)
        self._label = report.columns[report.column(chart.label)].head
        self._parts = [report.columns[report.column(part)] for part, _tone in chart.parts]
        self._fillings = [FILLINGS[tone] for _part, tone in chart.parts]

    def on_mount(self) -> None:
        """All bars are here already."""
        self.respeak()
        self.show(self._window, total=len(self.bars))

    def respeak(self) -> None:
        """Measure anew: a label is as long as its language has it."""
        self.show_columns(self._measured(self.app.language, self.app.size.width - GUTTER))

    def on_resize(self) -> None:
        """A wider window has longer bars."""
        super().on_resize()
        self.respeak()

    def _window(self, offset: int, limit: int) -> Sequence[Bar]:
        return self.bars[offset : offset + limit]

    def _measured(self, language: Language, width: int) -> list[ListColumn[Bar]]:
        kind: Kind = self._parts[0].kind
        number: Text = self._parts[0].head if len(self._parts) == 1 else _("In all")
        longest = max((bar.whole for bar in self.bars), default=0)
        full = 100 if kind == "percent" else longest

        def taken(text: Text) -> int:
            return cells(plain(say(text, language)))

        labels = [taken(bar.label) + (taken(bar.beside) + 1 if bar.beside else 0) for bar in self.bars]
        label = min(max([taken(self._label), *labels]), width // 3)
        figure = max(taken(number), cells(spoken(longest, language, kind)))
        room = width - label - figure - 2 * GAP

        def named(bar: Bar) -> Cell:
            return [bar.label, " ", Styled(bar.beside, "dim")] if bar.beside else bar.label

        def drawn(bar: Bar) -> Cell:
            shares = zip(self._fillings, shared_out(bar.parts, full, room), strict=True)
            return [Styled(filling * share, colour) for (filling, colour), share in shares]

        return [
            ListColumn(self._label, named, width=label),
            ListColumn(number, lambda bar: told(bar.whole, kind), width=figure, right=True),
            ListColumn("", drawn),
        ]


def bars_of(report: Report, chart: Chart) -> list[Bar]:
    """The bars, the longest first unless the rows have an order; rows of one value in ``by`` are added up."""
    label, by = report.column(chart.label), report.column(chart.by) if chart.by else None
    beside = report.column(chart.beside) if chart.beside else None
    places = [report.column(part) for part, _tone in chart.parts]
    bars: dict[object, Bar] = {}
    for number, row in enumerate(report.rows):
        values = [row[place] for place in places]
        parts = [value if isinstance(value, int) else 0 for value in values]
        one = number if by is None else spoken(row[by], "en")
        if one in bars:
            first = bars[one]
            number, parts = (
                first.row,
                [before + more for before, more in zip(first.parts, parts, strict=True)],
            )
        bars[one] = Bar(
            number, told(row[label]), told(row[beside]) if beside is not None else "", tuple(parts)
        )
    return list(bars.values()) if chart.ordered else sorted(bars.values(), key=lambda bar: -bar.whole)


def shared_out(parts: Sequence[int], full: int, room: int) -> list[int]:
    """Cells for each of ``parts`` where ``full`` takes ``room`` of them. What is not nothing is seen: it has
    a cell at the least, for which longer ones make room."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    taken = max(round(room * whole / full), sum(part > 0 for part in parts))
    shares = [max(round(taken * part / whole), 1) if part else 0 for part in parts]
    while (over := sum(shares) - taken) != 0:
        shares[shares.index(max(shares))] -= 1 if over > 0 else -1
    return shares


def legend(report: Report, chart: Chart) -> list[Text | Styled]:
    """What each filling stands for, in its own colour."""
    words: list[Text | Styled] = []
    for part, tone in chart.parts:
        filling, colour = FILLINGS[tone]
        words += [Styled(filling * 2, colour), " ", report.columns[report.column(part)].head, "   "]
    return words
