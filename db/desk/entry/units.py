"""The unit tree of a book, with the closure that makes a subtree one range. Not an operation.

These run within the transaction of the operation that needs them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from db.desk.authority.offices import end_headships
from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.putting_on_record import put_shipped
from db.desk.entry.citing import with_clause
from db.desk.entry.record import reindex_units
from db.desk.refusal import Invalid, Problem
from db.language import Label, Message, _
from db.store import clock
from db.store.engine import database
from db.store.name_spelling import find_misspelling
from db.store.searchkeys import Side
from db.store.sql import fetch, for_update
from db.store.tables import Book, Entry, Unit, UnitAbove

BOOK = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
LONGEST_REGION = 24
"""Characters."""


def check_book_name(book: str) -> None:
    """Raise Invalid for what can't be a book's name."""
    if BOOK.fullmatch(book) is None:
        raise Invalid(Problem("book", _("A directory's name is made of small letters, digits and hyphens.")))


def create_book(
    book: str,
    title: Label,
    policies: Sequence[str],
    *,
    root: Label,
    decisions: Mapping[str, object] | None = None,
    sort: int = 0,
) -> int:
    """Create a book under ``policies`` (in order of precedence) with its root unit, named ``root``, and
    return that unit; put those of the product's policies on record that are not. Raises Invalid."""
    check_book_name(book)
    put_shipped(policies)
    check_names(title.zh, title.en)
    Book.create(
        id=book,
        title_zh=title.zh,
        title_en=title.en,
        policies=json.dumps(list(policies)),
        decisions=json.dumps(dict(decisions or {})),
        sort=sort,
        made_at=clock.now(),
    )
    return create_unit(book, root.zh, name_en=root.en)


def create_unit(
    book: str,
    name: str,
    parent: int | None = None,
    *,
    side: Side | None = None,
    name_en: str = "",
    region: str = "",
    kind: str = "",
) -> int:
    """Create a unit below ``parent``, or the book's root. ``side`` absent: the parent's. Raises Invalid."""
    check_names(name, name_en, book=book)
    if side is None:
        outside = parent is not None and Unit.get_by_id(parent).side == "external"
        side = "external" if outside else "internal"
    unit = Unit.create(
        book=book,
        parent=parent,
        name=name,
        name_en=name_en,
        side=side,
        region=region,
        kind=kind,
    )
    UnitAbove.create(above=unit.id, unit=unit.id, distance=0)
    if parent is not None:
        mark = database.param
        database.execute_sql(
            "INSERT INTO unit_above (above_id, unit_id, distance)"
            f" SELECT above_id, CAST({mark} AS INTEGER), distance + 1 FROM unit_above WHERE unit_id = {mark}",
            (unit.id, parent),
        )
    return int(unit.id)


def lock_unit(unit: int) -> Unit:
    """Read and lock a unit until the transaction ends, so that it is not closed while somebody is put into
    it."""
    found: Unit = for_update(Unit.select().where(Unit.id == unit)).get()
    return found


def lock_with_below(unit: int) -> list[int]:
    """Lock a unit and all below it as `lock_unit` does; return their ids. Who is put into one of them
    meanwhile, and a unit that is made there, comes before what is to change or after it."""
    held_so_far = set[int]()
    while more := {row.unit_id for row in UnitAbove.select().where(UnitAbove.above == unit)} - held_so_far:
        list(for_update(Unit.select(Unit.id).where(Unit.id.in_(more)).order_by(Unit.id)))
        held_so_far |= more
    return sorted(held_so_far)


def lock_entering(book: str) -> None:
    """Lock ``book`` against others who enter people until the running transaction ends, so that a check for
    double entries sees all who came before."""
    for_update(Book.select(Book.id).where(Book.id == book), no_key=True).get_or_none()


