"""What is said of a request besides deciding on it: comments and reminders, lines of its history."""

from __future__ import annotations

from typing import Any

import pytest

from db.desk import Invalid, Overtaken, Refused
from db.desk.privacy.erasing import _words
from db.desk.quota import LIMITS
from db.language import say
from db.store.tables import AuditRecord, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, change
from tests.world import World


def told(world: World, login: str, kind: str) -> list[int | None]:
    account = world.actor(login).account
    rows: Any = (
        NoticeRecipient.select(Notice)
        .join(Notice)
        .where((NoticeRecipient.account == account) & (Notice.kind == kind))
    )
    return [row.notice.request_id for row in rows]


def talk(view: Any) -> list[tuple[str, str, str]]:
    """Who said or reminded what, of a request's history."""
    return [
        (say(event.who, "zh_CN"), event.act.text, event.comment) for event in view.history if event.is_talk
    ]


def test_a_comment_is_read_by_both_sides_and_told_to_the_other(world: World) -> None:
    request = change(world, "majun", "group")
    before = Request.get_by_id(request)
    world.desk("huangbo").story.comment(request, "旧号保留到何时？")
    assert told(world, "majun", "request-comment") == [request]
    assert told(world, "huangbo", "request-comment") == []
    world.desk("majun").story.comment(request, "到  12-31")
    assert told(world, "huangbo", "request-comment") == [request]
    said = [("黄博", "commented", "旧号保留到何时？"), ("马军", "commented", "到 12-31")]
    assert talk(world.desk("majun").requests.one(request)) == said
    assert talk(world.desk("huangbo").queue.one(request)) == said
    after = Request.get_by_id(request)
    assert (after.digest, after.due, after.started_at, after.state) == (
        before.digest, before.due, before.started_at, "open",
    )  # fmt: skip
    (row,) = world.desk("huangbo").queue.window().rows
    assert row.comments == 2
    approve(world, "huangbo", request)
    assert talk(world.desk("luoyan").queue.one(request)) == said


def test_what_is_said_stands_in_no_audit_and_goes_with_the_words_of_the_request(world: World) -> None:
    request = change(world, "majun", "group")
    world.desk("majun").story.comment(request, "请尽快")
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert record.act == "story.comment"
    assert "请尽快" not in detail_of(record)
    assert "请尽快" not in str([row.detail for row in Notice.select()])
    with writing():
        _words(Request.get_by_id(request))
    assert talk(world.desk("majun").requests.one(request)) == [("马军", "commented", "")]


def test_a_comment_says_something_and_not_without_end(world: World) -> None:
    request = change(world, "majun", "group")
    for word in ("  ", "长" * 501):
        with pytest.raises(Invalid):
            world.desk("majun").story.comment(request, word)
    assert talk(world.desk("majun").requests.one(request)) == []


@pytest.mark.threat(18, 50)
@pytest.mark.parametrize("act", ["comment", "remind"])
def test_others_learn_nothing_of_a_request(world: World, act: str) -> None:
    """Not who decides a later step, not who heads elsewhere: as if there were no such request."""
    request = change(world, "majun", "group")
    refused = []
    for number in (request, 999_999):
        for login in ("luoyan", "songjia", "zhengwei"):
            story = world.desk(login).story
            with pytest.raises(Refused) as found:
                _ = story.comment(number, "？") if act == "comment" else story.remind(number)
            refused.append(say(found.value.message, "en"))
    assert len(set(refused)) == 1


@pytest.mark.threat(58)
def test_a_reminder_goes_once_a_working_day_to_those_for_whom_it_waits(world: World, clock: Clock) -> None:
    clock.set("2026-11-20T10:00+08:00")  # a Friday
    request = change(world, "majun", "group")
    desk = world.desk("majun")
    assert desk.story.remind(request) == ("黄博",)
    assert told(world, "huangbo", "request-reminder") == [request]
    for moment in ("2026-11-20T17:00+08:00", "2026-11-22T10:00+08:00"):  # that day, and on Sunday
        clock.set(moment)
        with pytest.raises(Refused, match="once a working day"):
            world.desk("majun").story.remind(request)
    clock.set("2026-11-23T09:00+08:00")
    world.desk("majun").story.remind(request)
    assert told(world, "huangbo", "request-reminder") == [request, request]
    assert [line[1:] for line in talk(world.desk("majun").requests.one(request))] == [
        ("reminded", "黄博")
    ] * 2
    approve(world, "huangbo", request)  # it waits for others now
    assert set(world.desk("huangbo").story.remind(request)) == {"罗燕", "刘洋"}


def test_who_is_waited_for_is_reminded_of_what_came_back_and_reminds_nobody(world: World) -> None:
    request = change(world, "majun", "group")
    with pytest.raises(Refused, match="waits for you"):
        world.desk("huangbo").story.remind(request)
    world.desk("huangbo").queue.return_(request, Request.get_by_id(request).digest, "少一位")
    with pytest.raises(Refused, match="waits for you"):
        world.desk("majun").story.remind(request)
    assert world.desk("huangbo").story.remind(request) == ("马军",)
    assert told(world, "majun", "request-reminder") == [request]


def test_nothing_is_said_of_what_is_decided(world: World) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    approve(world, "luoyan", request)
    for login in ("majun", "luoyan"):
        with pytest.raises(Overtaken):
            world.desk(login).story.comment(request, "谢谢")
        with pytest.raises(Overtaken):
            world.desk(login).story.remind(request)


@pytest.mark.clause("C.10", "A.13")
@pytest.mark.threat(18)
def test_who_looks_somebody_up_is_told_no_name_by_a_reminder_or_a_comment(world: World) -> None:
    desk = world.desk("zhangwei")
    request = ask_access(desk, "staff", "对接", name="赵敏")
    nobody = ask_access(world.desk("zhangwei"), "staff", "对接", name="无此人")
    found = [say(name, "zh_CN") for one in (request, nobody) for name in desk.story.remind(one)]
    assert len(set(found)) == 1
    assert "部门" in found[0]
    assert {line[2] for one in (request, nobody) for line in talk(desk.requests.one(one))} == {""}


@pytest.mark.threat(58)
def test_who_talks_without_end_is_stopped_in_words(world: World) -> None:
    request = change(world, "majun", "group")
    desk = world.desk("majun")
    for number in range(LIMITS.on_others - 1):  # the request itself counts
        desk.story.comment(request, f"第 {number} 次")
    with pytest.raises(Refused, match="asked others"):
        desk.story.comment(request, "再说一次")
    assert len(talk(desk.requests.one(request))) == LIMITS.on_others - 1
