"""Announcements about editions, to the recipients of their copies. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.editions.marks import number_of
from db.desk.notifications.notices import store_notice
from db.store.tables import EditionCopy, EditionIssue

ISSUED = "edition-issued"
REMINDED = "edition-reminder"
RECALLED = "edition-recalled"


def tell_recipients(kind: str, issue: EditionIssue, copies: Sequence[EditionCopy], **more: str) -> None:
    """Store a notice of ``kind`` to each recipient of ``copies`` who has an account, with the copy's number
    and ``more``. Mails nothing."""
    for copy in copies:
        if copy.account_id is not None:
            store_notice(
                kind,
                issue.book_id,
                [copy.account_id],
                clause=copy.clause,
                detail={"edition": issue.edition, "number": number_of(issue.id, copy.ord), **more},
            )
