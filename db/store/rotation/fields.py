"""Rotating the field key: every sealed value is sealed anew, some rows a transaction.

Each value carries its key's number, so the progress is in the values themselves: whatever stops it, the next
run goes on with what is left. Those who work meanwhile take the new key up when they meet it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from db.store.engine import store
from db.store.keys import FIELD_KEY_PREFIX, KEY_BYTES, KeyRing, field_numbers, write_key
from db.store.rotation.files import retire_key
from db.store.rotation.sealed import SEALED, count_by_key, outdated_values, replace
from db.store.sealing import SealBroken, sealer, unseal
from db.store.tables.columns import SealedField
from db.store.transactions import writing

Progress = Callable[[int, int], None]
"""Told how many values are sealed anew, and of how many."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the key that seals now, the values it sealed anew, and those it could not open.

    ``began`` is False where it went on with one that had been stopped.
    """

    number: int
    values: int
    broken: int
    retired: tuple[int, ...]
    began: bool


def rotate(folder: Path, progress: Progress) -> Rotated:
    """Write a new field key, or go on with a stopped rotation; encrypt every sealed value of the open store
    under it, in many transactions; then retire the older keys, unless a value could not be opened. Raises
    KeyRingError."""
    ring = store().keys
    left = _count_left(ring)
    began = not left and field_numbers(folder) == [ring.current]
    if began:
        write_key(folder / f"{FIELD_KEY_PREFIX}{ring.current + 1}", secrets.token_bytes(KEY_BYTES))
        ring = store().keys
        left = _count_left(ring)
    done, broken, total = 0, 0, left
    while True:  # what somebody sealed under the old key meanwhile is found by another pass
        again, broken = 0, 0
        for column in SEALED:
            sealed, bad = _anew(column, ring, partial(_add, progress, done + again, total))
            again, broken = again + sealed, broken + bad
        done += again
        if not again:
            break
    old = tuple(number for number in field_numbers(folder) if number != ring.current)
    if broken:
        return Rotated(ring.current, done, broken, (), began)
    for number in old:
        retire_key(folder, f"{FIELD_KEY_PREFIX}{number}", f"{FIELD_KEY_PREFIX}{number}")
    return Rotated(ring.current, done, 0, old, began)


def _add(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, max(total, before + done))


def _count_left(ring: KeyRing) -> int:
    return sum(count for number, count in count_by_key().items() if number != ring.current)


def _anew(column: SealedField[Any], ring: KeyRing, progress: Callable[[int], None]) -> tuple[int, int]:
    """Encrypt the values of ``column`` under the current key, a transaction for each batch. Return how many
    were, and how many don't open."""
    done, broken, seal = 0, 0, sealer(ring)
    after: tuple[object, ...] = ()
    while True:
        with writing():
            found = outdated_values(column, ring.current, after)
            for value in found:
                try:
                    content = unseal(ring, value.place, value.sealed)
                except SealBroken:
                    broken += 1
                    continue
                done += replace(column, value, seal(value.place, content))
        if not found:
            return done, broken
        after = found[-1].key
        progress(done)
