"""One database behind two engines, chosen by URL, and the store that is open in this process.

``sqlite:FILE`` is SQLCipher: the whole file is encrypted with a raw 256-bit key (a derived
passphrase would cost 74 ms at every open). ``postgresql://…`` serves more than one host. A process
has one store open at a time; the tables in `db.store.tables` are bound to it. Opening it is
`db.store.opening`, working in it `db.store.transactions`; both stand on this.
"""

from __future__ import annotations

import contextlib
import os
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2

from db.store.journal import capture
from db.store.journal.place import JournalPlace
from db.store.keys import KeyRing, database_keys
from db.store.libpq import parameters
from db.store.postgresql import load_driver
from db.store.settings import Home, Settings
from db.store.unavailable import OUTDATED, Unavailable
from db.store.write_queue import patience

database: Any = peewee.DatabaseProxy()

SQLITE_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("temp_store", "memory"),
    ("secure_delete", 1),
    ("cache_size", -1000),
    ("busy_timeout", 15000),
)


@dataclass(frozen=True, slots=True)
class Store:
    """The open store of this process."""

    settings: Settings
    ring: KeyRing
    database: peewee.Database
    home: Home
    version: int = 0
    """The steps of the schema that it had when it was opened; 0 where it was new."""

    @property
    def keys(self) -> KeyRing:
        """The keys as they are now: what was rotated meanwhile is taken up."""
        return self.ring.refresh()

    @property
    def is_postgresql(self) -> bool:
        return isinstance(self.database, peewee.PostgresqlDatabase)

    @property
    def journal(self) -> JournalPlace:
        return JournalPlace(self.home.journal_place(self.settings), self.keys.journal, self.keys.proving)


class _Watched(SqlCipherDatabase):
    """Has what its statements change taken down for the journal, and follows the database to another file
    and key (`db.store.rotation.whole`): whoever has the old one open goes on with the new."""

    def __init__(self, path: str, folder: Path | None, **more: Any) -> None:
        super().__init__(path, **more)
        self._keys = folder
        self._opened = threading.local()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        with errors_as_peewee():
            capture.watch_statement(self, sql)
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]  # peewee has no types here

    def cursor(self, named_cursor: Any = None) -> Any:
        self._follow()
        return super().cursor(named_cursor)  # type: ignore[no-untyped-call]

    def connection(self) -> Any:
        self._follow()
        return super().connection()  # type: ignore[no-untyped-call]

    def begin(self, lock_type: str | None = None) -> None:
        super().begin(lock_type)
        if self._has_moved():  # between the look before it and the lock
            self.close()
            self.connect()
            super().begin(lock_type)

    def _follow(self) -> None:
        if not self.in_transaction() and self._has_moved():
            self.close()
            self.connect()

    def _has_moved(self) -> bool:
        if self.is_closed():
            return False
        try:
            return bool(os.stat(self.database).st_ino != self._opened.file)
        except FileNotFoundError:
            return False

    def _connect(self) -> Any:
        self._opened.file = os.stat(self.database).st_ino
        try:
            return super()._connect()  # type: ignore[no-untyped-call]
        except dbapi2.DatabaseError as error:
            if NO_DATABASE not in str(error) or self._keys is None:
                raise
            for key in database_keys(self._keys):
                self.connect_params["passphrase"] = raw_key(key)
                with contextlib.suppress(dbapi2.DatabaseError):
                    return super()._connect()  # type: ignore[no-untyped-call]
            raise


class _Server(peewee.PostgresqlDatabase):
    """Tells PostgreSQL in each transaction what holds in it, for poolers (``pool_mode = transaction``)."""

    def begin(self, isolation_level: str | None = None) -> None:
        level = f" ISOLATION LEVEL {isolation_level}" if isolation_level else ""
        off = f"; SET LOCAL {capture.OFF}" if capture.is_paused() else ""
        with errors_as_peewee():
            cursor: Any = self.cursor()  # type: ignore[no-untyped-call]  # peewee has no types here
            # A pooler refuses it as a parameter of the connection.
            at_least = max(1, int(patience() * 1000))  # 0 would be for ever
            waiting = f"SET LOCAL lock_timeout = '{at_least}ms'"
            cursor.execute(f"BEGIN{level}; {waiting}{off}", prepare=False)


