"""One database behind two engines, chosen by URL.

``sqlite:FILE`` is SQLCipher: the whole file is encrypted with a raw 256-bit key (a derived
passphrase would cost 74 ms at every open). ``postgresql://…`` serves more than one host. A process
has one store open at a time; the tables in `db.store.tables` are bound to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase

from db.store.journal import capture
from db.store.journal.writing import Place, take_back, write
from db.store.keys import KeyRing, read_keys
from db.store.settings import Home, Settings

database: Any = peewee.DatabaseProxy()

SQLITE_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("temp_store", "memory"),
    ("secure_delete", 1),
    ("cache_size", -4000),
    ("busy_timeout", 15000),
)


@dataclass(frozen=True, slots=True)
class Store:
    """The open store of this process."""

    settings: Settings
    keys: KeyRing
    database: peewee.Database
    home: Home

    @property
    def is_postgresql(self) -> bool:
        return isinstance(self.database, peewee.PostgresqlDatabase)

    @property
    def journal(self) -> Place:
        """Where what is done here is journaled."""
        return Place(self.home.journal_place(self.settings), self.keys.journal)


class _Watched(SqlCipherDatabase):
    """Has what its statements change taken down for the journal."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        with errors_as_peewee():
            capture.watch(self, sql)
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]  # peewee has no types here


_open: Store | None = None
_last: Store | None = None


def open_store(home: Home, settings: Settings | None = None, keys: KeyRing | None = None) -> Store:
    """Open the store of ``home`` for this process and bind the tables to it.

    Raises SettingsError, KeyRingError, or peewee.DatabaseError (wrong key, no server).
    """
    global _open
    settings = settings or home.settings()
    keys = keys or read_keys(home.keys)
    opened = _connect(home.database_url(settings), keys)
    database.initialize(opened)
    opened.connect()
    _open = Store(settings, keys, opened, home)
    return _open


def reopen_store(home: Home) -> Store:
    """Open the store of ``home`` again, where this process or the one it was forked from had it open last:
    its settings and keys are the ones that were read then. Otherwise as `open_store`."""
    global _open
    if _last is None or _last.home.folder != home.folder:
        return open_store(home)
    _last.database.connect()
    _open = _last
    return _open


def store() -> Store:
    """The store that is open in this process."""
    if _open is None:
        raise RuntimeError("no store is open in this process")
    return _open


def close_store() -> None:
    """Close this process's connection; nothing happens where none is open."""
    global _open, _last
    if _open is not None:
        _open.database.close()
        _open, _last = None, _open


def forget_connections() -> None:
    """In a forked child: drop the parent's store without touching its connection."""
    global _open
    _open = None


def _connect(url: str, keys: KeyRing) -> peewee.Database:
    scheme, _colon, rest = url.partition(":")
    if scheme == "sqlite":
        Path(rest).touch(mode=0o600, exist_ok=True)
        return _Watched(
            rest,
            passphrase=f"x'{keys.database.hex()}'",
            pragmas=SQLITE_PRAGMAS,
        )
    if scheme in ("postgresql", "postgres"):
        return peewee.PostgresqlDatabase(url, prefer_psycopg3=True)
    raise ValueError(f"unknown database URL scheme: {scheme}")


def errors_as_peewee() -> AbstractContextManager[None]:
    """What a driver raises where it is called past peewee, as peewee raises it."""
    wrapper: AbstractContextManager[None] = peewee.__exception_wrapper__  # type: ignore[attr-defined]
    return wrapper


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that will write. On SQLite it takes the write lock at once, so that what it
    reads can't change before it writes; on PostgreSQL the audit chain's head serialises writers.

    The last thing before it is committed is that it stands in the journal.
    """
    opened, written = store(), None
    outermost = not opened.database.in_transaction()
    begin = () if opened.is_postgresql else ("IMMEDIATE",)
    try:
        with database.atomic(*begin):
            yield
            if outermost:
                with errors_as_peewee():
                    written = write(opened.database, opened.journal)
    except BaseException:
        capture.forget()
        if written is not None:
            take_back(written, opened.journal)
        raise


@contextmanager
def reading() -> Iterator[None]:
    """For what only reads. On SQLite it is one view of the record; on PostgreSQL each statement has its
    own, as it would have in a transaction too, and the two round trips of one are saved."""
    if store().is_postgresql:
        yield
    else:
        with database.atomic():
            yield


def record_version() -> tuple[object, ...] | None:
    """What differs as soon as anything at all on record does, by this connection or another.

    Ask it where an operation begins. None where it can't be told: on PostgreSQL within a transaction that
    has written already, as its own changes don't show in its snapshot (savepoints count as no transaction
    of their own).
    """
    connection: Any = database.connection()
    if not store().is_postgresql:
        (committed,) = connection.execute("PRAGMA data_version").fetchone()
        return id(connection), committed, connection.total_changes
    snapshot, own = connection.execute(
        "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text"
    ).fetchone()
    return (id(connection), snapshot) if own is None else None
