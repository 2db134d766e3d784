"""The files of a zip archive. In the answer a line ``size name`` stands before the bytes of each, the name as
a JSON string."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable

from db.confined.why import FileRefusal, Unreadable

LARGEST = 300 * 1024 * 1024
"""Bytes of all files together; whatever claims to be more is not opened."""
PIECE = 1 << 20


def answer(content: bytes) -> Iterable[bytes]:
    """Yield each file in turn, a line with its size and name before its bytes. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            listed = zipped.infolist()
            if sum(one.file_size for one in listed) > LARGEST:
                raise Unreadable(FileRefusal.TOO_LARGE)
            if len({one.filename for one in listed}) != len(listed):
                raise Unreadable(FileRefusal.TWICE)
            for one in listed:
                yield f"{one.file_size} {json.dumps(one.filename)}\n".encode("ascii")
                yield from _unpacked(zipped, one)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
        raise Unreadable(FileRefusal.DAMAGED) from None


def _unpacked(zipped: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterable[bytes]:
    """Yield exactly as many bytes as the archive's directory says. Raises Unreadable if there are fewer."""
    left = one.file_size
    with zipped.open(one) as file:
        while piece := file.read(PIECE):
            left -= len(piece)
            yield piece
    if left:
        raise Unreadable(FileRefusal.DAMAGED)
