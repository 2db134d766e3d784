"""Issuing, acknowledging, reminding, calling back and tracing, by the keys that people press."""

from __future__ import annotations

import io
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.widget import AwaitMount, Widget

from db.desk.editions.copies import Copies
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import Account, AuditRecord, EditionCopy, EditionIssue, Task
from tests.conftest import Clock
from tests.editions_world import BOOK, gets_account, without_account
from tests.rules import put_under
from tests.tui.conftest import View
from tests.tui.menus import press_for
from tests.tui.screens.editions_stage import Issuing, issued
from tests.tui.screens.stage import press as press_at_once
from tests.world import World
from tui.kit import DataList, Look, TextInput
from tui.plain.work import work
from tui.screens.editions.editions import EditionsScreen
from tui.screens.editions.preview import EditionPreview
from tui.screens.editions.receipts import Receipts
from tui.screens.editions.trace import TraceScreen
from tui.screens.tasks.tasks import open_task
from tui.sheets.cell import Styled
from tui.sheets.editions import due_cell

__all__ = ["issued"]
SIZE = (80, 24)
press = partial(press_at_once, pause=0.05)


def text_of(app: Issuing) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def newest() -> AuditRecord:
    found = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert isinstance(found, AuditRecord)
    return found


@pytest.mark.clause("I.4.2.1", "I.4.1.1")
async def test_the_assistant_sees_what_changed_and_issues(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert "11-23 18:00" in text_of(app)
        await press(pilot, "slash", *"zzz")
        assert "尚未发放" not in text_of(app), "the search hides the editions, and what was issued of them"
        await press(pilot, "escape", "escape", "v", "1")
        shown = text_of(app)
        for words in ("+ 入职", "新人", "− 离职", "解平", "→ 调动", "白芷", "分机", "4011 → 4019"):
            assert words in shown
        await press(pilot, "n", "y")
        assert "已发放第 2 期" in text_of(app)
        await pilot.pause(0.1)
        assert "✓ 已发放" in text_of(app)
    assert EditionIssue.select().where(EditionIssue.edition == "internal").count() == 2
    assert "editions.issue" in [row.act for row in AuditRecord.select()]


@pytest.mark.clause("I.4.2.1")
async def test_nothing_is_issued_without_a_yes_and_lateness_is_said(issued: World, clock: Clock) -> None:
    clock.set("2026-11-24T09:00+08:00")
    run(RunnerPlace("host", "test"))
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert "! 逾期 11-23 18:00" in text_of(app)
        app.recount()
        waiting = app.waiting
        assert waiting
        await press(pilot, "n", "n")
        assert EditionIssue.select().count() == 2
        await press(pilot, "n", "y")
        assert "已逾期发放" in text_of(app)
        assert app.waiting == waiting - 1


@pytest.mark.clause("I.4.1.2")
async def test_the_preview_lists_everyone_and_the_recipients(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "1", "v", "1", "2")
        lines = text_of(app)
        heads = next(line for line in lines.splitlines() if "大部" in line)
        order = [
            heads.index(head)
            for head in ("大部名称", "部门名称", "姓名", "岗位", "分机", "手机", "固定电话", "传真", "邮箱")
        ]
        assert order == sorted(order)
        await press(pilot, "enter")
        assert "首席执行官" in text_of(app)
        listing = app.screen_stack[-2].query_one(DataList)
        await press(pilot, "escape", "v", "1", "3")
        assert app.screen.query_one(DataList) is listing, "the keys are drawn by its line at any moment"
        assert "部门助理" in text_of(app)
        assert "沈杰" not in text_of(app)


async def test_the_columns_of_an_edition_are_measured_in_the_language_of_now(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "1", "v", "1", "2", "down", "f9")
        await pilot.pause(0.1)
        assert "Extension" in text_of(app)
        assert app.screen.query_one(DataList).cursor == 1


@pytest.mark.clause("I.4.3.1")
async def test_the_recipient_opens_a_copy_and_that_is_the_receipt(issued: World) -> None:
    app = Issuing(issued, "taojs")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert isinstance(app.screen, Receipts)
        assert "! 未签收" in text_of(app)
        await press(pilot, "enter")
        shown = text_of(app)
        password = Copies(issued.desk("taojs")).open("C0001-004").password
        assert password in shown
        assert newest().act == "copies.open"
        await press(pilot, "escape")
        assert "✓ 11-23 09:00" in text_of(app)
        assert password not in text_of(app)
    assert EditionCopy.get_by_id(4).acknowledged_at


async def test_the_way_back_is_among_the_keys_where_there_is_one(issued: World) -> None:
    """Own copies are a place of their own for some, and opened from the editions for who issues them."""
    app = Issuing(issued, "taojs")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert isinstance(app.screen, Receipts)
        assert "Esc" not in text_of(app)
        app.set_language("en")
        await pilot.pause()
        assert "Internal directory" in text_of(app)
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "3")
        assert isinstance(app.screen, Receipts)
        assert "Esc 返回" in text_of(app)


