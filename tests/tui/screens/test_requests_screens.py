"""Requests through the screens, key by key: submit, decide in order, return, amend (E.13, A.15)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from textual import events
from textual.pilot import Pilot

from db.desk.entry.record import apply_values
from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.language import _, say
from db.store import clock
from db.store.engine import Store
from db.store.tables import Delegation, FormDraft, Request, RequestStep, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, change, mobile_of
from tests.db.desk.lives import joiner, leave
from tests.tui.conftest import View
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import Classroom, school
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.stage import settled
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import DataList, FramedScreen, Look, NoticeArea, Styled, TextInput, TextLine
from tui.kit.choosing import Choose
from tui.kit.dialogs import AskText
from tui.kit.driver import LINE_LOST
from tui.kit.refusal import Refusal
from tui.screens.asking.change import ChangeScreen
from tui.screens.evidence.picture import Picture
from tui.screens.evidence.view import EvidenceView
from tui.screens.requests.card import CardOfMine, RequestCard
from tui.screens.requests.chips import Chips
from tui.screens.requests.deciding import TheseOnes
from tui.screens.requests.mine import MyRequestsScreen
from tui.screens.requests.queue import SETTLED, QueueScreen
from tui.screens.tasks.card import TaskCard
from tui.sheets.cell import cell_words
from tui.sheets.request_facts import changes, facts
from tui.sheets.requests import asked_for

__all__ = ["office", "school"]
SIZE = (80, 24)


async def press(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def current(app: Office) -> RequestRow:
    """The request under the cursor."""
    row = app.screen.query_one(DataList).current
    assert isinstance(row, RequestRow)
    return row


def typed(app: Office, field: str) -> str:
    """What is in a field of the form."""
    return app.screen.query_one(f"#field-{field} TextInput", TextInput).value


def form_of(world: World, login: str, book: str = "staff", of: str = "") -> Office:
    entry = world.entry(of or login, book)
    return Office(world, login, over=lambda app: ChangeScreen(app.desk.changes.form(entry)))


async def fill(pilot: Pilot[int], **values: str) -> None:
    """Type values into the fields of the form."""
    for name, value in values.items():
        field = pilot.app.screen.query_one(f"#field-{name} TextInput")
        field.focus()
        await press(pilot, "end", "ctrl+u")
        await press(pilot, *value)


@pytest.mark.clause("E.13.1", "E.13.2", "E.13.3")
async def test_a_change_goes_through_three_pairs_of_hands(office: World) -> None:
    app = form_of(office, "majun", "group")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    request = Request.select().order_by(Request.id.desc()).get().id
    for login in ("huangbo", "luoyan"):
        assert mobile_of(office, "majun", "group") != STORED_MOBILE
        app = Office(office, login)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert current(app).id == request
            await press(pilot, "a")
            assert app.screen.query_one(DataList).current is None
    assert mobile_of(office, "majun", "group") == STORED_MOBILE


@pytest.mark.clause("A.15")
async def test_the_form_refuses_without_evidence_and_keeps_what_was_typed(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter")
        assert isinstance(app.screen, ChangeScreen)
        assert typed(app, "mobile") == "13900002121"
        await press(pilot, "f6", "space", "enter", "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.state, last.reason) == ("open", "new")


async def test_what_was_typed_when_the_line_was_cut_is_here_again(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "f6", "space", "enter")
        app.exit(LINE_LOST)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert (typed(app, "mobile"), typed(app, "reason")) == ("13900002121", "new")
        assert "已恢复" in text_of(app)
        await press(pilot, "f6", "escape")
        assert "已恢复" not in text_of(app), "whatever is done next takes away what was last said"
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.state, last.reason) == ("open", "new")
    assert not FormDraft.select().exists(), "handed in, it is a draft no more"


async def test_what_is_kept_of_forms_is_listed_by_a_key_where_anything_is(office: World) -> None:
    keeping = office.desk("zhangwei").drafts
    for kept in (False, True):
        if kept:
            keeping.keep("change 17", "更正：张伟", {"mobile": "13900001111"})
        async with Office(office, "zhangwei", first="requests").run_test(size=(80, 24)) as pilot:
            assert isinstance(pilot.app.screen, MyRequestsScreen)
            assert pilot.app.screen.can("drafts") is kept
            if kept:
                await press_for(pilot, "v", "drafts")
                assert "更正：张伟" in text_of(pilot.app)


async def test_whoever_leaves_a_form_by_their_will_has_no_draft_of_it(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        app.exit(LINE_LOST)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "escape", "y")
        assert not isinstance(app.screen, ChangeScreen)
        app.exit(0)
    assert not FormDraft.select().exists()


@pytest.mark.clause("A.13")
async def test_who_left_out_the_reason_is_led_to_it(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter", *"new")
        assert typed(app, "reason") == "new"


@pytest.mark.clause("A.15")
async def test_evidence_that_was_chosen_can_be_taken_off_again(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        form = app.screen
        assert isinstance(form, ChangeScreen)
        await press(pilot, "f6", "enter")
        chosen = len(form.evidence)
        await press(pilot, "f6", "space", "enter")
        assert (chosen, len(form.evidence)) == (1, 0)


async def test_a_file_that_comes_in_while_one_chooses_is_selected(office: World) -> None:
    """It stands first, and Enter attaches it, not whatever the cursor was on; a key that was typed before it
    came does nothing."""
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        form = app.screen
        assert isinstance(form, ChangeScreen)
        await press(pilot, "f6")
        early = events.Key("enter", None)
        sent = office.desk("zhangwei").evidence.add("运营商回执.txt", "回执\n".encode())
        app.live._behind = True
        app.live.catch_up()
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        assert list(rows.marked) == [sent.id]
        assert rows.current == next(iter(rows.marked.values()))
        app.post_message(early)
        await app.type_ahead.settled()
        await pilot.pause()
        assert app.screen is not form
        await press(pilot, "enter")
        assert form.evidence == (sent.id,)


async def test_the_place_of_evidence_shows_what_came_in(office: World) -> None:
    app = Office(office, "zhangwei", first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        office.desk("zhangwei").evidence.add("运营商回执.txt", "回执\n".encode())
        app.live._behind = True
        app.live.catch_up()
        await pilot.pause()
        assert "运营商回执" in text_of(app)


async def test_a_long_present_value_is_shown_whole(office: World) -> None:
    address = "wei.zhang@software.development.huaxing.example"
    entry = office.entry("zhangwei", "staff")
    with writing():
        apply_values(entry, {"email": (address,)}, source="导入", verifier=None)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE):
        now = app.screen.query_one("#field-email .now", TextLine)
        lines = [now.render_line(y).text for y in range(now.size.height)]
        assert "".join(line.strip() for line in lines) == address


async def test_an_unfit_value_is_told_while_typing_and_under_its_field(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="123")
        line = app.screen.query_one("#field-mobile")
        assert line.has_class("-wrong")
        await fill(pilot, mobile="13900002121")
        assert not line.has_class("-wrong")
        await fill(pilot, mobile="123", reason="new")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, ChangeScreen)
        assert line.has_class("-wrong")


@pytest.mark.clause("H.4.3")
async def test_content_that_the_book_must_not_hold_is_told_at_the_field_and_refused(
    store: Store, clock: Clock
) -> None:
    app = form_of(build_wider_world("secured"), "fuhr", "secured", of="qinyu")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, position="1101 0119 9003 0744 77", reason="new")
        assert app.screen.query_one("#field-position").has_class("-wrong")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter")
        assert app.focused is app.screen.query_one("#field-position TextInput"), "where it can be mended"
        await fill(pilot, position="Planner")
        assert not app.screen.query_one("#field-position").has_class("-wrong")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    assert Request.select().count() == 1


async def test_leaving_a_form_asks_first(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        await press(pilot, "escape", "n")
        assert isinstance(app.screen, ChangeScreen)
        await press(pilot, "escape", "y")
        assert not isinstance(app.screen, ChangeScreen)


async def test_an_untouched_form_closes_at_once(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "escape")
        assert not isinstance(app.screen, ChangeScreen)


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


@pytest.mark.parametrize(("key", "state"), [("b", "returned"), ("d", "rejected")])
async def test_a_return_and_a_rejection_ask_for_a_word(office: World, key: str, state: str) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, key, "enter")
        assert isinstance(app.screen, AskText)
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
        await app.type_ahead.settled()
        await pilot.pause()
        assert isinstance(app.screen, TheseOnes)
        shown = text_of(app)
        assert all(told in shown for told in ("张伟", "张文", "8016", "未看", "已看"))
        assert Request.select().where(Request.state == "applied").count() == 0
        await press(pilot, "enter")
        assert not app.screen.query_one(DataList).marked
    assert Request.select().where(Request.state == "applied").count() == 2


async def test_one_that_is_taken_out_of_the_list_is_not_decided(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "space", "a", "space", "enter")
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
        await app.type_ahead.settled()
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
        await app.type_ahead.settled()
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
            ("Overdue", 1), ("Today", 2), ("This week", 3),
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


@pytest.mark.clause("E.13.1")
async def test_a_returned_request_is_amended_from_the_list(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).state != "returned":
            await press(pilot, "down")
        request = current(app).id
        await press(pilot, "e")
        assert isinstance(app.screen, ChangeScreen)
        assert typed(app, "extension") == "8013"
        await fill(pilot, extension="8014")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    assert Request.get_by_id(request).state == "open"


async def test_own_requests_are_sorted_narrowed_and_searched_as_any_list(office: World) -> None:
    def shown(app: Office) -> list[int]:
        return [row.id for row in app.screen.query_one(DataList).in_sight]

    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=(120, 36)) as pilot:
        own = shown(app)
        await press(pilot, "s", "1")
        assert shown(app) == sorted(own) != own
        await press(pilot, "s", "1")
        assert shown(app) == sorted(own, reverse=True)
        await press(pilot, "slash", *"8013", "escape")
        (found,) = shown(app)
        assert Request.get_by_id(found).state == "returned"
        await press(pilot, "escape")
        assert len(shown(app)) == len(own)
        await press(pilot, "f")
        assert isinstance(app.screen, Choose)
        await press(pilot, "1", "1")
        kinds = {row.kind for row in app.screen.query_one(DataList).in_sight}
        assert len(kinds) == 1
        assert isinstance(app.screen, MyRequestsScreen)


async def test_withdrawing_asks_first(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "x", "n")
        assert Request.get_by_id(request).state != "withdrawn"
        await press(pilot, "x", "y")
        assert Request.get_by_id(request).state == "withdrawn"
        shown = [value for _label, value in facts(app.desk.requests.one(request))]
        assert Styled(_("no longer needed"), "dim") in shown


@pytest.mark.parametrize(
    ("keys", "state"),
    [(("a",), "applied"), (("b", *"word", "enter"), "returned"), (("d", *"word", "enter"), "rejected")],
    ids=["approve", "return", "reject"],
)
async def test_the_card_decides_as_the_queue_does(office: World, keys: tuple[str, ...], state: str) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "enter")
        assert isinstance(app.screen, RequestCard)
        assert {"approve", "return", "reject"} <= shown_in_footer(app)
        await press(pilot, keys[0], "escape")  # whoever thinks again stays on the card
        if len(keys) > 1:
            assert isinstance(app.screen, RequestCard)
            await press(pilot, *keys)
        assert isinstance(app.screen, QueueScreen)
        assert current(app).id != request
        assert Request.get_by_id(request).state == state
    assert request not in {row.id for row in office.desk("liuyang").queue.window().rows}


@pytest.mark.parametrize("keys", [("a",), ("d", *"word", "enter")], ids=["approve", "reject"])
async def test_a_card_that_was_decided_meanwhile_leads_back_to_the_queue(
    office: World, keys: tuple[str, ...]
) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app)
        await press(pilot, "enter")
        office.desk("zengqing").queue.approve(request.id, request.digest)
        await pilot.pause(SETTLED + 0.2)
        await press(pilot, *keys)
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.query_one(DataList).current is None
        assert "曾晴" in text_of(app)


async def test_the_card_of_an_own_request_withdraws_it(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        request = current(app).id
        await press(pilot, "enter", "x", "n")
        assert isinstance(app.screen, RequestCard)
        await press(pilot, "x", "y")
        assert isinstance(app.screen, MyRequestsScreen)
        while current(app).id != request:
            await press(pilot, "down")
        await press(pilot, "enter")
        assert not {"withdraw", "amend", "approve"} & shown_in_footer(app)
    assert Request.get_by_id(request).state == "withdrawn"


async def test_the_card_of_a_returned_request_opens_its_form_and_that_leads_to_the_list(
    office: World,
) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).state != "returned":
            await press(pilot, "down")
        await press(pilot, "enter")
        assert {"withdraw", "amend"} <= shown_in_footer(app)
        await press(pilot, "e")
        assert isinstance(app.screen, ChangeScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, MyRequestsScreen)
        assert current(app).state == "returned"


def shown_in_footer(app: Office) -> set[str]:
    """The keys that stand in the footer."""
    screen = app.screen
    assert isinstance(screen, FramedScreen)
    return {one.id for one in screen.offered() if screen.in_footer(one) and screen.can(one.id)}


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


async def test_access_is_asked_for_by_name(office: World) -> None:
    app = Office(office, "zhangwen", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "3")
        await fill(pilot, name="zhaomin", reason="call")
        await press(pilot, "ctrl+s")
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.kind, last.reason, last.state) == ("access", "call", "open")


async def test_who_has_no_entry_is_offered_no_change_of_it(school: World) -> None:
    class OfTeacher(Classroom):
        SHOWN = ("requests",)

    app = OfTeacher(school, "yanlaoshi", View("en", Look()))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "n New change" not in text_of(app)
        assert "n New…" in text_of(app)


async def test_an_employee_without_a_role_has_no_queue(office: World) -> None:
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE):
        assert "queue" not in {mode.id for mode in app.modes}
    app = Office(office, "wangfang")
    async with app.run_test(size=SIZE):
        assert "queue" in {mode.id for mode in app.modes}


@pytest.mark.clause("A.13")
async def test_granted_access_is_given_back_by_keys(office: World) -> None:
    request = Request.get(Request.kind == "access")
    queue = office.desk("zhaomin").queue
    queue.approve(request.id, queue.one(request.id).digest)
    app = Office(office, "zhangwei", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        while current(app).id != request.id:
            await press(pilot, "down")
        screen = app.screen
        assert isinstance(screen, FramedScreen)
        assert "Give back" in {say(one.label, "en") for one in screen.offered()}
        await press(pilot, "x")
        assert "交还“查阅”：赵敏，您可用至 11-30 " in text_of(app).replace("\n", "")
        await press(pilot, "y")
        assert app.desk.access.mine() == ()
        assert "withdraw" not in {one.id for one in screen.offered() if screen.can(one.id)}


def test_what_a_request_asks_is_said_in_lines_that_begin_with_a_capital() -> None:
    """In English, beside "Asked by" and "Reason"; what is named by a word of the organisation's too."""
    lines = [DiffLine("who", label, "", "舒琪", ("", "")) for label in (_("whose"), "school", "手机")]
    drawn = [(cell_words(label, "zh_CN"), cell_words(label, "en")) for label, _change in changes(lines)]
    assert drawn == [("涉及人员", "Whose"), ("school", "School"), ("手机", "手机")]


def test_a_question_about_an_act_that_takes_two_begins_with_the_act() -> None:
    """Not with the words "what to do", which stand beside it where it has a line of its own."""
    act = DiffLine("grants.give", _("what to do"), "", _("give a role"), ("", ""), is_act=True)
    whose = DiffLine("account", _("whose"), "", "舒琪", ("", ""))
    row = cast("RequestRow", SimpleNamespace(summary=(act, whose)))
    assert say(asked_for(row), "en") == "give a role, whose 舒琪"
