"""Telling owners what others, or somebody with their recovery code, did with their accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from db.desk.editions.post import post
from db.desk.standing import books_of
from db.store import clock
from db.store.audit import canonical
from db.store.tables import Account, Entry, Notice, NoticeRecipient

Kind = Literal["account-reset", "recovery-code-used", "sign-ins-failed"]
FAILED: Kind = "sign-ins-failed"


def tell_owner(account: Account, kind: Kind, clause: str, detail: Mapping[str, object] | None = None) -> None:
    """A notice to the owner alone, within the running transaction. It stands in the first of their
    books; an account that is nothing in any book can read nothing, and is not told."""
    books = books_of(account.id)
    if not books:
        return
    own = _own_entry(account, books[0])
    notice = Notice.create(
        kind=kind,
        book=books[0],
        entry=own.id if own is not None else None,
        clause=clause,
        detail=canonical(detail or {}).decode("utf-8"),
        at=clock.now(),
    )
    NoticeRecipient.create(notice=notice, account=account)


def mail_owner(account: Account, kind: Kind, detail: Mapping[str, object]) -> bool:
    """Queue a mail to the owner, within the running transaction; False where the organisation sends none, or
    the owner has no entry."""
    for book in books_of(account.id):
        own = _own_entry(account, book)
        if own is not None:
            return post(kind, book, own.id, detail=detail)
    return False


def _own_entry(account: Account, book: str) -> Entry | None:
    return Entry.get_or_none(
        (Entry.person == account.person_id) & (Entry.book == book) & (Entry.state == "active")
    )
