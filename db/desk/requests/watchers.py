"""Who watches over what is done in a book: people who are independent of whoever does it, and whom it is not
done to. Not an operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.desk.authority.permissions import policy_of
from db.desk.notifications.alarming import IN_TURN, can_object, role_accounts
from db.desk.requests.approvers import ApproverResolver
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD, MANAGEMENT
from db.store.tables import Account

WATCHING = "watching"
"""In a notice's detail: accounts of those told that watch over it, and are not whom it concerns."""


def watchers_of(
    book: str, unit: int, barred: frozenset[int], resolver: ApproverResolver, *, everybody: bool = False
) -> tuple[int, ...]:
    """Return the accounts that are told of an act on somebody of ``unit``: the next head above, and whoever
    supervises; where none of these can sign in, also the next office with somebody who can. ``everybody``
    adds the management, and whoever keeps the book or gives rights in it. Leaves out everybody who counts as
    one with, or stands in for, one of ``barred``."""
    policy = policy_of(book)
    found = list(_first(_heads(unit, resolver), barred, resolver))
    found += _first(_in_turn(policy), barred, resolver)
    if everybody:
        for role in (policy.maintainer.role, policy.rights.by, *MANAGEMENT):
            found += _free(role_accounts(policy, role), barred, resolver)
    return tuple(dict.fromkeys(found))


def _heads(unit: int, resolver: ApproverResolver) -> Iterator[Sequence[int]]:
    for above in resolver.facts.units_up(unit):
        yield [account for account, _unit, _capacity in resolver.facts.heads_of(above)]


def _in_turn(policy: EffectivePolicy) -> Iterator[Sequence[int]]:
    watching = (policy.supervisor.role, policy.maintainer.role, *IN_TURN)
    others = (rule.id for rule in policy.roles)
    for role in dict.fromkeys((*watching, *others)):
        if role != HEAD:
            yield role_accounts(policy, role)


def _first(
    groups: Iterator[Sequence[int]], barred: frozenset[int], resolver: ApproverResolver
) -> Sequence[int]:
    found: list[int] = []
    for group in groups:
        found += _free(group, barred, resolver)
        if can_object(found):
            break
    return found


def _free(accounts: Sequence[int], barred: frozenset[int], resolver: ApproverResolver) -> list[int]:
    return [one for one in accounts if _is_somebody(one) and not resolver.linked_persons(one) & barred]


def _is_somebody(account: int) -> bool:
    return Account.get_by_id(account).person_id is not None
