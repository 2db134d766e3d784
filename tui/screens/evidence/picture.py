"""A picture in coloured half-blocks: two pixels a cell, in any terminal with colours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from db.confined.answers import Pixels

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual_image.renderable.halfcell import Image as HalfCells


class Picture(Widget):
    """Scaled to the width that there is, with its proportions kept."""

    DEFAULT_CSS = "Picture { width: 1fr; height: auto; }"

    def __init__(self, pixels: Pixels) -> None:
        from PIL import Image  # with its libraries 2 MB, which sessions without pictures don't need

        super().__init__()
        self._image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)
        self._drawn: tuple[int, list[Strip]] = (0, [])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._strips(width))

    def render_line(self, y: int) -> Strip:
        strips = self._strips(self.size.width)
        return strips[y] if y < len(strips) else Strip.blank(self.size.width)

    def _strips(self, width: int) -> list[Strip]:
        columns = max(min(width, self._image.width), 1)
        if self._drawn[0] != columns:
            lines = max(round(columns * self._image.height / self._image.width / 2), 1)
            drawn = _half_cells(self._image, columns, lines)
            options = self.app.console.options.update(width=columns, height=lines)
            segments = Segment.split_lines(self.app.console.render(drawn, options))
            self._drawn = (columns, [Strip(line) for line in segments])
        return self._drawn[1]


def _half_cells(image: Image, columns: int, lines: int) -> HalfCells:
    """Return the library's half-block drawing, without letting it ask the terminal: the answers would come in
    as keys of this session."""
    stdout, sys.__stdout__ = sys.__stdout__, None  # type: ignore[misc]
    try:
        from textual_image._terminal import CellSize, get_cell_size
        from textual_image.renderable.halfcell import Image as HalfCells
    finally:
        sys.__stdout__ = stdout  # type: ignore[misc]
    get_cell_size._result = CellSize(1, 2)  # type: ignore[attr-defined]
    return HalfCells(image, width=columns, height=lines)
