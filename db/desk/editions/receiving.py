"""How far each copy of an issue got. Not an operation.

An issue is complete once each of its list acknowledged their copy, or it was called back or closed with a
reason (I.4.3). It follows from the record of this moment: whoever leaves, or whose account is shut off, can't
acknowledge from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from peewee import JOIN

from db.store.tables import Account, EditionCopy, EditionIssue, Entry

Receipt = Literal["acknowledged", "recalled", "closed", "waiting", "no-account", "not-issued", "left"]
"""``waiting`` for its recipient to acknowledge it; ``not-issued`` though they have an account by now."""
OUT_OF_REACH: Final = frozenset[Receipt]({"no-account", "not-issued", "left"})
"""Nobody can acknowledge it: whoever issues closes it with a reason, or issues it once they can."""
SETTLED: Final = (EditionCopy.acknowledged_at, EditionCopy.recalled_at, EditionCopy.closed_at)
"""Moments of which a copy that is over has one."""


def copies_of(issue: EditionIssue) -> Sequence[EditionCopy]:
    """Return the copies of an issue in the order of their numbers, with their entries and accounts."""
    return list(_with_recipients().where(EditionCopy.issue == issue).order_by(EditionCopy.ord))


def receipt_of(copy: EditionCopy) -> Receipt:
    if copy.recalled_at is not None:
        return "recalled"
    if copy.closed_at is not None:
        return "closed"
    if copy.acknowledged_at is not None:
        return "acknowledged"
    if copy.entry.state != "active":
        return "left"
    if copy.account is not None and copy.account.state != "disabled":
        return "waiting"
    return "no-account" if account_of(copy.entry) is None else "not-issued"


def out_of_reach(issue: EditionIssue) -> Sequence[EditionCopy]:
    unable = (Entry.state != "active") | Account.id.is_null() | (Account.state == "disabled")
    found = _with_recipients().where((EditionCopy.issue == issue) & unable)
    return list(found.where(*(moment.is_null() for moment in SETTLED)).order_by(EditionCopy.ord))


def account_of(entry: Entry) -> Account | None:
    """Return the first account, not disabled, that the person of ``entry`` can open a copy with."""
    theirs = Account.select().where((Account.person == entry.person_id) & (Account.state != "disabled"))
    found: Account | None = theirs.order_by(Account.id).first()
    return found


def _with_recipients() -> Any:
    return (
        EditionCopy.select(EditionCopy, Entry, Account)
        .join(Entry)
        .switch(EditionCopy)
        .join(Account, JOIN.LEFT_OUTER)
    )
