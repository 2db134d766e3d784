"""Disclosures and consents (B.6.2): whose entry was asked for, the answer, and what was given until when."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.overview.given import DisclosureRow
from db.language import Message, Text, _, clause_words, listed
from reports.answer import NONE, SEEN, Answer
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[DisclosureRow]:
    return (
        (ReportColumn("request", _("Request"), kind="id", minor=True), lambda row: row.request),
        (ReportColumn("name", _("Whose entry")), lambda row: row.name),
        (ReportColumn("unit", unit, minor=True), lambda row: row.unit),
        (ReportColumn("asked_by", _("Asked by")), lambda row: row.asked_by),
        (ReportColumn("to", _("Given to")), lambda row: row.to),
        (ReportColumn("fields", _("Fields"), minor=True), lambda row: listed(row.fields)),
        (ReportColumn("asked", _("Asked"), kind="day"), lambda row: row.asked),
        (ReportColumn("answer", _("Answer")), lambda row: row.answer),
        (ReportColumn("answered", _("Answered"), kind="day"), lambda row: row.answered),
        (ReportColumn("given", _("Given"), minor=True), lambda row: row.given),
        (ReportColumn("until", _("Until"), kind="day"), lambda row: row.until),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


def _summary(rows: Sequence[DisclosureRow]) -> Message:
    return _(
        "Asked: {count}, given: {given}, not answered yet: {waiting}.",
        count=len(rows),
        given=sum(bool(row.given) for row in rows),
        waiting=sum(row.state == "asked" for row in rows),
    )


def _answer(numbers: tuple[int, ...]) -> Answer:
    asked, given, waiting = numbers
    if not asked:
        return NONE
    said = _("asked {asked}, given {given}", asked=asked, given=given)
    return Answer(_("{said}; {count} not answered yet", said=said, count=waiting) if waiting else said)


KIND = table_kind(
    "disclosures",
    _("Whose entry was asked for, what they answered, and until when it is given."),
    _columns,
    question=SEEN,
    answer=_answer,
    note=_summary,
)
