"""Deciding in the queue, key by key: in order, several together, chips, tasks beside requests (E.13)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from textual import events

from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.language import _, say
from db.store import clock
from db.store.engine import Store
from db.store.tables import Delegation, Request, RequestStep, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.db.desk.lives import joiner, leave
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.requests_stage import SIZE, Office, current, office
from tests.tui.screens.stage import press, settled
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import DataList, NoticeArea, TextInput
from tui.kit.choosing import Choose
from tui.kit.dialogs import AskText
from tui.kit.footer import Footer
from tui.screens.evidence.picture import Picture
from tui.screens.evidence.view import EvidenceView
from tui.screens.requests.card import CardOfMine, RequestCard
from tui.screens.requests.chips import Chips
from tui.screens.requests.deciding import TheseOnes
from tui.screens.requests.queue import SETTLED, QueueScreen
from tui.screens.tasks.card import TaskCard
from tui.sheets.requests import asked_for

__all__ = ["office"]


async def test_after_a_decision_the_next_request_is_under_the_cursor(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        first = current(app).id
        await press(pilot, "down")
        second = current(app).id
        await press(pilot, "up", "a")
        assert current(app).id == second
        assert Request.get_by_id(first).state == "applied"
        assert app.screen.query_one(NoticeArea).has_class("-told")


@pytest.mark.parametrize(("key", "state", "enter"), [("b", "returned", "退回"), ("d", "rejected", "拒绝")])
async def test_a_return_and_a_rejection_ask_for_a_word(
    office: World, key: str, state: str, enter: str
) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, key, "enter")
        assert isinstance(app.screen, AskText)
        assert f"Enter {enter} " in text_of(app)
        assert Request.get_by_id(request).state == "open"
        await press(pilot, *"unclear", "enter")
        assert Request.get_by_id(request).state == state
        comments = [step.comment for step in RequestStep.select().where(RequestStep.request == request)]
        assert "unclear" in comments


@pytest.mark.clause("H.4.3")
async def test_a_word_that_is_refused_stays_where_it_was_typed(store: Store, clock: Clock) -> None:
    """The dialog stays open under the reason, its clause and the advice; the request is not touched."""
    world = build_wider_world("secured", "partners")
    request = change(world, "fuhr", "secured", of="qinyu", asked={"position": "策划二"})
    app = Office(world, "shibu")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "d", *"11010519491231002x", "enter")
        assert isinstance(app.screen, AskText)
        assert app.screen.query_one(TextInput).value == "11010519491231002x"
        assert "H.4.3" in (shown := text_of(app))
        assert "删去" in shown
        assert Request.get_by_id(request).state == "open"
        await press(pilot, *"unclear", "enter")
        assert Request.get_by_id(request).state == "rejected"


async def test_what_differs_is_not_selected_together(office: World) -> None:
    """The third waits at its first step, the others at their second: it says so at once."""
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        await press(pilot, "space", "space", "space")
        assert (len(rows.marked), rows.cursor) == (2, 2)
        assert "已选的是第 2 步" in text_of(app)
        assert "已选 2  3/" in rows.head(0, 80).text
        await press(pilot, "a", "enter")
    assert Request.select().where(Request.state == "applied").count() == 2


@pytest.mark.parametrize(("key", "state"), [("b", "returned"), ("d", "rejected")])
async def test_what_is_selected_is_listed_and_returned_or_rejected_together(
    office: World, key: str, state: str
) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        await press(pilot, "space", "space")
        marked = {row.id for row in rows.marked.values()}
        await press(pilot, key, "enter", *"why", "enter")
        assert rows.marked == {}
        assert {Request.get_by_id(request).state for request in marked} == {state}


@pytest.mark.threat(73)
async def test_approving_several_lists_who_what_and_which_evidence_was_not_opened(office: World) -> None:
    """A key of the same burst is no answer to the list; one that was opened says so."""
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v")
        assert isinstance(app.screen, EvidenceView)
        await press(pilot, "escape", "space", "space")
        for key in ("a", "enter"):
            app.post_message(events.Key(key, None))
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert isinstance(app.screen, TheseOnes)
        shown = text_of(app)
        assert all(told in shown for told in ("张伟", "张文", "8016", "未看", "已看", "Enter 同意 2 项"))
        assert Request.select().where(Request.state == "applied").count() == 0
        await press(pilot, "enter")
        assert not app.screen.query_one(DataList).marked
    assert Request.select().where(Request.state == "applied").count() == 2


async def test_one_that_is_taken_out_of_the_list_is_not_decided(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "space", "a", "space")
        assert "Enter 同意 1 项" in text_of(app)
        await press(pilot, "enter")
    (applied,) = Request.select().where(Request.state == "applied")
    assert applied.id != min(row.id for row in Request.select())


@pytest.mark.threat(73)
async def test_of_several_what_a_colleague_decided_is_left_out_and_told(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        first = current(app)
        await press(pilot, "space", "space", "a")
        office.desk("zengqing").queue.approve(first.id, first.digest)
        await press(pilot, "enter")
        said = text_of(app)
        assert "曾晴" in said
        assert "张伟" in said
    assert Request.select().where(Request.state == "applied").count() == 2


@pytest.mark.threat(73)
async def test_keys_typed_ahead_decide_one_request(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        first, second = current(app), app.screen.query_one(DataList).in_sight[1]
        for _time in range(2):
            app.post_message(events.Key("a", "a"))
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert current(app).id == second.id
        assert second.name in text_of(app)
    assert [Request.get_by_id(one.id).state for one in (first, second)] == ["applied", "open"]


@pytest.mark.threat(73)
async def test_approving_a_leaver_asks_naming_whom_and_what_ends(office: World) -> None:
    """One key does it nowhere: the question says who, and that the account is closed."""
    request = leave(office, "liuyang", "zhangwen", day="2026-11-20")
    app = Office(office, "zengqing")
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one(DataList).focus()
        assert isinstance(app.screen, QueueScreen)
        app.screen.seek_request(request)
        await pilot.pause()
        for key in ("a", "y"):
            app.post_message(events.Key(key, key))
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        asked = "".join(text_of(app).replace("│", "").split())
        assert all(told in asked for told in ("张文", "离职", "停用账号zhangwen")), asked
        assert Request.get_by_id(request).state == "open"
        await press(pilot, "y")
    assert Request.get_by_id(request).state == "applied"


async def test_the_digit_of_the_queue_looks_for_what_is_new(office: World) -> None:
    """Somebody else in the same office decided meanwhile."""
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        first = current(app)
        office.desk("zengqing").queue.approve(first.id, first.digest)
        await pilot.pause(SETTLED + 0.2)
        await press(pilot, "3")
        assert app.screen.query_one(DataList).current is None
        await press(pilot, "a")
        assert isinstance(app.screen, Choose)
        await press(pilot, "n", "down")
        assert current(app).id != first.id


async def test_chips_count_what_they_leave_and_narrow_the_list(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        rows, chips = app.screen.query_one(DataList), app.screen.query_one(Chips)
        everything = rows.last() + 1
        assert [(say(chip.label, "en"), chip.count) for chip in chips.chips if chip.facet == "due"] == [
            ("Overdue", 1), ("Today", 2), ("This week", 1),
        ]  # fmt: skip
        await press(pilot, "f", "space")
        assert rows.last() + 1 == 1
        assert "只看 逾期" in (shown := text_of(app))
        assert "[逾期 1]" in shown
        await press(pilot, "right", "space")  # of one facet any fits
        assert rows.last() + 1 == 3
        await press(pilot, "f", "space")
        assert len(rows.marked) == 1, "f leaves the chips, and Space marks in the list again"
        await press(pilot, "escape")
        assert rows.last() + 1 == everything
        assert len(rows.marked) == 1, "marks survive what narrows the list"


async def test_in_the_chips_the_bottom_line_names_their_keys(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        footer = app.screen.query_one(Footer)
        assert "a 同意" in footer.render_line(0).text
        await press(pilot, "f")
        assert "Space 选上或取消" in footer.render_line(0).text
        assert "a 同意" not in footer.render_line(0).text
        await press(pilot, "f")
        assert "a 同意" in footer.render_line(0).text


async def test_the_chip_under_the_cursor_is_drawn_whole(office: World) -> None:
    """With its count, between the marks of group and of more; without the cursor the first stand first."""
    app = Office(office, "liuyang")
    async with app.run_test(size=(44, 24)) as pilot:
        chips = app.screen.query_one(Chips)
        first = chips.render_line(0).text
        await press(pilot, "f")
        for chip in chips.chips:
            assert f"▸{say(chip.label, 'zh_CN')} {chip.count}" in chips.render_line(0).text
            await press(pilot, "right")
        await press(pilot, "f")
        assert chips.render_line(0).text == first


async def test_s_keeps_what_is_set_of_the_chips_as_one_more_chip(office: World) -> None:
    """It sets them again in another session, g leads to it, and s takes it away."""
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "s")
        assert "请先选定筛选项" in text_of(app)
        await press(pilot, "space", "right", "space", "s")
        assert "已保存" in text_of(app)
        assert "再按 s 保存" not in text_of(app)
    app = Office(office, "liuyang", first="requests")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "g", *"逾期", "enter")
        rows, chips = app.screen.query_one(DataList), app.screen.query_one(Chips)
        assert rows.last() + 1 == 3
        assert "[逾期、今日 3]" in text_of(app)
        await press(pilot, "f", *["right"] * len(chips.chips), "space")
        assert rows.last() + 1 > 3, "the same again sets none"
        await press(pilot, "space", "s")
        assert not [chip for chip in chips.chips if chip.facet == "kept"]


async def test_a_list_narrowed_to_nothing_does_not_say_that_nothing_waits(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        first = current(app)
        await press(pilot, "f", "space")
        office.desk("zengqing").queue.approve(first.id, first.digest)
        await press(pilot, "f", "3")
        rows = app.screen.query_one(DataList)
        assert rows.current is None
        assert "没有符合" in rows.draw(0, 80, cursor=False).text
        await press(pilot, "escape")
        assert rows.last() >= 0


async def test_alike_are_approved_in_three_keys_from_the_list(office: World) -> None:
    """The same fields for the same reason at one step; what asks for something else is not among them."""
    for number, login in enumerate(("zhangwei", "zhangwen", "liwei", "sunli")):
        change(office, login, asked={"extension": f"80{number}7"}, reason="座位调整")
    odd = change(office, "zhangwei", asked={"extension": "8099"}, reason="换座")
    app = Office(office, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        while current(app).reason != "座位调整":
            await press(pilot, "down")
        await press(pilot, "equals_sign")
        marked = {row.id for row in rows.marked.values()}
        assert odd not in marked
        assert len(marked) > 1
        await press(pilot, "a")
        assert isinstance(app.screen, TheseOnes)
        await press(pilot, "enter")
    for request in marked:
        assert RequestStep.get((RequestStep.request == request) & (RequestStep.ord == 1)).state == "approved"
    assert RequestStep.get((RequestStep.request == odd) & (RequestStep.ord == 1)).state == "open"


@pytest.mark.threat(73)
async def test_marking_all_leaves_out_what_is_decided_apart(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "asterisk")
        rows = app.screen.query_one(DataList)
        kinds = {(row.kind, row.step) for row in rows.marked.values()}
        assert len(kinds) == 1
        assert 0 < len(rows.marked) <= rows.last()
        assert "未标记" in text_of(app)
        await press(pilot, "minus")
        assert not rows.marked


async def test_tasks_stand_among_the_requests_and_open(office: World) -> None:
    desk = office.desk("liuyang")
    desk.lifecycle.expect(joiner(office, "研发中心/研发一部", values={"name": "新来"}))
    kinds = [(chip.facet, chip.value, chip.count) for chip in desk.todo.window().chips]
    assert ("kind", "task/joiner", 1) in kinds
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        while not isinstance(rows.current, TaskRow):
            await press(pilot, "down")
        await press(pilot, "a", "b", "d", "c")
        assert isinstance(app.screen, QueueScreen), "what is for requests does nothing to a task"
        await press(pilot, "enter")
        assert isinstance(app.screen, TaskCard)


async def test_a_task_is_done_by_the_key_of_its_card(office: World) -> None:
    with writing():
        Task.create(
            duty="to file", kind="filing", book="staff", unit=office.unit("staff", "研发中心"), role="hr",
            clause="A.8", detail="{}", opened_at=clock.now(), started_on="2026-11-20", due="2026-11-20",
        )  # fmt: skip
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        while not (isinstance(rows.current, TaskRow) and rows.current.kind == "filing"):
            await press(pilot, "down")
        assert "a 完成" in text_of(app)
        await press(pilot, "a")
        assert Task.get(Task.duty == "to file").state == "done"
        assert "已完成" in text_of(app)


async def test_a_joiner_to_enter_has_the_same_keys_in_list_and_card(office: World) -> None:
    office.desk("liuyang").lifecycle.expect(joiner(office, "研发中心/研发一部", values={"name": "新来"}))
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        await press(pilot, "home", "enter", "x")
        assert "x 在这里没有作用" in text_of(app), "no work that takes long runs: the key means nothing"
        await press(pilot, "escape")
        while not isinstance(rows.current, TaskRow):
            await press(pilot, "down")
        task = rows.current.id
        assert isinstance(app.screen, QueueScreen)
        offered = {command.id for command in app.screen.offered_commands()}
        await press(pilot, "enter")
        card = app.screen
        assert isinstance(card, TaskCard)
        here = {command.id for command in card.offered_commands()}
        assert "done" not in offered | here
        assert "call-off" in offered & here
        await press(pilot, "escape", "x", *"no", "enter")
        assert Task.get_by_id(task).state == "cancelled"


async def test_a_comment_goes_to_the_author_and_shows_in_the_story(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "enter", "c", *"until when?", "enter")
        assert "until when?" in text_of(app)
        await press(pilot, "escape")
        assert current(app).id == request
        assert current(app).comments == 1
        await press(pilot, "enter", "right_square_bracket")
        assert f"申请 {request}" not in text_of(app), "the next is opened from inside"
        await press(pilot, "left_square_bracket")
        assert f"申请 {request}" in text_of(app)
    asker = Request.get_by_id(request).requester.login
    app = Office(office, asker, over=lambda app: CardOfMine(app.desk.requests.one(request)))
    async with app.run_test(size=SIZE) as pilot:
        assert "until when?" in text_of(app)
        await press(pilot, "t")
        assert "已催办：" in text_of(app)
        await press(pilot, "t")
        assert "每个工作日" in text_of(app)


async def test_evidence_opens_from_the_queue(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v")
        assert isinstance(app.screen, EvidenceView)
        await press(pilot, "escape", "enter")
        assert isinstance(app.screen, RequestCard)


async def test_a_picture_is_drawn_in_half_blocks(office: World) -> None:
    app = Office(office, "zhangwei", first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        picture = app.screen.query_one(Picture)
        assert picture.size.height == round(60 * 40 / 60 / 2)
        assert "▀" in picture.render_line(3).text


async def test_a_stand_in_is_named_key_by_key(office: World) -> None:
    app = Office(office, "zhouwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "1", "enter", *"leave", "enter")
        await pilot.pause()
    made = Delegation.select().order_by(Delegation.id.desc()).get()
    assert (made.account_id, made.to_id) == (office.accounts["zhouwei"], office.accounts["shanhong"])
    assert (made.from_day, made.until_day, made.reason) == ("2026-11-23", "2026-11-29", "leave")


async def test_an_employee_without_a_role_has_no_queue(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE):
        assert "queue" not in {mode.id for mode in app.modes}
    app = Office(office, "wangfang")
    async with app.run_test(size=SIZE):
        assert "queue" in {mode.id for mode in app.modes}


def test_a_question_about_an_act_that_takes_two_begins_with_the_act() -> None:
    """Not with the words "what to do", which stand beside it where it has a line of its own."""
    act = DiffLine("grants.give", _("what to do"), "", _("give a role"), ("", ""), is_act=True)
    who = DiffLine("account", _("who"), "", "舒琪", ("", ""))
    row = cast("RequestRow", SimpleNamespace(summary=(act, who)))
    assert say(asked_for(row), "en") == "give a role, who 舒琪"
