"""Lines by ranges of search keys: all ranges of a question in one statement, with the lines themselves.

SQLite goes through range after range and stops where its reader does, so that a page which is full after the
first range has cost no more than that. A server is asked for the beginning of every range at once and gives
each line once, because a round trip costs more than the ranges do.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

from db.desk.lines import Found
from db.desk.reach import Arm
from db.store.engine import store
from db.store.searchkeys import LAST, Range
from db.store.sql import read

Asked = tuple[Arm, Range]
"""A range of keys, and the arm of the reader's reach that it is looked through in."""

AT_ONCE = 60
"""Ranges in one statement at the most."""
SPARE = 10
"""Keys read of a range beyond a page, as a line may have several in one range."""

IN_TURN = """
SELECT asked.column1, l.line, l.content, l.sealed FROM (VALUES {ranges}) AS asked
CROSS JOIN search_key k
    ON k.scope = asked.column2 AND k.key >= asked.column3 AND k.key < asked.column3 || {last}{holding}
CROSS JOIN search_line l ON l.line = k.line
"""
"""SQLite's. It carries a cross join out from left to right, each table in the order of its key."""

UNITS_IN_TURN = """
UNION ALL SELECT -named.column1, 0, '', NULL FROM (VALUES {names}) AS named WHERE EXISTS (
    SELECT 1 FROM unit u
    WHERE u.book_id = named.column2 AND u.name >= named.column3 AND u.name < named.column3 || {last}
)
"""

TOGETHER = """
WITH hits AS MATERIALIZED (
    SELECT asked.number, part.key, part.line
    FROM unnest(%s::integer[], %s::text[]) WITH ORDINALITY AS asked (scope, low, number)
    CROSS JOIN LATERAL (
        SELECT k.key, k.line FROM search_key k
        WHERE k.scope = asked.scope AND k.key >= asked.low AND k.key < asked.low || {last}{holding}
        ORDER BY k.key, k.line LIMIT {each}
    ) AS part
), firsts AS (
    SELECT DISTINCT ON (line) number, key, line FROM hits ORDER BY line, number, key
), page AS (
    SELECT number, line, ROW_NUMBER() OVER (ORDER BY number, key, line) AS place
    FROM firsts ORDER BY place LIMIT {limit}
)
SELECT number, line, content, sealed FROM (
    SELECT page.number - 1 AS number, page.line, l.content, l.sealed, page.place
    FROM page CROSS JOIN LATERAL (SELECT content, sealed FROM search_line WHERE line = page.line LIMIT 1) AS l
    UNION ALL SELECT NULL, 0, '', NULL, -1 WHERE EXISTS (
        SELECT 1 FROM hits GROUP BY number HAVING COUNT(*) = {each} AND COUNT(DISTINCT line) < {limit}
    ){units}
) AS answer ORDER BY place
"""
"""PostgreSQL's, which is the same for any number of ranges. A first row without a number says that what was
read of a range does not fill the page and is not all of it."""

UNITS_TOGETHER = """
    UNION ALL SELECT -named.number, 0, '', NULL, 0
    FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS named (book, low, number)
    WHERE EXISTS (
        SELECT 1 FROM unit u WHERE u.book_id = named.book
        AND u.name COLLATE "C" >= named.low AND u.name COLLATE "C" < named.low || {last}
    )
"""


def scan(
    found: dict[int, Found],
    asked: Sequence[Asked],
    limit: int,
    held: Sequence[str] = (),
    units: Sequence[tuple[str, str]] = (),
) -> tuple[set[int], set[int]]:
    """Add to ``found`` the lines with a key in one of the ranges ``asked`` and all the keys ``held`` in the
    same scope, range by range, until there are ``limit``.

    The answer names the ranges that added one, by their places; and where there is room left, those of
    ``units``, pairs of a book and a name, with which the name of a unit there begins.
    """
    gave: set[int] = set()
    named: set[int] = set()
    ask = _ask_together if store().is_postgresql else _ask_in_turn
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        last = start + AT_ONCE >= len(asked)
        with closing(ask(some, limit, held, units if last else ())) as rows:
            for number, line, content, sealed in rows:
                if len(found) >= limit:
                    return gave, named
                if number < 0:
                    named.add(-number - 1)
                elif line not in found:
                    gave.add(start + number)
                    found[line] = Found(line, some[number][0].protected, content, sealed)
    return gave, named


def _ask_in_turn(
    asked: Sequence[Asked], _limit: int, held: Sequence[str], units: Sequence[tuple[str, str]]
) -> Any:
    given: list[object] = []
    for number, (arm, span) in enumerate(asked):
        given += (number, arm.scope, span.low)
    given += held
    for number, (book, name) in enumerate(units, 1):
        given += (number, book, name)
    return read(_ranges_in_turn(len(asked), len(held), len(units)), given)


@cache
def _ranges_in_turn(ranges: int, held: int, units: int) -> str:
    row, last = "(?, ?, ?)", f"CHAR({ord(LAST)})"
    statement = IN_TURN.format(ranges=", ".join([row] * ranges), last=last, holding=holding("?", held))
    return statement + (UNITS_IN_TURN.format(names=", ".join([row] * units), last=last) if units else "")


def _ask_together(
    asked: Sequence[Asked], limit: int, held: Sequence[str], units: Sequence[tuple[str, str]]
) -> Any:
    given: list[object] = [[arm.scope for arm, _span in asked], [span.low for _arm, span in asked], *held]
    if units:
        given += [[book for book, _name in units], [name for _book, name in units]]
    each = limit + SPARE
    while True:
        rows = read(_ranges_together(limit, each, len(held), bool(units)), given)
        first = rows.fetchone()
        if first is None or first[0] is not None:
            rows.scroll(0, "absolute")
            return rows
        each *= 4


@cache
def _ranges_together(limit: int, each: int, held: int, units: bool) -> str:
    last = f"CHR({ord(LAST)})"
    more = UNITS_TOGETHER.format(last=last) if units else ""
    return TOGETHER.format(limit=limit, each=each, last=last, holding=holding("%s", held), units=more)


def holding(mark: str, held: int) -> str:
    """The condition that the entry of the key ``k`` has so many further keys in the same scope."""
    return (
        f" AND EXISTS (SELECT 1 FROM search_key h WHERE h.scope = k.scope AND h.key = {mark}"
        " AND h.line = k.line)"
    ) * held
