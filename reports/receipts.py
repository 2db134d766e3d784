"""Issues and receipts (I.4.3, I.4.2.1): each numbered copy, and who has not acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.desk.editions.receiving import Receipt
from db.desk.editions.report import ReceiptRow
from db.language import Message, Text, _, clause_words
from reports.answer import LATE, answer_to_two
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind

RECEIPTS: Mapping[Receipt, Text] = {
    "acknowledged": _("acknowledged"),
    "recalled": _("called back"),
    "closed": _("closed with a reason"),
    "waiting": _("not yet acknowledged"),
    "no-account": _("no account"),
    "not-issued": _("has an account, no copy yet"),
    "left": _("left before acknowledging"),
}


def _columns(unit: Text) -> Columns[ReceiptRow]:
    return (
        (ReportColumn("edition", _("Edition")), lambda row: row.edition),
        (ReportColumn("issue", _("Issue no."), kind="id", minor=True), lambda row: row.issue),
        (ReportColumn("issued", _("Issued"), kind="day"), lambda row: row.issued),
        (ReportColumn("late", _("Issued late"), minor=True), lambda row: _yes(row.late)),
        (ReportColumn("number", _("Copy")), lambda row: row.number),
        (ReportColumn("name", _("Recipient")), lambda row: row.name),
        (ReportColumn("post", _("Position"), minor=True), lambda row: row.post),
        (ReportColumn("unit", unit, minor=True), lambda row: row.unit),
        (ReportColumn("acknowledged", _("Acknowledged"), kind="day"), lambda row: row.acknowledged),
        (ReportColumn("reminded", _("Reminded"), kind="day", minor=True), lambda row: row.reminded),
        (ReportColumn("recalled", _("Called back"), kind="day", minor=True), lambda row: row.recalled),
        (ReportColumn("closed", _("Closed at"), kind="day", minor=True), lambda row: row.closed),
        (ReportColumn("state", _("State")), lambda row: RECEIPTS[row.receipt]),
        (ReportColumn("reason", _("Reason"), minor=True), lambda row: row.reason),
        (
            ReportColumn("waiting", _("Outstanding"), kind="number", sums=True, alarming=True, minor=True),
            lambda row: int(row.waits),
        ),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[ReceiptRow]) -> Message:
    late = {(row.edition, row.issue) for row in rows if row.late}
    return _(
        "Copies: {count}, of them outstanding: {waiting}, closed: {closed}; late issues: {late}.",
        count=len(rows),
        closed=sum(row.receipt == "closed" for row in rows),
        waiting=sum(row.waits for row in rows),
        late=len(late),
    )


def _yes(what: bool) -> Text:
    return _("late") if what else ""


KIND = table_kind(
    "receipts",
    _("Every copy that was issued, who has not acknowledged it, and who got none."),
    _columns,
    question=LATE,
    answer=answer_to_two(
        lambda waiting, count: _(
            "{waiting} of {count} copies not acknowledged", waiting=waiting, count=count
        ),
        is_bad=lambda waiting, _count: waiting,
    ),
    note=_summary,
)
