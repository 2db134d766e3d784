"""The few places where the two engines' SQL differs, for statements that are written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from db.store.engine import database, store


def read(statement: str, values: Sequence[object] = ()) -> Any:
    """The driver's cursor over the rows of a statement: what is asked at every key goes this way. Close it
    where not all of them are read."""
    return database.connection().execute(statement, values)


def fetch(statement: str, values: Sequence[object] = ()) -> list[Any]:
    """All rows of a statement."""
    return list(read(statement, values).fetchall())


def among(column: str, values: Iterable[object]) -> tuple[str, list[object]]:
    """The condition that ``column`` is one of ``values``, with its parameters.

    A server gets them as one array, so that it prepares one statement for every number of them.
    """
    given = list(values)
    if store().is_postgresql:
        return f"{column} = ANY({database.param})", [given]
    return f"{column} IN ({', '.join(database.param for _value in given)})", given
