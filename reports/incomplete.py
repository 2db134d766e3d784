"""Incomplete entries (A.3, A.7): who lacks a required field."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Incomplete entries")


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.incomplete(book, unit)
    return frame_report(
        table.about,
        name="incomplete",
        title=TITLE,
        columns=(
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("missing", _("Missing")),
            ReportColumn("clause", _("Clause")),
        ),
        rows=tuple((row.name, row.unit, listed(row.missing), row.clauses) for row in table.rows),
        note=None if table.rows else _("Every entry has its required fields."),
    )


KIND = ReportKind(
    "incomplete",
    TITLE,
    _("Entries that lack a required field."),
    timed=False,
    build=build,
)
