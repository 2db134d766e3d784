"""Offices: who holds which role of which unit, from a day to a day, in which capacity. Not an operation.

These run within the transaction of the operation that needs them. An office is a person's, be there an
account or not (`Grant`). Who acts for the time being and who deputises decide beside the holder, each in
their own name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from peewee import fn

from db.desk.authority.capacity import DEPUTY, HOLDER, Capacity
from db.store import clock
from db.store.tables import Entry, Grant, Unit

HEAD = "head"


@dataclass(frozen=True, slots=True)
class Head:
    """Who heads a unit now: the holder, or while there is none, whoever acts."""

    entry: int
    person: int
    capacity: Capacity


def heads_in(book: str, units: Collection[int] | None = None) -> dict[int, Head]:
    """The present heads of the active units of ``book``, or of these ``units``, by unit."""
    rows: Any = (
        Grant.select(Grant.unit, fn.MIN(Entry.id), Grant.person, Grant.capacity)
        .join(Unit, on=(Grant.unit == Unit.id))
        .join(Entry, on=(Entry.person == Grant.person) & (Entry.book == Unit.book))
        .where((Unit.book == book) & Unit.active & (Entry.state == "active"))
        .where((Grant.role == HEAD) & (Grant.capacity != DEPUTY) & Grant.in_force())
        .group_by(Grant.id, Grant.unit, Grant.person, Grant.capacity)
        .order_by(Grant.capacity == HOLDER, Grant.id)
        .tuples()
    )
    if units is not None:
        rows = rows.where(Grant.unit.in_(list(units)))
    return {unit: Head(*head) for unit, *head in rows}


def head_of(unit: Unit) -> Head | None:
    """Who heads ``unit`` now."""
    return heads_in(unit.book_id, [unit.id]).get(unit.id)


def headed_by(person: int, book: str) -> tuple[Unit, ...]:
    """The units of ``book`` that ``person`` heads now, in whatever capacity."""
    rows = Unit.select().join(Grant, on=(Grant.unit == Unit.id))
    held = (Grant.person == person) & (Grant.role == HEAD) & Grant.in_force() & (Unit.book == book)
    return tuple(rows.where(held).distinct().order_by(Unit.id))


def end_headships(*, unit: int | None = None, book: str | None = None, person: int | None = None) -> None:
    """Of ``unit``, in ``book``, or ``person``'s alone: nobody heads that any longer, nor is to. That they did
    stays on record."""
    ending = (Grant.role == HEAD) & Grant.revoked_at.is_null()
    for column, wanted in ((Grant.unit, unit), (Grant.book, book), (Grant.person, person)):
        if wanted is not None:
            ending &= column == wanted
    Grant.update(revoked_at=clock.now()).where(ending).execute()


def set_head(unit: int, entry: int | None) -> None:
    """Make the person of ``entry`` the head of ``unit`` from now on, or nobody."""
    end_headships(unit=unit)
    if entry is not None:
        row, now = Entry.get_by_id(entry), clock.now()
        Grant.create(person=row.person_id, role=HEAD, book=row.book_id, unit=unit, granted_at=now)
