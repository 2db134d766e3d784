"""Between two steps: the office, the department or the day changes while something waits."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Refused, SessionOver
from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.entry.stale import note_bounce
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.store.tables import Account, Delegation, Grant, Request, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, refusal
from tests.db.desk.lives import duties
from tests.variants.acting import approve, change, expect, leave, move, stored, task_of
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, cites, deputise, succeed
from tests.variants.test_changes_by_others import GROUPS, approvers
from tests.variants.test_reports_of_breaches import waiting
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}


# who approved the first step comes to hold the office of the second


@pytest.mark.parametrize(
    "book",
    [
        row("staff", of="A.6", person="successor", day="office-changed"),
        row("subsidiary", of="C.4 C.8", person="successor", day="office-changed"),
        row("group", of="E.13.2 E.13.3 E.6.4", person="successor", day="office-changed"),
        row("secured", of="H.5.1", person="successor", day="office-changed"),
    ],
)
def test_whoever_reviewed_as_the_head_does_not_enter_as_the_keeper(
    house: World, clock: Clock, book: str
) -> None:
    d = GROUPS[book]
    request = change(house, d.member, book)
    approve(house, d.head, request)
    house.grant(d.head, "hr", book)
    clock.forward(days=1)
    assert approvers(request) == d.keepers
    refusal(house.desk(d.head), request, stored(request).digest)


# whom it is about moves while it waits


@walks("E.13.2 E.7", person="successor", day="office-changed")
def test_after_a_move_the_new_head_reviews(house: World, clock: Clock) -> None:
    """Heads answer for their own department: 马军 is another's since yesterday."""
    request = change(house, "majun", "group")
    assert approvers(request) == {"huangbo"}
    moved = move(house, "luoyan", "group", "majun", "集团办公室", "2026-11-23")
    approve(house, "liuyang", moved)
    clock.forward(days=1)
    assert approvers(request) == {"chenjing"}
    refusal(house.desk("huangbo"), request, stored(request).digest)


@walks("C.10.2 C.10.1", person="successor", day="office-changed")
def test_the_former_head_sees_no_number_of_who_moved(house: World, clock: Clock) -> None:
    """Handed in before the move; what it asks for is another department's matter since."""
    request = change(house, "tangyu", "subsidiary")
    assert house.desk("linxiao").queue.one(request).lines
    moved = move(house, "fangmin", "subsidiary", "tangyu", "交付部", "2026-11-23")
    approve(house, "yeqing", moved)
    clock.forward(days=1)
    assert request not in [one.id for one in house.desk("linxiao").queue.window().rows]
    with pytest.raises(Refused):
        house.desk("linxiao").queue.one(request)
    (line,) = [one for one in house.desk("dengchao").queue.window().rows if one.id == request]
    assert [str(one) for one in line.waits_for] == ["邓超"]


@walks("A.15 A.9", person="successor", day="office-changed")
def test_after_a_move_in_the_staff_book_the_new_head_reviews(house: World, clock: Clock) -> None:
    request = change(house, "zhangwei", "staff")
    moved = move(house, "liuyang", "staff", "zhangwei", "研发中心/研发二部", "2026-11-23")
    approve(house, "zengqing", moved)
    clock.forward(days=1)
    assert approvers(request) == {"zhouwei"}


# evidence and queues close with the office


@walks("A.15 H.6.3", person="successor", day="office-changed")
def test_evidence_is_opened_by_who_decides_now(house: World, clock: Clock) -> None:
    request = change(house, "zhangwei", "staff")
    (proof,) = house.desk("wangfang").queue.one(request).evidence
    assert house.desk("wangfang").evidence.open(proof.id)
    succeed(house, "zhangwen", "head", "staff", "研发中心/研发一部")
    clock.forward(days=1)
    refused = pytest.raises(Refused)
    with refused:
        house.desk("wangfang").evidence.open(proof.id)
    assert house.desk("zhangwen").evidence.open(proof.id)


