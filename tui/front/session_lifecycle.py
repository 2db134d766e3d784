"""The lifecycle of one session: from the moment a signed-in person may come in to the record of how it ended.

Whatever happens — a normal exit, a crash, a kill, a cut line, an idle hour, the server's stop — the
sign-in's record is ended here, in the server, and exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import asyncssh

from db.language import Language, Message, _, say
from db.store import clock
from db.store.addresses import address_of
from tui.front import ssh_command
from tui.front.auth_types import SignedInSession
from tui.front.channel import ChannelSession
from tui.front.client_command import CommandMistake, check_strength, read_command
from tui.front.incident import RESTORE, apology, describe, farewell, is_told, terminal_lines
from tui.front.log import log_event
from tui.front.session import CRASHED
from tui.front.spawner import Child, NotStarted
from tui.front.ticket import Ticket, allowed_of, clamp_size, client_language
from tui.front.wires import Pipes, PseudoTerminal, Wires

REFUSED = 1
WRONG_USAGE = 2
REQUEST_WITHIN = 30.0
"""Seconds a signed-in client has to say what it wants."""
DRAIN_WITHIN = 60.0
"""Seconds a client has to take the last of what its session wrote."""
LINGER = 5.0
"""Seconds a client has to hang up when its session has ended."""
NO_ROOM = _("This host can't begin another session just now. Please try again in a few minutes.")


class SessionServer(Protocol):
    """The server as its sessions call it: to start their process, and to have their end recorded."""

    home: Path
    language: Language
    commands: frozenset[str]
    idle_seconds: float
    address: str

    def has_room(self) -> bool: ...

    async def spawn(self, ticket: Ticket, wires: Wires) -> Child: ...

    async def record_end(self, session: int, how: str) -> None: ...


class SessionLifecycle:
    """``over`` is done when the session has ended and that is on record; ``began`` is when it began."""

    def __init__(
        self,
        server: SessionServer,
        signed: SignedInSession,
        source: str,
        connection: asyncssh.SSHServerConnection,
    ):
        self._server = server
        self._signed = signed
        self._source = source
        self._wires: Wires | None = None
        self.began = clock.now()
        self._connection = connection
        self._line: ChannelSession | None = None
        self._child: Child | None = None
        self._how = ""
        self._called = asyncio.Event()
        self._lost = asyncio.Event()
        self._touched = time.monotonic()
        self.over = asyncio.create_task(self._run_session())

    @property
    def session(self) -> int:
        """Number of the sign-in's record."""
        return self._signed.session

    def summary(self) -> dict[str, object]:
        """Return the session's facts for the host's administrators; ``idle`` is in seconds."""
        return {
            "session": self.session, "login": self._signed.login, "source": self._source, "front": "ssh",
            "began": self.began, "idle": round(time.monotonic() - self._touched),
        }  # fmt: skip

    def send_news(self, piece: bytes) -> bool:
        """Send a news line (`tui.front.news`) to the screen; return False if there is none."""
        if self._wires is None or self._line is None or self._line.command is not None:
            return False
        self._wires.send_news(piece)
        return True

    def begin(self, line: ChannelSession) -> None:
        """Start the session asked for on ``line``."""
        self._line = line
        self._called.set()

    def _on_lost(self) -> None:
        self._lost.set()
        self.stop("cut")

    def stop(self, how: str) -> None:
        """Hang the session up; the first ``how`` given is recorded: ``cut`` (the line is gone), ``idle``,
        ``ended`` by an administrator, or ``stopped``."""
        if not self._how:
            self._how = how
        self._called.set()
        if self._child is not None:
            self._child.hang_up()

    async def _run_session(self) -> None:
        try:
            async with asyncio.timeout(REQUEST_WITHIN):
                await self._called.wait()
        except TimeoutError:
            self._how = "idle"
        try:
            if self._line is not None and not self._how:
                await self._serve(self._line)
        except Exception as error:  # whatever it is, it is this session's alone
            self._how = self._how or "crashed"
            self._log("session-failed", logging.ERROR, **describe(error))
        finally:
            how = self._how or "closed"
            await self._server.record_end(self._signed.session, how)
            self._log("session-ended", how=how)
            await self._let_hang_up()

    def _log(self, name: str, level: int = logging.INFO, **fields: object) -> None:
        """Log an event with this session's number and login."""
        log_event(name, level, session=self._signed.session, login=self._signed.login, **fields)

    async def _let_hang_up(self) -> None:
        """Wait for the client to read its exit status and hang up, `LINGER` seconds at most, then close:
        asyncssh's own close discards what is unsent."""
        if self._line is not None:
            self._line.listen()
            # A client that never hangs up is hung up on.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    await self._connection.wait_closed()
        self._connection.close()

    async def _serve(self, line: ChannelSession) -> None:
        said = dict(line.opened.get_environment())
        term = line.opened.get_terminal_type()
        environment = allowed_of({**said, "TERM": term} if term else said)
        language = client_language(environment, self._server.language)
        if not self._server.has_room():  # others came in while this person was asked
            self._log("full")
            self._refuse_line(line, NO_ROOM, language, REFUSED)
            return
        try:
            command = read_command(line.command, self._server.commands)
            check_strength(command, self._signed.strength)
            if command is None and not line.terminal:
                raise CommandMistake(
                    _("The full screen needs a terminal. Plain commands do not: try `help`.")
                )
        except CommandMistake as mistake:
            self._log("wrong-usage")
            self._refuse_line(line, mistake.message, language, WRONG_USAGE)
            return
        ticket = Ticket(
            session=self._signed.session,
            source=self._source,
            home=str(self._server.home),
            language=language,
            terminal=line.terminal,
            size=clamp_size(*line.size),
            command=command,
            environment=environment,
            ssh=self._calling(),
        )
        try:
            await self._accompany(line, ticket)
        except NotStarted as error:
            self._log("not-started", logging.ERROR, why=str(error))
            self._refuse_line(line, NO_ROOM, language, REFUSED)

    def _calling(self) -> str:
        """Return the beginning of a plain ``ssh`` command for the client's own machine; "" if the line is
        gone."""
        here = self._connection.get_extra_info("sockname")
        if not here:
            return ""
        return ssh_command.command(
            self._server.address, (address_of(str(here[0])), here[1]), self._signed.login
        )

    async def _accompany(self, line: ChannelSession, ticket: Ticket) -> None:
        """Run the session's process and relay its bytes until it or the line ends. Raises NotStarted."""
        try:
            wires = PseudoTerminal(ticket.size, raw=ticket.is_on_screen) if line.terminal else Pipes()
        except OSError as error:
            raise NotStarted(errno.errorcode.get(error.errno or 0, "OSError")) from error
        try:
            await self._relay(line, ticket, wires)
        finally:
            self._wires = None
            wires.close()

    async def _relay(self, line: ChannelSession, ticket: Ticket, wires: Wires) -> None:
        try:
            self._child = child = await self._server.spawn(ticket, wires)
        except (OSError, ValueError) as error:
            raise NotStarted(type(error).__name__) from error
        self._wires = wires
        wires.close_child_ends()
        wires.connect(line)
        feed = line.on_data
        line.on_data = lambda data: self._feed_input(feed, data)
        line.on_lost = self._on_lost
        line.listen()
        if self._how or line.opened.is_closing():
            self.stop("cut")
        watch = asyncio.create_task(self._watch_idleness())
        try:
            status = await asyncio.shield(child.ended)
        finally:
            watch.cancel()
        if self._how != "cut":
            waiting = {
                asyncio.create_task(wires.wait_until_drained()),
                asyncio.create_task(self._lost.wait()),
            }
            await asyncio.wait(waiting, timeout=DRAIN_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            self._take_leave(line, ticket, status, wires.report())

    def _take_leave(self, line: ChannelSession, ticket: Ticket, status: int, report: bytes) -> None:
        """Send farewell, apology or nothing and the exit status, log a crash as an incident, and keep how it
        ended."""
        screen = ticket.is_on_screen
        if is_told(self._how):
            self._write_text(line, ticket, farewell(self._how, ticket.language))
            self._exit(line, 1)
        elif status == CRASHED or (status < 0 and (screen or status != -signal.SIGINT)):
            self._how = "crashed" if status == CRASHED else "killed"
            number = secrets.token_hex(4)
            what: dict[str, object] = _read_report(report)
            if status < 0:
                what["signal"] = _name_of(-status)
            self._log("incident", logging.ERROR, incident=number, **what)
            self._write_text(line, ticket, apology(number, ticket.language))
            self._exit(line, CRASHED)
        else:
            if report:  # long work failed, which its screen has told
                self._log("incident", logging.ERROR, incident=secrets.token_hex(4), **_read_report(report))
            self._exit(line, 128 - status if status < 0 else status)

    def _refuse_line(self, line: ChannelSession, why: Message, language: Language, status: int) -> None:
        self._say_plainly(line, terminal_lines(say(why, language)))
        self._exit(line, status)

    def _write_text(self, line: ChannelSession, ticket: Ticket, text: bytes) -> None:
        """Write ``text`` to the client: onto the ordinary screen, or to a plain command's standard error."""
        if ticket.is_on_screen:
            text = RESTORE + text
        self._say_plainly(line, text)

    def _say_plainly(self, line: ChannelSession, text: bytes) -> None:
        if not line.opened.is_closing():
            line.opened.write(text, None if line.terminal else asyncssh.EXTENDED_DATA_STDERR)

    def _exit(self, line: ChannelSession, status: int) -> None:
        if not line.opened.is_closing():
            line.opened.exit(status)

    def _feed_input(self, feed: Callable[[bytes], None], data: bytes) -> None:
        self._touched = time.monotonic()
        feed(data)

    async def _watch_idleness(self) -> None:
        while (left := self._touched + self._server.idle_seconds - time.monotonic()) > 0:
            await asyncio.sleep(left)
        self.stop("idle")


def _read_report(report: bytes) -> dict[str, object]:
    """Return the last report of a session, which is not trusted: unknown fields are dropped. For what is no
    JSON object return ``{"report": "unreadable"}``."""
    try:
        data = json.loads((report.splitlines() or [b"{}"])[-1])
    except (ValueError, RecursionError):
        return {"report": "unreadable"}
    if not isinstance(data, dict):
        return {"report": "unreadable"}
    return {key: data[key] for key in ("error", "frames", "cause") if key in data}


def _name_of(number: int) -> str:
    """Return the name of a signal; real-time ones have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
