"""Who may hand a request in, where a regulation names the roles (B.3.2, I.4.2.3, I.4.2.4)."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions, is_within
from db.desk.refusal import Refused
from db.language import _, listed
from db.policy.effective import EffectivePolicy


def is_submitter(permissions: Permissions, policy: EffectivePolicy, kind: str, unit: int) -> bool:
    """Return whether the flow of ``kind`` lets the actor submit by a role of their own that reaches ``unit``;
    a flow that names nobody lets everybody."""
    named = policy.flow(kind).submit
    return not named or holds_own_role(permissions, policy, named, unit)


def holds_own_role(
    permissions: Permissions, policy: EffectivePolicy, roles: tuple[str, ...], unit: int
) -> bool:
    """Return whether one of ``roles`` is held in ``unit`` or above, not as a delegate."""
    return any(
        is_within(unit, holding.unit)
        for role in roles
        for holding in permissions.own_holdings(policy.role_behind(role), policy.book)
    )


def check_submitter(permissions: Permissions, policy: EffectivePolicy, kind: str, unit: int) -> None:
    """Raise Refused for a submitter whom the flow of ``kind`` does not let submit."""
    flow = policy.flow(kind)
    if not is_submitter(permissions, policy, kind, unit):
        raise not_a_submitter(permissions, policy, flow.submit, flow.submit_clause)


def not_a_submitter(
    permissions: Permissions, policy: EffectivePolicy, roles: tuple[str, ...], clause: str
) -> Refused:
    """Build the refusal to an actor who may not submit this kind of request, or only for other units."""
    who = listed(policy.role(policy.role_behind(role)).label for role in roles)
    elsewhere = any(permissions.own_holdings(policy.role_behind(role), policy.book) for role in roles)
    message = (
        _("Only {roles} of the unit concerned, or of one above it, may submit this.", roles=who)
        if elsewhere
        else _("Only {roles} may submit this.", roles=who)
    )
    return Refused(message, clause, _("Tell them what has to change, and why."))
