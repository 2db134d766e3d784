"""Progress of reviews (B.5.1, B.5.3, C.5, E.6.2, F.5.1): how far each department is, and who is late."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.reviews.report import ReviewRow
from db.language import Message, Text, _, clause_words, listed
from reports.answer import LATE, NONE, Answer
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[ReviewRow]:
    return (
        (ReportColumn("review", _("Review")), lambda row: row.label),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("opened", _("Opened"), kind="day", minor=True), lambda row: row.opened),
        (ReportColumn("due", _("Due"), kind="day"), lambda row: row.due),
        (ReportColumn("closed", _("Closed"), kind="day", minor=True), lambda row: row.closed),
        (ReportColumn("total", _("Things"), kind="number", sums=True), lambda row: row.total),
        (ReportColumn("decided", _("Decided"), kind="number", sums=True), lambda row: row.decided),
        (
            ReportColumn("under_way", _("Under way"), kind="number", sums=True, minor=True),
            lambda row: row.under_way,
        ),
        (
            ReportColumn("late", _("Late"), kind="number", sums=True, alarming=True),
            lambda row: row.undecided if row.late else 0,
        ),
        (ReportColumn("signed", _("Signed by")), lambda row: listed(row.signed)),
        (ReportColumn("who", _("Waits for")), lambda row: listed(row.who)),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[ReviewRow]) -> Message:
    late = [row for row in rows if row.late]
    return _(
        "Undecided: {count}, of them past their day: {late}.",
        count=sum(row.undecided for row in rows),
        late=sum(row.undecided for row in late),
    )


def _answer(numbers: tuple[int, ...]) -> Answer:
    undecided, late = numbers
    if not undecided:
        return NONE
    if not late:
        return Answer(_("{count} to decide", count=undecided))
    return Answer(_("{count} to decide, {late} departments late", count=undecided, late=late), True)


KIND = table_kind(
    "reviews",
    _("How far each review is in each department, and for whom it waits."),
    _columns,
    question=LATE,
    answer=_answer,
    note=_summary,
    bar="late",
)
