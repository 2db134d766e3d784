"""Transactions of the open store: what is written stands in the journal before it is committed."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import peewee

from db.store.engine import Store, database, errors_as_peewee, same_version, store
from db.store.journal import capture
from db.store.journal.reading import acknowledged
from db.store.journal.writing import Written, committed, position, rolled_back, write
from db.store.libpq import PATIENCE
from db.store.unavailable import AWAY, LAGS, UNSURE, Unavailable, of_the_system, said_in_words, store_reason
from db.store.write_queue import write_turn


@contextmanager
def writing() -> Iterator[None]:
    """Open a transaction that will write; within a running one, a savepoint. On SQLite it waits for its turn
    and takes the write lock at once, so that what it reads can't change before it writes; on PostgreSQL the
    audit chain's head serialises writers. Before the commit it is written into the journal; what is not
    committed is taken back there. Raises Unavailable where the database can't do it now."""
    opened, written, watched = store(), None, capture.watched()
    if opened.database.in_transaction():
        try:
            with database.atomic():
                yield
        except BaseException:
            capture.forget_triggers(but=watched)
            raise
        return
    with said_in_words():
        _reach(opened)
        _must_not_lag(opened)
        try:
            with _turn(opened), database.atomic(*(() if opened.is_postgresql else ("IMMEDIATE",))):
                same_version(opened)
                yield
                written = _journal(opened)
            if written is not None:
                committed(written, opened.journal)
        except BaseException as error:
            capture.forget_triggers(but=watched)
            if written is None:
                raise
            if opened.is_postgresql and store_reason(error) is AWAY and _was_committed(written):
                return
            rolled_back(written, opened.journal)
            raise


@contextmanager
def reading() -> Iterator[None]:
    """Open a view for what only reads. On SQLite it is one view of the record; on PostgreSQL each statement
    has its own, as it would have in a transaction too, and the two round trips of one are saved. Raises
    Unavailable where the database can't do it now; on SQLite RuntimeError for what wrote, and undoes it."""
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
            watched, before = capture.watched(), connection.total_changes
            connection.execute("BEGIN")
            held.push_transaction(None)
            try:
                yield
                if connection.total_changes != before:  # nothing would have it journaled
                    capture.forget_triggers(but=watched)
                    raise RuntimeError("what only reads has written")
                connection.execute("COMMIT")
            finally:
                held.pop_transaction()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")


_compared = threading.local()


def _must_not_lag(opened: Store) -> None:
    """Hold the database against the journals that lie here, before the first change on a connection. Raises
    Unavailable where it lacks what was acknowledged, or has another history: whoever wrote into it now would
    bury that."""
    held: Any = opened.database
    connection = held.connection()
    if getattr(_compared, "connection", None) is connection or not opened.version:
        return
    if capture.is_paused() or opened.home.unfinished.exists():  # a trial, or a restore
        return
    if lags_journal(opened):
        raise Unavailable(LAGS)
    _compared.connection = connection


def lags_journal(opened: Store) -> bool:
    """Return whether the open database lacks a transaction that a journal here calls committed."""
    place = opened.journal
    told = acknowledged(place.folder, [place.key])
    mark = database.param
    for at, seq, hashed in told:
        row = database.execute_sql(f"SELECT hash FROM audit_record WHERE seq = {mark}", (seq,)).fetchone()
        if position(database) < at or (seq and (row is None or str(row[0]) != hashed)):
            return True
    return False


def _turn(opened: Store) -> AbstractContextManager[None]:
    return nullcontext() if opened.is_postgresql else write_turn(Path(opened.database.database))


def _journal(opened: Store) -> Written | None:
    try:
        with errors_as_peewee():
            return write(opened.database, opened.journal)
    except OSError as error:
        raise of_the_system(error) from error


def _reach(opened: Store) -> None:
    """Connect to PostgreSQL again where it hung up; outside a transaction nothing can be lost."""
    if not opened.is_postgresql or opened.database.in_transaction():
        return
    if database.is_closed() or _is_cut(database.connection()):
        database.close()
        database.connect()


def _is_cut(connection: Any) -> bool:
    """Return whether the server ended the connection: on an idle one something is to be read then."""
    if connection.closed:
        return True
    ready, _write, _other = select.select([connection.fileno()], [], [], 0)
    return bool(ready)


def _was_committed(written: Written) -> bool:
    """Ask the server, once it is back, whether what was lost sight of in the very commit was done: for the
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
