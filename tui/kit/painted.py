"""Widgets that draw their own lines: safe text in tones, exact in cells, one changed line at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from db.language import Label, Message, Text, say
from tui.kit.tones import Place, RowKind, rows, tones
from tui.safe import cells, clip, fold, plain
from tui.sheets.cell import Cell, Styled, Tone

if TYPE_CHECKING:
    from tui.kit.base import KitApp


class Spoken:
    """A widget that keeps a text in one language and must be told when the language changes."""

    def respeak(self) -> None:
        """Draw the text again, in the present language. Subclasses override it."""
        raise NotImplementedError


class Painted(Widget):
    """Base of the kit's widgets. Draws spans of safe text; takes no markup from anywhere (threat 11)."""

    app: KitApp

    PLACE: ClassVar[Place] = ""
    OWN_KEYS: ClassVar[tuple[tuple[str, Text], ...]] = ()
    """Keys and what they do while this one has them all: the bottom line shows these then."""
    DEFAULT_CSS = "Painted { height: auto; }"
    _base: Style | None = None
    """Its own style, found once for all the lines that are drawn together."""

    def render_lines(self, crop: Region) -> list[Strip]:
        self._base = None
        return super().render_lines(crop)

    def words(self, text: Text) -> str:
        """Return ``text`` in the reader's language, safe to draw on one line."""
        return plain(say(text, self.app.language))

    def spans(self, cell: Cell) -> list[tuple[str, Tone]]:
        if isinstance(cell, Styled):
            return [(self.words(cell.text), cell.tone)]
        if isinstance(cell, str | Message | Label):
            return [(self.words(cell), "")]
        return [span for part in cell for span in self.spans(part)]

    def sources(self, cell: Cell) -> list[str]:
        """Return ``cell`` in the reader's language, one text for each of its own lines."""
        if isinstance(cell, str | Message | Label):
            return say(cell, self.app.language).splitlines() or [""]
        return ["".join(text for text, _tone in self.spans(cell))]

    def fold_cell(self, cell: Cell, tone: Tone, width: int) -> list[list[tuple[str, Tone]]]:
        """Return a text in ``tone`` folded into lines of ``width`` cells; spans of several tones stay on one
        line."""
        if not isinstance(cell, str | Message | Label):
            return [self.spans(cell)]
        return [[(line, tone)] for source in self.sources(cell) for line in fold(source, max(width, 2))]

    def paint(self, spans: Iterable[tuple[str, Tone]], width: int, row: RowKind = "") -> Strip:
        """Return one line of exactly ``width`` cells, cut with one ellipsis; ``row`` styles the one under the
        cursor."""
        look = self.app.look
        tone_styles = tones(look, self.PLACE)
        if self._base is None:
            self._base = self.rich_style
        base = self._base + rows(look)[row]
        segments: list[Segment] = []
        room = width
        for text, tone in spans:
            shown = clip(text, room)
            room -= cells(shown)
            style = base if row == "cursor" and tone not in ("strong", "bad") else base + tone_styles[tone]
            if row == "cursor":
                style += Style(color=base.color)
            segments.append(Segment(shown, style))
            if shown != text:
                break  # one ellipsis where the line is cut, however many spans follow
        if room > 0:
            segments.append(Segment(" " * room, base))
        return Strip(segments, width)


class TextLine(Painted):
    """A text that wraps: ``TextLine(_("Nothing waits for you."), "dim")``; ``show`` changes it."""

    def __init__(
        self, cell: Cell = "", tone: Tone = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._cell = cell
        self._tone: Tone = tone
        self._folded: list[list[tuple[str, Tone]]] = []
        self._folded_for: tuple[int, object] = (0, "")

    def show(self, cell: Cell, tone: Tone = "") -> None:
        if (cell, tone) == (self._cell, self._tone):
            return
        width = self.size.width
        before = len(self._lines(width))
        self._cell, self._tone = cell, tone
        self._folded_for = (0, "")
        keeps_its_place = width and self.styles.width is None and len(self._lines(width)) == before
        self.refresh(layout=not keeps_its_place)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return min(container.width, max(cells(line) for line in self.sources(self._cell)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[tuple[str, Tone]]]:
        wanted = (width, self.app.wording)
        if self._folded_for != wanted:
            self._folded, self._folded_for = self.fold_cell(self._cell, self._tone, width), wanted
        return self._folded

    def render_line(self, y: int) -> Strip:
        lines = self._lines(self.size.width)
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)
