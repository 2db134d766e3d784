"""The few places where the two engines' SQL differs, for statements that are written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import SQL, NodeList

from db.store.engine import database, reader, store


def fetch(statement: str, values: Sequence[object] = ()) -> list[Any]:
    """Return all rows of a statement, straight from the driver."""
    return list(reader().execute(statement, values).fetchall())


def is_among(column: str, values: Iterable[object]) -> tuple[str, list[object]]:
    """Return the SQL condition that ``column`` is one of ``values``, with its parameters.

    A server gets them as one array, so that it prepares one statement for every number of them.
    """
    given = list(values)
    if store().is_postgresql:
        return f"{column} = ANY({database.param})", [given]
    return f"{column} IN ({', '.join(database.param for _value in given)})", given


def constant(word: str) -> SQL:
    """Return ``word`` as an SQL literal, not a parameter: only so is a partial index sure to be used. For
    words of ours alone, as nothing is escaped."""
    return SQL(f"'{word}'")


def unindexed(column: Any) -> Any:
    """Return ``column`` as an expression that no index serves."""
    return column.concat("") if store().is_postgresql else NodeList((SQL("+"), column))


def for_update(query: Any, *, no_key: bool = False, skip_locked: bool = False) -> Any:
    """Return ``query`` locking its rows until the running transaction ends, and reading their latest state;
    unchanged on SQLite, whose writer has everything locked. ``no_key`` lets rows that refer to them be added;
    ``skip_locked`` skips rows locked by others."""
    if not store().is_postgresql:
        return query
    return query.for_update("FOR NO KEY UPDATE" if no_key else True, skip_locked=skip_locked)
