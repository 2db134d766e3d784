"""People by what one types: a number, a name, or a name and a department. Not an operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from db.desk.authority.permissions import Permissions, is_within, policy_of, root_of
from db.desk.authority.reach import SIDES, covering
from db.desk.entry.citing import with_clause
from db.desk.notation.values import clean, normalise
from db.desk.refusal import Problem
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import Side
from db.store.engine import store
from db.store.tables import Account, Entry, Grant, Person, Unit


def people_named(book: str, text: str) -> list[Entry]:
    """Find active entries that ``text`` names: a number, a name, or ``name/unit``; up to 20 of a name."""
    wanted = clean(text)
    rows = Entry.select().where((Entry.book == book) & (Entry.state == "active"))
    if wanted.isascii() and wanted.isdigit():
        return list(rows.where(Entry.id == int(wanted)))
    name, _slash, unit = (part.strip() for part in wanted.partition("/"))
    found = rows.where(Entry.name == name).order_by(Entry.id).limit(20)
    return [row for row in found if not unit or _is_in(row, unit)]


def persons_named(book: str, text: str) -> set[int]:
    """Find persons whom ``text`` names: by their entries, or by name holders of an office of the book, as the
    teachers of a class are who have no entry there."""
    held = (Grant.book == book) & Grant.in_force() & (Account.state != "disabled")
    holders: Any = Person.select(Person.id).join(Account).join(Grant, on=Grant.is_of())
    called = {row.id for row in holders.where(held & (Person.name == clean(text)))}
    return called | {int(row.person_id) for row in people_named(book, text)}


def side_of(row: Entry) -> Side:
    return "external" if row.unit.side == "external" else "internal"


def stays_elsewhere(row: Entry) -> bool:
    """Return whether the person has another entry, which has not ended, and so keeps their account."""
    others = Entry.select().where(
        (Entry.person == row.person_id) & (Entry.state == "active") & (Entry.id != row.id)
    )
    return bool(others.where(Entry.ended_at.is_null()).exists())


def within_reach(permissions: Permissions, row: Entry) -> bool:
    return bool(covering(permissions, row.book_id, side_of(row), row.id, row.unit_id))


def sees_everybody(permissions: Permissions, book: str) -> bool:
    """Return whether nobody of ``book`` is out of the actor's reach, so that a name may be said to be
    nobody's."""
    root = root_of(book)
    return all(
        any(reach.unit == root and reach.below for reach in permissions.reaches(book, side)) for side in SIDES
    )


def read_value(permissions: Permissions, book: str, rule: FieldRule, text: str) -> str | Problem:
    """Normalise ``text`` as the value of ``rule``'s field, or return what is wrong with it. A colleague is
    looked up among those the actor sees."""
    if rule.kind == "person" and clean(text):
        found = read_colleague(permissions, book, rule.name, text)
        return found if isinstance(found, Problem) else str(found)
    value = normalise(rule, text, store().settings.phone_region)
    if isinstance(value, Problem):
        return replace(value, message=with_clause(policy_of(book), value.message))
    return value


def read_colleague(permissions: Permissions, book: str, field: str, text: str) -> int | Problem:
    """Return the entry of the colleague within reach, or what is wrong; nobody who has left (A.10)."""
    found = [
        row
        for row in people_named(book, text)
        if row.ended_at is None and side_of(row) == "internal" and within_reach(permissions, row)
    ]
    if len(found) == 1:
        return int(found[0].id)
    if found:
        return Problem(field, _("There are several of that name; write name/department."))
    return Problem(field, _("Nobody of that name is a colleague here."))


def find_colleague(entry: str) -> str:
    row = Entry.get_or_none(Entry.id == int(entry))
    return f"{row.name}/{row.unit.name}" if row is not None else ""


def _is_in(row: Entry, unit: str) -> bool:
    units = Unit.select(Unit.id).where((Unit.book == row.book_id) & (Unit.name == unit) & Unit.active)
    return any(is_within(row.unit_id, one.id) for one in units)


def internal_kinds(policy: EffectivePolicy) -> list[str]:
    return [kind.id for kind in policy.kinds if kind.side == "internal"]
