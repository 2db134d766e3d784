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
from db.desk.power.declaration import Power
from db.policy.effective import EffectivePolicy
from db.policy.rules import Step
from db.policy.schema.base import cite
from db.policy.vocabulary import DEFAULT, MANAGEMENT, SECOND, SECOND_ABOVE, SECOND_PRIVILEGED, SECONDS


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


def steps_of(
    power: Power, book: str, unit: int, asker: int, roles: Collection[str], *, privileged: bool
) -> tuple[Step, ...]:
    """Return who agrees to an act over ``unit`` that takes two: those whom the regulation's flow names, but
    for the asker's own office; and a second office where nobody of another one is among them, where it gives
    or takes one of ``roles`` that watch over others, or is about the sign-in of a ``privileged`` account."""
    policy, offices = policy_of(book), offices_over(asker, book, unit)
    flow = policy.flow(power.flow)
    gives = office_of(policy, policy.holder(policy.rights.by)) in offices
    named = () if flow.clause == DEFAULT and gives else flow.steps
    steps = [
        one
        for one in named
        if one.role not in SECONDS and office_of(policy, policy.holder(one.role)) not in offices
    ]
    asking = [one.clause for one in policy.second.of if one.power in power.moves]
    clause = cite(*asking) or policy.second.clause
    if any(watches_over_others(policy, role) for role in roles):
        steps.append(Step(SECOND_ABOVE, clause))
    elif power.touches_sign_in and privileged:
        steps.append(Step(SECOND_PRIVILEGED, clause))
    elif not steps:
        steps.append(Step(SECOND, clause))
    return tuple(steps)


def watches_over_others(policy: EffectivePolicy, role: str) -> bool:
    """Return whether ``role`` supervises, looks after machines, or manages, and does not keep the book."""
    watching = {*MANAGEMENT, "admin", policy.supervisor.role, policy.technical.role}
    return role in watching and role not in policy.keepers


def second_roles(policy: EffectivePolicy, offices: Collection[str], step: str) -> tuple[str, ...]:
    """The roles whose holders may take a ``step`` of `SECONDS` where whoever asks is of ``offices``."""
    barred = {*offices, *([policy.maintainer.role] if step == SECOND_ABOVE else [])}
    return tuple(
        role
        for role in policy.second.by
        if office_of(policy, role) not in barred and (step == SECOND or role in policy.privileged)
    )
