"""Threat 31: what one person sends, or the system refuses one person, is felt by nobody else.

In each test somebody is at work on a screen; at its end the same process answers them, and the parent of all
sessions is the one that it was.
"""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from tests.descriptors import open_descriptors
from tests.tui.front.running import Running, connect, eventually
from tui.front import server
from tui.front.client_command import LONGEST_COMMAND, CommandMistake, read_command
from tui.front.spawner import Spawner
from tui.front.ticket import LONGEST, Ticket, allowed_of

pytestmark = pytest.mark.threat(31)

EMOJI = "😀" * 6000


@contextmanager
def at_work(front: Running) -> Iterator[None]:
    """Somebody works here throughout."""
    client = front.ssh(login="lina").sign_in().wait_for("size 80x24")
    mine, parent = max(front.sessions()), front.front.spawner.pid
    client.process.send("n")
    client.wait_for("pressed 1 times")
    yield
    client.process.send("n")
    client.wait_for("pressed 2 times")
    assert mine in front.sessions()
    assert front.front.spawner.pid == parent
    client.process.send("q")
    client.finish()


async def run(front: Running, command: str, **options: Any) -> tuple[int | None, str]:
    """Exit status of one command, and all that it said."""
    async with connect(front.port, send_env=(), env=options.pop("env", {"LANG": "en_GB.UTF-8"})) as conn:
        process = await conn.create_process(command, **options)
        said = await process.stdout.read() + await process.stderr.read()
        return (await process.wait()).exit_status, str(said)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"echo {EMOJI}", "too long: 24005 bytes, and 8192"),
        ("echo " + "x" * 20_000, "too long"),
        ("echo a\0b", "no text"),
    ],
)
async def test_a_command_that_is_too_long_or_no_text_is_refused_in_words(
    front: Running, command: str, said: str
) -> None:
    """An ordinary employee's ``find`` with 6,000 emoji: they are 24 kB, 84 kB in JSON that is put into
    JSON."""
    with at_work(front):
        status, text = await run(front, command)
        assert (status, said in text) == (2, True), text
        _status, text = await run(front, command, env={"LANG": "zh_CN.UTF-8"})
        assert "请" in text
        assert front.log[-1]["login"] == "zhangwei"


