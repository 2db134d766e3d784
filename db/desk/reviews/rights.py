"""Granted roles under recertification: when each was last used, and taking them back (F.5.1, H.6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from peewee import fn

from db.desk.due_dates import today
from db.desk.notation.localtime import day_begins
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.tables import Account, AuditRecord, Grant


def rights_in_force(book: str) -> tuple[Grant, ...]:
    """Return roles held by an account in use, oldest first, but heads': they follow from their place."""
    rows = (
        Grant.select()
        .where((Grant.book == book) & (Grant.role != HEAD) & Grant.in_force())
        .where(fn.EXISTS(Account.select(Account.id).where(Grant.is_of() & (Account.state != "disabled"))))
        .order_by(Grant.id)
    )
    return tuple(rows)


def last_uses(book: str, accounts: Iterable[int]) -> dict[int, str]:
    """Return the stored time of each account's last recorded act in ``book``."""
    rows: Any = (
        AuditRecord.select(AuditRecord.account, fn.MAX(AuditRecord.at))
        .where((AuditRecord.book == book) & (AuditRecord.outcome == "done"))
        .where(AuditRecord.account.in_(list(accounts)))
        .group_by(AuditRecord.account)
        .tuples()
    )
    return dict(rows)


def is_unused(policy: EffectivePolicy, right: Grant, last_use: str | None) -> bool:
    """Return whether nothing was done with the right for as long as the policy lets it lie."""
    since = max(str(right.granted_at), last_use or "")
    return since < day_begins(today() - timedelta(days=policy.rights.unused_days))


def is_last_maintainer(policy: EffectivePolicy, right: Grant) -> bool:
    """Return whether nobody would keep the book once this right is gone."""
    return right.role == policy.maintainer.role and _is_last(policy, right)


def is_last_decider(policy: EffectivePolicy, right: Grant) -> bool:
    """Return whether an office that decides on breaches would be vacant without this right. Such a vacancy
    may last unseen, and nobody is sanctioned meanwhile (C.12, H.7)."""
    if not policy.ladder:
        return False
    named = map(policy.role_behind, (*policy.discipline.judge, *policy.discipline.management))
    return right.role in set(named) and _is_last(policy, right)


def _is_last(policy: EffectivePolicy, right: Grant) -> bool:
    others = (
        Grant.select()
        .join(Account, on=Grant.is_of())
        .where((Grant.role == right.role) & (Grant.id != right.id) & (Account.state == "active"))
        .where(Grant.book.is_null() | (Grant.book == policy.book))
        .where(Grant.in_force())
    )
    return not others.exists()


def withdraw_right(right: int) -> None:
    """Withdraw the right as of now. Notifies nobody."""
    Grant.update(revoked_at=clock.now()).where((Grant.id == right) & Grant.revoked_at.is_null()).execute()