@walks("A.15 A.5", person="deputy", day="after-deadline")
def test_who_stood_in_to_friday_opens_nothing_on_saturday(house: World, clock: Clock) -> None:
    deputise(house, "wangfang", "zhangwen", "head", "staff", until="2026-11-27")
    request = change(house, "zhangwei", "staff")
    clock.set("2026-11-27T23:59+08:00")
    (proof,) = house.desk("zhangwen").queue.one(request).evidence
    clock.set("2026-11-28T00:01+08:00")
    with pytest.raises(Refused):
        house.desk("zhangwen").evidence.open(proof.id)
    assert approvers(request) == {"wangfang"}


@walks("E.13.2 A.13", person="deputy", day="make-up")
def test_standing_in_holds_in_the_one_book_alone(house: World, clock: Clock) -> None:
    """刘洋 keeps two books and named somebody in one."""
    deputise(house, "liuyang", "zhangwen", "hr", "staff")
    clock.set("2026-11-28T10:00+08:00")
    there = change(house, "majun", "group")
    approve(house, "huangbo", there)
    assert approvers(there) == {"liuyang", "luoyan"}
    here = change(house, "zhangwei", "staff")
    approve(house, "wangfang", here)
    assert approvers(here) == {"liuyang", "zengqing", "zhangwen"}


# midnight, and the edges of periods


@pytest.mark.parametrize(
    ("at", "due"),
    [
        row("2026-11-27T00:10+08:00", "2026-12-01", of="A.9", person="oneself", day="make-up"),
        row("2026-11-26T23:50+08:00", "2026-11-30", of="A.9 A.15", person="oneself", day="make-up"),
        row("2026-11-28T23:50+08:00", "2026-12-02", of="A.9", day="make-up"),
        row("2027-02-06T12:00+08:00", "2027-02-15", of="A.9", day="spring-festival"),
    ],
)
def test_a_clock_begins_with_the_local_day(house: World, clock: Clock, at: str, due: str) -> None:
    """Ten minutes past midnight in Shanghai is yesterday in London."""
    clock.set(at)
    assert stored(change(house, "zhangwei", "staff")).due == due


