"""Who may decide a step of a request: holders of its role, those who stand in for them, and never the
person who asks.

A step's role is frozen; who holds it is asked anew each time. The ladder, until somebody is found:

1. the holders of the role, whoever acts for the time being, and named deputies. For ``head`` that is whoever
   heads the request's unit, and of a request about an outside contact the unit of the colleague who answers
   for it (E.5); where the unit has no head, or the head is suspended or is the one who asks, the head of the
   unit above, and so on up. A head who has no account yet is passed over only where no regulation says that
   heads decide: else it waits for them, or for who deputises or acts (C.5, E.7, E.13.2);
2. whoever has the maintainer's function over the book, then its deputy where one is named (D.3);
3. whoever has the supervisor's, and at last whoever answers for the book.

A step of a request for another office (a director, the chief executive) has the first rung alone: nobody
stands in for who did not name them (I.4.4.3). In a head's place, those who work under the asker come last.

Of a look-up nobody decides who is not entitled to see the person asked for (A.13): such a step stands in the
unit of that person (`requests.entitled`), unless who decides for the asker may see them.

A step of a second office has no ladder of its own: `requests.seconds` says who takes it, in person.

Delegates stand beside the one they stand in for. A person who decided an earlier step does not decide
a later one, nor does anyone for them, unless nobody else is left on the whole ladder; and those whom an
earlier decider stood in for come after those who had no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from db.desk.authority.capacity import DEPUTY, HOLDER, Capacity
from db.desk.authority.offices import HEAD
from db.desk.authority.standing import policy_of, standing_now
from db.desk.frame import Act
from db.desk.requests.entitled import may_see
from db.desk.requests.independence import persons_behind
from db.desk.requests.seconds import offices_over, second_roles
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import SECOND, SECONDS
from db.store import clock
from db.store.engine import database, store
from db.store.sql import among, fetch
from db.store.tables import Entry, in_force

PERSON = "person"


Earlier = tuple[int, int | None]
"""An earlier decision: the account that took it, and the one it stood in for."""


@dataclass(frozen=True, slots=True)
class Case:
    """What deciding depends on. ``barred``: persons who may not decide (see `persons_behind`); ``asker``:
    the account of whose offices a second is not; ``in_person``: for other offices than heads and those that
    keep the book nobody else decides; ``sought``: the entry that whoever decides must be entitled to see;
    ``awaits_head``: a head without an account is not passed over."""

    book: str
    unit: int
    entry: int | None
    barred: frozenset[int]
    asker: int = 0
    in_person: bool = False
    sought: int | None = None
    awaits_head: bool = False


@dataclass(frozen=True, slots=True)
class Decider:
    """An account that may decide, with the office in which it does: a ``role``, of a ``unit`` if not of the
    whole book, held in a ``capacity``. ``on_behalf_of`` is the one it stands in for, whose the office is."""

    account: int
    name: str
    role: str
    on_behalf_of: int | None = None
    on_behalf_name: str = ""
    unit: int | None = None
    capacity: Capacity = HOLDER


def note_office(act: Act, decider: Decider) -> None:
    """Say in the audit record in which office ``decider`` acts, and for whom."""
    act.note(
        on_behalf_of=decider.on_behalf_of,
        office=decider.role,
        office_unit=decider.unit,
        capacity=decider.capacity,
    )


class Awaited(NamedTuple):
    """A head who has no account yet: the grant, person, name and unit."""

    grant: int
    person: int
    name: str
    unit: int


Office = tuple[int, int | None, Capacity]
"""An account that holds a role, the unit that it is of, and how it is held."""


class Deciding:
    """Answers for one operation; what it has looked up once it does not look up again."""

    def __init__(self) -> None:
        self.persons = cache(persons_behind)
        self.policy = cache(policy_of)
        self._deciders = cache(self._those_who_decide)
        self._name = cache(called)
        self._sees = cache(_sees)
        self.units_up = cache(self._units_up)
        self.heads_of = cache(self._heads_of)
        self.awaited_heads = cache(self._awaited_heads)
        self._held = cache(self._holders_of)
        self._standing_in = cache(self._delegates_of)

    def deciders(self, case: Case, role: str, earlier: Sequence[Earlier] = ()) -> tuple[Decider, ...]:
        """Who may decide a step of ``role`` now, after ``earlier`` decisions on the same request."""
        return self._deciders(case, role, tuple(earlier))

    def _those_who_decide(self, case: Case, role: str, earlier: tuple[Earlier, ...]) -> tuple[Decider, ...]:
        if role in SECONDS:
            return self._seconds(case, role)
        decided = self.barred(*(account for account, _lent in earlier))
        involved = decided | self.barred(*(lent for _account, lent in earlier if lent is not None))
        first: tuple[Decider, ...] = ()
        for tier, holders in self._tiers(case, role):
            able = tuple(d for d in self._able(case, tier, holders) if self._sees(d.account, case.sought))
            for taken in (involved, decided):
                others = tuple(d for d in able if not taken & self._identities(d))
                if role == HEAD != tier:
                    others = tuple(d for d in others if not self._is_under(case, d.account))
                if others:
                    return others
            first = first or able
        return first

    def barred(self, *accounts: int, person: int | None = None) -> frozenset[int]:
        """The persons behind ``accounts``, and ``person``, as `Case.barred` wants them."""
        behind = frozenset[int]().union(*map(self.persons, accounts))
        return behind | ({person} if person is not None else set())

    def is_barred(self, case: Case, account: int) -> bool:
        """Whether ``account`` may not decide, since it stands for somebody who may not."""
        return bool(self.persons(account) & case.barred)

    def _tiers(self, case: Case, role: str) -> Iterator[tuple[str, tuple[Office, ...]]]:
        if role == PERSON:
            yield role, tuple((account, None, HOLDER) for account in self._subject(case.entry))
            return
        policy = self.policy(case.book)
        if role == HEAD:
            for unit, awaited in self._heads_up(case):
                yield HEAD, self.heads_of(unit)
                if awaited is not None:
                    return
        for stand_in in ladder(policy, role, in_person=case.in_person):
            if stand_in != HEAD:
                yield stand_in, self._held(stand_in, case.book, case.unit)

    def awaited_head(self, case: Case) -> Awaited | None:
        """The head without an account for whom a step of heads waits, where nobody decides it; None where it
        rises."""
        if self.deciders(case, HEAD):
            return None
        return next((awaited for _unit, awaited in self._heads_up(case) if awaited is not None), None)

    def _heads_up(self, case: Case) -> Iterator[tuple[int, Awaited | None]]:
        """Units from the one that is concerned up, each with the head who is waited for. Where a head may not
        decide, that it rises is the safe default's, and nobody above is waited for."""
        awaits = case.awaits_head
        for unit in self.units_up(self._answering(case)):
            held = self.awaited_heads(unit)
            free = next((one for one in held if one.person not in case.barred), None)
            yield unit, free if awaits else None
            leading = [account for account, _unit, capacity in self.heads_of(unit) if capacity != DEPUTY]
            barred = any(one.person in case.barred for one in held)
            awaits = awaits and not (barred or any(self.is_barred(case, one) for one in leading))

    def _awaited_heads(self, unit: int) -> tuple[Awaited, ...]:
        rows = fetch(f"{AWAITED} AND g.unit_id = {{}}".replace("{}", database.param), (*_twice_now(), unit))
        return tuple(Awaited(*row) for row in rows)

    def _is_under(self, case: Case, account: int) -> bool:
        """Whether ``account`` works in a unit that one of those who may not decide heads, or below it."""
        heads = (
            "SELECT e.id FROM account a JOIN entry e ON e.person_id = a.person_id AND e.state = 'active'"
            " JOIN unit_above o ON o.unit_id = e.unit_id"
            f" JOIN \"grant\" g ON g.unit_id = o.above_id AND g.role = '{HEAD}' AND {_NOW}"
        )
        persons = [person for person in case.barred if person > 0]
        where, given = among("g.person_id", persons)
        rows = fetch(
            f"{heads} WHERE a.id = {{}} AND e.book_id = {{}} AND {where}".replace("{}", database.param),
            (*_twice_now(), account, case.book, *given),
        )
        return bool(rows)

    def _seconds(self, case: Case, step: str) -> tuple[Decider, ...]:
        """Accounts of people, for the host's operator knows nobody: of the first of the three places that
        anybody holds an office in (`requests.seconds`)."""
        roles = second_roles(self.policy(case.book), offices_over(case.asker, case.book, case.unit), step)
        for held in self._offices_of_seconds(case, roles, step):
            found: dict[int, Decider] = {}
            for role, (account, unit, capacity) in held:
                if not self.is_barred(case, account) and self._is_somebody(account):
                    found.setdefault(
                        account, Decider(account, self._name(account), role, unit=unit, capacity=capacity)
                    )
            if found:
                return tuple(found.values())
        return ()

    def _offices_of_seconds(
        self, case: Case, roles: Sequence[str], step: str
    ) -> Iterator[list[tuple[str, Office]]]:
        above = [head for unit in self.units_up(case.unit) for head in self.heads_of(unit)]
        yield [
            (role, office)
            for role in roles
            for office in (above if role == HEAD else self._held(role, case.book, case.unit))
        ]
        if step == SECOND and HEAD in roles:
            anywhere = f"{_HOLDING} AND g.role = '{HEAD}' AND g.book_id = {{}} {_IN_ORDER}"
            yield [(HEAD, office) for office in _offices(anywhere, case.book)]
        elsewhere = f"{_HOLDING} AND g.role = {{}} AND g.book_id <> {{}} {_IN_ORDER}"
        yield [(role, office) for role in roles for office in _offices(elsewhere, role, case.book)]

    def _is_somebody(self, account: int) -> bool:
        return bool(_numbers("SELECT id FROM account WHERE id = {} AND person_id IS NOT NULL", account))

    def _able(self, case: Case, role: str, holders: tuple[Office, ...]) -> Iterator[Decider]:
        offices = [office for office in holders if not self.is_barred(case, office[0])]
        admitted = {account for account, _unit, _capacity in offices}
        for account, unit, capacity in offices:
            yield Decider(account, self._name(account), role, unit=unit, capacity=capacity)
        for account, unit, capacity in offices:
            for delegate in self._standing_in(account, role, case.book):
                if not self.is_barred(case, delegate) and delegate not in admitted:
                    yield Decider(
                        delegate, self._name(delegate), role, account, self._name(account), unit, capacity
                    )

    def _identities(self, decider: Decider) -> frozenset[int]:
        return self.barred(decider.account, *([decider.on_behalf_of] if decider.on_behalf_of else []))

    def _answering(self, case: Case) -> int:
        """The unit whose head decides: an outside contact's is that of its inside owner."""
        if case.entry is None:
            return case.unit
        owners = "SELECT unit_id FROM entry WHERE id = (SELECT inside_owner FROM entry WHERE id = {})"
        return next(iter(_numbers(f"{owners} AND state = 'active'", case.entry)), case.unit)

    def _units_up(self, unit: int) -> tuple[int, ...]:
        return _numbers("SELECT above_id FROM unit_above WHERE unit_id = {} ORDER BY distance", unit)

    def _heads_of(self, unit: int) -> tuple[Office, ...]:
        return _offices(f"{_HOLDING} AND g.role = '{HEAD}' AND g.unit_id = {{}} {_IN_ORDER}", unit)

    def _subject(self, entry: int | None) -> tuple[int, ...]:
        """Accounts in use of the person of an active entry."""
        if entry is None:
            return ()
        return _numbers(
            "SELECT a.id FROM entry e JOIN account a ON a.person_id = e.person_id AND a.state = 'active'"
            " WHERE e.id = {} AND e.state = 'active' ORDER BY a.id",
            entry,
        )

    def _holders_of(self, role: str, book: str, unit: int) -> tuple[Office, ...]:
        placed = (
            "(g.book_id IS NULL OR g.book_id = {}) AND (g.unit_id IS NULL OR g.unit_id IN (SELECT above_id"
        )
        held = f"{_HOLDING} AND g.role = {{}} AND {placed} FROM unit_above WHERE unit_id = {{}}))"
        return _offices(f"{held} {_IN_ORDER}", role, book, unit)

    def _delegates_of(self, account: int, role: str, book: str) -> tuple[int, ...]:
        today = clock.local_date(clock.now(), store().settings.time_zone).isoformat()
        rows = _numbers(
            "SELECT d.to_id FROM delegation d JOIN account a ON a.id = d.to_id AND a.state = 'active'"
            " WHERE d.account_id = {} AND d.role = {} AND d.book_id = {} AND d.from_day <= {}"
            " AND d.until_day >= {} AND d.revoked_at IS NULL ORDER BY d.id",
            *(account, role, book, today, today),
        )
        return tuple(dict.fromkeys(rows))


