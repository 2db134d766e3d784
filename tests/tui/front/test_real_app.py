"""The real application behind the front, on a real store."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from auth import sessions
from auth.signin import SignIn
from db.desk.cases.cases import Cases
from db.desk.due_dates import today
from db.desk.lifecycle.forms import LeaveAsked
from db.language import Message
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, LastDay, Request, SignInSession
from db.store.transactions import writing
from tests.auth.conftest import enrolled
from tests.db.desk.casework import turn
from tests.reports.test_evidence_packs import signed_end
from tests.tui.front.running import Granted, Running, eventually
from tests.world import World, build_world
from tui.plain.registry import NAMES


@pytest.fixture
def world(home: Home) -> Iterator[World]:
    open_store(home)
    migrate()
    yield build_world()
    close_store()


class AtOnce:
    """Lets an account of the world in without asking for more than its name."""

    ended: Message | None = None

    def __init__(self, account: int, login: str, source: str) -> None:
        self._account, self._login, self._source = account, login, source

    def delay(self) -> float:
        return 0.0

    def answer(self, password: str, code: str) -> Granted:
        with writing():
            session = sessions.start(self._account, self._source, "ssh", "full")
        return Granted(session, self._account, self._login)

    def call_for_help(self) -> None:
        """Nobody is locked out here."""


def test_the_screen_comes_up_and_loads_nothing_after_the_fork(
    home: Home, world: World, start: Callable[..., Running]
) -> None:
    """Whatever a session imports by itself costs every session time and memory (see `preload`)."""
    front = start(entry="tests.tui.front.counting_app", home=home.folder)
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    client = front.ssh("-o", "SetEnv=LANG=zh_CN.UTF-8", login="zhangwei").sign_in()
    client.wait_until(lambda: b"\x1b[?1049h" in client.raw, "the full screen")
    client.process.send("2")
    time.sleep(0.5)
    client.process.send("/zw")
    client.wait_for("张伟")
    late = home.folder / "late.json"
    eventually(late.exists, "the note of what was loaded")
    assert json.loads(late.read_text()) == []
    client.process.close(force=True)
    eventually(lambda: SignInSession.select().get().ended_how == "cut", "the end on record")


@pytest.mark.parametrize(
    ("lang", "said"), [("zh_CN.UTF-8", "账号已停用"), ("en_US.UTF-8", "account was disabled")]
)
def test_who_is_closed_out_in_mid_session_reads_why(
    home: Home, world: World, start: Callable[..., Running], lang: str, said: str
) -> None:
    """A leaver's screen is open when the entry ends; the next key finds the session ended."""
    world.actor("zhangwei")
    front = start(entry="tui.app", home=home.folder)
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    client = front.ssh("-o", f"SetEnv=LANG={lang}", login="zhangwei").sign_in()
    client.wait_for("[1 ")
    with writing():
        Account.update(state="disabled").where(Account.id == world.accounts["zhangwei"]).execute()
    client.process.send("2")
    assert said in client.finish()[0].decode().split("\x1b[?1049l")[-1]


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_whose_last_day_is_over_is_put_out_and_not_let_in_again(
    home: Home, world: World, start: Callable[..., Running]
) -> None:
    """The last day on record passes; the screen ends at the next key, and the door says why to who knows
    password and code, and to nobody else."""
    owner = enrolled(world, "zhangwei")
    world.actor("zhangwei")
    front = start(entry="tui.app", home=home.folder)
    front.front.sign_in = SignIn
    front.front._end_session = sessions.end_session
    client = front.ssh("-o", "SetEnv=LANG=en_US.UTF-8", login="zhangwei")
    client.sign_in(owner.password, owner.code).wait_for("[1 ")
    asked = LeaveAsked(world.entry("zhangwei"), today().isoformat(), everywhere=True)
    request = world.desk("liuyang").lifecycle.leave(asked)
    yesterday = (today() - timedelta(days=1)).isoformat()
    with writing():  # as if midnight had come
        LastDay.update(day=yesterday).where(LastDay.request == request).execute()
        Request.update(started_at=f"{yesterday}T01:00:00.000000Z").where(Request.id == request).execute()
    client.process.send("2")
    assert "Your last day on record is over" in client.finish()[0].decode().split("\x1b[?1049l")[-1]
    told = ("-o", "LogLevel=INFO")
    knows = front.ssh(*told, login="zhangwei").sign_in(owner.password, lambda: owner.code(1))
    assert "A.10" in knows.finish()[0].decode()
    guesses = front.ssh(*told, login="zhangwei").sign_in("guess-guess-guess", "123456")
    guesses.wait_for("Password")
    assert "A.10" not in guesses.raw.decode()


def test_a_plain_command_finds_a_colleague(home: Home, world: World, start: Callable[..., Running]) -> None:
    front = start(entry="tui.app", plain="tui.plain_session", commands=NAMES, home=home.folder)
    world.actor("zhangwei")
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    raw, status = front.ssh("-o", "SetEnv=LANG=zh_CN.UTF-8", "--", "find", "张文").sign_in().finish()
    assert status == 0
    assert "张文" in raw.decode()


@pytest.mark.clause("C.13")
def test_a_pack_is_taken_in_a_session_which_is_held_to_its_memory(
    home: Home, world: World, start: Callable[..., Running]
) -> None:
    """The files that prove it may hold a gigabyte each, which is more than a session may take."""
    case = Cases(world.desk("zhangwen")).report("staff", "名册外泄", "leak")
    handler = turn(world, case).actor.login
    signed_end()
    front = start(entry="tui.app", plain="tui.plain_session", commands=NAMES, home=home.folder)
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    raw, status = front.ssh("--", "case", "pack", str(case), login=handler).sign_in().finish()
    assert (status, b"PK\x03\x04" in raw) == (0, True), raw[-500:]
