"""Training due (F.6.2, G.7.3): who was trained on which version, and who is due."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.training.report import TrainingRow
from db.language import Message, Text, _, clause_words
from reports.answer import LATE, answer_to_two
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind

STATES: dict[str, Message] = {
    "never": _("never trained"),
    "due": _("due"),
    "soon": _("due soon"),
    "trained": _("trained"),
}


def _columns(unit: Text) -> Columns[TrainingRow]:
    return (
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("topic", _("Topic")), lambda row: row.topic),
        (ReportColumn("last", _("Trained"), kind="day"), lambda row: row.last),
        (
            ReportColumn("version", _("Version"), minor=True),
            lambda row: _("{version}, older", version=row.version) if row.older else row.version,
        ),
        (ReportColumn("due", _("Due"), kind="day"), lambda row: row.due),
        (ReportColumn("state", _("State")), lambda row: STATES[row.state]),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[TrainingRow]) -> Message:
    due = sum(row.state in ("never", "due") for row in rows)
    return _("{due} of {count} are due.", due=due, count=len(rows))


KIND = table_kind(
    "training",
    _("Who was trained on which version of the rules, and who is due."),
    _columns,
    question=LATE,
    answer=answer_to_two(
        lambda due, count: _("{due} of {count} due", due=due, count=count), is_bad=lambda due, _count: due
    ),
    note=_summary,
    timed=False,
)
