"""XLSX: every text is written as a string cell, so that none is ever taken for a formula or a link."""

from __future__ import annotations

import io

import xlsxwriter
from wcwidth import wcswidth

from db.desk.cells import harmless
from db.language import Language, say
from reports.report import Report, footer_lines, heading, spoken

WIDEST = 48
LONGEST_CELL = 32_767
"""Characters that a cell can hold."""
LONGEST_NAME, NOT_IN_NAMES = 31, "[]:*?/\\'"
"""Characters that the name of a sheet can have, and those that it can't."""


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Title and parameters above the table, the footer below it and on each printed page."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_name(say(report.title, language)))
        title, head = (
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"bold": True, "bottom": 1}),
        )
        quiet, plain = book.add_format({"font_color": "#666666"}), book.add_format({"num_format": "@"})
        sheet.write_string(0, 0, _cell(say(report.title, language)), title)
        sheet.write_string(1, 0, _cell(heading(report, language)), quiet)
        top = 3
        for place, column in enumerate(report.columns):
            sheet.write_string(top, place, _cell(say(column.head, language)), head)
            sheet.set_column(place, place, _width(report, place, language))
        for line, row in enumerate(report.rows, start=top + 1):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(line, place, value)
                elif value is not None:
                    sheet.write_string(line, place, _cell(spoken(value, language)), plain)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        below = footer_lines(report, language, mark)
        for line, words in enumerate(below, start=top + len(report.rows) + 2):
            sheet.write_string(line, 0, _cell(words), quiet)
        if mark:
            # "&" begins a code of the page footer; a mark has none.
            sheet.set_footer(f"&L{mark}&R&P / &N")
    return out.getvalue()


def _name(title: str) -> str:
    """``title`` as a spreadsheet takes it for the name of a sheet."""
    return "".join(" " if letter in NOT_IN_NAMES else letter for letter in title)[:LONGEST_NAME].strip()


def _cell(text: str) -> str:
    return harmless(text)[:LONGEST_CELL]


def _width(report: Report, place: int, language: Language) -> int:
    texts = [say(report.columns[place].head, language)]
    texts += [spoken(row[place], language) for row in report.rows[:200]]
    return min(WIDEST, 2 + max(max(wcswidth(_cell(text)), 4) for text in texts))