def _sees(account: int, sought: int | None) -> bool:
    """Whether ``account`` is entitled to see the entry ``sought``, if any."""
    return sought is None or may_see(standing_now(account), Entry.get_by_id(sought))


def called(account: int) -> str:
    """The name of an account's person, or its login where it has none."""
    name = "SELECT COALESCE(p.name, a.login) FROM account a LEFT JOIN person p ON p.id = a.person_id"
    return str(fetch(f"{name} WHERE a.id = {database.param}", (account,))[0][0])


_NOW = in_force("g").replace("{now}", "{}")
_HOLDING = f"""SELECT a.id, g.unit_id, g.capacity FROM "grant" g
JOIN account a ON (a.id = g.account_id OR a.person_id = g.person_id) AND a.state = 'active'
WHERE {_NOW}"""
"""Accounts in use by what is held now, which takes the moment twice."""
AWAITED = f"""SELECT g.id, p.id, p.name, g.unit_id FROM "grant" g JOIN person p ON p.id = g.person_id
WHERE {_NOW} AND g.role = '{HEAD}' AND g.capacity <> 'deputy'
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND a.state <> 'invited')"""
"""Heads, acting ones too, who have no account that was ever used, by what they hold now."""
_IN_ORDER = "ORDER BY g.capacity = 'deputy', g.capacity = 'acting', g.id"


