"""The child: one file on standard input, read behind walls, and what came of it on standard output.

The file is a sealed memory file, so it is taken at one go. The exit status is 0, or says why the file was
refused (`FileRefusal`); the answer counts only with the status 0.
"""

from __future__ import annotations

import codecs
import importlib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from db.confined import walls
from db.confined.why import FileRefusal, Unreadable

Reader = Callable[[bytes], Iterable[bytes]]
"""Takes a file and gives the answer, piece by piece. Raises Unreadable."""
READERS: Mapping[str, str] = {
    "sheet": "db.confined.sheet",
    "picture": "db.confined.picture",
    "photo": "db.confined.photo",
    "document": "db.confined.document",
    "found": "db.confined.found",
    "archive": "db.confined.archive",
    "bounce": "db.confined.bounce",
    "probe": "db.confined.probe",
}
"""What a file is to be read as -> the module whose ``answer`` reads it."""
CODECS = (
    "ascii",
    "big5",
    "cp1252",
    "cp437",
    "gb18030",
    "latin-1",
    "utf-8-sig",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
)
"""What texts are written in; Python loads each when it is first met, and couldn't any more."""


def run(kind: str) -> NoReturn:
    """Limit this process, read standard input as ``kind`` in the sandbox, and exit; never returns."""
    walls.set_limits()
    load_codecs()
    work(importlib.import_module(READERS[kind]).answer)


def load_codecs() -> None:
    for codec in CODECS:
        codecs.lookup(codec)


def work(read: Reader) -> NoReturn:
    """Read standard input, enter the sandbox, write what ``read`` makes of it to the answer's pipe, and exit:
    with 0, or with the `FileRefusal` that says why not."""
    status = int(FileRefusal.DAMAGED)
    try:
        content = _all_of(0)
        walls.tie_to_reader()
        walls.enter_sandbox()
        _send_answer(read(content))
        status = 0
    except Unreadable as unreadable:
        status = unreadable.why
    except MemoryError:
        status = FileRefusal.LIMITS
    except BaseException:  # noqa: S110 - whatever a library raises for a broken file; it has nobody to tell
        pass
    os._exit(status)


def _all_of(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    content = os.read(descriptor, size)
    if len(content) != size:
        raise OSError("standard input is no whole file")
    return content


def _send_answer(answer: Iterable[bytes]) -> None:
    pieces = iter(answer)
    piece: bytes | None = next(pieces, None)
    walls.untie_from_reader()
    while piece is not None:
        left = memoryview(piece)
        while left:
            left = left[os.write(walls.ANSWER, left) :]
        piece = next(pieces, None)
