"""Finding entries within reach by what a person types.

The permission is the range: only keys in scopes within reach are looked at, one range for each scope
and rank until the page is full (`db.desk.directory.scans`), the reader's own unit first. What is out of reach
is not fetched, not counted and not ranked, so that no answer differs from "no such person" (C.10). What is
covered from the reader is not looked through either: a whole protected value is asked for by itself
(`db.desk.directory.by_value`), on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from db.desk.authority.reach import Arm, SearchScope
from db.desk.directory.scans import AT_ONCE, Asked, holds_keys, scan_lines
from db.desk.entry.lines import FoundLine
from db.desk.notation.values import clean
from db.store.engine import database, store
from db.store.searchkeys import (
    ENTRY_MASK,
    LAST,
    Range,
    Side,
    blind_range,
    everyone_range,
    facet_key,
    facet_range,
    facet_values,
    first_ranges,
    key_ranges,
    pair_range,
)
from db.store.sql import fetch, is_among

OPENING = ("reveal", "shown")
"""Sights in which a protected value may be had in clear, so that its whole value may be looked for."""


class SearchQuery(NamedTuple):
    """``facets``: what the entry must be sorted under; ``ranks`` those of tags that come first."""

    terms: tuple[str, ...]
    side: Side
    facets: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()

    @property
    def joined(self) -> str:
        """All as one term: ``zhang wei`` is typed for ``zhangwei``."""
        return "".join(self.terms)

    @property
    def required_keys(self) -> tuple[str, ...]:
        """Search keys of the facets, all of which an entry must have; empty: no restriction."""
        return tuple(facet_key(facet, self.side) for facet in self.facets)


def question(text: str, side: Side, facets: tuple[str, ...] = (), ranks: tuple[int, ...] = ()) -> SearchQuery:
    return SearchQuery(tuple(clean(text).split()), side, facets, ranks)


def has_facet(ground: SearchScope, facet: str) -> bool:
    key, mark = facet_key(facet, ground.side), database.param
    statement = f"SELECT 1 FROM search_key WHERE scope = {mark} AND key = {mark} LIMIT 1"
    return any(fetch(statement, (arm.scope, key)) for arm in ground.arms) or any(
        key in one.keys for one in _contacts(ground)
    )


def values_of_facet(ground: SearchScope, by: str) -> dict[str, int]:
    """Count how many entries within reach have each value of a facet."""
    span, mark = facet_values(by, ground.side), database.param
    found: dict[str, int] = {}
    for arm in ground.arms:
        rows = fetch(
            f"SELECT key, COUNT(*) FROM search_key WHERE scope = {mark} AND key >= {mark} AND key < {mark}"
            " GROUP BY key",
            (arm.scope, span.low, span.high),
        )
        for key, count in rows:
            value = key[len(span.low) :]
            found[value] = found.get(value, 0) + count
    for one in _contacts(ground, beside=True):
        for key in one.keys_in(span):
            value = key[len(span.low) :]
            found[value] = found.get(value, 0) + 1
    return found


def search(
    ground: SearchScope, question: SearchQuery, own: int | None, limit: int, book: str
) -> list[FoundLine]:
    """Find up to ``limit`` entries of ``ground``, best first. ``own`` is the reader's unit, whose people come
    first, then single entries opened to the reader, then the others."""
    if not question.terms:
        return []
    # Entries that are within reach by themselves may be seen more of than as members of a unit.
    single = list(_in_single_entries(ground, question))
    found = {one.line: one for one in single if one.unit == own}
    apart = {one.line: one for one in single if one.unit != own}
    _in_arms(found, question, _ranked(ground, own), limit, book)
    if not apart:
        return list(found.values())[:limit]
    around = [one for line, one in found.items() if line not in apart]
    near = sum(one.unit == own for one in around)
    return [*around[:near], *apart.values(), *around[near:]][:limit]


def list_page(ground: SearchScope, offset: int, limit: int, facets: Sequence[str] = ()) -> list[FoundLine]:
    """Return up to ``limit`` entries under all ``facets``, in list order from ``offset``; of entries within
    reach singly only contacts."""
    contacts = {one.found.line: one for one in _contacts(ground)}
    span, held = _order(ground, facets)
    if not contacts:
        return [one for _key, one in _fetch_span(ground, span, held, offset, limit)]
    single = [(key, one.found) for one in contacts.values() for key in one.keys_in(span, held)]
    around = _fetch_span(ground, span, held, 0, offset + limit + len(contacts))
    rows = [*single, *((key, one) for key, one in around if one.line not in contacts)]
    rows.sort(key=lambda row: (row[0], row[1].line))
    return [one for _key, one in rows[offset : offset + limit]]


def place_in_list(ground: SearchScope, entry: int, facets: Sequence[str] = ()) -> int | None:
    """Return how many stand before ``entry`` in the list of which `list_page` gives a part; None where it
    isn't in that list."""
    span, held = _order(ground, facets)
    mark = database.param
    own = [
        (key, line)
        for keys, line in fetch(f"SELECT keys, line FROM search_entry WHERE entry = {mark}", (entry,))
        for key in keys.split("\n")
        if span.low <= key < span.high
    ]
    if not own:
        return None
    key, line = own[0]
    beside = [
        (other, one.found.line) for one in _contacts(ground, beside=True) for other in one.keys_in(span, held)
    ]
    before, is_there = sum(one < own[0] for one in beside), own[0] in beside
    for arm in ground.arms:
        [(count, has_it)] = fetch(
            f"SELECT COUNT(*), COALESCE(MAX(CASE WHEN key = {mark} AND line = {mark} THEN 1 ELSE 0 END), 0)"
            f" FROM search_key k WHERE scope = {mark} AND key >= {mark} AND key <= {mark}"
            f" AND (key < {mark} OR line <= {mark}){holds_keys(mark, len(held))}",
            (key, line, arm.scope, span.low, key, key, line, *held),
        )
        before, is_there = before + count - has_it, is_there or bool(has_it)
    return before if is_there else None


