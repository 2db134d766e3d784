"""What the steps of the schema have in common: how a table that holds rows is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import peewee

from db.store.engine import database, store
from db.store.tables.base import Table

Step = Callable[[], None]
OFFICE = {"office": "VARCHAR(64)", "office_unit": "INTEGER", "capacity": "VARCHAR(16)"}
"""In which office something was done."""


def add_columns(table: str, **columns: str) -> bool:
    """Add ``columns`` that ``table`` lacks; return whether any did."""
    known = {column.name for column in database.get_columns(table)}
    missing = {name: kind for name, kind in columns.items() if name not in known}
    for name, kind in missing.items():
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {name} {kind}')
    return bool(missing)


def creating(*tables: type[Table]) -> Step:
    """Return a step that creates ``tables``; a new store has them from its first step."""
    return lambda: database.create_tables(tables, safe=True)


def adding(table: str, **columns: str) -> Step:
    """Return a step that adds to ``table`` the ``columns`` that it lacks."""

    def add() -> None:
        add_columns(table, **columns)

    return add


def indexing(*indexes: str, drops: Sequence[str] = ()) -> Step:
    """Return a step that drops the indexes ``drops`` and creates the others, each "NAME ON TABLE (…)"."""

    def index() -> None:
        for name in drops:
            database.execute_sql(f"DROP INDEX IF EXISTS {name}")
        for one in indexes:
            database.execute_sql(f"CREATE INDEX IF NOT EXISTS {one}")

    return index


def no_as_yet() -> str:
    """Return the SQL type of a boolean column that defaults to false."""
    return "BOOLEAN NOT NULL DEFAULT FALSE" if store().is_postgresql else "INTEGER NOT NULL DEFAULT 0"


def let_be_null(table: str, column: str) -> None:
    if store().is_postgresql:
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN {column} DROP NOT NULL')
        return
    loosen(table, f'"{column}" INTEGER NOT NULL', f'"{column}" INTEGER')


def loosen(table: str, before: str, after: str) -> None:
    """Replace ``before`` by ``after`` in the definition of ``table`` in SQLite's schema, to change a CHECK
    constraint."""
    kept = f"FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
    ((text,),) = database.execute_sql(f"SELECT sql {kept}").fetchall()
    free = text.replace(before, after, 1)
    if free != text:  # SQLite has no statement for it; this is how its documentation does it
        ((version,),) = database.execute_sql("PRAGMA schema_version").fetchall()
        database.execute_sql("PRAGMA writable_schema = ON")
        database.execute_sql(
            f"UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = '{table}'", (free,)
        )
        database.execute_sql(f"PRAGMA schema_version = {version + 1}")
        database.execute_sql("PRAGMA writable_schema = OFF")


def journal_changes(how: Callable[[peewee.Database], None]) -> None:
    if store().is_postgresql:
        how(store().database)
