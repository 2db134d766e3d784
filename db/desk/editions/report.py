"""The report on what was issued to whom, and who acknowledged it (I.4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import Expression

from db.desk.editions.edition_views import copy_row, label_of
from db.desk.editions.receiving import SETTLED, Receipt, copies_of
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import MAINTAINER, OWNER, SUPERVISOR, Extent, Numbers, units_below
from db.desk.notation.localtime import day_begins, local
from db.language import Label, _
from db.store.tables import EditionCopy, EditionIssue, Entry


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A numbered copy. Times are local to the minute, empty where it did not happen. ``late``: it was issued
    after its time; ``waits``: it is to be acknowledged still, or to be closed. ``reason``: why it was called
    back, or closed."""

    edition: Label
    issue: int
    issued: str
    late: bool
    number: str
    name: str
    post: str
    unit: str
    acknowledged: str
    reminded: str
    recalled: str
    closed: str
    reason: str
    receipt: Receipt
    waits: bool
    clause: str


def _outstanding(place: Extent, first: date, last: date) -> Numbers:
    """Count the copies that are to be acknowledged or closed still, and all that were issued."""
    within = [unit.id for unit in units_below(place.book, {place.unit})]
    copies: Any = EditionCopy.select().join(EditionIssue).switch(EditionCopy).join(Entry)
    copies = copies.where(_issued(place, first, last) & Entry.unit.in_(within))
    return copies.where(*(moment.is_null() for moment in SETTLED)).count(), copies.count()


class EditionReports(ReportGroup):
    @report(
        "receipts", _("Issues and receipts"), MAINTAINER, SUPERVISOR, OWNER, rests_on="editions", whole=True,
        numbers=_outstanding,
    )  # fmt: skip
    def receipts(self, book: str, unit: int | None, first: date, last: date) -> ReportRows[ReceiptRow]:
        """Return the copies of what was issued from ``first`` to ``last``, and who acknowledged (I.4.3)."""
        return self._draw("receipts", _rows, book, unit, first, last)


def _rows(place: Extent, first: date, last: date) -> tuple[ReceiptRow, ...]:
    """Return copies issued from ``first`` to ``last``, newest issue first, of recipients in ``place``."""
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    newest_first = EditionIssue.issued_at.desc(), EditionIssue.id.desc()
    issues = EditionIssue.select().where(_issued(place, first, last)).order_by(*newest_first)
    found = []
    for issue in issues:
        for copy in copies_of(issue):
            if copy.entry.unit_id not in within:
                continue
            row = copy_row(copy)
            found.append(
                ReceiptRow(
                    edition=label_of(place.book, issue.edition),
                    issue=issue.number,
                    issued=local(issue.issued_at)[:16],
                    late=bool(issue.late),
                    number=row.number,
                    name=row.name,
                    post=row.post,
                    unit=row.unit,
                    acknowledged=row.acknowledged_at,
                    reminded=row.reminded_at,
                    recalled=row.recalled_at,
                    closed=row.closed_at,
                    reason=row.reason,
                    receipt=row.receipt,
                    waits=row.receipt not in ("acknowledged", "recalled", "closed"),
                    clause=copy.clause,
                )
            )
    return tuple(found)


def _issued(place: Extent, first: date, last: date) -> Expression:
    """Return the condition on issues of the book from ``first`` to ``last``."""
    return (
        (EditionIssue.book == place.book)
        & (EditionIssue.issued_at >= day_begins(first))
        & (EditionIssue.issued_at < day_begins(last + timedelta(days=1)))
    )
