"""What a transaction changes, row by row, taken down by triggers within the transaction itself.

On SQLite they are a connection's own, made where it first writes to a table, and write into its memory.
On PostgreSQL they stand in the schema and write into an unlogged table, from which the transaction takes
its own rows again before it ends. Keys of search, which can be made anew and are many, are left out.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import peewee

DERIVED = frozenset({"search_key", "search_line", "search_entry", "fresh_key"})
"""Made anew from the entries after a restore."""
KEYS = frozenset({"subject_key", "thing_key"})
"""Keys that are to be destroyed one day without leaving a trace (`db.store.subjects`)."""
FLEETING = frozenset({"failed_sign_ins", "failure_count", "refusal_tally", "day_count", "pickup"})
"""What strangers can have written without end, or what lasts minutes; a restore begins them anew."""
UNJOURNALED = DERIVED | KEYS | FLEETING
"""What the journal leaves out, be it taken down for the proof of the present (`db.store.proof`) or not."""
UNWATCHED = FLEETING | {
    "search_key", "fresh_key", "journal_head", "journal_change", "schema_version", "proof_head",
}  # fmt: skip
"""What is not taken down at all."""
WRITES = re.compile(
    r'\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.I
)
OFF = "mingce.journal = 'off'"
"""What is set on PostgreSQL in a transaction of which nothing is taken down."""
BATCH = 2000

Change = tuple[str, str | None, str | None]
"""A table, and its row before and after as JSON; None where there was or is none."""
Watched = tuple[Any, frozenset[str]]
"""The connection to SQLite on which changes are taken down, and of which tables."""

SQLITE_CHANGES = "CREATE TEMP TABLE IF NOT EXISTS journal_change (n INTEGER PRIMARY KEY, name, before, after)"
SQLITE_TRIGGER = """
CREATE TEMP TRIGGER IF NOT EXISTS "journal_{name}_{event}" AFTER {event} ON main."{name}" BEGIN
    INSERT INTO journal_change (name, before, after) VALUES ('{name}', {before}, {after});
