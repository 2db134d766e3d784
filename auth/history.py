"""Passwords that may not come back yet (A.19)."""

from __future__ import annotations

from peewee import ModelSelect

from auth.age import limits_of
from auth.passwords import matches
from db.store.tables import Account, PastPassword


def was_used(account: Account, password: str) -> bool:
    """Whether ``password`` is the present one or among those that the regulations still bar. One
    bcrypt for each that is compared."""
    if account.password is None:
        return False
    barred = [account.password]
    barred += [row.password for row in _past(account).limit(max(limits_of(account).history - 1, 0))]
    return any(matches(password, stored) for stored in barred)


def keep(account: Account) -> None:
    """Put the present password among the past ones. Within the running transaction."""
    if account.password is not None:
        PastPassword.create(account=account, password=account.password, set_at=account.password_set_at)


def _past(account: Account) -> ModelSelect[PastPassword]:
    """The account's past passwords, newest first."""
    return (
        PastPassword.select().where(PastPassword.account == account.id).order_by(PastPassword.set_at.desc())
    )
