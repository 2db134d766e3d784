"""Who else has the database open, of whatever version they are.

It is asked of what every version leaves: of SQLite's own lock beside the file, which a process holds as long
as it has the file open, and of PostgreSQL's list of connections, from whichever host.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.language import Text, _
from db.store.engine import database, database_at, store
from db.store.libpq import WAITING
from db.store.unavailable import said_in_words

SHARED_MEMORY = "-shm"
HELD_OPEN = 128
"""The byte of the ``-shm`` file that every process which has the database open holds locked for reading: in
SQLite's source it is UNIX_SHM_DMS, the "dead man's switch"."""
MIGRATING = "mingce-migration"
"""What a connection is called that is about to bring the database up to date."""
_LOCK = struct.Struct("hhqqi4x")
"""``struct flock`` of 64-bit Linux: kind, from where, start, length, process."""


def with_file(file: Path) -> Text:
    """Return who has the SQLCipher database ``file`` open; "" for nobody. This process must not have it open:
    closing the file would release its own locks."""
    shared = file.resolve()
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(shared.with_name(shared.name + SHARED_MEMORY), os.O_RDWR | os.O_CLOEXEC)
        try:
            asked = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, HELD_OPEN, 1, 0)
            kind, _whence, _start, _length, process = _LOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))
        finally:
            os.close(handle)
        if kind != fcntl.F_UNLCK:
            return _("process {pid}", pid=process) if process > 0 else _("a process in another container")
    return ""


def with_server() -> list[Text]:
    """Return the other PostgreSQL connections of this user to this database, in words, without those waiting
    to migrate."""
    rows: Any = database.execute_sql(
        "SELECT pid, coalesce(host(client_addr), ''), application_name, backend_start FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND application_name <> %s ORDER BY backend_start",
        (MIGRATING,),
    )
    return [
        _(
            "connection {pid} from {host} since {time}",
            pid=pid,
            host=f"{host or '-'} {name}".strip(),
            time=f"{since:%Y-%m-%d %H:%M}",
        )
        for pid, host, name, since in rows.fetchall()
    ]


@contextlib.contextmanager
def one_more() -> Iterator[None]:
    """Hold a second PostgreSQL connection in the body, so that the session that follows can get one; nothing
    on SQLite. Raises Unavailable if there is none (threat 71)."""
    opened = store()
    if not opened.is_postgresql:
        yield
        return
    another = database_at(opened.home.database_url(opened.settings), opened.keys)
    with said_in_words():
        another.connect()
    try:
        yield
    finally:
        another.close()


def only_migrator() -> None:
    """Take PostgreSQL's advisory lock for migrations and keep it until this connection closes; nothing on
    SQLite. Raises peewee.OperationalError after too long a wait."""
    if store().is_postgresql:
        database.execute_sql("SELECT set_config('application_name', %s, false)", (MIGRATING,))
        database.execute_sql(f"SET {WAITING}")
        database.execute_sql("SELECT pg_advisory_lock(hashtext(%s))", (MIGRATING,))
