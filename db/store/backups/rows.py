"""Rows in a form that is the same for both databases: bytes as ``\\x`` and hexadecimal digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from peewee import AutoField, BlobField, BooleanField, Field

from db.store import tables
from db.store.engine import database, store
from db.store.journal.capture import UNJOURNALED
from db.store.journal.reading import Row
from db.store.tables.base import Table

HEX = "\\x"

KEPT: tuple[type[Table], ...] = tuple(
    table
    for table in tables.ALL
    if table._meta.table_name not in UNJOURNALED | {"journal_head", "proof_head"}
)
"""The tables that are backed up and journaled; others are made anew from them, are keys, or begin anew."""
BY_NAME: Mapping[str, type[Table]] = {table._meta.table_name: table for table in KEPT}


def columns(table: type[Table]) -> list[str]:
    return [field.column_name for field in table._meta.sorted_fields]


def neutral(table: type[Table]) -> list[Callable[[Any], Any]]:
    """Return for each column a function that converts a value of the open database to the neutral form of
    backups."""
    return [_neutral(field) for field in table._meta.sorted_fields]


def stored_row(table: type[Table], row: Row) -> list[Any]:
    """Return the values of all columns as the open store keeps them; defaults for columns that ``row``
    lacks."""
    return [
        _default(field) if name not in row else row[name] if made is None else made(row[name])
        for name, field, made in _columns(table)
    ]


def current_row(table: type[Table], row: Row) -> Row | None:
    """Read the row with the key of ``row`` from the open store, in neutral form; None if there is none."""
    names = columns(table)
    where, values = _where(table, row)
    found = database.execute_sql(
        f"SELECT {', '.join(_quoted(names))} FROM {_name(table)} WHERE {where}", values
    ).fetchone()
    if found is None:
        return None
    return {name: made(value) for name, made, value in zip(names, neutral(table), found, strict=True)}


def neutral_row(table: type[Table], row: Row) -> Row:
    """Return a journaled row in neutral form, without columns that no longer exist."""
    made = dict(zip(columns(table), neutral(table), strict=True))
    return {name: made[name](value) for name, value in row.items() if name in made}


def upsert_row(table: type[Table], row: Row) -> None:
    """Insert ``row``, or update the row of its key, within the running transaction."""
    names, keys = columns(table), key_columns(table)
    marks = ", ".join(database.param for _name_ in names)
    others = [name for name in names if name not in keys]
    change = (
        "DO UPDATE SET " + ", ".join(f'"{name}" = excluded."{name}"' for name in others)
        if others
        else "DO NOTHING"
    )
    database.execute_sql(
        f"INSERT INTO {_name(table)} ({', '.join(_quoted(names))}) VALUES ({marks}) "
        f"ON CONFLICT ({', '.join(_quoted(keys))}) {change}",
        stored_row(table, row),
    )


def delete_row(table: type[Table], row: Row) -> None:
    where, values = _where(table, row)
    database.execute_sql(f"DELETE FROM {_name(table)} WHERE {where}", values)


def key_columns(table: type[Table]) -> list[str]:
    meta: Any = table._meta
    return [field.column_name for field in meta.get_primary_keys()]


def renumber() -> None:
    """Set PostgreSQL's sequences behind the last id of each table; does nothing on SQLite."""
    if not store().is_postgresql:
        return
    for table in KEPT:
        if isinstance(table._meta.primary_key, AutoField):
            name = table._meta.table_name
            database.execute_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), "
                f'(SELECT COALESCE(MAX(id), 0) + 1 FROM "{name}"), false)'
            )


def _where(table: type[Table], row: Row) -> tuple[str, list[Any]]:
    keys = key_columns(table)
    return " AND ".join(f'"{key}" = {database.param}' for key in keys), [row[key] for key in keys]


def _neutral(field: Field) -> Callable[[Any], Any]:
    if isinstance(field, BlobField):
        return lambda value: value if value is None or isinstance(value, str) else HEX + bytes(value).hex()
    if isinstance(field, BooleanField):
        return lambda value: None if value is None else bool(value)
    return lambda value: value


@cache
def _columns(table: type[Table]) -> tuple[tuple[str, Field, Callable[[Any], Any] | None], ...]:
    """Return name, field and converter from neutral form (None where none is needed) of each column;
    cached."""
    return tuple((field.column_name, field, _stored(field)) for field in table._meta.sorted_fields)


def _default(field: Field) -> Any:
    return field.default() if callable(field.default) else field.default


def _stored(field: Field) -> Callable[[Any], Any] | None:
    if isinstance(field, BlobField):
        return lambda value: None if value is None else bytes.fromhex(value.removeprefix(HEX))
    if isinstance(field, BooleanField):
        return lambda value: None if value is None else bool(value)
    return None


def _name(table: type[Table]) -> str:
    return f'"{table._meta.table_name}"'


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]
