"""Names to look at: those that would be refused today, and those that look like another one (UTS 39)."""

from __future__ import annotations

from db.desk.entry.alike import Strange
from db.language import Text, _, _n, listed
from reports.answer import NOT_RIGHT, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind

WHAT = {True: _("department"), False: _("person")}


def _columns(unit: Text) -> Columns[Strange]:
    return (
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("what", _("Whose name")), lambda row: WHAT[row.is_unit]),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("wrong", _("What is wrong")), lambda row: row.wrong or ""),
        (ReportColumn("alike", _("Looks like")), _others),
    )


def _others(row: Strange) -> Text:
    return listed(_("{name} ({unit})", name=name, unit=unit) for name, unit in row.others)


KIND = table_kind(
    "names",
    _("Names that would be refused today, and those that look like another one."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_number(
        lambda count: _n("{count} name to look at", "{count} names to look at", count=count)
    ),
    empty=_("Every name is spelt as names are, and none looks like another one."),
    timed=False,
)
