"""A QR code that a phone reads from the screen: two modules a cell, in half blocks; in the plain set, whose
terminals draw those wide, two cells a module, in backgrounds alone."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from tui.kit import Painted
from tui.safe import draws_plain

MARGIN = 2
DARK_ON_LIGHT = Style(color="#000000", bgcolor="#ffffff")
BACKGROUNDS = Style(bgcolor="#ffffff"), Style(bgcolor="#000000")
REVERSED = Style(reverse=True), Style()
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class QrCode(Painted):
    """The code for a text, black on white in any theme.

    Where colours may not be sent, light modules are drawn in the terminal's own foreground: right on
    a dark terminal, and `invert` turns it round for a light one.
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:
        import segno  # it loads what speaks HTTP and mail

        super().__init__(id=id)
        code = segno.make(text, error="l", boost_error=False, micro=False)
        self.matrix = [[bool(module) for module in row] for row in code.matrix]
        self.inverted = False

    @property
    def margin(self) -> int:
        """The light modules around the code; fewer if the screen is too low."""
        around = 5 if draws_plain() else 2
        return MARGIN if self._rows(MARGIN) <= self.screen.size.height - around else 1

    def invert(self) -> None:
        self.inverted = not self.inverted
        self.refresh()

    @property
    def least_rows(self) -> int:
        """Return the rows that it takes with the narrowest margin."""
        return self._rows(1)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return (len(self.matrix) + 2 * self.margin) * (2 if draws_plain() else 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of cells: half as many as modules, or all where a cell holds one."""
        return self._rows(self.margin)

    def render_line(self, y: int) -> Strip:
        """Draw the modules of rows ``2y`` and ``2y + 1``, or of row ``y``."""
        margin = self.margin
        coloured = self.app.look.depth is not None
        if draws_plain():
            styles = BACKGROUNDS if coloured else REVERSED
            across = range(-margin, len(self.matrix) + margin)
            modules = (self._is_dark(y - margin, x) != (self.inverted and not coloured) for x in across)
            return Strip([Segment("  ", styles[dark]) for dark in modules])
        drawn_dark = coloured != self.inverted
        columns = range(-margin, len(self.matrix) + margin)
        text = "".join(
            HALVES[
                self._is_dark(2 * y - margin, x) == drawn_dark,
                self._is_dark(2 * y + 1 - margin, x) == drawn_dark,
            ]
            for x in columns
        )
        return Strip([Segment(text, DARK_ON_LIGHT if coloured else self.rich_style)], len(columns))

    def _is_dark(self, row: int, column: int) -> bool:
        inside = 0 <= row < len(self.matrix) and 0 <= column < len(self.matrix)
        return inside and self.matrix[row][column]

    def _rows(self, margin: int) -> int:
        modules = len(self.matrix) + 2 * margin
        return modules if draws_plain() else -(-modules // 2)
