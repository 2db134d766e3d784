"""Joiners, movers and leavers (A.8-A.10, D.5.1, I.4.2.1): since when, by when due, when entered."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.overview.movements import STATES, MovementRow
from db.language import Message, Text, _, clause_words
from reports.answer import COMING, Answer
from reports.kind import Months
from reports.report import Cell, Report, ReportColumn
from reports.table_kind import Columns, table_kind

EVENTS: dict[str, Message] = {"join": _("joins"), "move": _("moves"), "leave": _("leaves")}


def _columns(unit: Text) -> Columns[MovementRow]:
    return (
        (ReportColumn("event", _("What")), lambda row: EVENTS[row.event]),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("to", _("To")), lambda row: row.to),
        (ReportColumn("day", _("Takes effect"), kind="day"), lambda row: row.day),
        (ReportColumn("due", _("Due"), kind="day", minor=True), lambda row: row.due),
        (ReportColumn("entered", _("Entered"), kind="day"), lambda row: row.entered),
        (
            ReportColumn("late", _("Late"), kind="number", unit=_("working days"), alarming=True),
            lambda row: row.late,
        ),
        (ReportColumn("state", _("State")), lambda row: STATES[row.state]),
        (ReportColumn("decided_by", _("Decided by"), minor=True), lambda row: row.decided_by),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[MovementRow]) -> Message:
    count = {event: sum(row.event == event for row in rows) for event in EVENTS}
    return _(
        "Joiners {join}, movers {move}, leavers {leave}; {waiting} of them waiting. Late is in working days.",
        **count,
        waiting=sum(not row.entered for row in rows),
    )


MONTH = tuple(
    ReportColumn(event, word, kind="number", sums=True, minor=event == "move")
    for event, word in EVENTS.items()
)


def _month(report: Report) -> tuple[Cell, ...]:
    """Count the movements that were entered, by kind of event; those that wait belong to no month yet."""
    what, entered = report.column("event"), report.column("entered")
    done = [row[what] for row in report.rows if row[entered]]
    return tuple(sum(one == word for one in done) for word in EVENTS.values())


def _answer(numbers: tuple[int, ...]) -> Answer:
    joined, moved, gone, wait = numbers
    said = _("{joined} in, {moved} moved, {gone} out", joined=joined, moved=moved, gone=gone)
    return Answer(_("{all}; {count} due", all=said, count=wait) if wait else said)


KIND = table_kind(
    "movements",
    _("Who joined, moved and left, and whether it was entered in time."),
    _columns,
    question=COMING,
    answer=_answer,
    note=_summary,
    bar="late",
    months=Months(MONTH, _month, "join"),
)
