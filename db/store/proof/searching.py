"""Whether the keys of search are those that ``search_entry`` names, which has a sum (`db.store.proof`).

They are some fifty a person, so both sides are added up by the hash of texts that this process has for
itself, beginning with a number that nobody knows beforehand, times a random weight of the scope: a key's hash
is then worked out once for all scopes of its entry. The scopes are gone through in parts, one after the other
or each by a process of its own.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping

from db.store.engine import database, store
from db.store.proof.scanning import fetched

WHOLE = (1 << 64) - 1
APART = "\x1f"


def differing(part: int = 0, of: int = 1) -> set[int]:
    """The entries whose keys, in the scopes of this ``part``, are not there, are others, or are too many;
    0 stands for keys of nobody."""
    own = f"{secrets.randbits(62)}{APART}"
    weights: Mapping[int, int] = defaultdict(lambda: secrets.randbits(64) | 1)
    there = sum(
        weights[scope] * sum(sum(hash(text) for (text,) in rows) for rows in _there(own, scope))
        for scope in _scopes(part, of)
    )
    wanted = sum(amount for _entry, _line, amount in _wanted(own, weights, part, of))
    if there & WHOLE == wanted & WHOLE:
        return set()
    entries: dict[int, int] = {}
    left: defaultdict[int, int] = defaultdict(int)
    for entry, line, amount in _wanted(own, weights, part, of):
        entries[line] = entry
        left[line] += amount
    for scope in _scopes(part, of):
        for rows in _there(own, scope):
            for (text,) in rows:
                left[int(text.rpartition(APART)[2])] -= weights[scope] * hash(text)
    return {entries.get(line, 0) for line, rest in left.items() if rest & WHOLE}


def _scopes(part: int, of: int) -> Iterator[int]:
    """The scopes of this part in which there are keys: the index is asked for one after the other."""
    statement = f"SELECT MIN(scope) FROM search_key WHERE scope > {database.param}"
    scope = -(1 << 31)
    while (found := database.execute_sql(statement, (scope,)).fetchone()[0]) is not None:
        scope = int(found)
        if abs(scope) % of == part:
            yield scope


def _there(own: str, scope: int) -> Iterator[list[tuple[str]]]:
    """Each key of ``scope`` as one text: reading it takes half as long as reading its columns."""
    mark = "chr(31)" if store().is_postgresql else "char(31)"
    return fetched(f"SELECT '{own}' || key || {mark} || line FROM search_key WHERE scope = {scope}")


def _wanted(own: str, weights: Mapping[int, int], part: int, of: int) -> Iterator[tuple[int, int, int]]:
    """Of each entry its line, and what its keys come to in the scopes of this part."""
    for rows in fetched("SELECT entry, line, scopes, root, keys FROM search_entry"):
        for entry, line, scopes, root, keys in rows:
            numbers = (int(scope) for scope in scopes.split(",") if scope.lstrip("-").isdecimal())
            weight = sum(weights[scope] for scope in numbers if abs(scope) % of == part)
            of_root = weights[root] if root % of == part else 0
            amount = 0
            for key in keys.split("\n") if weight or of_root else ():
                if key:
                    amount += hash(f"{own}{key}{APART}{line}") * (of_root if key[0] in "Zz" else weight)
            yield entry, line, amount
