"""Threat 36, as far as it goes without a wall: a session that was taken over has the user and the files of
the service, and yet signals nobody, gives no orders to a server, is believed by none, and is handed no
socket.

The attacker runs whatever they like in a session's process: the plain command ``attack`` stands in for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tui.front.running import PATIENCE, ROOT, Running, connect, eventually
from tui.front import confine, control
from tui.front.control import ControlReply, Question, ask_process
from tui.front.control_server import Control
from tui.front.takeover import PREDECESSOR, Heir, Predecessor, tell_systemd

pytestmark = pytest.mark.threat(36)


async def attack(front: Running, **told: Any) -> dict[str, Any]:
    """What the attacker gets done."""
    async with connect(front.port) as conn:
        process = await conn.create_process(f"attack '{json.dumps(told)}'")
        done: dict[str, Any] = json.loads(await process.stdout.read())
        return done


class Asked:
    """A control socket that notes what it is asked."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    async def respond(self, question: Question) -> ControlReply:
        self.questions.append(question)
        return ControlReply({"heard": True})


async def test_a_session_signals_nobody_and_orders_nothing(front: Running, tmp_path: Path) -> None:
    """It tries the server, the parent of the sessions and another person's session; it asks the server to
    stop, by itself and from a process whose parent it has left; it connects to an abstract socket of the
    service."""
    victim = front.ssh().sign_in().wait_for("size 80x24")
    asked, file = Asked(), tmp_path / "serve-1.sock"
    server = Control(file, asked.respond)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as abstract:
        abstract.bind(f"\0mingce-{os.getpid()}")
        abstract.listen()
        done = await attack(
            front,
            pids=[os.getpid(), front.front.spawner.pid, max(front.sessions())],
            file=str(file),
            abstract=f"mingce-{os.getpid()}",
        )
    assert done == {
        "signalled": [],
        "asked": "",
        "orphan_asked": "-",
        "abstract": False,
        "own_child": -9,
    }
    assert asked.questions == []
    heard = await asyncio.to_thread(ask_process, file, {"ask": "who"})
    assert heard is not None
    assert asked.questions == [{"ask": "who"}]
    await server.close()
    victim.process.send("q")
    victim.finish()


async def test_a_session_that_answers_in_a_servers_place_is_not_believed(
    front: Running, tmp_path: Path
) -> None:
    file = tmp_path / "serve-1.sock"
    lying = asyncio.create_task(attack(front, place=str(file)))
    await asyncio.to_thread(eventually, file.exists, "the attacker's socket")
    heard = await asyncio.to_thread(ask_process, file, {"ask": "who"})
    assert heard is None
    await lying


async def test_who_asked_and_has_gone_is_nobody(tmp_path: Path) -> None:
    """A session's child connects and ends, another keeps the line until a process of ours has its number."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        ready, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            line.connect(str(tmp_path / "socket"))
            os.read(ready, 1)
            os._exit(0)
        connection, _address = listening.accept()
        with line, connection:
            assert control.is_allowed(connection)
            os.write(go, b".")
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            assert not control.is_allowed(connection)
            os.waitpid(pid, 0)
            assert not control.is_allowed(connection)
    for descriptor in (ready, go):
        os.close(descriptor)


async def test_what_a_session_leaves_behind_ends_with_it(front: Running) -> None:
    """It forks twice and begins a session of its own, out of reach of a signal to its group."""
    victim = front.ssh().sign_in().wait_for("size 80x24")
    left = (await attack(front, leave=True))["left"]
    await asyncio.to_thread(
        eventually, lambda: not Path(f"/proc/{left}").exists(), "the end of what was left"
    )
    victim.process.send("n")
    victim.wait_for("pressed 1 times")
    victim.process.send("q")
    victim.finish()


def test_a_process_out_of_sight_is_nobody() -> None:
    """The kernel gives 0 for one outside this container, and takes 0 for whoever asks."""
    assert confine.is_confined(0)
    assert not confine.is_confined(os.getpid())


async def test_a_session_holds_nothing_of_anybody_else(front: Running) -> None:
    """Its own three, its report and its news; no socket, no terminal of others, no database before it opens
    one."""
    victim = front.ssh().sign_in().wait_for("size 80x24")
    async with connect(front.port) as conn:
        process = await conn.create_process("self", term_type="xterm")
        about = json.loads(await process.stdout.read())
    held = {int(number): what for number, what in about["open"].items()}
    assert set(held) == {0, 1, 2, 3, 4}
    assert {what.partition(":")[0] for number, what in held.items() if number > 2} == {"pipe"}
    (terminal,) = {held[number] for number in (0, 1, 2)}
    assert terminal.startswith("/dev/pts/")
    other = os.readlink(f"/proc/{max(set(front.sessions()))}/fd/0")
    assert other != terminal
    victim.process.send("q")
    victim.finish()


async def test_a_kernel_that_cannot_keep_it_apart_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "knows_scopes", lambda: False)
    pid = os.fork()
    if pid == 0:
        os._exit(int(confine.keep_to_itself()))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


async def test_only_the_child_that_was_started_for_it_is_handed_the_sockets() -> None:
    """It inherits one end of a pair; nobody finds that by name."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heir = Heir([sys.executable, "-c", SUCCESSOR], {**os.environ, "PYTHONPATH": str(ROOT)})
        assert await heir.is_warm()
        heir.hand_over([listening.fileno()])
        with socket.create_connection(listening.getsockname(), timeout=PATIENCE) as line:
            assert await asyncio.to_thread(line.recv, 10) == b"successor"
        assert await heir.wait_for_end() == 0


SUCCESSOR = """
from tui.front.takeover import Predecessor
import os, subprocess, sys
predecessor = Predecessor()
(one,) = predecessor.sockets()
assert not one.get_inheritable() and "MINGCE_PREDECESSOR" not in os.environ
assert Predecessor().sockets() == [], "it is taken once"
connection, _address = one.accept()
connection.sendall(b"successor")
"""


async def test_a_successor_that_does_not_come_up_is_handed_nothing() -> None:
    heir = Heir([sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    assert not await heir.is_warm()
    with pytest.raises(OSError, match=r"pipe|reset"):
        heir.hand_over([0])
    assert await heir.wait_for_end() == 3
    with pytest.raises(FileNotFoundError):
        Heir(["/nonexistent"], os.environ)


def test_without_a_predecessor_there_are_no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Predecessor().sockets() == []
    ours, theirs = socket.socketpair()
    monkeypatch.setenv(PREDECESSOR, str(theirs.detach()))
    ours.close()
    assert Predecessor().sockets() == []


def test_a_service_manager_that_does_not_listen_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "none"))
    tell_systemd("READY=1")
