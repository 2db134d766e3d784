"""Which rows of a table are not what they should be: one is told by the sums themselves, several by the
journal."""

from __future__ import annotations

import json
from collections.abc import Iterator

from db.store.engine import database, store
from db.store.proof import SCHEMA
from db.store.proof.scanning import Part, texts, total
from db.store.proof.shapes import shape_of
from db.store.proof.sums import PRIME, Sum, key_of, place_between

EDITED, INSERTED, DELETED, CHANGED = "edited", "inserted", "deleted", "changed"
LARGEST = 1 << 63
Named = tuple[str, str]
"""What became of a row, and its key as a text."""


def rows(key: bytes, table: str, expected: Sum) -> list[Named]:
    """The rows of ``table`` that are not what they were, as far as that can be told."""
    one = _single(key, table, expected)
    return [one] if one is not None else [(CHANGED, "")]


def _single(key: bytes, table: str, expected: Sum) -> Named | None:
    """The row by which the table differs from the sum that it should have, where it is a single one."""
    found = total(key, Part(table), placed=True)
    place = place_between(expected, found)
    if place is None:
        return None
    more = found.rows - expected.rows
    if shape_of(table).is_number:
        number = place if place < LARGEST else place - PRIME
        if abs(number) > LARGEST or more not in (-1, 0, 1):
            return None
        column = shape_of(table).keys[0]
        there = database.execute_sql(
            f'SELECT 1 FROM "{table}" WHERE "{column}" = {database.param}', (number,)
        ).fetchone()
        return (_what(more) if there else DELETED), str(number)
    for text in _texts(table):
        if shape_of(table).place(text) == place:
            return _what(more), told(table, text)
    return None


def _what(more: int) -> str:
    return INSERTED if more > 0 else EDITED


def told(table: str, text: str) -> str:
    """The key of a row as a text."""
    return ", ".join(str(value) for value in key_of(json.loads(text), shape_of(table).keys))


def _texts(table: str) -> Iterator[str]:
    for batch in texts(Part(table)):
        yield from batch
