"""Timeliness and accuracy (B.7.1): departments, then people, by their places."""

from __future__ import annotations

from db.desk.cases.ranking import Ranked
from db.language import Text, _, listed
from reports.answer import ALL, Answer, share_of
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def columns(unit: Text) -> Columns[Ranked]:
    return (
        (ReportColumn("place", _("Place"), kind="number"), lambda row: row.place),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (
            ReportColumn("unit", unit),
            lambda row: row.unit_name if row.entry is not None else _("(department)"),
        ),
        (ReportColumn("due", _("Due"), kind="number", sums=True, minor=True), lambda row: row.due),
        (
            ReportColumn("on_time", _("On time"), kind="number", sums=True, minor=True),
            lambda row: row.on_time,
        ),
        (ReportColumn("timeliness", _("Timeliness"), kind="percent"), lambda row: row.timeliness),
        (
            ReportColumn("looked_at", _("Looked at"), kind="number", sums=True, minor=True),
            lambda row: row.looked_at,
        ),
        (ReportColumn("wrong", _("Wrong"), kind="number", sums=True, alarming=True), lambda row: row.wrong),
        (ReportColumn("accuracy", _("Accuracy"), kind="percent"), lambda row: row.accuracy),
        (ReportColumn("score", _("Together"), kind="percent"), lambda row: row.score),
    )


def _answer(numbers: tuple[int, ...]) -> Answer:
    on_time, due, right, looked_at = numbers
    said = [_("in time {share}", share=share_of(on_time, due))] if due else []
    if looked_at:
        said.append(_("entries right {share}", share=share_of(right, looked_at)))
    return Answer(listed(said)) if said else Answer(_("nothing was due or looked at"))


KIND = table_kind(
    "ranking",
    _("Which departments and people keep deadlines and have right entries."),
    columns,
    question=ALL,
    answer=_answer,
    empty=_("Nobody had anything due or was looked at in this period."),
    bar="score",
)
