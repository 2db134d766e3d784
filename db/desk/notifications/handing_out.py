"""The directory that goes out with an announcement, where the regulation hands it out (A.8, A.9). Not an
operation.

Whoever is told opens what they see of it, and takes one copy of that under their mark, as if they had asked
for it. A copy that was not taken is the copy of the next announcement too: what is taken is the present
directory. Where copies need somebody's approval, or are given to nobody, it is opened only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from db.desk.authority.permissions import permissions_now, policy_of, root_of
from db.desk.authority.reach import SIDES, search_scope_of
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import DEFAULT, DutyKind
from db.store import clock
from db.store.audit import canonical
from db.store.tables import CopyGrant, Request

DUTIES: dict[str, DutyKind] = {"join": "joiner", "change": "change", "move": "mover"}
"""The duty that a kind of request fulfils, and whose announcement hands the directory out."""


def is_handed_out(policy: EffectivePolicy, kind: str) -> bool:
    """Return whether the announcement of an applied request of ``kind`` comes with a copy of the
    directory."""
    duty = policy.duty(DUTIES[kind]) if kind in DUTIES else None
    return duty is not None and duty.hands_out


def opened_to(account: int, book: str) -> str:
    """Return what of ``book`` is open to ``account`` now, as canonical JSON: units, each with all below or
    without."""
    permissions = permissions_now(account)
    arms = [arm for side in SIDES for arm in search_scope_of(permissions, book, side).arms]
    return canonical({"units": sorted({(arm.unit, arm.below) for arm in arms})}).decode("ascii")


def may_take(policy: EffectivePolicy) -> bool:
    """Return whether those told get a copy without an approval: no regulation bans copies or has somebody
    approve them."""
    denied = any(policy.denial(operation, "employee") for operation in ("copy", "export"))
    return not denied and policy.flow("copy").clause == DEFAULT


def grant_copies(request: Request, accounts: Iterable[int]) -> None:
    """Store for each account the grant of one copy of what it sees of the book, or extend an unused one;
    nothing where copies are banned or need approval."""
    policy = policy_of(request.book_id)
    if not may_take(policy):
        return
    now, root = clock.utcnow(), root_of(request.book_id)
    granted = {"until": clock.stamp(now + timedelta(days=policy.lookup.grant_days)), "request": request.id}
    lasting = (CopyGrant.book == request.book_id) & (CopyGrant.unit == root) & CopyGrant.taken_at.is_null()
    lasting &= CopyGrant.within_reach & (CopyGrant.until > clock.stamp(now))
    place = {"book": request.book_id, "unit": root, "for_work": True, "within_reach": True}
    for account in accounts:
        if not CopyGrant.update(granted).where(lasting & (CopyGrant.account == account)).execute():
            CopyGrant.create(account=account, **place, **granted)
