"""Lines by ranges of search keys: all ranges of a question in one statement, with the lines themselves.

Either engine goes through range after range and stops early, so that a page which is full after the first
range has cost no more than that: SQLite where its reader does, a server after so many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache

from db.desk.authority.reach import Arm
from db.desk.entry.lines import FoundLine
from db.store.engine import reader, store
from db.store.searchkeys import LAST, Range
from db.store.sql import fetch

Asked = tuple[Arm, Range]
"""A range of keys, and the arm of the reader's reach that it is looked through in."""

Row = tuple[int, int, str, bytes | None]
"""The place of a range, or below zero that of a unit's name; a line's number and its two parts."""

AT_ONCE = 60
"""Ranges in one statement at the most."""
JOINT = "\x1e"
"""Between texts that are given as one: no question holds a control character."""
PAGES = 2
"""How many pages of keys a server is asked for at first, as a line may have several of them."""

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
(SELECT asked.number - 1, part.line, l.content, l.sealed
    FROM unnest(STRING_TO_ARRAY(%s, ',')::integer[], STRING_TO_ARRAY(%s, {joint}))
        WITH ORDINALITY AS asked (scope, low, number)
    CROSS JOIN LATERAL (
        SELECT k.key, k.line FROM search_key k
        WHERE k.scope = asked.scope AND k.key >= asked.low AND k.key < asked.low || {last}{holding}
        ORDER BY k.key, k.line LIMIT {most}
    ) AS part
    CROSS JOIN LATERAL (SELECT content, sealed FROM search_line WHERE line = part.line LIMIT 1) AS l
    LIMIT {most})
"""
"""PostgreSQL's, which is the same for any number of ranges. What is lateral is read anew for each row before
it, in the order of those. The arrays come as joined texts, as psycopg takes longer to write a list down than
the server to take a text apart."""

UNITS_TOGETHER = """
UNION ALL SELECT -named.number, 0, '', NULL
FROM unnest(STRING_TO_ARRAY(%s, {joint}), STRING_TO_ARRAY(%s, {joint}))
    WITH ORDINALITY AS named (book, low, number)
WHERE EXISTS (
    SELECT 1 FROM unit u WHERE u.book_id = named.book
    AND u.name COLLATE "C" >= named.low AND u.name COLLATE "C" < named.low || {last}
)
"""


def scan_lines(
    found: dict[int, FoundLine],
    asked: Sequence[Asked],
    limit: int,
    held: Sequence[str] = (),
    units: Sequence[tuple[str, str]] = (),
) -> tuple[set[int], set[int]]:
    """Add to ``found`` the lines with a key in one of the ranges ``asked`` and all the keys ``held`` in the
    same scope, range by range, until there are ``limit``.

    Return the places of the ranges that added one; and where there is room left, the places of those
    ``units``, pairs of a book and a name, with which the name of a unit there begins."""
    gave: set[int] = set()
    named: set[int] = set()
    ask = _ask_together if store().is_postgresql else _ask_in_turn
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        names = units if start + AT_ONCE >= len(asked) else ()
        most = PAGES * limit
        while True:
            rows_read = 0
            with ask(some, most, held, names) as rows:
                for number, line, content, sealed in rows:
                    if len(found) >= limit:
                        return gave, named
                    if number < 0:
                        named.add(-number - 1)
                        continue
                    rows_read += 1
                    if line not in found:
                        gave.add(start + number)
                        found[line] = FoundLine(line, some[number][0].protected, content, sealed)
            if rows_read != most:  # nothing was cut off
                break
            most *= 4
    return gave, named


def _ask_in_turn(
    asked: Sequence[Asked], _most: int, held: Sequence[str], units: Sequence[tuple[str, str]]
) -> AbstractContextManager[Iterable[Row]]:
    given: list[object] = []
    for number, (arm, span) in enumerate(asked):
        given += (number, arm.scope, span.low)
    given += held
    for number, (book, name) in enumerate(units, 1):
        given += (number, book, name)
    return closing(reader().execute(_ranges_in_turn(len(asked), len(held), len(units)), given))


@cache
def _ranges_in_turn(ranges: int, held: int, units: int) -> str:
    row, last = "(?, ?, ?)", f"CHAR({ord(LAST)})"
    statement = IN_TURN.format(ranges=", ".join([row] * ranges), last=last, holding=holds_keys("?", held))
    return statement + (UNITS_IN_TURN.format(names=", ".join([row] * units), last=last) if units else "")


def _ask_together(
    asked: Sequence[Asked], most: int, held: Sequence[str], units: Sequence[tuple[str, str]]
) -> AbstractContextManager[Iterable[Row]]:
    given = [
        ",".join([str(arm.scope) for arm, _span in asked]),
        JOINT.join([span.low for _arm, span in asked]),
        *held,
    ]
    if units:
        given += [JOINT.join([book for book, _name in units]), JOINT.join([name for _book, name in units])]
    return nullcontext(fetch(_ranges_together(most, len(held), bool(units)), given))


@cache
def _ranges_together(most: int, held: int, units: bool) -> str:
    last, joint = f"CHR({ord(LAST)})", f"CHR({ord(JOINT)})"
    more = UNITS_TOGETHER.format(last=last, joint=joint) if units else ""
    return TOGETHER.format(most=most, last=last, joint=joint, holding=holds_keys("%s", held)) + more


def holds_keys(mark: str, held: int) -> str:
    """Return the SQL condition that the line of the key ``k`` has each of ``held`` further keys, given as
    parameters, in the same scope."""
    return (
        f" AND EXISTS (SELECT 1 FROM search_key h WHERE h.scope = k.scope AND h.key = {mark}"
        " AND h.line = k.line)"
    ) * held
