"""A copy as pages (PDF, A4 across).

The hidden mark stands in where each cell begins (a quarter of a point further or not), and whole in the
file's identifier and in a text that is not painted. None of it is where a page says whose copy it is, so
that painting over or cutting out that line leaves it as it was.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from db.confined.marks import SHIFT, place_label
from db.desk.editions.copy_to_make import ToMake
from db.desk.notation.cells import harmless
from reports import pdf_file
from reports.editions import copy_lines
from reports.typeface import FONT, width

WIDTH, HEIGHT = 842, 595
MARGIN = 36
SIZE, LEADING, PADDING = 8, 10, 3
TOP, BOTTOM = HEIGHT - 74, 52
UNSEEN = 3
"""Text rendering mode of a text that is not painted (PDF 32000-1, 9.3.6)."""


def write(copy: ToMake) -> bytes:
    """Return the pages as an unencrypted PDF that carries the visible and the secret mark."""
    out = io.BytesIO()
    canvas = pdf_file.canvas(
        out,
        (WIDTH, HEIGHT),
        copy.languages[0],
        title=copy_lines.title(copy),
        author=copy.content.organisation,
        subject=copy_lines.classification(copy),
    )
    heads, texts = copy_lines.heads(copy), copy_lines.rows(copy)
    starts = _columns(heads, texts)
    pages = _paginated(texts, starts, len(copy.languages))
    for number, rows in enumerate(pages, start=1):
        _frame(canvas, copy, number, len(pages))
        y = _heads(canvas, heads, starts, len(copy.languages))
        for cells in rows:
            _row(canvas, copy, starts, cells, y)
            y -= _height(cells)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


Cells = Sequence[Sequence[str]]
"""A row's cells, each in the lines that it takes."""


@cache
def _wide(char: str) -> float:
    """Return the width of ``char`` in points at `SIZE`; cached for each character."""
    return width(char) * SIZE


def _span(text: str) -> float:
    return sum(map(_wide, text))


def _fitting_size(text: str, size: float, room: float) -> float:
    """Return the type size, ``size`` at most, at which ``text`` stays within ``room``; both in points."""
    return min(size, room * SIZE / max(1.0, _span(text)))


def _columns(heads: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> list[int]:
    """Return where each column begins, and where the last one ends, in whole points."""
    wanted = []
    for place, head in enumerate(heads):
        widths = map(_span, [*head, *(row[place] for row in texts)])
        wanted.append(max(24.0, *(min(one, 170) for one in widths)) + 2 * PADDING)
    room = WIDTH - 2 * MARGIN
    scale = room / sum(wanted)
    starts, x = [MARGIN], float(MARGIN)
    for one in wanted:
        x += one * scale
        starts.append(round(x))
    return starts


def _paginated(
    texts: Sequence[Sequence[str]], starts: Sequence[int], lines_of_heads: int
) -> list[list[Cells]]:
    pages: list[list[Cells]] = [[]]
    left = TOP - lines_of_heads * LEADING - 2 * PADDING - BOTTOM
    used = 0
    for row in texts:
        cells = [
            _fold_text(harmless(text), starts[place + 1] - starts[place] - 2 * PADDING)
            for place, text in enumerate(row)
        ]
        if used + _height(cells) > left and pages[-1]:
            pages.append([])
            used = 0
        pages[-1].append(cells)
        used += _height(cells)
    return pages


def _fold_text(text: str, room: float) -> list[str]:
    """Fold ``text`` into lines that fit into ``room`` points; nothing is cut off."""
    lines, line, used = [], "", 0.0
    for char in text:
        if line and used + _wide(char) > room:
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += _wide(char)
    return [*lines, line] if line or not lines else lines


def _height(cells: Cells) -> int:
    return max(len(lines) for lines in cells) * LEADING + PADDING


def _frame(canvas: Any, copy: ToMake, number: int, count: int) -> None:
    """Draw title, classification, regulations and page number; where the copy is marked visibly, its mark at
    top and bottom and across the page; and the secret mark, unseen."""
    classified = harmless(copy_lines.classification(copy))
    title, room = harmless(copy_lines.title(copy)), WIDTH - 2 * MARGIN
    canvas.setFont(FONT, _fitting_size(title, 13, room - _span(classified) * 10 / SIZE - 12))
    canvas.setFillGray(0)
    canvas.drawString(MARGIN, HEIGHT - 40, title)
    canvas.setFont(FONT, 10)
    canvas.setFillColorRGB(0.7, 0, 0)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 40, classified)
    if copy.visible:
        line = harmless(copy_lines.mark(copy))
        canvas.setFont(FONT, _fitting_size(line, 9, room))
        canvas.drawString(MARGIN, HEIGHT - 56, line)
        canvas.drawString(MARGIN, 36, line)
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(30)
        canvas.setFont(FONT, 42)
        canvas.setFillGray(0.93)
        canvas.drawCentredString(0, 0, harmless(f"{copy.name}  {copy.number}"))
        canvas.restoreState()
    under = harmless(copy_lines.regulations(copy))
    canvas.setFont(FONT, _fitting_size(under, 8, room - 40))
    canvas.setFillGray(0.4)
    canvas.drawString(MARGIN, 22, under)
    canvas.setFont(FONT, 8)
    canvas.drawRightString(WIDTH - MARGIN, 22, f"{number} / {count}")
    unseen = canvas.beginText(MARGIN, HEIGHT / 2)
    unseen.setFont(FONT, 4)
    unseen.setTextRenderMode(UNSEEN)
    unseen.textOut(copy.marking.code)
    unseen.setTextRenderMode(0)
    canvas.drawText(unseen)


def _heads(canvas: Any, heads: Sequence[Sequence[str]], starts: Sequence[int], lines: int) -> int:
    """Draw the columns' heads, of ``lines`` lines at most, and a rule below. Return the height of the first
    row."""
    canvas.setFont(FONT, SIZE)
    canvas.setFillGray(0)
    bottom = TOP - (lines - 1) * LEADING
    for place, head in enumerate(heads):
        for number, line in enumerate(head):
            canvas.drawString(starts[place] + PADDING, TOP - number * LEADING, harmless(line))
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, bottom - PADDING, WIDTH - MARGIN, bottom - PADDING)
    return bottom - LEADING - PADDING


def _row(canvas: Any, copy: ToMake, starts: Sequence[int], cells: Cells, y: int) -> None:
    canvas.setFont(FONT, SIZE)
    canvas.setFillGray(0)
    for place, lines in enumerate(cells):
        further = SHIFT * copy.marking.bit(place_label("".join(lines)))
        for number, line in enumerate(lines):
            if line:
                canvas.drawString(starts[place] + PADDING + further, y - number * LEADING, line)
    canvas.setLineWidth(0.2)
    bottom = y - _height(cells) + LEADING - 0.5
    canvas.line(MARGIN, bottom, WIDTH - MARGIN, bottom)