@pytest.mark.parametrize("filler", ["\x01", '"', "\\", "\x7f", "é", "😀"])
async def test_the_longest_command_there_is_comes_through_whatever_it_is_made_of(
    front: Running, filler: str
) -> None:
    """JSON makes six bytes of a control character; two of a quotation mark."""
    words = filler * ((LONGEST_COMMAND - 7) // len(filler.encode()))
    status, said = await run(front, f"echo '{words}'")
    assert (status, said.strip("\n") == words) == (0, True)


async def test_a_terminals_name_goes_through_the_list_of_what_a_client_may_say(front: Running) -> None:
    """``TERM`` of 70 kB, one that moves the cursor, one with a NUL in it."""
    with at_work(front):
        for name in ("x" * 70_000, "x\x1b[2J", "xterm\0", "xterm" * 13):
            _status, said = await run(front, "self", term_type=name)
            assert '"TERM": "dumb"' in said
        _status, said = await run(front, "self", term_type="screen-256color")
        assert '"TERM": "screen-256color"' in said
    assert allowed_of({"TERM": "xterm", "PATH": "/tmp", "LANG": "x" * 65}) == {"TERM": "xterm"}


def test_a_byte_that_is_no_text_is_no_command() -> None:
    with pytest.raises(CommandMistake, match="no text"):
        read_command("echo \udcff", frozenset({"echo"}))


def test_a_ticket_has_a_longest_as_it_is_sent() -> None:
    ticket = Ticket(7, "192.0.2.7", "/srv", "en", True, command=("find", "x"), environment={"TERM": "xterm"})
    room = LONGEST - len(ticket.encode()) + 1
    most = Ticket(
        7, "192.0.2.7", "/srv", "en", True, command=("find", "x" * room), environment={"TERM": "xterm"}
    )
    assert Ticket.decode(most.encode()) == most
    for command in ("x" * (room + 1), "\udcff"):
        with pytest.raises(ValueError, match=r"too long|surrogates"):
            Ticket(1, "::1", "/srv", "en", True, command=(command * 2,)).encode()


async def test_a_machine_without_room_for_a_process_refuses_one_newcomer_in_words(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """fork(2) fails: EAGAIN where the service has all the processes it may have, ENOMEM without memory."""
    monkeypatch.setattr(server, "Spawner", partial(Spawner, parent="tests.tui.front.poor_parent"))
    front = start()
    with at_work(front):
        assert (await run(front, "echo one"))[0] == 0
        for word in ("EAGAIN", "ENOMEM"):
            status, said = await run(front, "echo no")
            assert (status, "another session just now" in said) == (1, True)
            (line,) = [line for line in front.log if line.get("why") == word]
            assert (line["event"], line["login"]) == ("not-started", "zhangwei")
        assert (await run(front, "echo two"))[1] == "two\n"


@pytest.mark.parametrize("screen", [True, False])
async def test_a_machine_without_descriptors_refuses_one_newcomer_in_words(
    front: Running, monkeypatch: pytest.MonkeyPatch, screen: bool
) -> None:
    """openpty(3) and pipe(2) fail in the server, the fourth of them too; none stays open."""
    with at_work(front):
        await run(front, "echo warm")
        opened = open_descriptors()
        original, count = os.pipe2, 0

        def pipe2(flags: int) -> tuple[int, int]:
            nonlocal count
            count += 1
            if count % 4 == 0:
                raise OSError(errno.EMFILE, "Too many open files")
            return original(flags)

        def openpty() -> tuple[int, int]:
            raise OSError(errno.EMFILE, "Too many open files")

        with monkeypatch.context() as patch:
            patch.setattr(os, "pipe2", pipe2)
            patch.setattr(os, "openpty", openpty)
            status, said = await run(front, "echo no", **({"term_type": "xterm"} if screen else {}))
        assert (status, "another session just now" in said) == (1, True)
        assert [line["login"] for line in front.log if line.get("why") == "EMFILE"][-1] == "zhangwei"
        assert (await run(front, "echo yes"))[0] == 0
        eventually(lambda: open_descriptors() <= opened, "every descriptor closed")


async def test_a_parent_without_descriptors_refuses_one_newcomer_and_keeps_none(front: Running) -> None:
    """It is handed five and the kernel has room for two: three are dropped on the way."""
    parent = front.front.spawner.pid
    with at_work(front):
        opened = len(os.listdir(f"/proc/{parent}/fd"))
        _soft, hard = before = resource.prlimit(parent, resource.RLIMIT_NOFILE)
        resource.prlimit(parent, resource.RLIMIT_NOFILE, (opened + 2, hard))
        status, said = await run(front, "echo no")
        assert (status, "another session just now" in said) == (1, True)
        resource.prlimit(parent, resource.RLIMIT_NOFILE, before)
        eventually(lambda: len(os.listdir(f"/proc/{parent}/fd")) == opened, "every descriptor closed")
        assert (await run(front, "echo yes"))[1] == "yes\n"


async def test_a_window_that_changes_after_its_session_is_nobody_elses(front: Running) -> None:
    """The number of a descriptor that was closed is the next one's: the next person's terminal."""
    async with connect(front.port) as conn:
        process = await conn.create_process("echo", term_type="xterm", encoding=None)
        await process.wait()
        lifecycle = front.front.inside()[-1]
        assert lifecycle._line is not None
        with at_work(front):
            front.call(_resize(lifecycle._line.on_size))
            client = front.ssh().sign_in().wait_for("size 80x24")
            front.call(_resize(lifecycle._line.on_size))
            client.process.send("n")
            client.wait_for("pressed 1 times").wait_for("size 80x24")
            client.process.send("q")
            client.finish()


async def _resize(on_size: Callable[[int, int], None]) -> None:
    on_size(1, 1)


def test_a_signal_without_a_name_is_an_end_like_any_other(front: Running) -> None:
    with at_work(front):
        client = front.ssh().sign_in().wait_for("size 80x24")
        session = front.register.granted[-1]
        client.process.send("t")
        _raw, status = client.finish()
        assert status == 70
        eventually(lambda: session in front.register.ends, "the end of the session on record")
    (line,) = [line for line in front.log if line.get("session") == session and "incident" in line]
    assert line["signal"].startswith("SIG")


def test_the_log_names_whose_session_it_was(front: Running) -> None:
    client = front.ssh(login="wangfang").sign_in().wait_for("size 80x24")
    session = front.register.granted[-1]
    client.process.send("x")
    client.finish()
    eventually(lambda: session in front.register.ends, "the end of the session on record")
    told = {
        line["event"]: line["login"]
        for line in front.log
        if line.get("session") == session and line["event"] != "signed-in"
    }
    assert told == {"incident": "wangfang", "session-ended": "wangfang"}


async def test_what_goes_wrong_around_one_session_is_its_own_and_named(
    front: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("whatever it may be")

    with at_work(front):
        with monkeypatch.context() as patch:
            patch.setattr("tui.front.session_lifecycle.read_command", broken)
            async with connect(front.port) as conn:
                process = await conn.create_process("echo")
                await process.wait_closed()
        (line,) = [line for line in front.log if line["event"] == "session-failed"]
        assert (line["login"], line["error"]) == ("zhangwei", "builtins.RuntimeError")
