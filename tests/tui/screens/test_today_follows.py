"""Today and the cards beside it follow what others do meanwhile, and say so."""

from __future__ import annotations

import asyncio

import pytest

from db.desk.requests.request_views import RequestRow
from db.desk.today.notice_views import NoticeToMe
from db.language import say
from db.store.clock import now as clock_now
from db.store.tables import Request, SignInSession
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import returned
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.lives_stage import (
    SIZE,
    Lives,
    application,
    lives,
    look,
    offered,
    row_of,
    told,
    unrested,
)
from tests.tui.screens.stage import counted, press, settled
from tests.world import World
from tui.jobs import Job
from tui.kit import DataList, TextInput
from tui.kit import live as live_module
from tui.kit.application import SESSION_OVER
from tui.kit.sections import Heading
from tui.screens.requests.card import CardOfMine, CardToDecide, RequestCard
from tui.screens.requests.mine import MyRequestsScreen
from tui.screens.requests.queue import QueueScreen
from tui.screens.tasks.card import TaskCard
from tui.screens.today.today import Today
from tui.sheets.today import DealtWith

__all__ = ["lives", "unrested"]


async def test_what_others_hand_in_shows_without_a_key_and_the_count_with_it(lives: World) -> None:
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        before = app.waiting
        change(lives, "zhangwei")
        await look(pilot)
        assert "139••••21" in text_of(app)
        assert app.waiting == before + 1
        await press(pilot, "2")
        change(lives, "zhengwei", mobile="139 0000 2122")
        await look(pilot)
        assert app.waiting == before + 2


async def test_it_asks_by_itself_within_seconds(lives: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "EVERY", 0.05)
    app = application(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        before = app.waiting
        change(lives, "zhangwei")
        async with asyncio.timeout(10):
            while app.waiting == before:
                await pilot.pause(0.05)


async def test_a_session_that_was_ended_elsewhere_ends_without_a_key(lives: World) -> None:
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        desk = app.desk
        SignInSession.update(ended_at=clock_now(), ended_how="ended").where(
            SignInSession.id == desk.actor.session
        ).execute()
        change(lives, "zhangwei")
        app.call_later(app.live.ask_once)
        await pilot.pause()
    assert app.return_value == SESSION_OVER


async def test_a_request_that_came_back_is_said_on_any_screen_once_nobody_types(lives: World) -> None:
    request = change(lives, "zhangwei")
    app = Lives(lives, "zhangwei", first="directory")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        await press(pilot, "slash", "w")
        returned(lives, "wangfang", request)
        await look(pilot)
        assert told(app) == ""
        assert app.screen.query_one(".search", TextInput).value == "w"
        await press(pilot, "escape")
        await look(pilot)
        assert f"申请 {request} 被王芳退回：请补正" in told(app)
        await press(pilot, "down")
        change(lives, "zhengwei", asked={"extension": "8019"})
        await look(pilot)
        assert told(app) == "", "it is said once"


async def test_today_says_that_it_came_back_not_that_it_is_gone(lives: World) -> None:
    request = change(lives, "zhangwei")
    app = Lives(lives, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        returned(lives, "wangfang", request)
        await look(pilot)
        assert f"申请 {request} 被王芳退回：请补正" in told(app)
        assert row_of(app, "王芳退回").startswith("▸")


async def test_today_says_what_became_of_what_it_had_under_the_cursor(lives: World) -> None:
    request = change(lives, "zhangwei")
    head, author = Lives(lives, "wangfang"), Lives(lives, "zhangwei")
    async with head.run_test(size=SIZE) as pilot:
        rows = head.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if getattr(row, "id", 0) == request))
        await look(pilot)
        lives.desk("zhangwei").requests.withdraw(request)
        await look(pilot)
        assert f"#{request} 张伟 研发一部 已由他人处理，无需您审批" in told(head)
        assert "张伟：已撤回" in told(head)
        assert isinstance(rows.current, DealtWith)
        assert "张伟 已撤回" in row_of(head, "张伟 研发一部"), "it stays, dim, until its reader comes back"
        assert not {"agree", "return", "decline"} & {command.id for command in offered(head)}
    other = change(lives, "zhangwei", asked={"extension": "8019"})
    async with author.run_test(size=SIZE) as pilot:
        await look(pilot)
        lives.desk("wangfang").queue.reject(other, lives.desk("wangfang").queue.one(other).digest, "不必")
        await look(pilot)
        assert f"#{other} 张伟 研发一部：12-01 09:00 王芳（研发一部负责人）：拒绝" in told(author)


