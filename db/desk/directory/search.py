"""Finding entries within reach by what a person types.

The permission is the range: only keys in scopes within reach are looked at, one range for each scope
and rank until the page is full, the reader's own unit first. What is out of reach is not fetched, not
counted and not ranked, so that no answer differs from "no such person" (C.10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from db.desk.lines import Found
from db.desk.reach import Arm, Ground
from db.desk.standing import Protected
from db.desk.values import clean
from db.store.engine import database, store
from db.store.searchkeys import ENTRY_MASK, LAST, Range, Side, blind_range, everyone, ranges
from db.store.sql import fetch

AT_ONCE = 60
"""Ranges asked for in one statement at the most, and units looked at together."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, in which order. ``covered`` names the protected fields a number may match."""

    text: str
    side: Side
    covered: tuple[str, ...] = ()

    @property
    def terms(self) -> list[str]:
        return clean(self.text).split()


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


def page(ground: Ground, offset: int, limit: int) -> list[Found]:
    """Entries of ``ground`` in the order of a list, from ``offset``. Single entries are left out."""
    if not ground.arms:
        return []
    mark, span = database.param, everyone(ground.side)
    arms = " UNION ALL ".join(
        f"SELECT key, line, {number} AS arm FROM search_key"
        f" WHERE scope = {mark} AND key >= {mark} AND key < {mark}"
        for number, _arm in enumerate(ground.arms)
    )
    given = [value for arm in ground.arms for value in (arm.scope, span.low, span.high)]
    rows = fetch(
        f"SELECT key, line, arm FROM ({arms}) AS a ORDER BY key, line LIMIT {mark} OFFSET {mark}",
        (*given, limit, offset),
    )
    return [Found(line, ground.arms[arm].protected) for _key, line, arm in rows]


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
    asked = [span for text in _readings(question) for span in ranges(text, question.side)]
    for entry, line, keys in rows:
        if any(span.low <= key < span.high for key in keys.split("\n") for span in asked):
            yield line, ground.entries[entry]


def _by_keys(arms: Sequence[Arm], question: Question, limit: int) -> Iterator[tuple[int, Protected]]:
    spans = [span for text in _readings(question) for span in ranges(text, question.side)]
    yield from _asked([(arm, span) for arm in arms for span in spans], limit)


def _by_covered(ground: Ground, question: Question, limit: int) -> Iterator[tuple[int, Protected]]:
    """By protected values, where the reader's sight lets them be revealed.

    Their keys stand in the root's scope alone, so the few that fit are held against the reach.
    """
    spans = [
        span
        for field in question.covered
        if (span := blind_range(field, question.text, question.side, store().keys)) is not None
    ]
    arms = [arm for arm in (*ground.arms, *ground.finer) if arm.protected in ("reveal", "shown")]
    mark = database.param
    for span in spans:
        for arm in arms:
            place = "a.above_id" if arm.below else "a.unit_id"
            rows = fetch(
                f"""
                SELECT k.line FROM search_key k
                JOIN entry e ON e.id = (k.line & {ENTRY_MASK})
                JOIN unit_above a ON a.unit_id = e.unit_id AND a.above_id = {mark} AND {place} = {mark}
                WHERE k.scope = {mark} AND k.key >= {mark} AND k.key < {mark}
                ORDER BY k.line LIMIT {mark}
                """,
                (arm.unit, arm.unit, ground.above[arm.unit][-1], span.low, span.high, limit),
            )
            yield from ((line, arm.protected) for (line,) in rows)


def _by_units(
    arms: Sequence[Arm], question: Question, limit: int, book: str
) -> Iterator[tuple[int, Protected]]:
    """By the name of a unit, alone or together with a name: ``研发 张``, ``张伟 研发``."""
    terms = question.terms
    pairs: list[tuple[str, Sequence[Range]]]
    if len(terms) == 1:
        pairs = [(terms[0], [everyone(question.side)])]
    else:
        pairs = [
            (terms[0], ranges("".join(terms[1:]), question.side)),
            (terms[-1], ranges("".join(terms[:-1]), question.side)),
        ]
    for unit, spans in pairs:
        for arm in arms if spans and _is_unit(unit, book) else ():
            for places in _units_named(unit, arm, book):
                yield from _asked([(place, span) for place in places for span in spans], limit)


def _is_unit(name: str, book: str) -> bool:
    """Whether the name of any unit begins with ``name``."""
    named, given = _named(name, book)
    return bool(fetch(f"SELECT 1 FROM unit u WHERE {named} LIMIT 1", given))


def _named(name: str, book: str) -> tuple[str, tuple[str, ...]]:
    mark, bytewise = database.param, ' COLLATE "C"' if store().is_postgresql else ""
    named = f"u.book_id = {mark} AND u.name{bytewise} >= {mark} AND u.name{bytewise} < {mark}"
    return named, (book, name, name + LAST)


def _units_named(name: str, arm: Arm, book: str) -> Iterator[list[Arm]]:
    """The parts of ``arm`` that lie in units whose name begins with ``name``, some at a time."""
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
            WHERE a.above_id = {mark} AND {named} AND u.id > {mark} ORDER BY u.id LIMIT {AT_ONCE}
            """,
            (arm.unit, *given, last),
        )
        yield [Arm(unit, True, arm.protected) for (unit,) in rows]
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _readings(question: Question) -> tuple[str, ...]:
    """The whole text as one term: ``zhang wei`` is typed for ``zhangwei``."""
    return ("".join(question.terms),)


def _asked(asked: Sequence[tuple[Arm, Range]], limit: int) -> Iterator[tuple[int, Protected]]:
    """The lines with a key in each of the ranges, range by range; a line may come several times.

    A server is asked for many ranges at once, because the round trip costs more than they do. SQLite is
    asked for one, then two, then four, as most pages are full after the first or the second.
    """
    at_once, start = (AT_ONCE if store().is_postgresql else 1), 0
    while start < len(asked):
        some = asked[start : start + at_once]
        start, at_once = start + at_once, min(2 * at_once, AT_ONCE)
        parts: list[list[tuple[int, str, int]]] = [[] for _one in some]
        for row in _first_rows(some, limit):
            parts[row[0]].append(row)
        for (arm, span), part in zip(some, parts, strict=True):
            while part:
                for _number, _key, line in part:
                    yield line, arm.protected
                if len(part) < limit:
                    break
                _number, key, line = part[-1]
                part = _next_rows(arm, span, key, line, limit)


def _first_rows(asked: Sequence[tuple[Arm, Range]], limit: int) -> list[tuple[int, str, int]]:
    given = [value for arm, span in asked for value in (arm.scope, span.low, span.high, limit)]
    return fetch(_first_rows_sql(len(asked), database.param), given)


@cache
def _first_rows_sql(count: int, mark: str) -> str:
    return " UNION ALL ".join(
        f"SELECT * FROM (SELECT {number} AS number, key, line FROM search_key"
        f" WHERE scope = {mark} AND key >= {mark} AND key < {mark}"
        f" ORDER BY key, line LIMIT {mark}) AS a{number}"
        for number in range(count)
    )


def _next_rows(arm: Arm, span: Range, key: str, line: int, limit: int) -> list[tuple[int, str, int]]:
    mark = database.param
    return fetch(
        f"""
        SELECT 0, key, line FROM search_key
        WHERE scope = {mark} AND key >= {mark} AND key < {mark} AND (key > {mark} OR line > {mark})
        ORDER BY key, line LIMIT {mark}
        """,
        (arm.scope, key, span.high, key, line, limit),
    )
