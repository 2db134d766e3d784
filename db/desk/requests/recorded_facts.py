"""Answers the approver rule from the record, each question by a query of its own: for one step."""

from __future__ import annotations

from functools import cache
from typing import Any

from db.approval.capacity import DEPUTY
from db.approval.facts import AwaitedHead, Office
from db.desk.authority.permissions import permissions_now, policy_of
from db.desk.requests.entitled import may_see
from db.desk.requests.independence import linked_persons
from db.desk.requests.seconds import offices_over
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.engine import database, store
from db.store.sql import fetch
from db.store.tables import Entry, in_force, office_when_named

_NOW = in_force("g").replace("{now}", "{}")
_HOLDING = f"""SELECT a.id, g.unit_id, g.capacity FROM "grant" g
JOIN account a ON (a.id = g.account_id OR a.person_id = g.person_id) AND a.state = 'active'
WHERE {_NOW}"""
"""Accounts in use by what is held now, which takes the moment twice."""
AWAITED = f"""SELECT g.id, p.id, p.name, g.unit_id FROM "grant" g JOIN person p ON p.id = g.person_id
WHERE {_NOW} AND g.role = '{HEAD}' AND g.capacity <> '{DEPUTY}'
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND a.state <> 'invited')"""
"""Heads, acting ones too, who have no account that was ever used, by what they hold now."""
SUPERIORS = f"""
SELECT DISTINCT g.person_id
FROM account a JOIN entry e ON e.person_id = a.person_id AND e.state = 'active'
    JOIN unit_above o ON o.unit_id = e.unit_id JOIN "grant" g ON g.unit_id = o.above_id
WHERE {_NOW} AND a.id = {{}} AND e.book_id = {{}} AND g.role = '{HEAD}' AND g.person_id IS NOT NULL
"""
_IN_ORDER = "ORDER BY g.capacity = 'deputy', g.capacity = 'acting', g.id"


class RecordedFacts:
    """Implements `db.approval.facts.Facts` for one operation; caches each answer."""

    def __init__(self) -> None:
        self.policy = cache(policy_of)
        self.linked_persons = cache(linked_persons)
        self.offices_over = cache(offices_over)
        self.person_of = cache(_person_of)
        self.accounts_of = cache(_accounts_of)
        self.inside_owner_unit = cache(_inside_owner_unit)
        self.units_up = cache(_units_up)
        self.heads_of = cache(_heads_of)
        self.awaited_heads = cache(_awaited_heads)
        self.holders = cache(_holders)
        self.heads_in = cache(_heads_in)
        self.holders_in_other_books = cache(_holders_in_other_books)
        self.delegates = cache(_delegates)
        self.superiors = cache(_superiors)
        self.may_see = cache(_may_see)


def _person_of(entry: int) -> int | None:
    return next(iter(_numbers("SELECT person_id FROM entry WHERE id = {}", entry)), None)


def _accounts_of(entry: int) -> tuple[int, ...]:
    return _numbers(
        "SELECT a.id FROM entry e JOIN account a ON a.person_id = e.person_id AND a.state = 'active'"
        " WHERE e.id = {} AND e.state = 'active' ORDER BY a.id",
        entry,
    )


def _inside_owner_unit(entry: int) -> int | None:
    owners = "SELECT unit_id FROM entry WHERE id = (SELECT inside_owner FROM entry WHERE id = {})"
    return next(iter(_numbers(f"{owners} AND state = 'active'", entry)), None)


def _units_up(unit: int) -> tuple[int, ...]:
    return _numbers("SELECT above_id FROM unit_above WHERE unit_id = {} ORDER BY distance", unit)


def _heads_of(unit: int) -> tuple[Office, ...]:
    return _offices(f"{_HOLDING} AND g.role = '{HEAD}' AND g.unit_id = {{}} {_IN_ORDER}", unit)


def _awaited_heads(unit: int) -> tuple[AwaitedHead, ...]:
    return tuple(AwaitedHead(*row) for row in _rows(f"{AWAITED} AND g.unit_id = {{}}", *_twice_now(), unit))


def _holders(role: str, book: str, unit: int) -> tuple[Office, ...]:
    placed = "(g.book_id IS NULL OR g.book_id = {}) AND (g.unit_id IS NULL OR g.unit_id IN (SELECT above_id"
    held = f"{_HOLDING} AND g.role = {{}} AND {placed} FROM unit_above WHERE unit_id = {{}}))"
    return _offices(f"{held} {_IN_ORDER}", role, book, unit)


def _heads_in(book: str) -> tuple[Office, ...]:
    return _offices(f"{_HOLDING} AND g.role = '{HEAD}' AND g.book_id = {{}} {_IN_ORDER}", book)


def _holders_in_other_books(role: str, book: str) -> tuple[Office, ...]:
    return _offices(f"{_HOLDING} AND g.role = {{}} AND g.book_id <> {{}} {_IN_ORDER}", role, book)


def _delegates(account: int, role: str, book: str, unit: int | None) -> tuple[int, ...]:
    today = clock.local_date(clock.now(), store().settings.time_zone).isoformat()
    rows = _numbers(
        "SELECT d.to_id FROM delegation d JOIN account a ON a.id = d.to_id AND a.state = 'active'"
        f' JOIN account o ON o.id = d.account_id JOIN "grant" g ON {office_when_named("g", "d", "o")}'
        " WHERE d.account_id = {} AND d.role = {} AND d.book_id = {} AND COALESCE(g.unit_id, 0) = {}"
        " AND d.from_day <= {} AND d.until_day >= {} AND d.revoked_at IS NULL AND g.revoked_at IS NULL"
        " ORDER BY d.id",
        *(account, role, book, unit or 0, today, today),
    )
    return tuple(dict.fromkeys(rows))


def _superiors(account: int, book: str) -> frozenset[int]:
    return frozenset(_numbers(SUPERIORS, *_twice_now(), account, book))


def _may_see(account: int, entry: int) -> bool:
    return may_see(permissions_now(account), Entry.get_by_id(entry))


def heads_awaited_in(book: str) -> tuple[AwaitedHead, ...]:
    return tuple(AwaitedHead(*row) for row in _rows(f"{AWAITED} AND g.book_id = {{}}", *_twice_now(), book))


def _offices(statement: str, *values: object) -> tuple[Office, ...]:
    """Return each account once, by the first that it holds; ``statement`` begins with `_HOLDING`."""
    found: dict[int, Office] = {}
    for row in _rows(statement, *_twice_now(), *values):
        found.setdefault(row[0], Office(*row))
    return tuple(found.values())


def _twice_now() -> tuple[str, str]:
    now = clock.now()
    return now, now


def _numbers(statement: str, *values: object) -> tuple[int, ...]:
    return tuple(row[0] for row in _rows(statement, *values))


def _rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of ``statement``, which has {} where a value goes."""
    return fetch(statement.replace("{}", database.param), values)
