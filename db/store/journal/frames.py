"""The journal's files: one a host and day, of frames that are sealed one by one and only ever appended.

A frame is a mark, the transaction's position, the number of the part, what kind of frame it is, and the
sealed content with its length. A transaction is as many parts as it needs and counts once its last one is
there. What a crash cut off is passed over; a frame of which a byte was altered does not open. After a commit
a frame says so; it need not be on disk at once, as it is only asked for where the database is behind.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store.disk import VAST, open_own, open_plain, read_plain, sync_folder

MARK = b"\nMJ1"
HEADER = struct.Struct(">QIBI")
"""Position, part, kind, length."""
PART, LAST, TAKEN_BACK, COMMITTED = range(4)
NONCE = 12
SUFFIX = ".journal"


class Last(NamedTuple):
    """The last transaction that a host journaled, and its day (ISO)."""

    position: int
    day: str


Hosts = Mapping[str, Last]
"""The hosts that journal; in JSON each `Last` is an array."""


def hosts_in(told: Mapping[str, Sequence[Any]]) -> Hosts:
    return {str(host): Last(int(last[0]), str(last[1])) for host, last in told.items()}


@dataclass(frozen=True, slots=True)
class JournalFrame:
    """One frame, opened."""

    position: int
    part: int
    kind: int
    content: bytes


def seal_frame(key: bytes, frame: JournalFrame) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    content = zlib.compress(frame.content, 1)
    header = HEADER.pack(frame.position, frame.part, frame.kind, len(content) + NONCE + 16)
    return MARK + header + nonce + AESGCM(key).encrypt(nonce, content, header)


def append(file: Path, data: bytes, *, durable: bool = True) -> None:
    """Append ``data`` to ``file``, creating it if need be. ``durable``: on disk before this returns. Raises
    OSError."""
    new = not file.exists()
    if new:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = open_own(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        if durable:
            os.fdatasync(handle)
    finally:
        os.close(handle)
    if new:
        sync_folder(file.parent)


def read(file: Path, keys: Sequence[bytes]) -> Iterator[JournalFrame]:
    """Yield the frames of ``file`` that open with one of ``keys``, in order; skip whatever does not."""
    data = read_plain(file, VAST)
    ciphers = [AESGCM(key) for key in keys]
    start = data.find(MARK)
    while start >= 0:
        body = start + len(MARK) + HEADER.size
        end = body
        if body <= len(data):
            header = data[start + len(MARK) : body]
            position, part, kind, length = HEADER.unpack(header)
            end = body + length
            content = _open(ciphers, header, data[body:end])
            if content is not None:
                yield JournalFrame(position, part, kind, content)
                start = data.find(MARK, end)
                continue
        start = data.find(MARK, start + 1)


def read_back(file: Path, keys: Sequence[bytes]) -> Iterator[JournalFrame]:
    """Yield the frames of ``file`` from its end, reading no more than the caller takes; only ends and commits
    have content."""
    ciphers = [AESGCM(key) for key in keys]
    with open_plain(file) as stream:
        if not stream.seek(0, os.SEEK_END):
            return
        with mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            start = data.rfind(MARK)
            while start >= 0:
                body = start + len(MARK) + HEADER.size
                header = data[start + len(MARK) : body]
                if len(header) == HEADER.size:
                    position, part, kind, length = HEADER.unpack(header)
                    sealed = data[body : body + length] if kind in (LAST, COMMITTED) else b""
                    content = _open(ciphers, header, sealed)
                    if content is not None:
                        yield JournalFrame(position, part, kind, content)
                start = data.rfind(MARK, 0, start)


def last_position(file: Path, keys: Sequence[bytes]) -> tuple[int, bool]:
    """Return the position of the file's last whole transaction (0 for none), and whether the file says that
    it was committed."""
    committed = set()
    for frame in read_back(file, keys):
        if frame.kind == LAST:
            return frame.position, frame.position in committed
        committed.add(frame.position)
    return 0, False


def _open(ciphers: Sequence[AESGCM], header: bytes, sealed: bytes) -> bytes | None:
    if len(sealed) < NONCE + 16:
        return None
    for cipher in ciphers:
        with contextlib.suppress(InvalidTag):
            return zlib.decompress(cipher.decrypt(sealed[:NONCE], sealed[NONCE:], header))
    return None
