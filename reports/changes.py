"""Changes in a period (A.9, E.6.4): what, on whose request, decided by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from db.desk.overview.changes import ChangeAudience, ChangeRow
from db.language import Label, Message, Text, _, _n, clause_words, listed, say
from reports.answer import COMING, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[ChangeRow]:
    return (
        (ReportColumn("applied", _("Applied on"), kind="day"), lambda row: row.applied.isoformat()),
        (ReportColumn("request", _("Request"), kind="id", minor=True), lambda row: row.request),
        (ReportColumn("kind", _("Kind")), lambda row: row.kind),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("fields", _("Fields")), lambda row: listed(row.fields)),
        (ReportColumn("asked_by", _("Asked by"), minor=True), lambda row: row.asked_by),
        (ReportColumn("decided_by", _("Decided by")), lambda row: _in_turn(row.decided_by)),
        (
            ReportColumn("told", _("Announced to"), minor=True),
            lambda row: listed(map(_audience_text, row.told)),
        ),
        (
            ReportColumn("days", _("Working days"), kind="number", unit=_("working days"), minor=True),
            lambda row: row.days,
        ),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[ChangeRow]) -> Message:
    fields = Counter(field for row in rows for field in row.fields)
    said = _(
        "Changes: {count}, people: {people}.",
        count=len(rows),
        people=len({row.entry for row in rows if row.entry is not None}),
    )
    for field, times in fields.most_common(1):
        said = _("{said} Most often: {field}, {times}.", said=said, field=field, times=times)
    return said


KIND = table_kind(
    "changes",
    _("What was changed, who asked for it, who decided, and who was told."),
    _columns,
    question=COMING,
    answer=answer_to_number(lambda count: _n("{count} change", "{count} changes", count=count), is_bad=False),
    note=_summary,
    bar="days",
)


def _audience_text(told: ChangeAudience) -> Text:
    """Return the names of those who were told of a change, with the units whose entries they could open for
    it (A.8)."""
    names = listed(told.names)
    return (
        _("{names}, who could open {units}", names=names, units=listed(told.opens)) if told.opens else names
    )


def _in_turn(approvers: Sequence[Text]) -> Label:
    """Return the deciders' names, in order, joined by arrows."""
    return Label(*(" → ".join(say(one, language) for one in approvers) for language in ("zh_CN", "en")))
