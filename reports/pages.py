"""Pages of A4, set line below line: cases, sheets to be signed, reports. They are tagged in the order in
which they are read, but for those that have to be the same each time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from db.desk.notation.cells import harmless
from db.language import Language, Text, _, say
from reports import pdf_file
from reports.tagging import Tag, TagTree
from reports.typeface import FONT

WIDTH, HEIGHT = 595, 842
MARGIN, TOP, BOTTOM = 50, HEIGHT - 70, 56
Style = Literal["title", "fact", "head", "item", "more", "made"]
"""The part that a line has in the whole."""
LOOKS: Final[dict[Style, tuple[float, float, float]]] = {
    "title": (15, 24, 0),
    "head": (11.5, 22, 0),
    "fact": (9.5, 14, 0),
    "item": (9.5, 14, 8),
    "more": (9.5, 14, 24),
    "made": (9.5, 22, 0),
}
"""Size, leading and indent in points."""
TAGS: Final[dict[Style, Tag]] = {"title": "H1", "head": "H2"}
SMALL, TIGHT = 7.5, 10
PARTING: Final = " -@/.,;"
"""Behind these a line is broken rather than within a word of the alphabet or a number."""
BAR = 0.82
"""How light a bar is behind its number."""


class Pages:
    """Sets lines and rows one below the other, on pages; ``foot`` is at each bottom, by its number."""

    def __init__(
        self, language: Language, title: Text, author: str, classification: Text, *, foot: Text = "",
        invariant: bool = False, across: bool = False,
    ) -> None:  # fmt: skip
        from reportlab.pdfbase.pdfmetrics import stringWidth

        self._width, self._out, self._language = stringWidth, io.BytesIO(), language
        self._title, self._classification, self._foot = title, classification, foot
        self._wide, self._high = (HEIGHT, WIDTH) if across else (WIDTH, HEIGHT)
        self.room = self._wide - 2 * MARGIN
        """Points between the margins."""
        self._invariant = invariant
        self._canvas: Any = pdf_file.canvas(
            self._out,
            (self._wide, self._high),
            language,
            title=say(title, language),
            author=author,
            subject=say(classification, language),
            invariant=invariant,
        )
        self._tags = TagTree(self._canvas)
        self._heads: tuple[Sequence[Text], Sequence[float]] | None = None
        self._number = 0
        self._y = 0.0
        self._begin_page()

    def line(self, style: Style, text: Text) -> None:
        """Draw a paragraph of text in ``style``, folded to the page's width."""
        size, leading, indent = LOOKS[style]
        with self._tags.inside(TAGS.get(style, "P")):
            for number, part in enumerate(
                self._fold_text(self._printable_text(text), size, self.room - indent)
            ):
                self._down(leading if number == 0 else size + 3)
                self._canvas.setFont(FONT, size)
                self._tags.draw(MARGIN + indent, self._y, part)

    def table(self, heads: Sequence[Text], columns: Sequence[float]) -> None:
        """Begin a table of ``columns`` so many points wide and draw its heads; they are drawn again on each
        further page."""
        self._heads = (heads, columns)
        self.row(heads, columns, bold=True)

    def end_table(self) -> None:
        self._heads = None

    def row(
        self, cells: Sequence[Text], columns: Sequence[float], *, bold: bool = False, size: float = SMALL,
        least: float = 0, bar: tuple[int, float] | None = None,
    ) -> None:  # fmt: skip
        """Draw one row in ``columns`` of so many points, ``least`` high; what is longer takes several lines.
        ``bar``: a column, and the part of it that a bar fills."""
        tight = size + TIGHT - SMALL
        folded = [
            list(self._fold_text(self._printable_text(cell), size, width - 4))
            for cell, width in zip(cells, columns, strict=True)
        ]
        height = max(max(map(len, folded)) * tight + 3, least)
        self._down(height)
        top = self._y + height - tight
        if bar is not None:
            self._bar(MARGIN + sum(columns[: bar[0]]), top - 2, columns[bar[0]] * bar[1], tight)
        self._canvas.setFont(FONT, size)
        self._canvas.setFillGray(0.35 if bold else 0)
        x: float = MARGIN
        with self._tags.table(), self._tags.inside("TR"):
            for lines, width in zip(folded, columns, strict=True):
                with self._tags.inside("TH" if bold else "TD"):
                    for number, part in enumerate(lines):
                        self._tags.draw(x, top - number * tight, part)
                x += width
        self._canvas.setFillGray(0)
        self._rule(MARGIN, self._wide - MARGIN)

    def _bar(self, x: float, y: float, width: float, height: float) -> None:
        with self._tags.beside():
            self._canvas.setFillGray(BAR)
            self._canvas.rect(x - 1, y, width, height, stroke=0, fill=1)

    def sign(self, labels: Sequence[Text]) -> None:
        """Draw lines to sign on, two beside each other, each behind its label."""
        half = self.room / 2
        for first in range(0, len(labels), 2):
            self._down(46)
            for place, label in enumerate(labels[first : first + 2]):
                said, x = self._printable_text(label), MARGIN + place * half
                self._canvas.setFont(FONT, 10.5)
                with self._tags.inside("P"):
                    self._tags.draw(x, self._y + 3, said)
                self._rule(x + self._width(said, FONT, 10.5) + 6, x + half - 14)

    def turn(self) -> None:
        self._end_page()
        self._begin_page()

    def finish(self) -> bytes:
        self._end_page()
        self._canvas.save()
        made = self._out.getvalue()
        return (
            made
            if self._invariant
            else self._tags.put_into(made, self._language, self._printable_text(self._title))
        )

    def _printable_text(self, text: Text) -> str:
        return harmless(say(text, self._language))

    def _rule(self, start: float, end: float) -> None:
        with self._tags.beside():
            self._canvas.setLineWidth(0.25)
            self._canvas.line(start, self._y, end, self._y)

    def _down(self, by: float) -> None:
        if self._y - by < BOTTOM:
            self.turn()
            if self._heads is not None:
                heads, self._heads = self._heads, None
                with self._tags.beside():
                    self.row(*heads, bold=True)
                self._heads = heads
        self._y -= by

    def _begin_page(self) -> None:
        self._number += 1
        self._y = float(self._high - HEIGHT + TOP)
        with self._tags.beside():
            self._canvas.setFont(FONT, 9)
            self._canvas.setFillGray(0.35)
            self._canvas.drawString(MARGIN, self._high - 40, self._printable_text(self._title))
            self._canvas.setFillColorRGB(0.7, 0, 0)
            self._canvas.drawRightString(
                self._wide - MARGIN, self._high - 40, self._printable_text(self._classification)
            )
            self._canvas.setFillGray(0)

    def _end_page(self) -> None:
        with self._tags.beside():
            self._canvas.setFont(FONT, 9)
            self._canvas.setFillGray(0.35)
            text = say(_("Page {number}", number=self._number), self._language)
            self._canvas.drawCentredString(self._wide / 2, 34, text)
            if self._foot:
                self._canvas.setFont(FONT, SMALL)
                self._canvas.drawString(MARGIN, 22, self._printable_text(self._foot))
            self._canvas.setFillGray(0)
        self._canvas.showPage()

    def _fold_text(self, text: str, size: float, room: float) -> Iterator[str]:
        return folded(text, size, room, self._width)


def folded(text: str, size: float, room: float, measure: Callable[[str, str, float], float]) -> Iterator[str]:
    """Yield ``text`` in lines of ``room`` points at the most, nothing cut off. Numbers and addresses are
    broken where their parts end, if that leaves a line at least half full."""
    line = ""
    for char in text:
        if line and measure(line + char, FONT, size) > room:
            end = len(line)
            if line[-1].isascii() and char.isascii() and char != " ":
                end = max(line.rfind(mark) + 1 for mark in PARTING)
            end = end if end * 2 >= len(line) else len(line)
            yield line[:end].rstrip(" ")
            line = line[end:]
        line += char if line or char != " " else ""
    yield line
