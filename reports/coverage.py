"""Coverage (A.2): every employee is in the book, and nobody else."""

from __future__ import annotations

from db.desk.overview.gaps import CoverageRow
from db.language import Text, _, _n
from reports.answer import NOT_RIGHT, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind

PROBLEMS = {"no-entry": _("employee without an entry"), "no-employee": _("entry without an employee")}


def _columns(unit: Text) -> Columns[CoverageRow]:
    return (
        (ReportColumn("problem", _("What is wrong")), lambda row: PROBLEMS[row.problem]),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("login", _("Login")), lambda row: row.login),
    )


KIND = table_kind(
    "coverage",
    _("Employees without an entry, and entries without an employee."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_number(lambda count: _n("{count} does not match", "{count} do not match", count=count)),
    empty=_("Every employee is in the directory, and nobody else."),
    timed=False,
)
