"""The server's side of the warm parent: start it, have it fork sessions, learn how they end."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tui.front.confine import of_the_operator
from tui.front.log import log_event
from tui.front.ticket import Ticket
from tui.front.warm import LONGEST_MESSAGE

PATIENCE = 300.0
"""Seconds the warm parent may take to load: some four where it has a core to itself, minutes where many share
one. A parent that fails is noticed at once."""
KILL_AFTER = 5.0
"""Seconds between telling a session that its line is gone and killing it; it gives itself three."""


class WarmFailure(RuntimeError):
    """The warm parent did not come up; the message says what it reported."""


class NotStarted(OSError):
    """No process could be made for a session; the message is the operating system's, such as EAGAIN."""


class Child:
    """One running session. ``ended`` yields its exit status: negative for a signal, as in `subprocess`. It
    raises NotStarted where there never was a process."""

    def __init__(self, number: int, signal_group: Callable[[int, int], None]) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.pid: int | None = None
        self.ended: asyncio.Future[int] = loop.create_future()
        self._signal_group = signal_group
        self._killer: asyncio.TimerHandle | None = None

    def hang_up(self) -> None:
        """Send SIGHUP to the session's processes, and SIGKILL after `KILL_AFTER`."""
        if self.ended.done() or self._killer is not None:
            return
        self._signal_group(self.number, signal.SIGHUP)
        loop = asyncio.get_running_loop()
        self._killer = loop.call_later(KILL_AFTER, self._signal_group, self.number, signal.SIGKILL)

    def note_exit(self, status: int) -> None:
        if self._killer is not None:
            self._killer.cancel()
        if not self.ended.done():
            self.ended.set_result(status)

    def note_refusal(self, why: str) -> None:
        """Make ``ended`` raise NotStarted with ``why``: there is no process."""
        if self._killer is not None:
            self._killer.cancel()
        if not self.ended.done():
            self.ended.set_exception(NotStarted(why))


class Spawner:
    """Starts the warm parent (before any thread runs) and forks sessions from it."""

    def __init__(self, entry: str, plain: str, home: Path, parent: str = "tui.front.warm") -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._children: dict[int, Child] = {}
        self._next = 1
        self._lost: asyncio.Future[None] | None = None
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-s", "-X", "utf8", "-m", parent, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        order = {"entry": entry, "plain": plain, "home": str(home)}
        self._control.send(json.dumps(order).encode())

    def wait_until_ready(self) -> None:
        """Block until the parent is warm. Raises WarmFailure, after logging what it reported and stopping
        it."""
        self._control.settimeout(PATIENCE)
        try:
            answer = json.loads(self._control.recv(LONGEST_MESSAGE) or b"{}")
        except (TimeoutError, ConnectionError) as error:
            self.stop()
            raise WarmFailure("the parent of the sessions did not come up") from error
        if "ready" not in answer:
            self.stop()
            failed = answer.get("failed", {})
            log_event("not-warm", logging.ERROR, **failed)
            reason = ": ".join(filter(None, (str(failed.get("error", "")), str(answer.get("reason", "")))))
            raise WarmFailure(f"the rehearsal of the first screen failed: {reason}")
        self._control.setblocking(False)

    @property
    def pid(self) -> int:
        """Process number of the warm parent."""
        return self._process.pid

    def attach(self) -> asyncio.Future[None]:
        """Listen to the warm parent on the running event loop; return a future that is done when it is
        lost."""
        loop = asyncio.get_running_loop()
        self._lost = loop.create_future()
        loop.add_reader(self._control.fileno(), self._read_messages)
        return self._lost

    async def start(self, ticket: Ticket, descriptors: Sequence[int]) -> Child:
        """Have the warm parent fork a session on ``descriptors`` (`Wires.child_ends`); the caller closes its
        own. Raises ValueError for a ticket that is too long, OSError if the parent can't be told."""
        sent = ticket.encode()
        child = Child(self._next, self._signal)
        self._next += 1
        self._children[child.number] = child
        try:
            await self._send_message(b'{"start":%d}\n' % child.number + sent, descriptors)
        except OSError:
            del self._children[child.number]
            raise
        return child

    def stop(self) -> None:
        """End the warm parent and every session left; waits up to `PATIENCE`, then kills it."""
        if self._lost is not None:
            self._lost.get_loop().remove_reader(self._control.fileno())
        self._control.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def _send_message(self, message: bytes, descriptors: Sequence[int]) -> None:
        while True:
            try:
                socket.send_fds(self._control, [message], list(descriptors))
                return
            except BlockingIOError:
                await asyncio.sleep(0.005)

    def _signal(self, number: int, signal_number: int) -> None:
        if number not in self._children or self._control.fileno() < 0:
            return
        try:
            self._control.send(json.dumps({"signal": number, "number": int(signal_number)}).encode())
        except ConnectionError:
            pass  # the warm parent is gone, and its sessions with it
        except OSError:  # full, or no memory for it
            asyncio.get_running_loop().call_later(0.01, self._signal, number, signal_number)

    def _read_messages(self) -> None:
        while True:
            try:
                text = self._control.recv(LONGEST_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                text = b""
            if not text:
                asyncio.get_running_loop().remove_reader(self._control.fileno())
                self._lose()
                return
            try:
                self._handle_message(json.loads(text))
            except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
                log_event("warm-parent-unread", logging.ERROR, error=type(error).__name__)

    def _handle_message(self, message: dict[str, Any]) -> None:
        """Update the child that a message of the warm parent is about: started, ended or refused; log a
        refusal of none."""
        if "started" in message:
            child = self._children.get(message["started"])
            if child is not None:
                child.pid = int(message["pid"])
        elif "ended" in message:
            status = int(message["status"])
            child = self._children.pop(message["ended"], None)
            if child is not None:
                child.note_exit(status)
        else:
            number, why = message["refused"], str(message["why"])
            child = self._children.get(number)
            if child is not None and child.pid is None:
                del self._children[number]
                child.note_refusal(why)
            else:
                log_event("warm-parent-refused", logging.ERROR, why=why)

    def _lose(self) -> None:
        """Note all sessions as killed: the warm parent died, and they with it (parent-death signal)."""
        for child in self._children.values():
            child.note_exit(-signal.SIGKILL)
        self._children.clear()
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)


def _environment() -> dict[str, str]:
    """Return a minimal environment for the warm parent."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
        "PATH": "/usr/bin:/bin",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **of_the_operator(),
    }
