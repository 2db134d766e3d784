"""Which records of the chain a reader may see: those of the books they supervise, from their unit down.

Information security supervises and inspects (C.6); whether that is this role, the book's policy says.
Records that belong to no book, such as sign-ins, are seen by whoever supervises a book in which the
person is, or was where they are in none now. Who only waits to be in it, or left it for another, is not its.

What is about the reader, such as a case that names them, is not there for them. Its numbers are missing from
the list, as those of other books are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, fn

from db.desk.authority.hidden import hidden_records
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.authority.whom_to_ask import ask_office
from db.desk.refusal import SILENT, Refused
from db.language import _
from db.store.engine import store
from db.store.sql import unindexed
from db.store.tables import Account, AuditRecord, Entry, UnitAbove


def supervised_units(permissions: Permissions) -> tuple[tuple[str, int], ...]:
    """Return (book, unit) pairs from which down the account supervises by its own right."""
    found = []
    for book in permissions.books:
        role = permissions.policy(book).supervisor.role
        found += [(book, holding.unit) for holding in permissions.own_holdings(role, book)]
    return tuple(dict.fromkeys(found))


def books_of(permissions: Permissions) -> frozenset[str]:
    return frozenset(book for book, _unit in supervised_units(permissions))


def visible_records(permissions: Permissions, *, one_by_one: bool = False, counted: bool = False) -> Any:
    """Return the condition on AuditRecord for what ``permissions`` see. Raises Refused if nothing."""
    parts = [
        of_book(book, unit, one_by_one=one_by_one, counted=counted)
        for book, unit in supervised_places(permissions)
    ]
    return reduce(or_, parts) & not_hidden(permissions)


def not_hidden(permissions: Permissions) -> Any:
    """Return the condition that leaves out the records hidden from the reader, such as those of cases about
    them."""
    hidden = hidden_records(permissions)
    return AuditRecord.seq.not_in(sorted(hidden)) if hidden else SQL("1 = 1")


def clause_of(permissions: Permissions) -> str:
    """Return the clause that lets the account look at the audit."""
    reached = supervised_units(permissions)
    return policy_of(reached[0][0]).supervisor.clause if reached else SILENT


def of_book(book: str, unit: int | None, *, one_by_one: bool = False, counted: bool = False) -> Any:
    """Build the condition on AuditRecord for those of ``book`` from ``unit`` down (None: throughout), and
    those of its people without a book."""
    column = book_column(one_by_one=one_by_one, counted=counted)
    people = _of_people(book, unit, counted=counted)
    return ((column == book) & _placed(book, unit)) | (column.is_null() & people)


def book_column(*, one_by_one: bool, counted: bool) -> Any:
    """Return the column of a record's book, hidden from indexes or not. ``one_by_one``: for lists that are
    read record by record, through another index; ``counted``: for counting all at once, for which the
    database chooses better by its own statistics."""
    by_none = one_by_one and not (counted and store().is_postgresql)
    return unindexed(AuditRecord.book) if by_none else AuditRecord.book


def disjoint_conditions(
    permissions: Permissions, reached: Sequence[tuple[str, int | None]], *, counted: bool = False
) -> tuple[Any, Any]:
    """Return two disjoint conditions that together give what ``permissions`` see of each book and unit of
    ``reached``: records with a book, and records without one. An index serves either."""
    placed = reduce(or_, ((AuditRecord.book == book) & _placed(book, unit) for book, unit in reached))
    people = reduce(or_, (_of_people(book, unit, counted=counted) for book, unit in reached))
    shown = not_hidden(permissions)
    return placed & shown, AuditRecord.book.is_null() & people & shown


def supervised_places(permissions: Permissions) -> list[tuple[str, int | None]]:
    """Return the supervised books, each with its unit (None: throughout). Raises Refused without any."""
    reached = supervised_units(permissions)
    if not reached:
        raise _refusal(permissions)
    return [(book, None if unit == root_of(book) else unit) for book, unit in reached]


def _placed(book: str, unit: int | None) -> Any:
    """Return the condition on the records of ``book`` for what lies from ``unit`` down."""
    if unit is None:
        return SQL("1 = 1")
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == unit)
    entries = Entry.select(Entry.id).where((Entry.book == book) & Entry.unit.in_(below))
    return AuditRecord.unit.in_(below) | AuditRecord.entry.in_(entries)


def _of_people(book: str, unit: int | None, *, counted: bool = False) -> Any:
    """Return the condition on records without a book for those of its people. ``counted``: as all but those
    of others, which two indexes give at once, as no account is ever deleted."""
    there = (Entry.book == book) & _is_or_was_last()
    theirs = Entry.select(Entry.id).where(there & (Entry.person == Account.person))
    whoever = Account.select(Account.id).where(Account.id == AuditRecord.account)
    if unit is not None:
        below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == unit)
        return fn.EXISTS(whoever.where(fn.EXISTS(theirs.where(Entry.unit.in_(below)))))
    if not counted:
        known = whoever.where(Account.person.is_null() | fn.EXISTS(theirs))
        return AuditRecord.account.is_null() | fn.EXISTS(known)
    owned = Account.person.is_null(False)
    if store().is_postgresql:  # which tells by hashes whom it finds nowhere
        strangers = owned & ~fn.EXISTS(theirs)
    else:
        owners = Account.select(Account.person).where(owned)
        strangers = Account.person.in_(owners - Entry.select(Entry.person).where(there))
    others = Account.select(Account.id).where(strangers)
    return AuditRecord.account.is_null() | AuditRecord.account.not_in(others)


def _is_or_was_last() -> Any:
    """Return the condition on entries for present ones, and for those of leavers who are in no book any
    more."""
    other = Entry.alias()
    anywhere = other.select(other.id).where((other.person == Entry.person) & (other.state == "active"))
    return (Entry.state == "active") | ((Entry.state == "left") & ~fn.EXISTS(anywhere))


def _refusal(permissions: Permissions) -> Refused:
    if not permissions.books:
        return Refused(_("The audit is not yours to read."), SILENT, _("Ask your administrator."))
    policy = policy_of(permissions.books[0])
    supervisor = policy.supervisor.role
    return Refused(
        _("Only {role} may read the audit.", role=policy.role(supervisor).label),
        policy.supervisor.clause,
        ask_office(policy, (supervisor,), _("Ask {role} to look it up for you.")),
    )
