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
from db.store.journal.reading import last_committed
from db.store.journal.writing import Written, journal_position, note_committed, rolled_back, write
from db.store.libpq import PATIENCE
from db.store.unavailable import AWAY, LAGS, UNSURE, Unavailable, of_the_system, said_in_words, store_reason
from db.store.write_queue import write_turn


@contextmanager
def writing() -> Iterator[None]:
    """Run the body in a transaction that writes, or in a savepoint of the running one.

    - On SQLite it waits for its turn and locks the database at once; on PostgreSQL the audit chain's head
      serialises writers.
    - Before the commit it is appended to the journal and the table sums are updated; a failed commit is
      marked there.
    - Raises Unavailable if the database can't do it now, lacks what the journal holds, or was migrated.
    """
    opened, written, watched = store(), None, capture.known_triggers()
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
                note_committed(written, opened.journal)
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
    """Run the body in a view for reads: one view on SQLite, one for each statement on PostgreSQL. Raises
    Unavailable; on SQLite RuntimeError, with a rollback, if the body wrote."""
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
            watched, before = capture.known_triggers(), connection.total_changes
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
    """Raise Unavailable if the database lacks what the journals here acknowledged, or has another history.
    Checked once a connection; skipped in trials and restores."""
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
    """Return whether the open database lacks a transaction that a journal here says was committed."""
    place = opened.journal
    told = last_committed(place.folder, [place.key])
    mark = database.param
    for at, seq, hashed in told:
        row = database.execute_sql(f"SELECT hash FROM audit_record WHERE seq = {mark}", (seq,)).fetchone()
        if journal_position(database) < at or (seq and (row is None or str(row[0]) != hashed)):
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
    """Reconnect to PostgreSQL if the server hung up, unless a transaction runs."""
    if not opened.is_postgresql or opened.database.in_transaction():
        return
    if database.is_closed() or _is_cut(database.connection()):
        database.close()
        database.connect()


def _is_cut(connection: Any) -> bool:
    """Return whether the server ended the idle connection."""
    if connection.closed:
        return True
    ready, _write, _other = select.select([connection.fileno()], [], [], 0)
    return bool(ready)


def _was_committed(written: Written) -> bool:
    """Reconnect and ask the server whether the transaction whose commit lost its connection was done, by its
    number and its audit record: a crashed server may reuse the number. Raises Unavailable if it does not come
    back within `PATIENCE`."""
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
