"""What inspections found, who sees to it, and whether it was closed in time (C.6, H.3.1, H.6.1)."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Findings")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: findings that were open at some time in ``period``."""
    table = desk.overview.findings(book, unit, period.first, period.last)
    return frame_report(
        table.about,
        name="findings",
        title=TITLE,
        columns=(
            ReportColumn("finding", _("No."), kind="id"),
            ReportColumn("what", _("What was found")),
            ReportColumn("point", _("Point"), minor=True),
            ReportColumn("owner", _("Seen to by")),
            ReportColumn("found", _("Found on"), kind="day", minor=True),
            ReportColumn("due", _("Due"), kind="day"),
            ReportColumn("state", _("Stands")),
            ReportColumn("closed", _("Closed"), kind="day"),
            ReportColumn("late", _("Late"), kind="number", sums=True, alarming=True),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.number,
                row.what,
                row.point,
                row.owner,
                row.found,
                row.due,
                row.state,
                row.closed,
                int(row.late),
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        note=_(
            "Not closed yet: {count}, late: {late}.",
            count=sum(not row.closed for row in table.rows),
            late=sum(row.late for row in table.rows),
        ),
    )


KIND = ReportKind(
    "findings",
    TITLE,
    _("Findings of inspections, who is responsible, and whether each was closed in time."),
    timed=True,
    build=build,
)
