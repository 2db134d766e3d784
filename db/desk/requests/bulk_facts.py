"""Answers the approver rule for many steps from a few queries: all that is held, and by whom, is read at
once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from db.approval.capacity import ACTING, DEPUTY, Capacity
from db.approval.facts import AwaitedHead, Facts, Office
from db.desk.authority.permissions import Permissions
from db.desk.requests.independence import enrolment_helpers
from db.desk.requests.recorded_facts import AWAITED, RecordedFacts
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.engine import database, store
from db.store.sql import fetch, is_among
from db.store.tables import in_force, office_when_named

FEW = 20
"""Up to how many steps are answered more quickly one by one."""

RIGHTS = f"""
SELECT g.role, a.id, g.unit_id, g.capacity, g.book_id, g.id
FROM "grant" g CROSS JOIN account a
WHERE a.id = g.account_id AND a.state = 'active' AND {in_force("g")}
"""
OFFICES = f"""
SELECT g.role, a.id, g.unit_id, g.capacity, g.book_id, g.id, a.state, a.person_id, e.id
FROM "grant" g CROSS JOIN account a LEFT JOIN entry e ON e.person_id = a.person_id
WHERE a.person_id = g.person_id AND {in_force("g")}
"""
"""What is held is read before accounts (which is what CROSS says to SQLite), of which there are many more."""
DELEGATED = f"""
SELECT d.account_id, d.role, d.book_id, g.unit_id, d.to_id
FROM delegation d JOIN account a ON a.id = d.to_id AND a.state = 'active'
    JOIN account o ON o.id = d.account_id JOIN "grant" g ON {office_when_named("g", "d", "o")}
WHERE d.revoked_at IS NULL AND g.revoked_at IS NULL AND d.from_day <= {{mark}} AND d.until_day >= {{mark}}
ORDER BY d.id
"""
KIN = """
SELECT a.id, a.person_id, e.id
FROM account known JOIN account a ON a.id = known.id OR a.person_id = known.person_id
    LEFT JOIN entry e ON e.person_id = a.person_id
