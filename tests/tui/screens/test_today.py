"""Today at the keyboard: what stands there, its numbers, what is decided and begun there."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from textual.pilot import Pilot

from db.desk.notifications.notices import REMINDED, REVISION, store_notice
from db.desk.overview.outlook import DeadlineOutlook, MonthOutlook, UnitOutlook
from db.desk.overview.overview import Overview
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.notice_views import NoticeToMe
from db.desk.today.waiting import Alike, Tally, Waiting
from db.language import Label, Language, say
from db.store.clock import now as clock_now
from db.store.tables import AuditRecord, Grant, NoticeRecipient, Request, Task
from db.store.transactions import writing
from tests.agreed import agreed, asked
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.tui.conftest import View
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
from tests.tui.screens.requests_stage import office
from tests.tui.screens.stage import counted, press, settled
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import DataList, TextInput
from tui.kit.choosing import Choose
from tui.kit.keyed import Keyed
from tui.kit.sections import Heading
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.requests.card import CardOfMine
from tui.screens.requests.queue import QueueScreen
from tui.sheets.cell import Styled
from tui.sheets.today import WithOthers, key_of, outlook_line, summary_facts

__all__ = ["lives", "office", "unrested"]


async def settled_words(pilot: Pilot[int], words: str) -> None:
    """Wait until ``words`` are told."""
    app = pilot.app
    assert isinstance(app, Lives)
    while words not in told(app):
        await pilot.pause(0.05)


async def test_times_and_keys_are_read_also_where_what_waits_has_no_day(office: World) -> None:
    account = office.accounts["zhangwen"]
    asked(lambda: office.desk("zengqing").accounts.grant(account, "staff", "safety", None, None))
    app = Lives(office, "chenjing")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.6)  # what the reader can do from here is listed by and by
        rows = app.screen.query_one(DataList).in_sight
        assert [row.due for row in rows if isinstance(row, RequestRow)] == [None]
        assert "2 /" in row_of(app, "查他人的电话")


@pytest.mark.clause("A.15")
async def test_what_came_back_stands_first_on_today_with_its_reason_and_opens(office: World) -> None:
    app = Lives(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        assert "退回" in row_of(app, "王芳退回：请附座位变更单")
        rows = app.screen.query_one(DataList)
        assert isinstance(rows.current, RequestRow)
        assert app.waiting == app.desk.waiting.count().all
        await press(pilot, "enter")
        assert isinstance(app.screen, CardOfMine)
        assert "暂停；改后再交时重新起算  依 A.9" in text_of(app)
        assert "amend" in {command.id for command in app.screen.offered_commands()}


async def test_own_requests_name_whom_they_are_about_the_latest_first(lives: World, clock: Clock) -> None:
    change(lives, "liuyang", of="zhengwei", mobile="139 0000 2188")
    app = Lives(lives, "liuyang")
    async with app.run_test(size=SIZE):
        rows = app.screen.query_one(DataList).in_sight
        own = [row.row for row in rows if isinstance(row, WithOthers) and not isinstance(row.row, Alike)]
        dues = [row.due.day for row in own if row.due is not None]
        assert dues == sorted(dues)
        assert len(own) > 1
        assert "逾期 2 天" in row_of(app, "张文")


@pytest.mark.parametrize("reader", ["wangfang", "zhangwei"])
async def test_at_80_columns_the_new_value_is_what_one_reads(lives: World, reader: str) -> None:
    """The old one gives way first: the point of a row is what is asked for."""
    asked = {"email": "wei.zhang.long.name@huaxing.example"}
    change(lives, "zhangwei", asked=asked)
    app = Lives(lives, reader)
    async with app.run_test(size=SIZE):
        line = row_of(app, "邮箱")
        assert "→ wei.zha" in line
        assert "张伟 研发一部" in line


@pytest.mark.parametrize("place", ["1", "3"])
async def test_until_when_is_read_whole_in_the_smallest_window(lives: World, place: str) -> None:
    change(lives, "zhangwei", asked={"email": "wei.zhang.long.name@huaxing.example"})
    app = Lives(lives, "wangfang")
    app.language = "en"
    async with app.run_test(size=(40, 10)) as pilot:
        await press(pilot, place)
        assert " days left " in row_of(app, "张伟")


async def test_a_request_is_decided_where_it_stands_with_the_questions_of_the_queue(lives: World) -> None:
    first, second = change(lives, "zhangwei"), change(lives, "zhengwei", mobile="139 0000 2122")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        assert getattr(rows.current, "id", 0) == first
        await press(pilot, "a")
        assert Request.get_by_id(first).state == "open"
        await settled_words(pilot, "已同意：张伟")
        assert getattr(rows.current, "id", 0) == second, "the next one"
        await press(pilot, "b", *"no", "enter")
        await settled_words(pilot, "已退回：郑微")
    assert Request.get_by_id(second).state == "returned"
    assert lives.desk("wangfang").waiting.count().all == 0


async def test_who_agreed_reminds_and_what_is_asked_for_stands_first(lives: World) -> None:
    """The reminder is no announcement besides."""
    first = change(lives, "zhengwei", mobile="139 0000 2122")
    approve(lives, "wangfang", first)
    second = change(lives, "zhangwei")
    approve(lives, "wangfang", second)
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        agreed = [n for n, row in enumerate(rows.in_sight) if isinstance(row, WithOthers) and not row.own]
        rows.go(agreed[-1])
        assert isinstance(rows.current, WithOthers)
        assert key_of(rows.current) == ("agreed", "request", second)
        await press(pilot, "t")
        await settled_words(pilot, "已催办")
    other = lives.desk("liuyang").waiting
    requests = [row.id for row in other.mine().rows if isinstance(row, RequestRow)]
    assert requests == [second, first]
    assert not [one for one in other.news() if one.kind == REMINDED]
    theirs = Lives(lives, "liuyang")
    async with theirs.run_test(size=SIZE):
        marked = [line for line in text_of(theirs).splitlines() if " 催 2/2 证1" in line]
        assert ["张伟" in line for line in marked] == [True], "it says why it stands first"


@pytest.mark.clause("E.13.1")
@pytest.mark.parametrize(
    ("login", "said"),
    [
        ("majun", "任何人不得审批自己的申请（E.13.3）。正在等 刘洋、罗燕"),
        ("huangbo", "每一步由不同的人审批（E.13.3）。正在等 刘洋、罗燕"),
    ],
)
@pytest.mark.parametrize("key", ["a", "b", "d"])
async def test_who_may_not_decide_reads_by_which_clause_others_do(
    lives: World, login: str, said: str, key: str
) -> None:
    """On one's own request, and on one that one agreed to."""
    approve(lives, "huangbo", change(lives, "majun", "group"))
    app = Lives(lives, login)
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if isinstance(row, WithOthers)))
        await press(pilot, key)
        assert said in text_of(app)


