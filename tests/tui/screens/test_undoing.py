"""What is decided on a screen is told with its seconds, is dim, and comes back by z."""

from __future__ import annotations

import pytest
from textual import events

from db.desk.requests.request_views import RequestRow
from db.store.tables import HeldAct, Request, RequestStep
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.lives_stage import Lives, lives
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.stage import press, settled
from tests.world import World
from tui.kit import DataList, KitApp
from tui.screens.requests.card import CardToDecide
from tui.screens.requests.queue import QueueScreen
from tui.screens.today.today import Today

__all__ = ["lives", "office"]
SIZE = (80, 24)


def current(app: KitApp) -> object:
    return app.screen.query_one(DataList).current


def holding(app: KitApp) -> KitApp:
    """``app`` where decisions are held for ten seconds."""
    app.desk.holding.seconds = 10
    return app


def approved(request: int) -> bool:
    step = RequestStep.select().where(RequestStep.request == request).order_by(RequestStep.ord)
    return any(one.state == "approved" for one in step)


async def test_in_to_do_the_next_comes_under_the_cursor_and_z_takes_it_back(
    office: World, clock: Clock
) -> None:
    for reason in ("换号", "换座"):
        change(office, "zhangwei", asked={"extension": "8099"}, reason=reason)
    app = holding(Office(office, "wangfang"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        row = current(app)
        assert isinstance(row, RequestRow)
        await press(pilot, "a")
        assert "10 秒后生效  z 撤销" in text_of(app)
        now = current(app)
        assert isinstance(now, RequestRow)
        assert now.id != row.id
        assert not approved(row.id)
        await press(pilot, "4")
        assert "秒后生效" in text_of(app), "on every screen"
        await press(pilot, "z")
        assert "已撤销 1 项" in text_of(app)
        assert not HeldAct.select().exists()
        await press(pilot, "up")
        assert "秒后生效" not in text_of(app)


async def test_a_key_typed_too_early_hides_nothing_of_what_the_key_before_decided(office: World) -> None:
    for reason in ("换号", "换座"):
        change(office, "zhangwei", asked={"extension": "8099"}, reason=reason)
    app = holding(Office(office, "wangfang"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for _twice in range(2):
            app.post_message(events.Key("a", "a"))
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert "同意：未执行，按键时屏幕上还不是" in text_of(app)
        assert "秒后生效  z 撤销" in text_of(app)


async def test_what_is_held_asks_for_no_row_again(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among a hundred thousand people that is most of what a decision costs."""
    change(office, "zhangwei", asked={"extension": "8099"}, reason="换号")
    app = holding(Office(office, "wangfang"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        monkeypatch.delattr(type(app.desk.todo), "window")
        await press(pilot, "a")
        assert "10 秒后生效  z 撤销" in text_of(app)


async def test_it_takes_effect_by_itself_and_leaves_the_list(office: World, clock: Clock) -> None:
    request = change(office, "majun", "group")
    app = holding(Office(office, "huangbo"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        clock.forward(seconds=4)
        app.undoing._apply_due()
        await pilot.pause()
        assert "6 秒后生效" in text_of(app)
        clock.forward(seconds=6)
        app.undoing._apply_due()
        await pilot.pause()
        assert approved(request)
        assert "秒后生效" not in text_of(app)
        assert current(app) is None
        assert "不在" not in text_of(app), "its reader did it"


async def test_what_is_held_is_not_decided_twice(office: World) -> None:
    request = change(office, "majun", "group")
    app = holding(Office(office, "huangbo"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "a", "a")
        assert "您已办理此项，生效前可按 z 撤销" in text_of(app)
        assert HeldAct.select().count() == 1
        await press(pilot, "enter")
        assert isinstance(app.screen, CardToDecide)
        await press(pilot, "d")
        assert isinstance(app.screen, CardToDecide)
        await press(pilot, "z")
        assert not HeldAct.select().exists()
        await press(pilot, "a")
        assert isinstance(app.screen, QueueScreen)
        assert HeldAct.select().count() == 1
    assert Request.get_by_id(request).state == "open"


async def test_what_did_not_take_effect_is_told(office: World, clock: Clock) -> None:
    request = change(office, "majun", "group")
    app = holding(Office(office, "huangbo"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        office.desk("majun").requests.withdraw(request)
        clock.forward(seconds=10)
        app.undoing._apply_due()
        await pilot.pause()
        assert f"对申请 {request} 的办理未生效" in text_of(app).replace("\n", "")


async def test_another_session_of_the_same_person_knows_of_it(office: World) -> None:
    change(office, "majun", "group")
    app, other = holding(Office(office, "huangbo")), office.desk("huangbo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        row = current(app)
        assert isinstance(row, RequestRow)
        other.holding.seconds = 10
        other.queue.approve(row.id, row.digest)
        app.live.ask_once()
        await pilot.pause()
        assert "10 秒后生效" in text_of(app)
        await press(pilot, "z")
        assert other.held.mine() == {}


@pytest.mark.parametrize("key", ["a", "b"])
async def test_on_today(lives: World, clock: Clock, key: str) -> None:
    request = change(lives, "zhangwei")
    app = holding(Lives(lives, "wangfang"))
    async with app.run_test(size=SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, Today)
        row = current(app)
        assert isinstance(row, RequestRow)
        await press(pilot, key, *("缺", "材", "料", "enter") * (key == "b"))
        assert HeldAct.select().count() == 1
        assert Request.get_by_id(request).state == "open"
        clock.forward(seconds=10)
        app.undoing._apply_due()
        await pilot.pause()
        assert not HeldAct.select().exists()


async def test_what_was_found_and_opened_from_the_field_comes_back_by_z_too(
    office: World, clock: Clock
) -> None:
    change(office, "zhangwei", asked={"extension": "8099"})
    app = holding(Office(office, "wangfang"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "slash", *"8099")
        await settled(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, CardToDecide)
        await press(pilot, "a")
        assert "秒后生效  z 撤销" in text_of(app)
        await press(pilot, "z")
        assert "已撤销 1 项" in text_of(app)
        assert not HeldAct.select().exists()
