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
    """Return the condition that ``column`` is one of ``values``, with its parameters.

    A server gets them as one array, so that it prepares one statement for every number of them.
    """
    given = list(values)
    if store().is_postgresql:
        return f"{column} = ANY({database.param})", [given]
    return f"{column} IN ({', '.join(database.param for _value in given)})", given


def constant(word: str) -> SQL:
    """Put a word of ours into the statement itself: an index that has only some rows of a table is taken for
    certain where the statement says which, and not always where a value does."""
    return SQL(f"'{word}'")


def unindexed(column: Any) -> Any:
    """Have ``column`` looked at row by row, and found by no index that begins with it."""
    return column.concat("") if store().is_postgresql else NodeList((SQL("+"), column))


def for_update(query: Any, *, no_key: bool = False, skip_locked: bool = False) -> Any:
    """Make ``query`` lock its rows until the running transaction ends, and read them as they are last on
    record; ``no_key``: new rows that refer to them may come; ``skip_locked``: without those that somebody
    holds. SQLite's one writer holds all there are."""
    if not store().is_postgresql:
        return query
    return query.for_update("FOR NO KEY UPDATE" if no_key else True, skip_locked=skip_locked)
