"""What the first screen is made of: what is alike in one row, numbers by day, what is due elsewhere, and what
is unlike other days; and that none of it tells what its reader may not see."""

from __future__ import annotations

import json

import pytest

from db.desk import Pending, Refused
from db.desk.entry.naming import by_number
from db.desk.notifications.notices import AWAITED, store_notice
from db.desk.requests.power_telling import ASKED, DONE
from db.desk.requests.queue import Span
from db.desk.requests.recognising import BOUND
from db.desk.requests.request_views import RequestRow
from db.desk.today.waiting import Alike, WaitingFilter
from db.desk.training.trainings import Trainings
from db.language import say
from db.store.tables import Account, AuditRecord, Notice, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import duties, leave
from tests.db.desk.test_directory_scans import statements
from tests.db.desk.test_waiting import send_back
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.notice_words import describe_notice

UNDER_WANGFANG = ("zhangwei", "zhangwen", "zhengwei")


def seats(world: World, *logins: str, reason: str = "座位调整") -> list[int]:
    """Extensions that 王芳 asks to have changed, which another than her decides."""
    return [
        change(world, "wangfang", of=login, asked={"extension": f"89{place}0"}, reason=reason)
        for place, login in enumerate(logins)
    ]


def test_what_one_person_asks_for_alike_is_one_row_and_another_reason_is_not(world: World) -> None:
    alike, (other,) = seats(world, "zhangwei", "zhangwen"), seats(world, "zhengwei", reason="换人")
    decider = next(login for login in ("liwei", "liuyang") if world.desk(login).waiting.count().all)
    desk = world.desk(decider)
    rows = desk.waiting.page("mine").rows
    (group,) = [row for row in rows if isinstance(row, Alike)]
    assert (sorted(group.requests), group.evidence) == (alike, 2)
    assert [row.id for row in rows if isinstance(row, RequestRow)] == [other]
    assert desk.waiting.mine(0, 50).total == 3, "unless they are folded each is a row"
    mine = world.desk("wangfang").waiting.page("others").rows
    assert [type(row) for row in mine].count(Alike) == 1
    approve(world, decider, alike[0])
    left = world.desk(decider).waiting.page("mine").rows
    assert sorted(row.id for row in left if isinstance(row, RequestRow)) == [alike[1], other]


def test_numbers_are_those_of_the_list_that_they_leave(world: World, clock: Clock) -> None:
    late = change(world, "zhangwei")
    clock.set("2026-12-07T09:00+08:00")
    back = change(world, "wangfang")
    send_back(world, "liwei", back)
    desk = world.desk("wangfang")
    tally = desk.waiting.tally()
    assert (tally.all, tally.returned, tally.overdue) == (2, 1, 1)
    assert tally.later == 1, "no clock runs on what lies with its author"
    spans: tuple[Span, ...] = ("overdue", "today", "week", "later")
    found = {span: desk.waiting.page("mine", WaitingFilter(due=span)) for span in spans}
    assert [found[span].total for span in spans] == [tally.overdue, tally.today, tally.week, tally.later]
    assert [row.id for row in found["overdue"].rows if isinstance(row, RequestRow)] == [late]
    assert sum(count for _kind, _label, count in tally.kinds) == tally.all
    assert desk.waiting.page("mine", WaitingFilter(kind="change")).total == 2
    assert desk.waiting.page("mine", WaitingFilter(kind="leave")).total == 0


def test_a_head_sees_what_they_agreed_to_and_others_decide_and_nobody_else_does(world: World) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    assert [row.id for row in world.desk("wangfang").waiting.passed()] == [request]
    for login in ("liwei", "zhouwei", "zhangwei", "liuyang", "helei"):
        assert world.desk(login).waiting.passed() == ()
    approve(world, "liuyang", request)
    assert world.desk("wangfang").waiting.passed() == ()


def test_a_matter_of_two_alarms_is_told_once_and_not_beside_its_own_row(world: World, clock: Clock) -> None:
    leave(world, "liuyang", "zhangwen")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    news = {login: world.desk(login).waiting.news() for login in ("wangfang", "liuyang", "zengqing")}
    for login, told in news.items():
        matters = [one.matter for one in told if one.matter is not None]
        assert len(matters) == len(set(matters))
        listed = world.desk(login).waiting.count().matters
        assert not listed & set(matters)
    assert any(one.matter for one in news["wangfang"])


