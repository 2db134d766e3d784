"""The pump between a descriptor and a channel keeps the pace of the slower side."""

from __future__ import annotations

import asyncio
import os

import pytest

from tui.front.pump import FULL, Inflow, Outflow


@pytest.fixture
def pipe() -> tuple[int, int]:
    """Both ends of a pipe, non-blocking."""
    return os.pipe2(os.O_NONBLOCK)


async def test_a_session_that_does_not_read_pauses_the_client(pipe: tuple[int, int]) -> None:
    """The attacker pours input into a command that never reads: the server must not keep all of it."""
    read, write = pipe
    paces: list[str] = []
    inflow = Inflow(write, lambda: paces.append("pause"), lambda: paces.append("resume"))
    sent = b""
    while not paces:
        sent += (chunk := os.urandom(10_000))
        inflow.feed(chunk)
        assert len(sent) < 3 * FULL
    assert paces == ["pause"]
    received = b""
    while len(received) < len(sent):
        await asyncio.sleep(0)
        try:
            received += os.read(read, 4096)
        except BlockingIOError:
            continue
    await asyncio.sleep(0)
    assert received == sent
    assert paces == ["pause", "resume"]


async def test_the_end_of_input_comes_after_all_of_it(pipe: tuple[int, int]) -> None:
    read, write = pipe
    inflow = Inflow(write, lambda: None, lambda: None)
    inflow.feed(b"x" * (2 * FULL))
    inflow.finish(lambda: os.close(write))
    received = 0
    while True:
        await asyncio.sleep(0)
        try:
            data = os.read(read, 4096)
        except BlockingIOError:
            continue
        if not data:
            break
        received += len(data)
    assert received == 2 * FULL


async def test_nobody_to_read_it_is_no_error(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.close(read)
    inflow = Inflow(write, lambda: None, lambda: None)
    inflow.feed(b"lost")
    inflow.feed(b"lost too")
    os.close(write)


async def test_a_paused_outflow_leaves_the_bytes_where_they_are(pipe: tuple[int, int]) -> None:
    read, write = pipe
    got: list[bytes] = []
    outflow = Outflow(read, got.append)
    outflow.pause()
    os.write(write, b"later")
    await asyncio.sleep(0.05)
    assert got == []
    outflow.resume()
    os.close(write)
    await outflow.done
    assert got == [b"later"]
