"""The line on which a running server is asked what it does."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from tui.front.control import Answer, Control, Question, ask


async def test_a_moment_without_free_descriptors_does_not_end_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrators of the host need it most when the machine is at its limits."""
    loop = asyncio.get_running_loop()
    accept, failed = loop.sock_accept, 0

    async def fails_first(listening: socket.socket) -> object:
        nonlocal failed
        if not failed:
            failed += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return await accept(listening)

    async def respond(question: Question) -> Answer:
        return Answer({"heard": question["ask"]})

    monkeypatch.setattr(loop, "sock_accept", fails_first)
    file = tmp_path / "serve-1.sock"
    control = Control(file, respond)
    heard = await asyncio.to_thread(ask, file, {"ask": "who"})
    assert heard is not None
    assert (failed, heard.said) == (1, {"heard": "who"})
    await control.close()
    assert not file.exists()
