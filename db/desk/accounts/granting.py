"""Giving and taking granted roles; the holder and who supervises hear of each. Not an operation."""

from __future__ import annotations

from db.desk.accounts.account_notices import tell_both, who
from db.desk.accounts.activations import outstanding, void
from db.desk.authority.standing import policy_of
from db.store import clock
from db.store.tables import Account, Grant


def give(
    account: Account, role: str, book: str, unit: int | None, until: str | None, *, by: int, clause: str
) -> int:
    """Grant ``role``; the grant's number. A code by which somebody could still enrol as the holder was given
    out for less than that, and is void."""
    made = Grant.create(
        account=account,
        role=role,
        book=book,
        unit=unit,
        granted_by=by,
        granted_at=clock.now(),
        until=until,
    )
    code = outstanding(account.id)
    if code is not None and code.how != "host":
        void(account.id, by)
    tell_both(account, "right-given", clause, detail=role_of(made) | {"by": who(by)})
    return int(made.id)


def take_back(grant: Grant, *, by: int | None, clause: str) -> None:
    """Withdraw a granted role; it no longer holds for the very next operation."""
    Grant.update(revoked_at=clock.now()).where((Grant.id == grant.id) & Grant.revoked_at.is_null()).execute()
    if grant.book_id is not None:
        detail = role_of(grant) | ({"by": who(by)} if by is not None else {})
        tell_both(grant.holder, "right-taken", clause, detail=detail)


def role_of(grant: Grant) -> dict[str, object]:
    """What the role is called, as a notice keeps it."""
    label = policy_of(grant.book_id or "").role(grant.role).label
    return {"role_zh": label.zh, "role_en": label.en}