async def test_alike_requests_are_one_row_that_opens_the_queue_with_them_alone(lives: World) -> None:
    alike = [
        change(lives, "wangfang", of=login, asked={"extension": f"89{place}0"}, reason="座位调整")
        for place, login in enumerate(("zhangwei", "zhengwei"))
    ]
    decider = next(one for one in ("liwei", "liuyang") if lives.desk(one).queue.counts().all)
    app = Lives(lives, decider)
    async with app.run_test(size=SIZE) as pilot:
        rows = app.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if isinstance(row, Alike)))
        assert "2 人 研发一部" in row_of(app, "王芳提交")
        assert "agree" not in {command.id for command in offered(app)}, "one by one, or in the queue"
        await press(pilot, "enter")
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert sorted(row.id for row in app.screen.query_one(DataList).in_sight) == alike


async def test_the_numbers_narrow_the_list_and_esc_shows_all_again(lives: World) -> None:
    change(lives, "zhangwei")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "2")
        assert "张伟" not in text_of(app).split("等我 1")[1]
        await press(pilot, "escape")
        assert "张伟 研发一部" in text_of(app)
        await press(pilot, "slash")
        await pilot.pause()
        assert isinstance(app.screen, DirectoryScreen)
        assert isinstance(app.screen.focused, TextInput)


async def test_a_key_that_is_not_for_the_row_says_so(lives: World) -> None:
    app = Lives(lives, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "x")
        assert "x（搁置）不适用于光标所在的这一项，可按 Enter 打开" in text_of(app)


