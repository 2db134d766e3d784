"""The files of keys that are rotated: a new one lies beside the old until it takes its place by renaming."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from db.language import _
from db.store import clock
from db.store.disk import sync_folder
from db.store.keys import (
    KEY_BYTES,
    NEXT,
    RETIRED,
    KeyRingError,
    key_folder,
    read_key,
    retired_files,
    time_in_key,
    write_key,
)


class Busy(Exception):
    """Another rotation runs on these keys."""


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock ``folder`` against other rotations. Raises Busy at once where one runs."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(handle)


def must_lie_here(folder: Path, name: str) -> None:
    """Raise KeyRingError where the key ``name`` does not lie in ``folder`` itself: it is missing, or one of
    systemd's credentials, which can't be changed."""
    if key_folder(folder, name) != folder or not (folder / name).exists():
        raise KeyRingError(
            _(
                "The key {name} does not lie in {folder}. Stop the server and put the keys there for the "
                "rotation.",
                name=name,
                folder=str(folder),
            )
        )


def prepare(folder: Path, name: str) -> bytes:
    """Write the coming key of ``name``, unless a stopped rotation left one; return it."""
    file = folder / f"{name}{NEXT}"
    if not file.exists():
        write_key(file, secrets.token_bytes(KEY_BYTES))
    return read_key(file)


def promote(folder: Path, name: str) -> None:
    """Copy the key ``name`` to the retired ones, and replace it by the coming one; on disk before this
    returns."""
    retire_key(folder, name, f"{name}-{_next_number(folder, name)}", remove=False)
    (folder / f"{name}{NEXT}").rename(folder / name)
    sync_folder(folder)


def retire_key(folder: Path, name: str, called: str, remove: bool = True) -> None:
    """Copy the key ``name`` to the retired ones as ``called``, unless it is there; delete the original unless
    ``remove`` is false."""
    source, target = folder / name, folder / RETIRED / called
    target.parent.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(target.parent, owner.st_uid, owner.st_gid)
    key = read_key(source)
    if all(read_key(file) != key for file in target.parent.glob("[!.]*")):
        write_key(target, key, made_at(source), clock.now())
    if remove:
        source.unlink()
        sync_folder(folder)


def delete_key(file: Path) -> None:
    """Delete the key's file, if there is one; on disk before this returns."""
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
    sync_folder(file.parent)


def made_at(file: Path) -> str:
    """Return when the key in ``file`` was made, as stored text: by its own line, else by the file's time."""
    return time_in_key(file, "made") or clock.stamp(datetime.fromtimestamp(file.stat().st_mtime, UTC))


def _next_number(folder: Path, name: str) -> int:
    newest = next(iter(retired_files(folder, name)), None)
    return int(newest.name.rpartition("-")[2]) + 1 if newest else 1
