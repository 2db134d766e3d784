"""The SSH server as a whole: started, serving, and stopped so that no stay ends unrecorded."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from db.language import Language
from tui.front.connection import Connection
from tui.front.contract import EndSession, SignedIn, SignInFactory
from tui.front.gate import Gate
from tui.front.hostkey import read_host_key
from tui.front.incident import describe
from tui.front.log import event
from tui.front.options import server_options
from tui.front.signing import Checks
from tui.front.spawner import Child, Spawner
from tui.front.stay import Stay
from tui.front.ticket import Ticket
from tui.front.wires import Wires

STOP_WITHIN = 10.0
RECORD_TRIES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve. ``entry`` and ``plain`` name the modules that sessions run (`tui.front.session`);
    ``commands`` are the first words a client may send; times are in seconds."""

    host: str
    port: int
    host_key: Path
    home: Path
    commands: frozenset[str]
    language: Language = "zh_CN"
    entry: str = "tui.app"
    plain: str = "tui.errand"
    sessions: int = 300
    idle_seconds: float = 1800.0
    per_source: int = 10
    in_all: int = 100
    grace: float = 60.0


class Front:
    """The running server. Make it before any thread or event loop: the warm parent starts here."""

    def __init__(self, plan: Plan, sign_in: SignInFactory, end_session: EndSession) -> None:
        self.home = plan.home
        self.language: Language = plan.language
        self.commands = plan.commands
        self.idle_seconds = plan.idle_seconds
        self.grace = plan.grace
        self.sign_in = sign_in
        self.gate = Gate(plan.per_source, plan.in_all)
        self._plan = plan
        self._end_session = end_session
        self._key = read_host_key(plan.host_key)
        self._stays: dict[Stay, None] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self.spawner = Spawner(plan.entry, plan.plain, plan.home)
        self.spawner.wait_until_ready()
        self.checks = Checks()

    async def open(self) -> int:
        """Begin to listen; returns the port, which the system chose where the plan says 0."""
        self._lost_parent = self.spawner.attach()
        self._listener = await asyncssh.listen(
            self._plan.host,
            self._plan.port,
            server_factory=lambda: Connection(self),
            reuse_address=True,
            backlog=1024,
            **server_options(self._key, self.grace),
        )
        port = self._listener.get_port()
        event("listening", host=self._plan.host, port=port)
        return port

    async def run_until(self, stop: asyncio.Event) -> bool:
        """Serve until ``stop`` is set (True) or the warm parent is lost (False), then close."""
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((stopping, self._lost_parent), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        wanted = not self._lost_parent.done()
        if not wanted:
            event("warm-parent-lost", logging.CRITICAL)
        await self.close()
        return wanted

    async def close(self) -> None:
        """Let nobody in, end every stay, wait until each is on record, end the warm parent."""
        self._listener.close()
        stays = list(self._stays)
        for stay in stays:
            stay.stop("stopped")
        if stays:
            await asyncio.wait([stay.over for stay in stays], timeout=STOP_WITHIN)
        while self._endings:
            await asyncio.gather(*self._endings)
        self.spawner.stop()
        await asyncio.get_running_loop().run_in_executor(None, self.checks.close)
        event("stopped")

    def has_room(self) -> bool:
        """Whether one more session may begin. The newcomer's own stay is counted already."""
        return len(self._stays) <= self._plan.sessions

    def remember(self, stay: Stay) -> None:
        """Know of ``stay`` until it is over."""
        self._stays[stay] = None
        stay.over.add_done_callback(lambda _task: self._stays.pop(stay, None))

    def end_unused(self, signed: SignedIn) -> None:
        """Record the end of a sign-in whose client left before it could come in."""
        task = asyncio.create_task(self.record_end(signed.session, "cut"))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def spawn(self, ticket: Ticket, wires: Wires) -> Child:
        """Fork a session on ``wires``."""
        return await self.spawner.start(ticket, wires.child_ends)

    async def record_end(self, session: int, how: str) -> None:
        """Put the end of a session on record; a database that refuses is asked again, then logged."""
        for attempt in range(RECORD_TRIES):
            try:
                await self.checks.run(lambda: self._end_session(session, how))
                return
            except Exception as error:  # of whichever database is in use; the stay is over all the same
                event("end-not-recorded", logging.ERROR, session=session, how=how, **describe(error))
            await asyncio.sleep(attempt)
