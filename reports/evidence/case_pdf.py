"""The case and its records as pages (PDF, A4 upright), for whoever reads it on paper or in court.

The same case gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from db.desk.cases.proof import CaseEvidence, ChainProof
from db.desk.notation.cells import harmless
from db.language import Language, Message, Text, _, say
from reports import pdf_file
from reports.evidence.case_text import CaseLine, Style, after_records, case_lines, record_cells, record_heads
from reports.typeface import FONT

WIDTH, HEIGHT = 595, 842
MARGIN, TOP, BOTTOM = 50, HEIGHT - 70, 56
LOOKS: dict[Style, tuple[float, float, float]] = {
    "title": (15, 24, 0),
    "head": (11.5, 22, 0),
    "fact": (9.5, 14, 0),
    "item": (9.5, 14, 8),
    "more": (9.5, 14, 24),
    "made": (9.5, 22, 0),
}
"""Size, leading and indent in points."""
COLUMNS = (48, 82, 62, 96, 58, 42, 46, 61)
SMALL, TIGHT = 7.5, 10


def case_pages(evidence: CaseEvidence, proof: ChainProof, language: Language) -> bytes:
    """The pages in one language."""
    out = io.BytesIO()
    pages = _Pages(out, evidence, language)
    for line in case_lines(evidence):
        pages.line(line)
    pages.line(CaseLine("head", _("Records of the audit")))
    pages.row(record_heads(), bold=True)
    for record in evidence.records:
        pages.row(record_cells(record))
    for text in after_records(evidence, proof):
        pages.line(CaseLine("made", text))
    return pages.finished()


class _Pages:
    """Lines and rows set one below the other, on as many pages as they take."""

    def __init__(self, out: io.BytesIO, evidence: CaseEvidence, language: Language) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        self._width = stringWidth
        self._out, self._language = out, language
        self._title = Message(
            "{organisation} · {case}",
            {"organisation": evidence.organisation, "case": _("Case {number}", number=evidence.case.row.id)},
        )
        self._classification: Text = evidence.classification
        self._canvas: Any = pdf_file.canvas(
            out,
            (WIDTH, HEIGHT),
            language,
            title=say(self._title, language),
            author=evidence.organisation,
            subject=say(self._classification, language),
            invariant=True,
        )
        self._number = 0
        self._y = 0.0
        self._begin()

    def line(self, line: CaseLine) -> None:
        """One line of the case, folded where it is longer than the page is wide."""
        size, leading, indent = LOOKS[line.style]
        text = harmless(say(line.text, self._language))
        for number, part in enumerate(self._folded(text, size, WIDTH - 2 * MARGIN - indent)):
            self._down(leading if number == 0 else size + 3)
            self._canvas.setFont(FONT, size)
            self._canvas.drawString(MARGIN + indent, self._y, part)

    def row(self, cells: Sequence[Text], *, bold: bool = False) -> None:
        """One record in columns; what is longer takes several lines."""
        folded = [
            list(self._folded(harmless(say(cell, self._language)), SMALL, width - 4))
            for cell, width in zip(cells, COLUMNS, strict=True)
        ]
        height = max(map(len, folded)) * TIGHT + 3
        self._down(height)
        top = self._y + height - TIGHT
        self._canvas.setFont(FONT, SMALL)
        self._canvas.setFillGray(0.35 if bold else 0)
        x = MARGIN
        for lines, width in zip(folded, COLUMNS, strict=True):
            for number, part in enumerate(lines):
                self._canvas.drawString(x, top - number * TIGHT, part)
            x += width
        self._canvas.setFillGray(0)
        self._canvas.setLineWidth(0.25)
        self._canvas.line(MARGIN, self._y, WIDTH - MARGIN, self._y)

    def finished(self) -> bytes:
        """The whole file."""
        self._end()
        self._canvas.save()
        return self._out.getvalue()

    def _down(self, by: float) -> None:
        if self._y - by < BOTTOM:
            self._end()
            self._begin()
        self._y -= by

    def _begin(self) -> None:
        self._number += 1
        self._y = float(TOP)
        self._canvas.setFont(FONT, 9)
        self._canvas.setFillGray(0.35)
        self._canvas.drawString(MARGIN, HEIGHT - 40, harmless(say(self._title, self._language)))
        self._canvas.setFillColorRGB(0.7, 0, 0)
        right = harmless(say(self._classification, self._language))
        self._canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 40, right)
        self._canvas.setFillGray(0)

    def _end(self) -> None:
        self._canvas.setFont(FONT, 9)
        self._canvas.setFillGray(0.35)
        text = say(_("Page {number}", number=self._number), self._language)
        self._canvas.drawCentredString(WIDTH / 2, 34, text)
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
