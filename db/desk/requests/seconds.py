"""Which offices can be the second of whoever asks: another one than theirs. Not an operation.

Whoever keeps a book is one office, whatever roles that takes, and whoever runs its machines another. Who is
the second of an act is never nobody for want of an office here (`Deciding`, which looks for its holders):

1. another office of the book, among those that its rules name, and heads of the unit and on upwards;
2. where there is none, any head in the book;
3. where there is none, one of these offices in another book.

Where there is none at all, the act waits for a week, and whoever it concerns can stop it
(`db.desk.requests.putting_off`).
"""

from __future__ import annotations

from collections.abc import Collection

from db.desk.authority.standing import holdings_of, is_within, policy_of
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import SECOND, SECOND_ABOVE


def office_of(policy: EffectivePolicy, role: str) -> str:
    """The office that a role belongs to: whoever keeps the book is one, whoever runs the machines another."""
    if role in policy.keepers:
        return policy.maintainer.role
    return policy.technical.role if role in (policy.technical.role, "it", "admin") else role


def offices_over(account: int, book: str, unit: int) -> frozenset[str]:
    """The offices that an account has over ``unit``, or stands in for."""
    policy = policy_of(book)
    return frozenset(
        office_of(policy, one.role)
        for one in holdings_of(account)
        if one.book == book and one.role != "employee" and is_within(unit, one.unit)
    )


def second_roles(policy: EffectivePolicy, offices: Collection[str], step: str) -> tuple[str, ...]:
    """The roles whose holders may take a ``step`` of `SECONDS` where whoever asks is of ``offices``."""
    barred = {*offices, *([policy.maintainer.role] if step == SECOND_ABOVE else [])}
    return tuple(
        role
        for role in policy.reset.vouch
        if office_of(policy, role) not in barred and (step == SECOND or role in policy.privileged)
    )
