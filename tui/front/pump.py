"""Bytes between a descriptor (pseudo-terminal or pipe) and an SSH channel, at the pace of the slower.

Descriptors given to a pump must be non-blocking. A pump never closes a pseudo-terminal: its session does.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

CHUNK = 65_536
FULL = 65_536
"""Bytes that may wait for a descriptor before the client is told to pause."""


class Outflow:
    """From a descriptor to ``write``, until its end; ``done`` is set then."""

    def __init__(self, descriptor: int, write: Callable[[bytes], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._write = write
        self._paused = False
        self.done: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(descriptor, self._read)

    def pause(self) -> None:
        """Stop reading, so that the session waits while the client is slow."""
        self._paused = True
        self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        """Read again once the client has caught up."""
        if self._paused and not self.done.done():
            self._paused = False
            self._loop.add_reader(self._descriptor, self._read)

    def stop(self) -> None:
        """Stop reading for good, and set ``done``."""
        if not self.done.done():
            self._loop.remove_reader(self._descriptor)
            self.done.set_result(None)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError:  # EIO: the last holder of the pseudo-terminal has gone
            data = b""
        if not data:
            self.stop()
            return
        try:
            self._write(data)
        except OSError:  # the channel is closed; its session hears of it by itself
            self.stop()


class Inflow:
    """From the channel to a descriptor; asks for a pause when much is waiting."""

    def __init__(self, descriptor: int, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._pause = pause
        self._resume = resume
        self._waiting = bytearray()
        self._paused = False
        self._stopped = False
        self._at_end: Callable[[], None] | None = None

    def feed(self, data: bytes) -> None:
        """Write ``data`` to the descriptor, now or when it takes it; pause the client if much waits."""
        if self._stopped:
            return
        idle = not self._waiting
        self._waiting += data
        if idle:
            self._write_waiting()
        else:
            self._keep_pace()

    def finish(self, at_end: Callable[[], None]) -> None:
        """Call ``at_end`` once all data is written; no more will come."""
        self._at_end = at_end
        if not self._waiting and not self._stopped:
            self.stop()
            at_end()

    def stop(self) -> None:
        """Drop what waits, and write no more."""
        if not self._stopped:
            self._stopped = True
            self._loop.remove_writer(self._descriptor)
            self._waiting.clear()

    def _write_waiting(self) -> None:
        try:
            while self._waiting:
                del self._waiting[: os.write(self._descriptor, self._waiting)]
        except BlockingIOError:
            self._loop.add_writer(self._descriptor, self._write_waiting)
        except OSError:  # nobody reads any more
            self.stop()
        else:
            self._loop.remove_writer(self._descriptor)
            if self._at_end is not None:
                self.stop()
                self._at_end()
        self._keep_pace()

    def _keep_pace(self) -> None:
        """Pause the client above `FULL`, resume it below a quarter; never from within a feed."""
        if not self._paused and len(self._waiting) > FULL:
            self._paused = True
            self._pause()
        elif self._paused and len(self._waiting) <= FULL // 4:
            self._paused = False
            self._loop.call_soon(self._resume)
