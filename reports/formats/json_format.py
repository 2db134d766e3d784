"""JSON for programs: rows as objects under the columns' ids, texts in the reader's language."""

from __future__ import annotations

import json

from db.desk.notation.cells import harmless
from db.language import Language, say
from reports.report import Report, ReportColumn, footer_lines, spoken_cell


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Return one JSON object: report, title, parameters, columns with units, rows, note (summary), footer."""
    rows = [
        {
            column.id: value
            if isinstance(value, int) or value is None
            else harmless(spoken_cell(value, language))
            for column, value in zip(report.columns, row, strict=True)
        }
        for row in report.rows
    ]
    content = {
        "report": report.name,
        "title": say(report.title, language),
        "book": report.book,
        "unit": report.unit,
        "parameters": {say(name, language): say(value, language) for name, value in report.parameters},
        "columns": {column.id: say(column.head, language) for column in report.columns},
        "units": {column.id: unit for column in report.columns if (unit := _unit(column, language))},
        "rows": rows,
        "note": say(report.note, language) if report.note is not None else None,
        "footer": list(footer_lines(report, language, mark)),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _unit(column: ReportColumn, language: Language) -> str:
    """Return the unit of a column's numbers; empty where they are mere counts, or texts."""
    return "%" if column.kind == "percent" else say(column.unit, language)