@pytest.mark.clause("I.4.3.1")
async def test_the_command_shown_brings_the_file(issued: World) -> None:
    app = Issuing(issued, "taojs")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "o")
        shown = text_of(app)
    assert "ssh taojs@directory.example.com get > C0001-004.pdf" in shown
    out = io.BytesIO()
    assert work(["get"], issued.desk("taojs"), io.BytesIO(), out, io.BytesIO()) == 0
    assert out.getvalue().startswith(b"%PDF-")


@pytest.mark.clause("I.4.3.1")
async def test_who_has_not_acknowledged_is_seen_and_reminded(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "2")
        shown = text_of(app)
        assert shown.count("! 未签收") == 4
        assert "1/5" in shown
        assert "重发" not in text_of(app), "no mail was given up"
        await press(pilot, "t")
        assert "已提醒 4 人" in text_of(app)
        await press(pilot, "t")
        assert "今天都已提醒过，最近一次是 2026-11-" in text_of(app)
        await press(pilot, "enter", "enter")
        for words in ("唐总", "首席执行官", "总裁办"):
            assert words in text_of(app)
        await press(pilot, "escape")
        await pilot.pause(0.1)
        await press(pilot, "v")
        await pilot.pause(0.1)
        assert "与发放时完全一致" in text_of(app)


async def test_how_far_a_copy_got_is_said_once_in_a_wide_window(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=(200, 36)) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "2")
        assert text_of(app).count("! 未签收") == 4


async def test_the_copies_are_narrowed_to_those_not_acknowledged(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "2", "f")
        places = [line.split()[1] for line in text_of(app).splitlines() if line.strip(" │").endswith("状态")]
        assert len(places) == 1, text_of(app)
        await press(pilot, places[0].replace("▸", ""))
        chosen = next(line for line in text_of(app).splitlines() if "! 未签收  4" in line)
        await press(pilot, next(sign for sign in chosen if sign.isdigit()))
        assert text_of(app).count("C0001-") == 4


@pytest.mark.clause("I.4.3.1")
async def test_a_copy_is_called_back_with_a_reason_and_opens_no_more(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "2", "down", "down", "down", "x", "1", *"wrong", "enter")
        assert "已收回 1 份" in text_of(app)
        await press(pilot, "enter")
        assert "wrong" in text_of(app)
    mine = Issuing(issued, "taojs")
    async with mine.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert "已收回" in text_of(mine)
        assert "wrong" in text_of(mine)
        assert "请销毁手中的内容" in text_of(mine)
        await press(pilot, "enter")
        assert newest().act != "copies.open"


async def test_a_copy_that_is_out_says_why_it_can_not_be_issued(issued: World) -> None:
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        heads = [line for line in text_of(app).splitlines() if "签收" in line]
        assert heads
        assert all("…" not in line for line in heads)
        await press_for(pilot, "v", "copies")
        await press(pilot, "n")
        assert "此副本早已发放。" in text_of(app)
        await press(pilot, "o")
        assert "列表文件" in text_of(app)
        assert "导出" in text_of(app)


@pytest.mark.clause("I.4.3.1")
async def test_who_can_not_acknowledge_is_seen_given_a_copy_and_closed(issued: World, clock: Clock) -> None:
    """Today of whoever issues has it from the moment of issuing until nobody is left."""
    for login, name in (("jiyan", "纪言"), ("shuhui", "舒慧")):
        without_account(issued, login, name)
    gets_account(issued, "shuhui", "舒慧")
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "1")
        assert "没有账号，副本先留编号：纪言" in text_of(app)
        await press(pilot, "v", "1", "3")
        listed = next(line for line in text_of(app).splitlines() if "! 没有账号" in line)
        assert "纪言" in listed
        Account.update(state="disabled").where(Account.login == "shuhui").execute()
        await press(pilot, "n", "y")
        await pilot.pause(0.1)
        assert "! 无法签收 2 份" in text_of(app)
        Account.update(state="active").where(Account.login == "shuhui").execute()
        (task,) = [row for row in app.desk.tasks.mine().rows if row.kind == "edition-receipts"]
        assert isinstance(app.screen, EditionsScreen)
        open_task(app.screen, task)
        await pilot.pause(0.1)
        shown = text_of(app)
        assert (shown.count("! 没有账号"), shown.count("! 待补发"), shown.count("! 无法签收 2")) == (1, 1, 1)
        assert Task.select().where((Task.kind == "edition-receipts") & (Task.state == "open")).count() == 1
        await press(pilot, *["down"] * 5)
        assert "补发" not in text_of(app).splitlines()[-1]
        await press(pilot, "x", *"posted", "enter")
        assert "已关闭 1 份" in text_of(app)
        await press(pilot, "down", "n")
        assert "已补发" in text_of(app)
        assert app.crash is None
    assert [row.close_reason for row in EditionCopy.select() if row.closed_at] == ["posted"]
    assert not Task.select().where((Task.kind == "edition-receipts") & (Task.state == "open")).exists()


