"""How sessions end: by a crash, a kill, an idle hour, a cut line, the server's stop. None goes unrecorded."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from db.language import LANGUAGES
from tests.tui.front.running import Client, Running, connect, eventually
from tui.front import ssh_options
from tui.front.incident import FAREWELLS, RESTORE, farewell
from tui.safe import cells


def _ended(front: Running, session: int, how: str) -> None:
    eventually(lambda: session in front.register.ends, "the end of the session on record")
    assert front.register.ends[session] == [how]


def _open_screen(front: Running, *options_: str) -> tuple[Client, int]:
    client = front.ssh(*options_).sign_in().wait_for("size 80x24")
    return client, front.register.granted[-1]


@pytest.mark.parametrize("how", [*FAREWELLS, "last-day:A.10"])
def test_a_farewell_breaks_no_word_at_the_edge_of_80_columns(how: str) -> None:
    for language in LANGUAGES:
        lines = farewell(how, language).decode().split("\r\n")
        assert max(map(cells, lines)) < 80
        assert len(lines) < 5


@pytest.mark.threat(13)
def test_a_crash_is_an_apology_and_an_incident_number(front: Running) -> None:
    """A number typed by a person makes the screen crash; the number is in a local variable and in the
    exception's message. Neither the person's terminal nor the log shows it."""
    client, session = _open_screen(front, "-o", "SetEnv=LANG=en_GB.UTF-8")
    client.process.send("x")
    raw, status = client.finish()
    assert status == 70
    after = raw[raw.index(RESTORE) :].decode()
    incident = next(line for line in front.log if line.get("session") == session and "incident" in line)
    assert f"{incident['incident']}" in after
    assert "Sorry" in after
    assert incident["error"] == "builtins.ValueError"
    assert any("small_app.py" in frame and frame.endswith(" on_key") for frame in incident["frames"])
    for text in (raw.decode("utf-8", "replace"), json.dumps(front.log)):
        assert "13800002121" not in text
        assert "Traceback" not in text
    _ended(front, session, "crashed")


@pytest.mark.threat(13)
def test_a_crash_of_a_plain_command_goes_to_standard_error(front: Running) -> None:
    raw, status = front.ssh("-o", "SetEnv=LANG=en_GB.UTF-8", "--", "crash").sign_in().finish()
    assert status == 70
    assert b"incident number" in raw
    assert b"\x1b" not in raw
    assert b"13800002121" not in raw
    _ended(front, front.register.granted[-1], "crashed")


@pytest.mark.threat(13)
def test_a_killed_session_leaves_a_usable_terminal(front: Running) -> None:
    """The kernel kills the session (out of memory): nothing of it can run, and the server tidies up."""
    client, session = _open_screen(front)
    client.process.send("k")
    raw, status = client.finish()
    assert status == 70
    assert RESTORE in raw
    assert any(line.get("signal") == "SIGKILL" and line["session"] == session for line in front.log)
    _ended(front, session, "killed")


def test_an_idle_session_is_ended_with_a_word(start: Callable[..., Running]) -> None:
    front = start(idle_seconds=1.0)
    raw, status = front.ssh("-o", "SetEnv=LANG=en_GB.UTF-8").sign_in().finish()
    assert status == 1
    assert b"Nothing was typed for a long time" in raw
    _ended(front, front.register.granted[-1], "idle")


@pytest.mark.parametrize(
    ("how", "said"),
    [("disabled", "Your account was disabled"), ("replaced", "Your password or"), ("crashed", "An admin")],
)
def test_who_is_shut_out_by_others_is_out_without_a_key(front: Running, how: str, said: str) -> None:
    client, session = _open_screen(front, "-o", "SetEnv=LANG=en_GB.UTF-8")
    front.register.ended[session] = how
    raw, status = client.finish()
    assert (status, said in raw.decode().split("\x1b[?1049l")[-1]) == (1, True)
    _ended(front, session, how if how != "crashed" else "ended")


@pytest.mark.threat(16)
async def test_200_cut_lines_leave_no_process(start: Callable[..., Running]) -> None:
    """The attacker, or a train in a tunnel, cuts 200 lines: at the first screen, before it, while a
    session is deaf to the hang-up and spins, and in plain commands. After 10 s no process is left and
    each end is on record."""
    front = start(per_source=50)
    for batch in range(10):
        await asyncio.gather(*(_cut(front, batch * 20 + number) for number in range(20)))
    assert len(front.register.granted) == 200
    await asyncio.to_thread(eventually, lambda: not front.sessions(), "the end of every process", 10)
    await asyncio.to_thread(eventually, lambda: len(front.register.ends) == 200, "every end on record", 10)
    assert set(map(tuple, front.register.ends.values())) == {("cut",)}


async def _cut(front: Running, number: int) -> None:
    conn = await connect(front.port)
    if number % 4 == 3:
        await conn.create_process("cat")
    else:
        process = await conn.create_process(term_type="xterm", encoding=None)
        if number % 4:
            await process.stdout.read(1)
        if number % 4 == 2:
            process.stdin.write(b"s")
            await asyncio.sleep(0.1)
    conn.abort()


@pytest.mark.threat(16)
def test_a_client_that_vanished_is_noticed(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's machine is switched off: no byte comes any more, not even the end of the line."""
    monkeypatch.setattr(ssh_options, "KEEPALIVE", 2.0)
    front = start()
    client, session = _open_screen(front)
    client.process.kill(signal.SIGSTOP)
    _ended(front, session, "cut")
    eventually(lambda: not front.sessions(), "the end of the process")
    client.process.kill(signal.SIGKILL)


