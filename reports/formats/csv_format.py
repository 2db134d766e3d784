"""CSV (RFC 4180) in UTF-8 with a byte order mark, which spreadsheets need to read Chinese."""

from __future__ import annotations

import csv
import io

from db.desk.notation.cells import guard, harmless
from db.language import Language, say
from reports.report import Report, footer_lines, head_with_unit, heading, spoken_rows


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Return CSV in this order, so that programs find the heads in the first line: table, title and
    parameters, summary, footer. Every cell is quoted: where a spreadsheet expects another separator, none can
    begin inside a cell."""
    out = io.StringIO()
    lines = csv.writer(out, quoting=csv.QUOTE_ALL)
    lines.writerow([cell(head_with_unit(column, language)) for column in report.columns])
    lines.writerows(map(cell, row) for row in spoken_rows(report, language))
    lines.writerow([])
    about = [say(report.title, language), heading(report, language)]
    if report.note is not None:
        about.append(say(report.note, language))
    for line in (*about, *footer_lines(report, language, mark)):
        lines.writerow([cell(line)])
    return out.getvalue().encode("utf-8-sig")


def cell(text: str) -> str:
    """Return ``text`` as a cell that no spreadsheet takes for a formula."""
    return guard(harmless(text))
