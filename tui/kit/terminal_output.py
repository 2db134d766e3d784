"""The writing side of a terminal line: what is drawn goes out in order, and a dead line is noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Final

QUEUED: Final = 32
"""Pieces that may wait for a slow line; the next one makes the application wait too."""


class LineWriter:
    """Writes text to a descriptor in a thread. After the first failure it drops what it is given.

    ``lost`` is called once, from that thread, when the line can't be written to any more.
    """

    def __init__(self, descriptor: int, lost: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._lost = lost
        self._dead = False
        self._pieces: SimpleQueue[str | None] = SimpleQueue()
        self._room = BoundedSemaphore(QUEUED)
        self._thread = Thread(target=self._write_pieces, name="line-writer", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Queue ``text`` for the writing thread; blocks while too much is queued."""
        self._room.acquire()
        self._pieces.put(text)

    def stop(self) -> None:
        """Write what is queued, then end the thread."""
        self._pieces.put(None)
        self._thread.join()

    def _write_pieces(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._room.release()
            if not self._dead:
                self._send_bytes(piece.encode("utf-8", "replace"))

    def _send_bytes(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._dead = True
            self._lost()
