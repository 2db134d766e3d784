"""Whether the keys of search are those that ``search_entry`` names, which has a sum (`db.store.proof`).

They are some seventy-five a person, so both sides are added up by the hash of texts that this process has for
itself, with something in them that nobody knows beforehand, times a random weight of the scope: a key's hash
is then worked out once for all scopes of its entry. SQLite adds up by itself, with this process's hash as a
function of its own, in half the time that handing over the rows takes. The scopes are gone through in
parts, one after the other or each by a process of its own: the keys of a part lie together, so that no
process reads those of another's.

What differs goes unnoticed with a probability of about 2⁻³¹ at most: hashes (32 bits) and weights (64 bits)
are drawn after whoever changed the keys did so.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from peewee import PeeweeException

from db.store.engine import database, errors_as_peewee, store
from db.store.proof.scanning import end_key, fetch_rows

WHOLE = (1 << 64) - 1
SHARE = (1 << 32) - 1
"""What of a hash is added up: 2³¹ keys of one scope fill SQLite's whole numbers, of 63 bits."""
APART = "\x1f"
BLIND = ("Z", "z")
"""How keys begin that stand in the root's scope alone."""
SCOPES_ROOT_KEYS = "CAST(scopes AS TEXT), root, CAST(keys AS TEXT)"
"""As texts, whatever somebody made of them: that they are none shows in the sum of ``search_entry``."""
ASKED = 1000
"""Entries by which it is told how many keys a scope has."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Those from ``low`` on and below ``high``, where these are given."""

    low: int | None = None
    high: int | None = None

    def __contains__(self, scope: int) -> bool:
        return (self.low is None or scope >= self.low) and (self.high is None or scope < self.high)

    @property
    def where(self) -> str:
        """The condition of their keys in SQL."""
        ends = ((">=", self.low), ("<", self.high))
        return " AND ".join(f"scope {sign} {end}" for sign, end in ends if end is not None) or "1 = 1"


EVERY = Scopes()


class _Weights(dict[object, int]):
    """A random weight of each scope of a part, and 0 of any other."""

    def __init__(self, part: Scopes) -> None:
        self._part = part

    def __missing__(self, scope: object) -> int:
        is_ours = not isinstance(scope, int) or scope in self._part
        weight = self[scope] = secrets.randbits(64) | 1 if is_ours else 0
        return weight


class _Together(dict[str, int]):
    """The weight of several scopes, joined by commas."""

    def __init__(self, weights: _Weights) -> None:
        self._weights = weights

    def __missing__(self, scopes: str) -> int:
        weight = self[scopes] = sum(self._weights[scope] for scope in _numbers(scopes))
        return weight


def shares(of: int) -> list[Scopes]:
    """Divide all scopes into at most ``of`` ranges of about as many search keys each, estimated from some
    entries."""
    try:
        with errors_as_peewee():
            found = _some_keys()
    except PeeweeException:
        return [EVERY]
    marks: list[int] = []
    whole, reached = found.total(), 0
    for scope, keys in sorted(found.items()):
        if len(marks) < of - 1 and reached + keys / 2 > whole * (len(marks) + 1) / of:
            marks.append(scope)
        reached += keys
    return [Scopes(*ends) for ends in pairwise([None, *marks, None])]


def differing_entries(part: Scopes = EVERY) -> set[int]:
    """Return the entries whose search keys are missing, surplus or altered within ``part``; 0 stands for keys
    of nobody, and for unreadable tables."""
    try:
        with errors_as_peewee():
            return _differing(part)
    except PeeweeException:
        return {0}


def _differing(part: Scopes) -> set[int]:
    own, weights = f"{APART}{secrets.token_urlsafe(8)}{APART}", _Weights(part)
    there = sum(weights[scope] * amount for scope, amount in _added_up(own, part))
    wanted = sum(amount for _entry, _line, amount in _sums_of_entries(own, weights))
    if (there - wanted) & WHOLE == 0:
        return set()
    entries: dict[object, int] = {}
    left: Counter[object] = Counter()
    for entry, line, amount in _sums_of_entries(own, weights):
        entries[line] = entry
        left[line] += amount
    for scope, found, amount in _there(own, part):
        left[found] -= weights[scope] * amount
    return {entries.get(line, 0) for line, rest in left.items() if rest & WHOLE}


def _added_up(own: str, part: Scopes) -> Iterable[tuple[object, int]]:
    if store().is_postgresql:
        return ((scope, amount) for scope, _line, amount in _there(own, part))
    statement = f"SELECT scope, SUM({_amount(own)}) FROM search_key WHERE {part.where} GROUP BY scope"
    found: Iterable[tuple[object, int]] = database.connection().execute(statement)
    return found


def _there(own: str, part: Scopes) -> Iterator[tuple[object, object, int]]:
    """Yield scope, line and hash of each search key in the table."""
    if not store().is_postgresql:
        for rows in fetch_rows(f"SELECT scope, line, {_amount(own)} FROM search_key WHERE {part.where}"):
            yield from rows
        return
    for rows in fetch_rows(f"SELECT scope, line, key FROM search_key WHERE {part.where}"):
        for scope, line, key in rows:
            yield scope, line, hash(f"{line}{own}{key}".encode()) & SHARE


def _amount(own: str) -> str:
    """Register ``hash`` on the connection and return what a key comes to, in SQLite's SQL: the hash of it and
    its line as one text, as their hashes apart could be put together otherwise. A key that is no text or a
    line that is no number finds nobody, though it reads like one, and comes to something else. Bytes are
    handed over sooner than texts."""
    database.connection().create_function("hash", 1, hash, deterministic=True)
    return f"(hash(CAST(line || '{own}' || key AS BLOB)) & {SHARE}) + (line >= '') + (key >= x'')"


def _sums_of_entries(own: str, weights: _Weights) -> Iterator[tuple[int, int, int]]:
    """Yield each entry with its line and the weighted sum of the hashes of its keys; blind keys, sorted last,
    stand at the root."""
    together = _Together(weights)
    for rows in fetch_rows(f"SELECT entry, line, {SCOPES_ROOT_KEYS} FROM search_entry"):
        for entry, line, scopes, root, keys in rows:
            spread, at_root, before = together[scopes], weights[root], f"{line}{own}".encode()
            texts = keys.encode().split(b"\n") if keys else []
            first = len(texts) - _blind(keys)
            if not at_root:
                del texts[first:]
            shares = [hash(before + text) & SHARE for text in texts]
            yield entry, line, spread * sum(shares[:first]) + at_root * sum(shares[first:])


def _some_keys() -> Counter[int]:
    """Count the search keys by scope of an even sample of the entries."""
    found: Counter[int] = Counter()
    first, last = (end_key("search_entry", "entry", way) for way in ("MIN", "MAX"))
    if first is None or last is None:
        return found
    after = f"WHERE entry >= {database.param} ORDER BY entry LIMIT 1"
    statement = f"SELECT {SCOPES_ROOT_KEYS} FROM search_entry {after}"
    for entry in range(first, last + 1, (last - first) // ASKED + 1):
        row: Any = database.execute_sql(statement, (entry,)).fetchone()
        if row is not None:
            scopes, root, keys = row
            blind = _blind(keys)
            found.update(dict.fromkeys(_numbers(scopes), keys.count("\n") + 1 - blind))
            found[root] += blind
    return found


def _blind(keys: str) -> int:
    return keys.count("\nZ") + keys.count("\nz") + keys.startswith(BLIND)


def _numbers(scopes: str) -> list[int]:
    return [int(scope) for scope in scopes.split(",") if scope.lstrip("-").isdecimal()]