NO_DATABASE = "not a database"
"""What SQLCipher says of a file that the key does not open."""


def raw_key(key: bytes) -> str:
    """Return ``key`` in SQLCipher's syntax for a raw key."""
    return f"x'{key.hex()}'"


def silence_sqlcipher() -> None:
    """Stop SQLCipher, for the whole process, from writing to standard error, which may be a person's
    terminal."""
    with contextlib.closing(dbapi2.connect(":memory:")) as connection:
        connection.execute("PRAGMA cipher_log_level = NONE")


_kept = threading.local()
_open: Store | None = None
_last: Store | None = None


def set_store(opened: Store) -> Store:
    global _open
    _open = opened
    return opened


def last_held() -> Store | None:
    """Return the store that this process, or the one it was forked from, closed last; None if none was."""
    return _last


def moved_to(version: int) -> None:
    """Set the schema version that this process takes the open store to have. The database is not touched."""
    global _open
    _open = replace(store(), version=version)


def counts_by(country: str, time_zone: str) -> None:
    """Replace country and time zone in this process's settings of the open store. The database is not
    touched."""
    global _open
    settings = store().settings.model_copy(update={"country": country, "time_zone": time_zone})
    _open = replace(store(), settings=settings)


def version_of(opened: Any) -> int:
    """Return the schema version of an open database: the number of steps done."""
    return int(opened.execute_sql("SELECT max(version) FROM schema_version").fetchone()[0] or 0)


def same_version(opened: Store) -> None:
    """Raise Unavailable if the database was migrated to a later version since it was opened."""
    if opened.version and version_of(opened.database) > opened.version:
        raise Unavailable(OUTDATED)


def store() -> Store:
    if _open is None:
        raise RuntimeError("no store is open in this process")
    return _open


def close_store() -> None:
    """Close this process's store, if one is open, and remember it for `last_held`."""
    global _open, _last
    if _open is not None:
        _open.database.close()
        _open, _last = None, _open


def database_at(url: str, keys: KeyRing) -> peewee.Database:
    """Return the database at ``url``, not connected; a missing SQLite file is created empty, for the owner
    alone. Raises ValueError for an unknown engine."""
    scheme, _colon, rest = url.partition(":")
    if scheme == "sqlite":
        if not os.path.exists(rest):
            Path(rest).touch(mode=0o600)
        silence_sqlcipher()
        return _Watched(rest, keys.folder, passphrase=raw_key(keys.database), pragmas=SQLITE_PRAGMAS)
    if scheme in ("postgresql", "postgres"):
        load_driver()
        return _Server(url, prefer_psycopg3=True, **parameters(url))  # type: ignore[arg-type]  # libpq's
    raise ValueError(f"unknown database URL scheme: {scheme}")


def errors_as_peewee() -> AbstractContextManager[None]:
    """Return a context that turns a driver's errors into peewee's."""
    wrapper: AbstractContextManager[None] = peewee.__exception_wrapper__  # type: ignore[attr-defined]
    return wrapper


def reader() -> Any:
    """Return the driver's own cursor or connection, for reads that must be fast. On PostgreSQL it is one
    cursor, kept: the next statement discards the last one's rows."""
    opened = store()
    held: Any = opened.database
    connection = held.connection()
    if not opened.is_postgresql:
        return connection
    if getattr(_kept, "connection", None) is not connection:
        _kept.connection, _kept.cursor = connection, connection.cursor()
    return _kept.cursor


def record_version() -> tuple[object, ...] | None:
    """Return a value that changes as soon as any connection changes anything in the database. Ask it where an
    operation begins.

    None where it can't be told: on PostgreSQL within a transaction that has written already, as its own
    changes don't show in its snapshot (savepoints count as no transaction of their own).
    """
    hand = reader()
    if not store().is_postgresql:
        (committed,) = hand.execute("PRAGMA data_version").fetchone()
        return hand, committed, hand.total_changes  # itself, not its id, which the next one may have
    snapshot, own = hand.execute(
        "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text"
    ).fetchone()
    return (hand.connection, snapshot) if own is None else None