def test_the_outlook_is_that_of_ones_reports(world: World, clock: Clock) -> None:
    change(world, "zhangwei")
    clock.set("2026-12-07T09:00+08:00")
    head = world.desk("wangfang").overview.outlook()
    assert (head.name, [unit.overdue for unit in head.units]) == ("研发一部", [1])
    assert head.units[0].waits_for == (("王芳", 1),)
    assert world.desk("zhouwei").overview.outlook().units[0].name == "研发二部"
    assert sum(unit.overdue for unit in world.desk("zhouwei").overview.outlook().units) == 0
    above = world.desk("liwei").overview.outlook()
    assert (above.units[0].name, above.units[0].overdue, above.name) == ("研发一部", 1, "研发中心")
    assert world.desk("zhangwei").overview.outlook().units == ()
    assert world.desk("zhangwei").overview.outlook().people == 0
    before = AuditRecord.select().count()
    world.desk("liuyang").overview.outlook()
    assert AuditRecord.select().count() == before, "numbers are a look at nobody"


@pytest.mark.clause("C.6")
def test_what_is_unlike_other_days_is_for_who_may_draw_the_report_on_access_and_on_record(
    world: World,
) -> None:
    for _each in range(3):
        with pytest.raises(Refused):
            world.desk("shanhong").overview.incomplete("staff")
    (row,) = [one for one in world.desk("helei").overview.unusual() if one.name == "单宏"]
    assert (row.what, row.count, row.unit) == ("refused", 3, "研发二部")
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.book, last.account) == ("overview.access", "staff", world.accounts["helei"])
    before = AuditRecord.select().count()
    for login in ("zhangwei", "wangfang", "liuyang"):
        assert world.desk(login).overview.unusual() == ()
    assert AuditRecord.select().count() == before


