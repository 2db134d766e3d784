"""The directory that a joiner gets: with the announcement, or with their account (A.8)."""

from __future__ import annotations

import json

import pytest

from db.desk import Refused
from db.desk.due_dates import today
from db.desk.notifications.handing_out import may_take
from db.language import say
from db.policy.compose import compose
from db.policy.loader import builtin
from db.store.tables import (
    AuditRecord,
    CopyGrant,
    Notice,
    NoticeRecipient,
    Request,
)
from reports import directory as directory_report
from reports.export import export
from reports.period import this_month
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import (
    approved,
    entry_of_request,
    joiner,
)
from tests.db.desk.test_lifecycle_joining import ROOM
from tests.tui.plain.running import answered
from tests.world import World


@pytest.mark.threat(18)
@pytest.mark.clause("A.8", "A.12")
def test_the_present_directory_goes_out_with_the_announcement(world: World, clock: Clock) -> None:
    """Whoever is told opens what they see of it, and takes one copy of that under their mark; to whom it
    went, and what it opened to each, is on record."""
    desk = world.desk("zhangwei")
    with pytest.raises(Refused):
        desk.overview.directory("staff")
    approved(world, "zengqing", world.desk("liuyang").lifecycle.join(joiner(world, ROOM)))
    (notice,) = world.desk("zhangwei").notices.unread()
    assert (notice.hands_out, notice.takes, notice.clause) == ("staff", True, "A.8")
    own = world.unit("staff", "研发中心/研发一部")
    opened = NoticeRecipient.select().where(NoticeRecipient.notice == notice.id)
    told = {row.account_id: json.loads(row.opens)["units"] for row in opened}
    assert told == {
        world.accounts[login]: [[own, login == "wangfang"]]
        for login in ("wangfang", "zhangwei", "zhangwen", "zhengwei")
    }
    with pytest.raises(Refused) as beyond:
        directory_report.build(desk, "staff", world.unit("staff", "人力资源部"), this_month(today()))
    assert say(beyond.value.message, "en") == "Nobody there is within your reach.", "no empty copy"
    made = directory_report.build(desk, "staff", None, this_month(today()))
    document = export(desk, made, "csv", "zh_CN")
    text = document.content.decode("utf-8-sig")
    assert "新来" in text
    assert "郑微" in text
    assert "赵敏" not in text
    assert "刘洋" not in text
    record = AuditRecord.select().where(AuditRecord.act == "overview.export").get()
    assert (record.account, CopyGrant.get(CopyGrant.account == desk.actor.account).mark != "") == (
        world.accounts["zhangwei"],
        True,
    )
    with pytest.raises(Refused):
        desk.overview.directory("staff")
    assert not world.desk("zhangwei").notices.unread()[0].takes
    with pytest.raises(Refused):
        world.desk("sunli").overview.directory("staff")
    (row,) = world.desk("liuyang").overview.changes("staff", None, today(), today()).rows
    assert {say(one.opens[0], "en"): set(one.names) for one in row.told} == {
        "研发一部": {"张伟", "张文", "郑微"},
        "研发一部 and what is below it": {"王芳"},
    }
    assert (
        "王芳（可查看研发一部及下级）"
        in answered(world, "liuyang", "report changes --book staff --format csv").text
    )


@pytest.mark.threat(51)
@pytest.mark.clause("A.8")
def test_the_directory_comes_with_the_account_of_a_joiner(world: World) -> None:
    """And the person hears of the account itself too: what was announced before is no word of it."""
    entry = entry_of_request(world.desk("liuyang").lifecycle.join(joiner(world, ROOM)))
    approved(world, "zengqing", Request.get(Request.entry == entry.id).id)
    made = world.desk("guotao").accounts.create(entry.id, "xinlai", "0" * 64, "2027-01-01T00:00:00.000000Z")
    told = {row.notice.kind: row for row in NoticeRecipient.select().where(NoticeRecipient.account == made)}
    assert told.keys() == {"join", "power-done"}
    assert json.loads(told["join"].opens)["units"] == [[world.unit("staff", "研发中心/研发一部"), False]]
    assert CopyGrant.select().where(CopyGrant.account == made).count() == 1


@pytest.mark.clause("A.9")
def test_a_change_hands_the_new_directory_out_too_and_not_two_copies_at_once(world: World) -> None:
    for number in ("13900002121", "13900002122"):
        request = change(world, "zhangwei", mobile=number)
        approve(world, "wangfang", request)
        approve(world, "liuyang", request)
    shown = world.desk("zhangwen").notices.unread()
    assert [(one.kind, one.clause, one.takes) for one in shown] == [("change", "A.9", True)] * 2
    assert CopyGrant.select().where(CopyGrant.account == world.accounts["zhangwen"]).count() == 1


@pytest.mark.clause("A.8", "I.4.4.2")
def test_no_copy_goes_out_where_copies_are_approved_or_forbidden() -> None:
    """It is opened, as everybody opens it; a copy has to be asked for."""
    takes = {name: may_take(compose("any", [regulation])) for name, regulation in builtin().items()}
    assert takes["enterprise"]
    assert not takes["controlled-document"]


@pytest.mark.clause("A.8")
def test_the_person_is_told_as_soon_as_there_is_an_account(world: World) -> None:
    request = world.desk("liuyang").lifecycle.join(joiner(world, ROOM))
    approved(world, "zengqing", request)
    entry = entry_of_request(request)
    made = world.desk("guotao").accounts.create(entry.id, "xinlai", "0" * 64, "2027-01-01T00:00:00.000000Z")
    notice = Notice.get(Notice.kind == "join")
    told = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == notice)}
    assert made in told
