"""Reading every row there is, in one view of the database, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from operator import mul
from typing import Any

from db.store.engine import database, store
from db.store.journal.capture import text_of
from db.store.proof import SCHEMA, STRUCTURE
from db.store.proof.head import ChainHead, element_in
from db.store.proof.shapes import is_proved, shape_of
from db.store.proof.sums import PRIME, Sum

PART = 100_000
"""Keys of a part of a table, where that has one that is a number."""
BATCH = 2000
SQLITE_SCHEMA = (
    "SELECT json_object('kind', type, 'name', name, 'does', sql) FROM main.sqlite_master "
    "WHERE type IN ('trigger', 'view')"
)
POSTGRESQL_SCHEMA = """
SELECT json_build_object('kind', kind, 'name', name, 'does', does)::text FROM (
    SELECT 'trigger' AS kind, c.relname || '.' || t.tgname AS name,
        concat_ws(' ', t.tgenabled, t.tgtype, p.proname, t.tgqual IS NULL) AS does
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'function', p.proname || '/' || p.pronargs, p.prosrc
    FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'rule', c.relname || '.' || r.rulename,
        concat_ws(' ', r.ev_type, r.ev_enabled, r.is_instead)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'event', evtname, concat_ws(' ', evtevent, evtenabled, evtfoid) FROM pg_event_trigger
) AS found
"""

SQLITE_STRUCTURE = (
    "SELECT json_object('kind', type, 'name', name, 'does', coalesce(sql, tbl_name)) FROM main.sqlite_master "
    "WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
)
POSTGRESQL_STRUCTURE = """
SELECT json_build_object('kind', kind, 'name', name, 'does', does)::text FROM (
    SELECT 'table' AS kind, c.relname::text AS name,
        concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity) AS does
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'column', c.relname || '.' || a.attname,
        concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f')
        AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'index', c.relname::text, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'constraint', r.relname || '.' || c.conname,
        concat_ws(' ', pg_get_constraintdef(c.oid), c.convalidated)
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    WHERE c.connamespace = current_schema()::regnamespace AND c.contype <> 'n'
) AS found
"""


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The rows of ``table`` whose key is from ``low`` on and below ``high``, where these are given."""

    table: str
    low: int | None = None
    high: int | None = None


@contextmanager
def one_view(snapshot: str = "") -> Iterator[None]:
    """Hold one consistent, read-only view of the database in the body, or the running transaction's;
    ``snapshot`` names another connection's (PostgreSQL)."""
    if database.in_transaction():
        yield
        return
    with database.atomic():
        if store().is_postgresql:
            database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if snapshot:
                database.execute_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield


def tables() -> list[str]:
    """Return the names of all tables with a sum, the pseudo-tables of schema and structure first."""
    return [SCHEMA, STRUCTURE, *sorted(name for name in database.get_tables() if is_proved(name))]


def parts(head: ChainHead) -> list[KeyRange]:
    """Return ranges of keys over all tables, of about `PART` rows each by the head's counts. A table whose
    key is no number is one range. First and last range of a table are open-ended."""
    found = []
    for table in tables():
        rows, low, high = head.sum_of(table).rows, None, None
        if rows > PART and shape_of(table).is_number:
            key = shape_of(table).keys[0]
            low, high = (end_key(table, key, way) for way in ("MIN", "MAX"))
        if low is None or high is None:
            found.append(KeyRange(table))
            continue
        step = (high - low) // (rows // PART) + 1
        marks = [None, *range(low + step, high + 1, step), None]
        found += [KeyRange(table, *ends) for ends in pairwise(marks)]
    return found


def end_key(table: str, key: str, way: str) -> int | None:
    """Return the first (``MIN``) or last (``MAX``) key of ``table``; None if it is empty."""
    found: int | None = database.execute_sql(f'SELECT {way}("{key}") FROM "{table}"').fetchone()[0]
    return found


def texts(part: KeyRange) -> Iterator[list[str]]:
    for rows in fetch_rows(_statement(part)):
        yield [text for (text,) in rows]


def total(key: bytes, part: KeyRange, *, placed: bool = False) -> Sum:
    """Read the rows of ``part`` and return their sum under ``key``; with ``placed`` also their places, which
    doubles the time."""
    element, place = element_in(key, part.table), shape_of(part.table).place
    found = Sum()
    for batch in texts(part):
        elements = [element(text) for text in batch]
        found.rows += len(batch)
        found.plain = (found.plain + sum(elements)) % PRIME
        if placed:
            places = map(place, batch)
            found.placed = (found.placed + sum(map(mul, elements, places))) % PRIME
    return found


def totals(key: bytes) -> dict[str, Sum]:
    """Read every table and return its sum under ``key``, with places."""
    return {table: total(key, KeyRange(table), placed=True) for table in tables()}


def _statement(part: KeyRange) -> str:
    if part.table == SCHEMA:
        return POSTGRESQL_SCHEMA if store().is_postgresql else SQLITE_SCHEMA
    if part.table == STRUCTURE:
        return POSTGRESQL_STRUCTURE if store().is_postgresql else SQLITE_STRUCTURE
    key = shape_of(part.table).keys[0]
    ends = [
        f'one."{key}" {sign} {number}'
        for sign, number in ((">=", part.low), ("<", part.high))
        if number is not None
    ]
    where = f" WHERE {' AND '.join(ends)}" if ends else ""
    return f'SELECT {text_of(store().database, part.table)} FROM "{part.table}" AS one{where}'


def fetch_rows(statement: str) -> Iterator[list[Any]]:
    """Yield the rows that ``statement`` finds, some at a time, without holding them all."""
    connection: Any = database.connection()
    if store().is_postgresql:
        with connection.cursor(name="proof") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            while rows := cursor.fetchmany(BATCH):
                yield rows
        return
    cursor = connection.execute(statement)
    while rows := cursor.fetchmany(BATCH):
        yield rows
