"""A password past its age is changed on the way in, and any other one at will (A.19)."""

from __future__ import annotations

import pytest

from auth.passwords import matches
from db.store.engine import Store
from db.store.tables import Account
from tests.conftest import Clock
from tests.tui.screens.at_the_door import (
    NEXT,
    PASSWORD,
    app_of,
    enrol,
    present_code,
    settled,
    text_of,
    type_in,
)
from tests.world import World
from tui.screens.door.password import ChangePassword
from tui.screens.door.undertaking import UndertakingScreen


@pytest.mark.clause("A.19")
async def test_a_password_past_its_age_is_changed_before_anything_else(
    installation: Store, world: World, clock: Clock
) -> None:
    account = world.accounts["zhangwen"]
    enrol(account)
    clock.forward(days=180)
    app = app_of("zhangwen", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ChangePassword)
        assert "A.19" in text_of(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ChangePassword)
        await type_in(pilot, PASSWORD, NEXT, NEXT)
        assert isinstance(app.screen, UndertakingScreen)
        assert app.desk.actor.strength == "full"
    assert matches(NEXT, Account.hash_in(account, Account.get_by_id(account).password))


@pytest.mark.clause("A.19")
async def test_the_old_password_again_is_no_change(installation: Store, world: World, clock: Clock) -> None:
    enrol(world.accounts["zhangwen"])
    clock.forward(days=200)
    app = app_of("zhangwen", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_in(pilot, PASSWORD, PASSWORD, PASSWORD)
        assert isinstance(app.screen, ChangePassword)
        assert "您以前用过" in text_of(app)
        assert app.desk.actor.strength == "expired"


async def test_at_will_it_takes_the_present_one_and_can_be_left(installation: Store, world: World) -> None:
    enrol(world.accounts["zhangwen"])
    app = app_of("zhangwen", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("a")
        await pilot.pause()
        app.push_screen(ChangePassword())
        await pilot.pause()
        await type_in(pilot, "not-my-password", NEXT, NEXT)
        assert "当前密码不正确" in text_of(app)
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, ChangePassword)
