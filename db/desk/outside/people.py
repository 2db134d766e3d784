"""What the system is told of a person: plain values, looked up at the moment they are told."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.entry.record import RecordedEntry, load_entry
from db.desk.entry.systems import WECOM, rule_of, synced_books
from db.desk.notation.values import NUMBERS, national_digits
from db.policy.effective import EffectivePolicy
from db.store.audit import canonical
from db.store.engine import store
from db.store.tables import Account, Entry, OutsideMember, OutsideUnit, Unit, UnitAbove

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit below the book's root; ``number`` is the one it is known by there, if it is."""

    unit: int
    name: str
    number: int | None


@dataclass(frozen=True, slots=True)
class OutsidePerson:
    """A person as the system is to know them. ``account`` is theirs there, or the one they are to get where
    they are not ``known``; ``values`` by field of the book, numbers as the system takes them."""

    entry: int
    person: int
    book: str
    account: str
    known: bool
    values: Mapping[str, str] = field(repr=False)
    places: tuple[UnitPlace, ...] = ()
    sent: str = ""

    @property
    def digest(self) -> str:
        """Return the digest of what is told, under a key, since a number is too short for a plain one."""
        content = canonical({"values": dict(self.values), "places": [place.name for place in self.places]})
        return hmac.new(store().keys.digest, content, hashlib.sha256).hexdigest()


def fields_told(policy: EffectivePolicy, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return which fields of the book are told, in its order: those of ``fields``, and always name and
    position; never the unit."""
    wanted = {"name", "position", *fields} - {"unit"}
    return tuple(rule.name for rule in policy.fields if rule.name in wanted)


def told_of(entry: int) -> OutsidePerson | None:
    """Return what the outside system is told of the person of ``entry``; None where they are in no synced
    book any more. Who left one book and is in another is told as that one knows them."""
    row = Entry.get_by_id(entry)
    if row.state != "active":
        books = synced_books()
        rows = Entry.select().where(
            (Entry.person == row.person_id) & (Entry.state == "active") & Entry.book.in_(books)
        )
        row = rows.order_by(Entry.id).first()
    return _outside_person(load_entry(row.id), {}) if row is not None else None


def outside_people(book: str) -> list[OutsidePerson]:
    """Decrypt everybody of ``book`` for the outside system, in the order of units and names; no outside
    contacts."""
    rows = (
        Entry.select(Entry.id)
        .join(Unit, on=(Entry.unit == Unit.id))
        .where((Entry.book == book) & (Entry.state == "active") & (Unit.side == "internal"))
        .order_by(Unit.sort, Unit.id, Entry.name, Entry.id)
    )
    places: dict[int, tuple[UnitPlace, ...]] = {}
    return [_outside_person(load_entry(row.id), places) for row in rows]


def account_of(entry: int) -> str:
    """Return the account there of the person of ``entry``; empty where they are not known there."""
    row = Entry.get_by_id(entry)
    known = OutsideMember.get_or_none(
        (OutsideMember.system == WECOM) & (OutsideMember.person == row.person_id)
    )
    return str(known.account) if known is not None else ""


def _outside_person(entry: RecordedEntry, places: dict[int, tuple[UnitPlace, ...]]) -> OutsidePerson:
    """Return what is synced of ``entry``; ``places`` of units are looked up once."""
    policy, rule = policy_of(entry.book), rule_of(entry.book)
    known = OutsideMember.get_or_none(
        (OutsideMember.system == WECOM) & (OutsideMember.person == entry.person)
    )
    kinds = {one.name: one.kind for one in policy.fields}
    if entry.unit not in places:
        places[entry.unit] = _places(entry.unit)
    values = {}
    for name in fields_told(policy, rule.fields if rule is not None else ()):
        value = entry.first(name)
        values[name] = _dialled(value) if kinds[name] in NUMBERS else value
    return OutsidePerson(
        entry=entry.id,
        person=entry.person,
        book=entry.book,
        account=known.account if known is not None else _new_account(entry.person),
        known=known is not None,
        values=values,
        places=places[entry.unit],
        sent=known.sent if known is not None else "",
    )


def is_taken(account: str, person: int) -> bool:
    others = OutsideMember.select().where(
        (OutsideMember.system == WECOM)
        & (OutsideMember.account == account)
        & (OutsideMember.person != person)
    )
    return bool(others.exists())


def _new_account(person: int) -> str:
    """Return the account to create for a person: their login if it is free there, so that they have one name
    everywhere."""
    row = Account.select().where((Account.person == person) & (Account.state != "disabled")).first()
    if row is not None and _ACCOUNT.fullmatch(row.login) and not is_taken(row.login, person):
        return str(row.login)
    return f"m.{person}"


def _dialled(value: str) -> str:
    """Return a number as WeCom takes it: digits and hyphens, with the country's code only for other
    countries."""
    number, _mark, extension = value.partition(";ext=")
    digits = national_digits(number) if number.startswith("+86") else number
    return f"{digits}-{extension}" if extension else digits


def _places(unit: int) -> tuple[UnitPlace, ...]:
    """Return the units from below the book's root down to ``unit``."""
    rows = (
        Unit.select()
        .join(UnitAbove, on=(UnitAbove.above == Unit.id))
        .where((UnitAbove.unit == unit) & Unit.parent.is_null(False))
        .order_by(UnitAbove.distance.desc())
    )
    numbers = {
        row.unit_id: int(row.number) for row in OutsideUnit.select().where(OutsideUnit.system == WECOM)
    }
    return tuple(UnitPlace(row.id, row.name, numbers.get(row.id)) for row in rows)


@dataclass(frozen=True, slots=True)
class LeftMember:
    """An entry that left a synced book while its person's account is still there."""

    entry: int
    book: str


def left_accounts() -> dict[str, LeftMember]:
    """Return accounts of people who are in no synced book any more, with the entry that they left last."""
    books = synced_books()
    found: dict[str, LeftMember] = {}
    rows: Any = (
        Entry.select(OutsideMember.account, Entry.id, Entry.book, Entry.state)
        .join(OutsideMember, on=(OutsideMember.person == Entry.person))
        .where((OutsideMember.system == WECOM) & Entry.book.in_(books) & (Entry.state != "pending"))
        .order_by(Entry.id)
        .tuples()
    )
    active: set[str] = set()
    for account, entry, book, state in rows:
        if state == "active":
            active.add(account)
        else:
            found[account] = LeftMember(entry, book)
    return {account: one for account, one in found.items() if account not in active}
