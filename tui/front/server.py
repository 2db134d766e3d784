"""The SSH server as a whole: started, serving, and stopped so that no session ends unrecorded."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import asyncssh

from db.language import Language
from tui.front.auth_types import EndSession, KnownSources, Over, SignedInSession, SignInFactory, none_over
from tui.front.connection import Connection
from tui.front.connection_limits import RATE, ConnectionGate
from tui.front.hostkey import read_host_key
from tui.front.incident import describe, recorded_end
from tui.front.log import log_event
from tui.front.news import renewal_news, stop_news
from tui.front.session_lifecycle import SessionLifecycle
from tui.front.sign_in import Checks
from tui.front.spawner import Child, Spawner
from tui.front.ssh_options import server_options
from tui.front.ticket import Ticket
from tui.front.wires import Wires

State = Literal["serving", "moved", "stopping"]
STOP_WITHIN = 10.0
RECORD_TRIES = 3
LOOK_EVERY = 1.0
KNOWN_EVERY = 60.0
"""Seconds between two looks at which sources are known."""
LOOK_AGAIN_AFTER = 15.0
"""Seconds after a look at the record that failed."""


@dataclass(frozen=True, slots=True)
class ServingPlan:
    """How to serve. ``entry`` and ``plain`` name the modules that sessions run (`tui.front.session`);
    ``commands`` are the first words a client may send; ``address`` is the setting; times are in seconds."""

    host: str
    port: int
    host_key: Path
    home: Path
    commands: frozenset[str]
    language: Language = "zh_CN"
    entry: str = "tui.app"
    plain: str = "tui.plain_session"
    sessions: int = 300
    idle_seconds: float = 1800.0
    per_source: int = 10
    in_all: int = 100
    rate: float = RATE
    grace: float = 60.0
    stop_minutes: float = 5.0
    address: str = ""


class Stop:
    """Whether the server is asked to stop: once gracefully, a second time at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()
        self.minutes = 0.0

    def ask(self, minutes: float = 0.0) -> None:
        """Ask the server to stop within ``minutes``; at once if asked again, or without minutes."""
        if self.asked.is_set() or minutes <= 0:
            self.at_once.set()
        self.minutes = minutes
        self.asked.set()


