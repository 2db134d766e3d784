"""On what terms an account may be reset: of all its books' regulations the strictest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from db.desk.authority.actor import Actor
from db.desk.authority.permissions import books_of, holdings_of, policy_of
from db.policy.schema.base import cite
from db.store.tables import Account

PROTECTING = frozenset(
    {"accounts.disable", "accounts.end_sessions", "accounts.break_glass", "accounts.lift_delays"}
)
"""Operations that shut somebody out or let the owner in again, all of them told. The host's operator has them
whatever else is due (threat 68)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``privileged``: the owner holds a privileged role; ``wait`` is zero for everybody else."""

    privileged: bool
    wait: timedelta
    clause: str


def terms_of(account: int) -> Terms:
    rules = [policy_of(book).reset for book in books_of(account)]
    privileged = bool(privileged_books(account))
    hours = max((rule.wait_hours or 0 for rule in rules), default=0) if privileged else 0
    return Terms(privileged, timedelta(hours=hours), cite(*(rule.clause for rule in rules)))


def privileged_books(account: int) -> frozenset[str]:
    """Return books in which the account holds a privileged role, as a delegate too."""
    return frozenset(one.book for one in holdings_of(account) if one.role in policy_of(one.book).privileged)


def is_powerful(account: int) -> bool:
    """Return whether the account is more than an employee anywhere, as a delegate too."""
    return any(one.role != "employee" for one in holdings_of(account))


def takes_two(account: Account) -> bool:
    """Return whether a new code for the account takes two people: it was enrolled before, or is more than an
    employee."""
    return account.state != "invited" or account.password is not None or is_powerful(account.id)


def is_host(actor: Actor) -> bool:
    """Return whether the host's operator acts: from the host, and as an account that nobody signs in as."""
    if actor.front != "host":
        return False
    row = Account.get_by_id(actor.account)
    return row.person_id is None and row.password is None