def _order(ground: SearchScope, facets: Sequence[str]) -> tuple[Range, tuple[str, ...]]:
    """Return the range of keys that the list under ``facets`` goes through, and the keys that its entries
    must have."""
    span = facet_range(facets[0], ground.side) if facets else everyone_range(ground.side)
    return span, tuple(facet_key(facet, ground.side) for facet in facets[1:])


def _fetch_span(
    ground: SearchScope, span: Range, held: Sequence[str], offset: int, limit: int
) -> list[tuple[str, FoundLine]]:
    """Return the keys of a span in the arms of ``ground``, in their order, with the line of each.

    SQLite plans a statement anew for each LIMIT that is given as a value, but not for a sum.
    """
    if not ground.arms:
        return []
    mark = database.param
    arms = " UNION ALL ".join(
        f"SELECT key, line, {number} AS arm FROM search_key k"
        f" WHERE scope = {mark} AND key >= {mark} AND key < {mark}{holds_keys(mark, len(held))}"
        for number, _arm in enumerate(ground.arms)
    )
    given = [value for arm in ground.arms for value in (arm.scope, span.low, span.high, *held)]
    rows = fetch(
        f"""
        SELECT a.key, a.line, a.arm, l.content, l.sealed
        FROM (SELECT * FROM ({arms}) AS b ORDER BY key, line LIMIT {mark} + 0 OFFSET {mark}) AS a
        JOIN search_line l ON l.line = a.line ORDER BY a.key, a.line
        """,
        (*given, limit, offset),
    )
    return [
        (key, FoundLine(line, ground.arms[arm].protected, content, sealed))
        for key, line, arm, content, sealed in rows
    ]


