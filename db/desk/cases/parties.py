"""Whom a case is about: somebody of the directory, somebody who holds an office of it without being in it
(a class teacher, D.7), a department (B.7.2), or an office such as the school. Not an operation.

A department and an office are spoken for by whoever heads or holds it; nobody who belongs to it handles the
case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from db.desk.asking import structure
from db.desk.authority.offices import head_of
from db.desk.authority.permissions import policy_of
from db.desk.requests.change_kind import CHANGE
from db.desk.requests.payload import open_payload
from db.language import Label, Text, _, say
from db.policy.vocabulary import HEAD
from db.store.engine import store
from db.store.sealing import SealBroken, unseal
from db.store.tables import (
    Account,
    CaseEvent,
    CaseFile,
    CaseParty,
    Entry,
    Grant,
    Person,
    Request,
    SearchEntry,
    Unit,
    UnitAbove,
)

MOST_FOUND = 40
LOOKED_BACK = 2000
"""So many changes are decrypted for a name of before, the newest first."""
NAMING = ("named", "involved")
"""Steps by which a case comes to be about somebody."""


@dataclass(frozen=True, slots=True)
class PartyFound:
    """Somebody, a department or an office; ``whom`` is what `involve` takes; people have an ``entry``; what
    was found by a name of before says it in ``once``."""

    whom: str
    name: Text
    unit: str
    position: Text
    entry: int | None = None
    once: str = ""


@dataclass(frozen=True, slots=True)
class _Once:
    """Former names, by the number of the person or the unit that bore them."""

    persons: Mapping[int, str]
    units: Mapping[int, str]


def parties_of(case: CaseFile | int | None) -> list[CaseParty]:
    """Return all whom the case is about, in the order in which they were named."""
    rows = CaseParty.select(CaseParty, Entry).join(Entry, JOIN.LEFT_OUTER).where(CaseParty.case == case)
    return list(rows.order_by(CaseParty.id))


def party_name(party: CaseParty) -> Text:
    """Return what a party is called; who was called otherwise when the case came to be about them, by both
    names: one hand renames an entry (G.3.1). Who was erased is a number alone."""
    row = next((one for one in (party.entry, party.person, party.unit) if one is not None), None)
    if row is None:
        return _role_label(party.case.book_id, party.role)
    name, before = str(row.name), _named_as(party)
    if before in ("", name) or name == f"#{party_person(party)}":
        return name
    return _("{name} ({before} when the case began)", name=name, before=before)


def _named_as(party: CaseParty) -> str:
    """Return the name by which a party came into the case; empty for one from before names were stored."""
    event = CaseEvent.get_or_none((CaseEvent.id == party.named_in) & CaseEvent.act.in_(NAMING))
    by_it = CaseParty.select().where(CaseParty.named_in == party.named_in)
    return word_of(event) if event is not None and by_it.count() == 1 else ""


def word_of(event: CaseEvent) -> str:
    """Decrypt what was written down with a step. Raises SealBroken."""
    return unseal(store().keys, CaseEvent.word.place(event.key), event.word).decode("utf-8")


def written_name(party: CaseParty) -> str:
    """Return what a party is called as it is written down, in both languages where it is no name alone."""
    name = party_name(party)
    return name if isinstance(name, str) else " ".join(say(name, one) for one in ("zh_CN", "en"))


def party_person(party: CaseParty) -> int | None:
    """Return the person that a party is; None for a department and an office."""
    return party.entry.person_id if party.entry is not None else party.person_id


def persons_in(parties: Iterable[CaseParty]) -> frozenset[int]:
    """Return everybody who is one of ``parties`` or belongs to one: none of them handles the case."""
    found: set[int] = set()
    for party in parties:
        person = party_person(party)
        if person is not None:
            found.add(person)
        elif party.unit_id is not None:
            below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == party.unit_id)
            members: Any = Entry.select(Entry.person).where(Entry.unit.in_(below) & (Entry.state == "active"))
            found.update(person for (person,) in members.tuples())
            found.update(_holding(Grant.unit == party.unit_id))
        else:
            found.update(_holding(_office(party.case.book_id, party.role)))
    return frozenset(found)


def speakers(party: CaseParty) -> frozenset[int]:
    """Return the persons who hear what is decided about a party, and speak for it: the person, the head of
    the unit, or the holders of the office. Empty if there is none."""
    person = party_person(party)
    if person is not None:
        return frozenset({person})
    if party.unit is not None:
        head = head_of(party.unit)
        return frozenset({head.person} if head is not None else ())
    return frozenset(_holding(_office(party.case.book_id, party.role)))


def is_employed(party: CaseParty) -> bool:
    """Return whether somebody who speaks for a party is still in any book."""
    here = Entry.person.in_(list(speakers(party))) & (Entry.state == "active")
    return Entry.select().where(here).exists()


def accounts_of_persons(persons: Iterable[int]) -> list[int]:
    """Return the accounts of ``persons`` that are not disabled."""
    rows = Account.select(Account.id).where(Account.person.in_(list(persons)) & (Account.state != "disabled"))
    return [row.id for row in rows.order_by(Account.id)]


def spoken_for_by(person: int) -> list[CaseParty]:
    """Return the parties for which ``person`` speaks, of whatever case."""
    own = CaseParty.person == person
    own |= CaseParty.entry.in_(Entry.select(Entry.id).where(Entry.person == person))
    bodies = CaseParty.unit.is_null(False) | (CaseParty.role != "")
    rows = CaseParty.select(CaseParty, CaseFile, Entry).join(CaseFile).switch(CaseParty)
    rows = rows.join(Entry, JOIN.LEFT_OUTER).where(own | bodies).order_by(CaseParty.id)
    return [one for one in rows if person in speakers(one)]


def find_parties(row: CaseFile, words: str) -> tuple[PartyFound, ...]:
    """Return those whose name or login begins with ``words``; of a whole name its owners alone.

    - They are people of the book, leavers too, holders of its offices, its departments and its offices; never
      the reporter.
    - Those renamed since the report are also found by the name of then; by earlier ones if nothing else is.
    """
    return _find(row, words, _renamed(words, str(row.reported_at))) or _find(row, words, _renamed(words, ""))


def _renamed(start: str, since: str) -> _Once:
    """Return those whose name a request took ``since`` then that begins so, with that name."""
    late = Request.closed_at >= since
    return _Once(_beginning(start, _names_before(late)), _beginning(start, _units_before(late)))


def _beginning(start: str, before: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return of those who were called so ``before`` the newest name that begins with ``start``."""
    found: dict[int, str] = {}
    for number, name in before:
        if name.startswith(start):
            found.setdefault(number, name)
    return found


