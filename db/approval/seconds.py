"""The offices that can be the second of an act: others than the asker's.

Whoever keeps a book is one office, whatever roles that takes; whoever runs its machines is another.
"""

from __future__ import annotations

from collections.abc import Collection

from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import MANAGEMENT, SECOND, SECOND_ABOVE


def office_behind(policy: EffectivePolicy, role: str) -> str:
    """Return the role that stands for the office of ``role``: the maintainer for whoever keeps the book, the
    technical role for whoever runs its machines, else ``role`` itself."""
    if role in policy.keepers:
        return policy.maintainer.role
    return policy.technical.role if role in (policy.technical.role, "it", "admin") else role


def watches_over_others(policy: EffectivePolicy, role: str) -> bool:
    """Return whether ``role`` supervises, looks after machines, or manages, and does not keep the book."""
    watching = {*MANAGEMENT, "admin", policy.supervisor.role, policy.technical.role}
    return role in watching and role not in policy.keepers


def second_roles(policy: EffectivePolicy, offices: Collection[str], step: str) -> tuple[str, ...]:
    """Return the roles that may take a ``step`` of `SECONDS` asked for by ``offices``."""
    barred = {*offices, *([policy.maintainer.role] if step == SECOND_ABOVE else [])}
    return tuple(
        role
        for role in policy.second.by
        if office_behind(policy, role) not in barred and (step == SECOND or role in policy.privileged)
    )
