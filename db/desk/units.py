"""The unit tree of a book, with the closure that makes a subtree one range. Not an operation.

These run within the transaction of the operation that needs them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from db.desk.standing import root_of
from db.language import Label
from db.store.engine import database
from db.store.searchkeys import Side
from db.store.tables import Book, Unit, UnitAbove


def create_book(
    book: str,
    title: Label,
    policies: Sequence[str],
    *,
    root: Label,
    decisions: Mapping[str, object] | None = None,
    sort: int = 0,
) -> int:
    """A new book under ``policies`` (in order of precedence); its root unit, named ``root``."""
    Book.create(
        id=book,
        title_zh=title.zh,
        title_en=title.en,
        policies=json.dumps(list(policies)),
        decisions=json.dumps(dict(decisions or {})),
        sort=sort,
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
    sort: int = 0,
) -> int:
    """A new unit below ``parent``; without one it is the book's root. ``side`` absent: the parent's."""
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
        sort=sort,
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


def set_head(unit: int, entry: int | None) -> None:
    """Make ``entry`` the head of ``unit``, or nobody."""
    Unit.update(head=entry).where(Unit.id == unit).execute()


def unit_named(book: str, path: str) -> int | None:
    """The active unit at ``path``, names from below the root joined by ``/`` (empty: the root itself)."""
    unit = root_of(book)
    for name in (part.strip() for part in path.split("/")):
        if name:
            found = Unit.get_or_none((Unit.parent == unit) & (Unit.name == name) & Unit.active)
            if found is None:
                return None
            unit = int(found.id)
    return unit


def path_of(unit: int) -> tuple[str, ...]:
    """Names of the units above ``unit`` and its own, the root first."""
    rows = (
        Unit.select(Unit.name)
        .join(UnitAbove, on=(UnitAbove.above == Unit.id))
        .where(UnitAbove.unit == unit)
        .order_by(UnitAbove.distance.desc())
    )
    return tuple(row.name for row in rows)


def name_of(unit: int) -> str:
    """The unit's own name."""
    return str(Unit.get_by_id(unit).name)
