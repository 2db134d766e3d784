"""Files that are made, appended to or read where somebody else may have laid something in their place.

A link, a second name of a file that is elsewhere, a pipe that nobody writes to, a device, a file without end:
none of them is taken for the file that was meant, and none makes anybody wait.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

SMALL = 1 << 20
"""Bytes that a file of settings, a key or a note holds at the most."""
LARGE = 1 << 30
"""Bytes of a file that grows for years and is read whole."""
VAST = 1 << 34
"""Bytes of a day of the journal."""


def sync_folder(folder: Path) -> None:
    """Flush the directory ``folder`` to disk: what was created, renamed or removed in it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_own(file: Path, flags: int, mode: int = 0o600) -> int:
    """Open ``file`` to write; return the descriptor. Refuses a link, a second hard link, another's file, a
    pipe or device. Raises OSError: ELOOP, EMLINK, EPERM or ENXIO."""
    handle = os.open(file, flags & ~os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    try:
        found = os.fstat(handle)
        _must_be_plain(found, file)
        if found.st_nlink > 1:
            raise OSError(errno.EMLINK, os.strerror(errno.EMLINK), str(file))
        if found.st_uid != os.geteuid() and found.st_uid != file.parent.stat().st_uid:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(file))
        if flags & os.O_TRUNC:
            os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return handle


def open_plain(file: Path) -> BinaryIO:
    """Open ``file``, or what it links to, for reading. Raises OSError; ENXIO for a pipe or device."""
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        _must_be_plain(os.fstat(handle), file)
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def read_plain(file: Path, most: int = SMALL) -> bytes:
    """Return the content of a regular file. Raises OSError; EFBIG beyond ``most`` bytes, ENXIO for a pipe or
    device."""
    with open_plain(file) as stream:
        left = most + 1 if os.fstat(stream.fileno()).st_size <= most else 0
        pieces = []
        while left and (piece := stream.read(min(left, SMALL))):  # `read` makes room for all that it may find
            pieces.append(piece)
            left -= len(piece)
    if not left:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
    return b"".join(pieces)


def _must_be_plain(found: os.stat_result, file: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        number = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.ENXIO
        raise OSError(number, os.strerror(number), str(file))
