"""Many rows at once, the quickest way each engine has, within the running transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from peewee import chunked

from db.store.engine import database, errors_as_peewee, store
from db.store.journal.capture import watch_table
from db.store.tables.base import Table

AT_ONCE = 200
"""Rows of one statement. Within a savepoint SQLite walks, after each statement, through all that it kept
aside for undoing: row by row takes the square of their number."""


def insert_rows(table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    insert_many(table._meta.table_name, columns, rows)


def insert_many(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with errors_as_peewee():
        _insert(name, columns, rows)


def _insert(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    names = ", ".join(columns)
    if store().is_postgresql:
        with database.cursor().copy(f"COPY {name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        watch_table(store().database, name.strip('"'))
        marks, cursor = "(" + ", ".join("?" for _column in columns) + ")", database.cursor()
        for some in chunked(rows, AT_ONCE):
            values = ", ".join([marks] * len(some))
            cursor.execute(f"INSERT INTO {name} ({names}) VALUES {values}", list(chain.from_iterable(some)))


def reserve_ids(table: type[Table], count: int) -> range:
    """Reserve ids for ``count`` new rows; locks the table against other writers until the transaction
    ends."""
    name = table._meta.table_name
    if not store().is_postgresql:  # the transaction holds the write lock already
        last = int(database.execute_sql(f"SELECT COALESCE(MAX(id), 0) FROM {name}").fetchone()[0])
        return range(last + 1, last + 1 + count)
    database.execute_sql(f"LOCK TABLE {name} IN EXCLUSIVE MODE")
    row = database.execute_sql(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id'))").fetchone()
    first = int(row[0])
    if count > 1:
        last = first + count - 1
        database.execute_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})")
    return range(first, first + count)
