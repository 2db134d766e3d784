"""Threat 31: the parent of all sessions outlives whatever it is sent and whatever the system refuses it, and
says so; the server reads its answers with the same care."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.descriptors import open_descriptors
from tests.tui.front.running import PATIENCE, Running, eventually
from tui.front.warm import LONGEST_MESSAGE, WarmParent

pytestmark = pytest.mark.threat(31)


class Parent(WarmParent):
    """Its sessions sleep until they are killed. Other children of this process are others' matter."""

    def _end_orphans(self) -> None:
        """Nobody is."""

    def _become_session(self, ticket: bytes, descriptors: list[int], parent: int) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        os.closerange(3, 1000)  # among them the server's end, which is this process's too
        while True:
            signal.pause()


class Line:
    """The server's end of the socket, and which descriptors this process had open."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        control.settimeout(PATIENCE)
        self.opened = open_descriptors()

    def order(self, message: bytes, descriptors: int = 0) -> None:
        """Send ``message`` with so many descriptors, which are closed here."""
        given = [os.open("/dev/null", os.O_RDONLY) for _count in range(descriptors)]
        socket.send_fds(self.control, [message], given)
        for descriptor in given:
            os.close(descriptor)

    def heard(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.control.recv(LONGEST_MESSAGE))
        return answer

    def start(self, number: int) -> int:
        """Start a session; its process number."""
        self.order(b'{"start":%d}\n{}' % number, 5)
        heard = self.heard()
        assert heard["started"] == number
        return int(heard["pid"])

    def still_works(self) -> None:
        """A session is started and ended, and no descriptor of what was refused is left."""
        pid = self.start(99)
        self.order(b'{"signal":99,"number":%d}' % signal.SIGTERM)
        assert self.heard() == {"ended": 99, "status": -signal.SIGTERM}
        assert not Path(f"/proc/{pid}").exists()
        assert open_descriptors() <= self.opened


@pytest.fixture
def line() -> Iterator[Line]:
    """A parent in a thread of this process, so that a test can take the system's answers away."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = Parent(theirs)
    thread = threading.Thread(target=parent.run, daemon=True)
    before, woken = signal.getsignal(signal.SIGCHLD), signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(parent._wake, warn_on_full_buffer=False)
    thread.start()
    yield Line(ours)
    ours.close()
    thread.join(PATIENCE)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, before)
    assert not thread.is_alive()
    theirs.close()


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (b"\xff\xfe", None),
        (b"{", None),
        (b"[" * 60_000, None),
        (b"[]", None),
        (b'"start"', None),
        (b"{}", None),
        (b'{"start":"1"}\n{}', None),
        (b'{"start":true}\n{}', None),
        (b'{"start":1e999}\n{}', None),
        (b'{"start":7}\n{}', 7),
        (b'{"start":1}\n{}', 1),
        (b'{"start":1}\n' + b"x" * LONGEST_MESSAGE, 1),
        (b'{"signal":1}', 1),
        (b'{"signal":1,"number":"HUP"}', 1),
        (b'{"signal":1,"number":4000}', 1),
        (b'{"signal":1,"number":' + b"9" * 4000 + b"}", 1),
    ],
    ids=lambda one: repr(one)[:30],
)
def test_an_order_that_is_none_is_said_to_be_and_ends_nothing(
    line: Line, message: bytes, number: int | None
) -> None:
    """Malformed, cut off, without its descriptors, for a session that there is already, of no signal."""
    line.start(1)
    line.order(message, 0 if b'"signal"' in message or message.startswith(b'{"start":7') else 5)
    heard = line.heard()
    assert (heard["refused"], len(heard["why"]) < 60) == (number, True)
    line.still_works()


def test_an_order_for_a_session_that_has_gone_is_none_of_anybody_s(line: Line) -> None:
    line.order(b'{"signal":12,"number":9}')
    line.still_works()


def test_an_order_that_was_cut_off_is_not_half_carried_out(line: Line) -> None:
    line.order(b'{"start":1}\n' + b"x" * LONGEST_MESSAGE, 5)
    assert line.heard() == {"refused": 1, "why": "truncated"}
    line.still_works()


@pytest.mark.parametrize("word", [errno.EAGAIN, errno.ENOMEM])
def test_a_fork_that_fails_refuses_that_one(line: Line, monkeypatch: pytest.MonkeyPatch, word: int) -> None:
    def fork() -> int:
        raise OSError(word, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fork", fork)
        line.order(b'{"start":1}\n{}', 5)
        assert line.heard() == {"refused": 1, "why": errno.errorcode[word]}
    line.still_works()


def test_sessions_whose_process_is_gone_without_a_trace_have_ended(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """waitid(2) knows of no child (ECHILD), where the list still has one."""
    pid = line.start(1)

    def waitid(*_arguments: object) -> None:
        raise ChildProcessError(errno.ECHILD, "No child processes")

    with monkeypatch.context() as patch:
        patch.setattr(os, "waitid", waitid)
        line.order(b'{"signal":12,"number":9}')
        assert line.heard() == {"ended": 1, "status": -signal.SIGKILL}
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}").exists(), "the parent reaps it, who has to be the only one")
    line.still_works()


def test_a_call_that_fails_once_is_made_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = line.start(1)
    original, failures = os.waitid, [OSError(errno.EIO, "Input/output error"), MemoryError()]

    def waitid(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return original(*arguments)

    monkeypatch.setattr(os, "waitid", waitid)
    os.kill(pid, signal.SIGKILL)
    told = [line.heard() for _count in range(3)]
    assert [one.get("why") for one in told[:2]] == ["MemoryError", "EIO"]
    assert told[2] == {"ended": 1, "status": -signal.SIGKILL}
    line.still_works()


def test_what_does_not_fit_into_the_socket_is_told_later(line: Line) -> None:
    """The server is busy for a while: ten thousand answers wait, and none is lost."""
    for _count in range(10_000):
        line.order(b"{")
    for _count in range(10_000):
        assert line.heard() == {"refused": None, "why": "malformed"}
    line.still_works()


def test_the_server_reads_what_it_is_told_with_the_same_care(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that are none, and of sessions that nobody knows."""
    front = start()
    client = front.ssh().sign_in().wait_for("size 80x24")
    spawner = front.front.spawner
    answers = [
        b"\xff", b"[" * 60_000, b"[]", b"7", b"{}",
        b'{"started":1}', b'{"ended":1}', b'{"refused":[],"why":1}',
        b'{"ended":1,"status":"x"}', b'{"ended":77,"status":1}',
        b'{"ended":1,"status":1e999}', b'{"started":77,"pid":1}',
        b'{"refused":77,"why":"EAGAIN"}', b'{"refused":1,"why":"too late"}', b'{"started":[],"pid":1}',
    ]  # fmt: skip
    with socket.socket(fileno=os.dup(spawner._control.fileno())) as real:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for answer in answers:
            theirs.send(answer)
        ours.setblocking(False)
        with ours, theirs, monkeypatch.context() as patch:
            patch.setattr(spawner, "_control", ours)
            front.call(_hear(spawner._read_messages))
        assert real.fileno() > 0
    client.process.send("n")
    client.wait_for("pressed 1 times")
    client.process.send("q")
    client.finish()
    eventually(lambda: front.register.ends == {1: ["closed"]}, "the end of the session on record")
    told = [line["event"] for line in front.log]
    assert "warm-parent-unread" in told
    assert "warm-parent-refused" in told


async def _hear(hear: Callable[[], None]) -> None:
    hear()
