"""Stale entries (E.14, F.2.2): unverified for long, mail that came back, dead numbers."""

from __future__ import annotations

from db.desk.reviews.report import StaleRow
from db.language import Text, _, _n, listed
from reports.answer import NOT_RIGHT, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[StaleRow]:
    return (
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("since", _("Verified"), kind="day"), lambda row: row.since),
        (ReportColumn("signs", _("Why")), lambda row: listed(row.signs)),
    )


KIND = table_kind(
    "stale",
    _("Entries unverified for long, with mail that came back or a dead number."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_number(
        lambda count: _n(
            "{count} entry may be out of date", "{count} entries may be out of date", count=count
        )
    ),
    empty=_("No entry is stale."),
    timed=False,
)
