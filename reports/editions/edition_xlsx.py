"""A copy as a spreadsheet (XLSX). Every text is a string cell, so that none is taken for a formula.

The hidden mark stands in the blanks inside numbers, in the height of rows and the width of columns (one
screen pixel more or less), and whole in a defined name and a document property. All of them outlive being
saved anew by another program; the blanks outlive being pasted elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from wcwidth import wcswidth

from db.confined.marks import PIXELS_A_CHARACTER, column_label, row_label
from db.desk.editions.copy_to_make import ToMake
from db.desk.editions.marks import in_languages
from db.desk.notation.cells import harmless
from reports.editions import copy_lines

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME = "_list_id"
PROPERTY = "List"
HEIGHT = 20
"""Pixels of a row; one more where its bit is 1."""
PIXELS_AROUND = 5
WIDEST = 40


def write(copy: ToMake) -> bytes:
    """Return the workbook: title, classification and mark above the table and on each printed page."""
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": copy_lines.title(copy), "keywords": copy_lines.classification(copy)})
        book.set_custom_property(PROPERTY, copy.marking.code, "text")
        book.define_name(NAME, f'="{copy.marking.code}"')
        sheet = book.add_worksheet()
        strong = book.add_format({"bold": True, "font_size": 14})
        heads = book.add_format({"bold": True, "bottom": 1, "bg_color": "#eeeeee"})
        warning = book.add_format({"bold": True, "font_color": "#b00000"})
        cell = book.add_format({"num_format": "@", "valign": "vcenter"})
        sheet.write_string(0, 0, _text(copy_lines.title(copy)), strong)
        sheet.write_string(1, 0, _text(copy_lines.classification(copy)), warning)
        if copy.visible:
            sheet.write_string(2, 0, _text(copy_lines.mark(copy)), warning)
        top, rows = 4, copy_lines.rows(copy)
        for place, column in enumerate(copy.content.columns):
            head = in_languages(column.label, copy.languages)
            sheet.write_string(top, place, _text(head), heads)
            sheet.set_column_pixels(place, place, _width(copy, head, [cells[place] for cells in rows]))
        for line, (row, cells) in enumerate(zip(copy.content.rows, rows, strict=True), start=top + 1):
            sheet.set_row_pixels(line, HEIGHT + copy.marking.bit(row_label(row.name)))
            for place, value in enumerate(cells):
                sheet.write_string(line, place, copy.marking.blanks(_text(value)), cell)
        last = top + len(copy.content.rows)
        sheet.ignore_errors({"number_stored_as_text": f"A{top + 2}:XFD{last + 1}"})
        below = [copy_lines.regulations(copy), *([copy_lines.mark(copy)] if copy.visible else [])]
        below.append(copy_lines.not_to_import(copy))
        for line, text in enumerate(filter(None, below), start=last + 2):
            sheet.write_string(line, 0, _text(text), warning)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        on_page = _text(copy_lines.mark(copy) if copy.visible else copy_lines.classification(copy))
        # "&" begins a code of the page header and footer; doubled it is the sign itself.
        printed = on_page.replace("&", "&&")[:200]
        sheet.set_header(f"&L{printed}&R&P / &N")
        sheet.set_footer(f"&L{printed}")
    return out.getvalue()


def _text(text: str) -> str:
    return harmless(text)


def _width(copy: ToMake, head: str, texts: Sequence[str]) -> int:
    """Return a column's width in pixels, by its longest text; whether it is even or odd carries a bit of the
    secret mark."""
    characters = min(WIDEST, 2 + max(max(wcswidth(_text(text)), 4) for text in (head, *texts)))
    pixels = characters * PIXELS_A_CHARACTER + PIXELS_AROUND
    return pixels + (pixels % 2 != copy.marking.bit(column_label(head)))
