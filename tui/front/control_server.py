"""The server's end of the line of `tui.front.control`, on its event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from pathlib import Path

from tui.front.control import LONGEST, PATIENCE, Respond, is_allowed, listen, read

MOST_TALKS = 16


class Control:
    """Answers on the socket ``file`` by ``respond``, from an event loop that runs."""

    def __init__(self, file: Path, respond: Respond) -> None:
        self._file = file
        self._respond = respond
        self._socket = listen(file)
        self._task = asyncio.create_task(self._accept())
        self._talks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop answering and delete the socket's file."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._socket.close()
        self._file.unlink(missing_ok=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _address = await loop.sock_accept(self._socket)
            except OSError:  # no descriptor is free; whoever asks waits in the socket's queue
                await asyncio.sleep(1)
                continue
            task = asyncio.create_task(self._answer_client(connection))
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
            if len(self._talks) >= MOST_TALKS:
                await asyncio.wait(self._talks, return_when=asyncio.FIRST_COMPLETED)

    async def _answer_client(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with connection, contextlib.suppress(OSError, TimeoutError, ValueError):
            if not is_allowed(connection):
                return
            async with asyncio.timeout(PATIENCE):
                asked = b""
                while not asked.endswith(b"\n") and len(asked) < LONGEST:
                    data = await loop.sock_recv(connection, LONGEST)
                    if not data:
                        return
                    asked += data
            answer = await self._respond(read(asked))
            line = json.dumps(answer.said).encode() + b"\n"
            async with asyncio.timeout(PATIENCE):
                await loop.sock_sendall(connection, line)
            answer.after()
