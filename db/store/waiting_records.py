"""Audit records that wait for the chain: whoever only looks does not wait for those who write.

A look is on record before anything is shown. Where the turn at writing does not come at once, its records go
into a sealed file of their own beside the journal, and are on disk before the answer is given; whoever acts
next, or the server before it has the chain signed, appends them to the chain, under the time at which they
were made. A file goes only after that is committed, and what the chain holds by then is not appended again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from db.store import audit
from db.store.disk import open_own, read_plain, sync_folder
from db.store.engine import database, store
from db.store.journal import frames
from db.store.sealing import SealBroken, seal, unseal
from db.store.tables.audit import AuditRecord
from db.store.transactions import writing
from db.store.unavailable import BUSY, Unavailable, of_the_system
from db.store.write_queue import patience, patient

FOLDER = "waiting"
SUFFIX = ".record"
UNREADABLE = ".unreadable"
"""How a file ends that does not open; `mingce doctor` says so."""
BETWEEN = 0.001
"""Seconds between two looks for whether nobody else counts."""
_thread = threading.local()


def keep_waiting(records: Sequence[Mapping[str, Any]]) -> None:
    """Write ``records``, arguments of `audit.append` with the time at which each was made, into a sealed file
    that is on disk before this returns. Raises Unavailable where it can't be."""
    name = f"{records[0]['at']}-{secrets.token_hex(4)}"
    sealed = seal(store().keys, _place(name), json.dumps(list(records)).encode("utf-8"))
    begun = _folder() / f".{name}"
    try:
        frames.append(begun, sealed)
        begun.rename(begun.with_name(f"{name}{SUFFIX}"))
        sync_folder(begun.parent)
    except OSError as error:
        raise of_the_system(error) from error


@contextmanager
def alone_in_looking() -> Iterator[None]:
    """Lock out other processes of this host that count what somebody was shown, until the end. Does nothing
    within another one of the same thread. Raises Unavailable where they keep it longer than `patience`."""
    if getattr(_thread, "is_alone", False):
        yield
        return
    deadline = time.monotonic() + patience()
    try:
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = open_own(_folder() / ".turn", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise of_the_system(error) from error
    try:
        while not _is_locked(handle):
            if time.monotonic() > deadline:
                raise Unavailable(BUSY)
            time.sleep(BETWEEN)
        _thread.is_alone = True
        yield
    finally:
        _thread.is_alone = False
        os.close(handle)


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def waiting_files() -> list[Path]:
    """Return the files whose records are not in the chain yet, the oldest first; none where they can't be
    listed, which stops nobody."""
    with contextlib.suppress(OSError):
        return sorted(Path(one.path) for one in os.scandir(_folder()) if one.name.endswith(SUFFIX))
    return []


def waiting_records() -> Iterator[dict[str, Any]]:
    """Yield the records that wait, as they were given; what does not open is passed over."""
    for file in waiting_files():
        with contextlib.suppress(SealBroken, OSError):
            yield from _open(file)


def append_what_waits() -> None:
    """Append the records that wait to the chain, in a transaction of their own; not where others write. Their
    files go only while nobody counts who began to read before that was committed, and finds neither."""
    files = waiting_files()
    if files and not database.in_transaction():
        with contextlib.suppress(Unavailable), patient(0):
            with writing():
                done = append_waiting(files)
            with alone_in_looking():
                forget_waiting(done)


def append_waiting(files: Sequence[Path]) -> list[Path]:
    """Append what waits in ``files`` to the chain, within the running transaction; return those appended, for
    `forget_waiting` after the commit. Renames a file that does not open, and leaves one that can't be read;
    one that is gone was appended by somebody else."""
    audit.lock_chain()
    done = []
    for file in files:
        try:
            records = _open(file)
        except OSError:
            continue
        except SealBroken:
            with contextlib.suppress(OSError):
                file.rename(file.with_suffix(UNREADABLE))
            continue
        for record in records:
            if not _is_in_chain(record):
                audit.append(**record)
        done.append(file)
    return done


def forget_waiting(files: Sequence[Path]) -> None:
    """Delete ``files``, whose records are committed. One that can't be deleted stays: its records are in the
    chain and are not appended again."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def unreadable_files() -> list[Path]:
    return sorted(_folder().glob(f"*{UNREADABLE}"))


def _open(file: Path) -> list[dict[str, Any]]:
    content = unseal(store().keys, _place(file.name.removesuffix(SUFFIX)), read_plain(file))
    records: list[dict[str, Any]] = json.loads(content)
    return records


def _is_in_chain(record: Mapping[str, Any]) -> bool:
    """Return whether a process that was killed before it deleted the file had appended ``record``."""
    same = AuditRecord.select().where(
        (AuditRecord.account == record["account"]) & (AuditRecord.at == record["at"])
    )
    told = ("session", "act", "outcome", "entry")
    return any(all(getattr(one, name) == record.get(name) for name in told) for one in same)


def _folder() -> Path:
    return store().journal.folder / FOLDER


def _place(name: str) -> str:
    return f"waiting:{name}:record"
