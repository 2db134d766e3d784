"""Which records of the chain a reader may see: those of the books they supervise, from their unit down.

Information security supervises and inspects (C.6); whether that is this role, the book's policy says.
Records that belong to no book, such as sign-ins, are seen by whoever supervises a book in which the
person has an entry.
"""

from __future__ import annotations

from typing import Any

from peewee import fn

from db.desk.authority.standing import Standing, policy_of, root_of
from db.desk.refusal import SILENT, Refused
from db.language import Label, _
from db.store.tables import Account, AuditRecord, Entry, UnitAbove


def supervised(standing: Standing) -> tuple[tuple[str, int], ...]:
    """(book, unit) pairs from which down the account supervises."""
    found = []
    for book in standing.books:
        role = policy_of(book).supervisor.role
        found += [(book, holding.unit) for holding in standing.held(role, book)]
    return tuple(dict.fromkeys(found))


def books_of(standing: Standing) -> frozenset[str]:
    """The books that the account supervises."""
    return frozenset(book for book, _unit in supervised(standing))


def visible(standing: Standing, *, one_by_one: bool = False) -> Any:
    """The condition on AuditRecord for what ``standing`` may see. ``one_by_one``: for what
    is read record by record and by no index. Raises Refused where that is nothing."""
    places = supervised(standing)
    if not places:
        raise _refusal(standing)
    condition: Any = None
    for book, unit in places:
        whole = unit == root_of(book)
        part = of_book(book, None if whole else unit, one_by_one=one_by_one)
        condition = part if condition is None else condition | part
    return condition


def clause_of(standing: Standing) -> str:
    """The clause that lets the account look at the audit."""
    places = supervised(standing)
    return policy_of(places[0][0]).supervisor.clause if places else SILENT


def of_book(book: str, unit: int | None, *, one_by_one: bool = False) -> Any:
    """Records of ``book`` from ``unit`` down (None: all of it), and those of its people that have no book."""
    recorded: Any = AuditRecord.book.concat("") if one_by_one else AuditRecord.book
    entries = Entry.select(Entry.id).where(Entry.book == book)
    theirs = entries.where(Entry.person == Account.person)
    whoever = Account.select(Account.id).where(Account.id == AuditRecord.account)
    unplaced = recorded.is_null()
    if unit is None:
        known = whoever.where(Account.person.is_null() | fn.EXISTS(theirs))
        return (recorded == book) | (unplaced & (AuditRecord.account.is_null() | fn.EXISTS(known)))
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == unit)
    placed = AuditRecord.unit.in_(below) | AuditRecord.entry.in_(entries.where(Entry.unit.in_(below)))
    mine = fn.EXISTS(whoever.where(fn.EXISTS(theirs.where(Entry.unit.in_(below)))))
    return ((recorded == book) & placed) | (unplaced & mine)


def _refusal(standing: Standing) -> Refused:
    if not standing.books:
        return Refused(_("The audit is not yours to read."), SILENT, _("Ask your administrator."))
    policy = policy_of(standing.books[0])
    role: Label = policy.role(policy.supervisor.role).label
    return Refused(
        _("Only {role} may read the audit.", role=role),
        policy.supervisor.clause,
        _("Ask {role} to look it up for you.", role=role),
    )
