"""Whoever asked or reported is told that it was decided, and no more of it than they may know (C.10)."""

from __future__ import annotations

import json

import pytest

from db.desk.requests.submitting import withdraw_obsolete
from db.desk.reviews.signs import Stale, tell_reporters
from db.language import say
from db.policy.loader import builtin
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, change
from tests.db.desk.lives import leave
from tests.world import World
from tui.sheets.notice_words import describe_notice


def news(world: World, login: str, kind: str = "request-outcome") -> list[str]:
    """What ``login`` reads of that kind, the newest first."""
    found = world.desk(login).notices.unread()
    return [say(describe_notice(one), "zh_CN") for one in found if one.kind == kind]


def decide(world: World, login: str, request: int, verdict: str, why: str = "不符") -> None:
    desk = world.desk(login)
    digest = desk.queue.one(request).digest
    getattr(desk.queue, verdict)(request, digest, why)


@pytest.mark.clause("A.15")
def test_a_correction_that_is_turned_down_or_in_force_is_told_once(world: World, clock: Clock) -> None:
    refused = change(world, "zhangwei")
    decide(world, "wangfang", refused, "reject")
    assert news(world, "zhangwei") == [f"您的申请 {refused}（更正）：拒绝"]
    done = change(world, "zhangwei")
    clock.forward(days=85)
    approve(world, "wangfang", done)
    assert len(news(world, "zhangwei")) == 1, "not before the last has agreed"
    approve(world, "zengqing", done)
    told = (
        NoticeRecipient.select()
        .join(Notice)
        .where((Notice.request == done) & (NoticeRecipient.account == world.accounts["zhangwei"]))
    )
    assert told.count() == 1, "by the announcement of the change (A.9), and by nothing besides"


def test_who_had_approved_it_hears_that_it_was_rejected_after_them(world: World) -> None:
    """Its asker hears as ever; and who rejects at the first step overrules nobody."""
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    decide(world, "zengqing", request, "reject")
    assert news(world, "wangfang", "request-declined") == [
        f"您已同意的申请 {request}（更正，张伟）后来被拒绝"
    ]
    assert news(world, "zhangwei") == [f"您的申请 {request}（更正）：拒绝"]
    again = change(world, "zhangwei")
    decide(world, "wangfang", again, "reject")
    assert len(news(world, "wangfang", "request-declined")) == 1


@pytest.mark.clause("E.6.4")
def test_who_keeps_the_book_asks_and_decides_and_the_person_hears_of_it_once(world: World) -> None:
    """In a book whose changes are announced to nobody; where they are, by the announcement alone."""
    request = change(world, "songjia", "group", of="majun", asked={"office_phone": "010 6234 0001"})
    approve_all(world, request)
    assert news(world, "majun", "direct-change") == ["人力资源按他人的申请修改了您的条目 · 办公电话"]
    (notice,) = [one for one in world.desk("majun").notices.unread() if one.kind == "direct-change"]
    assert world.desk("majun").objections.object(notice.id) == "asked"
    again = change(world, "majun", "group", asked={"office_phone": "010 6234 0002"})
    approve_all(world, again)
    assert not news(world, "majun", "direct-change"), "they had asked for it themselves"
    announced = change(world, "zengqing", of="zhangwei")
    approve_all(world, announced)
    assert not news(world, "zhangwei", "direct-change")
    assert len(news(world, "zhangwei", "change")) == 1


def approve_all(world: World, request: int) -> None:
    """Approve it at each step, by whoever it waits for."""
    for login in [one for one in world.accounts for _step in range(2)]:
        if Request.get_by_id(request).state != "open":
            break
        if request in [row.id for row in world.desk(login).queue.window().rows]:
            approve(world, login, request)
    assert Request.get_by_id(request).state == "applied"


def test_a_leader_who_asked_for_one_of_theirs_is_told_too(world: World) -> None:
    """In a book whose changes are announced to nobody."""
    request = change(world, "huangbo", "group", of="majun", asked={"office_phone": "010 6234 0001"})
    for login in ("songjia", "luoyan"):
        if Request.get_by_id(request).state == "open" and request in [
            row.id for row in world.desk(login).queue.window().rows
        ]:
            approve(world, login, request)
    assert Request.get_by_id(request).state == "applied"
    assert news(world, "huangbo") == [f"您的申请 {request}（更正，马军）：已办结"]


