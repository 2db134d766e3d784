"""Taking the door over: from the server that runs, from systemd, and telling systemd of it."""

from __future__ import annotations

import os
import socket

from db.store.settings import Home
from tui.front import control

FIRST_GIVEN = 3
"""The first descriptor that systemd gives (sd_listen_fds(3))."""


def from_predecessor(home: Home) -> list[socket.socket]:
    """The listening sockets of the server of ``home`` that serves now; it lets nobody in from then on."""
    for file in sorted(home.run.glob("serve-*.sock")):
        if file != control.socket_of(home, "serve"):
            heard = control.ask(file, {"ask": "hand-over"}, patience=60)
            if heard is not None and heard.sockets:
                return [socket.socket(fileno=descriptor) for descriptor in heard.sockets]
    return []


def from_systemd() -> list[socket.socket]:
    """The sockets of a socket unit, if this process was started by one."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    given = [socket.socket(fileno=FIRST_GIVEN + number) for number in range(count)]
    for one in given:
        one.set_inheritable(False)
    return given


def tell_systemd(state: str) -> None:
    """Say ``state`` to the service manager, if one started this process (sd_notify(3))."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if name:
        address = "\0" + name[1:] if name.startswith("@") else name
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto(state.encode(), address)
