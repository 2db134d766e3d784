"""Labels and values in two aligned columns: a card, a help page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Final

from textual.geometry import Size
from textual.strip import Strip

from db.language import Label, Message
from tui.kit.painted import Painted
from tui.safe import cells, fit, fold
from tui.sheets.cell import Cell, Fact, Styled, Tone

NARROW: Final = 60
SHORTEST: Final = 12
"""Cells that a label has also in the narrowest column: a day and a time."""


class FactList(Painted):
    """``FactList([(label, value), ...])``; values wrap within their column. A bare label is dim."""

    def __init__(
        self, facts: Sequence[Fact] = (), *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._facts = tuple(facts)

    def show(self, facts: Sequence[Fact]) -> None:
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self.refresh(layout=True)

    def _lines(self, width: int) -> list[list[tuple[str, Tone]]]:
        labels = [self.spans(_dim_label(label)) for label, _value in self._facts]
        column = max((sum(cells(text) for text, _tone in label) for label in labels), default=0)
        column = min(column, _widest_label(width)) + 2
        lines: list[list[tuple[str, Tone]]] = []
        for label, (_label, value) in zip(labels, self._facts, strict=True):
            spans = self.spans(value)
            tone: Tone = label[0][1] if label else ""
            names = fold("".join(part for part, _tone in label), column - 2)
            values = _fold_toned(spans, max(width - column, 2))
            for name, value_line in zip_longest(names, values, fillvalue=None):
                lines.append([(fit(name or "", column), tone), *(value_line or [])])
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        lines = self._lines(self.size.width)
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)


def _fold_toned(spans: Sequence[tuple[str, Tone]], width: int) -> list[list[tuple[str, Tone]]]:
    """Fold toned texts into lines of ``width`` cells."""
    text = "".join(part for part, _tone in spans)
    tones = [tone for part, tone in spans for _sign in part]
    found: list[list[tuple[str, Tone]]] = []
    end = 0
    for number, folded in enumerate(fold(text, width)):
        line = folded.lstrip() if number else folded
        begin = max(text.find(line, end), end)
        end = begin + len(line)
        # Signs without a width of their own may be folded elsewhere; then a tone is lost, not the line.
        runs = groupby(zip_longest(line, tones[begin:end][: len(line)], fillvalue=""), itemgetter(1))
        found.append([("".join(sign for sign, _tone in run), tone) for tone, run in runs])
    return found


def _widest_label(width: int) -> int:
    """Return the most cells that labels may take: half of ``width``, in a narrow column a third."""
    half = max(width // 2, 1)
    return half if width >= NARROW else min(half, max(width // 3, SHORTEST))


def _dim_label(label: Cell) -> Cell:
    """Dim a label without a tone of its own."""
    return Styled(label, "dim") if isinstance(label, str | Message | Label) else label
