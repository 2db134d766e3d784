"""Every column that the application seals, and what its values are bound to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db.store.engine import database
from db.store.sealing import HEADER, VERSION
from db.store.tables import ALL
from db.store.tables.columns import SealedField

NUMBER = HEADER.size
"""Bytes at the front of a sealed value that name its version and its key."""

SEALED: tuple[SealedField[Any], ...] = tuple(
    column for table in ALL for column in table._meta.sorted_fields if isinstance(column, SealedField)
)


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One value as it lies in its row."""

    key: tuple[object, ...]
    place: str
    sealed: bytes


def count_by_key() -> dict[int, int]:
    """Count the sealed values in the open store by the number of their field key."""
    found: dict[int, int] = {}
    for one in SEALED:
        rows = database.execute_sql(
            f'SELECT substr("{one.column_name}", 1, {NUMBER}), COUNT(*) FROM "{one.table}" '
            f'WHERE "{one.column_name}" IS NOT NULL GROUP BY 1'
        ).fetchall()
        for front, count in rows:
            number = number_of(bytes(front))
            found[number] = found.get(number, 0) + int(count)
    return found


def outdated_values(column: SealedField[Any], number: int, after: Sequence[object]) -> list[SealedValue]:
    """Return the next batch of values of ``column``, behind the row key ``after``, that are not sealed under
    key ``number``."""
    mark, keys = database.param, _keys(column)
    wanted = ", ".join(f'"{name}"' for name in (*keys, *column.of, column.column_name))
    order = ", ".join(f'"{name}"' for name in keys)
    beyond = f"({order}) > ({', '.join(mark for _key in keys)}) AND " if after else ""
    rows = database.execute_sql(
        f'SELECT {wanted} FROM "{column.table}" WHERE {beyond}"{column.column_name}" IS NOT NULL AND '
        f'substr("{column.column_name}", 1, {NUMBER}) <> {mark} ORDER BY {order} LIMIT {column.batch}',
        (*after, HEADER.pack(VERSION, number)),
    ).fetchall()
    return list(_values(column, rows))


def replace(column: SealedField[Any], old: SealedValue, new: bytes) -> bool:
    """Overwrite ``old`` with ``new`` by compare-and-set; False where ``old`` is not there any more."""
    mark = database.param
    where = " AND ".join(f'"{name}" = {mark}' for name in (*_keys(column), column.column_name))
    done = database.execute_sql(
        f'UPDATE "{column.table}" SET "{column.column_name}" = {mark} WHERE {where}',
        (new, *old.key, old.sealed),
    )
    return bool(done.rowcount)


def number_of(front: bytes) -> int:
    """Return the number of the key in the first bytes of a sealed value."""
    return int(HEADER.unpack(front)[1]) if len(front) == NUMBER else 0


def _keys(column: SealedField[Any]) -> tuple[str, ...]:
    return tuple(field.column_name for field in column.model._meta.get_primary_keys())


def _values(column: SealedField[Any], rows: Sequence[Any]) -> Iterator[SealedValue]:
    width = len(_keys(column))
    for row in rows:
        yield SealedValue(tuple(row[:width]), column.place(*row[width:-1]), bytes(row[-1]))
