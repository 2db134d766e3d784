"""Reminding those who have not acknowledged their copy. Not an operation."""

from __future__ import annotations

from db.desk.due_dates import today
from db.desk.editions.edition_notices import REMINDED, tell_recipients
from db.desk.editions.marks import number_of
from db.desk.editions.receiving import copies_of, receipt_of
from db.desk.notation.localtime import local
from db.desk.notifications.post import queue_mail
from db.store import clock
from db.store.tables import EditionCopy, EditionIssue


def remind_recipients(issue: EditionIssue) -> list[str]:
    """Remind by notice and mail, once a day, those who have not acknowledged; return the numbers of their
    copies."""
    waiting = [
        copy for copy in copies_of(issue) if receipt_of(copy) == "waiting" and not _reminded_today(copy)
    ]
    if waiting:
        EditionCopy.update(reminded_at=clock.now()).where(
            EditionCopy.id.in_([copy.id for copy in waiting])
        ).execute()
        for copy in waiting:
            queue_mail("reminder", issue.book_id, copy.entry_id, copy=copy.id)
        tell_recipients(REMINDED, issue, waiting)
    return [number_of(issue.id, copy.ord) for copy in waiting]


def _reminded_today(copy: EditionCopy) -> bool:
    return copy.reminded_at is not None and local(copy.reminded_at)[:10] == today().isoformat()
