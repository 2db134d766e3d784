"""A report as bars, one a row, its parts on top of each other."""

from __future__ import annotations

from rich.text import Text as Drawn
from textual_plotext import PlotextPlot

from db.language import Language, Text, _n, say
from reports.report import Report, Tone, spoken
from tui.kit import Line, Styled
from tui.kit.safe import cells, clip, plain

FILLINGS: dict[Tone, tuple[str, str]] = {
    "good": ("█", "green"),
    "warn": ("▒", "orange"),
    "bad": ("▓", "red"),
    "quiet": ("░", "gray"),
}
"""Marker and colour of a part: colour is not all that tells them apart."""
SHADOW = "\ue000"
"""Stands for the second cell of a wide character: the library counts one cell for each."""
LABEL = 16
MARGIN = 4
"""Lines of the widget that are no bars."""
THICKEST = 2
"""Lines that one bar and the gap after it take at the most."""
WIDE, THIN = 0.5, 0.1
"""Share of its place that a bar fills: thin where there is less than ``THICKEST`` for each."""


class ReportChart(PlotextPlot):
    """The bars of a report that has them, the longest first; ``legend`` says what they mean, and how many
    find no room."""

    def __init__(self, report: Report, language: Language, legend: Line) -> None:
        super().__init__()
        self._report = report
        self._language = language
        self._legend = legend
        self.styles.max_height = len(self.bars()) * THICKEST + MARGIN

    @property
    def _room(self) -> int:
        return max(self.size.height - MARGIN, 1)

    def on_resize(self) -> None:
        """Say how many bars find no room at this height."""
        words: list[Text | Styled] = [Styled(self.legend(), "dim")]
        left = len(self.bars()) - self._room
        if left > 0:
            words += [
                "   ",
                Styled(
                    _n("{count} shorter bar left out", "{count} shorter bars left out", count=left), "warn"
                ),
            ]
        self._legend.show(words)

    def render(self) -> Drawn:
        """Draw for the present size; wide characters get their second cell back."""
        self._draw(self._room)
        drawn = super().render()
        return Drawn("").join(drawn.split(SHADOW)) if isinstance(drawn, Drawn) else Drawn()

    def _draw(self, room: int) -> None:
        plot, chart = self.plt, self._report.chart
        plot.clear_figure()
        bars = self.bars()[:room]
        if chart is None or not bars:
            return
        bars.reverse()
        width = WIDE if len(bars) * THICKEST <= room else THIN
        labels = [f"{label} {sum(lengths)} " for label, lengths in bars]
        # The longest stack first: each shorter one is drawn over it.
        for part in range(len(chart.parts) - 1, -1, -1):
            marker, color = FILLINGS[chart.parts[part][1]]
            stacked = [sum(lengths[: part + 1]) for _label, lengths in bars]
            plot.bar(labels, stacked, orientation="horizontal", marker=marker, color=color, width=width)
        plot.xfrequency(0)
        plot.frame(False)

    def bars(self) -> list[tuple[str, tuple[int, ...]]]:
        """Label and lengths of each bar, the longest first; rows of one label are added up."""
        chart = self._report.chart
        if chart is None:
            return []
        name = self._report.column(chart.label)
        places = [self._report.column(part) for part, _tone in chart.parts]
        found: dict[str, list[int]] = {}
        for row in self._report.rows:
            label = shadowed(plain(spoken(row[name], self._language)) or "–")
            lengths = found.setdefault(label, [0] * len(places))
            for at, place in enumerate(places):
                value = row[place]
                lengths[at] += value if isinstance(value, int) else 0
        bars = [(label, tuple(lengths)) for label, lengths in found.items()]
        return sorted(bars, key=lambda bar: -sum(bar[1]))

    def legend(self) -> str:
        """What each filling stands for."""
        chart = self._report.chart
        if chart is None:
            return ""
        found = []
        for part, tone in chart.parts:
            head = plain(say(self._report.columns[self._report.column(part)].head, self._language))
            found.append(f"{FILLINGS[tone][0] * 2} {head}")
        return "   ".join(found)


def shadowed(label: str) -> str:
    """``label``, clipped, with a stand-in after each wide character."""
    return "".join(
        character + SHADOW * (cells(character) - 1) for character in clip(label, LABEL) if cells(character)
    )
