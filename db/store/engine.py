"""One database behind two engines, chosen by URL.

``sqlite:FILE`` is SQLCipher: the whole file is encrypted with a raw 256-bit key (a derived
passphrase would cost 74 ms at every open). ``postgresql://…`` serves more than one host. A process
has one store open at a time; the tables in `db.store.tables` are bound to it.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2

from db.language import _
from db.store.journal import capture
from db.store.journal.writing import JournalPlace, Written, committed, take_back, write
from db.store.keys import KeyRing, database_keys, read_keys
from db.store.libpq import PATIENCE, parameters
from db.store.proof.head import is_kept
from db.store.settings import Home, Settings, SettingsError
from db.store.turns import turn
from db.store.unavailable import (
    AWAY,
    NEWER,
    OUTDATED,
    UNSURE,
    Unavailable,
    of_the_system,
    reason,
    said_in_words,
)

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
        """Where what is done here is journaled."""
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
            capture.watch(self, sql)
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
                self.connect_params["passphrase"] = raw(key)
                with contextlib.suppress(dbapi2.DatabaseError):
                    return super()._connect()  # type: ignore[no-untyped-call]
            raise


NO_DATABASE = "not a database"
"""What SQLCipher says of a file that the key does not open."""


def raw(key: bytes) -> str:
    """``key`` as SQLCipher takes one that is no passphrase."""
    return f"x'{key.hex()}'"


def hush() -> None:
    """Have SQLCipher write nothing to standard error, which may be somebody's terminal."""
    with contextlib.closing(dbapi2.connect(":memory:")) as connection:
        connection.execute("PRAGMA cipher_log_level = NONE")


_kept = threading.local()
_open: Store | None = None
_last: Store | None = None


def open_store(
    home: Home, settings: Settings | None = None, keys: KeyRing | None = None, *, unfinished: bool = False
) -> Store:
    """Open the store of ``home`` for this process and bind the tables to it; with ``unfinished``, also one
    that a restore has not completed yet.

    Raises SettingsError, KeyRingError, Unavailable, or peewee.DatabaseError (wrong key).
    """
    global _open
    if not unfinished and home.unfinished.exists():
        raise SettingsError(
            _("A restore was interrupted before its end. Run `mingce restore` again: it goes on from there.")
        )
    settings = settings or home.settings()
    keys = keys or read_keys(home.keys)
    opened = _connect(home.database_url(settings), keys)
    database.initialize(opened)
    with said_in_words():
        opened.connect()
        version = _version(opened) if opened.table_exists("schema_version") else 0
        must_be_there = keys.proof is None and is_kept(opened)
    if version > _newest():
        opened.close()
        raise Unavailable(NEWER)
    if must_be_there:  # it was lost: whoever wrote without it would have the present not be proved any more
        opened.close()
        next(iter(keys.proving()))
    _open = Store(settings, keys, opened, home, version)
    return _open


def moved_to(version: int) -> None:
    """Say that this process has brought the open store to ``version``."""
    global _open
    _open = replace(store(), version=version)


def _newest() -> int:
    from db.store.migrations import STEPS  # which stands on this module

    return len(STEPS)


def _version(opened: Any) -> int:
    return int(opened.execute_sql("SELECT max(version) FROM schema_version").fetchone()[0] or 0)


def _same_version(opened: Store) -> None:
    """Raise Unavailable where the store was brought to a later version since it was opened: this program does
    not know what that one asks for."""
    if opened.version and _version(opened.database) > opened.version:
        raise Unavailable(OUTDATED)


def reopen_store(home: Home) -> Store:
    """Open the store of ``home`` again, where this process or the one it was forked from had it open last:
    its settings and keys are the ones that were read then. Otherwise as `open_store`. Raises Unavailable."""
    global _open
    if _last is None or _last.home.folder != home.folder:
        return open_store(home)
    with said_in_words():
        _last.database.connect()
    _open = _last
    try:
        _same_version(_open)
    except Unavailable:
        close_store()
        raise
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
        if not os.path.exists(rest):
            Path(rest).touch(mode=0o600)
        hush()
        return _Watched(rest, keys.folder, passphrase=raw(keys.database), pragmas=SQLITE_PRAGMAS)
    if scheme in ("postgresql", "postgres"):
        return peewee.PostgresqlDatabase(url, prefer_psycopg3=True, **parameters(url))  # type: ignore[arg-type]  # libpq's
    raise ValueError(f"unknown database URL scheme: {scheme}")


