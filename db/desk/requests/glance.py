"""Whose turn it is among thousands of steps, told at a glance for one account.

`Deciding` walks the ladder of one step, and names everybody. Here what the ladders of all steps rest on is
read at once. On the first rung that anybody stands on, most steps are settled, and all of them alike that
nobody has to do with who stands there: either the account does, or somebody else. The rest is for `Deciding`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from db.desk.authority.offices import HEAD
from db.desk.authority.standing import Standing
from db.desk.requests.deciding import AWAITED, PERSON, ladder
from db.desk.requests.independence import hands_in
from db.policy.vocabulary import SECONDS
from db.store import clock
from db.store.engine import database, store
from db.store.sql import among, fetch
from db.store.tables import in_force

FEW = 20
"""Steps whose ladders are walked one by one more quickly than all are told at a glance."""


class Turn(NamedTuple):
    """A step of ``role`` on which nobody decides who stands for ``barred`` or ``earlier`` accounts, nor whose
    the ``entry`` is. ``elsewhere``: its head may be that of another unit, must be entitled, or may lose an
    office by it. ``or_nobody``: where nobody holds the role, it is not for the ladder to say whose it is.
    ``in_person``: as `Case.in_person`."""

    book: str
    role: str
    unit: int
    barred: Sequence[int] = ()
    earlier: Sequence[int] = ()
    entry: int | None = None
    elsewhere: bool = False
    or_nobody: bool = False
    in_person: bool = False


def glance_of(standing: Standing) -> Glance:
    """The glance of an account, taken once for as long as nothing changes on record."""
    known: Glance | None = standing.worked_out.get((Glance, standing.books))
    if known is None:
        known = standing.worked_out[Glance, standing.books] = Glance(standing)
    return known


class Glance:
    """Answers for one account (`glance_of`)."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._account = standing.account
        self._below: dict[int, frozenset[int]] = {}
        self._behind: dict[int, frozenset[int]] = {}
        self._over: dict[tuple[int, str], frozenset[int]] = {}
        self._alike: dict[tuple[object, ...], _Rung] = {}
        self._involved: dict[tuple[object, ...], frozenset[int]] = {}

    def told(self, turn: Turn) -> bool | None:
        """Whether the account may take ``turn``; None where a glance doesn't tell."""
        if turn.role in (PERSON, *SECONDS) or turn.elsewhere:
            return None
        unit = turn.unit if turn.role == HEAD or self._seen.is_placed else None
        kind = (turn.book, turn.role, unit, turn.or_nobody, turn.in_person)
        if kind not in self._alike:
            self._alike[kind] = self._undisturbed(turn)
        rung, taken = self._alike[kind], self._taken(turn)
        if not taken:
            return rung.answer
        if kind not in self._involved:
            ways = (self._in_the_way(one, turn, rung.role) for one in rung.held)
            self._involved[kind] = frozenset().union(*ways)
        return rung.answer if taken.isdisjoint(self._involved[kind]) else self._walk(turn, taken)

    def _undisturbed(self, turn: Turn) -> _Rung:
        """The first rung of ``turn`` that anybody stands on."""
        if turn.role == HEAD and self._is_awaiting(turn.unit):
            return _Rung(None)
        for role, held in self._rungs(turn):
            if self._is_unclear(turn, role):
                return _Rung(None)
            if held:
                return _Rung(self._account in held, role, held)
        return _Rung(False)

    def _is_awaiting(self, unit: int | None) -> bool:
        """Whether a head on the way up from ``unit`` has no account yet."""
        while unit is not None and self._seen.awaiting:
            if unit in self._seen.awaiting:
                return True
            unit = self._seen.above.get(unit)
        return False

    def _walk(self, turn: Turn, taken: Collection[int]) -> bool | None:
        """What is told of ``turn``, on which nobody decides who stands for those who are ``taken``."""
        persons = self._seen.persons
        out = {self._seen.person_of.get(turn.entry), *map(persons.get, turn.barred)}
        for role, held in self._rungs(turn):
            if self._is_unclear(turn, role):
                return None
            holders = [one for one in held if persons[one] not in out]
            free = [one for one in holders if self._in_the_way(one, turn, role).isdisjoint(taken)]
            if turn.role == HEAD != role and len(free) < len(holders):
                return None
            if holders:
                return self._account in free if free else None
        return False

    def _is_unclear(self, turn: Turn, role: str) -> bool:
        return (turn.book, role) in self._seen.stands_in or (turn.or_nobody and role != turn.role)

    def _taken(self, turn: Turn) -> set[int]:
        """Everybody for whom those may stand who may not decide ``turn``."""
        concerned = self._seen.person_of.get(turn.entry)
        taken = set() if concerned is None else {concerned}
        for one in (*turn.barred, *turn.earlier):
            if one in self._seen.persons or one in self._seen.hands:
                taken |= self._persons(one)
        return taken

    def _in_the_way(self, account: int, turn: Turn, role: str) -> frozenset[int]:
        """The persons for whom ``account`` may not decide ``turn`` as a ``role``: whoever is behind it, and
        where it stands in a head's place, whoever is over it."""
        behind = self._persons(account)
        return behind | self._persons_over(account, turn.book) if turn.role == HEAD != role else behind

    @cached_property
    def _seen(self) -> _Seen:
        return _look(self._standing)

    def _rungs(self, turn: Turn) -> Iterator[tuple[str, Sequence[int]]]:
        policy = self._standing.policy(turn.book)
        unit: int | None = turn.unit if turn.role == HEAD else None
        while unit is not None:
            yield HEAD, self._seen.heads.get(unit, ())
            unit = self._seen.above.get(unit)
        for role in ladder(policy, turn.role, in_person=turn.in_person):
            if role != HEAD:
                yield role, self._holders(role, turn)

    def _holders(self, role: str, turn: Turn) -> Sequence[int]:
        return [
            account
            for account, book, unit in self._seen.held.get(role, ())
            if book in (None, turn.book) and (unit is None or turn.unit in self._units_below(unit))
        ]

    def _units_below(self, unit: int) -> frozenset[int]:
        if unit not in self._below:
            rows = fetch(f"SELECT unit_id FROM unit_above WHERE above_id = {database.param}", (unit,))
            self._below[unit] = frozenset(row[0] for row in rows)
        return self._below[unit]

    def _persons_over(self, account: int, book: str) -> frozenset[int]:
        """The persons who head a unit of ``book`` that ``account`` works in or below."""
        if (account, book) not in self._over:
            rows = _in_force(OVER, account, book)
            self._over[account, book] = frozenset(person for (person,) in rows)
        return self._over[account, book]

    def _persons(self, account: int) -> frozenset[int]:
        """Everybody for whom ``account`` may stand (`independence`), rather too many than too few, of those
        who hold anything."""
        if account not in self._behind:
            persons = self._seen.persons
            behind = _behind(account, self._seen.hands) & persons.keys()
            self._behind[account] = frozenset(persons[one] for one in behind)
        return self._behind[account]