class _Single(NamedTuple):
    """An entry that is within reach by itself, with the keys that stand for it."""

    entry: int
    keys: frozenset[str]
    found: FoundLine

    def keys_in(self, span: Range, held: Sequence[str] = ()) -> list[str]:
        """Return its keys in ``span``; none unless it has all that are ``held``."""
        return [key for key in self.keys if span.low <= key < span.high] if self.keys.issuperset(held) else []


def _singles(ground: SearchScope, entries: Sequence[int]) -> list[_Single]:
    if not entries:
        return []
    condition, given = is_among("s.entry", entries)
    rows = fetch(
        "SELECT s.entry, s.keys, l.line, l.content, l.sealed"
        f" FROM search_entry s JOIN search_line l ON l.line = s.line WHERE {condition}",
        given,
    )
    return [
        _Single(entry, frozenset(keys.split("\n")), FoundLine(line, ground.entries[entry], content, sealed))
        for entry, keys, line, content, sealed in rows
    ]


def _contacts(ground: SearchScope, *, beside: bool = False) -> list[_Single]:
    """Return the contacts of ``ground``, which lists show; ``beside``: only those in none of its arms."""
    return _singles(
        ground,
        [
            entry
            for entry, unit in ground.contacts.items()
            if not (beside and ground.arm_around(unit) is not None)
        ],
    )


def _ranked(ground: SearchScope, own: int | None) -> list[Arm]:
    """Return the arms in the order they are asked: the own unit before all others."""
    around = ground.arm_around(own) if own is not None else None
    if own is None or around is None or (around.unit == own and not around.below):
        return list(ground.arms)
    return [Arm(own, False, around.protected), *ground.arms]


def _in_single_entries(ground: SearchScope, question: SearchQuery) -> Iterator[FoundLine]:
    """Yield of the entries that are within reach by themselves those that have a fitting key."""
    if not ground.entries:
        return
    asked, held = key_ranges(question.joined, question.side), frozenset(question.required_keys)
    for one in _singles(ground, list(ground.entries)):
        if held <= one.keys and _has_key(one, asked):
            yield one.found


def _has_key(one: _Single, spans: Sequence[Range]) -> bool:
    return any(span.low <= key < span.high for key in one.keys for span in spans)


def _in_arms(
    found: dict[int, FoundLine], question: SearchQuery, arms: Sequence[Arm], limit: int, book: str
) -> None:
    """Add to ``found`` the lines in ``arms`` that fit the question: by names and other keys, then by unit and
    name; up to ``limit``."""
    terms, side, held, joined = question.terms, question.side, question.required_keys, question.joined
    first, usual = first_ranges(joined, side, question.ranks), key_ranges(joined, side)
    asked = [(arm, span) for span in first for arm in arms]
    asked += [(arm, span) for arm in arms for span in usual]
    units = [(terms[0], "".join(terms[1:])), (terms[-1], "".join(terms[:-1]))] if len(terms) > 1 else []
    spans = [span for unit, name in units if (span := pair_range(unit, name, side)) is not None]
    pairs = [(arm, span) for arm in arms for span in spans]
    units = units or [(terms[0], "")]
    names = [(book, unit) for unit, _name in units]
    gave, named = scan_lines(found, [*asked, *pairs], limit, held, names)
    if len(found) < limit and all(place < len(asked) for place in gave):
        for place in sorted(named):
            unit, name = units[place]
            _in_units(
                found,
                arms,
                unit,
                key_ranges(name, side) if name else [everyone_range(side)],
                limit,
                held,
                book,
            )


