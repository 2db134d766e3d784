"""Giving and taking granted roles; the holder and who supervises hear of each. Not an operation."""

from __future__ import annotations

from datetime import date

from db.desk.accounts.account_notices import tell_both, who
from db.desk.accounts.activations import outstanding, void
from db.desk.authority.capacity import capacity_of
from db.desk.authority.office_names import office_name
from db.desk.notation.localtime import day_begins
from db.language import say
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
    _void_code(account, by)
    tell_both(account, "right-given", clause, detail=role_of(made) | {"by": who(by)})
    return int(made.id)


def appoint(office: Grant, day: date, *, by: int | None, clause: str) -> int:
    """Put ``office`` on record as a person's, from ``day`` on; its number. It is told, and voids codes, as
    what is granted to an account is."""
    now = clock.now()
    office.granted_by_id, office.granted_at = by, now
    office.from_at = max(now, day_begins(day))
    office.save(force_insert=True)
    theirs = (Account.person == office.person_id) & (Account.state != "disabled")
    for account in Account.select().where(theirs):
        _void_code(account, by)
        named = {"by": who(by)} if by is not None else {}
        tell_both(account, "right-given", clause, detail=role_of(office) | named)
    return int(office.id)


def _void_code(account: Account, by: int | None) -> None:
    """A code by which somebody could still enrol as the holder was given out for less than that."""
    code = outstanding(account.id)
    if code is not None and code.how != "host":
        void(account.id, by)


def take_back(grant: Grant, *, by: int | None, clause: str) -> None:
    """Withdraw a granted role; it no longer holds for the very next operation."""
    Grant.update(revoked_at=clock.now()).where((Grant.id == grant.id) & Grant.revoked_at.is_null()).execute()
    if grant.book_id is not None:
        detail = role_of(grant) | ({"by": who(by)} if by is not None else {})
        tell_both(grant.holder, "right-taken", clause, detail=detail)


def role_of(grant: Grant) -> dict[str, object]:
    """What the role is called, as a notice keeps it."""
    office = office_name(grant.book_id or "", grant.role, grant.unit_id, capacity_of(grant.capacity))
    return {"role_zh": say(office, "zh_CN"), "role_en": say(office, "en")}