END
"""
FOLLOWING = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql LIKE '%ON DELETE CASCADE%'"
"""Tables from which rows go with those of others."""
POSTGRESQL_CHANGES = """
CREATE UNLOGGED TABLE IF NOT EXISTS journal_change (
    n BIGSERIAL PRIMARY KEY, tx XID8 NOT NULL, name TEXT NOT NULL, before TEXT, after TEXT
);
CREATE INDEX IF NOT EXISTS journal_change_tx ON journal_change (tx);
CREATE OR REPLACE FUNCTION journal_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO journal_change (tx, name, before, after) VALUES (
        pg_current_xact_id(), TG_TABLE_NAME,
        CASE WHEN TG_OP <> 'INSERT' THEN to_json(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_json(NEW) END
    );
    RETURN NULL;
END $$;
"""
POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER journal_change AFTER INSERT OR UPDATE OR DELETE ON "{name}"
FOR EACH ROW WHEN (current_setting('mingce.journal', true) IS DISTINCT FROM 'off')
EXECUTE FUNCTION journal_change()
"""

_local = threading.local()


@contextmanager
def paused(database: Any) -> Iterator[None]:
    """Capture no change of this thread for the journal in the body."""
    before, _local.paused = is_paused(), True
    try:
        if _is_postgresql(database) and database.in_transaction():
            database.execute_sql(f"SET LOCAL {OFF}")
        yield
    finally:
        _local.paused = before
        if not before and _is_postgresql(database) and database.in_transaction():
            database.execute_sql("SET LOCAL mingce.journal TO DEFAULT")


def is_paused() -> bool:
    """Return whether this thread's changes are not captured for the journal now."""
    return bool(getattr(_local, "paused", False))


def watch_statement(database: Any, statement: str) -> None:
    """Create triggers, on SQLite, on the tables that ``statement`` changes. Call it before that runs."""
    for name in _changed_tables(statement):
        watch_table(database, name)


@lru_cache(maxsize=4096)
def _changed_tables(statement: str) -> tuple[str, ...]:
    """Return the names of the tables that ``statement`` changes; cached."""
    return tuple(WRITES.findall(statement))


def watch_table(database: Any, name: str) -> None:
    """Create triggers, on SQLite and this connection, that capture changes of the table ``name``; nothing
    while paused, or if they exist."""
    if is_paused():
        return
    connection: Any = database.connection()
    if not _is_watched(connection):
        forget_triggers()
        connection.execute(SQLITE_CHANGES)
        _local.connection = connection
        for (follows,) in connection.execute(FOLLOWING).fetchall():  # no statement names them
            watch_table(database, follows)
    if name in _local.watched:
        return
    _local.watched.add(name)
    if name in UNWATCHED:
        return
    columns = _columns(connection, name)
    if not columns:
        return
    old, new = (_object(columns, row) for row in ("OLD", "NEW"))
    for event, before, after in (("INSERT", "NULL", new), ("UPDATE", old, new), ("DELETE", old, "NULL")):
        connection.execute(SQLITE_TRIGGER.format(name=name, event=event, before=before, after=after))


def known_triggers() -> Watched:
    return getattr(_local, "connection", None), frozenset(getattr(_local, "watched", ()))


def forget_triggers(but: Watched = (None, frozenset())) -> None:
    """Forget which triggers exist, after a rollback has undone them; keep those in ``but``."""
    _local.connection, names = but
    _local.watched = set(names)


def prepare(database: Any) -> None:
    """Create the table and function that the triggers need, on PostgreSQL, in the running transaction."""
    database.execute_sql(POSTGRESQL_CHANGES)


def install(database: Any) -> None:
    """Create the triggers on every table, on PostgreSQL, in the running transaction."""
    for name in database.get_tables():
        if name not in UNWATCHED:
            database.execute_sql(POSTGRESQL_TRIGGER.format(name=name))


def captured_changes(database: Any) -> Iterator[list[Change]]:
    """Yield the captured changes of the running transaction in batches, in order, those made meanwhile
    included; delete them."""
    connection: Any = database.connection()
    if _is_postgresql(database):
        while rows := connection.execute(
            "DELETE FROM journal_change WHERE tx = pg_current_xact_id_if_assigned() "
            "RETURNING n, name, before, after"
        ).fetchall():
            changes: list[Change] = [(name, before, after) for _n, name, before, after in sorted(rows)]
            yield from (changes[first : first + BATCH] for first in range(0, len(changes), BATCH))
        return
    if not connection.execute("SELECT 1 FROM sqlite_temp_master WHERE name = 'journal_change'").fetchone():
        return
    last = 0
    while not is_paused() and (
        found := connection.execute(
            f"SELECT n, name, before, after FROM temp.journal_change WHERE n > {last} "
            f"ORDER BY n LIMIT {BATCH}"
        ).fetchall()
    ):
        last = found[-1][0]
        yield [(name, before, after) for _n, name, before, after in found]
    connection.execute("DELETE FROM temp.journal_change")


def last_change(database: Any) -> int:
    """Return the number of the last captured change, for the functions below; 0 for none, and on PostgreSQL
    outside a transaction."""
    if _is_postgresql(database) and not database.in_transaction():
        return 0  # those of another transaction are not looked at
    connection: Any = database.connection()
    if not _is_postgresql(database) and not _is_watched(connection):
        return 0
    (last,) = connection.execute(f"SELECT max(n) FROM {_taken_down(database)}").fetchone()
    return last or 0


def changed_tables(database: Any, after: int) -> list[str]:
    """Return the tables in which the running transaction changed, added or deleted a row since the change
    ``after``. Deletes nothing."""
    connection: Any = database.connection()
    if not _is_postgresql(database) and not _is_watched(connection):
        return []
    differs = f"n > {after} AND before IS DISTINCT FROM after"
    found = connection.execute(f"SELECT DISTINCT name FROM {_taken_down(database)} AND {differs}")
    return [name for (name,) in found.fetchall()]


def changed_rows(database: Any, after: int, names: Sequence[str]) -> list[Change]:
    """Return the captured changes of the tables ``names`` since the change ``after``, in order. Deletes
    nothing."""
    connection: Any = database.connection()
    if not _is_postgresql(database) and not _is_watched(connection):
        return []
    quoted = ", ".join(f"'{name}'" for name in names)
    where = f"{_taken_down(database)} AND n > {after} AND name IN ({quoted})"
    found = connection.execute(f"SELECT name, before, after FROM {where} ORDER BY n")
    return [(name, before, after) for name, before, after in found.fetchall()]


def changed_columns(database: Any, after: int, name: str, columns: Iterable[str]) -> list[str]:
    """Return those of ``columns`` of the table ``name`` that the running transaction changed since the change
    ``after``; of rows added or deleted, those that are filled."""
    wanted, as_json = list(columns), "::json" if _is_postgresql(database) else ""
    differs = (
        f"max(CASE WHEN coalesce(before{as_json} ->> '{column}', '') <> "
        f"coalesce(after{as_json} ->> '{column}', '') THEN 1 ELSE 0 END)"
        for column in wanted
    )
    (row,) = database.connection().execute(
        f"SELECT {', '.join(differs)} FROM {_taken_down(database)} AND n > {after} AND name = '{name}'"
    )
    return [column for column, found in zip(wanted, row, strict=True) if found]


def _taken_down(database: Any) -> str:
    """Return the FROM and WHERE of a query for the running transaction's captured changes."""
    if _is_postgresql(database):
        return "journal_change WHERE tx = pg_current_xact_id_if_assigned()"
    return "temp.journal_change WHERE true"


def count_added(database: Any, after: int, names: frozenset[str]) -> tuple[frozenset[str], int]:
    """Return which of the tables ``names`` got rows since the change ``after``, and the total length of these
    rows as JSON. Deletes nothing."""
    connection: Any = database.connection()
    if not _is_postgresql(database) and not _is_watched(connection):
        return frozenset(), 0
    where = f"{_taken_down(database)} AND n > {after} AND before IS NULL GROUP BY name"
    found = connection.execute(f"SELECT name, sum(length(after)) FROM {where}").fetchall()
    rows = frozenset(name for name, _size in found if name in names)
    return rows, sum(int(size) for name, size in found if name in names)


def text_of(database: Any, name: str) -> str:
    """Return the SQL that writes a row of the table ``name``, called ``one``, as the triggers do."""
    if _is_postgresql(database):
        return "to_json(one)::text"
    return _object(_columns(database.connection(), name), "one")


def _columns(connection: Any, name: str) -> list[tuple[str, str]]:
    return [(row[1], row[2].upper()) for row in connection.execute(f'PRAGMA main.table_info("{name}")')]


def _is_watched(connection: Any) -> bool:
    return getattr(_local, "connection", None) is connection


def _is_postgresql(database: Any) -> bool:
    return isinstance(database, peewee.PostgresqlDatabase)


def _object(columns: list[tuple[str, str]], row: str) -> str:
    """Return the SQL of ``row`` as a JSON object; bytes as PostgreSQL writes them."""
    parts = []
    for name, kind in columns:
        value = f'{row}."{name}"'
        if kind == "BLOB":
            value = f"CASE WHEN {value} IS NULL THEN NULL ELSE '\\x' || lower(hex({value})) END"
        parts.append(f"'{name}', {value}")
    return f"json_object({', '.join(parts)})"
