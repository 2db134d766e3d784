"""How old a password may get: the strictest of all regulations over the person's books (A.19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from db.desk.authority.actor import Actor
from db.desk.authority.permissions import books_of, policy_of
from db.desk.refusal import SILENT
from db.store import clock
from db.store.tables import Account


@dataclass(frozen=True, slots=True)
class PasswordLimits:
    """Days a password lives and the owner is warned ahead; how many may not come back."""

    max_age_days: int | None
    warn_days: int
    history: int
    clause: str


@dataclass(frozen=True, slots=True)
class PasswordAge:
    """``days_left`` is None where no regulation limits the age, and 0 or less once it is over."""

    days_left: int | None
    warned: bool
    clause: str

    @property
    def expired(self) -> bool:
        return self.days_left is not None and self.days_left <= 0


def limits_of(account: Account) -> PasswordLimits:
    """Return the strictest limits over all books of the account: shortest life, longest warning, longest
    history (A.19)."""
    rules = [policy_of(book).password for book in books_of(account.id)]
    aged = [
        (rule.max_age_days, rule.clause_of("max_age_days")) for rule in rules if rule.max_age_days is not None
    ]
    shortest, clause = min(aged, default=(None, SILENT))
    return PasswordLimits(
        max_age_days=shortest,
        warn_days=max((rule.warn_days for rule in rules), default=0),
        history=max((rule.history for rule in rules), default=0),
        clause=clause,
    )


def age_of_actor(actor: Actor) -> PasswordAge:
    """Return how many days the actor's password has left, and whether to warn."""
    return age_of(Account.get_by_id(actor.account))


def age_of(account: Account) -> PasswordAge:
    """Return how many days the account's password has left, and whether to warn; without a limit, None."""
    limits = limits_of(account)
    if limits.max_age_days is None or account.password_set_at is None:
        return PasswordAge(None, False, limits.clause)
    over = clock.moment(account.password_set_at) + timedelta(days=limits.max_age_days)
    left = -((clock.utcnow() - over) // timedelta(days=1))
    return PasswordAge(left, left <= limits.warn_days, limits.clause)
