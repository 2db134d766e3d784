"""What a running server is asked and told: by signals, and on its control socket (`tui.front.control`)."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from db.store.settings import Home
from tui.front.control import ControlReply, Question, ask_all, ask_process
from tui.front.incident import describe, recorded_end
from tui.front.log import log_event
from tui.front.news import announcement_news
from tui.front.server import Front, Stop
from tui.front.takeover import Heir, tell_systemd

LONGEST_STOP = 24 * 60.0
"""Minutes that those inside may be given."""
LONGEST_TEXT = 2000
VERSION = version("mingce")
WHO = {"ask": "who"}


class Steering:
    """``let_go`` ends what runs beside ``front`` before another server begins it; ``take_up`` restarts it."""

    def __init__(
        self,
        front: Front,
        home: Home,
        stop: Stop,
        minutes: float,
        let_go: Callable[[], Awaitable[None]],
        take_up: Callable[[], None],
    ) -> None:
        self._front = front
        self._home = home
        self._stop = stop
        self._minutes = minutes
        self._let_go = let_go
        self._take_up = take_up
        self._successor: asyncio.Task[None] | None = None
        self._others: asyncio.Future[list[Path]] | None = None

    def heed_signals(self) -> None:
        """Handle signals: SIGTERM stops gracefully (a second one at once), SIGINT at once, SIGHUP renews."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop, self._minutes)
        loop.add_signal_handler(signal.SIGINT, self.stop, 0.0)
        loop.add_signal_handler(signal.SIGHUP, self.renew)

    def stop(self, minutes: float) -> None:
        """Ask this server to stop within ``minutes``, and those that it took over from and where people still
        are."""
        if not self._front.has_moved():
            self._others = asyncio.get_running_loop().run_in_executor(
                None, _stop_predecessors, self._home, minutes
            )
        self._stop.ask(minutes)

    async def see_others_off(self) -> None:
        """Wait until the servers asked to stop have ended: a service manager would kill them with this
        one."""
        waiting = await self._others if self._others is not None else []
        while waiting:
            await asyncio.sleep(0.5)
            waiting = [
                file for file in waiting if await asyncio.to_thread(ask_process, file, WHO) is not None
            ]

    def renew(self) -> None:
        """Start this command again, perhaps another version by now; it takes over the sockets once it is
        warm."""
        if self._front.state == "serving" and (self._successor is None or self._successor.done()):
            self._successor = asyncio.create_task(self._start_successor())

    async def respond(self, question: Question) -> ControlReply:
        """Do what a question on the control socket asks, and return the answer: list who is inside, show a
        text on all screens, end a session, or stop."""
        match question:
            case {"ask": "who"}:
                return ControlReply(self._describe_server())
            case {"ask": "tell", "text": str(text)} if len(text) <= LONGEST_TEXT:
                return ControlReply({"told": self._front.send_news(announcement_news(text))})
            case {"ask": "end", "session": int(session), "how": str(how)}:
                found = [one for one in self._front.inside() if one.session == session]
                for lifecycle in found:
                    lifecycle.stop(recorded_end(how))
                return ControlReply({"ended": bool(found)})
            case {"ask": "stop", "minutes": int(minutes) | float(minutes)} if 0 <= minutes <= LONGEST_STOP:
                return ControlReply({"stopping": True}, after=lambda: self._stop.ask(minutes))
            case _:
                return ControlReply({"refused": "there is no such question"})

    def _describe_server(self) -> dict[str, object]:
        return {
            "kind": "serve",
            "pid": os.getpid(),
            "version": VERSION,
            "state": self._front.state,
            "sessions": [lifecycle.summary() for lifecycle in self._front.inside()],
        }

    async def _start_successor(self) -> None:
        """Start the successor, hand it the sockets once it is warm, and log how it ended. A child of this
        server until this one ends, it outlives it: asyncio's own children would be killed with the event
        loop."""
        log_event("renewing", version=VERSION)
        try:
            heir = Heir(own_command(), os.environ)
        except OSError as error:
            log_event("successor-failed", logging.ERROR, **describe(error))
            return
        if await heir.is_warm() and self._front.state == "serving":
            await self._hand_over(heir)
        status = await heir.wait_for_end()
        if self._front.state == "serving":
            log_event("successor-failed", logging.ERROR, status=status)
        else:
            log_event("successor-ended", status=status)

    async def _hand_over(self, heir: Heir) -> None:
        await self._let_go()
        sockets = self._front.listening_sockets()
        try:
            heir.hand_over(sockets)
        except OSError:  # it went in this very moment, and how is told when it has ended
            self._take_up()
            return
        tell_systemd(f"MAINPID={heir.pid}")
        log_event("handed-over", sockets=len(sockets), inside=len(self._front.inside()))
        self._front.move()


def own_command() -> list[str]:
    """Return this process's own command line, to run again. A script is called by its name, not by the
    present interpreter: the name may lead to another version by now."""
    return sys.argv if os.access(sys.argv[0], os.X_OK) else sys.orig_argv


def _stop_predecessors(home: Home, minutes: float) -> list[Path]:
    """Ask the servers of ``home`` that were taken over to stop; return the sockets of those asked."""
    moved = [one.file for one in ask_all(home, WHO, ("serve",)) if one.said.get("state") != "serving"]
    return [file for file in moved if ask_process(file, {"ask": "stop", "minutes": minutes}) is not None]
