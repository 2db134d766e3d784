"""Long work of a session over the real ssh: whatever ends the session ends it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auth import sessions
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, SignInSession
from tests.tui.front.running import Client, Running, eventually
from tests.tui.front.test_real_app import AtOnce
from tests.world import World, build_world

END, UP, ENTER, F10 = "\x1b[F", "\x1b[A", "\r", "\x1b[21~"


@pytest.fixture
def world(home: Home) -> Iterator[World]:
    open_store(home)
    migrate()
    yield build_world()
    close_store()


@pytest.fixture
def front(home: Home, world: World, start: Callable[..., Running]) -> Running:
    world.actor("liuyang")
    found = start(entry="tests.tui.front.slow_report_app", home=home.folder)
    found.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    found.front._end_session = sessions.end_session
    return found


def draw(front: Running, home: Home) -> tuple[Client, Callable[[], bool]]:
    """Sign in and begin the report; return how to see whether its process is there."""
    client = front.ssh("-o", "SetEnv=LANG=en_US.UTF-8", login="liuyang").sign_in()
    client.wait_for("[1 ")
    client.process.send("7")
    client.wait_for("All of it")
    client.process.send(END)
    client.process.send(UP)
    client.process.send(ENTER)
    by = home.folder / "drawn-by"
    eventually(lambda: by.exists() and bool(by.read_text()), "a process that draws")
    client.wait_for("Ctrl+G stops it")
    process = Path("/proc", by.read_text())
    assert int(process.name) not in front.sessions()
    return client, process.exists


@pytest.mark.threat(16)
def test_a_line_that_is_cut_ends_the_work_of_its_session(front: Running, home: Home) -> None:
    client, is_there = draw(front, home)
    client.process.close(force=True)
    eventually(lambda: not is_there(), "the end of the work")
    cut = SignInSession.select().where(SignInSession.ended_how == "cut")
    eventually(cut.exists, "the end on record")
    assert not AuditRecord.select().where(AuditRecord.act == "overview.directory").exists()


@pytest.mark.threat(16)
def test_a_session_that_is_killed_takes_its_work_with_it(front: Running, home: Home) -> None:
    _client, is_there = draw(front, home)
    (session,) = front.sessions()
    os.kill(session, 9)
    eventually(lambda: not is_there(), "the end of the work")


@pytest.mark.threat(13)
def test_the_error_that_ends_it_is_in_the_log_and_the_session_goes_on(front: Running, home: Home) -> None:
    client, is_there = draw(front, home)
    (home.folder / "fail").touch()
    (home.folder / "go").touch()
    client.wait_for("An error of the program ended it")
    assert not is_there()
    client.process.send("1")
    client.process.send(F10)
    _raw, status = client.finish()
    assert status == 0
    (incident,) = [line for line in front.log if line["event"] == "incident"]
    assert incident["error"] == "builtins.ZeroDivisionError"
    assert "刘洋" not in str(incident)
