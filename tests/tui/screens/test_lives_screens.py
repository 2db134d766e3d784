"""Joining, moving and leaving through the screens, key by key (A.8, A.9, A.10, H.5.4)."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from db.desk.lifecycle.forms import UnitChoice
from db.desk.notifications.notices import store_notice
from db.desk.requests.request_views import RequestRow
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, say
from db.store.tables import Entry, HandBack, Request, Task
from db.store.transactions import writing
from tests.db.desk.lives import VALUES, approved, entry_of_request, joiner, leave, returned, take_out
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.lives_stage import Lives, lives
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, FramedScreen, NoticeArea, TextInput
from tui.kit.choosing import Choose
from tui.kit.dialogs import SayFacts
from tui.screens.asking.change import ChangeScreen
from tui.screens.cases.report import ReportBreach
from tui.screens.kept_form import KeptForm
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen
from tui.screens.lifecycle.move import MoveScreen
from tui.screens.lifecycle.opening import screen_of
from tui.screens.requests.card import RequestCard
from tui.screens.requests.kept_forms import form_of
from tui.screens.requests.queue import QueueScreen
from tui.screens.tasks.card import TaskCard
from tui.screens.tasks.tasks import TasksScreen
from tui.screens.today.today import Today
from tui.sheets.task_facts import missing_word, task_facts
from tui.sheets.today import WithOthers
from tui.sheets.todo import key_of

__all__ = ["lives"]
SIZE = (80, 24)


async def typed(pilot: Pilot[int], text: str) -> None:
    await press(pilot, *text)


@pytest.mark.clause("A.8", "A.3")
async def test_a_joiner_by_keys_from_the_directory(lives: World) -> None:
    app = Lives(lives, "liuyang", first="directory")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "1")
        assert isinstance(app.screen, JoinScreen)
        await typed(pilot, "新来")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, JoinScreen)
        assert Request.select().where(Request.kind == "join").count() == 0
        await press(pilot, "f3")
        await typed(pilot, "华东")
        await press(pilot, "enter")
        assert not app.screen.query_one("#field-unit").has_class("-wrong")  # it was, before one was chosen
        for name in ("position", "office_phone", "mobile", "email"):
            editor = app.screen.query_one(f"#field-{name} TextInput")
            editor.focus()
            await typed(pilot, VALUES[name].replace(" 转 8990", ""))
        await press(pilot, "ctrl+s")
        await pilot.pause()
        assert not isinstance(app.screen, JoinScreen)
    request = Request.get(Request.kind == "join")
    assert request.unit_id == lives.unit("staff", "销售中心/华东销售部")
    approved(lives, "zengqing", request.id)
    assert Entry.get_by_id(request.entry_id).state == "active"


@pytest.mark.clause("A.8")
async def test_the_waiting_joiner_is_entered_from_today(lives: World) -> None:
    app = Lives(lives, "zengqing")
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, Today)
        await press(pilot, "f", "end", "enter")
        assert isinstance(app.screen, TasksScreen)
        rows = app.screen.query_one(DataList)
        while rows.current is not None and rows.current.kind != "joiner":
            await press(pilot, "down")
        await press(pilot, "enter")
        assert isinstance(app.screen, TaskCard)
        await press(pilot, "enter")
        assert isinstance(app.screen, JoinScreen)
        assert app.screen.query_one("#field-name TextInput").value == "赵新"


@pytest.mark.clause("A.9")
async def test_a_move_by_keys(lives: World) -> None:
    app = Lives(
        lives, "liuyang", over=lambda app: MoveScreen(app.desk.lifecycle.move_form(lives.entry("zhengwei")))
    )
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, MoveScreen)
        await press(pilot, "f3")
        await typed(pilot, "研发二")
        await press(pilot, "enter", "ctrl+s")
        await pilot.pause()
        assert not isinstance(app.screen, MoveScreen)
    request = Request.get((Request.kind == "move") & (Request.entry == lives.entry("zhengwei")))
    assert Task.get(Task.request == request).kind == "mover"


async def test_the_departments_to_choose_from_begin_with_the_one_chosen(lives: World) -> None:
    entry = lives.entry("zhengwei")
    app = Lives(lives, "liuyang", over=lambda app: MoveScreen(app.desk.lifecycle.move_form(entry)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f3")
        current: UnitChoice | None = app.screen.query_one(DataList).current
        assert current is not None
        assert current.id == Entry.get_by_id(entry).unit_id


async def test_a_task_whose_request_is_under_way_says_so_instead_of_what_comes_with_it(lives: World) -> None:
    app = Lives(lives, "liuyang")
    async with app.run_test(size=(120, 24)) as pilot:
        await press(pilot, "f", "end", "enter")
        rows = app.screen.query_one(DataList)
        while rows.current is not None and rows.current.kind != "mover":
            await press(pilot, "down")
        assert rows.current is not None
        said = missing_word(rows.current)
        assert say(said.text, "en") == "waits for 曾晴"


@pytest.mark.clause("A.10")
async def test_a_leaver_by_keys_and_who_may_not(lives: World) -> None:
    entry = lives.entry("zhengwei")
    app = Lives(lives, "liuyang", over=lambda app: LeaveScreen(app.desk.lifecycle.leave_form(entry)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+s")
        await pilot.pause()
        assert not isinstance(app.screen, LeaveScreen)
    assert Request.get((Request.kind == "leave") & (Request.entry == entry)).state == "open"
    app = Lives(lives, "zhangwei", first="directory")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "M", "L")
        assert not isinstance(app.screen, JoinScreen | MoveScreen | LeaveScreen)


@pytest.mark.clause("H.5.4")
async def test_a_copy_is_signed_off_by_keys(lives: World) -> None:
    task = Task.get((Task.book == "secured") & (Task.kind == "leaver"))
    app = Lives(lives, "xinan", over=lambda app: TaskCard(app.desk.tasks.one(task.id)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "a 签收" in text_of(app), "done comes after the copies"
        await press(pilot, "a", "1", "enter")
        await pilot.pause()
        assert app.screen.query(NoticeArea)
    copy = HandBack.get(HandBack.copy == "ABCD-EFGH")
    assert (copy.outcome, copy.signed_by_id) == ("returned", lives.accounts["xinan"])


@pytest.mark.clause("H.5.4", "A.10")
async def test_a_leaver_s_task_has_the_same_key_in_the_queue_and_on_its_card(lives: World) -> None:
    """What lacks is signed off or ticked off there; that it is done can't be said before."""
    task = Task.get((Task.book == "secured") & (Task.kind == "leaver"))
    said = []
    for over in (lambda app: TaskCard(app.desk.tasks.one(task.id)), lambda _app: QueueScreen()):
        app = Lives(lives, "xinan", over=over)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            if isinstance(app.screen, QueueScreen):
                rows = app.screen.query_one(DataList)
                while rows.current is not None and key_of(rows.current) != f"t{task.id}":
                    await press(pilot, "down")
            await press(pilot, "a")
            await pilot.pause()
            assert isinstance(app.screen, Choose)
            said.append(text_of(app).split("签收", 1)[-1])
            assert "确认已完成" not in text_of(app), "copies are to be signed off first"
            await press(pilot, "escape")
            assert isinstance(app.screen, TaskCard)
    assert said[0] == said[1] != ""


