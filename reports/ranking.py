"""Timeliness and accuracy (B.7.1): departments, then people, by their places."""

from __future__ import annotations

from db.desk import Desk
from db.language import Text, _
from reports.framing import footer, parameters
from reports.report import Chart, Column, Period, Report

TITLE = _("Timeliness and accuracy")


def columns(unit: Text) -> tuple[Column, ...]:
    """What a row tells; ``unit`` is what the book calls a unit."""
    return (
        Column("place", _("Place"), number=True),
        Column("name", _("Name")),
        Column("unit", unit),
        Column("due", _("Due"), number=True, minor=True),
        Column("on_time", _("On time"), number=True, minor=True),
        Column("timeliness", _("In time, %"), number=True),
        Column("looked_at", _("Looked at"), number=True, minor=True),
        Column("wrong", _("Wrong"), number=True, alarming=True),
        Column("accuracy", _("Right, %"), number=True),
        Column("score", _("Together, %"), number=True),
    )


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: what was due or looked at in ``period``."""
    table = desk.overview.ranking(book, unit, period.first, period.last)
    return Report(
        name="ranking",
        title=TITLE,
        book=table.about.book,
        unit=table.about.unit,
        parameters=parameters(table.about),
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
        footer=footer(table.about),
        chart=Chart("name", (("score", "good"),)),
        note=None if table.rows else _("Nobody had anything due or was looked at in this period."),
    )