@pytest.mark.clause("H.4.3")
async def test_a_reason_that_is_refused_stays_where_it_was_typed(issued: World) -> None:
    """The dialog stays open under the clause; no copy is called back."""
    put_under(BOOK, "controlled-document", "information-security")
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "2", "x", "1", *"11010519491231002x", "enter")
        assert app.screen.query_one(TextInput).value == "11010519491231002x"
        assert "H.4.3" in text_of(app)
        assert not EditionCopy.select().where(EditionCopy.recalled_at.is_null(False)).exists()
        await press(pilot, *"wrong", "enter")
    assert [row.recall_reason for row in EditionCopy.select() if row.recalled_at] == ["wrong"]


@pytest.mark.clause("I.4.4.1", "A.19")
async def test_security_traces_by_number_and_by_a_file_of_the_tray(issued: World) -> None:
    from db.desk.editions.copy_to_make import to_make
    from reports.editions.container import file_of

    issued.desk("wenmi").evidence.add("捡到的.pdf", file_of(to_make(4)))
    app = Issuing(issued, "wenmi")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "v", "3")
        assert isinstance(app.screen, TraceScreen)
        await press(pilot, *"c0001-005", "enter")
        assert "编号对应：白芷" in text_of(app)
        await press(pilot, "f6", "1")
        shown = text_of(app)
        assert "这是陶军的副本 C0001-004" in shown
        assert "完整暗记" in shown
        assert "I.4.4.1" in shown
        assert newest().act == "traces.file"


@pytest.mark.clause("I.4.1.1")
async def test_units_get_a_kind_and_people_a_tag(issued: World) -> None:
    from db.store.tables import EntryTag, Request, Unit

    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "u", "4", "2")
        assert Unit.get_by_id(issued.unit(BOOK, "技术部")).kind == "office"
        before = sorted(row.tag for row in EntryTag.select())
        await press(pilot, "v", "1", "v", "1", "2", "down", "v", "2", "2")
        assert sorted(row.tag for row in EntryTag.select()) == sorted([*before, "office-contact"])
        await press(pilot, "v", "2", "1")
        assert len(EntryTag.select()) == len(before), "taken off at once"
        await press(pilot, "v", "2", "1")
        assert len(EntryTag.select()) == len(before), "and put on again by a decision"
        assert Request.get().kind == "power"
        await press(pilot, "v", "1", "3")
        assert "唐总" in text_of(app)
        assert app.crash is None


