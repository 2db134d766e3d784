"""The formats a report leaves in, one file each; all of them write the same table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.language import Language
from reports.formats import csv_format, json_format, markdown, pdf_format, text, xlsx_format
from reports.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """``write`` takes a report, its reader's language and the copy's mark."""

    id: str
    suffix: str
    media_type: str
    write: Callable[[Report, Language, str], bytes]


FORMATS: dict[str, Format] = {
    found.id: found
    for found in (
        Format("text", "txt", "text/plain; charset=utf-8", text.write),
        Format("csv", "csv", "text/csv; charset=utf-8", csv_format.write),
        Format(
            "xlsx",
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx_format.write,
        ),
        Format("md", "md", "text/markdown; charset=utf-8", markdown.write),
        Format("json", "json", "application/json", json_format.write),
        Format("pdf", "pdf", "application/pdf", pdf_format.write),
    )
}
