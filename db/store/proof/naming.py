"""Which rows of a table are not what they should be: one is told by the sums themselves, several by the
journal."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from peewee import PeeweeException

from db.store import subjects
from db.store.backups.rows import BY_NAME, current_row, neutral_row
from db.store.engine import database, store
from db.store.journal.reading import transactions
from db.store.journal.writing import journal_position
from db.store.keys import KeyRingError, read_journal_keys
from db.store.personal import Row
from db.store.proof.scanning import KeyRange, texts, total
from db.store.proof.shapes import shape_of
from db.store.proof.sums import PRIME, Sum, key_of, place_between
from db.store.row_encryption import Showing
from db.store.sealing import SealBroken

EDITED, INSERTED, DELETED, CHANGED = "edited", "inserted", "deleted", "changed"
LARGEST = 1 << 63
Named = tuple[str, str]
"""What became of a row, and its key as a text."""


def rows(key: bytes, table: str, expected: Sum) -> list[Named]:
    """Return the rows of ``table`` that were tampered with: the single one by arithmetic, else by the
    journal; without either, one unnamed finding."""
    found = total(key, KeyRange(table), placed=True)
    one = _single(table, expected, found)
    if one is not None:
        return [one]
    with contextlib.suppress(SealBroken, KeyRingError, PeeweeException, OSError, ValueError, KeyError):
        if told := _by_journal(table):  # which can't be read where keys were tampered with as well
            return told
    return [({1: INSERTED, -1: DELETED}.get(found.rows - expected.rows, CHANGED), "")]


def _single(table: str, expected: Sum, found: Sum) -> Named | None:
    """Return the one row by which the table differs from its sum; None if there are several, or it can't be
    found."""
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
            return _what(more), ", ".join(map(str, key_of(json.loads(text), shape_of(table).keys)))
    return None


def _by_journal(table: str) -> list[Named]:
    """Replay the journal and return the rows of ``table`` that differ from it; [] if it does not reach the
    present. Decrypts persons' data."""
    kept = BY_NAME.get(table)
    if kept is None:
        return []
    here, keys = store(), shape_of(table).keys
    people = Showing(subjects.all_keys(), subjects.destroyed_owners())
    known: dict[tuple[object, ...], Row | None] = {}
    reached = 0
    for one in transactions([here.journal.folder], read_journal_keys(here.home.keys), None):
        reached = one.position
        for change in one.changes:
            if change.table != table:
                continue
            for was, will in people.changes(table, change.before, change.after):
                for row, is_now in ((was, False), (will, True)):
                    if row is not None:
                        known[tuple(row[name] for name in keys)] = neutral_row(kept, row) if is_now else None
    if reached != journal_position(database):
        return []
    found: list[Named] = []
    for values, row in known.items():
        there = current_row(kept, dict(zip(keys, values, strict=True)))
        what = ""
        if row is None or there is None:
            what = INSERTED if there is not None else DELETED if row is not None else ""
        elif any(there[name] != value for name, value in row.items()):
            what = EDITED
        if what:
            found.append((what, ", ".join(map(str, values))))
    return found


def _what(more: int) -> str:
    return INSERTED if more > 0 else EDITED


def _texts(table: str) -> Iterator[str]:
    for batch in texts(KeyRange(table)):
        yield from batch
