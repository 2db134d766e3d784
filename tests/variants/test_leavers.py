"""Somebody leaves in the middle: of their own request, of an office in another book, on a day that is off."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Invalid, Overtaken, Refused, SessionOver
from db.desk.authority.offices import head_of
from db.desk.editions.updates import changes_since
from db.desk.extracts.report_rights import Extent
from db.desk.lifecycle.forms import LeaveAsked
from db.desk.overview.movements import movements
from db.language import say
from db.store import clock as store_clock
from db.store.tables import Account, Archive, Delegation, Entry, Grant, Task, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import duties
from tests.db.desk.reviewing import open_all, things
from tests.variants.acting import approve, change, join, leave, move, stored, task_of
from tests.variants.registry import row, walks
from tests.variants.setting import also_in, deputise, leaves, state, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World
from tui.sheets.notice_words import describe_notice

BOOKS_OF = {"house": tuple(PLANS)}
LAST, NEXT = "2026-11-27", "2026-11-28T00:00:01+08:00"


# their own request


@pytest.mark.parametrize(
    ("book", "login", "keeper", "head"),
    [
        row("staff", "zhangwei", "liuyang", "wangfang", of="A.15 A.10", person="leaver", day="last-day"),
        row("subsidiary", "tangyu", "fangmin", "linxiao", of="C.8", person="leaver", day="last-day"),
        row("group", "majun", "luoyan", "huangbo", of="E.13.1 E.10", person="leaver", day="last-day"),
        row("wecom", "maoxiao", "huanghr", "xuhr", of="G.4.2", person="leaver", day="last-day"),
        row("secured", "qinyu", "fuhr", "shibu", of="H.5.1 H.3.3", person="leaver", day="last-day"),
        row("controlled", "xiepi", "zhuli", "zhuli", of="I.3.4", person="leaver", day="last-day"),
        row("safety", "dingyi", "panan", "kangle", of="B.3.2", person="leaver", day="last-day"),
        row("class", "jiangtao", "shilaoshi", "yanlaoshi", of="D.5.2", person="leaver", day="last-day"),
        row("combined", "geyuan", "tianhr", "zouhr", of="A.15 C.8 I.3.4", person="composed", day="last-day"),
    ],
)
def test_what_a_leaver_asked_for_of_their_own_ends_with_the_day(
    house: World, clock: Clock, book: str, login: str, keeper: str, head: str
) -> None:
    """Nobody approves it in the days in which the entry is there still."""
    request = change(house, login, book)
    leave(house, keeper, book, login, LAST)
    clock.set("2026-11-27T23:00+08:00")
    assert state(request) == "open"
    clock.set(NEXT)
    house.desk(keeper).me.who()
    assert state(request) == "withdrawn"
    with pytest.raises(Overtaken):
        house.desk(head).queue.approve(request, stored(request).digest)


# an office in one book, by leaving the organisation in another


@pytest.mark.parametrize(
    ("book", "holder", "member", "expected"),
    [
        row("group", "huangbo", "majun", {"songjia"}, of="E.13.2 E.7", person="two-books", day="last-day"),
        row("subsidiary", "linxiao", "tangyu", {"gaoshan"},
            of="C.5 C.10.2", person="two-books", day="last-day"),
        row("secured", "shibu", "qinyu", {"fuhr", "ganhr"}, of="H.3.2", person="two-books", day="last-day"),
        row("wecom", "xuhr", "shuqi", {"huanghr"}, of="G.4.2 G.5.2", person="two-books", day="last-day"),
        row("safety", "kangle", "dingyi", {"panan"}, of="B.3.1", person="two-books", day="last-day"),
        row("controlled", "zhuli", "xiepi", {"fengdir"},
            of="I.3.2 I.3.4", person="two-books", day="last-day"),
    ],
)  # fmt: skip
def test_an_office_ends_when_its_holder_leaves_the_organisation_in_another_book(
    house: World, clock: Clock, book: str, holder: str, member: str, expected: set[str]
) -> None:
    also_in(house, "zhangwen", holder, book)
    with writing():
        Account.update(person=house.people["zhangwen"]).where(Account.login == holder).execute()
        Grant.update(person=house.people["zhangwen"]).where(
            (Grant.person == house.people[holder]) & (Grant.book == book)
        ).execute()
    request = change(house, member, book)
    before = approvers(request)
    assert holder in before or "zhangwen" in before
    leaves(house, "liuyang", "zhangwen", LAST, everywhere=True)
    clock.set(NEXT)
    house.desk(member).me.who()
    assert approvers(request) == expected
    for login in ("zhangwen", holder):
        with pytest.raises(SessionOver):
            house.desk(login).me.who()


@pytest.mark.parametrize(
    ("role", "book", "clause"),
    [
        row("teacher", "class", "D.3", of="D.3 D.5.2", person="two-books", day="last-day"),
        row("director", "controlled", "I.4.4.2", of="I.3.1 I.4.4.2", person="two-books", day="last-day"),
    ],
)
def test_an_office_without_an_entry_in_its_book_ends_too(
    house: World, clock: Clock, role: str, book: str, clause: str
) -> None:
    """A teacher is nobody in the class's book, and in the school's: leaving that ends the office."""
    succeed(house, "zhangwen", role, book)
    leaves(house, "liuyang", "zhangwen", LAST, everywhere=True)
    clock.set(NEXT)
    house.desk("liuyang").me.who()
    held = (Grant.account == house.accounts["zhangwen"]) & Grant.in_force()
    assert not Grant.select().where(held).exists()
    if role == "teacher":
        request = change(house, "jiangtao", book)
        assert approvers(request) == {"shilaoshi"}
    else:
        with pytest.raises(Refused) as caught:
            house.desk("xiepi").asking.ask("copy", book, {"unit": ""}, "接待")
        assert clause in caught.value.clause


@pytest.mark.parametrize(
    ("goer", "left"),
    [
        row("zhangwen", {"wangfang"}, of="E.13.2 A.10", person="deputy", day="last-day"),
        row("wangfang", {"liwei"}, of="A.10 C.5", person="deputy", day="office-changed"),
    ],
)
def test_standing_in_ends_with_either_of_the_two(
    house: World, clock: Clock, goer: str, left: set[str]
) -> None:
    deputise(house, "wangfang", "zhangwen", "head", "staff")
    request = change(house, "zhangwei", "staff")
    assert approvers(request) == {"wangfang", "zhangwen"}
    leave(house, "liuyang", "staff", goer, LAST)
    clock.set(NEXT)
    house.desk("liuyang").me.who()
    assert approvers(request) == left
    assert not Delegation.select().where(Delegation.revoked_at.is_null()).exists()


# the last day on a day that is off, or worked though it is a Saturday


@pytest.mark.parametrize(
    ("book", "keeper", "second", "login", "last", "night", "due"),
    [
        row("staff", "liuyang", "zengqing", "zhangwen", "2026-11-28", "2026-11-29", "2026-12-04", of="A.10",
            person="leaver", day="make-up"),
        row("staff", "liuyang", "zengqing", "zhangwen", "2027-02-07", "2027-02-08", "2027-02-17", of="A.10",
            person="leaver", day="spring-festival"),
        row("wecom", "huanghr", "xuhr", "shuqi", "2027-02-07", "2027-02-08", "2027-02-15", of="G.4.3",
            person="leaver", day="spring-festival"),
        row("secured", "fuhr", "ganhr", "qinyu", "2027-02-07", "2027-02-08", "2027-02-17", of="H.5.4",
            person="leaver", day="spring-festival"),
        row("general", "jinhr", "yuhr", "tanlan", "2026-11-28", "2026-11-29", "2026-12-02", of="F.2.2",
            person="leaver", day="make-up"),
    ],
)  # fmt: skip
def test_access_ends_in_that_night_and_the_entry_keeps_its_working_days(
    house: World, clock: Clock, book: str, keeper: str, second: str, login: str, last: str, night: str,
    due: str,
) -> None:  # fmt: skip
    """By hand, after Saturday 11-28: 11-30, 12-01, 02, 03, 04; after 02-07: 02-12, 13, 15, 16, 17."""
    clock.set(f"{last}T08:00+08:00")
    request = leave(house, keeper, book, login, last)
    assert task_of("leaver", book).due == due
    clock.set(f"{last}T23:59:59+08:00")
    assert house.desk(login).me.who()
    clock.set(f"{night}T00:00+08:00")
    with pytest.raises(SessionOver):
        house.desk(login).me.who()
    assert Entry.get_by_id(house.entry(login, book)).state == "active"
    approve(house, second, request)
    assert Entry.get_by_id(house.entry(login, book)).state == "left"


# one of two who keep a book, which has no other office


@pytest.mark.parametrize(
    ("book", "stays", "goes", "role"),
    [
        row("general", "yuhr", "jinhr", "hr", of="A.10 F.2.2", person="head-and-keeper", day="last-day"),
        row("wecom", "huanghr", "xuhr", "hr", of="A.10 G.4.3", person="head-and-keeper", day="last-day"),
        row("safety", "kangle", "panan", "safety", of="B.5.5", person="head-and-keeper", day="last-day"),
        row("controlled", "fengdir", "zhuli", "assistant", of="A.10 I.3.2", person="leaver", day="last-day"),
    ],
)
def test_who_keeps_a_book_with_one_other_leaves_though_nobody_can_decide_it(
    house: World, clock: Clock, book: str, stays: str, goes: str, role: str
) -> None:
    """Access ends with the day; the request waits, with an alarm, for whoever comes to hold the office."""
    request = leave(house, stays, book, goes, LAST)
    assert approvers(request) == set()
    clock.set("2026-11-27T23:00+08:00")
    assert house.desk(goes).me.who()
    clock.set(NEXT)
    with pytest.raises(SessionOver):
        house.desk(goes).me.who()
    duties()
    (stuck,) = [one for one in house.desk(stays).notices.unread() if one.kind == "request-stuck"]
    held = Grant.select().where((Grant.book == book) & (Grant.role == role) & Grant.in_force()).exists()
    why = "no other person is " if held else " is vacant"
    assert why in say(describe_notice(stuck), "en"), "who holds the office doesn't read that it is vacant"
    assert state(request) == "open"
    house.grant("zhangwen", role, book)
    assert approvers(request) == {"zhangwen"}
    approve(house, "zhangwen", request)
    assert Entry.get_by_id(house.entry(goes, book)).state == "left"


# what others wait for


@walks("B.5.4 B.5.5", person="leaver", day="last-day")
def test_what_an_officer_left_undone_falls_to_the_safety_department(house: World, clock: Clock) -> None:
    from db.desk.entry.units import create_unit

    with writing():
        house.units["safety", "研发一部"] = create_unit("safety", "研发一部", house.unit("safety"))
    house.grant("dingyi", "officer", "safety", "研发一部")
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-23"))
    duties()
    task = task_of("filing", "safety")
    assert task.id in [one.id for one in house.desk("dingyi").tasks.mine().rows]
    leave(house, "panan", "safety", "dingyi", "2026-11-24")
    clock.set("2026-11-25T09:00+08:00")
    house.desk("panan").me.who()
    assert task.id in [one.id for one in house.desk("kangle").tasks.mine().rows]
    house.desk("kangle").tasks.done(task.id)


@walks("B.5.2 B.5.1", person="leaver", day="last-day")
def test_what_an_officer_did_not_check_is_checked_by_the_safety_department(
    house: World, clock: Clock
) -> None:
    campaign = open_all("safety")["self-check"]
    leave(house, "panan", "safety", "dingyi", "2026-11-24")
    clock.set("2026-11-25T09:00+08:00")
    house.desk("panan").me.who()
    assert {"卫国", "任和"} <= set(things(house.desk("kangle"), campaign))


@walks("C.5 E.7 H.3.2", person="leaver", day="last-day")
def test_what_a_head_did_not_sign_waits_for_the_head_above_or_the_keeper(house: World, clock: Clock) -> None:
    for book, login, keeper, name, above, heir in (
        ("subsidiary", "linxiao", "fangmin", "设计组", "gaoshan", ""),
        ("group", "huangbo", "luoyan", "会计部", "songjia", "马军"),
        ("secured", "shibu", "fuhr", "市场部", "ganhr", ""),
    ):
        campaign = open_all(book)["sign-off"]
        assert name in things(house.desk(login), campaign)
        leave(house, keeper, book, login, "2026-11-24", heir)
        clock.set("2026-11-25T09:00+08:00")
        house.desk(keeper).me.who()
        assert name in things(house.desk(above), campaign), book
        clock.set("2026-11-23T09:00+08:00")


@walks("A.8 A.9", person="leaver", day="last-day")
def test_nobody_who_left_is_told_of_a_joiner_or_a_change(house: World, clock: Clock) -> None:
    leave(house, "liuyang", "staff", "zhengwei", "2026-11-24")
    clock.set("2026-11-25T09:00+08:00")
    house.desk("liuyang").me.who()
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-25"))
    from db.store.tables import NoticeRecipient

    told = {Account.get_by_id(one.account_id).login for one in NoticeRecipient.select()}
    assert "zhangwei" in told
    rows = NoticeRecipient.select().where(NoticeRecipient.account == house.accounts["zhengwei"])
    assert {one.notice.kind for one in rows} <= {"last-day"}


@walks("A.8", person="leaver", day="last-day")
def test_a_joiner_who_never_came_is_called_off_and_nobody_waits(house: World, clock: Clock) -> None:
    from tests.variants.acting import expect

    task = expect(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-26")
    house.desk("zengqing").lifecycle.call_off(task.id, "未报到")
    assert Task.get_by_id(task.id).state == "cancelled"
    clock.set("2026-12-02T09:00+08:00")
    assert duties().escalated == 0


@walks("A.9 H.5.4", person="leaver", day="office-changed")
def test_who_moves_and_then_leaves_is_taken_out_of_the_new_department(house: World, clock: Clock) -> None:
    request = move(house, "liuyang", "staff", "zhangwen", "研发中心/研发二部", "2026-11-23")
    approve(house, "zengqing", request)
    clock.forward(days=1)
    gone = leave(house, "liuyang", "staff", "zhangwen", "2026-11-24")
    clock.forward(days=1)
    house.desk("liuyang").me.who()
    approve(house, "zengqing", gone)
    assert Archive.select().count() == 1
    assert head_of(Unit.get_by_id(house.unit("staff", "研发中心/研发二部"))) is not None


# standing in


@pytest.mark.threat(20)
@pytest.mark.clause("A.10", "E.10")
def test_who_left_one_directory_stands_in_for_nobody_there(house: World, clock: Clock) -> None:
    """Their account is in use for another directory still, and nobody has decided the leave."""
    leave(house, "luoyan", "group", "zhangwei", "2026-11-24")
    clock.set("2026-11-26T09:00+08:00")
    succeed(house, "luoyan", "head", "group", "法务部")
    desk = house.desk("luoyan")
    desk.me.who()
    assert "group" not in {one.id for one in house.desk("zhangwei").me.who().books}
    account = house.accounts["zhangwei"]
    assert account not in {one.account for one in desk.delegation.candidates("group", "head")}
    with pytest.raises(Invalid):
        desk.delegation.delegate("head", "group", account, "2026-11-26", "2026-12-31")


@walks("A.10 C.5", person="acting", day="office-changed")
def test_who_acted_for_a_leaver_acts_no_more_once_they_stay(house: World, clock: Clock) -> None:
    """Whoever acted before that goes on."""
    request = leave(house, "liuyang", "staff", "wangfang", LAST)
    house.grant("zhangwen", "head", "staff", "研发中心/研发一部")
    before = Grant.select().order_by(Grant.id.desc()).get()
    Grant.update(capacity="acting").where(Grant.id == before.id).execute()
    clock.set("2026-11-28T09:00+08:00")
    house.desk("liuyang").me.who()
    clock.forward(hours=1)
    unit = house.unit("staff", "研发中心/研发一部")
    with writing():
        Grant.create(
            person=house.people["zhengwei"], role="head", book="staff", unit=unit, capacity="acting",
            granted_at=store_clock.now(),
        )  # fmt: skip
    asked = change(house, "zhangwei", "staff")
    assert approvers(asked) == {"zhengwei", "zhangwen"}
    house.desk("liuyang").requests.withdraw(request)
    assert approvers(asked) == {"wangfang", "zhangwen"}
    assert "last-day-lifted" in {one.kind for one in house.desk("zhengwei").notices.unread()}


# approved ahead of the day


def left_in(unit: int, month: int) -> list[tuple[str, str, str]]:
    """Day, day of removal and state of those who left ``unit`` of the group book in that month of 2026."""
    first, last = date(2026, month, 1), date(2026, month, 30)
    rows = movements(Extent("group", unit, "maintainer"), first, last)
    return [(one.day, one.entered, one.state) for one in rows if one.event == "leave"]


def told_of(unit: int, since: str) -> list[str]:
    """What an update notice to ``unit`` of the group book would tell of 马军."""
    found = changes_since("group", f"{since}T00:00:00.000000Z").get(unit, ())
    return [one.what for one in found if one.what != "joined"]


@walks("E.6.5 E.14 A.10", person="leaver", day="last-day")
def test_who_leaves_is_told_of_as_gone_once_they_are(house: World, clock: Clock) -> None:
    """Approved on 11-24 for 12-18: the department hears it in the week after that, and no earlier."""
    unit = house.unit("group", "财务中心/会计部")
    clock.set("2026-11-24T09:00+08:00")
    approve(house, "liuyang", leave(house, "luoyan", "group", "majun", "2026-12-18", heir="黄博"))
    assert told_of(unit, "2026-11-23") == []
    assert left_in(unit, 11) == [("2026-12-18", "", "ahead")]
    clock.set("2026-12-19T09:00+08:00")
    house.desk("luoyan").me.who()
    assert told_of(unit, "2026-12-14") == ["left"]
    assert (left_in(unit, 11), left_in(unit, 12)) == ([], [("2026-12-18", "2026-12-19", "applied")])


@walks("E.6.5", person="leaver", day="office-changed")
def test_who_stays_after_all_is_told_of_as_gone_to_nobody(house: World, clock: Clock) -> None:
    unit = house.unit("group", "财务中心/会计部")
    clock.set("2026-11-24T09:00+08:00")
    approve(house, "liuyang", leave(house, "luoyan", "group", "majun", "2026-12-18"))
    stays = LeaveAsked(house.entry("majun", "group"), "2026-12-18", stays=True)
    approve(house, "liuyang", house.desk("luoyan").lifecycle.leave(stays))
    assert (told_of(unit, "2026-11-23"), left_in(unit, 11), left_in(unit, 12)) == ([], [], [])


@walks("B.5.5", person="two-books", day="last-day")
def test_an_officers_leaving_elsewhere_is_reported_from_the_last_day_on(house: World, clock: Clock) -> None:
    """Approved on 11-23 for Wednesday 11-25; by hand, after it: 11-26, 27, and the Saturday 28."""
    also_in(house, "zhangwen", "niuer", "safety")
    approve(house, "zengqing", leave(house, "liuyang", "staff", "zhangwen", "2026-11-25"))
    clock.set("2026-11-25T09:00+08:00")
    duties()
    assert not Task.select().where(Task.kind == "officer-change").exists()
    clock.set("2026-11-26T09:00+08:00")
    house.desk("liuyang").me.who()
    duties()
    task = task_of("officer-change", "safety")
    assert (task.due, task.clause) == ("2026-11-28", "B.5.5, own")