@pytest.mark.threat(16)
def test_the_end_of_the_server_ends_the_sessions_with_a_word(tmp_path: Path) -> None:
    made = Running(tmp_path)
    client, session = _open_screen(made, "-o", "SetEnv=LANG=en_GB.UTF-8")
    parent, pids = made.front.spawner.pid, made.sessions()
    made.close()
    raw, status = client.finish()
    assert status == 1
    assert b"being stopped" in raw
    assert made.register.ends == {session: ["stopped"]}
    assert not any(_alive(pid) for pid in (parent, *pids))


@pytest.mark.threat(16)
def test_sessions_do_not_outlive_a_killed_warm_parent(start: Callable[..., Running]) -> None:
    """The warm parent is killed: its sessions go with it, and their ends are on record."""
    front = start()
    _client, session = _open_screen(front)
    pids = front.sessions()
    os.kill(front.front.spawner.pid, signal.SIGKILL)
    eventually(lambda: not any(_alive(pid) for pid in pids), "the end of the process")
    _ended(front, session, "killed")


async def test_a_slow_client_slows_the_session_down_and_loses_nothing(front: Running) -> None:
    """A command writes 20 MB to a client that does not read; the server keeps a few buffers, not 20 MB."""
    async with connect(front.port) as conn:
        process = await conn.create_process("much 20", encoding=None, window=65536)
        await asyncio.sleep(1.0)
        lifecycle = front.front.inside()[-1]
        assert lifecycle._line is not None
        assert lifecycle._line.opened.get_write_buffer_size() < 1_000_000
        total = 0
        while chunk := await process.stdout.read(1_000_000):
            total += len(chunk)
        assert total == 20_000_000
        assert (await process.wait()).exit_status == 0


async def test_a_large_input_comes_through_byte_for_byte(front: Running) -> None:
    """``ssh HOST evidence add NAME < FILE`` with a binary file of 5 MB."""
    data = os.urandom(5_000_000)
    async with connect(front.port) as conn:
        process = await conn.create_process("cat", encoding=None)
        process.stdin.write(data)
        process.stdin.write_eof()
        assert await process.stdout.read() == data
        assert (await process.wait()).exit_status == 0


@pytest.mark.threat(16)
async def test_a_closed_channel_ends_the_session_on_an_open_line(front: Running) -> None:
    """The attacker closes the channel of a session that does not listen, and keeps the connection."""
    async with connect(front.port) as conn:
        process = await conn.create_process("deaf", encoding=None)
        await asyncio.to_thread(eventually, lambda: bool(front.sessions()), "the process")
        session = front.register.granted[-1]
        process.channel.abort()
        await asyncio.to_thread(_ended, front, session, "cut")
        await asyncio.to_thread(eventually, lambda: not front.sessions(), "the end of the process")


async def test_the_house_is_full(start: Callable[..., Running]) -> None:
    """No more sessions than the settings allow; the next one is refused and its sign-in ended."""
    front = start(sessions=2)
    first, second = await connect(front.port), await connect(front.port)
    for conn in (first, second):
        await conn.create_process("cat")
    shut_out = front.ssh("-o", "LogLevel=INFO", "--", "cat")
    raw, status = shut_out.finish()
    assert status == 255
    assert "已登录的人数过多" in raw.decode()
    assert b"Too many people are inside" in raw
    assert b"Password" not in raw, "it is said before anybody is asked"
    first.abort()
    second.abort()
    await asyncio.to_thread(eventually, lambda: len(front.register.ends) == 2, "every end on record")


async def test_who_comes_in_beside_the_last_is_told_so_in_their_language(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There was room when they were asked, and none any more when they had answered."""
    front = start(sessions=1)
    first = await connect(front.port)
    await first.create_process("cat")
    monkeypatch.setattr(front.front, "is_full", lambda: False)
    for language, said in (
        ("zh_CN.UTF-8", "本机暂时无法开始新的会话"),
        ("en", "begin another session just now"),
    ):
        async with connect(front.port) as second:
            told = await second.run("cat", env={"LANG": language}, check=False)
            assert (told.exit_status, said in str(told.stderr)) == (1, True)
    first.abort()
    await asyncio.to_thread(eventually, lambda: len(front.register.ends) == 3, "every end on record")


def test_an_end_that_the_database_refuses_is_tried_again(front: Running) -> None:
    failures = iter([OSError("disk full"), OSError("disk full")])

    def refuse_twice(session: int, how: str) -> None:
        for failure in failures:
            raise failure
        front.register.end(session, how)

    original, front.front._end_session = front.front._end_session, refuse_twice
    try:
        front.ssh("--", "echo").sign_in().finish()
        _ended(front, front.register.granted[-1], "closed")
    finally:
        front.front._end_session = original
    assert sum(line["event"] == "end-not-recorded" for line in front.log) == 2


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
