"""A plain command as a session of its own, as the SSH front forks it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest

from auth import sessions
from db.store import write_queue
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.write_queue import write_turn
from tests.conftest import Clock
from tests.world import build_world
from tui.plain_session import run, run_shell


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has signed in to the installation of ``home``."""

    home: Home
    session: int

    def ask(self, *words: str, language: str = "en") -> tuple[int, str, str]:
        """Status, output and complaints of a command."""
        out, err = io.BytesIO(), io.BytesIO()
        status = run(list(words), self.session, io.BytesIO(), out, err, language, 80, str(self.home.folder))
        return status, out.getvalue().decode(), err.getvalue().decode()


@pytest.fixture
def caller(home: Home, clock: Clock) -> Caller:
    open_store(home)
    migrate()
    session = build_world().actor("zhangwei").session
    close_store()
    return Caller(home, session)


def test_it_opens_the_store_of_its_folder_and_speaks_the_clients_language(caller: Caller) -> None:
    status, out, err = caller.ask("whoami")
    assert (status, err) == (0, "Internal\n")
    assert "张伟 (zhangwei)" in out
    assert "Department" in out
    assert "部门" in caller.ask("whoami", language="zh_CN")[1]


@pytest.mark.threat(20)
def test_an_ended_session_does_nothing(caller: Caller) -> None:
    open_store(caller.home)
    sessions.end_session(caller.session, "closed")
    close_store()
    status, out, err = caller.ask("whoami")
    assert (status, out) == (1, "")
    assert "Sign in again" in err


@pytest.mark.threat(25)
def test_a_record_that_can_t_do_it_now_says_so_in_the_readers_language(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write, one after the other, and the turn does not come."""
    monkeypatch.setattr(write_queue, "PATIENCE", 0.0)
    with write_turn(caller.home.folder / "mingce.db"):
        status, out, err = caller.ask("find", "张伟", language="zh_CN")
    assert (status, out) == (1, "")
    assert "尚未轮到您" in err


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_terminal_without_a_screen_takes_one_command_after_another(caller: Caller, language: str) -> None:
    """A mistake ends nothing; the last status is the session's; nothing that moves a cursor is written."""
    typed = b"whoami\n\nnonsense\nfind '\nfind \xff\nreport nothing\nexit\nwhoami\n"
    out, err = io.BytesIO(), io.BytesIO()
    ended = run_shell(caller.session, io.BytesIO(typed), out, err, language, 80, str(caller.home.folder))
    assert ended == 2, "that of the last command"
    said = out.getvalue().decode()
    assert said.count("mingce> ") == 7
    assert said.count("zhangwei") == 1
    assert "help" in said.splitlines()[0]
    assert err.getvalue().decode().count("`help`") == 1
    assert b"\x1b" not in out.getvalue() + err.getvalue()


@pytest.mark.parametrize(
    ("charset", "typed", "told"),
    [("gbk", "find 王芳", "不能显示整屏"), ("ascii", "find wangfang", "has no screen")],
)
def test_a_terminal_without_a_screen_is_spoken_to_in_its_own_characters(
    caller: Caller, charset: str, typed: str, told: str
) -> None:
    """What they lack stands as ?, in the reader's language or else in English."""
    out, home = io.BytesIO(), str(caller.home.folder)
    stdin = io.BytesIO(f"{typed}\n".encode(charset))
    status = run_shell(caller.session, stdin, out, io.BytesIO(), "zh_CN", 80, home, "", charset)
    said = out.getvalue().decode(charset)
    assert status == 0
    assert told in said
    assert ("王芳" if charset == "gbk" else "??") in said
    assert "****" in said, "a covered number"


def test_the_end_of_what_is_typed_ends_it(caller: Caller) -> None:
    out = io.BytesIO()
    home = str(caller.home.folder)
    assert run_shell(caller.session, io.BytesIO(b"whoami"), out, io.BytesIO(), "en", 80, home) == 0
    assert "zhangwei" in out.getvalue().decode()
