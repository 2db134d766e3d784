"""What a book lacks: entries without a required field, people without an entry, entries without a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import today
from db.desk.entry.record import COLUMNS
from db.desk.extracts.about import account_names
from db.desk.extracts.entries import active_entries
from db.desk.extracts.report_rights import Extent
from db.language import Label
from db.policy.rules import FieldRule
from db.store.engine import database, store
from db.store.sql import constant, fetch, is_among
from db.store.tables import Account, Entry, Grant, Unit, UnitAbove

AT_ONCE = 500
FILLED = "(sealed IS NOT NULL OR value <> '')"


@dataclass(frozen=True, slots=True)
class IncompleteRow:
    """An entry and the required fields that it lacks."""

    entry: int
    name: str
    unit: str
    missing: tuple[Label, ...]
    clauses: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """``problem``: ``no-entry`` (a person without one) or ``no-employee`` (an entry without one)."""

    problem: str
    name: str
    unit: str
    login: str


def incomplete(place: Extent) -> tuple[IncompleteRow, ...]:
    """Find active entries from ``place`` down without a required field, in the order of the units."""
    required = [rule for rule in policy_of(place.book).fields if rule.required]
    entries = active_entries(place, *_perhaps_incomplete(required))
    present = _present([entry.id for entry in entries])
    found = []
    for entry in entries:
        lacking = [
            rule
            for rule in required
            if (not rule.applies_to or entry.kind in rule.applies_to)
            and not (getattr(entry, rule.name) if rule.name in COLUMNS else rule.name in present[entry.id])
        ]
        if lacking:
            clauses = dict.fromkeys(clause for rule in lacking for clause in rule.clauses)
            found.append(
                IncompleteRow(
                    entry.id,
                    entry.name,
                    entry.unit,
                    tuple(rule.label for rule in lacking),
                    ", ".join(clauses),
                )
            )
    return tuple(found)


def _perhaps_incomplete(required: Sequence[FieldRule]) -> tuple[str, Sequence[object]]:
    """Return the condition for entries that may lack one of ``required``: the few to look at."""
    found, values = ["FALSE"], list[object]()
    others = [rule.name for rule in required if rule.name not in COLUMNS]
    for kinds in {rule.applies_to for rule in required if rule.name in COLUMNS}:
        columns = [rule.name for rule in required if rule.name in COLUMNS and rule.applies_to == kinds]
        of_kinds, given = is_among("e.kind", kinds) if kinds else ("TRUE", ())
        empty = (f"e.{name} IS NULL OR CAST(e.{name} AS TEXT) = ''" for name in columns if name != "unit")
        found.append(f"{of_kinds} AND ({' OR '.join([*empty, 'FALSE'])})")
        values += given
    for name in others:
        of_it = f"entry_id = e.id AND name = {database.param} AND {FILLED}"
        found.append(f"NOT EXISTS (SELECT 1 FROM entry_field WHERE {of_it})")
        values.append(name)
    return " OR ".join(found), values


def coverage(place: Extent) -> tuple[CoverageRow, ...]:
    """Find employees who are missing in the book, and entries of people who are no employees any more. An
    employee is a person with an account in use or an entry that waits to be completed, unless the only role
    of that account is in another book; no longer one is a person whose last day has passed or whose accounts
    are all disabled."""
    return (*_missing(place), *_entries_without_employee(place))


def _missing(place: Extent) -> Iterable[CoverageRow]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    other = Entry.alias()
    inside = other.select(other.id).where(
        (other.person == Entry.person) & (other.book == place.book) & (other.state == "active")
    )
    pending = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where((Entry.state == constant("pending")) & Entry.unit.in_(below) & ~fn.EXISTS(inside))
        .order_by(Entry.id)
    )
    for entry in pending:
        yield CoverageRow("no-entry", entry.name, entry.unit.name, "")
    if place.unit != root_of(place.book):
        return
    anywhere = Entry.select(Entry.id).where((Entry.person == Account.person) & (Entry.state != "left"))
    # A server tells by hashes whom it finds nowhere, each once.
    owned = Account.person.is_null(False) if store().is_postgresql else Account.person.in_(_perhaps_nowhere())
    accounts = (
        Account.select()
        .where(owned & (Account.state == "active") & ~fn.EXISTS(anywhere))
        .where(~_elsewhere(place.book))
        .order_by(Account.login)
    )
    for account in accounts:
        yield CoverageRow("no-entry", account_names(account.id)[1], "", account.login)


def _perhaps_nowhere() -> Any:
    """Build the query for persons with an account and no entry, by two indexes side by side."""
    left = Entry.select(Entry.person).where(Entry.state == constant("left"))
    owners = Account.select(Account.person).where(Account.person.is_null(False))
    return owners - Entry.select(Entry.person) + left


def _elsewhere(book: str) -> Any:
    """Return the condition on Account for holders of roles in other books and none in this one."""
    held = Grant.select(Grant.account).where(Grant.account.is_null(False) & Grant.in_force())
    here = held.where((Grant.book == book) | Grant.book.is_null())
    return Account.id.in_(held) & Account.id.not_in(here)


def _entries_without_employee(place: Extent) -> Iterable[CoverageRow]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    other = Account.alias()
    usable = other.select(other.id).where((other.person == Account.person) & (other.state != "disabled"))
    closed = Account.select(Account.person).where(
        (Account.state == constant("disabled")) & ~fn.EXISTS(usable)
    )
    over = Entry.select(Entry.id).where(Entry.left < today().isoformat())
    shut = Entry.select(Entry.id).where(Entry.person.in_(closed))
    entries = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where((Entry.id.in_(over) | Entry.id.in_(shut)) & (Entry.state == "active") & Entry.unit.in_(below))
        .order_by(Entry.id)
    )
    for entry in entries:
        yield CoverageRow("no-employee", entry.name, entry.unit.name, "")


def _present(entries: Sequence[int]) -> Mapping[int, set[str]]:
    """Return names of the fields that each entry has a value of."""
    found: dict[int, set[str]] = defaultdict(set)
    for start in range(0, len(entries), AT_ONCE):
        where, given = is_among("entry_id", entries[start : start + AT_ONCE])
        for entry, name in fetch(f"SELECT entry_id, name FROM entry_field WHERE {FILLED} AND {where}", given):
            found[entry].add(name)
    return found