@walks("A.8 A.10", day="after-deadline")
def test_a_task_is_late_from_the_first_minute_after_its_day(house: World, clock: Clock) -> None:
    expect(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-23")
    leave(house, "liuyang", "staff", "zhangwen", "2026-11-23")
    for kind, last in (("joiner", "2026-11-26"), ("leaver", "2026-11-28")):
        clock.set(f"{last}T23:59:59+08:00")
        (mine,) = [one for one in house.desk("zengqing").tasks.mine().rows if one.kind == kind]
        assert (mine.due.day, mine.due.left) == (last, 0)
        clock.forward(seconds=2)
        (mine,) = [one for one in house.desk("zengqing").tasks.mine().rows if one.kind == kind]
        assert mine.due.left < 0


@walks("E.14 F.2.2", day="after-deadline")
def test_an_entry_is_stale_after_its_180th_day(house: World, clock: Clock) -> None:
    clock.forward(days=180)
    before = {one.name for one in Stale(house.desk("luoyan")).entries("group")}
    clock.forward(days=2)
    after = {one.name for one in Stale(house.desk("luoyan")).entries("group")}
    assert before == set()
    assert {"马军", "黄博"} <= after
    assert {"鲁南"} <= {one.name for one in Stale(house.desk("yuhr")).entries("general")}


@walks("E.14", person="leaver", day="last-day")
def test_a_leavers_bounced_mail_is_no_sign_of_anybody(house: World, clock: Clock) -> None:
    leave(house, "luoyan", "group", "majun", "2026-11-24")
    clock.set("2026-11-25T09:00+08:00")
    approve(house, "liuyang", next(one.id for one in house.desk("liuyang").queue.window().rows))
    assert note_bounce("majun@huaxing.example") == 0


# a report when the office changes between its steps


@walks("A.18 C.12", person="successor", day="office-changed")
def test_a_case_under_investigation_passes_to_the_next_holder(house: World, clock: Clock) -> None:
    case = Cases(house.desk("zhangwei")).report("staff", "看到有人把通讯录发到群里", "leak")
    CaseWork(house.desk("guotao")).triage(case, "leak", "立案")
    CaseWork(house.desk("guotao")).investigate(case, "开始")
    succeed(house, "zhangwen", "it", "staff")
    clock.forward(days=1)
    assert waiting(case) == {"zhangwen"}
    cites("A.18", lambda: CaseWork(house.desk("guotao")).note(case, "补充"))
    CaseWork(house.desk("zhangwen")).conclude(case, "属实")
    assert "guotao" not in waiting(case)
    assert "zhangwen" not in waiting(case), "who investigated does not judge"


@walks("A.18", person="acting", day="office-changed")
def test_the_reporter_who_comes_to_handle_reports_judges_not_their_own(house: World, clock: Clock) -> None:
    case = Cases(house.desk("zhangwei")).report("staff", "看到有人把通讯录发到群里", "leak")
    act_for(house, "zhangwei", "security", "staff")
    clock.forward(days=1)
    CaseWork(house.desk("guotao")).triage(case, "leak", "立案")
    CaseWork(house.desk("guotao")).investigate(case, "开始")
    CaseWork(house.desk("guotao")).conclude(case, "属实")
    assert "zhangwei" not in waiting(case)
    assert waiting(case)


# grants and rights


@walks("A.13", person="successor", day="office-changed")
def test_what_was_opened_for_an_office_stays_the_persons_to_its_day(house: World, clock: Clock) -> None:
    request = ask_access(house.desk("wangfang"), "staff", "对接", name="赵敏", days=7)
    approve(house, min(approvers(request)), request)
    succeed(house, "zhangwen", "head", "staff", "研发中心/研发一部")
    clock.forward(days=1)
    entry = house.entry("zhaomin")
    assert house.desk("wangfang").directory.card(entry).name == "赵敏"
    cites("A.13", partial(house.desk("zhangwen").directory.card, entry, "staff"))


@walks("F.5.1 H.6.3", person="oneself", day="after-deadline")
def test_an_unused_right_is_not_kept_by_its_owners_own_word(house: World, clock: Clock) -> None:
    from tests.db.desk.reviewing import open_all

    clock.forward(days=100)
    for book, keeper, name in (("general", "jinhr", "金瑞"), ("secured", "fuhr", "傅华")):
        campaign = open_all(book)["recertification"]
        desk = house.desk(keeper)
        assert name not in {one.name for one in Reviews(desk).items(campaign)}


# the officer's task, and a joiner elsewhere


@walks("B.5.4", person="successor", day="office-changed")
def test_a_filing_passes_to_the_next_officer(house: World, clock: Clock) -> None:
    from db.desk.entry.units import create_unit
    from tests.variants.acting import join

    with writing():
        house.units["safety", "研发一部"] = create_unit("safety", "研发一部", house.unit("safety"))
    old = house.grant("dingyi", "officer", "safety", "研发一部")
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-23"))
    duties()
    task = task_of("filing", "safety")
    Grant.update(revoked_at="2026-11-23T02:00:00.000000Z").where(Grant.id == old).execute()
    house.grant("niuer", "officer", "safety", "研发一部")
    clock.forward(days=1)
    assert task.id not in [one.id for one in house.desk("dingyi").tasks.mine().rows]
    house.desk("niuer").tasks.done(task.id)
    assert Task.get_by_id(task.id).handed_at is not None
    assert Delegation.select().count() == 0


@walks("G.4.3 G.4.1", person="two-books", day="last-day")
def test_leaving_the_organisation_asks_for_the_removal_in_wecom_too(house: World, clock: Clock) -> None:
    also_in(house, "zhangwen", "shuqi", "wecom")
    from tests.variants.setting import leaves

    leaves(house, "liuyang", "zhangwen", "2026-11-27", everywhere=True)
    clock.set("2026-11-28T08:00+08:00")
    with pytest.raises(SessionOver):
        house.desk("zhangwen").me.who()
    duties()
    task = task_of("leaver", "wecom")
    assert (task.entry_id, task.clause, task.due) == (
        house.entry("shuqi", "wecom"),
        "G.4.3, own",
        "2026-12-01",
    )
    assert Account.get_by_id(house.accounts["zhangwen"]).state == "disabled"
    assert Request.select().where(Request.kind == "leave").count() >= 1
