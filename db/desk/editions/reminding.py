"""Reminding those who have not acknowledged their copy. Not an operation."""

from __future__ import annotations

from db.desk.editions.issuing import copies_of
from db.desk.editions.marks import number_of
from db.desk.editions.post import post
from db.desk.editions.telling import REMINDED, tell_of
from db.store import clock
from db.store.tables import EditionCopy, EditionIssue


def remind(issue: EditionIssue) -> list[str]:
    """Remind whoever has not acknowledged a copy of ``issue``; the numbers of these copies."""
    waiting = [copy for copy in copies_of(issue) if copy.acknowledged_at is None and copy.recalled_at is None]
    if waiting:
        EditionCopy.update(reminded_at=clock.now()).where(
            EditionCopy.id.in_([copy.id for copy in waiting])
        ).execute()
        for copy in waiting:
            post("reminder", issue.book_id, copy.entry_id, copy=copy.id)
        tell_of(REMINDED, issue, waiting)
    return [number_of(issue.id, copy.ord) for copy in waiting]