class _Rung(NamedTuple):
    """Who holds a ``role``, and the answer where none of them stands for anybody who may not decide."""

    answer: bool | None
    role: str = ""
    held: Sequence[int] = ()


class _Held(NamedTuple):
    """A role by who holds it, in which book and unit; None: in all."""

    account: int
    book: str | None
    unit: int | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """``heads`` by unit; what is ``held`` by role, each once; the unit ``above`` each.
    ``persons`` of all accounts and ``person_of`` all entries of these people. ``hands``: who had a hand in an
    account's enrolment of late. ``stands_in``: book and role for which the account is a delegate.
    ``is_placed``: whether any role but a head's is held in some unit only. ``awaiting``: units whose head has
    no account yet."""

    heads: dict[int, list[int]]
    held: dict[str, dict[_Held, None]]
    above: dict[int, int | None]
    persons: dict[int, int]
    person_of: dict[int | None, int]
    hands: dict[int, list[int]]
    stands_in: frozenset[tuple[str, str]]
    is_placed: bool
    awaiting: frozenset[int]


RIGHTS = f"""
SELECT g.role, a.id, g.book_id, g.unit_id
FROM "grant" g CROSS JOIN account a
WHERE a.id = g.account_id AND a.state = 'active' AND {in_force("g")}
"""
OFFICES = f"""
SELECT g.role, a.id, g.book_id, g.unit_id, a.state, a.person_id, e.id
FROM "grant" g CROSS JOIN account a LEFT JOIN entry e ON e.person_id = a.person_id
WHERE a.person_id = g.person_id AND {in_force("g")}
"""
"""What is held is read before accounts (which is what CROSS says to SQLite), of which there are many more."""
OVER = f"""
SELECT DISTINCT g.person_id
FROM account a JOIN entry e ON e.person_id = a.person_id AND e.state = 'active'
    JOIN unit_above o ON o.unit_id = e.unit_id JOIN "grant" g ON g.unit_id = o.above_id
WHERE a.id = {{mark}} AND e.book_id = {{mark}} AND g.role = '{HEAD}' AND g.person_id IS NOT NULL
    AND {in_force("g")}
"""
KIN = """
SELECT a.id, a.person_id, e.id
FROM account known JOIN account a ON a.id = known.id OR a.person_id = known.person_id
    LEFT JOIN entry e ON e.person_id = a.person_id
WHERE known.{accounts}
"""


