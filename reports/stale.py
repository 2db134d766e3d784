"""Stale entries (E.14, F.2.2): unverified for long, mail that came back, dead numbers."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Stale entries")


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.stale(book, unit)
    return frame_report(
        table.about,
        name="stale",
        title=TITLE,
        columns=(
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("since", _("Verified"), kind="day"),
            ReportColumn("signs", _("Why")),
        ),
        rows=tuple((row.name, row.unit, row.since, listed(row.signs)) for row in table.rows),
        note=None if table.rows else _("No entry is stale."),
    )


KIND = ReportKind(
    "stale",
    TITLE,
    _("Entries unverified for long, with mail that came back or a dead number."),
    timed=False,
    build=build,
)
