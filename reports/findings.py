"""What inspections found, who sees to it, and whether it was closed in time (C.6, H.3.1, H.6.1)."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.reviews.report import FoundRow
from db.language import Message, Text, _, clause_words
from reports.answer import NOT_RIGHT, answer_to_two
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(_unit: Text) -> Columns[FoundRow]:
    return (
        (ReportColumn("finding", _("No."), kind="id"), lambda row: row.number),
        (ReportColumn("what", _("What was found")), lambda row: row.what),
        (ReportColumn("point", _("Point"), minor=True), lambda row: row.point),
        (ReportColumn("owner", _("Responsible")), lambda row: row.owner),
        (ReportColumn("found", _("Found on"), kind="day", minor=True), lambda row: row.found),
        (ReportColumn("due", _("Due"), kind="day"), lambda row: row.due),
        (ReportColumn("state", _("Status")), lambda row: row.state),
        (ReportColumn("closed", _("Closed"), kind="day"), lambda row: row.closed),
        (ReportColumn("late", _("Late"), kind="number", sums=True, alarming=True), lambda row: int(row.late)),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[FoundRow]) -> Message:
    return _(
        "Not closed yet: {count}, late: {late}.",
        count=sum(not row.closed for row in rows),
        late=sum(row.late for row in rows),
    )


KIND = table_kind(
    "findings",
    _("Findings of inspections, who is responsible, and whether each was closed in time."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_two(
        lambda count, late: _("{count} not closed, {late} late", count=count, late=late),
        is_bad=lambda _count, late: late,
    ),
    note=_summary,
)