def find_by_value(ground: SearchScope, book: str, values: Mapping[str, str], limit: int) -> list[FoundLine]:
    """Return up to ``limit`` entries of ``ground`` of which one of ``values``, field -> whole value, is a
    protected value that the reader may reveal.

    The keys of such values stand in the root's scope alone: an arm that is the whole book is one range, and
    for any other the few that fit are held against the reach.
    """
    keys, side = store().keys, ground.side
    spans = [span for name, text in values.items() if (span := blind_range(book, name, text, side, keys))]
    found = {
        one.found.line: one.found
        for one in _contacts(ground)
        if one.found.protected in OPENING and _has_key(one, spans)
    }
    arms = [arm for arm in (*ground.arms, *ground.finer) if arm.protected in OPENING]
    whole = [arm for arm in arms if arm.below and arm.unit == ground.above[arm.unit][-1]]
    scan_lines(found, [(arm, span) for span in spans for arm in whole], limit)
    part = [(arm, span) for span in spans for arm in arms if arm not in whole]
    _held_against_reach(found, ground, part, limit)
    return list(found.values())


def _held_against_reach(
    found: dict[int, FoundLine], ground: SearchScope, asked: Sequence[Asked], limit: int
) -> None:
    """Add to ``found`` the lines with a key in one of the ranges in the root's scope that lie in the arm."""
    for arm, span in asked:
        if len(found) >= limit:
            return
        root = ground.above[arm.unit][-1]
        statement = _held_against(database.param, arm.below)
        rows = fetch(statement, (arm.unit, root, span.low, span.high, limit))
        for line, content, sealed in rows:
            found.setdefault(line, FoundLine(line, arm.protected, content, sealed))


@cache
def _held_against(mark: str, below: bool) -> str:
    direct = "" if below else " AND a.distance = 0"
    return f"""
        SELECT l.line, l.content, l.sealed FROM search_key k
        JOIN entry e ON e.id = (k.line & {ENTRY_MASK})
        JOIN unit_above a ON a.unit_id = e.unit_id AND a.above_id = {mark}{direct}
        JOIN search_line l ON l.line = k.line
        WHERE k.scope = {mark} AND k.key >= {mark} AND k.key < {mark}
        ORDER BY k.line LIMIT {mark} + 0
        """


def _in_units(
    found: dict[int, FoundLine],
    arms: Sequence[Arm],
    unit: str,
    spans: Sequence[Range],
    limit: int,
    held: Sequence[str],
    book: str,
) -> None:
    """Add to ``found`` the lines with a key in ``spans`` in units whose names begin with ``unit``."""
    for arm in arms:
        for places in _units_named(unit, arm, book):
            scan_lines(found, [(place, span) for span in spans for place in places], limit, held)
            if len(found) >= limit:
                return


def _unit_name_condition(name: str, book: str) -> tuple[str, tuple[str, ...]]:
    mark, bytewise = database.param, ' COLLATE "C"' if store().is_postgresql else ""
    named = f"u.book_id = {mark} AND u.name{bytewise} >= {mark} AND u.name{bytewise} < {mark}"
    return named, (book, name, name + LAST)


def _units_named(name: str, arm: Arm, book: str) -> Iterator[list[Arm]]:
    """Yield parts of ``arm`` in units whose name begins so, without units below another such."""
    mark = database.param
    named, given = _unit_name_condition(name, book)
    around = fetch(
        f"SELECT 1 FROM unit u JOIN unit_above a ON a.above_id = u.id"
        f" WHERE a.unit_id = {mark} AND {named} LIMIT 1",
        (arm.unit, *given),
    )
    if around:
        yield [arm]
        return
    if not arm.below:
        return
    last = 0
    while True:
        rows = fetch(
            f"""
            SELECT u.id FROM unit u JOIN unit_above a ON a.unit_id = u.id
            WHERE a.above_id = {mark} AND {named} AND u.id > {mark} AND NOT EXISTS (
                SELECT 1 FROM unit_above b JOIN unit u ON u.id = b.above_id
                WHERE b.unit_id = a.unit_id AND b.distance > 0 AND {named}
            )
            ORDER BY u.id LIMIT {AT_ONCE}
            """,
            (arm.unit, *given, last, *given),
        )
        yield [Arm(unit, True, arm.protected) for (unit,) in rows]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]
