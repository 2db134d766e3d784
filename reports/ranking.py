"""Timeliness and accuracy (B.7.1): departments, then people, by their places."""

from __future__ import annotations

from db.desk import Desk
from db.language import Text, _
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Timeliness and accuracy")


def columns(unit: Text) -> tuple[ReportColumn, ...]:
    """What a row tells; ``unit`` is what the book calls a unit."""
    return (
        ReportColumn("place", _("Place"), kind="number"),
        ReportColumn("name", _("Name")),
        ReportColumn("unit", unit),
        ReportColumn("due", _("Due"), kind="number", sums=True, minor=True),
        ReportColumn("on_time", _("On time"), kind="number", sums=True, minor=True),
        ReportColumn("timeliness", _("Timeliness"), kind="percent"),
        ReportColumn("looked_at", _("Looked at"), kind="number", sums=True, minor=True),
        ReportColumn("wrong", _("Wrong"), kind="number", sums=True, alarming=True),
        ReportColumn("accuracy", _("Accuracy"), kind="percent"),
        ReportColumn("score", _("Together"), kind="percent"),
    )


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: what was due or looked at in ``period``."""
    table = desk.overview.ranking(book, unit, period.first, period.last)
    return frame_report(
        table.about,
        name="ranking",
        title=TITLE,
        columns=columns(table.about.unit_label),
        rows=tuple(
            (
                row.place,
                row.name,
                row.unit_name if row.entry is not None else _("(department)"),
                row.due,
                row.on_time,
                row.timeliness,
                row.looked_at,
                row.wrong,
                row.accuracy,
                row.score,
            )
            for row in table.rows
        ),
        bar="score",
        note=None if table.rows else _("Nobody had anything due or was looked at in this period."),
    )


KIND = ReportKind(
    "ranking",
    TITLE,
    _("Which departments and people keep deadlines and have right entries."),
    timed=True,
    build=build,
)
