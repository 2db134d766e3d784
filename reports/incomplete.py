"""Incomplete entries (A.3, A.7): who lacks a required field."""

from __future__ import annotations

from db.desk.overview.gaps import IncompleteRow
from db.language import Text, _, _n, listed
from reports.answer import NOT_RIGHT, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[IncompleteRow]:
    return (
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("missing", _("Missing")), lambda row: listed(row.missing)),
        (ReportColumn("clause", _("Clause")), lambda row: row.clauses),
    )


KIND = table_kind(
    "incomplete",
    _("Entries that lack a required field."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_number(
        lambda count: _n("{count} entry lacks a field", "{count} entries lack a field", count=count)
    ),
    empty=_("Every entry has its required fields."),
    timed=False,
)
