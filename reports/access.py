"""Access and refusals (C.6, C.10): who used the directory how often, and what was refused them."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.overview.access import AccessRow
from db.language import Message, Text, _, _n, clause_words
from reports.answer import SEEN, Answer
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[AccessRow]:
    return (
        (ReportColumn("who", _("Who")), lambda row: row.who or _("system")),
        (ReportColumn("login", _("Login"), minor=True), lambda row: row.login),
        (ReportColumn("unit", unit, minor=True), lambda row: row.unit),
        (ReportColumn("act", _("Act")), lambda row: row.label),
        (ReportColumn("done", _("Allowed"), kind="number", sums=True), lambda row: row.done),
        (
            ReportColumn("refused", _("Refused"), kind="number", sums=True, alarming=True),
            lambda row: row.refused,
        ),
        (ReportColumn("clauses", _("Clause")), lambda row: clause_words(row.clauses)),
        (ReportColumn("last", _("Last"), kind="day"), lambda row: row.last),
    )


def _summary(rows: Sequence[AccessRow]) -> Message:
    refused = sum(row.refused for row in rows)
    return _(
        "{done} acts allowed, {refused} refused.",
        done=sum(row.done for row in rows),
        refused=refused,
    )


def _answer(numbers: tuple[int, ...]) -> Answer:
    count, people = numbers
    if not count:
        return Answer(_("nothing was refused"))
    said = _n("{count} refusal", "{count} refusals", count=count)
    return Answer(_("{refusals}, to accounts: {people}", refusals=said, people=people))


KIND = table_kind(
    "access",
    _("Who used the directory how often, and what was refused by which clause."),
    _columns,
    question=SEEN,
    answer=_answer,
    note=_summary,
    bar="refused",
)
