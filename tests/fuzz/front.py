"""Crooked SSH clients against the real front: its door must stay open for others.

``raw`` and a line's end: the rest is what is sent on the bare socket, greeting and all. ``crooked``: a
client of asyncssh signs in and works, and each further line changes one of the packets that it sends, before
they are encrypted: ``N type T``, ``N byte AT VALUE``, ``N length AT VALUE`` (32 bits), ``N cut AT``,
``N grow COUNT``, ``N again COUNT``, ``N drop``, ``N more T HEX``; or ``answer TEXT``, ``command TEXT``,
``size COLUMNS ROWS`` for what the client says of its own accord.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import psutil

from tests.fuzz.target import Read, Target
from tests.tui.front.running import (
    CODE,
    PASSWORD,
    PATIENCE,
    ROOT,
    Answers,
    Running,
    connect,
    eventually,
    running,
)

WITHIN = 0.5
"""Seconds that a crooked client is given."""
MOST = 2000
"""Packets that one line may add."""
EVERY = 40
"""Inputs after which an honest client must get in."""
GROWTH = 96 << 20
"""Bytes by which the process may grow, whatever came."""


@dataclass(slots=True)
class Plan:
    """What a crooked client does."""

    answers: list[str] = field(default_factory=lambda: [PASSWORD, CODE])
    command: str | None = None
    sizes: list[tuple[int, int]] = field(default_factory=list)
    changes: dict[int, list[tuple[str, list[str]]]] = field(default_factory=dict)


@contextmanager
def front() -> Iterator[Read]:
    """A front of its own."""
    kept = _Kept()
    others = [logging.getLogger(name) for name in ("asyncio", "asyncssh")]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, _findable(), running(Path(folder)) as made:
        for logger in others:
            logger.addHandler(kept)
        process, count = psutil.Process(), 0
        before = process.memory_info().rss

        def read(content: bytes) -> str:
            nonlocal count
            kind, _newline, rest = content.partition(b"\n")
            seen = len(made.log)
            outcome = _raw(made.port, rest) if kind == b"raw" else _crooked(made.port, rest)
            count += 1
            if count % EVERY == 0:
                _honest(made)
            for line in made.log[seen:]:
                assert "error" not in line or line["event"] == "incident", line
            assert not kept.found, kept.found
            return outcome

        try:
            yield read
            _honest(made)
            eventually(lambda: not made.sessions(), "the end of every session")
            grown = process.memory_info().rss - before
            assert grown < GROWTH, f"grown by {grown >> 20} MB"
        finally:
            for logger in others:
                logger.removeHandler(kept)


class _Kept(logging.Handler):
    """What libraries have to say at worst: an error nobody took care of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(logging.Formatter().format(record))


@contextmanager
def _findable() -> Iterator[None]:
    """The warm parent imports the stand-ins of the tests."""
    before = sys.path[:]
    sys.path.insert(0, str(ROOT))
    try:
        yield
    finally:
        sys.path[:] = before


def _honest(made: Running) -> None:
    """Somebody who does nothing wrong gets in."""

    async def work() -> None:
        async with connect(made.port) as connection:
            done = await connection.run("echo inside")
            assert (done.stdout or "").strip() == "inside"

    asyncio.run(asyncio.wait_for(work(), PATIENCE))


def _raw(port: int, content: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=WITHIN) as line:
        try:
            line.recv(4096)
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
        except TimeoutError:
            return "waits"
        except ConnectionError:
            return "cut"
    return "closed"


def _crooked(port: int, content: bytes) -> str:
    plan = read_plan(content)

    async def work() -> str:
        try:
            async with asyncio.timeout(WITHIN):
                return await _work(port, plan)
        except TimeoutError:
            return "waits"
        except (asyncssh.Error, OSError):
            return "refused"
        except Exception:
            return "client broken"  # of its own crookedness

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # the client's troubles are its own
    try:
        return loop.run_until_complete(work())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _work(port: int, plan: Plan) -> str:
    client = Crooked(plan)
    try:
        connection = await connect(port, client_factory=lambda: client)
        process = await connection.create_process(
            plan.command, term_type="xterm", term_size=(80, 24), env={"LANG": "en_GB.UTF-8"}, encoding=None
        )
        for columns, rows in plan.sizes:
            process.change_terminal_size(columns, rows, 0, 0)
        process.stdin.write(b"q")
        process.stdin.write_eof()
        await process.wait_closed()
        return "worked"
    finally:
        if client.connection is not None:
            client.connection.abort()
            with contextlib.suppress(Exception):
                await client.connection.wait_closed()


class Crooked(Answers):
    """A client whose packets are changed on their way out."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(list(plan.answers))
        self._plan, self._count = plan, 0
        self.connection: asyncssh.SSHClientConnection | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.connection = conn
        self._send = conn.send_packet
        conn.send_packet = self._sent  # type: ignore[method-assign]

    def _sent(self, pkttype: int, *args: bytes, **options: Any) -> None:
        self._count += 1
        packets = [(pkttype, b"".join(args))]
        for change, words in self._plan.changes.get(self._count, ()):
            packets = changed(packets, change, words)
        for kind, payload in packets:
            self._send(kind, payload, **options)


def changed(packets: list[tuple[int, bytes]], change: str, words: Sequence[str]) -> list[tuple[int, bytes]]:
    """What is sent instead of ``packets``."""
    if not packets:
        return packets
    (kind, payload), *rest = packets
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 12]
    at = numbers[0] % (len(payload) + 1) if numbers else 0
    value = numbers[1] if len(numbers) > 1 else 255
    match change:
        case "type":
            kind = (numbers[0] if numbers else 0) % 256
        case "byte":
            payload = payload[:at] + bytes((value % 256,)) + payload[at + 1 :]
        case "length":
            payload = payload[:at] + (value % (1 << 32)).to_bytes(4, "big") + payload[at + 4 :]
        case "cut":
            payload = payload[:at]
        case "grow":
            payload += b"A" * ((numbers[0] if numbers else 1) % 200_000)
        case "again":
            rest = [(kind, payload)] * ((numbers[0] if numbers else 1) % MOST)
        case "drop":
            return rest
        case "more":
            with contextlib.suppress(ValueError):
                rest = [(numbers[0] % 256 if numbers else 2, bytes.fromhex("".join(words[1:]))), *rest]
    return [(kind, payload), *rest]


def read_plan(content: bytes) -> Plan:
    """The lines of an input; one that says nothing is passed over."""
    plan = Plan()
    for line in content.decode("utf-8", "replace").splitlines()[:50]:
        first, _blank, rest = line.partition(" ")
        words = rest.split()
        if first == "answer":
            plan.answers.insert(0, rest[:5000])
        elif first == "command":
            plan.command = rest[:20000]
        elif first == "size":
            numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]
            plan.sizes.append((*numbers, 80, 24)[:2])  # type: ignore[arg-type]  # two of at least two
        elif first.isascii() and first.isdigit() and len(first) < 4 and words:
            plan.changes.setdefault(int(first), []).append((words[0], words[1:]))
    return plan


TARGETS = (Target("ssh", "crooked clients at the SSH front", front, examples=40, seconds=20.0),)
