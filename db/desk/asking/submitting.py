"""Who may hand in a request that is about units, where no regulation names the roles."""

from __future__ import annotations

from db.desk.requests.submitters import holds, not_a_submitter
from db.desk.standing import Standing
from db.policy.effective import EffectivePolicy

USUAL = ("head", "maintainer")
"""The safe default: the unit's head, or one above, and the maintainer."""


def hands_in(standing: Standing, policy: EffectivePolicy, kind: str) -> bool:
    """Whether the actor may hand in a request of ``kind`` for any unit at all."""
    roles = {policy.holder(role) for role in policy.flow(kind).submit or USUAL}
    return any(
        one.book == policy.book and one.role in roles and one.for_account is None for one in standing.holdings
    )


def check_hands_in(standing: Standing, policy: EffectivePolicy, kind: str, unit: int | None = None) -> None:
    """Refuse whoever may not hand in a request of ``kind`` for ``unit``; without one, for any at all."""
    flow = policy.flow(kind)
    roles = flow.submit or USUAL
    if not (hands_in(standing, policy, kind) if unit is None else holds(standing, policy, roles, unit)):
        raise not_a_submitter(policy, roles, flow.clause)
