"""Who issues a book's editions and who watches over them: functions that are held throughout the book.

A function that was given from a unit down gives no right to an edition, which shows the whole book.
"""

from __future__ import annotations

from db.desk.authority.standing import Standing
from db.policy.effective import EffectivePolicy


def issues(standing: Standing, policy: EffectivePolicy) -> bool:
    """Whether the account maintains the whole book, itself or standing in for who does."""
    return _throughout(standing, policy, *policy.keepers)


def watches(standing: Standing, policy: EffectivePolicy) -> bool:
    """Whether it owns or supervises the whole book, and so traces its copies."""
    return _throughout(standing, policy, *policy.holders("owner"), policy.supervisor.role)


def _throughout(standing: Standing, policy: EffectivePolicy, *roles: str) -> bool:
    root = standing.shelf[policy.book].root
    return any(
        holding.book == policy.book and holding.role in roles and holding.unit == root
        for holding in standing.holdings
    )
