"""Finding entries within reach by what a person types.

The permission is the range: only keys in scopes within reach are looked at, one range for each scope
and rank until the page is full, the reader's own unit first. What is out of reach is not fetched, not
counted and not ranked, so that no answer differs from "no such person" (C.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from db.desk.lines import Found
from db.desk.reach import Arm, Ground
from db.desk.standing import Protected
from db.desk.values import clean
from db.store.engine import database, store
from db.store.searchkeys import (
    ENTRY_MASK,
    FACET,
    LAST,
    Range,
    Side,
    blind_range,
    everyone,
    facet_key,
    facet_range,
    facet_values,
    first_ranges,
    pair_range,
    ranges,
)
from db.store.sql import among, fetch

AT_ONCE = 60
"""Ranges asked for in one statement at the most, and units looked at together."""


MANY_RANGES = """
SELECT asked.number, found.key, found.line
FROM unnest(%s::integer[], %s::text[], %s::text[]) WITH ORDINALITY AS asked (scope, low, high, number)
CROSS JOIN LATERAL (
    SELECT key, line FROM search_key
    WHERE scope = asked.scope AND key >= asked.low AND key < asked.high{holding} ORDER BY key, line LIMIT %s
) AS found
"""
"""PostgreSQL's: several ranges in one statement, which is the same for any number of them."""


class Question(NamedTuple):
    """What is looked for. ``covered`` names the protected fields that the text may match, ``facets`` what
    the entry must be sorted under, ``ranks`` those of tags that come first."""

    terms: tuple[str, ...]
    side: Side
    covered: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()

    @property
    def joined(self) -> str:
        """All as one term: ``zhang wei`` is typed for ``zhangwei``."""
        return "".join(self.terms)

    @property
    def held(self) -> tuple[str, ...]:
        """Keys that everything found must have."""
        return tuple(facet_key(facet, self.side) for facet in self.facets)

    def narrowed(self, spans: Iterable[Range]) -> list[Range]:
        """``spans`` as far as entries in them are sorted under the facets."""
        return [span._replace(held=self.held) for span in spans]


def question(
    text: str,
    side: Side,
    covered: tuple[str, ...] = (),
    facets: tuple[str, ...] = (),
    ranks: tuple[int, ...] = (),
) -> Question:
    """What a person typed, as a question."""
    return Question(tuple(clean(text).split()), side, covered, facets, ranks)


def stands(ground: Ground, facet: str) -> bool:
    """Whether anybody within reach is sorted under ``facet``."""
    key = facet_key(facet, ground.side)
    span = Range(FACET, key, key + "\x01")
    return any(_rows(arm, span, 1) for arm in ground.arms) or any(
        key in one.keys for one in _contacts(ground)
    )


def values_of_facet(ground: Ground, by: str) -> dict[str, int]:
    """The values of one facet within reach, each with how many entries have it."""
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
        for key in one.keys:
            if span.low <= key < span.high:
                value = key[len(span.low) :]
                found[value] = found.get(value, 0) + 1
    return found


def search(ground: Ground, question: Question, own: int | None, limit: int, book: str) -> list[Found]:
    """Up to ``limit`` entries of ``ground``, best first. ``own`` is the reader's unit, if any."""
    if not question.terms:
        return []
    found: dict[int, Protected] = {}
    arms = _ranked(ground, own)
    for batch in (
        _in_single_entries(ground, question),
        _by_keys(arms, question, limit),
        _by_covered(ground, question, limit),
        _by_units(arms, question, limit, book),
    ):
        for line, level in batch:
            found.setdefault(line, level)
            if len(found) == limit:
                return [Found(*item) for item in found.items()]
    return [Found(*item) for item in found.items()]


def page(ground: Ground, offset: int, limit: int, facets: Sequence[str] = ()) -> list[Found]:
    """Entries of ``ground`` that are sorted under all ``facets``, in the order of a list, from ``offset``.
    Single entries are left out, but for contacts."""
    contacts = {one.line: one for one in _contacts(ground)}
    if not ground.arms and not contacts:
        return []
    span = facet_range(facets[0], ground.side) if facets else everyone(ground.side)
    held = tuple(facet_key(facet, ground.side) for facet in facets[1:])
    if contacts:
        single = [
            (key, one.line, one.protected)
            for one in contacts.values()
            if one.keys.issuperset(held)
            for key in one.keys
            if span.low <= key < span.high
        ]
        around = _in_arms(ground, span, held, 0, offset + limit + len(contacts))
        rows = sorted([*single, *(row for row in around if row[1] not in contacts)])
        return [Found(line, level) for _key, line, level in rows[offset : offset + limit]]
    return [Found(line, level) for _key, line, level in _in_arms(ground, span, held, offset, limit)]


