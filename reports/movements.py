"""Joiners, movers and leavers (A.8-A.10, D.5.1, I.4.2.1): since when, by when due, when entered."""

from __future__ import annotations

from db.desk import Desk
from db.desk.overview.movements import STATES
from db.language import Message, _, clause_words
from reports.framing import frame_report
from reports.kind import Months, ReportKind
from reports.report import Cell, Period, Report, ReportColumn

TITLE = _("Joiners, movers, leavers")
EVENTS: dict[str, Message] = {"join": _("joins"), "move": _("moves"), "leave": _("leaves")}


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: what was entered in ``period``, and what waits."""
    table = desk.overview.movements(book, unit, period.first, period.last)
    count = {event: sum(row.event == event for row in table.rows) for event in EVENTS}
    return frame_report(
        table.about,
        name="movements",
        title=TITLE,
        columns=(
            ReportColumn("event", _("What")),
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("to", _("To")),
            ReportColumn("day", _("Takes effect"), kind="day"),
            ReportColumn("due", _("Due"), kind="day", minor=True),
            ReportColumn("entered", _("Entered"), kind="day"),
            ReportColumn("late", _("Late"), kind="number", unit=_("working days"), alarming=True),
            ReportColumn("state", _("State")),
            ReportColumn("decided_by", _("Decided by"), minor=True),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                EVENTS[row.event],
                row.name,
                row.unit,
                row.to,
                row.day,
                row.due,
                row.entered,
                row.late,
                STATES[row.state],
                row.decided_by,
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        note=_(
            "{join} join, {move} move, {leave} leave; {waiting} of them wait. Late is in working days.",
            **count,
            waiting=sum(not row.entered for row in table.rows),
        ),
    )


MONTH = tuple(ReportColumn(event, word, kind="number", sums=True) for event, word in EVENTS.items())


def _month(report: Report) -> tuple[Cell, ...]:
    """What was entered; what waits belongs to no month yet."""
    what, entered = report.column("event"), report.column("entered")
    done = [row[what] for row in report.rows if row[entered]]
    return tuple(sum(one == word for one in done) for word in EVENTS.values())


KIND = ReportKind(
    "movements",
    TITLE,
    _("Who joined, moved and left, and whether it was entered in time."),
    timed=True,
    build=build,
    months=Months(MONTH, _month, "join"),
)
