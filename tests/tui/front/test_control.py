"""The line on which a running server is asked what it does."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tui.front.running import PATIENCE, Running
from tui.front import control, control_server
from tui.front.control import ControlReply, Question, answer_one, ask_process, listen
from tui.front.control_server import Control
from tui.front.server import Stop
from tui.front.steering import Steering


async def test_a_moment_without_free_descriptors_does_not_end_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrators of the host need it most when the machine is at its limits."""
    loop = asyncio.get_running_loop()
    accept, failed = loop.sock_accept, 0

    async def fails_first(listening: socket.socket) -> object:
        nonlocal failed
        if not failed:
            failed += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return await accept(listening)

    async def respond(question: Question) -> ControlReply:
        return ControlReply({"heard": question["ask"]})

    monkeypatch.setattr(loop, "sock_accept", fails_first)
    file = tmp_path / "serve-1.sock"
    control = Control(file, respond)
    heard = await asyncio.to_thread(ask_process, file, {"ask": "who"})
    assert heard is not None
    assert (failed, heard.said) == (1, {"heard": "who"})
    await control.close()
    assert not file.exists()


HOSTILE = [
    b"\xff\n", b"{\n", b"[" * 60_000 + b"\n", b"[]\n", b"7\n", b"null\n", b"{}\n", b'{"ask": []}\n',
    b'{"ask": "stop", "minutes": NaN}\n', b'{"ask": "stop", "minutes": Infinity}\n',
    b'{"ask": "stop", "minutes": -1}\n', b'{"ask": "stop", "minutes": 1e308}\n',
    b'{"ask": "stop", "minutes": 99999999999}\n', b'{"ask": "stop", "minutes": "5"}\n',
    b'{"ask": "end", "session": 1e3, "how": "ended"}\n', b'{"ask": "end", "session": 1}\n',
    b'{"ask": "end", "session": ' + b"9" * 5000 + b', "how": "ended"}\n',
    b'{"ask": "tell", "text": "' + b"x" * 40_000 + b'"}\n', b'{"ask": "tell", "text": ["x"]}\n',
    b'{"ask": "hand-over"}\n', b"x" * 200_000,
]  # fmt: skip


@pytest.mark.threat(31, 36)
async def test_no_question_stops_the_server_or_its_line(
    start: Callable[..., Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that is none would be waited for; brackets without end are deeper than Python goes; nobody is
    handed the sockets for asking."""
    failed: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    running, stop = start(), Stop()

    async def let_go() -> None:
        """Nothing runs beside it."""

    steering = Steering(running.front, tmp_path, stop, 5, let_go, lambda: None)  # type: ignore[arg-type]
    file = tmp_path / "serve-1.sock"
    server = Control(file, steering.respond)
    for content in HOSTILE:
        said = await _raw(file, content)
        assert said in ({}, {"refused": "there is no such question"}, {"ended": False}), (content[:60], said)
    assert not stop.asked.is_set()
    heard = await asyncio.to_thread(ask_process, file, {"ask": "who"})
    assert heard is not None
    assert heard.said["state"] == "serving"
    await server.close()
    assert failed == []


async def _raw(file: Path, content: bytes) -> dict[str, Any]:
    reader, writer = await asyncio.open_unix_connection(str(file))
    said = b""
    try:
        writer.write(content)
        writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            said = await reader.read()
    except ConnectionError:
        pass  # hung up before all was sent
    finally:
        writer.close()
    answer: dict[str, Any] = json.loads(said or b"{}")
    return answer


@pytest.mark.threat(31)
async def test_of_questions_at_once_some_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = most = 0

    async def respond(question: Question) -> ControlReply:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        at_once -= 1
        return ControlReply({"heard": question["ask"]})

    monkeypatch.setattr(control_server, "MOST_TALKS", 3)
    server = Control(tmp_path / "serve-1.sock", respond)
    answers = await asyncio.gather(
        *(_raw(tmp_path / "serve-1.sock", b'{"ask": "who"}\n') for _count in range(8))
    )
    assert (answers, most) == ([{"heard": "who"}] * 8, 3)
    await server.close()


@pytest.mark.threat(31)
@pytest.mark.parametrize("content", [b"[" * 60_000 + b"\n", b"\xff\n", b"[]\n", b'{"ask"'])
def test_no_question_ends_the_process_behind_a_console(tmp_path: Path, content: bytes) -> None:
    with listen(tmp_path / "console-1.sock") as listening, socket.socket(socket.AF_UNIX) as line:
        line.connect(str(tmp_path / "console-1.sock"))
        line.sendall(content)
        line.shutdown(socket.SHUT_WR)
        answer_one(listening, lambda question: {"heard": len(question)})
        assert line.recv(100) == b""


@pytest.mark.threat(31)
def test_who_asks_a_byte_at_a_time_does_not_hold_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process behind a console watches its session meanwhile, and would not see that the line is cut."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"x")
        monkeypatch.setattr(time, "monotonic", iter([0.0, 1.0, 6.0, 6.0]).__next__)
        with pytest.raises(TimeoutError):
            control._receive(ours, 5.0)