def test_folding_and_counting_ask_no_more_than_the_list_did(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is found once; where nothing may be alike, nothing is opened."""
    for login in UNDER_WANGFANG:
        approve(world, "wangfang", change(world, login, asked={"extension": "8900"}))
    desk = world.desk("liuyang")
    counted = statements(monkeypatch, lambda: desk.waiting.count())
    plain = statements(monkeypatch, lambda: desk.waiting.mine(0, 5))
    assert len(statements(monkeypatch, lambda: desk.waiting.page("mine", WaitingFilter(), 0, 5))) <= len(
        plain
    )
    assert len(statements(monkeypatch, lambda: desk.waiting.tally())) <= len(counted)


@pytest.mark.threat(53)
def test_what_can_still_be_stopped_is_buried_under_no_other_news(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """金瑞 lets somebody stand in from tomorrow, and puts whoever could stop it to any number of news."""
    build_wider_world("general", beside=world)
    monkeypatch.setattr("db.desk.today.notices.AT_ONCE", 3)
    hr, other, trained = world.desk("jinhr"), world.desk("yuhr"), world.entry("lunan", "general")
    with pytest.raises(Pending):
        hr.delegation.delegate("hr", "general", world.accounts["yuhr"], "2026-12-01", "2026-12-20")
    for day in range(1, 6):
        Trainings(hr).record("general", "directory-rules", [trained], f"2026-11-0{day}")
    assert [one.kind for one in other.notices.unread()] == ["power-asked", *["power-done"] * 3]
    assert [(one.kind, one.folded) for one in other.waiting.news()] == [("power-asked", 0), ("power-done", 5)]
    (notice, *_rest) = other.notices.unread()
    assert other.objections.object(notice.id) == "stopped"


@pytest.mark.threat(53)
def test_no_number_of_acts_that_wait_buries_one_of_them(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever may ask for two hundred a day shows their objectors the last hundred alone."""
    build_wider_world("general", beside=world)
    monkeypatch.setattr("db.desk.today.notices.AT_ONCE", 3)
    hr, other = world.desk("jinhr"), world.desk("yuhr")
    for day in range(1, 6):
        with pytest.raises(Pending):
            hr.delegation.delegate("hr", "general", world.accounts["yuhr"], f"2026-12-0{day}", "2026-12-20")
    for told in (other.notices.unread(), other.waiting.news()):
        assert [one.kind for one in told] == ["power-asked"] * 5


@pytest.mark.threat(110)
def test_many_acts_alike_bury_none_of_another_kind(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is shut off, and then 2,000 get an account: the one act can be taken back, if it is read."""
    build_wider_world("general", beside=world)
    monkeypatch.setattr("db.desk.today.notices.AT_ONCE", 3)
    monkeypatch.setattr("db.desk.today.notices.ALIKE", 2)
    hr, other, trained = world.desk("jinhr"), world.desk("yuhr"), world.entry("lunan", "general")
    shut = {"account": world.accounts["lunan"]}
    told = {"by": "jinhr", "actor": world.accounts["jinhr"], "operation": "accounts.disable", "made": None}
    with writing():
        detail = told | {"arguments": shut, "back": {}}
        store_notice(DONE, "general", [world.accounts["yuhr"]], clause="A.6", detail=detail)
    for day in range(1, 6):
        clock.forward(minutes=1)
        Trainings(hr).record("general", "directory-rules", [trained], f"2026-11-0{day}")
    assert [one.detail["operation"] for one in other.notices.unread()] == [
        "training.record", "training.record", "accounts.disable",
    ]  # fmt: skip
    folded, shut_off = other.waiting.news()
    assert (folded.folded, shut_off.detail["operation"]) == (5, "accounts.disable"), "five are one row"
    each = other.notices.unread(folded.id)
    assert [one.id for one in each] == [folded.id, *folded.twins], "each can be objected to still"
    assert [one.id for one in other.notices.unread(shut_off.id)] == [shut_off.id]


def test_people_whom_one_person_entered_on_one_day_are_one_row_and_oneself_another(world: World) -> None:
    """Each may be told to the keepers of several directories, and counts once."""
    liuyang = [world.accounts["liuyang"]]
    said = {"by": "罗燕", "zh": "集团公司通讯录", "en": "Group directory"}
    with writing():
        for login in ("zhangwei", "wangfang", "chenjing", "liuyang"):
            for book in ("staff", "group") if login != "wangfang" else ("group", "staff"):
                detail = {"who": by_number(world.people[login]), **said}
                store_notice(BOUND, book, liuyang, clause="A.8", detail=detail)
    desk = world.desk("liuyang")
    own, folded = desk.waiting.news()
    assert (own.folded, folded.folded, len(folded.twins)) == (0, 3, 5)
    assert "的 3 人也录入了" in say(describe_notice(folded), "zh_CN")
    assert {one.detail["who"] for one in desk.notices.unread(folded.id)} == {
        str(one["who"]) for one in folded.alike
    }
    desk.notices.mark_seen(own.id, *own.twins, folded.id, *folded.twins)
    assert desk.waiting.news() == ()


def test_heads_without_an_account_are_announced_together(world: World) -> None:
    liuyang, heads = world.accounts["liuyang"], ("zhangwen", "shanhong")
    with writing():
        Account.update(state="invited", activation_until=None).where(Account.login.in_(heads)).execute()
        for login, unit in zip(heads, ("研发一部", "法务部"), strict=True):
            detail = {"who": by_number(world.people[login]), "unit": unit}
            store_notice(AWAITED, "staff", [liuyang], clause="A.6", detail=detail)
    desk = world.desk("liuyang")
    (one,) = desk.waiting.news()
    assert say(describe_notice(one), "zh_CN").startswith(
        "2 位负责人尚无账号，待其办理的事项无人处理：单宏 法务部、张文 研发一部。"
    )
    with writing():
        Account.update(state="active").where(Account.login == "zhangwen").execute()
    (left,) = desk.waiting.news()
    assert [other["who"] for other in left.alike] == ["单宏"], "the other one has an account by now"
    desk.notices.mark_seen(one.id, *one.twins)
    assert desk.waiting.news() == ()


def test_what_was_asked_for_and_then_done_is_one_announcement(world: World) -> None:
    build_wider_world("general", beside=world)
    until, told = ["2026-12-18", "2026-12-20"], world.desk("tanlan")
    for day in until:
        with pytest.raises(Pending):
            world.desk("jinhr").delegation.delegate(
                "hr", "general", world.accounts["yuhr"], "2026-12-01", day
            )
    asked, *_rest = Notice.select().where(Notice.kind == ASKED).order_by(Notice.id)
    reader = [world.accounts["tanlan"]]
    with writing():
        Request.update(state="applied").where(Request.id == asked.request_id).execute()
        store_notice(DONE, "general", reader, clause="F.3", detail=json.loads(asked.detail))
    news = told.waiting.news()
    assert [one.kind for one in news] == [ASKED, DONE], "the other one was not done, and can be stopped"
    for one, day in zip(news, until[::-1], strict=True):
        assert day in say(one.task, "zh_CN")
    assert news[1].twins == (asked.id,)


def test_the_last_word_on_a_copy_stands_for_those_before(world: World) -> None:
    liuyang = [world.accounts["liuyang"]]
    kinds = ("edition-issued", "edition-reminder", "edition-recalled")
    for count, kind in enumerate(kinds, 1):
        with writing():
            for number in ("C0001-001", "C0002-001")[: 2 if count == 1 else 1]:
                store_notice(kind, "staff", liuyang, clause="I.4.3.1", detail={"number": number})
        news = world.desk("liuyang").waiting.news()
        assert {one.detail["number"]: (one.kind, len(one.twins)) for one in news} == {
            "C0001-001": (kind, count - 1),
            "C0002-001": (kinds[0], 0),
        }


def test_what_each_book_is_told_of_one_act_is_one_announcement(world: World) -> None:
    liuyang = [world.accounts["liuyang"]]
    detail = {"who": "马骏", "by": "罗燕", "zh": "集团公司通讯录", "en": "Group directory"}
    with writing():
        for book in ("staff", "group"):
            store_notice(BOUND, book, liuyang, clause="A.8", detail=detail)
    desk = world.desk("liuyang")
    (one,) = desk.waiting.news()
    desk.notices.mark_seen(one.id, *one.twins)
    assert desk.waiting.news() == ()