async def test_the_keys_are_drawn_at_any_moment_while_the_list_changes(
    issued: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow machine draws them between one list and the next."""
    mount = EditionPreview.mount

    def draw_and_mount(preview: EditionPreview, *widgets: Widget, **where: Any) -> AwaitMount:
        preview.refresh_keys()
        return mount(preview, *widgets, **where)

    monkeypatch.setattr(EditionPreview, "mount", draw_and_mount)
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "1", "v", "1", "3")
        assert app.crash is None
        assert len(app.screen.query(DataList)) == 1
        assert "唐总" in text_of(app)


async def test_who_only_looks_is_not_offered_to_issue(issued: World) -> None:
    app = Issuing(issued, "fengdir")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "n")
        assert EditionIssue.select().count() == 2
        assert "该版本由他人发放" in text_of(app)
        await press_for(pilot, "v", "copies")
        await press(pilot, "t", "x")
        assert "不在您的办理范围内" in text_of(app)
        assert "! 未签收" in text_of(app)
        assert not EditionCopy.select().where(EditionCopy.reminded_at.is_null(False)).exists()


@pytest.mark.threat(11)
async def test_hostile_names_are_drawn_as_text(issued: World) -> None:
    from db.store.tables import Entry

    Entry.update(name="[@click=app.quit()]x[/]\x1b]0;t\x07", position="[/]").where(
        Entry.id == issued.entry("taojs", BOOK)
    ).execute()
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        await press(
            pilot, "v", "1", "v", "1", "2", "down", "enter", "escape", "escape", "n", "y", "v", "2", "enter"
        )
        assert app.crash is None
        assert "\x1b" not in text_of(app)


async def test_the_announcement_of_a_copy_is_on_today(issued: World) -> None:
    from db.language import Message, say
    from tui.sheets.notice_words import notice_line

    notices = issued.desk("taojs").notices.unread()
    words = [notice_line(notice)[0] for notice in notices if notice.kind == "edition-issued"]  # type: ignore[index]  # a list of pieces
    assert isinstance(words[0], Message)
    assert say(words[0], "zh_CN") == "您的副本 C0001-004 已发放；密码见“我的副本”"


@pytest.mark.clause("E.6.5")
def test_an_update_notice_names_the_fields_and_in_full_everybody() -> None:
    from db.desk.today.notice_views import NoticeToMe
    from db.language import Label, say
    from tui.sheets.notice_words import notice_line

    changed = [["joined", f"员工{number}", []] for number in range(1, 5)]
    detail = {"changes": [["changed", "马军", ["mobile"]], *changed], "fields": ["mobile"], "more": 0}
    notice = NoticeToMe(
        id=1, kind="update", book=Label("书", "Book"), entry=None, name="", unit="会计部",
        fields=(Label("手机", "Mobile"),), clause="E.6.5", at="", detail=detail,
    )  # fmt: skip
    short, whole = (say(notice_line(notice, whole=whole)[0], "en") for whole in (False, True))  # type: ignore[index, arg-type]  # a list of pieces
    assert short == "会计部, 5 changed: 马军 changed (Mobile), 员工1 joined, 员工2 joined, and 2 more"
    assert whole.endswith("员工3 joined, 员工4 joined")


@pytest.mark.clause("I.4.4.1")
def test_the_announcement_of_a_verdict_says_the_fine_once() -> None:
    from db.desk.today.notice_views import NoticeToMe
    from db.language import Label, say
    from tui.sheets.notice_words import notice_line

    detail = {
        "case": 6, "kind_zh": "擅自转发", "kind_en": "Forwarding", "outcome_zh": "罚款", "outcome_en": "Fine",
        "amount": 600, "currency": "CNY", "occurrences": 3,
    }  # fmt: skip
    notice = NoticeToMe(
        id=1, kind="case-verdict", book=Label("书", "Book"), entry=None, name="", unit="", fields=(),
        clause="I.4.4.1", at="", detail=detail,
    )  # fmt: skip
    words = say(notice_line(notice)[0], "en")  # type: ignore[index, arg-type]  # a list of pieces
    assert words == "Case 6, Forwarding, was decided about you: Fine  600 CNY in all, 3×"


@pytest.mark.clause("G.9")
def test_the_announcement_of_a_revision_says_in_full_where_the_rules_are(issued: World) -> None:
    from db.desk.today.notice_views import NoticeToMe
    from db.language import Label, say
    from tui.sheets.notice_words import notice_line

    detail = {"zh": "制度", "en": "Regulation", "version": "2", "effective": "2026-12-01"}
    notice = NoticeToMe(
        id=1, kind="revision", book=Label("书", "Book"), entry=None, name="", unit="", fields=(),
        clause="G.9", at="", detail=detail, acknowledge=True,
    )  # fmt: skip
    short, whole = (notice_line(notice, whole=whole) for whole in (False, True))
    assert whole == [*short, "  ", whole[-1]]  # type: ignore[misc, index]  # a list of pieces
    assert say(whole[-1], "en") == "To read the rules: 4, then w; v there says what changes."


async def test_in_a_narrow_window_the_clause_of_the_due_day_is_shown(issued: World) -> None:
    app = Issuing(issued, "zhuli", View("en", Look()))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert "due: I.4.2.1" in " ".join(text_of(app).split())


async def test_the_task_to_issue_an_edition_leads_to_its_preview(issued: World, clock: Clock) -> None:
    run(RunnerPlace("host", "test"))
    task = next(row for row in issued.desk("zhuli").tasks.mine().rows if row.kind == "edition")
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, EditionsScreen)
        open_task(app.screen, task)
        await pilot.pause()
        assert isinstance(app.screen, EditionPreview)


def test_the_preview_says_that_its_due_day_is_past() -> None:
    """The day stood there as one that is still to come."""
    due = SimpleNamespace(made="", overdue=True, local="2026-11-18 18:00")
    told = due_cell(cast(Any, SimpleNamespace(due=due)))
    assert isinstance(told, Styled)
    assert (told.tone, say(told.text, "en")) == ("bad", "! since 2026-11-18 18:00")
    due.overdue = False
    assert due_cell(cast(Any, SimpleNamespace(due=due))) == "2026-11-18 18:00"
