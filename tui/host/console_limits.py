"""Who waits at the door of the consoles: the gate of the built-in front, between processes (threats 1, 57).

Behind OpenSSH anybody is through `sshd` at once and each of them is a process that asks who they are. Each
is a file here that its process holds locked, so one that is gone counts no more, however it went. Whoever
has come least far makes room, by a signal: to the process that the kernel says holds the lock, whatever the
file is called or says. Beside them lies what the processes know together: the sources from which somebody
has signed in lately, and what is left of each source's rate. A session has the same user and can write here
(threat 36); it gains places for a source by that, and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from db.language import _
from db.store.addresses import source_of
from db.store.disk import open_own, read_plain
from tui.front.connection_limits import ConnectionGate, ConnectionStage, TurnedAway, Visitor
from tui.host.shell import CommandFailure

LONGEST = 128
"""Bytes of a file; an address and a stage take half of it."""
SOURCES = "sources"
"""The file of what is known of sources."""
MOST = 4 << 20
"""Its size at the most: ten thousand rates, and as many sources as people sign in from."""
_FLOCK = struct.Struct("@hhqqi0q")
"""``struct flock`` where file offsets have 64 bits."""


class WaitingPlace:
    """One process that has not signed anybody in yet, and the file that says so."""

    def __init__(self, file: Path, source: str, handle: int) -> None:
        self._file = file
        self._source = source
        self._handle = handle
        self.advance(ConnectionStage.CONNECTED)

    def advance(self, stage: ConnectionStage) -> None:
        """Write the person's progress into this process's file."""
        text = json.dumps({"source": self._source, "stage": int(stage)}).encode()
        os.pwrite(self._handle, text.ljust(LONGEST), 0)

    def signed_in(self, known: Collection[str]) -> None:
        """Stop counting the connection against its source's rate, and store the ``known`` sources, under the
        folder's lock."""
        folder = self._file.parent
        with _lock_folder(folder):
            gate = _gate(folder)
            me = Visitor(self._source, lambda: None)
            gate.count_visitor(me)
            gate.let_out(me, signed_in=True)
            gate.known = frozenset(known)
            _save_sources(folder, gate)

    def leave(self) -> None:
        """Delete this process's file, which frees the place."""
        self._file.unlink(missing_ok=True)
        os.close(self._handle)


@contextmanager
def take_place(folder: Path, address: str, per_source: int = 10, in_all: int = 100) -> Iterator[WaitingPlace]:
    """Take a place among those signing in, under the folder's lock, and free it after the body. Ends the
    process of a waiting person if that makes room. Raises CommandFailure if there is none."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = source_of(address)
    with _lock_folder(folder):
        gate = _gate(folder, per_source, in_all)
        for visitor in _visitors_at_door(folder):
            gate.count_visitor(visitor)
        entered = gate.let_in(Visitor(source, lambda: None))
        _save_sources(folder, gate)
        if isinstance(entered, TurnedAway):
            raise CommandFailure(
                _("Too many people are signing in from your address."), _("Please try again in a minute.")
            )
        file = folder / f"{os.getpid()}"
        handle = open_own(file, os.O_RDWR | os.O_CREAT)
        fcntl.lockf(handle, fcntl.LOCK_EX, 1)
        mine = WaitingPlace(file, source, handle)
    try:
        yield mine
    finally:
        mine.leave()


def _gate(folder: Path, per_source: int = 10, in_all: int = 100) -> ConnectionGate:
    """Return a gate with the stored known sources and rates; an unreadable file counts as empty."""
    known: frozenset[str] = frozenset()
    left: dict[str, tuple[float, float]] = {}
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        said = json.loads(read_plain(folder / SOURCES, MOST))
        known = frozenset(map(str, said["known"]))
        left = {str(source): (float(one[0]), float(one[1])) for source, one in said["left"].items()}
    return ConnectionGate(per_source, in_all, known=known, left=left)


def _save_sources(folder: Path, gate: ConnectionGate) -> None:
    """Write the gate's known sources and rates to their file; ignore failures."""
    text = json.dumps({"known": sorted(gate.known), "left": gate.connections_left})
    # A disk that is full must keep nobody out.
    with suppress(OSError):
        handle = open_own(folder / SOURCES, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)


def _visitors_at_door(folder: Path) -> list[Visitor]:
    """Return everybody who is signing in, longest first; delete the files of dead processes."""
    found: list[Visitor] = []
    for file in sorted(folder.glob("[0-9]*"), key=_age):
        try:
            handle = open_own(file, os.O_RDWR)
        except OSError:
            continue  # it has just left, or is none of ours
        try:
            holder = _holder(handle)
            if holder is not None:
                source, stage = _read(os.pread(handle, LONGEST, 0))
                since = time.monotonic() - max(0.0, time.time() - os.fstat(handle).st_ctime)
                found.append(Visitor(source, partial(_end_process, holder), stage, since))
            else:
                file.unlink(missing_ok=True)
        except OSError:
            continue  # a pipe, or what else is no file
        finally:
            os.close(handle)
    return found


def _read(text: bytes) -> tuple[str, ConnectionStage]:
    """Return source and stage from a place's file; of an unreadable one, those that are first to make
    room."""
    try:
        said = json.loads(text)
        return str(said["source"]), ConnectionStage(said["stage"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return "", ConnectionStage.CONNECTED


def _age(file: Path) -> int:
    try:
        return file.stat().st_ctime_ns
    except OSError:
        return 0


def _holder(handle: int) -> int | None:
    """Return the process that locks the file's first byte (F_GETLK): None for none, 0 or less for one that
    can't be seen from here."""
    asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
    kind, _whence, _start, _length, pid = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))
    return None if kind == fcntl.F_UNLCK else int(pid)


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    handle = open_own(folder / "lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _end_process(pid: int) -> None:
    """Send SIGTERM to a process that locks its file, so that its number is still its own."""
    if pid > 0:  # anything else means many processes, kill(2)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
