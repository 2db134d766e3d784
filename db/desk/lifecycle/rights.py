"""Who may enter that somebody joins, moves or leaves. Not an operation."""

from __future__ import annotations

from db.desk.act import Act
from db.desk.authority.permissions import Holding, Permissions, is_within, policy_of
from db.desk.lifecycle.events import OPERATION, Event
from db.desk.refusal import Refused
from db.desk.requests.proposing import (
    ProposalRight,
    clause_of_keeping,
    denied_to_role,
    maintained_by,
    propose_if_kept,
)
from db.desk.requests.submitters import check_submitter
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side


def may_begin(permissions: Permissions, book: str, event: Event, side: Side = "internal") -> bool:
    """Return whether the actor may enter ``event`` in ``book`` for anybody of ``side`` at all."""
    if book not in permissions.books:
        return False
    policy = policy_of(book)
    named = policy.flow(event).submit
    return any(
        not named or holding.role in {policy.role_behind(role) for role in named}
        for holding in _able(permissions, policy, event, side)
    )


def check_joiner(act: Act, book: str, unit: int, side: Side) -> EffectivePolicy:
    """Return the policy of ``book``, where the actor may enter a joiner of ``side`` in ``unit``, and note
    both for the audit. Raises Refused otherwise, by the clause that says whose task it is."""
    policy = act.permissions.check_book(book)
    act.note_facts(book=book, unit=unit)
    permissions = act.permissions
    able = _able(permissions, policy, "join", side)
    if not any(_covers(permissions, policy, holding, unit, side) for holding in able):
        raise _denied(permissions, policy, "join")
    check_submitter(permissions, policy, "join", unit)
    return policy


def check_entry(act: Act, entry: int, event: Event) -> ProposalRight:
    """Return the right by which the actor may enter ``event`` for ``entry``, and put the entry on the act's
    record. Raises Refused where the actor may only see it, or change only their own; and, as
    `propose_if_kept`, where it is out of reach."""
    policy, right = propose_if_kept(act, entry)
    if right is None:
        raise _denied(act.permissions, policy, event)
    denied = policy.denial(OPERATION[event], right.role)
    if denied is not None or policy.scope(right.role, right.side).propose in ("self", "none"):
        raise _denied(act.permissions, policy, event)
    check_submitter(act.permissions, policy, event, right.entry.unit)
    return right


def _able(permissions: Permissions, policy: EffectivePolicy, event: Event, side: Side) -> list[Holding]:
    """Return the actor's own holdings that let them propose for others, and that nothing forbids."""
    return [
        holding
        for holding in permissions.holdings
        if holding.book == policy.book
        and policy.scope(holding.role, side).propose in ("unit", "subtree", "book")
        and policy.denial(OPERATION[event], holding.role) is None
    ]


def _covers(
    permissions: Permissions, policy: EffectivePolicy, holding: Holding, unit: int, side: Side
) -> bool:
    place = permissions.place(holding, policy.scope(holding.role, side).propose)
    if place is None:
        return False
    top, below = place
    return unit == top or (below and is_within(unit, top))


def _denied(permissions: Permissions, policy: EffectivePolicy, event: Event) -> Refused:
    return denied_to_role(permissions, policy, OPERATION[event]) or Refused(
        _("Who joins, moves or leaves is entered by {maintainer}.", maintainer=maintained_by(policy)),
        clause_of_keeping(policy),
        _(
            "Tell whoever keeps the directory, or the head of the department, whom it concerns and "
            "since when."
        ),
    )