class Front:
    """The running server. Make it before any thread or event loop: the warm parent starts here."""

    def __init__(
        self,
        plan: ServingPlan,
        sign_in: SignInFactory,
        end_session: EndSession,
        over: Over = none_over,
        known: KnownSources = frozenset,
    ) -> None:
        self.home = plan.home
        self.language: Language = plan.language
        self.commands = plan.commands
        self.idle_seconds = plan.idle_seconds
        self.address = plan.address
        self.grace = plan.grace
        self.sign_in = sign_in
        self.gate = ConnectionGate(plan.per_source, plan.in_all, rate=plan.rate)
        self._plan = plan
        self._end_session = end_session
        self._over = over
        self._known = known
        self._key = read_host_key(plan.host_key)
        self._inside: dict[SessionLifecycle, None] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._listeners: list[asyncssh.SSHAcceptor] = []
        self._moved = asyncio.Event()
        self.state: State = "serving"
        self.counted: Counter[tuple[str, str]] = Counter()
        self.spawner = Spawner(plan.entry, plan.plain, plan.home)
        self.spawner.wait_until_ready()
        self.checks = Checks()

    async def open(self, sockets: Sequence[socket.socket] = ()) -> int:
        """Listen, at ``sockets`` if given, and start tasks that end sessions over on record and learn known
        sources. Return the port, chosen by the system for 0."""
        self._lost_parent = self.spawner.attach()
        self._looking = asyncio.create_task(self._end_those_over())
        self._knowing = asyncio.create_task(self._know_sources())
        where: list[dict[str, Any]] = [{"sock": one} for one in sockets] or [
            {"host": self._plan.host, "port": self._plan.port, "reuse_address": True}
        ]
        for place in where:
            listener = await asyncssh.listen(
                server_factory=lambda: Connection(self),
                backlog=1024,
                **place,
                **server_options(self._key, self.grace),
            )
            self._listeners.append(listener)
        port = self._listeners[0].get_port()
        log_event("listening", host=self._plan.host, port=port, inherited=len(sockets))
        return int(port)

    def listening_sockets(self) -> list[int]:
        """Return the descriptors of the listening sockets."""
        return [one.fileno() for listener in self._listeners for one in listener.sockets]

    def move(self) -> None:
        """Stop listening, as another server has the sockets, and show that to the people inside, who stay.
        Does nothing unless serving."""
        if self.state == "serving":
            self.state = "moved"
            self._moved.set()
            self._stop_listening()
            self.send_news(renewal_news())

    def has_moved(self) -> bool:
        """Return whether another server has the sockets."""
        return self._moved.is_set()

    def count(self, what: str, how: str) -> None:
        """Add one to the counter of ``what`` with the outcome ``how``."""
        self.counted[what, how] += 1

    def inside(self) -> list[SessionLifecycle]:
        return list(self._inside)

    def send_news(self, piece: bytes) -> int:
        """Send a news line to every screen; return to how many."""
        return sum(one.send_news(piece) for one in self._inside)

    async def run_until(self, stop: Stop) -> bool:
        """Serve until ``stop`` is asked for, or another server took over and nobody is left (True), or the
        warm parent is lost, which is logged (False); then close."""
        tasks: list[asyncio.Future[Any]] = [
            asyncio.create_task(stop.asked.wait()),
            asyncio.create_task(self._until_empty()),
        ]
        await asyncio.wait([*tasks, self._lost_parent], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        wanted = not self._lost_parent.done()
        if not wanted:
            log_event("warm-parent-lost", logging.CRITICAL)
        elif stop.asked.is_set():
            await self._drain_sessions(stop)
        await self.close()
        return wanted

    async def _until_empty(self) -> None:
        """Wait until another server has the sockets and nobody is inside or at the door here."""
        await self._moved.wait()
        while self._inside or len(self.gate):
            if self._inside:
                await asyncio.wait([one.over for one in self._inside])
            else:
                await asyncio.sleep(1)

    async def _end_those_over(self) -> None:
        """End, until cancelled, the sessions inside that others have ended on record, as when an account is
        disabled; log failures."""
        while True:
            inside = {one.session: one for one in self._inside}
            try:
                over = await self.checks.run(partial(self._over, inside)) if inside else {}
            except Exception as error:  # of whichever database is in use; people go on working
                log_event("look-failed", logging.ERROR, **describe(error))
                await asyncio.sleep(LOOK_AGAIN_AFTER)
                continue
            for session, how in over.items():
                inside[session].stop(recorded_end(how))
            await asyncio.sleep(LOOK_EVERY)

    async def _know_sources(self) -> None:
        """Give the gate, until cancelled, the sources from which people have signed in lately; log
        failures."""
        while True:
            try:
                self.gate.known = frozenset(await self.checks.run(self._known))
            except Exception as error:  # of whichever database is in use; those known stay so
                log_event("look-failed", logging.ERROR, **describe(error))
            await asyncio.sleep(KNOWN_EVERY)

    async def _drain_sessions(self, stop: Stop) -> None:
        """Stop listening and let those inside finish within the stop's minutes, telling them each minute."""
        self.state = "stopping"
        self._stop_listening()
        self.gate.close_all()
        log_event("stopping", inside=len(self._inside), minutes=stop.minutes)
        end = time.monotonic() + stop.minutes * 60
        at_once = asyncio.create_task(stop.at_once.wait())
        while self._inside and not stop.at_once.is_set() and (left := end - time.monotonic()) > 0:
            self.send_news(stop_news(math.ceil(left / 60)))
            gone = asyncio.gather(*(asyncio.shield(one.over) for one in self._inside))
            await asyncio.wait((gone, at_once), timeout=left % 60 or 60, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
        at_once.cancel()

    def _stop_listening(self) -> None:
        for listener in self._listeners:
            listener.close()

    async def close(self) -> None:
        """Stop listening, end every session, wait until each end is recorded, and end the warm parent."""
        self.state = "stopping"
        self._stop_listening()
        self.gate.close_all()
        await asyncio.sleep(0)  # by then the connections at the door know that they are closed
        left = list(self._inside)
        for lifecycle in left:
            lifecycle.stop("stopped")
        if left:
            await asyncio.wait([one.over for one in left], timeout=STOP_WITHIN)
        self._looking.cancel()
        self._knowing.cancel()
        while unsettled := {*self.checks.settling, *self._endings}:
            await asyncio.wait(unsettled)
        self.spawner.stop()
        await asyncio.get_running_loop().run_in_executor(None, self.checks.close)
        log_event("stopped")

    def is_full(self) -> bool:
        """Return whether nobody may begin to sign in, as all places for sessions are taken."""
        return len(self._inside) >= self._plan.sessions

    def has_room(self) -> bool:
        """Return whether one more session may begin; the newcomer's own is counted already."""
        return self.state != "stopping" and len(self._inside) <= self._plan.sessions

    def remember(self, lifecycle: SessionLifecycle) -> None:
        """Count the session as inside until it is over."""
        self._inside[lifecycle] = None
        lifecycle.over.add_done_callback(lambda _task: self._inside.pop(lifecycle, None))

    def end_unused(self, signed: SignedInSession) -> None:
        """Record, without waiting, the end of a session whose client left before it began."""
        task = asyncio.create_task(self.record_end(signed.session, "cut"))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def spawn(self, ticket: Ticket, wires: Wires) -> Child:
        return await self.spawner.start(ticket, wires.child_ends)

    async def record_end(self, session: int, how: str) -> None:
        """Count and record that a session ended by ``how``; retry `RECORD_TRIES` times, logging each
        failure."""
        self.count("ended", how)
        for attempt in range(RECORD_TRIES):
            try:
                await self.checks.run(lambda: self._end_session(session, how))
                return
            except Exception as error:  # of whichever database is in use; the session is over all the same
                log_event("end-not-recorded", logging.ERROR, session=session, how=how, **describe(error))
            await asyncio.sleep(attempt)
