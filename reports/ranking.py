"""Timeliness and accuracy (B.7.1): departments, then people, by their places."""

from __future__ import annotations

from db.desk.cases.ranking import Ranked
from db.language import Text, _
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def columns(unit: Text) -> Columns[Ranked]:
    return (
        (ReportColumn("place", _("Place"), kind="number"), lambda row: row.place),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (
            ReportColumn("unit", unit),
            lambda row: row.unit_name if row.entry is not None else _("(department)"),
        ),
        (ReportColumn("due", _("Due"), kind="number", sums=True, minor=True), lambda row: row.due),
        (
            ReportColumn("on_time", _("On time"), kind="number", sums=True, minor=True),
            lambda row: row.on_time,
        ),
        (ReportColumn("timeliness", _("Timeliness"), kind="percent"), lambda row: row.timeliness),
        (
            ReportColumn("looked_at", _("Looked at"), kind="number", sums=True, minor=True),
            lambda row: row.looked_at,
        ),
        (ReportColumn("wrong", _("Wrong"), kind="number", sums=True, alarming=True), lambda row: row.wrong),
        (ReportColumn("accuracy", _("Accuracy"), kind="percent"), lambda row: row.accuracy),
        (ReportColumn("score", _("Together"), kind="percent"), lambda row: row.score),
    )


KIND = table_kind(
    "ranking",
    _("Which departments and people keep deadlines and have right entries."),
    columns,
    empty=_("Nobody had anything due or was looked at in this period."),
    bar="score",
)
