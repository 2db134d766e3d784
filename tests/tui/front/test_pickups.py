"""Files over the same ssh by a pick-up code, through the real client and the real door."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from auth import sessions
from auth.signin import SignIn
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, SignInSession
from tests.auth.conftest import enrolled
from tests.tui.front.running import PATIENCE, SSH_OPTIONS, Client, Running, eventually
from tests.world import World, build_world
from tui.plain.registry import NAMES


@pytest.fixture
def world(home: Home) -> Iterator[World]:
    open_store(home)
    migrate()
    yield build_world()
    close_store()


@pytest.fixture
def front(home: Home, world: World, start: Callable[..., Running]) -> Running:
    made = start(entry="tui.app", plain="tui.plain_session", commands=NAMES, home=home.folder)
    made.front.sign_in = SignIn
    made.front._end_session = sessions.end_session
    return made


def _at_screen(front: Running, world: World, login: str) -> Client:
    owner = enrolled(world, login)
    world.actor(login)
    client = front.ssh("-o", "SetEnv=LANG=en_US.UTF-8", login=login, size=(30, 120))
    return client.sign_in(owner.password, owner.code).wait_for("[1 ")


def _code(client: Client) -> str:
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "\n".join(client.screen.display))
    assert found is not None
    return found[0]


def in_another_window(
    front: Running, words: str, answers: tuple[str, ...], login: str, control: str = ""
) -> tuple[int, str]:
    """Run ssh in a shell, as it is pasted; answer what it asks, and return its status and what it says."""
    options = shlex.join(["-o", "LogLevel=INFO", *SSH_OPTIONS, "-p", str(front.port)])
    window = pexpect.spawn(
        "/bin/sh",
        ["-c", f"ssh {control} {options} {login}@127.0.0.1 {words}"],
        timeout=PATIENCE,
        encoding="utf-8",
    )
    for answer in answers:
        window.expect(r"(Password|Code): ")
        window.sendline(answer)
    window.expect([pexpect.EOF, r"(Password|Code): "])
    said = str(window.before)
    window.close(force=True)
    return int(window.exitstatus if window.exitstatus is not None else -1), said


@pytest.mark.threat(76)
def test_a_report_is_taken_out_by_a_code_once_and_the_screen_says_so(
    front: Running, world: World, tmp_path: Path
) -> None:
    client = _at_screen(front, world, "liuyang")
    for key in ("7", "o"):
        client.process.send(key)
        client.wait_for({"7": "Question", "o": "once, only from 127.0.0.1"}[key])
    file, code = tmp_path / "report.xlsx", _code(client)
    assert in_another_window(front, f"get > {file}", (code,), "liuyang")[0] == 0
    assert file.read_bytes().startswith(b"PK")
    client.wait_for("Fetched at ")
    again = tmp_path / "again.xlsx"
    status, said = in_another_window(front, f"get > {again}", (code,), "liuyang")
    assert "Not accepted" in said
    assert (status == 0, again.read_bytes()) == (False, b"")
    taken = AuditRecord.get(AuditRecord.act == "overview.export")
    assert SignInSession.get_by_id(taken.session).strength == "pickup"
    client.process.close(force=True)


@pytest.mark.threat(76)
@pytest.mark.parametrize("words", ["find 张文", "-t"])
def test_a_code_opens_nothing_but_its_file(front: Running, world: World, words: str) -> None:
    client = _at_screen(front, world, "liuyang")
    client.process.send("7")
    client.wait_for("Question")
    client.process.send("o")
    client.wait_for("once, only from 127.0.0.1")
    login = "-t liuyang" if words == "-t" else "liuyang"
    status, said = in_another_window(front, "" if words == "-t" else words, (_code(client),), login)
    assert status == 2
    assert "取件码只能用于" in said or "A pick-up code is for one file" in said
    client.process.close(force=True)


def test_a_file_is_brought_in_once_one_that_was_refused_was_mended(
    front: Running, world: World, tmp_path: Path
) -> None:
    client = _at_screen(front, world, "zhangwei")
    for key, shows in (("5", "Nothing waits"), ("i", "once, only from 127.0.0.1")):
        client.process.send(key)
        client.wait_for(shows)
    file, code = tmp_path / "回执.txt", _code(client)
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    status, said = in_another_window(front, f"put list.xls < {file}", (code,), "zhangwei")
    assert (status, "还可再试 2 次" in said, "旧的 .xls" in said) == (1, True, True), said
    client.wait_for("old .xls as .xlsx")
    file.write_text("手机业务受理单\n", "utf-8")
    assert in_another_window(front, f"put receipt.txt < {file}", (code,), "zhangwei")[0] == 0
    client.wait_for("receipt.txt")
    client.process.close(force=True)


def test_a_code_that_was_guessed_at_is_said_to_be_over(front: Running, world: World) -> None:
    client = _at_screen(front, world, "zhangwei")
    for key, shows in (("5", "Nothing waits"), ("i", "once, only from 127.0.0.1")):
        client.process.send(key)
        client.wait_for(shows)
    for wrong in ("AAAA-BBBB", "AAAA-CCCC", "AAAA-DDDD"):
        assert "Not accepted" in in_another_window(front, "put a.txt < /dev/null", (wrong,), "zhangwei")[1]
    client.wait_for("The code is over")
    client.process.close(force=True)


def test_the_screen_that_is_left_takes_its_codes_along(front: Running, world: World, tmp_path: Path) -> None:
    client = _at_screen(front, world, "liuyang")
    client.process.send("7")
    client.wait_for("Question")
    client.process.send("o")
    client.wait_for("once, only from 127.0.0.1")
    code = _code(client)
    client.process.close(force=True)
    eventually(
        lambda: SignInSession.select().where(SignInSession.ended_at.is_null(False)).exists(), "the end"
    )
    said = in_another_window(front, f"get > {tmp_path / 'x'}", (code,), "liuyang")[1]
    assert "Not accepted" in said
