"""Taking the door over: from the server that started this one, from systemd, and telling systemd of it.

A server that is told to renew itself starts its successor with one end of a socket pair. Whoever has that end
is given the listening sockets and nobody else: a process that merely has the same user has no such end
(threat 36).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence

FIRST_GIVEN = 3
"""The first descriptor that systemd gives (sd_listen_fds(3))."""
PREDECESSOR = "MINGCE_PREDECESSOR"
"""In the environment of a successor: the number of its end of the pair."""
PATIENCE = 60.0
"""Seconds for the server that serves now to let go."""
MOST_SOCKETS = 16
_WARM = b"w"


class Heir:
    """The server's side: one successor, started by this process, and the line to it alone."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start ``command``. Raises OSError."""
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this process's own command
                    command,
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env={**environment, PREDECESSOR: str(theirs.fileno())},
                )
            except OSError:
                self._line.close()
                raise

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    async def is_warm(self) -> bool:
        """Wait until the successor can take over; return False if it ended before."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._line, 1) == _WARM
        except ConnectionError:
            return False

    def hand_over(self, sockets: Sequence[int]) -> None:
        """Send the successor the descriptors ``sockets``. Raises OSError if it has gone."""
        socket.send_fds(self._line, [_WARM], list(sockets))

    async def wait_for_end(self) -> int:
        """Close the line to the successor, wait for its end, and return its exit status. It may outlive this
        process."""
        self._line.close()
        while (status := self._process.poll()) is None:
            await asyncio.sleep(1)
        return status


class Predecessor:
    """The successor's side. Take it from the environment before any other process is started."""

    def __init__(self) -> None:
        number = os.environ.pop(PREDECESSOR, "")
        self._line = socket.socket(fileno=int(number)) if number else None
        if self._line is not None:
            self._line.set_inheritable(False)

    def sockets(self) -> list[socket.socket]:
        """Tell the server that started this one that this one is warm, and return its listening sockets.
        Return [] if there is none, or it does not answer within `PATIENCE`."""
        if self._line is None:
            return []
        with self._line as line, contextlib.suppress(OSError):
            line.settimeout(PATIENCE)
            line.sendall(_WARM)
            _data, descriptors, _flags, _address = socket.recv_fds(line, 1, MOST_SOCKETS)
            return [_adopt_socket(descriptor) for descriptor in descriptors]
        return []


def _adopt_socket(descriptor: int) -> socket.socket:
    one = socket.socket(fileno=descriptor)
    one.set_inheritable(False)
    return one


def from_systemd() -> list[socket.socket]:
    """Return the sockets of a systemd socket unit that started this process; [] without one."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    return [_adopt_socket(FIRST_GIVEN + number) for number in range(count)]


def tell_systemd(state: str) -> None:
    """Send ``state`` to the service manager, if one started this process (sd_notify(3)); ignore failures."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if name:
        address = "\0" + name[1:] if name.startswith("@") else name
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, kind) as line:
            line.sendto(state.encode(), address)
