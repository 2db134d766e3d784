"""Deadline compliance per unit (A.8, A.9, A.10)."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words
from reports.answer import LATE, Answer, share_of
from reports.framing import frame_report
from reports.kind import Months, ReportKind
from reports.report import Cell, Period, Report, ReportColumn, share

COUNTS = (
    ReportColumn("overdue", _("Overdue"), kind="number", sums=True, alarming=True),
    ReportColumn("worst", _("Longest delay"), kind="number", unit=_("working days"), minor=True),
    ReportColumn("rate", _("Kept"), kind="percent"),
    ReportColumn("on_time", _("On time"), kind="number", sums=True, minor=True),
    ReportColumn("late", _("Late"), kind="number", sums=True, minor=True),
    ReportColumn("waiting", _("Waiting"), kind="number", sums=True, minor=True),
    ReportColumn("due", _("Due"), kind="number", sums=True, minor=True),
)


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """Draw the report for ``desk``'s reader, which is recorded: how each unit kept its deadlines, the worst
    first, without units that had none. Raises Refused."""
    table = desk.overview.compliance(book, unit, period.first, period.last)
    rows = sorted(
        (row for row in table.rows if row.due), key=lambda row: (-row.overdue, -row.worst, -row.late)
    )
    due, kept = sum(row.due for row in rows), sum(row.on_time for row in rows)
    overdue = sum(row.overdue for row in rows)
    note = _(
        "Deadlines: {due}; kept: {kept}; overdue now: {overdue}. The delay is in working days.",
        due=due,
        kept=kept,
        overdue=overdue,
    )
    *_of_period, before = desk.overview.answer("compliance", book, unit, period.first, period.last)
    if before:
        note = _("{said} Due before this period and still open: {count}.", said=note, count=before)
    return frame_report(
        table.about,
        name="compliance",
        columns=(
            ReportColumn("unit", table.about.unit_label),
            *COUNTS,
            ReportColumn("clauses", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.name,
                *_counts(row.overdue, row.worst, row.on_time, row.late, row.waiting),
                clause_words(row.clauses),
            )
            for row in rows
        ),
        bar="overdue",
        note=note,
    )


def _counts(overdue: int, worst: int, on_time: int, late: int, waiting: int) -> tuple[Cell, ...]:
    ended = on_time + late + overdue
    return overdue, worst, share(on_time, ended), on_time, late, waiting, ended + waiting


def _month(report: Report) -> tuple[Cell, ...]:
    places = [report.column(id) for id in ("overdue", "worst", "on_time", "late", "waiting")]
    counts = [[int(str(row[place])) for row in report.rows] for place in places]
    overdue, worst, on_time, late, waiting = counts
    return _counts(sum(overdue), max(worst, default=0), sum(on_time), sum(late), sum(waiting))


def _answer(numbers: tuple[int, ...]) -> Answer:
    overdue, kept, ended, before = numbers
    said = _("nothing was due")
    if ended:
        said = _("{count} overdue, kept {share}", count=overdue, share=share_of(kept, ended))
    if before and ended:
        said = _("{said}; {count} older", said=said, count=before)
    elif before:
        said = _("nothing due; {count} older overdue", count=before)
    return Answer(said, bool(overdue or before))


KIND = ReportKind(
    "compliance",
    _("How each unit kept its deadlines: on time, late, waiting, overdue."),
    question=LATE,
    answer=_answer,
    timed=True,
    build=build,
    months=Months(COUNTS, _month, "rate"),
)
