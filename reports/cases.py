"""Cases and sanctions (B.7.2, C.12, E.17, G.8, H.7): what was reported, how it ended, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.cases.report import CaseLine
from db.language import Message, Text, _, _n, clause_words
from reports.answer import SEEN, answer_to_two
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[CaseLine]:
    return (
        (ReportColumn("case", _("No."), kind="id"), lambda row: row.case),
        (ReportColumn("kind", _("About")), lambda row: row.kind),
        (ReportColumn("unit", unit, minor=True), lambda row: row.unit),
        (ReportColumn("reported", _("Reported"), kind="day"), lambda row: row.reported),
        (ReportColumn("state", _("State")), lambda row: row.state),
        (ReportColumn("outcome", _("Outcome")), lambda row: row.outcome),
        (ReportColumn("who", _("Concerned")), lambda row: row.who),
        (ReportColumn("sanctions", _("Sanction")), lambda row: row.sanctions),
        (ReportColumn("times", _("Times"), kind="number"), lambda row: row.occurrences or None),
        (
            ReportColumn("fine", _("Fine"), kind="number", unit=_("yuan"), sums=True),
            lambda row: row.amount or None,
        ),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
        (ReportColumn("closed", _("Closed"), kind="day", minor=True), lambda row: row.closed),
    )


def _summary(rows: Sequence[CaseLine]) -> Message:
    return _n(
        "{count} case; fines together {amount}.",
        "{count} cases; fines together {amount}.",
        count=len({row.case for row in rows}),
        amount=str(sum(row.amount for row in rows)),
    )


KIND = table_kind(
    "cases",
    _("What was reported, how it ended, and the sanctions and fines by the directory's ladder."),
    _columns,
    question=SEEN,
    answer=answer_to_two(
        lambda waiting, count: _("{count} reported, {waiting} not decided yet", count=count, waiting=waiting),
        is_bad=lambda _waiting, _count: 0,
    ),
    note=_summary,
    bar="fine",
)
