"""One's own account: what it shows, and the three things that can be done about it."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.recovery import codes_left
from auth.signin import SignIn
from db.desk import SessionOver
from db.store.engine import Store
from tests.conftest import Clock
from tests.tui.screens.at_the_door import PASSWORD, SECRET, app_of, enrol, present_code, settled, text_of
from tests.world import World
from tui.kit import Mode
from tui.screens.door.account import MyAccount
from tui.screens.door.recovery_codes import RecoveryCodes
from tui.screens.door.tokens import TokensScreen
from tui.screens.today.today import Today


async def test_sessions_elsewhere_are_seen_and_ended(installation: Store, world: World, clock: Clock) -> None:
    """Somebody else is in with the owner's password and code."""
    enrol(world.accounts["majun"])
    stranger = SignIn("majun", "198.51.100.66", "ssh").answer(PASSWORD, present_code())
    assert stranger is not None
    clock.forward(minutes=1)
    app = app_of("majun", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(MyAccount())
        await pilot.pause()
        assert "198.51.100.66" in text_of(app)
        await pilot.press("x", "y")
        await settled(pilot)
        assert "198.51.100.66" not in text_of(app)
        assert "192.0.2.7" in text_of(app)
    with pytest.raises(SessionOver):
        sessions.resume(stranger.session)


async def test_whoever_has_no_token_is_shown_how_to_make_one(
    installation: Store, world: World, clock: Clock
) -> None:
    enrol(world.accounts["majun"])
    app = app_of("majun", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(MyAccount())
        await pilot.pause()
        await pilot.press("v")
        await settled(pilot)
        assert "按 n 查看如何生成" in text_of(app)
        await pilot.press("n")
        await settled(pilot)
        assert """tokens make "'COMMAND'" > token.txt""" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, TokensScreen)


@pytest.mark.threat(10)
async def test_new_recovery_codes_are_shown_once(installation: Store, world: World, clock: Clock) -> None:
    account = world.accounts["majun"]
    enrol(account)
    app = app_of("majun", PASSWORD, present_code())
    clock.forward(minutes=1)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(MyAccount())
        await pilot.pause()
        await pilot.press("e", "2", *"000000", "enter")
        await settled(pilot)
        assert "下一个" in text_of(app)
        clock.forward(seconds=1)
        await pilot.press(*["backspace"] * 6, *present_code(SECRET), "enter")
        await settled(pilot)
        assert isinstance(app.screen, RecoveryCodes)
        assert "10  " in text_of(app)
        await pilot.press("escape")
        assert isinstance(app.screen, RecoveryCodes)
        await pilot.press("enter", "y")
        await settled(pilot)
        assert isinstance(app.screen, MyAccount)
    assert codes_left(account) == 10


@pytest.mark.clause("A.19")
async def test_the_last_fourteen_days_are_announced_on_the_way_in(
    installation: Store, world: World, clock: Clock
) -> None:
    enrol(world.accounts["zhangwen"])
    clock.forward(days=170)
    app = app_of("zhangwen", PASSWORD, present_code(), modes=[Mode("today", "1", "", Today)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for _text in ("undertaking", "notice of the staff"):
            await pilot.press("a")
            await settled(pilot)
        assert "10 天" in text_of(app)
        assert "A.19" in text_of(app)