def change_obstacle(what: str, unit: int | None, to: int | None, name: str) -> Message | None:
    """Lock ``unit`` and ``to``, the unit above it, and return why the change ``what`` (create, rename, move,
    close) can't be made now; None if it can. ``name`` is the new name."""
    row = lock_unit(unit) if unit is not None else None
    above = lock_unit(to) if to is not None else None
    if row is not None and (not row.active or (row.parent_id is None and what in ("move", "close"))):
        return _("This unit can't be moved or closed.")
    if above is not None and not above.active:
        return _("The unit above is closed.")
    if above is not None and row is not None:
        if above.side != row.side:
            return _("Colleagues and outside contacts are kept in separate units.")
        if UnitAbove.get_or_none((UnitAbove.above == row) & (UnitAbove.unit == above)) is not None:
            return _("A unit can't be moved below itself.")
    if what == "close" and row is not None and _is_in_use(row.id):
        return _("There are still people or units in it. Move them first.")
    parent = to if to is not None else (row.parent_id if row is not None else None)
    wanted = name or (row.name if row is not None else "")
    twin = Unit.get_or_none((Unit.parent == parent) & (Unit.name == wanted) & Unit.active)
    if what != "close" and parent is not None and twin is not None and twin.id != unit:
        return _("There is a unit of that name already.")
    return None


def check_names(*names: str, book: str = "") -> None:
    """Raise Invalid for a misspelt name, such as one with letters that look like others, citing the clause of
    ``book`` if one is given."""
    for name in names:
        if wrong := find_misspelling(name):
            raise Invalid(Problem("name", with_clause(policy_of(book) if book else None, wrong)))


def rename_unit(unit: int, name: str, name_en: str = "") -> None:
    """Rename the unit and index everybody in it and below anew, all locked. Raises Invalid for an unfit
    name."""
    check_names(name, name_en, book=Unit.get_by_id(unit).book_id)
    below = lock_with_below(unit)
    Unit.update(name=name, name_en=name_en).where(Unit.id == unit).execute()
    reindex_units(below)


def move_unit(unit: int, to: int) -> None:
    """Move the unit, with everything below it, under ``to``, and index everybody in it anew, all locked."""
    below = lock_with_below(unit)
    Unit.update(parent=to).where(Unit.id == unit).execute()
    UnitAbove.delete().where(UnitAbove.unit.in_(below) & UnitAbove.above.not_in(below)).execute()
    mark = database.param
    database.execute_sql(
        "INSERT INTO unit_above (above_id, unit_id, distance)"
        " SELECT o.above_id, b.unit_id, o.distance + b.distance + 1 FROM unit_above o, unit_above b"
        f" WHERE o.unit_id = {mark} AND b.above_id = {mark}",
        (to, unit),
    )
    reindex_units(below)


def close_unit(unit: int) -> None:
    """Mark a unit as closed and end its headships; it stays on record. Notifies nobody. The caller checks
    that nobody is in it, and nothing is below it."""
    Unit.update(active=False).where(Unit.id == unit).execute()
    end_headships(unit=unit)


def _is_in_use(unit: int) -> bool:
    people = Entry.select().where((Entry.unit == unit) & Entry.state.in_(("active", "pending"))).exists()
    return bool(people or Unit.select().where((Unit.parent == unit) & Unit.active).exists())


def unit_named(book: str, path: str) -> int | None:
    """Find the active unit at ``path``, names below the root joined by ``/`` (empty: the root itself)."""
    unit = root_of(book)
    for name in (part.strip() for part in path.split("/")):
        if name:
            found = Unit.get_or_none((Unit.parent == unit) & (Unit.name == name) & Unit.active)
            if found is None:
                return None
            unit = int(found.id)
    return unit


def path_of(unit: int) -> tuple[str, ...]:
    """Return the names of the units above ``unit`` and its own, the root first."""
    above = (
        f"SELECT u.name FROM unit_above a JOIN unit u ON u.id = a.above_id WHERE a.unit_id = {database.param}"
    )
    return tuple(row[0] for row in fetch(f"{above} ORDER BY a.distance DESC", (unit,)))


def name_of(unit: int) -> str:
    return str(Unit.get_by_id(unit).name)
