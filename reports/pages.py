"""Pages of A4 upright, set line below line, for cases and for sheets to be signed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from db.desk.notation.cells import harmless
from db.language import Language, Text, _, say
from reports import pdf_file
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
SMALL, TIGHT = 7.5, 10


class Pages:
    """Sets lines and rows one below the other, on pages; ``foot`` is at each bottom, by its number."""

    def __init__(
        self, language: Language, title: Text, author: str, classification: Text, *, foot: Text = "",
        invariant: bool = False,
    ) -> None:  # fmt: skip
        from reportlab.pdfbase.pdfmetrics import stringWidth

        self._width, self._out, self._language = stringWidth, io.BytesIO(), language
        self._title, self._classification, self._foot = title, classification, foot
        self._canvas: Any = pdf_file.canvas(
            self._out,
            (WIDTH, HEIGHT),
            language,
            title=say(title, language),
            author=author,
            subject=say(classification, language),
            invariant=invariant,
        )
        self._number = 0
        self._y = 0.0
        self._begin()

    def line(self, style: Style, text: Text) -> None:
        """One line of text, folded where it is longer than the page is wide."""
        size, leading, indent = LOOKS[style]
        for number, part in enumerate(self._folded(self._said(text), size, WIDTH - 2 * MARGIN - indent)):
            self._down(leading if number == 0 else size + 3)
            self._canvas.setFont(FONT, size)
            self._canvas.drawString(MARGIN + indent, self._y, part)

    def row(
        self, cells: Sequence[Text], columns: Sequence[float], *, bold: bool = False, size: float = SMALL,
        least: float = 0,
    ) -> None:  # fmt: skip
        """One row in ``columns`` of so many points, ``least`` high; what is longer takes several lines."""
        tight = size + TIGHT - SMALL
        folded = [
            list(self._folded(self._said(cell), size, width - 4))
            for cell, width in zip(cells, columns, strict=True)
        ]
        height = max(max(map(len, folded)) * tight + 3, least)
        self._down(height)
        top = self._y + height - tight
        self._canvas.setFont(FONT, size)
        self._canvas.setFillGray(0.35 if bold else 0)
        x: float = MARGIN
        for lines, width in zip(folded, columns, strict=True):
            for number, part in enumerate(lines):
                self._canvas.drawString(x, top - number * tight, part)
            x += width
        self._canvas.setFillGray(0)
        self._rule(MARGIN, WIDTH - MARGIN)

    def sign(self, labels: Sequence[Text]) -> None:
        """Lines to write on, two beside each other, each behind what it is for."""
        half = (WIDTH - 2 * MARGIN) / 2
        for first in range(0, len(labels), 2):
            self._down(46)
            for place, label in enumerate(labels[first : first + 2]):
                said, x = self._said(label), MARGIN + place * half
                self._canvas.setFont(FONT, 10.5)
                self._canvas.drawString(x, self._y + 3, said)
                self._rule(x + self._width(said, FONT, 10.5) + 6, x + half - 14)

    def turn(self) -> None:
        """Go on at the top of a page of its own."""
        self._end()
        self._begin()

    def finished(self) -> bytes:
        self._end()
        self._canvas.save()
        return self._out.getvalue()

    def _said(self, text: Text) -> str:
        return harmless(say(text, self._language))

    def _rule(self, start: float, end: float) -> None:
        self._canvas.setLineWidth(0.25)
        self._canvas.line(start, self._y, end, self._y)

    def _down(self, by: float) -> None:
        if self._y - by < BOTTOM:
            self.turn()
        self._y -= by

    def _begin(self) -> None:
        self._number += 1
        self._y = float(TOP)
        self._canvas.setFont(FONT, 9)
        self._canvas.setFillGray(0.35)
        self._canvas.drawString(MARGIN, HEIGHT - 40, self._said(self._title))
        self._canvas.setFillColorRGB(0.7, 0, 0)
        self._canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 40, self._said(self._classification))
        self._canvas.setFillGray(0)

    def _end(self) -> None:
        self._canvas.setFont(FONT, 9)
        self._canvas.setFillGray(0.35)
        text = say(_("Page {number}", number=self._number), self._language)
        self._canvas.drawCentredString(WIDTH / 2, 34, text)
        if self._foot:
            self._canvas.setFont(FONT, SMALL)
            self._canvas.drawString(MARGIN, 22, self._said(self._foot))
        self._canvas.setFillGray(0)
        self._canvas.showPage()

    def _folded(self, text: str, size: float, room: float) -> Iterator[str]:
        """``text`` in lines that fit; nothing is cut off."""
        line = ""
        for char in text:
            if line and self._width(line + char, FONT, size) > room:
                yield line
                line = ""
            line += char
        yield line