def _look(standing: Standing) -> _Seen:
    books, given = among("book_id", standing.books)
    hands = hands_in()
    held: dict[str, dict[_Held, None]] = defaultdict(dict)
    heads: dict[int, list[int]] = defaultdict(list)
    persons: dict[int, int] = {}
    person_of: dict[int | None, int] = {}
    for role, *right in _in_force(RIGHTS):
        held[role][_Held(*right)] = None
    for role, account, book, unit, state, person, entry in _in_force(OFFICES):
        persons[account] = person_of[entry] = person
        if state == "active":
            held[role][_Held(account, book, unit)] = None
    for one in held[HEAD]:
        if one.unit is not None:
            heads[one.unit].append(one.account)
    holders = {standing.account, *persons, *(one.account for offices in held.values() for one in offices)}
    enrolled = {one for account in holders & hands.keys() for one in _behind(account, hands)}
    known = (holders | enrolled) - persons.keys()
    accounts, numbers = among("id", sorted(known))
    for account, person, entry in fetch(KIN.format(accounts=accounts), numbers):
        persons[account] = person_of[entry] = -account if person is None else person
    person_of.pop(None, None)
    above = dict(fetch(f"SELECT id, parent_id FROM unit WHERE {books}", given))
    is_placed = any(one.unit for role in held.keys() - {HEAD} for one in held[role])
    awaiting = frozenset(row[3] for row in _in_force(AWAITED.replace("{}", "{now}")))
    return _Seen(
        heads, held, above, persons, person_of, hands, _stands_in(standing.account), is_placed, awaiting
    )


def _in_force(statement: str, *values: object) -> list[Any]:
    """Rows of ``statement``, which takes ``values`` before the moment."""
    now = [clock.now()] * statement.count("{now}")
    return fetch(re.sub(r"{now}|{mark}", database.param, statement), (*values, *now))


def _stands_in(account: int) -> frozenset[tuple[str, str]]:
    today, mark = clock.local_date(clock.now(), store().settings.time_zone).isoformat(), database.param
    delegated = "SELECT book_id, role FROM delegation WHERE revoked_at IS NULL AND"
    within = f"to_id = {mark} AND from_day <= {mark} AND until_day >= {mark}"
    return frozenset((book, role) for book, role in fetch(f"{delegated} {within}", (account, today, today)))


def _behind(account: int, hands: Mapping[int, Sequence[int]]) -> set[int]:
    """``account`` with those who had a hand in it, and in these."""
    waiting, seen = [account], set[int]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += hands.get(one, ())
    return seen
