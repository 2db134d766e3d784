"""Whose turn it is among thousands of steps, told at a glance for one account.

`Deciding` walks the ladder of one step, and names everybody. Here what the ladders of all steps rest on is
read at once. On the first rung that anybody stands on, most steps are settled: either the account stands
there and nothing keeps it from deciding, or somebody else does so. The rest is for `Deciding`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from db.desk.authority.offices import HEAD
from db.desk.authority.standing import Standing
from db.desk.requests.deciding import PERSON, ladder
from db.policy.vocabulary import VOUCH
from db.store import clock
from db.store.engine import database, store
from db.store.sql import among, fetch
from db.store.tables import in_force


@dataclass(frozen=True, slots=True)
class Turn:
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

    def told(self, turn: Turn) -> bool | None:
        """Whether the account may take ``turn``; None where a glance doesn't tell."""
        if turn.role in (PERSON, VOUCH) or turn.elsewhere:
            return None
        persons, concerned = self._seen.persons, self._seen.person_of.get(turn.entry)
        out = {concerned, *map(persons.get, turn.barred)}
        taken = set() if concerned is None else {concerned}
        for one in (*turn.barred, *turn.earlier):
            taken |= self._persons(one)
        for role, held in self._rungs(turn):
            if (turn.book, role) in self._seen.stands_in or (turn.or_nobody and role != turn.role):
                return None
            holders = [one for one in held if persons[one] not in out]
            if holders and turn.role == HEAD != role and not self._seen.leading.isdisjoint(taken):
                return None
            if self._account in holders and not self._is_taken(self._account, taken):
                return True
            if holders:
                return None if all(self._is_taken(one, taken) for one in holders) else False
        return False

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

    def _is_taken(self, account: int, taken: Collection[int]) -> bool:
        return not self._persons(account).isdisjoint(taken)

    def _persons(self, account: int) -> frozenset[int]:
        """Everybody for whom ``account`` may stand (`independence`), rather too many than too few, of those
        who hold anything."""
        if account not in self._behind:
            persons = self._seen.persons
            behind = _behind(account, self._seen.hands) & persons.keys()
            self._behind[account] = frozenset(persons[one] for one in behind)
        return self._behind[account]


@dataclass(frozen=True, slots=True)
class _Seen:
    """``heads`` by unit; ``held``: account, book and unit of the grants by role; the unit ``above`` each.
    ``persons`` of all accounts and ``person_of`` all entries of these people. ``hands``: who had a hand in an
    account's enrolment of late. ``stands_in``: book and role for which the account is a delegate. Persons who
    head a unit are ``leading``."""

    heads: dict[int, list[int]]
    held: dict[str, list[tuple[int, str | None, int | None]]]
    above: dict[int, int | None]
    persons: dict[int, int]
    person_of: dict[int | None, int]
    hands: dict[int, list[int]]
    stands_in: frozenset[tuple[str, str]]
    leading: frozenset[int]


HELD = f"""
SELECT g.role, a.id, g.book_id, g.unit_id
FROM "grant" g JOIN account a ON (a.id = g.account_id OR a.person_id = g.person_id) AND a.state = 'active'
WHERE {in_force("g")}
"""
HEADS = f"""
SELECT a.id, g.person_id, other.id
FROM "grant" g JOIN account a ON a.person_id = g.person_id JOIN entry other ON other.person_id = g.person_id
WHERE g.role = '{HEAD}' AND g.{{books}} AND {in_force("g")}
"""
KIN = """
SELECT a.id, a.person_id, e.id
FROM account known JOIN account a ON a.id = known.id OR a.person_id = known.person_id
    LEFT JOIN entry e ON e.person_id = a.person_id
WHERE known.{accounts}
"""


def _look(standing: Standing) -> _Seen:
    books, given = among("book_id", standing.books)
    hands, held = _hands(standing), _held()
    heads: dict[int, list[int]] = defaultdict(list)
    persons: dict[int, int] = {}
    person_of: dict[int | None, int] = {}
    for account, person, entry in _in_force(HEADS.replace("{books}", books), *given):
        persons[account] = person_of[entry] = person
    for account, _book, unit in held[HEAD]:
        if unit is not None:
            heads[unit].append(account)
    holders = {standing.account, *persons, *(one[0] for grants in held.values() for one in grants)}
    known = {one for account in holders for one in _behind(account, hands)} - persons.keys()
    accounts, numbers = among("id", sorted(known))
    for account, person, entry in fetch(KIN.format(accounts=accounts), numbers):
        persons[account] = person_of[entry] = -account if person is None else person
    person_of.pop(None, None)
    above = dict(fetch(f"SELECT id, parent_id FROM unit WHERE {books}", given))
    stands_in, leading = (
        _stands_in(standing.account),
        frozenset(persons[one] for led in heads.values() for one in led),
    )
    return _Seen(heads, held, above, persons, person_of, hands, stands_in, leading)


def _held() -> dict[str, list[tuple[int, str | None, int | None]]]:
    found: dict[str, list[tuple[int, str | None, int | None]]] = defaultdict(list)
    for role, *grant in _in_force(HELD):
        found[role].append(tuple(grant))
    return found


def _in_force(statement: str, *values: object) -> list[Any]:
    """Rows of ``statement``, which takes ``values`` before the moment."""
    now = clock.now()
    return fetch(statement.replace("{now}", database.param), (*values, now, now))


def _hands(standing: Standing) -> dict[int, list[int]]:
    """Of all who were enrolled so lately that it may count in some book."""
    longest = max((standing.policy(book).reset.dependent_days or 0 for book in standing.shelf), default=0)
    since = clock.stamp(clock.utcnow() - timedelta(days=longest))
    found: dict[int, list[int]] = defaultdict(list)
    used = f"SELECT account_id, by_id, voucher_id FROM activation WHERE used_at > {database.param}"
    for account, *hands in fetch(used, (since,)):
        found[account] += [one for one in hands if one is not None]
    return found


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
