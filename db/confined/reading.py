"""Having a file read in the confined child, by whoever holds keys.

    document = read(DOCUMENT, content)
    document = await reading(DOCUMENT, content)    # the event loop goes on; cancelled, the child is gone

The child is a fresh interpreter, never a fork of this process: it has no key in its memory, nothing in its
environment, and three descriptors (the file, the pipe for its answer, nothing for its errors). What it
answers is bounded, and as little trusted as the file was.
"""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

from db.confined.answers import Answer, Kind
from db.confined.walls import CLOCK
from db.confined.why import FileRefusal, Unreadable

PATIENCE: Final = CLOCK + 10.0
"""Seconds until a child is given up. It ends itself within `CLOCK` once it has come up, for which a tenth of
a second is enough where the host is not overrun."""
ROOT: Final = Path(__file__).parents[2]
CHILD: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from db.confined import child; child.run(sys.argv[2])"
)
LARGEST: Final = 64 << 20
"""Bytes of a file that is read at all."""
ENDS_WITHIN: Final = 0.002
"""Seconds in which a child that has said everything has mostly ended too."""
_PIECE = 1 << 20
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def read(kind: Kind[Answer], content: bytes) -> Answer:
    """Start a confined child that reads ``content`` as ``kind``, and return its answer. Blocks up to
    `PATIENCE`, then kills it. Raises Unreadable."""
    with _Child(kind.name, content, kind.most) as child:
        poll = select.poll()
        poll.register(child, select.POLLIN)
        until = time.monotonic() + PATIENCE
        while not child.has_ended:
            if time.monotonic() > until:
                raise Unreadable(FileRefusal.LIMITS)
            if child.is_silent:
                time.sleep(ENDS_WITHIN)
            elif poll.poll(1000):
                child.hear()
        return parsed(kind, child.answer)


async def reading(kind: Kind[Answer], content: bytes) -> Answer:
    """Do as `read` without blocking the event loop; cancelled, it kills the child. Raises Unreadable."""
    import asyncio

    loop = asyncio.get_running_loop()
    with _Child(kind.name, content, kind.most) as child:
        heard = asyncio.Event()
        loop.add_reader(child.fileno(), heard.set)
        try:
            async with asyncio.timeout(PATIENCE):
                while not child.is_silent:
                    await heard.wait()
                    heard.clear()
                    child.hear()
                while not child.has_ended:
                    await asyncio.sleep(ENDS_WITHIN)
        except TimeoutError:
            raise Unreadable(FileRefusal.LIMITS) from None
        finally:
            loop.remove_reader(child.fileno())
        return parsed(kind, child.answer)


def start(kind: str, file: int, answer: int) -> subprocess.Popen[bytes]:
    """Start the child, which reads ``file`` as ``kind`` and writes to the pipe ``answer``. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-I", "-B", "-c", CHILD, str(ROOT), kind],
        stdin=file,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )


class _Child:
    """One child while it reads; gone when left. ``is_silent``: nothing more will come of it."""

    def __init__(self, kind: str, content: bytes, most: int) -> None:
        self._most = most
        self._heard = bytearray()
        self.is_silent = False
        if len(content) > LARGEST:
            raise Unreadable(FileRefusal.TOO_LARGE)
        self._pipe, answer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._pipe, False)
        try:
            with _sealed(content) as file:
                self._process = start(kind, file.fileno(), answer)
        except OSError:
            os.close(self._pipe)
            raise Unreadable(FileRefusal.NO_READER) from None
        finally:
            os.close(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._pipe)  # that ends it already: nobody waits any more (`walls.tie_to_reader`)
        with suppress(OSError):
            self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)

    def fileno(self) -> int:
        """Return the descriptor of the pipe to poll for the answer."""
        return self._pipe

    def hear(self) -> None:
        """Read a piece of the answer without blocking, and note its end. Raises Unreadable if it is longer
        than agreed."""
        with suppress(BlockingIOError):
            piece = os.read(self._pipe, _PIECE)
            self._heard += piece
            self.is_silent = not piece
        if len(self._heard) > self._most:
            raise Unreadable(FileRefusal.NONSENSE)

    @property
    def has_ended(self) -> bool:
        """Whether the child has closed its answer and exited, with whatever status."""
        return self.is_silent and self._process.poll() is not None

    @property
    def answer(self) -> bytes:
        """The bytes that the child wrote. Raises Unreadable if its exit status is not 0."""
        status = self._process.returncode
        if status != 0:
            raise Unreadable(FileRefusal(status) if status in list(FileRefusal) else FileRefusal.LIMITS)
        return bytes(self._heard)


def _sealed(content: bytes) -> BinaryIO:
    """Return ``content`` as an anonymous memory file, rewound and sealed against every change."""
    file = open(os.memfd_create("sent", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b", buffering=0)  # noqa: SIM115
    while content:
        content = content[file.write(content) :]
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
    file.seek(0)
    return file


def parsed(kind: Kind[Answer], answer: bytes) -> Answer:
    """Parse ``answer`` as ``kind`` agreed. Raises Unreadable if it has another form."""
    try:
        return kind.parsed(answer)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        raise Unreadable(FileRefusal.NONSENSE) from None
