"""Every column that the application seals, and what its values are bound to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db.store import tables
from db.store.engine import database
from db.store.sealing import HEADER, VERSION
from db.store.tables.base import Table

NUMBER = HEADER.size
"""Bytes at the front of a sealed value that name its version and its key."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed column. ``place`` makes of the values of the columns ``of`` what a value is bound to."""

    table: type[Table]
    column: str
    of: tuple[str, ...]
    place: Callable[..., str]
    batch: int = 500

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table._meta.table_name)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        meta: Any = self.table._meta
        return tuple(field.column_name for field in meta.get_primary_keys())


SEALED: tuple[SealedColumn, ...] = (
    SealedColumn(tables.Account, "totp", ("id",), tables.Account.totp_place),
    SealedColumn(tables.EntryField, "sealed", ("entry_id", "name", "ord"), tables.EntryField.place),
    SealedColumn(tables.SearchLine, "sealed", ("line",), tables.SearchLine.place),
    SealedColumn(tables.UnitContact, "sealed", ("unit_id", "name"), tables.UnitContact.place),
    SealedColumn(tables.Request, "payload", ("digest",), tables.Request.place),
    SealedColumn(tables.Evidence, "content", ("id",), tables.Evidence.place, batch=20),
    SealedColumn(tables.Archive, "content", ("entry_id",), tables.Archive.place),
    SealedColumn(tables.EditionIssue, "content", ("key",), tables.EditionIssue.place, batch=20),
    SealedColumn(tables.EditionCopy, "secret", ("key",), lambda key: tables.EditionCopy.place(key, "secret")),
    SealedColumn(
        tables.EditionCopy, "password", ("key",), lambda key: tables.EditionCopy.place(key, "password")
    ),
    SealedColumn(tables.CaseFile, "words", ("key",), tables.CaseFile.place),
    SealedColumn(tables.CaseEvent, "word", ("key",), tables.CaseEvent.place),
    SealedColumn(tables.SubjectKey, "key", ("person",), tables.SubjectKey.place),
    SealedColumn(tables.ThingKey, "key", ("name",), tables.ThingKey.place),
    SealedColumn(tables.AuditRecord, "journal", ("seq",), tables.AuditRecord.place),
)


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One value as it lies in its row."""

    key: tuple[object, ...]
    place: str
    sealed: bytes


def count_by_key() -> dict[int, int]:
    """How many values the open store holds under each field key."""
    found: dict[int, int] = {}
    for one in SEALED:
        rows = database.execute_sql(
            f'SELECT substr("{one.column}", 1, {NUMBER}), COUNT(*) FROM "{one.name}" '
            f'WHERE "{one.column}" IS NOT NULL GROUP BY 1'
        ).fetchall()
        for front, count in rows:
            number = number_of(bytes(front))
            found[number] = found.get(number, 0) + int(count)
    return found


def others(column: SealedColumn, number: int, after: Sequence[object]) -> list[SealedValue]:
    """The next values of ``column`` beyond the key ``after`` that are not sealed under key ``number``."""
    mark, keys = database.param, column.keys
    wanted = ", ".join(f'"{name}"' for name in (*keys, *column.of, column.column))
    order = ", ".join(f'"{name}"' for name in keys)
    beyond = f"({order}) > ({', '.join(mark for _key in keys)}) AND " if after else ""
    rows = database.execute_sql(
        f'SELECT {wanted} FROM "{column.name}" WHERE {beyond}"{column.column}" IS NOT NULL AND '
        f'substr("{column.column}", 1, {NUMBER}) <> {mark} ORDER BY {order} LIMIT {column.batch}',
        (*after, HEADER.pack(VERSION, number)),
    ).fetchall()
    return list(_values(column, rows))


def replace(column: SealedColumn, old: SealedValue, new: bytes) -> bool:
    """Put ``new`` in the place of ``old``; False where that is not there any more."""
    mark = database.param
    where = " AND ".join(f'"{name}" = {mark}' for name in (*column.keys, column.column))
    done = database.execute_sql(
        f'UPDATE "{column.name}" SET "{column.column}" = {mark} WHERE {where}', (new, *old.key, old.sealed)
    )
    return bool(done.rowcount)


def number_of(front: bytes) -> int:
    """The number of the key in the first bytes of a sealed value."""
    return int(HEADER.unpack(front)[1]) if len(front) == NUMBER else 0


def _values(column: SealedColumn, rows: Sequence[Any]) -> Iterator[SealedValue]:
    width = len(column.keys)
    for row in rows:
        yield SealedValue(tuple(row[:width]), column.place(*row[width:-1]), bytes(row[-1]))
