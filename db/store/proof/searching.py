"""Whether the keys of search are those that ``search_entry`` names, which has a sum (`db.store.proof`).

They are some seventy-five a person, so both sides are added up by the hash of texts that this process has for
itself, beginning with a number that nobody knows beforehand, times a random weight of the scope: a key's hash
is then worked out once for all scopes of its entry. SQLite adds up by itself, with this process's hash as a
function of its own, in half the time that handing over the rows takes. The entries are gone through in parts,
one after the other or each by a process of its own.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from peewee import PeeweeException

from db.store.engine import database, errors_as_peewee, store
from db.store.proof.scanning import fetched

WHOLE = (1 << 64) - 1
SHARE = (1 << 32) - 1
"""What of a hash is added up: 2³¹ keys of one scope fill SQLite's whole numbers, of 63 bits."""
APART = "\x1f"


def differing(part: int = 0, of: int = 1) -> set[int]:
    """The entries of this ``part`` whose keys are not there, are others, or are too many; 0 stands for keys
    of nobody, or that can't be read."""
    try:
        with errors_as_peewee():
            return _differing(part, of)
    except PeeweeException:
        return {0}


def _differing(part: int, of: int) -> set[int]:
    own = f"{secrets.randbits(62)}{APART}"
    weights: Mapping[int, int] = defaultdict(lambda: secrets.randbits(64) | 1)
    there = sum(weights[scope] * amount for scope, amount in _added_up(own, part, of))
    wanted = sum(amount for _entry, _line, amount in _wanted(own, weights, part, of))
    if there & WHOLE == wanted & WHOLE:
        return set()
    entries: dict[str, int] = {}
    left: Counter[str] = Counter()
    for entry, line, amount in _wanted(own, weights, part, of):
        entries[str(line)] = entry
        left[str(line)] += amount
    for scope, text in _there(own, part, of):
        left[text.rpartition(APART)[2]] -= weights[scope] * (hash(text) & SHARE)
    return {entries.get(line, 0) for line, rest in left.items() if rest & WHOLE}


def _added_up(own: str, part: int, of: int) -> Iterable[tuple[int, int]]:
    """Scopes, each with what its keys come to."""
    if store().is_postgresql:
        return ((scope, hash(text) & SHARE) for scope, text in _there(own, part, of))
    connection = database.connection()
    connection.create_function("hash", 1, hash, deterministic=True)
    statement = f"SELECT scope, SUM(hash({_text(own)}) & {SHARE}) {_rows(part, of)} GROUP BY scope"
    found: Iterable[tuple[int, int]] = connection.execute(statement)
    return found


def _there(own: str, part: int, of: int) -> Iterator[tuple[int, str]]:
    """Each key with its scope."""
    for rows in fetched(f"SELECT scope, {_text(own)} {_rows(part, of)}"):
        yield from rows


def _text(own: str) -> str:
    """A key and its line as one text: their hashes apart could be put together otherwise."""
    mark = "chr(31)" if store().is_postgresql else "char(31)"
    return f"'{own}' || key || {mark} || line"


def _rows(part: int, of: int) -> str:
    return f"FROM search_key WHERE {_of_part(part, of)}"


def _of_part(part: int, of: int) -> str:
    return f"line % {of} IN ({part}, {-part})"


def _wanted(own: str, weights: Mapping[int, int], part: int, of: int) -> Iterator[tuple[int, int, int]]:
    """Of each entry its line, and what its keys come to."""
    statement = f"SELECT entry, line, scopes, root, keys FROM search_entry WHERE {_of_part(part, of)}"
    for rows in fetched(statement):
        for entry, line, scopes, root, keys in rows:
            numbers = (int(scope) for scope in scopes.split(",") if scope.lstrip("-").isdecimal())
            weight = sum(weights[scope] for scope in numbers)
            opened, blind, behind = 0, 0, f"{APART}{line}"
            for key in keys.split("\n"):
                if key:
                    share = hash(own + key + behind) & SHARE
                    if key[0] in "Zz":
                        blind += share
                    else:
                        opened += share
            yield entry, line, weight * opened + weights[root] * blind
