"""Coverage (A.2): every employee is in the book, and nobody else."""

from __future__ import annotations

from db.desk import Desk
from db.language import _
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Coverage")
PROBLEMS = {"no-entry": _("employee without an entry"), "no-employee": _("entry without an employee")}


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.coverage(book, unit)
    return frame_report(
        table.about,
        name="coverage",
        title=TITLE,
        columns=(
            ReportColumn("problem", _("What is wrong")),
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("login", _("Login")),
        ),
        rows=tuple((PROBLEMS[row.problem], row.name, row.unit, row.login) for row in table.rows),
        note=None if table.rows else _("Every employee is in the book, and nobody else."),
    )


KIND = ReportKind(
    "coverage",
    TITLE,
    _("Employees without an entry, and entries without an employee."),
    timed=False,
    build=build,
)
