"""The warm parent: one process, one thread, no event loop, from which every session is forked.

It is a fresh interpreter started before the server opens its door. It talks to the server over one
SEQPACKET socket in JSON:

    server: {"entry", "plain", "home"}              what to load
    here:   {"ready": pid} or {"failed": {...}}
    server: {"start": n, "ticket": text} + 5 descriptors
    server: {"signal": n, "number": k}              to the session's process group
    here:   {"started": n, "pid": p}, {"ended": n, "status": s}    s as `os.waitstatus_to_exitcode`

Only this process reaps sessions, so a signal never meets a process number used anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any, NoReturn

from tui.front import confine, session
from tui.front.incident import describe
from tui.front.preload import preload

LONGEST_MESSAGE = 65_536
DESCRIPTORS = 5


class WarmParent:
    """The loop of this process. ``control`` is its end of the socket to the server."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pids: dict[int, int] = {}
        self._entry = self._plain = ""
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def prepare(self) -> bool:
        """Load what the server names; False where that failed, after telling the server how."""
        order = json.loads(self._control.recv(LONGEST_MESSAGE))
        self._entry, self._plain = order["entry"], order["plain"]
        try:
            self._load(order["home"])
        except Exception as error:
            self._tell({"failed": describe(error), "reason": str(error)})
            return False
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._tell({"ready": os.getpid()})
        return True

    def run(self) -> None:
        """Serve until the server closes its end, then kill what is left."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        serving = True
        while serving:
            for descriptor, _event in poll.poll():
                if descriptor == self._woken:
                    os.read(self._woken, 4096)
                else:
                    serving = self._obey()
            self._reap()
        for pid in self._pids.values():
            _signal_group(pid, signal.SIGKILL)

    def _load(self, home: str) -> None:
        preload(self._entry, self._plain, home)

    def _become(self, ticket: str, descriptors: list[int], parent: int) -> NoReturn:
        session.run(ticket, descriptors, parent, self._entry, self._plain)

    def _obey(self) -> bool:
        try:
            text, descriptors, _flags, _address = socket.recv_fds(self._control, LONGEST_MESSAGE, DESCRIPTORS)
        except ConnectionError:
            return False
        if not text:
            return False
        order: dict[str, Any] = json.loads(text)
        if "start" in order:
            self._start(int(order["start"]), str(order["ticket"]), descriptors)
        else:
            pid = self._pids.get(int(order["signal"]))
            if pid is not None:
                _signal_group(pid, int(order["number"]))
        return True

    def _start(self, number: int, ticket: str, descriptors: list[int]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become(ticket, descriptors, parent)
        for descriptor in descriptors:
            os.close(descriptor)
        self._pids[number] = pid
        self._tell({"started": number, "pid": pid})

    def _reap(self) -> None:
        """Report every session that ended; what it left running in its group ends with it."""
        numbers = {pid: number for number, pid in self._pids.items()}
        while numbers:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return
            _signal_group(found.si_pid, signal.SIGKILL)
            _pid, status = os.waitpid(found.si_pid, 0)
            number = numbers.pop(found.si_pid, None)
            if number is not None:
                del self._pids[number]
                self._tell({"ended": number, "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, object]) -> None:
        with contextlib.suppress(ConnectionError):  # the server is gone; the next poll says so
            self._control.send(json.dumps(message).encode())


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        _signal_leader(pid, number)
    except PermissionError:
        pass  # only zombies are left in the group


def _signal_leader(pid: int, number: int) -> None:
    """A child that has not yet made its own group is signalled alone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def main() -> int:
    """Entry of ``python -m tui.front.warm DESCRIPTOR``."""
    confine.no_core_files()
    os.environ.pop("PYTHONPATH", None)
    warm = WarmParent(socket.socket(fileno=int(sys.argv[1])))
    if not warm.prepare():
        return 1
    warm.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