async def test_who_decided_on_what_today_showed_is_not_asked_there_what_they_mean(lives: World) -> None:
    first, second = change(lives, "zhangwei"), change(lives, "zhengwei", mobile="139 0000 2122")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if getattr(row, "id", 0) == first))
        await press(pilot, "enter")
        assert isinstance(app.screen, QueueScreen)
        await settled(pilot)
        await press(pilot, "a", "1")
        assert isinstance(app.screen, Today)
        assert (rows.astray, told(app)) == (False, "")
        assert getattr(rows.current, "id", 0) == second


async def test_who_has_read_the_last_announcement_is_not_told_that_it_is_gone(lives: World) -> None:
    desk = lives.desk("zhangwei")
    desk.notices.mark_seen(*(one.id for one in desk.notices.unread()))
    request = change(lives, "zhangwei")
    approve(lives, "wangfang", request)
    approve(lives, "liuyang", request)
    app = Lives(lives, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        rows.focus()
        await counted(pilot)
        assert [type(row) for row in rows.in_sight][:3] == [Heading, NoticeToMe, Heading]
        await press(pilot, "enter", "enter")
        assert isinstance(rows.current, Job), "what can be done from here"
        assert (rows.astray, told(app)) == (False, "")


async def test_of_what_goes_from_under_a_decider_it_is_said_who_did_what(lives: World) -> None:
    first, second = change(lives, "zhangwei"), change(lives, "zhengwei", mobile="139 0000 2122")
    app = Lives(lives, "wangfang", first="queue")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        rows = app.screen.query_one(DataList)
        assert rows.current is not None
        assert rows.current.id == first
        await look(pilot)
        lives.desk("zhangwei").requests.withdraw(first)
        await look(pilot)
        assert f"#{first} 张伟 研发一部 已由他人处理，无需您审批" in told(app)
        assert "张伟：已撤回" in told(app)
        assert [row.id for row in rows.in_sight] == [second]
        await pilot.press("down")
        lives.desk("zhengwei").requests.withdraw(second)
        await look(pilot)
        assert f"#{second}" in told(app)
        assert rows.current is None


async def test_what_is_under_the_cursor_is_not_opened_anew_where_it_is_as_it_was(lives: World) -> None:
    change(lives, "zhangwei")
    app = Lives(lives, "wangfang", first="queue")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await look(pilot)
        screen = app.screen
        assert isinstance(screen, QueueScreen)
        shown = screen._view
        change(lives, "zhengwei", mobile="139 0000 2122")
        await look(pilot)
        assert screen.query_one(DataList).last() == 1
        assert screen._view is shown


async def test_enter_on_what_somebody_decided_stays_on_today_and_says_so(lives: World) -> None:
    request = change(lives, "zhangwei")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        place = next(n for n, row in enumerate(rows.in_sight) if getattr(row, "id", 0) == request)
        rows.go(place)
        lives.desk("zhangwei").requests.withdraw(request)
        await press(pilot, "enter")
        assert isinstance(app.screen, Today)
        assert f"#{request}" in told(app)
        assert not [row for row in rows.in_sight if isinstance(row, RequestRow)]


async def test_cards_say_what_became_of_what_they_show(lives: World) -> None:
    request = change(lives, "zhangwei")
    head, author = Lives(lives, "wangfang"), Lives(lives, "zhangwei")
    head._over = lambda app: CardToDecide(app.desk.queue.one(request))
    async with head.run_test(size=SIZE) as pilot:
        await look(pilot)
        lives.desk("zhangwei").requests.withdraw(request)
        await look(pilot)
        assert "张伟：已撤回" in told(head)
    other = change(lives, "zhangwei", asked={"extension": "8019"})
    author._over = lambda app: CardOfMine(app.desk.requests.one(other))
    async with author.run_test(size=SIZE) as pilot:
        await look(pilot)
        approve(lives, "wangfang", other)
        await look(pilot)
        assert "2/2" not in text_of(author)
        assert Request.get_by_id(other).state == "open"
        assert "王芳 12-01 09:00 同意" in text_of(author)


async def test_a_card_left_for_another_place_is_up_to_date_when_its_reader_comes_back(lives: World) -> None:
    """What was done meanwhile was taken up by the place on top."""
    request, other = change(lives, "zhangwei"), change(lives, "zhangwei", asked={"extension": "8019"})
    author = Lives(lives, "zhangwei", over=lambda app: CardOfMine(app.desk.requests.one(request)))
    async with author.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        approve(lives, "wangfang", request)
        await look(pilot)
        await press(pilot, "1")
        assert isinstance(author.screen, CardOfMine)
        assert "王芳 12-01 09:00 同意" in text_of(author)
    head = Lives(lives, "wangfang", over=lambda app: CardToDecide(app.desk.queue.one(other)))
    async with head.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        lives.desk("zhangwei").requests.withdraw(other)
        await look(pilot)
        await press(pilot, "1")
        assert "张伟：已撤回" in told(head)


async def test_a_task_that_is_done_by_another_says_so_on_its_card(lives: World) -> None:
    desk = lives.desk("zengqing")
    row = next(row for row in desk.tasks.mine().rows if row.kind == "joiner")
    app = Lives(lives, "zengqing", over=lambda app: TaskCard(app.desk.tasks.one(row.id)))
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        lives.desk("liuyang").lifecycle.call_off(row.id, "不来了")
        await look(pilot)
        assert "此任务已无需您办理" in told(app)


async def test_my_requests_follow_what_others_decide(lives: World) -> None:
    request = change(lives, "zhangwei")
    app = Lives(lives, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        assert isinstance(app.screen, MyRequestsScreen)
        returned(lives, "wangfang", request)
        await look(pilot)
        row = app.screen.query_one(DataList).current
        assert isinstance(row, RequestRow)
        assert (row.id, say(row.state_label, "en")) == (request, "returned")
        assert "王芳退回" in text_of(app)


async def test_what_comes_in_is_new_until_the_cursor_was_on_it(lives: World) -> None:
    change(lives, "zhangwei")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        change(lives, "zhengwei", mobile="139 0000 2122")
        await look(pilot)
        assert "新 1" in text_of(app).splitlines()[0]
        assert " 新 1/2" in row_of(app, "郑微")
        assert row_of(app, "张伟").startswith("▸"), "the cursor stays"
        await press(pilot, "down")
        assert "新" not in text_of(app).splitlines()[0]
        assert " 新 " not in row_of(app, "郑微")


async def test_of_an_announcement_in_the_place_of_what_went_it_is_asked_whether_it_is_meant(
    lives: World,
) -> None:
    desk = lives.desk("zhangwei")
    desk.notices.mark_seen(*(one.id for one in desk.notices.unread()))
    for extension in ("8019", "8021"):
        done = change(lives, "zhangwei", asked={"extension": extension})
        approve(lives, "wangfang", done)
        approve(lives, "liuyang", done)
    app = Lives(lives, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        rows = app.screen.query_one(DataList)
        await counted(pilot)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if isinstance(row, NoticeToMe)))
        await pilot.pause()
        gone = rows.current
        assert isinstance(gone, NoticeToMe)
        desk.notices.mark_seen(gone.id)
        await look(pilot)
        assert rows.astray
        assert "“张伟 研发一部：条目已更新 · 分机”已不在此列表中" in told(app), "it is called by what it says"
        await press(pilot, "enter")
        assert "现在指的是" in text_of(app)
        await press(pilot, "y")
        assert "通知" in text_of(app)
        assert isinstance(rows.current, NoticeToMe)


async def test_a_request_that_was_rejected_later_opens_where_it_is_told(lives: World) -> None:
    """To who had approved it: whose it was stands there, and what became of it on its card."""
    request = change(lives, "zhangwei")
    approve(lives, "wangfang", request)
    queue = lives.desk("zengqing").queue
    queue.reject(request, queue.one(request).digest, "不符")
    app = application(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert f"您已同意的申请 {request}（更正，张伟）后来被拒绝" in text_of(app)
        rows = app.screen.query_one(DataList)
        rows.go([getattr(row, "kind", "") for row in rows.in_sight].index("request-declined"))
        await press(pilot, "enter", "enter")
        assert isinstance(app.screen, RequestCard)
        assert "不符" in text_of(app)
    assert not [one for one in lives.desk("wangfang").notices.unread() if one.kind == "request-declined"]
