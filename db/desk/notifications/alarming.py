"""Telling those who watch over a book what somebody did there: never whoever it is about alone. Not an
operation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from db.desk.entry.naming import by_number
from db.desk.notifications.notices import store_notice
from db.desk.notifications.post import mail_to_person
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.tables import Account, Grant

IN_TURN = ("chief-executive", "director", "security", "hr", "admin")
"""Who is told where everybody whom the regulations name is the one it is about; after them any other role."""


def alert_role(
    kind: str,
    policy: EffectivePolicy,
    role: str,
    about: Collection[int],
    *,
    clause: str,
    detail: Mapping[str, object],
) -> int:
    """Notify the holders of ``role``, by notice and mail in the running transaction, of what the accounts
    ``about`` of one person did; where none but these can sign in, also the next role with one who can. Return
    how many are told."""
    whom = _others(policy, role, about)
    for account in whom:
        mail_to_person(kind, policy.book, Account.get_by_id(account).person_id, detail=detail)
    return store_notice(kind, policy.book, whom, clause=clause, detail=detail)


def person_or_login(account: int) -> dict[str, int] | str:
    """Return the person of ``account`` as notices keep people; the login if it has none."""
    row = Account.get_by_id(account)
    return by_number(row.person_id) if row.person_id is not None else str(row.login)


def accounts_with(account: int) -> tuple[int, ...]:
    """Return all accounts of the person of ``account``, or itself alone."""
    person = Account.get_by_id(account).person_id
    if person is None:
        return (account,)
    rows = Account.select(Account.id).where(Account.person == person).order_by(Account.id)
    return tuple(row.id for row in rows)


def role_accounts(policy: EffectivePolicy, role: str) -> list[int]:
    """Return accounts that hold ``role`` in the policy's book or everywhere now; no disabled ones."""
    rows: Any = (
        Grant.select(Account.id)
        .join(Account, on=Grant.is_of())
        .where(
            (Grant.role == role)
            & (Grant.book.is_null() | (Grant.book == policy.book))
            & Grant.in_force()
            & (Account.state != "disabled")
        )
    )
    return [account for (account,) in rows.order_by(Grant.id).tuples()]


def watching_host(policy: EffectivePolicy) -> list[int]:
    """Return accounts of whoever supervises or keeps the book or looks after machines: who hears what was
    done to it on the host."""
    roles = (policy.supervisor.role, policy.maintainer.role, policy.technical.role, "admin")
    return sorted({account for role in roles for account in role_accounts(policy, policy.role_behind(role))})


def can_object(accounts: Iterable[int]) -> bool:
    """Return whether one of ``accounts`` can sign in, or enrol still: whose code is over reads nothing."""
    may_come = (Account.state == "invited") & (Account.activation_until > clock.now())
    able = Account.select().where(Account.id.in_(list(accounts)) & ((Account.state == "active") | may_come))
    return bool(able.exists())


def _others(policy: EffectivePolicy, role: str, about: Collection[int]) -> list[int]:
    watching = (policy.role_behind(role), policy.supervisor.role, policy.maintainer.role)
    whom: dict[int, None] = {}
    for one in (*watching, *IN_TURN, *(rule.id for rule in policy.roles)):
        whom |= dict.fromkeys(account for account in role_accounts(policy, one) if account not in about)
        if can_object(whom):
            break
    return list(whom)
