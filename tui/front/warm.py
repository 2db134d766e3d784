"""The warm parent: one process, one thread, no event loop, from which every session is forked.

It is a fresh interpreter started before the server opens its door. It talks to the server over one
SEQPACKET socket, a line of JSON a message:

    server: {"entry", "plain", "home"}              what to load
    here:   {"ready": pid} or {"failed": {...}}
    server: {"start": n}, the session's ticket after it, and 5 descriptors
    server: {"signal": n, "number": k}              to the session's process group
    here:   {"started": n, "pid": p}, {"ended": n, "status": s}    s as `os.waitstatus_to_exitcode`
    here:   {"refused": n or null, "why": …}        what was asked for can't be done, and nothing was

What a person sent stands in the ticket alone, which this process never reads: the session does. Everybody's
session hangs on this process, so nothing that it is sent, and nothing that the system refuses it, ends it
(threat 31). Only this process reaps sessions, so a signal never meets a process number used anew.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any, NoReturn

from tui.front import confine, session
from tui.front.incident import describe
from tui.front.preload import preload

LONGEST_MESSAGE = 65_536
DESCRIPTORS = 5
PAUSE = 0.05
"""Seconds before what the system refused for now is tried again."""


class OrderRefused(Exception):
    """An order that can't be carried out; the message says why, without a word of what was sent."""


class WarmParent:
    """The loop of this process. ``control`` is its end of the socket to the server."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pids: dict[int, int] = {}
        self._untold: deque[bytes] = deque()
        self._entry = self._plain = ""
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def prepare(self) -> bool:
        """Import the modules that the server names and tell the server that this process is ready; or tell it
        what failed and return False."""
        order = json.loads(self._control.recv(LONGEST_MESSAGE))
        self._entry, self._plain = order["entry"], order["plain"]
        try:
            self._load_modules(order["home"])
        except Exception as error:
            self._tell_server({"failed": describe(error), "reason": str(error)})
            return False
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._tell_server({"ready": os.getpid()})
        return True

    def run(self) -> None:
        """Fork a session for each order of the server until it closes its end; then kill the sessions
        left."""
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        serving, patience = True, None
        while serving:
            try:
                serving = self._serve_events(poll, patience)
                patience = None
            except Exception as error:  # a system call that failed, no memory: the next turn comes at once
                patience = 0
                if not self._untold:
                    self._tell_server({"refused": None, "why": _kind(error)})
                time.sleep(PAUSE)
        for pid in self._pids.values():
            _signal_group(pid, signal.SIGKILL)

    def _serve_events(self, poll: select.poll, patience: int | None) -> bool:
        """Wait, at most ``patience``, and handle orders and ended sessions; return False if the server is
        gone."""
        poll.register(self._control, select.POLLIN | (select.POLLOUT if self._untold else 0))
        serving = True
        for descriptor, event in poll.poll(patience):
            if descriptor == self._woken:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            elif event & ~select.POLLOUT:
                serving = self._obey()
        self._reap()
        self._tell_the_rest()
        return serving

    def _load_modules(self, home: str) -> None:
        preload(self._entry, self._plain, home)

    def _become_session(self, ticket: bytes, descriptors: list[int], parent: int) -> NoReturn:
        session.run(ticket, descriptors, parent, self._entry, self._plain)

    def _obey(self) -> bool:
        """Carry out one order, or tell the server that it was refused; return False if the server is gone."""
        try:
            data, descriptors, flags, _address = socket.recv_fds(
                self._control, LONGEST_MESSAGE, DESCRIPTORS, socket.MSG_DONTWAIT
            )
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        if not data:
            return False
        number: int | None = None
        try:
            number, order, ticket = read_order(data)
            if flags & socket.MSG_TRUNC:
                raise OrderRefused("truncated")
            if "start" in order:
                self._start(number, ticket, descriptors)
            elif number in self._pids:
                _signal_group(self._pids[number], int(order["number"]))
        except Exception as error:  # whatever it is, it is this order's alone
            self._tell_server({"refused": number, "why": _kind(error)})
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _start(self, number: int, ticket: bytes, descriptors: list[int]) -> None:
        if len(descriptors) != DESCRIPTORS:
            raise OrderRefused("descriptors are missing")
        if number in self._pids:
            raise OrderRefused("there is a session of this number")
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_session(ticket, descriptors, parent)
        self._pids[number] = pid
        self._tell_server({"started": number, "pid": pid})

    def _reap(self) -> None:
        """Tell the server of every session that ended, and kill what it left running."""
        numbers = {pid: number for number, pid in self._pids.items()}
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:  # none is left, however they went
                for lost in list(self._pids):
                    self._tell_end(lost, -signal.SIGKILL)
                return
            if found is None:
                return
            _signal_group(found.si_pid, signal.SIGKILL)
            _pid, status = os.waitpid(found.si_pid, 0)
            number = numbers.pop(found.si_pid, None)
            if number is not None:
                self._tell_end(number, os.waitstatus_to_exitcode(status))
            self._end_orphans()

    def _end_orphans(self) -> None:
        """Kill processes that left a session's group and lost their parent, and so are this one's
        children."""
        sessions = set(self._pids.values())
        with contextlib.suppress(FileNotFoundError):  # a kernel without this list
            for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                if int(child) not in sessions:
                    _signal_leader(int(child), signal.SIGKILL)

    def _tell_end(self, number: int, status: int) -> None:
        del self._pids[number]
        self._tell_server({"ended": number, "status": status})

    def _tell_server(self, message: dict[str, object]) -> None:
        """Send the server a message; later if its end of the socket is full."""
        self._untold.append(json.dumps(message).encode())
        self._tell_the_rest()

    def _tell_the_rest(self) -> None:
        while self._untold:
            try:
                self._control.send(self._untold[0], socket.MSG_DONTWAIT)
            except ConnectionError:  # the server is gone; the next turn says so
                self._untold.clear()
                return
            except OSError:  # full, or no memory for it: the next turn tries again
                return
            self._untold.popleft()


def read_order(data: bytes) -> tuple[int, dict[str, Any], bytes]:
    """Return the session's number, the order, and the ticket behind it. Raises OrderRefused if malformed."""
    head, _newline, ticket = data.partition(b"\n")
    try:
        order = json.loads(head)
        number = order["start"] if "start" in order else order["signal"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise OrderRefused("malformed") from None
    if not isinstance(order, dict) or type(number) is not int:
        raise OrderRefused("malformed")
    return number, order, ticket


def _kind(error: Exception) -> str:
    """Return a word for an error without its text: why an order was refused, the errno's name, or the
    type."""
    if isinstance(error, OrderRefused):
        return str(error)
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, type(error).__name__)
    return type(error).__name__


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        _signal_leader(pid, number)
    except PermissionError:
        pass  # only zombies are left in the group


def _signal_leader(pid: int, number: int) -> None:
    """Send a signal to one process alone, which may not have its own group yet."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def main() -> int:
    """Run ``python -m tui.front.warm DESCRIPTOR``."""
    confine.no_core_files()
    confine.adopt_orphans()
    os.environ.pop("PYTHONPATH", None)
    warm = WarmParent(socket.socket(fileno=int(sys.argv[1])))
    if not warm.prepare():
        return 1
    warm.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