def test_months_and_rates_are_said_as_people_say_them() -> None:
    months = (MonthOutlook("2026-10", 81, 100), MonthOutlook("2026-11", 1, 2))
    outlook = DeadlineOutlook(months=months, people=7)
    line = [part.text if isinstance(part, Styled) else part for part in outlook_line(outlook)]
    assert "".join(say(part, "zh_CN") for part in line).endswith("按时率 10月 81% 11月 1/2")
    assert "".join(say(part, "en") for part in line).endswith("in time Oct 81% Nov 1/2")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_numbers_leave_out_whole_parts_and_cut_none(
    lives: World, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest month goes first, where there is no room for all."""
    tally = Tally(10, 6, 6, 5, 1, 12, ())
    months = (MonthOutlook("2026-10", 0, 1), MonthOutlook("2026-11", 53, 100), MonthOutlook("2026-12", 9, 9))
    outlook = DeadlineOutlook(months=months, people=488, lacking=None, moves=(0, 0, 0))
    monkeypatch.setattr(Overview, "outlook", lambda _overview: outlook)
    monkeypatch.setattr(Waiting, "tally", lambda _waiting: tally)
    app = Lives(lives, "liuyang", View(language, size=SIZE))
    async with app.run_test(size=SIZE) as pilot:
        await counted(pilot)
        await pilot.pause()
        numbers, known = (
            app.screen.query_one(line).render_line(0).text for line in ("#numbers", "#answered")
        )
        assert "…" not in numbers + known
        last = {"zh_CN": "11月 53% 12月 100%", "en": "in time Nov 53% Dec 100%"}
        assert known.rstrip().endswith(last[language])
        assert ("mine 12" in numbers) == (language == "en")


def test_a_task_says_once_what_it_is_about() -> None:
    blank: dict[str, Any] = {one.name: "" for one in fields(TaskRow)}
    row = TaskRow(**blank | {"about": "#6 骚扰 · 已报告", "due": None})
    assert [value for _label, value in summary_facts(row)][1:] == ["#6 骚扰 · 已报告"]


def test_what_an_item_is_stands_where_words_have_room() -> None:
    """Beside short labels; it stood among them, and a long one took three lines there."""
    blank: dict[str, Any] = {one.name: "" for one in fields(TaskRow)}
    task = TaskRow(**blank | {"kind_label": "confirmation of the year", "due": None})
    book = Label("华星置业通讯录", "Huaxing Estate directory")
    unit = UnitOutlook("controlled", book, 1, "华星置业", 1, 1, 2, 3, ())
    for row, kind in ((task, task.kind_label), (unit, unit.book_label)):
        labels, values = zip(*summary_facts(row), strict=True)
        assert kind in values
        assert kind not in labels


async def test_the_cursor_passes_over_headings(lives: World) -> None:
    change(lives, "zhangwei")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=(80, 12)) as pilot:
        rows = app.screen.query_one(DataList)
        total = len(rows.in_sight)
        seen = []
        for _each in range(total):
            seen.append(rows.current)
            await press(pilot, "down")
        for key in ("home", "end", "pageup", "up", "pagedown", "up", "up"):
            await press(pilot, key)
            seen.append(rows.current)
        assert not [row for row in seen if row is None or isinstance(row, Heading)]
        await press(pilot, "home")
        assert "等我处理 1" in text_of(app), "the heading above the first row is in sight"


async def test_beside_the_list_stands_the_item_that_its_reader_moved_to(lives: World) -> None:
    """What the cursor stands on by itself is not opened, as that is on record."""
    change(lives, "zhangwei")
    second = change(lives, "zhengwei", mobile="139 0000 2122")
    app = Lives(lives, "wangfang")
    async with app.run_test(size=(120, 36)) as pilot:
        await counted(pilot)
        opened = AuditRecord.select().where(AuditRecord.act == "queue.one")
        assert "#" in text_of(app)
        assert opened.count() == 0
        await press(pilot, "down")
        await settled(pilot)
        assert [row.request for row in opened] == [second]
        assert "换号" in text_of(app), "its reason"


@pytest.mark.parametrize("said", ["gaishoujihao", "换号", "change mobile"])
async def test_what_one_wants_to_do_is_found_and_begun(lives: World, said: str) -> None:
    """Nobody is told of what they may not do."""
    app = application(lives, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+p", *"有人离职")
        assert text_of(app).count("有人离职") == 1
        await press(pilot, "ctrl+u", *said)
        assert "我想改手机号" in text_of(app)
        await press(pilot, "enter")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        assert "哪一本通讯录" in text_of(app), "and begins it there"


@pytest.mark.parametrize(
    ("login", "job", "form"),
    [
        ("wangfang", "委托", "Choose"),
        ("zhengwei", "改手机号", "ChangeScreen"),
        ("liuyang", "入职", "JoinScreen"),
    ],
)
async def test_n_begins_what_is_of_no_row(lives: World, login: str, job: str, form: str) -> None:
    app = Lives(lives, login)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n")
        assert isinstance(app.screen, Choose)
        labels = [say(one.label, "zh_CN") for one in app.screen._options]
        place = next(number for number, label in enumerate(labels, 1) if job in label)
        await press(pilot, str(place))
        for _each in range(60):
            if type(app.screen).__name__ != form:
                await pilot.pause(0.05)
        assert type(app.screen).__name__ == form, text_of(app)


@pytest.mark.parametrize(
    ("word", "who", "form"), [("离职", "张伟", "LeaveScreen"), ("diaodong", "zhangwei", "MoveScreen")]
)
async def test_a_word_before_a_name_opens_the_form_of_it_for_whoever_may(
    lives: World, word: str, who: str, form: str
) -> None:
    app = Lives(lives, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", *word, "space", *who, "enter")
        assert type(app.screen).__name__ == form
    app = Lives(lives, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", *word, "space", *who, "enter")
        assert type(app.screen).__name__ != form, "an employee begins none"


async def test_a_task_is_done_on_today_by_the_key_of_its_card(lives: World) -> None:
    with writing():
        Task.create(
            duty="to file", kind="filing", book="staff", unit=lives.unit("staff", "研发中心"), role="hr",
            clause="A.8", detail="{}", opened_at=clock_now(), started_on="2026-11-20", due="2026-11-20",
        )  # fmt: skip
    app = Lives(lives, "zengqing")
    async with app.run_test(size=SIZE) as pilot:
        await look(pilot)
        rows = app.screen.query_one(DataList)
        rows.go(next(n for n, row in enumerate(rows.in_sight) if getattr(row, "kind", "") == "filing"))
        await look(pilot)
        await pilot.press("a")
        await look(pilot)
        assert Task.get(Task.duty == "to file").state == "done"


@pytest.mark.clause("G.3.1")
async def test_a_leaders_change_says_its_fields_and_is_objected_to_where_it_is_read(lives: World) -> None:
    """Looking at it doesn't take the way to object from whoever is told."""
    build_wider_world("wecom", beside=lives)
    change(lives, "caiming", "wecom", of="shuqi")
    app = application(lives, "shuqi")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "蔡明修改了您的条目，已即时生效 · 手机  如有异议请按 x" in text_of(app)
        rows = app.screen.query_one(DataList)
        for _row in range(20):
            if isinstance(rows.current, NoticeToMe) and rows.current.kind == "direct-change":
                break
            await press(pilot, "down")
        await press(pilot, "enter", "escape")
        assert "蔡明修改了您的条目" in text_of(app), "it is not read until its reader says so"
        await press(pilot, "enter", "x", "y")
        assert Request.select().where((Request.state == "open") & (Request.book == "wecom")).count() == 1
        assert "蔡明修改了您的条目" not in text_of(app)


async def test_a_role_that_is_told_until_acknowledged_is_objected_to_from_the_list(lives: World) -> None:
    """The same two keys in the list and in its box, whichever the reader takes."""
    grant = lives.desk("liuyang").accounts.grant
    agreed(lambda: grant(lives.accounts["zhangwei"], "staff", "it", None, None), lives.desk("helei"))
    app = application(lives, "chenjing")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        for _row in range(40):
            if isinstance(rows.current, NoticeToMe) and rows.current.kind == "power-done":
                break
            await press(pilot, "down")
        screen = app.screen
        assert isinstance(screen, Keyed)
        assert [screen.can(one) for one in ("agree", "end")] == [True, True]
        await press(pilot, "enter")
        assert "提出异议" in text_of(app)
        assert "a  确认" in text_of(app)
        await press(pilot, "escape", "x", "y")
    assert Grant.get(Grant.account == lives.accounts["zhangwei"]).revoked_at


@pytest.mark.clause("G.3.1")
async def test_putting_all_aside_leaves_what_one_can_object_to(lives: World) -> None:
    build_wider_world("wecom", beside=lives)
    change(lives, "caiming", "wecom", of="shuqi")
    told = [lives.accounts["shuqi"]]
    with writing():
        for name in ("caiming", "maoxiao"):
            store_notice("delete", "wecom", told, entry=lives.entry(name, "wecom"), clause="G.4.3")
    app = application(lives, "shuqi")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        rows.go([getattr(row, "kind", "") for row in rows.in_sight].index("delete"))
        await press(pilot, "x", "2")
        assert "另有 1 条可提出异议或须确认，予以保留" in text_of(app)
    assert [one.kind for one in lives.desk("shuqi").notices.unread()] == ["direct-change"]


async def test_an_announcement_is_acknowledged_in_its_box_too(lives: World) -> None:
    account = lives.accounts["liuyang"]
    detail = {"zh": "员工通讯录制度", "en": "rules", "version": "2", "effective": "2026-12-01"}
    with writing():
        store_notice(REVISION, "staff", [account], clause="A.15", acknowledge=True, detail=detail)
    app = application(lives, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        while not isinstance(rows.current, NoticeToMe) or not rows.current.acknowledge:
            await press(pilot, "down")
        await press(pilot, "enter", "a")
        assert "已确认" in text_of(app)
    mine = (NoticeRecipient.account == account) & NoticeRecipient.acknowledged_at.is_null(False)
    assert NoticeRecipient.select().where(mine).exists()


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("1", "今日：已是最新。"),
        ("f5", "今日：已是最新。"),
        ("space", "Space 在这里没有作用"),
        ("tab", "Tab 在这里没有作用"),
    ],
)
async def test_a_key_that_changes_nothing_to_be_seen_answers(lives: World, key: str, answer: str) -> None:
    app = Lives(lives, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, key)
        assert answer in text_of(app)
