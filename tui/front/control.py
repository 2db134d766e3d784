"""The line on which a server, or the process behind a console, is asked what it does and told what to do.

A socket in ``run/`` of the state folder for each process, open to its owner and root alone, and among the
owner's processes to none that is held to a session's limits: a session that was taken over has the same user,
and neither asks here nor is believed (threat 36). One question a connection, a line of JSON, answered by
another:

    {"ask": "who"}                      {"kind", "pid", "version", "state", "sessions": […]}
    {"ask": "end", "session": n, "how"} {"ended": bool}
    {"ask": "tell", "text": …}          {"told": n}
    {"ask": "stop", "minutes": n}       {"stopping": true}

A process that was killed leaves its socket behind; whoever asks next removes it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.store.settings import Home
from tui.front import confine

LONGEST = 65_536
PATIENCE = 5.0
"""Seconds the other side has for its line."""
KINDS = ("serve", "console")
_CREDENTIALS = struct.Struct("3i")
_SO_PEERPIDFD = 77

Question = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ControlReply:
    """What goes back; ``after`` is called once it has gone."""

    said: dict[str, Any]
    after: Callable[[], None] = field(default=lambda: None)


Respond = Callable[[Question], Awaitable[ControlReply]]


def socket_of(home: Home, kind: str) -> Path:
    """Return the path of this process's control socket; ``kind`` is serve or console."""
    return home.run / f"{kind}-{os.getpid()}.sock"


def listen(file: Path) -> socket.socket:
    """Create a listening Unix socket at ``file`` for its owner alone, replacing what lay there."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short_address(file) as name:
        made.bind(name)
    file.chmod(0o600)
    made.listen(8)
    made.setblocking(False)
    return made


def is_allowed(connection: socket.socket) -> bool:
    """Return whether the peer, by the kernel's word, is this user or root, and no session."""
    uid = _CREDENTIALS.unpack(_peer(connection))[1]
    return uid in (0, os.getuid()) and not is_session(connection)


def is_session(connection: socket.socket) -> bool:
    """Return whether the peer is a session, a session's child, or gone, when its number may be anybody's."""
    pid, uid, _gid = _CREDENTIALS.unpack(_peer(connection))
    if uid == 0 != os.getuid():
        return False
    return confine.is_confined(pid) or _has_ended(connection)


def _peer(connection: socket.socket) -> bytes:
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)


def _has_ended(connection: socket.socket) -> bool:
    """Return whether the process that connected is gone; call it after looking at its number."""
    try:
        process = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError as error:
        return error.errno != errno.ENOPROTOOPT  # before Linux 6.5 there is but the number
    try:
        poll = select.poll()
        poll.register(process, select.POLLIN)
        return bool(poll.poll(0))
    finally:
        os.close(process)


def read(line: bytes) -> Question:
    """Parse one line of JSON into a question. Raises ValueError."""
    try:
        asked = json.loads(line)
    except RecursionError:
        raise ValueError("a question is not that deep") from None
    if not isinstance(asked, dict):
        raise ValueError("a question is an object")
    return asked


def answer_one(listening: socket.socket, respond: Callable[[Question], dict[str, Any]]) -> None:
    """Accept one connection and answer it by ``respond``, without an event loop; ignore failures."""
    with contextlib.suppress(OSError, ValueError):
        connection, _address = listening.accept()
        with connection:
            if is_allowed(connection):
                answer = respond(read(_receive(connection, PATIENCE)))
                connection.sendall(json.dumps(answer).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, and from which socket it came."""

    file: Path
    said: dict[str, Any]


def pid_of(file: Path) -> str:
    """Return the pid in the name of the socket ``file``."""
    return file.stem.rpartition("-")[2]


def is_listening(file: Path) -> bool:
    """Return whether a process, of any user, listens at ``file``, whether it answers or not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as line:
        try:
            with _short_address(file) as name:
                line.connect(name)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # another user's, or its queue is full
            return True
    return True


def ask_process(file: Path, question: Question, patience: float = 10.0) -> Heard | None:
    """Send ``question`` to the process at ``file`` and return its answer; None if there is none. Deletes a
    dead process's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(patience)
        try:
            with _short_address(file) as name:
                line.connect(name)
            if is_session(line):
                return None
            line.sendall(json.dumps(question).encode() + b"\n")
            data = _receive(line, patience)
        except (ConnectionRefusedError, FileNotFoundError):
            file.unlink(missing_ok=True)
            return None
        except OSError:
            return None
    try:
        return Heard(file, read(data))
    except ValueError:
        return None


def ask_all(home: Home, question: Question, kinds: Sequence[str] = KINDS) -> list[Heard]:
    """Send ``question`` to every other process of this state folder on this host; return their valid
    answers."""
    answers = (ask_process(file, question) for file in sockets_of_others(home, kinds))
    return [heard for heard in answers if heard is not None and is_answer(question, heard.said)]


def sockets_of_others(home: Home, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Return the sockets of all other processes of this state folder on this host."""
    own = {socket_of(home, kind) for kind in kinds}
    files = sorted(file for kind in kinds for file in home.run.glob(f"{kind}-*.sock"))
    return [file for file in files if file not in own]


def is_answer(question: Question, said: Mapping[str, Any]) -> bool:
    """Return whether ``said`` has the form of an answer to ``question``, of any version."""
    if question != {"ask": "who"}:
        return True
    inside = said.get("sessions")
    return (
        isinstance(said.get("pid"), int)
        and all(isinstance(said.get(name), str) for name in ("kind", "state"))
        and isinstance(inside, list)
        and all(isinstance(one, dict) and isinstance(one.get("session"), int) for one in inside)
    )


def _receive(line: socket.socket, patience: float) -> bytes:
    """Receive a line, or what there is of it. Raises TimeoutError after ``patience`` seconds in all."""
    end, data = time.monotonic() + patience, b""
    while not data.endswith(b"\n") and len(data) < LONGEST:
        line.settimeout(max(end - time.monotonic(), 0.001))
        more = line.recv(LONGEST)
        if not more:
            break
        data += more
    return data


@contextlib.contextmanager
def _short_address(file: Path) -> Iterator[str]:
    """Yield a path for ``file`` that fits into a socket's address, however deep its folder is."""
    folder = os.open(file.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{file.name}"
    finally:
        os.close(folder)
