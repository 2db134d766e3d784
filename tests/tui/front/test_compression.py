"""A line is compressed for whoever asks, after the sign-in, and nobody fills the server by it."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest
from asyncssh.constants import MSG_IGNORE
from asyncssh.packet import String

from tests.tui.front.running import Running, connect
from tui.front.compression import DELAYED, LARGEST, Inflate


def test_the_real_client_has_its_session_compressed(front: Running, tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = front.ssh("-C", "-o", "LogLevel=DEBUG1", "-E", str(log)).sign_in()
    client.wait_until(lambda: bool(front.sessions()), "a session")
    client.wait_until(lambda: any(line.strip() for line in client.screen.display), "a screen")
    client.process.close(force=True)
    assert "Enabling compression" in log.read_text("utf-8")


async def test_who_does_not_ask_has_a_plain_line(front: Running) -> None:
    async with connect(front.port) as connection:
        assert connection.get_extra_info("send_compression") == "none"
    async with connect(front.port, compression_algs=[DELAYED]) as connection:
        assert connection.get_extra_info("send_compression") == DELAYED


async def test_nothing_is_compressed_before_the_sign_in(front: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    writer.write(b"SSH-2.0-reads_what_is_offered\r\n")
    await reader.readuntil(b"\r\n")
    length = int.from_bytes(await reader.readexactly(4))
    offered = await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    # The two lists of RFC 4253, 7.1: to the server and back, each with its length before it.
    assert offered.count(b"\0\0\0\x15none,zlib@openssh.com") == 2
    assert b"none,zlib," not in offered


@pytest.mark.threat(8)
async def test_a_packet_that_would_fill_the_server_ends_its_own_connection(front: Running) -> None:
    other = await connect(front.port)
    connection = await connect(front.port, compression_algs=[DELAYED])
    connection.send_packet(MSG_IGNORE, String(bytes(8 * LARGEST)))
    async with asyncio.timeout(20):
        await connection.wait_closed()
    async with other:
        assert not other.is_closed()


def test_what_a_client_sends_is_inflated_whole() -> None:
    made, inflate = zlib.compressobj(), Inflate()
    for data in (b"a", bytes(32_768), b"abc" * 10_000):
        assert inflate.decompress(made.compress(data) + made.flush(zlib.Z_SYNC_FLUSH)) == data
    assert inflate.decompress(b"no zlib") is None
