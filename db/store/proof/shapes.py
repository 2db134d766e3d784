"""Which tables have a sum, and how the key of a row of each is read from its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from peewee import IntegerField

from db.store.proof import OTHERWISE, SCHEMA, STRUCTURE
from db.store.proof.sums import placer
from db.store.tables import ALL
from db.store.tables.base import SchemaVersion


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table's key, and whether it is one whole number that leads each row."""

    keys: tuple[str, ...]
    is_number: bool
    place: Callable[[str], int]


@cache
def shape_of(table: str) -> Shape:
    """Return the key columns of ``table`` and whether they are one leading integer. Cached."""
    if table in (SCHEMA, STRUCTURE):
        return _shape(("kind", "name"), False)
    meta: Any = _models()[table]._meta
    keys = meta.get_primary_keys()
    leads = len(keys) == 1 and keys[0] is meta.sorted_fields[0]
    return _shape(
        tuple(str(field.column_name) for field in keys), leads and isinstance(keys[0], IntegerField)
    )


def is_proved(table: str) -> bool:
    return table not in OTHERWISE and table in _models()


@cache
def _models() -> dict[str, Any]:
    every: tuple[Any, ...] = (*ALL, SchemaVersion)
    return {str(table._meta.table_name): table for table in every}


def _shape(keys: tuple[str, ...], is_number: bool) -> Shape:
    return Shape(keys, is_number, placer(keys, is_number))
