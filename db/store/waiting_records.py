"""Audit records that wait for the chain: whoever only looks does not wait for those who write.

A look is on record before anything is shown. Where the turn at writing does not come at once, its records go
into a sealed file of their own beside the journal, and are on disk before the answer is given; whoever acts
next appends them to the chain, under the time at which they were made. A file goes only after that is
committed, and what the chain holds by then is not appended again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from db.store import audit
from db.store.disk import open_own, read_plain, sync_folder
from db.store.engine import store
from db.store.sealing import SealBroken, seal, unseal
from db.store.tables.audit import AuditRecord
from db.store.unavailable import of_the_system

FOLDER = "waiting"
SUFFIX = ".record"
UNREADABLE = ".unreadable"
"""How a file ends that does not open; `mingce doctor` says so."""


_held = threading.local()


def keep_waiting(records: Sequence[Mapping[str, Any]]) -> None:
    """Write ``records``, arguments of `audit.append` with the time at which each was made, into a sealed file
    that is on disk before this returns. Raises Unavailable where it can't be."""
    name = f"{records[0]['at']}-{secrets.token_hex(4)}"
    sealed = seal(store().keys, _place(name), json.dumps(list(records)).encode("utf-8"))
    folder = _made_folder()
    try:
        begun = folder / f".{name}"
        handle = open_own(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            os.write(handle, sealed)
            os.fsync(handle)
        finally:
            os.close(handle)
        begun.rename(folder / f"{name}{SUFFIX}")
        sync_folder(folder)
    except OSError as error:
        raise of_the_system(error) from error


@contextmanager
def alone_in_looking() -> Iterator[None]:
    """Wait until no other process of this host counts what somebody was shown, and shut those out until the
    end. Within another one of the same thread it does nothing."""
    if getattr(_held, "depth", 0):
        yield
        return
    folder = _made_folder()
    handle = open_own(folder / ".turn", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _held.depth = 1
        yield
    finally:
        _held.depth = 0
        os.close(handle)


def waiting_files() -> list[Path]:
    """Return the files whose records are not in the chain yet, the oldest first; none where they can't be
    listed, which stops nobody."""
    with contextlib.suppress(OSError):
        return sorted(Path(one.path) for one in os.scandir(_folder()) if one.name.endswith(SUFFIX))
    return []


def waiting_records() -> Iterator[dict[str, Any]]:
    """Yield the records that wait, as they were given; what does not open is passed over."""
    for file in waiting_files():
        with contextlib.suppress(SealBroken, FileNotFoundError):
            yield from _open(file)


def append_waiting(files: Sequence[Path]) -> None:
    """Append what waits in ``files`` to the chain, within the running transaction. A file that does not open
    is renamed and left; one that is gone was appended by somebody else."""
    audit.lock_chain()
    for file in files:
        try:
            records = _open(file)
        except FileNotFoundError:
            continue
        except SealBroken:
            file.rename(file.with_suffix(UNREADABLE))
            continue
        for record in records:
            if not _is_in_chain(record):
                audit.append(**record)


def forget_waiting(files: Sequence[Path]) -> None:
    """Delete ``files``, whose records are committed."""
    for file in files:
        file.unlink(missing_ok=True)


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


def _made_folder() -> Path:
    folder = _folder()
    if not folder.is_dir():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
        except OSError as error:
            raise of_the_system(error) from error
    return folder


def _folder() -> Path:
    return store().journal.folder / FOLDER


def _place(name: str) -> str:
    return f"waiting:{name}:record"
