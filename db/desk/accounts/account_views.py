"""Accounts as those who look after them see them, in plain values."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.accounts.terms import takes_two
from db.desk.authority.standing import policy_of
from db.desk.notation.localtime import local
from db.language import Label
from db.store import clock
from db.store.tables import Account, Entry, Grant, SignInSession, Unit


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role granted to an account in the book. ``unit`` empty: throughout the book."""

    grant: int
    role: str
    label: Label
    unit: str
    until: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that runs now; ``started_at`` in the organisation's time."""

    id: int
    source: str
    front: str
    started_at: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody who is signed in. ``server`` is the host and state folder; ``started_at`` as stored."""

    session: int
    login: str
    source: str
    front: str
    server: str
    started_at: str


@dataclass(frozen=True, slots=True)
class BookOfAccounts:
    """A book whose accounts the actor looks after."""

    id: str
    title: Label


@dataclass(frozen=True, slots=True)
class WithoutAccount:
    """Somebody in a book who can't sign in yet."""

    entry: int
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of a book. ``state``: invited, active or disabled; ``activation_until``: until
    when an activation code that is out can be used; ``takes_two``: a new code for it takes two people."""

    id: int
    login: str
    name: str
    unit: str
    state: str
    activation_until: str | None
    roles: tuple[RoleHeld, ...]
    sessions: tuple[OpenSession, ...]
    takes_two: bool


def row_of(account: Account, book: str, entry: Entry | None) -> AccountRow:
    """``account`` as it is in ``book``, where its person may have ``entry``."""
    name = entry.name if entry is not None else ""
    if not name and account.person is not None:
        name = account.person.name
    return AccountRow(
        id=account.id,
        login=account.login,
        name=name or account.login,
        unit=entry.unit.name if entry is not None else "",
        state=account.state,
        activation_until=account.activation_until,
        roles=_roles(account.id, book),
        sessions=sessions_of(account.id),
        takes_two=takes_two(account),
    )


def _roles(account: int, book: str) -> tuple[RoleHeld, ...]:
    labels = {role.id: role.label for role in policy_of(book).roles}
    rows = (
        Grant.select()
        .where((Grant.account == account) & Grant.revoked_at.is_null())
        .where((Grant.book == book) | Grant.book.is_null())
        .where(Grant.until.is_null() | (Grant.until > clock.now()))
        .order_by(Grant.role, Grant.id)
    )
    return tuple(
        RoleHeld(
            grant=row.id,
            role=row.role,
            label=labels.get(row.role, Label(row.role, row.role)),
            unit=Unit.get_by_id(row.unit_id).name if row.unit_id is not None else "",
            until=row.until,
        )
        for row in rows
    )


def sessions_of(account: int) -> tuple[OpenSession, ...]:
    """The account's sessions that run now, oldest first."""
    rows = (
        SignInSession.select()
        .where((SignInSession.account == account) & SignInSession.ended_at.is_null())
        .order_by(SignInSession.id)
    )
    return tuple(opened(row) for row in rows)


def opened(row: SignInSession) -> OpenSession:
    """A session that runs, in plain values."""
    return OpenSession(row.id, row.source, row.front, local(row.started_at))
