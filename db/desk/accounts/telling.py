"""Telling owners what others, or somebody with their recovery code, did with their accounts."""

from __future__ import annotations

from typing import Literal

from db.desk.standing import books_of
from db.store import clock
from db.store.tables import Account, Entry, Notice, NoticeRecipient

Kind = Literal["account-reset", "recovery-code-used"]


def tell_owner(account: Account, kind: Kind, clause: str) -> None:
    """A notice to the owner alone, within the running transaction. It stands in the first of their
    books; an account that is nothing in any book can read nothing, and is not told."""
    books = books_of(account.id)
    if not books:
        return
    own = Entry.get_or_none(
        (Entry.person == account.person_id) & (Entry.book == books[0]) & (Entry.state == "active")
    )
    notice = Notice.create(
        kind=kind,
        book=books[0],
        entry=own.id if own is not None else None,
        clause=clause,
        at=clock.now(),
    )
    NoticeRecipient.create(notice=notice, account=account)
