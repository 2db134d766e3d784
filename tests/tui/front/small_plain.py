"""Plain commands that stand in for the real ones; each shows one thing about its process."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any, BinaryIO

NAMES = frozenset({"echo", "cat", "fail", "crash", "self", "much", "deaf", "attack", "hoard"})


def run(
    argv: list[str],
    session: int,
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: BinaryIO,
    language: str,
    width: int,
    _home: str,
    ssh: str,
) -> int:
    """``echo`` its words, ``cat`` its input, ``fail`` with 3, ``crash``, tell of ``self``, write
    ``much``, be ``deaf``, ``attack`` what it is told of."""
    if argv[0] == "echo":
        stdout.write(" ".join(argv[1:]).encode() + b"\n")
    elif argv[0] == "cat":
        shutil.copyfileobj(stdin, stdout)
    elif argv[0] == "fail":
        stderr.write(b"refused\n")
        return 3
    elif argv[0] == "crash":
        raise LookupError("13800002121")
    elif argv[0] == "self":
        stdout.write(json.dumps({**_about(session, language, width), "ssh": ssh}).encode())
    elif argv[0] == "hoard":
        held = []
        for _count in range(int(argv[1])):
            held.append(bytearray(b"x" * 1_000_000))
        stdout.write(str(len(held)).encode())
    elif argv[0] == "deaf":
        time.sleep(60)
    elif argv[0] == "attack":
        stdout.write(json.dumps(_attack(json.loads(argv[1]))).encode())
    elif argv[0] == "much":
        for _count in range(int(argv[1])):
            stdout.write(b"x" * 1_000_000)
    return 0


def _about(session: int, language: str, width: int) -> dict[str, object]:
    libc, death = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(2, ctypes.byref(death), 0, 0, 0)  # PR_GET_PDEATHSIG
    return {
        "session": session,
        "language": language,
        "width": width,
        "environment": dict(os.environ),
        "descriptors": [fd for fd in range(0, 200) if _is_open(fd)],
        "open": {int(fd): os.readlink(f"/proc/self/fd/{fd}") for fd in _listed()},
        "limits": {
            name: resource.getrlimit(getattr(resource, name))[0]
            for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
        },
        "umask": os.umask(0o077),
        "leader": os.getsid(0) == os.getpid(),
        "folder": os.getcwd(),
        "dumpable": libc.prctl(3, 0, 0, 0, 0),  # PR_GET_DUMPABLE
        "dies_with_parent": death.value,
    }


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _listed() -> list[str]:
    """What /proc lists as open, but the folder that is read for it."""
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]


def _attack(told: dict[str, Any]) -> dict[str, object]:
    """What a session that was taken over gets done: to other processes, with the control socket ``file``,
    with an ``abstract`` socket, and as the listener at ``place``."""
    if told.get("leave"):
        return {"left": int(_in_an_orphan(lambda: str(os.getpid()), stays=True))}
    if "place" in told:
        _lie(told["place"])
        return {}
    child = subprocess.Popen(["/bin/sleep", "60"])
    child.kill()
    killed = child.wait()
    return {
        "signalled": [pid for pid in told["pids"] if _signals(pid)],
        "asked": _asks(told["file"]),
        "orphan_asked": _in_an_orphan(lambda: _asks(told["file"])),
        "abstract": _connects("\0" + told["abstract"]),
        "own_child": killed,
    }


def _lie(place: str) -> None:
    """Answer whoever asks next in the place of a server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(f"{place}.new")
        listening.listen()
        os.rename(f"{place}.new", place)
        connection, _address = listening.accept()
        with connection, contextlib.suppress(ConnectionError):
            connection.recv(4096)  # closing with something unread would take the answer back
            connection.sendall(b'{"lie": true}\n')


def _signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(address)
        except OSError:
            return False
    return True


def _asks(file: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(20)
        line.connect(file)
        try:
            line.sendall(b'{"ask": "stop", "minutes": 0}\n')
            return line.recv(4096).decode()
        except ConnectionError:
            return ""


def _in_an_orphan(work: Callable[[], str], stays: bool = False) -> str:
    """What ``work`` gives in a process of a session of its own whose parent has gone; one that ``stays``."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                time.sleep(0.01)
            os.write(write, work().encode() or b"-")
            if stays:
                os.closerange(0, 256)
                time.sleep(600)  # longer than anybody waits for its end
        os._exit(0)
    os.wait()
    return os.read(read, 4096).decode()
