"""People by what one types: a number, a name, or a name and a department. Not an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.authority.reach import SIDES, covering_reaches
from db.desk.entry.citing import with_clause
from db.desk.entry.namesakes import anybody, entries_called, several_fit
from db.desk.notation.values import clean, normalise
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import Side
from db.store.engine import store
from db.store.searchkeys import fold_text
from db.store.tables import Account, Entry, Grant, Person

SEVERAL: Final = _("There are several of that name; write the login, or name/department/position.")


def people_named(book: str, text: str, seen: Callable[[Entry], bool] = anybody) -> list[Entry]:
    """Find active entries that ``text`` names: a number, a name, or ``name/place`` (`entries_called`)."""
    wanted = clean(text)
    if wanted.isascii() and wanted.isdigit():
        rows = Entry.select().where((Entry.book == book) & (Entry.state == "active"))
        return [row for row in rows.where(Entry.id == int(wanted)) if seen(row)]
    name, _slash, place = wanted.replace("／", "/").partition("/")
    return entries_called(book, name, place, seen)


def persons_named(book: str, text: str, seen: Callable[[Entry], bool] = anybody) -> set[int]:
    """Find persons whom ``text`` names: by their entries, or by name holders of an office of the book, as the
    teachers of a class are who have no entry there."""
    held = (Grant.book == book) & Grant.in_force() & (Account.state != "disabled")
    holders: Any = Person.select(Person.id, Person.name).join(Account).join(Grant, on=Grant.is_of())
    wanted = fold_text(clean(text))
    called = {row.id for row in holders.where(held).distinct() if fold_text(row.name) == wanted}
    return called | {int(row.person_id) for row in people_named(book, text, seen)}


def account_named(book: str, text: str, able: Callable[[Any], list[Account]]) -> Account:
    """Return the one account that ``text`` names by login or by name in ``book``, among those that ``able``
    finds by a condition. Raises Invalid alike for nobody and for whom the actor may not ask."""
    found = able(Account.login == text.lower())
    if not found:
        persons = persons_named(book, text, lambda row: bool(able(Account.person == row.person_id)))
        found = able(Account.person.in_(persons))
    if len(found) == 1:
        return found[0]
    nobody = _("There is nobody of that name for whom you may ask.")
    raise Invalid(Problem("whom", SEVERAL if found else nobody))


def side_of(row: Entry) -> Side:
    return "external" if row.unit.side == "external" else "internal"


def stays_elsewhere(row: Entry) -> bool:
    """Return whether the person has another active entry that has not ended, and so keeps their account;
    one that waits to join does not count."""
    others = Entry.select().where(
        (Entry.person == row.person_id) & (Entry.state == "active") & (Entry.id != row.id)
    )
    return bool(others.where(Entry.ended_at.is_null()).exists())


def within_reach(permissions: Permissions, row: Entry) -> bool:
    return bool(covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id))


def not_within_reach(permissions: Permissions) -> Refused:
    """Build the same refusal for an entry out of reach and for none (C.10)."""
    scope = [permissions.policy(book).out_of_reach for book in permissions.books]
    return Refused(
        _("There is no such entry within your reach."),
        scope[0] if scope else SILENT,
        _("Look the person up in the directory."),
    )


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
    found = people_named(book, text, lambda row: _is_colleague(permissions, row))
    if len(found) == 1:
        return int(found[0].id)
    if found:
        return Problem(field, several_fit(found))
    return Problem(field, _("Nobody of that name is a colleague here."))


def _is_colleague(permissions: Permissions, row: Entry) -> bool:
    return row.ended_at is None and side_of(row) == "internal" and within_reach(permissions, row)


def find_colleague(entry: str) -> str:
    row = Entry.get_or_none(Entry.id == int(entry))
    return f"{row.name}/{row.unit.name}" if row is not None else ""


def inside_owner_of(permissions: Permissions, row: Entry) -> str:
    """Name the employee who answers for an outside contact, if the reader may know of them."""
    owner = Entry.get_or_none((Entry.id == row.inside_owner) & (Entry.state == "active"))
    if owner is None or not covering_reaches(permissions, row.book_id, "internal", owner.id, owner.unit_id):
        return ""
    return str(owner.name)


def internal_kinds(policy: EffectivePolicy) -> list[str]:
    return [kind.id for kind in policy.kinds if kind.side == "internal"]


def known_entries(permissions: Permissions, book: str, person: int) -> list[Entry]:
    """Return the person's entries within reach, and for whoever keeps ``book`` those that left it."""
    rows = Entry.select().where(Entry.person == person).order_by(Entry.id)
    return [
        row
        for row in rows
        if (
            row.state == "active"
            and covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id)
        )
        or (row.state == "left" and row.book_id == book and permissions.keeps_book(book))
    ]
