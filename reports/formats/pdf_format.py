"""PDF: title, parameters and summary, the table with its heads on each page, and how it came about below it;
upright, or across where not all columns have room."""

from __future__ import annotations

from db.language import Language, Message, _
from reports.formats.xlsx_format import UPRIGHT, column_widths
from reports.pages import Pages
from reports.report import Cell, Report, footer_lines, head_with_unit, heading, spoken_rows


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Return the pages as a PDF, each numbered and with the copy's mark; a bar stands behind the number it
    shows."""
    letters = column_widths(report, language)
    foot = _("Copy {mark}: for its reader only; do not pass it on.", mark=mark) if mark else ""
    across = sum(letters) > UPRIGHT
    pages = Pages(language, report.title, "", report.classification, foot=foot, across=across)
    columns = [pages.room * one / sum(letters) for one in letters]
    pages.line("title", report.title)
    pages.line("fact", heading(report, language))
    if report.note is not None:
        pages.line("made", report.note)
    pages.line("fact", "")
    pages.table([head_with_unit(column, language) for column in report.columns], columns)
    place = report.column(report.bar) if report.bar else None
    most = max((_number(row[place]) for row in report.rows), default=0) if place is not None else 0
    if place is not None and report.columns[place].kind == "percent":
        most = 100
    for row, cells in zip(report.rows, spoken_rows(report, language), strict=True):
        share = _number(row[place]) / most if place is not None and most else 0
        pages.row(cells, columns, bar=(place, share) if place is not None and share else None)
    pages.end_table()
    for line in footer_lines(report, language, mark):
        pages.line("fact", Message("{line}", {"line": line}))
    return pages.finish()


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