WHERE known.{accounts}
"""
ANSWERING = """
SELECT e.id, o.unit_id FROM entry e CROSS JOIN entry o
WHERE e.inside_owner IS NOT NULL AND o.id = e.inside_owner AND o.state = 'active'
"""
"""Outside contacts, of whom an index has the few that somebody answers for, are read before their owners."""


def facts_for(permissions: Permissions, steps: int) -> Facts:
    """Return the reader for that many ``steps``; that for many is cached while nothing changes on record."""
    if steps <= FEW:
        return RecordedFacts()
    facts: Facts | None = permissions.derived.get((BulkFacts, permissions.books))
    if facts is None:
        facts = permissions.derived[BulkFacts, permissions.books] = BulkFacts(permissions)
    return facts


class _Held(NamedTuple):
    """An office, with its book (None: all) and its place in the order in which people are asked."""

    office: Office
    book: str | None
    order: tuple[bool, bool, int]


class BulkFacts:
    """Implements `db.approval.facts.Facts` for what waits in the books of ``permissions``. It knows
    the persons who hold anything, stand in for a holder, or are its own. The rest it asks the record."""

    def __init__(self, permissions: Permissions) -> None:
        self._standing = permissions
        self._record = RecordedFacts()
        self._helpers = enrolment_helpers()
        self._held: dict[str, list[_Held]] = defaultdict(list)
        self._persons: dict[int, int] = {}
        self._person_of: dict[int | None, int] = {}
        self._linked: dict[int, frozenset[int]] = {}
        self._holders: dict[tuple[str, str, int], Sequence[Office]] = {}
        self._ways_up: dict[int, Sequence[int]] = {}
        self._read_offices()
        self._read_persons()

    def policy(self, book: str) -> EffectivePolicy:
        return self._standing.policy(book)

    def linked_persons(self, account: int) -> frozenset[int]:
        if account not in self._persons and account not in self._helpers:
            return frozenset()
        if account not in self._linked:
            behind = _behind(account, self._helpers) & self._persons.keys()
            self._linked[account] = frozenset(self._persons[one] for one in behind)
        return self._linked[account]

    def person_of(self, entry: int) -> int | None:
        return self._person_of.get(entry)

    def accounts_of(self, entry: int) -> Sequence[int]:
        return self._record.accounts_of(entry)

    def inside_owner_unit(self, entry: int) -> int | None:
        return self._answering.get(entry)

    def units_up(self, unit: int) -> Sequence[int]:
        if unit not in self._ways_up:
            found, above = list[int](), self._above
            at: int | None = unit
            while at is not None and at in above:
                found.append(at)
                at = above[at]
            self._ways_up[unit] = found or self._record.units_up(unit)
        return self._ways_up[unit]

    def heads_of(self, unit: int) -> Sequence[Office]:
        return self._heads.get(unit, ())

    def awaited_heads(self, unit: int) -> Sequence[AwaitedHead]:
        return self._awaited.get(unit, ())

    def holders(self, role: str, book: str, unit: int) -> Sequence[Office]:
        key = (role, book, unit if role in self._placed else 0)
        if key not in self._holders:
            here = [one.office for one in self._held.get(role, ()) if one.book in (None, book)]
            above = self.units_up(unit)
            self._holders[key] = _each_once(one for one in here if one.unit is None or one.unit in above)
        return self._holders[key]

    def heads_in(self, book: str) -> Sequence[Office]:
        return _each_once(one.office for one in self._held.get(HEAD, ()) if one.book == book)

    def holders_in_other_books(self, role: str, book: str) -> Sequence[Office]:
        return _each_once(one.office for one in self._held.get(role, ()) if one.book not in (None, book))

    def delegates(self, account: int, role: str, book: str, unit: int | None) -> Sequence[int]:
        return self._delegates.get((account, role, book, unit), ())

    def superiors(self, account: int, book: str) -> frozenset[int]:
        return self._record.superiors(account, book)

    def offices_over(self, account: int, book: str, unit: int) -> frozenset[str]:
        return self._record.offices_over(account, book, unit)

    def may_see(self, account: int, entry: int) -> bool:
        return self._record.may_see(account, entry)

    @cached_property
    def _above(self) -> dict[int, int | None]:
        books, given = is_among("book_id", self._standing.books)
        return dict(fetch(f"SELECT id, parent_id FROM unit WHERE {books}", given))

    @cached_property
    def _answering(self) -> dict[int, int]:
        return dict(fetch(ANSWERING))

    @cached_property
    def _placed(self) -> frozenset[str]:
        return frozenset(
            role for role, held in self._held.items() if any(one.office.unit is not None for one in held)
        )

    @cached_property
    def _heads(self) -> dict[int, Sequence[Office]]:
        found: dict[int, list[Office]] = defaultdict(list)
        for one in self._held.get(HEAD, ()):
            if one.office.unit is not None:
                found[one.office.unit].append(one.office)
        return {unit: _each_once(held) for unit, held in found.items()}

    @cached_property
    def _awaited(self) -> dict[int, list[AwaitedHead]]:
        found: dict[int, list[AwaitedHead]] = defaultdict(list)
        for row in _in_force(AWAITED.replace("{}", "{now}")):
            one = AwaitedHead(*row)
            found[one.unit].append(one)
        return found

    @cached_property
    def _delegates(self) -> dict[tuple[int, str, str, int | None], list[int]]:
        today = clock.local_date(clock.now(), store().settings.time_zone).isoformat()
        found: dict[tuple[int, str, str, int | None], list[int]] = defaultdict(list)
        for *office, to in fetch(DELEGATED.replace("{mark}", database.param), (today, today)):
            if to not in found[tuple(office)]:
                found[tuple(office)].append(to)
        return found

    def _read_offices(self) -> None:
        for role, account, unit, capacity, book, grant in _in_force(RIGHTS):
            self._held[role].append(_held_office(account, unit, capacity, book, grant))
        for role, account, unit, capacity, book, grant, state, person, entry in _in_force(OFFICES):
            self._persons[account] = self._person_of[entry] = person
            if state == "active":
                self._held[role].append(_held_office(account, unit, capacity, book, grant))
        for held in self._held.values():
            held.sort(key=lambda one: one.order)

    def _read_persons(self) -> None:
        holders = {one.office.account for held in self._held.values() for one in held}
        delegates = {to for standing_in in self._delegates.values() for to in standing_in}
        known = {self._standing.account, *self._persons, *holders, *delegates}
        known |= {one for account in known & self._helpers.keys() for one in _behind(account, self._helpers)}
        accounts, numbers = is_among("id", sorted(known - self._persons.keys()))
        for account, person, entry in fetch(KIN.format(accounts=accounts), numbers):
            self._persons[account] = self._person_of[entry] = -account if person is None else person
        awaited = {one.person for held in self._awaited.values() for one in held}
        persons, numbers = is_among("person_id", sorted(awaited))
        self._person_of.update(fetch(f"SELECT id, person_id FROM entry WHERE {persons}", numbers))
        self._person_of.pop(None, None)


def _held_office(account: int, unit: int | None, capacity: Capacity, book: str | None, grant: int) -> _Held:
    return _Held(Office(account, unit, capacity), book, (capacity == DEPUTY, capacity == ACTING, grant))


def _each_once(offices: Iterable[Office]) -> tuple[Office, ...]:
    found: dict[int, Office] = {}
    for one in offices:
        found.setdefault(one.account, one)
    return tuple(found.values())


def _in_force(statement: str) -> list[Any]:
    """Return the rows of ``statement``, which has {now} where the moment goes."""
    now = [clock.now()] * statement.count("{now}")
    return fetch(re.sub("{now}", database.param, statement), now)


def _behind(account: int, helpers: Mapping[int, Sequence[int]]) -> set[int]:
    """Return ``account`` with its enrolment helpers, and theirs."""
    waiting, seen = [account], set[int]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += helpers.get(one, ())
    return seen
