"""A picture in coloured half-blocks: two pixels a cell, in any terminal with colours."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from db.language import Message, _

if TYPE_CHECKING:
    from textual_image.renderable.halfcell import Image as HalfCells

MAX_PIXELS = 40_000_000
"""A small file can hold a picture that fills the memory; larger ones than this are not unpacked."""


class UnfitPicture(Exception):
    """The picture can't be shown; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Picture(Widget):
    """Scaled to the width that there is, with its proportions kept."""

    DEFAULT_CSS = "Picture { width: 1fr; height: auto; }"

    def __init__(self, content: bytes) -> None:
        """Raises UnfitPicture for broken data or too many pixels."""
        super().__init__()
        self._image = _unpacked(content)
        self._drawn: tuple[int, list[Strip]] = (0, [])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines for the picture at ``width`` cells."""
        return len(self._strips(width))

    def render_line(self, y: int) -> Strip:
        """Line ``y`` of the picture."""
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


def _unpacked(content: bytes) -> Image.Image:
    too_many = UnfitPicture(_("The picture has too many pixels to be shown here."))
    try:
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if image.width * image.height > MAX_PIXELS:
            raise too_many
        image.thumbnail((600, 1200))
        return image.convert("RGB")
    except Image.DecompressionBombError:
        raise too_many from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise UnfitPicture(_("The picture is damaged and can't be shown.")) from None


def _half_cells(image: Image.Image, columns: int, lines: int) -> HalfCells:
    """The library's half-block drawing, kept from asking the terminal what it can do: the answers would
    come in as keys of this session."""
    stdout, sys.__stdout__ = sys.__stdout__, None  # type: ignore[misc]
    try:
        from textual_image._terminal import CellSize, get_cell_size
        from textual_image.renderable.halfcell import Image as HalfCells
    finally:
        sys.__stdout__ = stdout  # type: ignore[misc]
    get_cell_size._result = CellSize(1, 2)  # type: ignore[attr-defined]
    return HalfCells(image, width=columns, height=lines)
