"""The second of an act that takes two: which offices the asker has, and which steps follow.

Where nobody at all could be the second, the act waits for a week, and whoever it concerns can stop it
(`db.desk.requests.putting_off`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from db.approval.seconds import office_behind, watches_over_others
from db.desk.authority.permissions import holdings_of, is_within, policy_of
from db.desk.power.declaration import Power
from db.policy.rules import Step
from db.policy.schema.base import cite
from db.policy.vocabulary import DEFAULT, SECOND, SECOND_ABOVE, SECOND_PRIVILEGED, SECONDS


def offices_over(account: int, book: str, unit: int) -> frozenset[str]:
    policy = policy_of(book)
    return frozenset(
        office_behind(policy, one.role)
        for one in holdings_of(account)
        if one.book == book and one.role != "employee" and is_within(unit, one.unit)
    )


def steps_of(
    power: Power, book: str, unit: int, asker: int, roles: Collection[str], *, privileged: bool
) -> tuple[Step, ...]:
    """Return who agrees to an act over ``unit`` that takes two: those whom the regulation's flow names, but
    for the asker's own office. A second office is added where nobody of another one is among them, where it
    gives or takes one of ``roles`` that watch over others, or is about the sign-in of a ``privileged``
    account. If the power is `by_keeper`, the maintainer agrees, and a second office only where a regulation
    asks for one."""
    policy, offices = policy_of(book), offices_over(asker, book, unit)
    asking = [one.clause for one in policy.second.of if one.power in power.moves]
    clause = cite(*asking) or policy.second.clause
    if power.by_keeper:
        keeper = Step(policy.maintainer.role, policy.maintainer.clause)
        return (keeper, Step(SECOND, clause)) if asking else (keeper,)
    flow = policy.flow(power.flow)
    gives = office_behind(policy, policy.role_behind(policy.rights.by)) in offices
    named = () if flow.clause == DEFAULT and gives else flow.steps
    steps = [
        replace(one, clause=DEFAULT) if power.borrows_flow else one
        for one in named
        if one.role not in SECONDS and office_behind(policy, policy.role_behind(one.role)) not in offices
    ]
    if any(watches_over_others(policy, role) for role in roles):
        steps.append(Step(SECOND_ABOVE, clause))
    elif power.touches_sign_in and privileged:
        steps.append(Step(SECOND_PRIVILEGED, clause))
    elif not steps:
        steps.append(Step(SECOND, clause))
    return tuple(steps)