def name_when_reported(party: CaseParty) -> str:
    """Return what a party was called when the case was reported; else what it is called."""
    late = Request.closed_at >= party.case.reported_at
    if party.unit_id is not None:
        before = _units_before(late & (Request.unit == party.unit_id))
    else:
        before = _names_before(late & (Entry.person == party_person(party)))
    return next((name for _whose, name in reversed(list(before))), written_name(party))


def _names_before(which: Any) -> Iterator[tuple[int, str]]:
    """Yield names that changes took, ``which`` of them, each with whose it was, the newest first."""
    for one in _applied(CHANGE.id, Request.select(Request, Entry).join(Entry).where(which)):
        with suppress(SealBroken):
            names = open_payload(one).get("before", {}).get("name", ())
            yield from ((one.entry.person_id, name) for name in names if one.entry is not None)


def _units_before(which: Any) -> Iterator[tuple[int, str]]:
    """Yield names that departments lost, ``which`` of them, each with whose it was, the newest first."""
    for one in _applied(structure.KIND, Request.select().where(which)):
        with suppress(SealBroken):
            asks = open_payload(one)
            if asks["what"] == structure.RENAME:
                yield asks["unit"], asks["before"][0]


def _applied(kind: str, asked: Any) -> Any:
    """Return requests of ``kind`` that were put in force, the newest first."""
    done = (Request.kind == kind) & (Request.state == "applied")
    return asked.where(done).order_by(Request.id.desc()).limit(LOOKED_BACK)