def test_who_asked_for_an_act_is_told_which_and_about_whom(world: World) -> None:
    asked = {"what": "holder", "whom": "张伟", "role": "head", "unit": "研发中心/研发一部"}
    request = world.desk("zengqing").asking.ask("office", "staff", asked, "人事安排")
    decide(world, "liwei", request, "reject")
    assert news(world, "zengqing") == [f"您的申请 {request}（任免职务，张伟、部门负责人）：拒绝"]
    request = change(world, "wangfang", of="zhangwei")
    decide(
        world,
        next(one for one in ("liwei", "liuyang") if world.desk(one).queue.counts().all),
        request,
        "reject",
    )
    assert news(world, "wangfang") == [f"您的申请 {request}（更正，张伟）：拒绝"]


def test_who_asked_and_withdrew_is_told_nothing(world: World) -> None:
    request = change(world, "zhangwei")
    world.desk("zhangwei").requests.withdraw(request)
    assert not news(world, "zhangwei")


def test_what_others_ended_is_told(world: World) -> None:
    """Somebody leaves: what was asked for about them ends, and whoever asked hears of it."""
    request = change(world, "wangfang", of="zhengwei", asked={"extension": "8031"})
    with writing():
        withdraw_obsolete(None, Request.get_by_id(request))
    assert news(world, "wangfang") == [f"您的申请 {request}（更正，郑微）：已撤回"]


@pytest.mark.clause("A.13", "C.10")
def test_of_a_look_up_it_is_told_alike_whether_the_name_fits_somebody(world: World) -> None:
    said, shown = [], []
    for name in ("马军", "没有此人"):
        request = ask_access(world.desk("tangyu"), "subsidiary", "协作", name=name, days=3)
        step = [
            login
            for login in world.accounts
            if login != "tangyu" and request in [row.id for row in world.desk(login).queue.window().rows]
        ]
        decide(world, step[0], request, "reject")
        said.append(news(world, "tangyu")[0].replace(str(request), "N"))
        row = Notice.select().order_by(Notice.id.desc()).get()
        shown.append((row.entry_id, row.unit_id, sorted(json.loads(row.detail))))
    assert said[0] == said[1]
    assert shown[0] == shown[1]


def test_whoever_left_or_is_shut_out_is_told_nothing(world: World) -> None:
    request = change(world, "zhangwei")
    with writing():
        Account.update(state="disabled").where(Account.id == world.accounts["zhangwei"]).execute()
    decide(world, "wangfang", request, "reject")
    told = NoticeRecipient.select().where(NoticeRecipient.account == world.accounts["zhangwei"])
    assert not told.join(Notice).where(Notice.kind == "request-outcome").exists()


@pytest.mark.clause("E.14")
@pytest.mark.parametrize("corrected", [True, False])
def test_whoever_reported_a_dead_number_hears_what_came_of_it(world: World, corrected: bool) -> None:
    entry = world.entry("majun", "group")
    Stale(world.desk("huangbo")).report(entry, "mobile")
    if corrected:
        request = change(world, "majun", "group")
        for login in ("huangbo", "luoyan"):
            approve(world, login, request)
    else:
        with writing():
            tell_reporters(Entry.get_by_id(entry), right=True)
    [said] = news(world, "huangbo", "sign-seen-to")
    assert ("已更正" in said) is corrected
    assert "马军" in said


@pytest.mark.clause("H.5.3")
def test_every_regulation_has_reporters_hear_that_it_was_decided() -> None:
    for regulation in builtin().values():
        assert all(rule.reply for rule in regulation.file.reporting)


def test_a_leave_that_is_turned_down_is_told_to_whoever_entered_it(world: World) -> None:
    request = leave(world, "wangfang", "zhangwen", day="2026-11-27")
    decider = next(
        login
        for login in world.accounts
        if login != "wangfang" and request in [row.id for row in world.desk(login).queue.window().rows]
    )
    decide(world, decider, request, "reject")
    assert sum(len(news(world, "wangfang", kind)) for kind in ("request-outcome", "last-day-lifted")) == 1


def test_what_was_returned_is_told_where_nothing_is_due(world: World) -> None:
    """As with access and copies: whoever asked reads all that they were told."""
    request = ask_access(world.desk("wangfang"), "staff", "对接", name="赵敏")
    decider = next(
        login
        for login in world.accounts
        if request in [row.id for row in world.desk(login).queue.window().rows]
    )
    decide(world, decider, request, "return_")
    (said,) = news(world, "wangfang", "returned")
    assert said.startswith("已退回，请修改后再交：")