@pytest.mark.clause("H.5.4")
async def test_who_hands_copies_back_is_told_who_signs_and_is_not_offered_it(
    lives: World,
) -> None:
    take_out(lives, "xinan", "JKLM-NPQR")
    leave(lives, "fuhr", "xinan", "secured", day="2026-12-07")
    task = Task.get((Task.kind == "hand-back") & (Task.entry == lives.entry("xinan", "secured")))
    app = Lives(lives, "xinan", over=lambda app: TaskCard(app.desk.tasks.one(task.id)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TaskCard)
        assert "sign" not in {command.id for command in app.screen.offered_commands()}
        assert "c 说明去向" in text_of(app)
        await press(pilot, "c", "c", "2", "enter")
        copy = HandBack.get(HandBack.copy == "JKLM-NPQR")
        assert (copy.outcome, copy.signed_at) == ("destroyed", None)
        await press(pilot, "escape")
        assert "已销毁" in text_of(app), "the task shows what its holder said"
        labels = [
            say(label, "en") for label, _value in task_facts(app.screen._view) if isinstance(label, Message)
        ]
        assert "Signed off by" in labels


async def test_enter_on_today_opens_once_and_shows_an_announcement_whole(
    lives: World,
) -> None:
    with writing():
        store_notice(
            "join", "staff", [lives.accounts["liuyang"]], clause="A.8", entry=lives.entry("zhangwei")
        )
    app = Lives(lives, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        unread = len(app.desk.notices.unread())
        rows = app.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if isinstance(row, WithOthers)))
        await press(pilot, "enter")
        assert isinstance(app.screen, RequestCard)
        await press(pilot, "escape")
        assert isinstance(app.screen, Today)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if isinstance(row, NoticeToMe)))
        await press(pilot, "enter")
        assert isinstance(app.screen, SayFacts)
        assert len(app.desk.notices.unread()) == unread
        await press(pilot, "enter")
        await pilot.pause()
        assert isinstance(app.screen, Today)
        assert len(app.desk.notices.unread()) == unread - 1