def _in_arms(
    ground: Ground, span: Range, held: Sequence[str], offset: int, limit: int
) -> list[tuple[str, int, Protected]]:
    """The keys of a span in the arms of ``ground``, in their order."""
    if not ground.arms:
        return []
    mark = database.param
    arms = " UNION ALL ".join(
        f"SELECT key, line, {number} AS arm FROM search_key"
        f" WHERE scope = {mark} AND key >= {mark} AND key < {mark}{_holding(mark, len(held))}"
        for number, _arm in enumerate(ground.arms)
    )
    given = [value for arm in ground.arms for value in (arm.scope, span.low, span.high, *held)]
    rows = fetch(
        f"SELECT key, line, arm FROM ({arms}) AS a ORDER BY key, line LIMIT {mark} OFFSET {mark}",
        (*given, limit, offset),
    )
    return [(key, line, ground.arms[arm].protected) for key, line, arm in rows]


class _Contact(NamedTuple):
    """An entry that lists show by itself, with the keys that stand for it."""

    line: int
    keys: frozenset[str]
    protected: Protected


def _contacts(ground: Ground, *, beside: bool = False) -> list[_Contact]:
    """The contacts of ``ground``; ``beside``: those only that lie in none of its arms."""
    wanted = [
        entry for entry, unit in ground.contacts.items() if not (beside and ground.around(unit) is not None)
    ]
    if not wanted:
        return []
    condition, given = among("entry", wanted)
    rows = fetch(f"SELECT entry, line, keys FROM search_entry WHERE {condition}", given)
    return [_Contact(line, frozenset(keys.split("\n")), ground.entries[entry]) for entry, line, keys in rows]


def _ranked(ground: Ground, own: int | None) -> list[Arm]:
    """The arms in the order they are asked: the own unit before all others."""
    around = ground.around(own) if own is not None else None
    if own is None or around is None or around == Arm(own, False, around.protected):
        return list(ground.arms)
    return [Arm(own, False, around.protected), *ground.arms]


def _in_single_entries(ground: Ground, question: Question) -> Iterator[tuple[int, Protected]]:
    """Of the entries that are within reach by themselves, those that have a fitting key."""
    if not ground.entries:
        return
    marks = ", ".join(database.param for _entry in ground.entries)
    rows = fetch(f"SELECT entry, line, keys FROM search_entry WHERE entry IN ({marks})", list(ground.entries))
    asked, held = ranges(question.joined, question.side), set(question.held)
    covered = [
        span
        for field in question.covered
        if ground.contacts
        and (span := blind_range(field, question.joined, question.side, store().keys)) is not None
    ]
    for entry, line, keys in rows:
        own, level = keys.split("\n"), ground.entries[entry]
        by = [*asked, *covered] if entry in ground.contacts and level in ("reveal", "shown") else asked
        if held <= set(own) and any(span.low <= key < span.high for key in own for span in by):
            yield line, level


def _by_keys(arms: Sequence[Arm], question: Question, limit: int) -> Iterator[tuple[int, Protected]]:
    first = question.narrowed(first_ranges(question.joined, question.side, question.ranks))
    yield from _asked([(arm, span) for span in first for arm in arms], limit)
    spans = question.narrowed(ranges(question.joined, question.side))
    yield from _asked([(arm, span) for arm in arms for span in spans], limit)


def _by_covered(ground: Ground, question: Question, limit: int) -> Iterator[tuple[int, Protected]]:
    """By protected values, where the reader's sight lets them be revealed.

    Their keys stand in the root's scope alone, so the few that fit are held against the reach.
    """
    spans = question.narrowed(
        span
        for field in question.covered
        if (span := blind_range(field, question.joined, question.side, store().keys)) is not None
    )
    arms = [arm for arm in (*ground.arms, *ground.finer) if arm.protected in ("reveal", "shown")]
    mark = database.param
    for span in spans:
        held = _holding(mark, len(span.held), "k")
        for arm in arms:
            root = ground.above[arm.unit][-1]
            if arm.below and arm.unit == root:
                yield from _asked([(arm, span)], limit)
                continue
            place = "a.above_id" if arm.below else "a.unit_id"
            rows = fetch(
                f"""
                SELECT k.line FROM search_key k
                JOIN entry e ON e.id = (k.line & {ENTRY_MASK})
                JOIN unit_above a ON a.unit_id = e.unit_id AND a.above_id = {mark} AND {place} = {mark}
                WHERE k.scope = {mark} AND k.key >= {mark} AND k.key < {mark}{held}
                ORDER BY k.line LIMIT {mark}
                """,
                (arm.unit, arm.unit, root, span.low, span.high, *span.held, limit),
            )
            yield from ((line, arm.protected) for (line,) in rows)


