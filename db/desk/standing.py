"""What an actor is and may reach at this very moment, read anew for every operation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Literal

from db.desk.actor import Actor
from db.desk.refusal import SessionOver
from db.policy.compose import EffectivePolicy, compose
from db.policy.loader import load_policies
from db.policy.vocabulary import Side
from db.store import clock
from db.store.engine import store
from db.store.tables import (
    AccessGrant,
    Account,
    Book,
    Delegation,
    Entry,
    Grant,
    SignInSession,
    Unit,
    UnitAbove,
)

Protected = Literal["shown", "reveal", "masked", "hidden"]


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held in ``book`` from ``unit`` down. As a delegate it is held ``for_account``, up to and
    including the day ``until``."""

    role: str
    book: str
    unit: int
    for_account: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Entries of one side within reach: those of ``unit``, with everything ``below`` it or without, or
    one ``entry``.

    ``protected`` says how protected fields look from here, ``clause`` which rule opens it. A reach
    that ends has an ``until``: a moment for a granted request, a day for a delegation.
    """

    role: str
    clause: str
    protected: Protected
    unit: int | None = None
    entry: int | None = None
    until: str | None = None
    below: bool = True


@dataclass(frozen=True)
class Standing:
    """An account with everything it holds now."""

    account: int
    login: str
    person: int | None
    own: Mapping[str, tuple[int, int]]
    """book -> (own entry, its unit)"""
    holdings: tuple[Holding, ...]
    grants: tuple[tuple[str, Reach], ...]
    """(book, reach) of granted access requests (A.13)"""

    @cached_property
    def books(self) -> tuple[str, ...]:
        """Books in which the account is anything at all."""
        held = {holding.book for holding in self.holdings} | {book for book, _reach in self.grants}
        ordered = Book.select(Book.id).where(Book.active).order_by(Book.sort, Book.id)
        return tuple(book.id for book in ordered if book.id in held)

    def roles(self, book: str) -> frozenset[str]:
        """Roles held in ``book``, own and delegated."""
        return frozenset(holding.role for holding in self.holdings if holding.book == book)

    def held(self, role: str, book: str) -> tuple[Holding, ...]:
        """Where ``role`` is held in ``book``; own holdings before delegated ones."""
        found = [h for h in self.holdings if h.book == book and h.role == role]
        return tuple(sorted(found, key=lambda holding: holding.for_account is not None))

    def reaches(self, book: str, side: Side = "internal") -> tuple[Reach, ...]:
        """Everything within reach on one side of ``book``; single entries first."""
        policy = policy_of(book)
        found = [reach for granted, reach in self.grants if granted == book]
        if book in self.own:
            entry, _unit = self.own[book]
            scope = policy.scope("employee")
            found.append(Reach("self", scope.clause, "shown", entry=entry))
        for holding in self.holdings:
            if holding.book != book:
                continue
            scope = policy.scope(holding.role, side)
            if scope.reach in ("unit", "subtree", "book"):
                found.append(
                    Reach(
                        holding.role,
                        scope.clause,
                        scope.protected,
                        unit=root_of(book) if scope.reach == "book" else holding.unit,
                        until=holding.until,
                        below=scope.reach != "unit",
                    )
                )
        return tuple(found)


def policy_of(book: str) -> EffectivePolicy:
    """The effective policy that is in force over ``book``."""
    row = Book.get_by_id(book)
    return _composed(book, row.policies, row.decisions, str(store().home.policies))


def standing_of(actor: Actor) -> Standing:
    """Read what ``actor`` holds now. Raises SessionOver where its session or account ended."""
    session = SignInSession.get_or_none(SignInSession.id == actor.session)
    account = Account.get_or_none(Account.id == actor.account)
    if (
        session is None
        or account is None
        or session.account_id != account.id
        or session.ended_at is not None
        or account.state == "disabled"
    ):
        raise SessionOver
    own = _own_entries(account.person_id)
    holdings = list(_own_holdings(account.id, own))
    today = clock.local_date(clock.now(), store().settings.time_zone)
    holdings += _delegated(account.id, today)
    return Standing(
        account=account.id,
        login=account.login,
        person=account.person_id,
        own=own,
        holdings=tuple(holdings),
        grants=tuple(_granted(account.id)),
    )


def books_of(account: int, person: int | None) -> tuple[str, ...]:
    """Books in which the account is something by its own right, signed in or not."""
    own = _own_entries(person)
    return tuple(sorted({holding.book for holding in _own_holdings(account, own)} | set(own)))


def books_of_power(account: int, person: int | None) -> frozenset[str]:
    """Books in which the account is more than an employee by its own right."""
    held = _own_holdings(account, _own_entries(person))
    return frozenset(holding.book for holding in held if holding.role != "employee")


@cache
def _composed(book: str, policies: str, decisions: str, folder: str) -> EffectivePolicy:
    known = load_policies(folder)
    return compose(book, [known[name] for name in json.loads(policies)], json.loads(decisions))


def root_of(book: str) -> int:
    """The unit that stands for the whole of ``book``."""
    root = Unit.select(Unit.id).where((Unit.book == book) & Unit.parent.is_null()).order_by(Unit.id).first()
    if root is None:
        raise LookupError(book)
    return int(root.id)


def is_within(unit: int, above: int) -> bool:
    """Whether ``unit`` is ``above`` or lies below it."""
    return bool(UnitAbove.select().where((UnitAbove.above == above) & (UnitAbove.unit == unit)).exists())


def _own_entries(person: int | None) -> dict[str, tuple[int, int]]:
    if person is None:
        return {}
    rows = Entry.select().where((Entry.person == person) & (Entry.state == "active"))
    return {row.book_id: (row.id, row.unit_id) for row in rows}


def _own_holdings(account: int, own: Mapping[str, tuple[int, int]]) -> Iterable[Holding]:
    for book, (entry, unit) in own.items():
        kind = Entry.get_by_id(entry).kind
        if any(rule.id == kind and rule.side == "internal" for rule in policy_of(book).kinds):
            yield Holding("employee", book, unit)
        for headed in Unit.select().where((Unit.book == book) & (Unit.head == entry) & Unit.active):
            yield Holding("head", book, headed.id)
    moment = clock.now()
    rows = Grant.select().where(
        (Grant.account == account)
        & Grant.revoked_at.is_null()
        & (Grant.until.is_null() | (Grant.until > moment))
    )
    for row in rows:
        for book in [row.book_id] if row.book_id else [book.id for book in Book.select()]:
            yield Holding(row.role, book, row.unit_id or root_of(book))


def _delegated(account: int, today: date) -> list[Holding]:
    day = today.isoformat()
    rows = Delegation.select().where(
        (Delegation.to == account)
        & (Delegation.from_day <= day)
        & (Delegation.until_day >= day)
        & Delegation.revoked_at.is_null()
    )
    found = []
    for row in rows:
        absent = Account.get_by_id(row.account_id)
        if absent.state == "disabled":
            continue
        for holding in _own_holdings(absent.id, _own_entries(absent.person_id)):
            if holding.book == row.book_id and holding.role == row.role:
                found.append(
                    Holding(holding.role, holding.book, holding.unit, absent.id, until=row.until_day)
                )
    return found


def _granted(account: int) -> Iterable[tuple[str, Reach]]:
    moment = clock.now()
    rows = (
        AccessGrant.select(AccessGrant, Entry)
        .join(Entry)
        .where(
            (AccessGrant.account == account)
            & (AccessGrant.from_at <= moment)
            & (AccessGrant.until > moment)
            & AccessGrant.withdrawn_at.is_null()
            & (Entry.state == "active")
        )
    )
    for row in rows:
        clause = row.request.clause
        yield row.entry.book_id, Reach("granted", clause, "reveal", entry=row.entry_id, until=row.until)
