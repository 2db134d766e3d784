"""Whether the keys of search are those that ``search_entry`` names, which has a sum (`db.store.proof`).

They are some fifty a person, so both sides are added up by the hash of texts that this process has for
itself, beginning with a number that nobody knows beforehand: one part of the scopes after the other, or
each by a process of its own.

"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from db.store.engine import database, store

BATCH = 5000
WHOLE = (1 << 64) - 1
APART = "\x1f"


def differing(part: int = 0, of: int = 1) -> set[int]:
    """The entries whose keys, in the scopes of this ``part``, are not there, are others, or are too many;
    0 stands for keys of nobody."""
    own = f"{secrets.randbits(62)}{APART}"
    there = sum(sum(hash(text) for (text,) in rows) for rows in _there(own, part, of))
    wanted = sum(sum(hashes) for _entry, _line, hashes in _wanted(own, part, of))
    if there & WHOLE == wanted & WHOLE:
        return set()
    entries: dict[int, int] = {}
    left: defaultdict[int, int] = defaultdict(int)
    for entry, line, hashes in _wanted(own, part, of):
        entries[line] = entry
        left[line] += sum(hashes)
    for rows in _there(own, part, of):
        for (text,) in rows:
            left[int(text.rpartition(APART)[2])] -= hash(text)
    return {entries.get(line, 0) for line, rest in left.items() if rest & WHOLE}


def _there(own: str, part: int, of: int) -> Iterator[list[tuple[str]]]:
    """Each key as one text: reading it takes half as long as reading its columns."""
    mark = "chr(31)" if store().is_postgresql else "char(31)"
    text = f"'{own}' || scope || {mark} || key || {mark} || line"
    where = f" WHERE abs(scope) % {of} = {part}" if of > 1 else ""
    return _rows(f"SELECT {text} FROM search_key{where}")


def _wanted(own: str, part: int, of: int) -> Iterator[tuple[int, int, list[int]]]:
    """Of each entry its line, and the hashes of its keys in their scopes."""
    for rows in _rows("SELECT entry, line, scopes, root, keys FROM search_entry"):
        for entry, line, scopes, root, keys in rows:
            held = [key for key in keys.split("\n") if key]
            spread = [key for key in held if key[0] not in "Zz"]
            found: list[int] = []
            for scope in scopes.split(","):
                if scope.lstrip("-").isdecimal() and abs(int(scope)) % of == part:
                    found += [hash(f"{own}{scope}{APART}{key}{APART}{line}") for key in spread]
            if root % of == part:
                blind = (key for key in held if key[0] in "Zz")
                found += [hash(f"{own}{root}{APART}{key}{APART}{line}") for key in blind]
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
