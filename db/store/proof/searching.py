"""Whether the keys of search are those that ``search_entry`` names, which has a sum (`db.store.proof`).

They are some fifty a person, so both sides are added up in this process alone, by the hash that it has for
itself: of each key with a number that nobody knows beforehand.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from db.store.engine import database, store

BATCH = 5000
WHOLE = (1 << 64) - 1


def differing() -> set[int]:
    """The entries whose keys are not there, are others, or are too many; 0 stands for keys of nobody."""
    own = secrets.randbits(62)
    there = sum(sum(map(hash, rows)) for rows in _there(own))
    wanted = sum(sum(hashes) for _entry, _line, hashes in _wanted(own))
    if there & WHOLE == wanted & WHOLE:
        return set()
    entries: dict[int, int] = {}
    left: defaultdict[int, int] = defaultdict(int)
    for entry, line, hashes in _wanted(own):
        entries[line] = entry
        left[line] += sum(hashes)
    for rows in _there(own):
        for row in rows:
            left[row[3]] -= hash(row)
    return {entries.get(line, 0) for line, rest in left.items() if rest & WHOLE}


def _there(own: int) -> Iterator[list[tuple[int, int, str, int]]]:
    return _rows(f"SELECT CAST({own} AS BIGINT), scope, key, line FROM search_key")


def _wanted(own: int) -> Iterator[tuple[int, int, list[int]]]:
    """Of each entry its line, and the hashes of its keys in their scopes."""
    for rows in _rows("SELECT entry, line, scopes, root, keys FROM search_entry"):
        for entry, line, scopes, root, keys in rows:
            held = [key for key in keys.split("\n") if key]
            spread = [key for key in held if key[0] not in "Zz"]
            within = [int(scope) for scope in scopes.split(",") if scope.lstrip("-").isdecimal()]
            found = [hash((own, scope, key, line)) for scope in within for key in spread]
            found += [hash((own, root, key, line)) for key in held if key[0] in "Zz"]
            yield entry, line, found


def _rows(statement: str) -> Iterator[list[Any]]:
    connection: Any = database.connection()
    if store().is_postgresql:
        with connection.cursor(name="search") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            while rows := cursor.fetchmany(BATCH):
                yield rows
        return
    cursor = connection.execute(statement)
    while rows := cursor.fetchmany(BATCH):
        yield rows