def errors_as_peewee() -> AbstractContextManager[None]:
    """What a driver raises where it is called past peewee, as peewee raises it."""
    wrapper: AbstractContextManager[None] = peewee.__exception_wrapper__  # type: ignore[attr-defined]
    return wrapper


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that will write. On SQLite it waits for its turn and takes the write lock at once, so
    that what it reads can't change before it writes; on PostgreSQL the audit chain's head serialises writers.

    The last thing before it is committed is that it stands in the journal. Raises Unavailable where the
    database can't do it now.
    """
    opened, written = store(), None
    if opened.database.in_transaction():
        try:
            with database.atomic():
                yield
        except BaseException:
            capture.forget()
            raise
        return
    with said_in_words():
        _reach(opened)
        try:
            with _turn(opened), database.atomic(*(() if opened.is_postgresql else ("IMMEDIATE",))):
                _same_version(opened)
                yield
                written = _journal(opened)
            if written is not None:
                committed(written, opened.journal)
        except BaseException as error:
            capture.forget()
            if written is None:
                raise
            if opened.is_postgresql and reason(error) is AWAY and _was_committed(written):
                return
            take_back(written, opened.journal)
            raise


@contextmanager
def reading() -> Iterator[None]:
    """For what only reads. On SQLite it is one view of the record; on PostgreSQL each statement has its
    own, as it would have in a transaction too, and the two round trips of one are saved. Raises Unavailable
    where the database can't do it now."""
    opened = store()
    with said_in_words():
        if opened.is_postgresql:
            _reach(opened)
            yield
        elif opened.database.in_transaction():
            yield
        else:  # without peewee's own, which takes as long as a look-up's statement
            held: Any = opened.database
            connection = held.connection()
            connection.execute("BEGIN")
            held.push_transaction(None)
            try:
                yield
                connection.execute("COMMIT")
            finally:
                held.pop_transaction()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")


def _turn(opened: Store) -> AbstractContextManager[None]:
    return nullcontext() if opened.is_postgresql else turn(Path(opened.database.database))


def _journal(opened: Store) -> Written | None:
    try:
        with errors_as_peewee():
            return write(opened.database, opened.journal)
    except OSError as error:
        raise of_the_system(error) from error


def _reach(opened: Store) -> None:
    """On PostgreSQL, outside a transaction: connect again where the server has hung up. Nothing was begun
    yet, so nothing can be lost by it or done twice."""
    if not opened.is_postgresql or opened.database.in_transaction():
        return
    if database.is_closed() or _is_cut(database.connection()):
        database.close()
        database.connect()


def _is_cut(connection: Any) -> bool:
    """An idle connection on which something is to be read was ended by the server."""
    if connection.closed:
        return True
    ready, _write, _other = select.select([connection.fileno()], [], [], 0)
    return bool(ready)


def _was_committed(written: Written) -> bool:
    """Whether what was lost sight of in the very commit was done, asked of the server once it is back: the
    transaction, and the record that it made, as a server that crashed gives the number of a transaction of
    which nothing was on disk yet to another one. Raises Unavailable where it does not come back soon."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            database.close()
            database.connect()
            (status,) = database.execute_sql(
                "SELECT pg_xact_status(%s::xid8)", (written.transaction,)
            ).fetchone()
        except peewee.PeeweeException:
            status = None
        if status in ("committed", "aborted"):
            return status == "committed" and _is_on_record(*written.end)
        time.sleep(0.2)
    raise Unavailable(UNSURE)


def _is_on_record(seq: int, hashed: str) -> bool:
    found = database.execute_sql("SELECT hash FROM audit_record WHERE seq = %s", (seq,)).fetchone()
    return seq == 0 or found == (hashed,)


def reader() -> Any:
    """What executes statements that only read, straight at the driver: what is asked at every key goes this
    way. On PostgreSQL it is a cursor that is kept, so that what one statement found is gone with the next."""
    opened = store()
    held: Any = opened.database
    connection = held.connection()
    if not opened.is_postgresql:
        return connection
    if getattr(_kept, "connection", None) is not connection:
        _kept.connection, _kept.cursor = connection, connection.cursor()
    return _kept.cursor


def record_version() -> tuple[object, ...] | None:
    """What differs as soon as anything at all on record does, by this connection or another.

    Ask it where an operation begins. None where it can't be told: on PostgreSQL within a transaction that
    has written already, as its own changes don't show in its snapshot (savepoints count as no transaction
    of their own).
    """
    hand = reader()
    if not store().is_postgresql:
        (committed,) = hand.execute("PRAGMA data_version").fetchone()
        return id(hand), committed, hand.total_changes
    snapshot, own = hand.execute(
        "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text"
    ).fetchone()
    return (id(hand.connection), snapshot) if own is None else None