def _find(row: CaseFile, start: str, once: _Once) -> tuple[PartyFound, ...]:
    reporter = row.reporter.person_id
    logins = Account.select(Account.person).where(Account.login.startswith(start.lower()))
    entries = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .left_outer_join(SearchEntry, on=(SearchEntry.entry == Entry.id))
        .where((Entry.book == row.book_id) & Entry.state.in_(["active", "left"]))
        .where(Entry.name.startswith(start) | Entry.person.in_(logins) | Entry.person.in_(list(once.persons)))
        .order_by(SearchEntry.line.is_null(), SearchEntry.line, Entry.id)
        .limit(MOST_FOUND)
    )
    found = [
        PartyFound(
            f"entry:{one.id}",
            one.name,
            one.unit.name,
            one.position or "",
            one.id,
            once.persons.get(one.person_id, ""),
        )
        for one in entries
        if one.person_id != reporter
    ]
    found += _officers(row, start, Person.id.in_(logins), once.persons, reporter)
    units = Unit.select().where((Unit.book == row.book_id) & Unit.parent.is_null(False))
    called = Unit.name.startswith(start) | Unit.name_en.startswith(start)
    units = units.where(called | Unit.id.in_(list(once.units)))
    for unit in units.order_by(Unit.active.desc(), Unit.name).limit(MOST_FOUND):
        above, was = Unit.get_by_id(unit.parent_id).name, once.units.get(unit.id, "")
        found.append(PartyFound(f"unit:{unit.id}", unit.name, above, if_closed(unit), once=was))
    for role in _offices_held(row.book_id):
        label = _role_label(row.book_id, role)
        if label.zh.startswith(start) or label.en.casefold().startswith(start.casefold()):
            found.append(PartyFound(f"office:{role}", label, "", ""))
    exact = [one for one in found if start in (one.name, one.once)]
    return tuple((exact or found)[:MOST_FOUND])


def if_closed(unit: Unit | None) -> Text:
    """Return, for a department that is no more, that it was closed; else nothing."""
    return "" if unit is None or unit.active else _("closed down")


def new_party(row: CaseFile, whom: str) -> CaseParty | None:
    """Return an unsaved party of the case for ``whom``, such as ``entry:12``, ``person:3``, ``unit:4`` or
    ``office:ROLE``; None where the book has none such."""
    kind, _colon, named = whom.partition(":")
    number = int(named) if named.isascii() and named.isdigit() and len(named) < 12 else 0
    if kind == "entry" and Entry.select().where((Entry.id == number) & (Entry.book == row.book_id)).exists():
        return CaseParty(case=row, entry=number)
    if kind == "person" and number in _holding(_of_book(row.book_id)):
        return CaseParty(case=row, person=number)
    unit = Unit.get_or_none((Unit.id == number) & (Unit.book == row.book_id) & Unit.parent.is_null(False))
    if kind == "unit" and unit is not None:
        return CaseParty(case=row, unit=unit)
    if kind == "office" and named in _offices_held(row.book_id):
        return CaseParty(case=row, role=named)
    return None


def is_same(party: CaseParty, other: CaseParty) -> bool:
    """Return whether two parties are one: the same person, department or office."""
    one, two = ((party_person(each), each.unit_id, each.role) for each in (party, other))
    return one == two


def _officers(
    row: CaseFile, start: str, by_login: Any, once: Mapping[int, str], reporter: int | None
) -> list[PartyFound]:
    """Find officers of the book who have no entry in it, by the start of their name or login."""
    here = Entry.select(Entry.person).where(Entry.book == row.book_id)
    persons = Person.select().where(Person.id.in_(_holding(_of_book(row.book_id))) & Person.id.not_in(here))
    named = persons.where(Person.name.startswith(start) | by_login | Person.id.in_(list(once)))
    return [
        PartyFound(
            f"person:{one.id}", one.name, "", _office_of(row.book_id, one.id), once=once.get(one.id, "")
        )
        for one in named.order_by(Person.name, Person.id).limit(MOST_FOUND)
        if one.id != reporter
    ]


def _office_of(book: str, person: int) -> Text:
    held = Grant.select(Grant, Account).left_outer_join(Account, on=(Grant.account == Account.id))
    held = held.where(_of_book(book) & Grant.in_force()).where(_is_of(person)).order_by(Grant.id)
    return _role_label(book, held.first().role)


def _offices_held(book: str) -> Sequence[str]:
    """Return the roles of the book that somebody holds throughout it."""
    rows: Any = Grant.select(Grant.role).where(_of_book(book) & Grant.unit.is_null() & Grant.in_force())
    return sorted({role for (role,) in rows.where(Grant.role != HEAD).tuples()})


def _of_book(book: str) -> Any:
    return Grant.book == book


def _office(book: str, role: str) -> Any:
    return _of_book(book) & (Grant.role == role)


def _is_of(person: int) -> Any:
    return (Grant.person == person) | (Account.person == person)


def _holding(which: Any) -> set[int]:
    """Return the persons of grants in force, by themselves or by their account."""
    rows = Grant.select(Grant.person, Account.person).left_outer_join(
        Account, on=(Grant.account == Account.id)
    )
    found: Any = rows.where(which & Grant.in_force()).tuples()
    return {person for pair in found for person in pair if person is not None}


def _role_label(book: str, role: str) -> Label:
    try:
        return policy_of(book).role(role).label
    except KeyError:
        return Label(role, role)
