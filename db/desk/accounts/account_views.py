"""Accounts as those who look after them see them, in plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from db.desk.accounts.activations import is_out
from db.desk.authority.permissions import policy_of
from db.desk.authority.terms import takes_two
from db.desk.notation.localtime import local
from db.language import Label
from db.policy.vocabulary import HEAD
from db.store.tables import Account, Activation, Entry, Grant, SignInSession, Unit


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
class SignedInView:
    """Somebody who is signed in. ``server`` is the host and state folder; ``started_at`` as stored."""

    session: int
    login: str
    source: str
    front: str
    server: str
    started_at: str


@dataclass(frozen=True, slots=True)
class BookOfAccounts:
    """A book whose accounts the actor looks after; whether they give its roles too."""

    id: str
    title: Label
    gives_roles: bool


@dataclass(frozen=True, slots=True)
class WithoutAccount:
    """Somebody in a book who can't sign in yet."""

    entry: int
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of a book. ``state``: invited, active or disabled; ``activation_until``: until
    when an activation code that is out can be used; ``takes_two``: a new code for it takes two people, and
    ``is_reset``: they agreed, and the owner has not used it. ``signed_in_at``: when somebody last signed in,
    as stored; None where it is on no record."""

    id: int
    login: str
    name: str
    unit: str
    state: str
    activation_until: str | None
    roles: tuple[RoleHeld, ...]
    sessions: tuple[OpenSession, ...]
    takes_two: bool
    is_reset: bool
    signed_in_at: str | None


def rows_of(accounts: Sequence[tuple[Account, Entry | None]], book: str) -> tuple[AccountRow, ...]:
    """Draw accounts as they are in ``book``, with their roles there and their running sessions."""
    numbers = [account.id for account, _entry in accounts]
    roles, sessions = _roles(numbers, book), _sessions(numbers)
    signed_in_at, resets = _last_sign_ins(numbers), _resets(numbers)
    return tuple(
        AccountRow(
            id=account.id,
            login=account.login,
            name=_name(account, entry) or account.login,
            unit=entry.unit.name if entry is not None else "",
            state=account.state,
            activation_until=account.activation_until,
            roles=tuple(roles[account.id]),
            sessions=tuple(sessions[account.id]),
            takes_two=takes_two(account),
            is_reset=account.id in resets,
            signed_in_at=signed_in_at.get(account.id),
        )
        for account, entry in accounts
    )


def _name(account: Account, entry: Entry | None) -> str:
    name = entry.name if entry is not None else ""
    return str(name or (account.person.name if account.person is not None else ""))


def _roles(accounts: Sequence[int], book: str) -> dict[int, list[RoleHeld]]:
    """Return rights and offices by account, but not what one heads."""
    labels = {role.id: role.label for role in policy_of(book).roles}
    rows: Any = (
        Grant.select(Account.id, Grant.id, Grant.role, Unit.name, Grant.until)
        .join(Account, on=Grant.is_of())
        .join(Unit, JOIN.LEFT_OUTER, on=(Grant.unit == Unit.id))
        .where(Account.id.in_(accounts) & (Grant.role != HEAD) & Grant.in_force())
        .where((Grant.book == book) | Grant.book.is_null())
        .order_by(Grant.role, Grant.id)
        .tuples()
    )
    found: dict[int, list[RoleHeld]] = defaultdict(list)
    for account, grant, role, unit, until in rows:
        found[account].append(RoleHeld(grant, role, labels.get(role, Label(role, role)), unit or "", until))
    return found


def sessions_of(account: int) -> tuple[OpenSession, ...]:
    """Return the sessions that run now, oldest first."""
    return tuple(_sessions([account])[account])


def _sessions(accounts: Sequence[int]) -> dict[int, list[OpenSession]]:
    rows = SignInSession.select().where(
        SignInSession.account.in_(accounts) & SignInSession.ended_at.is_null()
    )
    found: dict[int, list[OpenSession]] = defaultdict(list)
    for row in rows.order_by(SignInSession.id):
        found[row.account_id].append(session_view(row))
    return found


def _last_sign_ins(accounts: Sequence[int]) -> dict[int, str]:
    # The highest number of each is in the index; of the moments only one each is read.
    last = SignInSession.select(fn.MAX(SignInSession.id)).where(SignInSession.account.in_(accounts))
    rows: Any = SignInSession.select(SignInSession.account, SignInSession.started_at)
    return dict(rows.where(SignInSession.id.in_(last.group_by(SignInSession.account))).tuples())


def _resets(accounts: Sequence[int]) -> set[int]:
    """Return the agreed resets whose code may still be shown or used."""
    waits = Activation.used_at.is_null() & Activation.stopped_at.is_null() & (Activation.how == "reset")
    rows = Activation.select(Activation, Account).join(Account, on=(Activation.account == Account.id))
    return {row.account_id for row in rows.where(Activation.account.in_(accounts) & waits) if is_out(row)}


def session_view(row: SignInSession) -> OpenSession:
    return OpenSession(row.id, row.source, row.front, local(row.started_at))
