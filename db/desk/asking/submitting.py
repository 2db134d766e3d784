"""Who may hand in a request that is about units, where no regulation names the roles."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions
from db.desk.requests.submitters import holds_own_role, not_a_submitter
from db.policy.effective import EffectivePolicy


def hands_in(permissions: Permissions, policy: EffectivePolicy, kind: str) -> bool:
    """Return whether the actor may submit a request of ``kind`` for any unit at all."""
    roles = {policy.role_behind(role) for role in _default_submitters(policy, kind)}
    return any(one.book == policy.book and one.role in roles for one in permissions.holdings)


def check_hands_in(
    permissions: Permissions, policy: EffectivePolicy, kind: str, unit: int | None = None
) -> None:
    """Raise Refused for an actor who may not submit a request of ``kind`` for ``unit``, or (None) for any
    unit."""
    roles = _default_submitters(policy, kind)
    if not (
        hands_in(permissions, policy, kind)
        if unit is None
        else holds_own_role(permissions, policy, roles, unit)
    ):
        flow = policy.flow(kind)
        raise not_a_submitter(permissions, policy, roles, flow.submit_clause or flow.clause)


def _default_submitters(policy: EffectivePolicy, kind: str) -> tuple[str, ...]:
    """Return the roles that submit a ``kind`` by the policy's flow; where it names none, by the safe default:
    the head, or one above who has a say (D.4), and the keepers."""
    heads = ("head",) if policy.scope("head").propose != "none" else ()
    return policy.flow(kind).submit or (*heads, *policy.keepers)
