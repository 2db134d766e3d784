"""What is passed between the processes of a server: tickets, orders to the parent of the sessions, questions
at the control socket. None of it ends the process that reads it.

A ticket's input is what a client says: the command, a line's end, the terminal's name and language, a line
each.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.descriptors import open_descriptors
from tests.fuzz.target import Read, Target
from tui.front.client_command import CommandMistake, read_command
from tui.front.control_server import Control
from tui.front.server import Stop
from tui.front.steering import LONGEST_STOP, Steering
from tui.front.ticket import Ticket, allowed_of, client_language
from tui.front.warm import DESCRIPTORS, LONGEST_MESSAGE, WarmParent

WITHIN = 5.0
COMMANDS = frozenset({"find", "help", "echo"})


@contextmanager
def tickets() -> Iterator[Read]:
    """What a client says becomes a ticket that is read on the other side as it was written, or is refused in
    words; and whatever is read as a ticket is one or is said to be none."""

    def read(content: bytes) -> str:
        with contextlib.suppress(ValueError):
            Ticket.decode(content)
        command, term, lang = [*content.decode("utf-8", "surrogateescape").split("\n", 2), "", ""][:3]
        environment = allowed_of({"TERM": term, "LANG": lang})
        assert all(value.isascii() and value.isprintable() for value in environment.values())
        try:
            words = read_command(command, COMMANDS)
        except CommandMistake:
            return "refused"
        language = client_language(environment, "en")
        ticket = Ticket(7, "192.0.2.7", "/srv", language, True, command=words, environment=environment)
        sent = ticket.encode()
        assert len(b'{"start":18446744073709551615}\n') + len(sent) <= LONGEST_MESSAGE
        assert Ticket.decode(sent) == ticket
        return "sent"

    yield read


class Still(WarmParent):
    """Forks nobody."""

    def _start(self, number: int, ticket: bytes, descriptors: list[int]) -> None:
        if len(descriptors) != DESCRIPTORS:
            raise ValueError("descriptors are missing")
        self._tell_server({"started": number, "pid": 1})


@contextmanager
def orders() -> Iterator[Read]:
    """Each order is answered, or passed over, and no descriptor stays open; with a first byte that is odd
    five come along."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        parent = Still(theirs)
        opened = open_descriptors()

        def read(content: bytes) -> str:
            given = [1] * DESCRIPTORS if content[:1] and content[0] % 2 else []
            socket.send_fds(ours, [content or b"\n"], given)
            assert parent._obey()
            assert open_descriptors() <= opened
            try:
                said = json.loads(ours.recv(LONGEST_MESSAGE, socket.MSG_DONTWAIT))
            except BlockingIOError:
                return "passed over"
            assert len(json.dumps(said)) < 200
            return "refused" if "refused" in said else "started"

        yield read


class NoFront:
    """A server that nobody is in."""

    state = "serving"

    def inside(self) -> list[Any]:
        return []

    def send_news(self, piece: bytes) -> int:
        assert len(json.loads(piece)["text"]) <= 2000
        return 0

    def has_moved(self) -> bool:
        return True


@contextmanager
def control() -> Iterator[Read]:
    """Every question is answered or hung up on, and the next one is heard."""
    failed: list[Any] = []
    stop = Stop()

    async def let_go() -> None:
        """Nothing runs beside it."""

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, context: failed.append(context))
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        file = Path(folder) / "serve-1.sock"
        steering = Steering(NoFront(), Path(folder), stop, 5, let_go, lambda: None)  # type: ignore[arg-type]

        async def ask(content: bytes) -> bytes:
            reader, writer = await asyncio.open_unix_connection(str(file))
            try:
                async with asyncio.timeout(WITHIN):
                    writer.write(content)
                    writer.write_eof()
                    return await reader.read()
            except ConnectionError:
                return b""
            finally:
                writer.close()

        async def both(content: bytes) -> bytes:
            said = await ask(content + b"\n")
            assert b'"serving"' in await ask(b'{"ask": "who"}\n')
            return said

        async def open_() -> Control:
            return Control(file, steering.respond)

        server = loop.run_until_complete(open_())

        def read(content: bytes) -> str:
            said = loop.run_until_complete(both(content))
            assert not failed, failed
            assert 0 <= stop.minutes <= LONGEST_STOP
            assert isinstance(json.loads(said or b"{}"), dict)
            return "answered" if said else "hung up"

        try:
            yield read
        finally:
            loop.run_until_complete(server.close())
            loop.close()


TARGETS = (
    Target("ticket", "what a client says, as a session is told it", tickets),
    Target("orders", "orders to the parent of the sessions", orders),
    Target("control", "questions at the control socket", control, examples=150),
)
