"""Passwords that may not come back yet (A.19)."""

from __future__ import annotations

from peewee import ModelSelect

from auth.password_age import limits_of
from auth.passwords import matches
from db.desk import Invalid, Problem
from db.language import _
from db.store.tables import Account, PastPassword


def was_used(account: Account, password: str) -> bool:
    """Return whether ``password`` is the present or a barred one (A.19). Takes one bcrypt for each."""
    if account.password is None:
        return False
    barred = [Account.hash_in(account.id, account.password)]
    for row in _past(account).limit(max(limits_of(account).history - 1, 0)):
        barred.append(Account.hash_in(account.id, row.password, "past-password"))
    return any(matches(password, hashed) for hashed in barred)


def require_unused(account: Account, password: str) -> None:
    """Raise Invalid if ``password`` is the account's present or a barred one (A.19)."""
    if was_used(account, password):
        raise Invalid(Problem("password", _("You have used this password before. Choose another one.")))


def remember_password(account: Account) -> None:
    """Store the present password's hash, signed under a key, among the past ones; nothing where there is
    none. In the running transaction."""
    hashed = Account.hash_in(account.id, account.password)
    if hashed is not None:
        kept = Account.password_of(account.id, hashed, "past-password")
        PastPassword.create(account=account, password=kept, set_at=account.password_set_at)


def _past(account: Account) -> ModelSelect[PastPassword]:
    return (
        PastPassword.select().where(PastPassword.account == account.id).order_by(PastPassword.set_at.desc())
    )