@pytest.mark.clause("E.13.2")
@pytest.mark.parametrize("seen", [False, True])
async def test_what_is_opened_from_today_is_under_the_cursor_of_the_queue(lives: World, seen: bool) -> None:
    """The keys that decide act on the row under the cursor: it must be the one that was opened, though the
    queue was looked at before and narrowed."""
    app = Lives(lives, "zengqing")
    async with app.run_test(size=SIZE) as pilot:
        if seen:
            await press(pilot, "3", "f", "2", "1")
        rows = app.screen.query_one(DataList)
        requests = [place for place, row in enumerate(rows.in_sight) if isinstance(row, RequestRow)]
        rows.go(requests[-1])
        wanted = rows.current
        await press(pilot, "enter")
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        found = app.screen.query_one(DataList).current
        assert isinstance(found, RequestRow)
        assert isinstance(wanted, RequestRow)
        assert (len(requests) > 1, found.id) == (True, wanted.id)


async def test_who_lets_a_joiner_wait_is_told_what_is_not_kept(lives: World) -> None:
    """A form half filled is not dropped without a word."""
    app = Lives(lives, "liuyang", first="directory")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "1")
        await typed(pilot, "晚到")
        await press(pilot, "f3")
        await typed(pilot, "华东")
        await press(pilot, "enter")
        position = app.screen.query_one("#field-position TextInput", TextInput)
        position.focus()
        await typed(pilot, "经理")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Choose)
        await press(pilot, "n")
        assert isinstance(app.screen, JoinScreen)
        assert position.value == "经理"
        assert not Entry.select().where(Entry.name == "晚到").exists()
        await press(pilot, "ctrl+s", "y")
        await pilot.pause()
        assert Entry.get(Entry.name == "晚到").state == "pending"


@pytest.mark.clause("A.8")
@pytest.mark.parametrize(("login", "position"), [("liuyang", "工程师"), ("zengqing", "")])
async def test_the_task_of_a_returned_joiner_opens_its_form_for_whoever_completes_it(
    lives: World, login: str, position: str
) -> None:
    """With all that was handed in for who wrote it, as of somebody expected for a colleague."""
    request = lives.desk("liuyang").lifecycle.join(joiner(lives, "研发中心"))
    returned(lives, "zengqing", request)
    task = Task.get(Task.entry == entry_of_request(request).id)
    app = Lives(lives, login, over=lambda app: TaskCard(app.desk.tasks.one(task.id)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, JoinScreen)
        assert app.screen.query_one("#field-position TextInput", TextInput).value == position


@pytest.mark.parametrize("spelled", ["huadong", "hdxs", "HuaDongXiao", "华东"])
async def test_a_department_is_found_by_its_pinyin_and_by_its_initials(lives: World, spelled: str) -> None:
    app = Lives(lives, "liuyang", first="directory")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "1", "f3")
        await typed(pilot, spelled)
        found = app.screen.query_one(DataList).in_sight
        assert [one.path for one in found] == ["销售中心 / 华东销售部"]


async def test_every_form_that_is_kept_is_found_by_its_place(lives: World) -> None:
    app = Lives(lives, "liuyang", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        screen, lifecycle, entry = app.screen, app.desk.lifecycle, lives.entry("zhangwei")
        assert isinstance(screen, FramedScreen)
        expected = Entry.get(Entry.state == "pending").id
        forms: list[KeptForm] = [
            ChangeScreen(app.desk.changes.form(lives.entry("liuyang"))),
            screen_of(lifecycle.join_form("staff", expected)),
            screen_of(lifecycle.join_form("group", side="external")),
            screen_of(lifecycle.move_form(entry)),
            screen_of(lifecycle.leave_form(entry)),
            ReportBreach(),
        ]
        for form in forms:
            again = form_of(screen, form.draft)
            assert (type(again), again.draft) == (type(form), form.draft)