def _offices(statement: str, *values: object) -> tuple[Office, ...]:
    """Accounts by what they hold, each once; ``statement`` begins with `_HOLDING`."""
    rows = fetch(statement.replace("{}", database.param), (*_twice_now(), *values))
    found: dict[int, Office] = {}
    for account, unit, capacity in rows:
        found.setdefault(account, (account, unit, capacity))
    return tuple(found.values())


def heads_awaited_in(book: str) -> bool:
    """Whether a head in ``book`` has no account yet."""
    return bool(fetch(f"{AWAITED} AND g.book_id = {{}}".replace("{}", database.param), (*_twice_now(), book)))


def _twice_now() -> tuple[str, str]:
    now = clock.now()
    return now, now


def decides_alone(policy: EffectivePolicy, role: str) -> bool:
    """Whether nobody decides a step of ``role`` in a request but those who hold it, or were named by them."""
    return role not in (HEAD, PERSON, *SECONDS) and len(ladder(policy, role, in_person=True)) == 1


def ladder(policy: EffectivePolicy, role: str, *, in_person: bool) -> tuple[str, ...]:
    """The roles that decide a step of ``role``, one after the other; who heads what comes before them all."""
    deputies = (policy.deputy.role,) if policy.deputy is not None else ()
    keeping = (policy.maintainer.role, *deputies, policy.supervisor.role)
    first, *others = map(policy.holder, (role, *keeping))
    if in_person and first not in (HEAD, *others, policy.holder(policy.rights.by)):
        return (first,)
    return tuple(dict.fromkeys((first, *others, *policy.holders("owner"))))


def _numbers(statement: str, *values: object) -> tuple[int, ...]:
    """The first column of ``statement``, which has {} where a value goes."""
    return tuple(row[0] for row in fetch(statement.replace("{}", database.param), values))