def _by_units(
    arms: Sequence[Arm], question: Question, limit: int, book: str
) -> Iterator[tuple[int, Protected]]:
    """By the name of a unit, alone or together with a name: ``研发 张``, ``张伟 研发``."""
    terms = question.terms
    if len(terms) == 1:
        spans = question.narrowed([everyone(question.side)])
        yield from _in_units(arms, terms[0], spans, limit, book)
        return
    pairs = [(terms[0], "".join(terms[1:])), (terms[-1], "".join(terms[:-1]))]
    spans = question.narrowed(
        span for unit, name in pairs if (span := pair_range(unit, name, question.side)) is not None
    )
    found = False
    for one in _asked([(arm, span) for arm in arms for span in spans], limit):
        found = True
        yield one
    if not found:
        for unit, name in pairs:
            spans = question.narrowed(ranges(name, question.side))
            yield from _in_units(arms, unit, spans, limit, book)


def _in_units(
    arms: Sequence[Arm], unit: str, spans: Sequence[Range], limit: int, book: str
) -> Iterator[tuple[int, Protected]]:
    """The lines with a key in ``spans`` that lie in units whose names begin with ``unit``."""
    if spans and _is_unit(unit, book):
        for arm in arms:
            for places in _units_named(unit, arm, book):
                yield from _asked([(place, span) for span in spans for place in places], limit)


def _is_unit(name: str, book: str) -> bool:
    """Whether the name of any unit begins with ``name``."""
    named, given = _named(name, book)
    return bool(fetch(f"SELECT 1 FROM unit u WHERE {named} LIMIT 1", given))


def _named(name: str, book: str) -> tuple[str, tuple[str, ...]]:
    mark, bytewise = database.param, ' COLLATE "C"' if store().is_postgresql else ""
    named = f"u.book_id = {mark} AND u.name{bytewise} >= {mark} AND u.name{bytewise} < {mark}"
    return named, (book, name, name + LAST)


def _units_named(name: str, arm: Arm, book: str) -> Iterator[list[Arm]]:
    """The parts of ``arm`` that lie in units whose name begins with ``name``, some at a time.

    A unit below another of that name lies in its scope and is left out.
    """
    mark = database.param
    named, given = _named(name, book)
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


def _asked(asked: Sequence[tuple[Arm, Range]], limit: int) -> Iterator[tuple[int, Protected]]:
    """The lines with a key in each of the ranges, range by range; a line may come several times.

    SQLite is asked for one range after the other, as most pages are full after the first or the second.
    A server is asked for many at once, because the round trip costs more than they do.
    """
    at_once = AT_ONCE if store().is_postgresql else 1
    for start in range(0, len(asked), at_once):
        some = asked[start : start + at_once]
        firsts = _first_rows(some, limit) if at_once > 1 else [_rows(*some[0], limit)]
        for (arm, span), part in zip(some, firsts, strict=True):
            while part:
                for _key, line in part:
                    yield line, arm.protected
                if len(part) < limit:
                    break
                part = _next_rows(arm, span, *part[-1], limit)


def _rows(arm: Arm, span: Range, limit: int) -> list[tuple[str, int]]:
    return fetch(
        _one_range(database.param, len(span.held)), (arm.scope, span.low, span.high, *span.held, limit)
    )


@cache
def _one_range(mark: str, held: int) -> str:
    return (
        f"SELECT key, line FROM search_key WHERE scope = {mark} AND key >= {mark} AND key < {mark}"
        f"{_holding(mark, held)} ORDER BY key, line LIMIT {mark}"
    )


@cache
def _holding(mark: str, held: int, row: str = "search_key") -> str:
    """The condition that the entry of ``row`` has so many further keys in the scope of that row."""
    return "".join(
        f" AND EXISTS (SELECT 1 FROM search_key h WHERE h.scope = {row}.scope AND h.key = {mark}"
        f" AND h.line = {row}.line)"
        for _key in range(held)
    )


def _first_rows(asked: Sequence[tuple[Arm, Range]], limit: int) -> list[list[tuple[str, int]]]:
    scopes = [arm.scope for arm, _span in asked]
    lows, highs = [span.low for _arm, span in asked], [span.high for _arm, span in asked]
    parts: list[list[tuple[str, int]]] = [[] for _one in asked]
    held = asked[0][1].held  # the same for all ranges of a question
    statement = MANY_RANGES.format(holding=_holding("%s", len(held)))
    for number, key, line in fetch(statement, (scopes, lows, highs, *held, limit)):
        parts[number - 1].append((key, line))
    return parts


def _next_rows(arm: Arm, span: Range, key: str, line: int, limit: int) -> list[tuple[str, int]]:
    mark = database.param
    return fetch(
        f"""
        SELECT key, line FROM search_key
        WHERE scope = {mark} AND key >= {mark} AND key < {mark} AND (key > {mark} OR line > {mark})
        {_holding(mark, len(span.held))} ORDER BY key, line LIMIT {mark}
        """,
        (arm.scope, key, span.high, key, line, *span.held, limit),
    )
