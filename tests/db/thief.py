"""Somebody who has the database and its key, but not the proving key."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlcipher3 import dbapi2

from db.store.backups.rows import key_columns
from db.store.engine import Store, raw_key
from db.store.tables.base import Table

Values = dict[str, Any]


def name_of(table: type[Table]) -> str:
    """What the database calls it."""
    return str(table._meta.table_name)


class Thief:
    """Has the database and its key, or is PostgreSQL's superuser; nothing that they do fires a trigger."""

    def __init__(self, store: Store) -> None:
        self._postgresql = store.is_postgresql
        if self._postgresql:
            self._line: Any = psycopg.connect(store.settings.database, autocommit=True)
            self._line.execute("SET session_replication_role = replica")
        else:
            _scheme, _colon, path = store.home.database_url(store.settings).partition(":")
            self._line = dbapi2.connect(path, isolation_level=None)
            self._line.execute(f'PRAGMA key = "{raw_key(store.keys.database)}"')

    def do(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        found = self._line.execute(statement.replace("?", "%s" if self._postgresql else "?"), values)
        return list(found.fetchall()) if found.description else []

    def put(self, table: type[Table], row: Values) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _name in row)
        self.do(f'INSERT INTO "{name_of(table)}" ({names}) VALUES ({marks})', tuple(row.values()))

    def take(self, table: type[Table], row: Values) -> None:
        keys = key_columns(table)
        where = " AND ".join(f'"{key}" = ?' for key in keys)
        self.do(f'DELETE FROM "{name_of(table)}" WHERE {where}', tuple(row[key] for key in keys))

    def close(self) -> None:
        self._line.close()
