"""The sixth screen: end the oldest, or leave."""

from __future__ import annotations

import io

import pytest

from auth import sessions
from db.desk import open_desk
from db.language import Language
from db.store.engine import Store, store
from db.store.tables import SignInSession
from db.store.transactions import writing
from tests.tui.conftest import View
from tests.tui.screens.at_the_door import text_of
from tests.world import World
from tui import app as whole
from tui.app import MingceApp
from tui.front.ticket import Ticket
from tui.kit import Memory, Reader
from tui.plain_session import run
from tui.screens.door.too_many import TooManySessions


def come_in(world: World, times: int) -> list[int]:
    """Sessions of 张伟, who has accepted everything."""
    world.desk("zhangwei")
    SignInSession.delete().execute()
    with writing():
        return [
            sessions.start(world.accounts["zhangwei"], "192.0.2.7", "ssh", "full") for _time in range(times)
        ]


def app_of(session: int, view: View) -> MingceApp:
    return MingceApp(
        language=view.language,
        look=view.look,
        renew=lambda: open_desk(sessions.resume(session)),
        reader=Reader("张伟"),
        memory=Memory(),
    )


@pytest.mark.threat(47)
@pytest.mark.parametrize(
    ("language", "said"),
    [("zh_CN", "您已打开 5 个屏幕，已达上限。"), ("en", "You have 5 screens open already, as many as")],
)
async def test_the_sixth_screen_asks_about_the_oldest(
    installation: Store, world: World, language: Language, said: str
) -> None:
    inside = come_in(world, 6)
    app = app_of(inside[-1], View(language))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TooManySessions)
        assert said in text_of(app)
        await pilot.press("escape", "1", "2")
        assert isinstance(app.screen, TooManySessions), "there is no way past it"
        await pilot.press("x")
        await pilot.pause()
        assert not isinstance(app.screen, TooManySessions)
    ended = [SignInSession.get_by_id(one).ended_how for one in inside]
    assert ended == ["owner", None, None, None, None, None]


@pytest.mark.threat(47)
async def test_the_fifth_screen_is_not_asked(installation: Store, world: World) -> None:
    app = app_of(come_in(world, 5)[-1], View("zh_CN"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not isinstance(app.screen, TooManySessions)


@pytest.mark.threat(47)
def test_a_screen_beyond_those_that_wait_is_refused_in_words(
    installation: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, written = come_in(world, 11)[-1], list[bytes]()

    def write(_descriptor: int, data: bytes) -> int:
        written.append(data)
        if len(written) > 100:  # a screen is being drawn after all
            raise KeyboardInterrupt
        return len(data)

    monkeypatch.setattr("os.write", write)
    monkeypatch.setattr("db.store.opening.reopen_store", lambda _home: None)
    monkeypatch.setattr("db.store.engine.close_store", lambda: None)
    ticket = Ticket(session, "192.0.2.7", str(store().home.folder), "en", True, (80, 24), None, {})
    assert whole.run_session(ticket) == whole.TOO_MANY
    assert b"Too many screens are open for you" in b"".join(written)


@pytest.mark.threat(47)
def test_a_plain_command_beside_five_screens_runs_and_ends_none(
    installation: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.plain_session.reopen_store", lambda _home: None)
    monkeypatch.setattr("tui.plain_session.close_store", lambda: None)
    inside = come_in(world, 11)
    for session in inside[5:10]:
        out, err = io.BytesIO(), io.BytesIO()
        assert run(["whoami"], session, io.BytesIO(), out, err, "zh_CN", 80, "") == 0, err.getvalue().decode()
    err = io.BytesIO()
    assert run(["whoami"], inside[10], io.BytesIO(), io.BytesIO(), err, "en", 80, "") == 1
    assert err.getvalue().decode().startswith("5 plain commands of yours run already")
    assert all(SignInSession.get_by_id(one).ended_at is None for one in inside)
