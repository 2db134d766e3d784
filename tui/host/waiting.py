"""Who waits at the door of the consoles: the gate of the built-in front, between processes (threat 1).

Behind OpenSSH anybody is through `sshd` at once and each of them is a process that asks who they are. Each
is a file here that its process holds locked, so one that is gone counts no more, however it went. Whoever
has come least far makes room, by a signal.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from db.store.addresses import source_of
from tui.front.gate import Gate, Stage, Visitor


class Place:
    """One process that has not signed anybody in yet, and the file that says so."""

    def __init__(self, file: Path, source: str, handle: int) -> None:
        self._file = file
        self._source = source
        self._handle = handle
        self.advance(Stage.CONNECTED)

    def advance(self, stage: Stage) -> None:
        """Note how far the person has come."""
        text = json.dumps({"source": self._source, "stage": int(stage)}).encode()
        os.pwrite(self._handle, text.ljust(128), 0)

    def leave(self) -> None:
        """Somebody has signed in, or nobody will."""
        self._file.unlink(missing_ok=True)
        os.close(self._handle)


@contextmanager
def place(folder: Path, address: str, per_source: int = 10, in_all: int = 100) -> Iterator[Place]:
    """A place at the door for this process; whoever makes room for it is ended."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = source_of(address)
    with _alone(folder):
        gate = Gate(per_source, in_all)
        for visitor in _waiting(folder):
            gate.enter(visitor)
        gate.enter(Visitor(source, lambda: None))
        file = folder / f"{os.getpid()}"
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        mine = Place(file, source, handle)
    try:
        yield mine
    finally:
        mine.leave()


def _waiting(folder: Path) -> list[Visitor]:
    """Everybody at the door, the longest there first; files of the dead are removed."""
    found: list[Visitor] = []
    for file in sorted(folder.glob("[0-9]*"), key=_age):
        try:
            handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue  # it has just left
        try:
            if _is_held(handle):
                said = json.loads(os.pread(handle, 128, 0))
                found.append(Visitor(said["source"], partial(_end, int(file.name)), Stage(said["stage"])))
            else:
                file.unlink(missing_ok=True)
        finally:
            os.close(handle)
    return found


def _age(file: Path) -> int:
    try:
        return file.stat().st_ctime_ns
    except OSError:
        return 0


def _is_held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _end(pid: int) -> None:
    """End a process that holds its file locked, so that its number is still its own."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
