"""Rotating the key of the whole database, where it is SQLCipher.

It is copied under the new key while writers wait and readers don't; the copy is checked against the original
and takes its place by the renaming of one link. The old file lives on under its own name for whoever has it
open still: they see at their next transaction that it was replaced and go on with the new one. (Renaming
the database itself would let the last of them remove the new one's write-ahead log when they close.)

The renaming is the moment: before it the old key opens the database, after it the new one. `settle_whole`
says which it is and clears up what a rotation left that was killed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db.store.disk import open_own, sync_folder
from db.store.engine import raw_key, silence_sqlcipher
from db.store.keys import KEY_BYTES, NEXT, read_key, write_key
from db.store.rotation.files import delete_key, promote
from db.store.write_queue import patient, write_turn

DATABASE = "database"
BESIDE = ("-wal", "-shm")
PATIENCE = 60.0
"""Seconds until it is given up that no writer is at work."""


class Side(Enum):
    """Where a rotation was that had been stopped: with the old key in use, or with the new one."""

    BEFORE = "before"
    AFTER = "after"


class NotCopied(Exception):
    """The copy is not what the original is; the message says where."""


def rotate(folder: Path, file: Path) -> int:
    """Copy the database ``file``, encrypted under a new key, compare the copies, and put copy and key in the
    place of the old ones; return the bytes copied. Locks writers out. Call `settle_whole` first if one was
    stopped. Raises NotCopied, Unavailable, dbapi2.Error or OSError, with everything as before."""
    write_key(folder / f"{DATABASE}{NEXT}", secrets.token_bytes(KEY_BYTES))
    old, new = read_key(folder / DATABASE), read_key(folder / f"{DATABASE}{NEXT}")
    copy = _next_name(file)
    try:
        with patient(PATIENCE), write_turn(file), contextlib.closing(_open_database(file, old)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            _copy(file, old, copy, new)
            _compare(file, old, copy, new)
            _swap(file, copy)
    except BaseException:
        settle_whole(folder, file)
        raise
    _finish(folder, file)
    return copy.stat().st_size


def settle_whole(folder: Path, file: Path) -> Side | None:
    """Complete or undo a stopped rotation of the database's key and remove its rests; return which side is in
    use, None if none was stopped."""
    waiting = folder / f"{DATABASE}{NEXT}"
    if not file.exists():
        return None
    if not waiting.exists():
        return Side.AFTER if _clear(file) else None
    if can_open(file, read_key(waiting)):
        _finish(folder, file)
        return Side.AFTER
    if not can_open(file, read_key(folder / DATABASE)):
        return None
    delete_key(waiting)
    _clear(file)
    return Side.BEFORE


def stopped_rotation(folder: Path, file: Path) -> Side | None:
    """Return how far a rotation came that was stopped or is running; None for none. Changes nothing."""
    waiting = folder / f"{DATABASE}{NEXT}"
    if not waiting.exists():
        return None
    return Side.AFTER if can_open(file, read_key(waiting)) else Side.BEFORE


def can_open(file: Path, key: bytes) -> bool:
    silence_sqlcipher()
    try:
        with contextlib.closing(_open_database(file, key)) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except dbapi2.Error:
        return False
    return True


def _open_database(file: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(file), isolation_level=None)
    connection.execute(f'PRAGMA key = "{raw_key(key)}"')
    return connection


def _copy(file: Path, old: bytes, copy: Path, new: bytes) -> None:
    os.close(open_own(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    with contextlib.closing(_open_database(file, old)) as source:
        source.execute(f'ATTACH ? AS copy KEY "{raw_key(new)}"', (str(copy),))
        source.execute("PRAGMA copy.synchronous = OFF")
        source.execute("PRAGMA copy.journal_mode = OFF")
        source.execute("SELECT sqlcipher_export('copy')")
        source.execute("DETACH copy")
    with copy.open("rb") as stream:
        os.fsync(stream.fileno())


def _compare(file: Path, old: bytes, copy: Path, new: bytes) -> None:
    """Raise NotCopied unless the copy is intact under its key and has the tables, rows and schema of the
    original."""
    with (
        contextlib.closing(_open_database(file, old)) as one,
        contextlib.closing(_open_database(copy, new)) as other,
    ):
        for pragma, good in (("integrity_check", [("ok",)]), ("cipher_integrity_check", [])):
            if other.execute(f"PRAGMA {pragma}").fetchall() != good:
                raise NotCopied(pragma)
        for name, counted in _counts(one):
            if dict(_counts(other)).get(name) != counted:
                raise NotCopied(name)
        if _schema(one) != _schema(other):
            raise NotCopied("schema")


def _counts(connection: Any) -> Iterator[tuple[str, int]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in tables.fetchall():
        yield name, connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]


def _schema(connection: Any) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    return list(rows.fetchall())


def _swap(file: Path, copy: Path) -> None:
    link = file.with_name(f"{file.name}.link")
    link.unlink(missing_ok=True)
    link.symlink_to(copy.name)
    sync_folder(file.parent)
    link.rename(file)
    sync_folder(file.parent)


def _finish(folder: Path, file: Path) -> None:
    promote(folder, DATABASE)
    _clear(file)


def _clear(file: Path) -> bool:
    """Delete the copies of ``file`` that are not in use, with their journals; return whether there were
    any."""
    kept = file.resolve().name
    rest = [
        one
        for one in file.parent.glob(f"{file.name}*")
        if one.name != file.name and _is_ours(file, one.name) and _without_ends(one.name) != kept
    ]
    for one in rest:
        one.unlink(missing_ok=True)
    return bool(rest)


def _is_ours(file: Path, name: str) -> bool:
    """Return whether ``name`` is the database's, its link's or a numbered copy's, or a side file of these:
    ``mingce.db-wal``, ``mingce.db.3``."""
    end = _without_ends(name).removeprefix(file.name)
    return end in ("", ".link") or (end.startswith(".") and end[1:].isdigit())


def _without_ends(name: str) -> str:
    for end in BESIDE:
        name = name.removesuffix(end)
    return name


def _next_name(file: Path) -> Path:
    number = file.resolve().name.removeprefix(f"{file.name}.")
    return file.with_name(f"{file.name}.{int(number) + 1 if number.isdigit() else 1}")
