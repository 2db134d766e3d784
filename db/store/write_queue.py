"""Turns at writing to a SQLCipher file, in the order in which writers came.

SQLite lets a writer that finds the file locked sleep and try again; those that write without a pause then
shut it out for as long as they go on. So a writer takes a number first, holds the byte of that number in
a file beside the database locked until it has written, and goes when no lower byte is locked any more. The
locks are the kernel's: those of a process that was killed are gone with it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from db.store.disk import open_own
from db.store.unavailable import BUSY, Unavailable, of_the_system

PATIENCE = 15.0
"""Seconds until a writer is told that its turn did not come, where nothing else is said (`patient`)."""
_patience = ContextVar[float | None]("patience", default=None)
QUEUE = "-queue"
COUNTER = 8
"""Bytes of the file: the last number that was given."""
FIRST = COUNTER
"""The byte of number 0; those before it are the counter's."""
SHORTEST, LONGEST = 0.0002, 0.02
"""Seconds between two looks, for who is next and for who is far behind."""
_LOCK = struct.Struct("hhqqi4x")
"""``struct flock`` of 64-bit Linux: kind, from where, start, length, process."""


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """Wait up to ``seconds`` for each turn at writing in the body, on either engine."""
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


def patience() -> float:
    found = _patience.get()
    return PATIENCE if found is None else found


@contextmanager
def write_turn(database: Path) -> Iterator[None]:
    """Hold the turn at writing, across processes, by locks on bytes of a file beside ``database``, first come
    first served. Raises Unavailable after the patience in force."""
    deadline = time.monotonic() + patience()
    try:
        queue = open_own(database.with_name(database.name + QUEUE), os.O_RDWR | os.O_CREAT)
        try:
            number = _take_number(queue, deadline)
        except BaseException:
            os.close(queue)
            raise
    except OSError as error:
        raise of_the_system(error) from error
    try:
        while ahead := _ahead(queue, number):
            _wait(ahead, deadline)
        yield
    finally:
        os.close(queue)


def _take_number(queue: int, deadline: float) -> int:
    """Take the next number from the counter in the file and lock its byte; the counter is locked for
    microseconds."""
    while True:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            _wait(1, deadline)
    number = int.from_bytes(os.pread(queue, COUNTER, 0), "big") + 1
    _ask(queue, fcntl.F_OFD_SETLK, FIRST + number, 1)
    os.pwrite(queue, number.to_bytes(COUNTER, "big"), 0)
    fcntl.flock(queue, fcntl.LOCK_UN)
    return number


def _ahead(queue: int, number: int) -> int:
    """Return how far ahead of ``number`` another waiter's byte is locked; 0 if nobody is ahead."""
    kind, _whence, start, _length, _process = _ask(queue, fcntl.F_OFD_GETLK, FIRST, number)
    return 0 if kind == fcntl.F_UNLCK else max(1, FIRST + number - start)


def _wait(ahead: int, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise Unavailable(BUSY)
    time.sleep(min(ahead * SHORTEST, LONGEST))


def _ask(queue: int, how: int, start: int, length: int) -> tuple[int, ...]:
    lock = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    return _LOCK.unpack(fcntl.fcntl(queue, how, lock))
