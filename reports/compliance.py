"""Deadline compliance per unit (A.8, A.9, A.10)."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words
from reports.framing import framed
from reports.kind import ReportKind
from reports.report import Chart, Period, Report, ReportColumn

TITLE = _("Deadlines")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader; units without deadlines in ``period`` are left out."""
    table = desk.overview.compliance(book, unit, period.first, period.last)
    rows = [row for row in table.rows if row.due]
    due, kept = sum(row.due for row in rows), sum(row.on_time for row in rows)
    overdue = sum(row.overdue for row in rows)
    return framed(
        table.about,
        name="compliance",
        title=TITLE,
        columns=(
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("due", _("Due"), kind="number", sums=True),
            ReportColumn("on_time", _("On time"), kind="number", sums=True),
            ReportColumn("late", _("Late"), kind="number", sums=True),
            ReportColumn("waiting", _("Waiting"), kind="number", sums=True),
            ReportColumn("overdue", _("Overdue"), kind="number", sums=True, alarming=True),
            ReportColumn("worst", _("Longest delay"), kind="number", unit=_("working days")),
            ReportColumn("rate", _("Kept"), kind="percent"),
            ReportColumn("clauses", _("Clause")),
        ),
        rows=tuple(
            (
                row.name,
                row.due,
                row.on_time,
                row.late,
                row.waiting,
                row.overdue,
                row.worst,
                rate(row.on_time, row.on_time + row.late + row.overdue),
                clause_words(row.clauses),
            )
            for row in rows
        ),
        chart=Chart(
            "unit", (("on_time", "good"), ("late", "warn"), ("overdue", "bad"), ("waiting", "quiet"))
        ),
        note=_(
            "Deadlines: {due}; kept: {kept}; overdue now: {overdue}. The delay is in working days.",
            due=due,
            kept=kept,
            overdue=overdue,
        ),
    )


def rate(kept: int, decided: int) -> int | None:
    """Percentage of the deadlines that were kept, None where none has come to its end."""
    return round(100 * kept / decided) if decided else None


KIND = ReportKind(
    "compliance",
    TITLE,
    _("How each unit kept its deadlines: on time, late, waiting, overdue."),
    timed=True,
    build=build,
)
