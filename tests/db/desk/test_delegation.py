"""Standing in for somebody who is away: the record says for whom, and it opens no way round the rules."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.permissions import permissions_of
from db.desk.directory.office_list import STAND_IN
from db.language import say
from db.store.engine import database, store
from db.store.tables import AuditRecord, Delegation, Grant, Request, RequestStep
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, approve, change, mobile_of, names, refusal
from tests.variants.acting import move
from tests.variants.setting import leaves, succeed
from tests.world import World

FROM, UNTIL = "2026-11-23", "2026-11-27"


def delegate(world: World, login: str, to: str, role: str = "head", book: str = "staff") -> int:
    """Let ``to`` stand in, a day having passed where that takes one; the delegation's number."""
    desk = world.desk(login)
    carried_through(
        lambda: desk.delegation.delegate(role, book, world.accounts[to], FROM, UNTIL, "休假"), desk
    )
    return int(Delegation.select().order_by(Delegation.id.desc()).get().id)


@pytest.mark.clause("E.13.2")
def test_a_delegate_decides_and_the_record_says_for_whom(world: World) -> None:
    request = change(world, "zhangwei")
    assert names(world.desk("zhangwen")) == set()
    delegate(world, "wangfang", "zhangwen")
    assert names(world.desk("zhangwen")) == {request}
    approve(world, "zhangwen", request)
    step = RequestStep.get((RequestStep.request == request) & (RequestStep.ord == 1))
    zhangwen, wangfang = world.accounts["zhangwen"], world.accounts["wangfang"]
    assert (step.decided_by_id, step.on_behalf_of_id) == (zhangwen, wangfang)
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert record is not None
    assert (record.account, record.on_behalf_of) == (zhangwen, wangfang)
    (first, _second) = world.desk("zhangwei").requests.one(request).steps
    assert [say(one, "en") for one in first.who] == ["张文 (for 王芳)"]


def test_it_begins_and_ends_on_its_days(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    delegate(world, "wangfang", "zhangwen")
    desk = world.desk("zhangwen")
    for moment, waiting in (
        ("2026-11-22T23:59+08:00", set()),
        ("2026-11-23T00:00+08:00", {request}),
        ("2026-11-27T23:59:58+08:00", {request}),
        ("2026-11-28T00:00+08:00", set()),
    ):
        clock.set(moment)
        assert names(desk) == waiting
        assert ("head" in desk.me.who().books[0].roles) == bool(waiting)


def test_it_ends_with_the_role_of_whom_one_stands_in_for(world: World, clock: Clock) -> None:
    clock.set("2026-11-23T12:00+08:00")
    Grant.delete().where(Grant.account == world.accounts["zengqing"]).execute()
    delegate(world, "liuyang", "zengqing", role="hr")
    Grant.update(until="2026-11-23T04:00:02.000000Z").where(
        (Grant.account == world.accounts["liuyang"]) & (Grant.role == "hr")
    ).execute()
    desk = world.desk("zengqing")
    assert "hr" in desk.me.who().books[0].roles
    clock.set("2026-11-23T12:00:02+08:00")
    assert "hr" not in desk.me.who().books[0].roles


@pytest.mark.threat(20)
def test_a_revoked_delegation_holds_for_the_next_operation(world: World) -> None:
    request = change(world, "zhangwei")
    number = delegate(world, "wangfang", "zhangwen")
    desk = world.desk("zhangwen")
    digest = desk.queue.one(request).digest
    world.desk("wangfang").delegation.revoke(number)
    refusal(desk, request, digest)
    with pytest.raises(Refused):
        world.desk("wangfang").delegation.revoke(number)


@pytest.mark.threat(18)
@pytest.mark.clause("E.13")
def test_no_delegate_decides_on_their_own_request(world: World) -> None:
    delegate(world, "wangfang", "zhangwei")
    request = change(world, "zhangwei")
    refusal(world.desk("zhangwei"), request, Request.get_by_id(request).digest)
    assert names(world.desk("zhangwei")) == set()


@pytest.mark.threat(18)
@pytest.mark.clause("E.13")
def test_nobody_has_their_own_request_decided_through_their_delegate(world: World) -> None:
    """The head asks, and lets somebody of her own department decide in her stead."""
    delegate(world, "wangfang", "zhangwen")
    request = change(world, "wangfang")
    assert names(world.desk("zhangwen")) == set()
    refusal(world.desk("zhangwen"), request, Request.get_by_id(request).digest)
    assert names(world.desk("liwei")) == {request}


@pytest.mark.threat(18)
@pytest.mark.clause("E.13.3")
def test_one_person_does_not_take_two_steps_by_standing_in(world: World) -> None:
    """曾晴 stands in for the head 刘洋 of her department and holds human resources herself."""
    delegate(world, "liuyang", "zengqing")
    world.hire("xinren", "辛仁", "人力资源部")
    request = change(world, "xinren")
    approve(world, "zengqing", request)
    refusal(world.desk("zengqing"), request, Request.get_by_id(request).digest)
    assert names(world.desk("liuyang")) == {request}
    world.grant("helei", "hr", "staff")
    assert names(world.desk("liuyang")) == set()
    approve(world, "helei", request)
    assert mobile_of(world, "xinren") == STORED_MOBILE


def test_what_was_delegated_is_not_handed_on(world: World) -> None:
    delegate(world, "wangfang", "zhangwen")
    with pytest.raises(Refused):
        delegate(world, "zhangwen", "zhengwei")


@pytest.mark.threat(18)
def test_only_a_role_of_ones_own_is_delegated(world: World) -> None:
    for login, role in (
        ("zhangwei", "head"),
        ("zhangwei", "hr"),
        ("zhangwei", "employee"),
        ("guotao", "admin"),
    ):
        with pytest.raises(Refused):
            world.desk(login).delegation.delegate(role, "staff", world.accounts["zhangwen"], FROM, UNTIL)


def test_days_and_person_have_to_be_fit(world: World) -> None:
    desk = world.desk("wangfang")
    zhangwen = world.accounts["zhangwen"]
    for to, first, last in (
        (zhangwen, "2026-11-27", "2026-11-23"),
        (zhangwen, "2026-11-01", "2026-11-20"),
        (zhangwen, "2026-11-23", "2027-11-23"),
        (zhangwen, "gestern", "2026-11-27"),
        (world.accounts["wangfang"], FROM, UNTIL),
        (world.accounts["zhaomin"], FROM, UNTIL),
        (999_999, FROM, UNTIL),
    ):
        with pytest.raises(Invalid):
            desk.delegation.delegate("head", "staff", to, first, last)
    assert [one.name for one in desk.delegation.candidates("staff", "head")] == ["张伟", "张文", "郑微"]
    assert desk.delegation.mine() == ()


@pytest.mark.clause("A.6")
def test_the_technical_role_does_not_get_to_decide_by_delegation(world: World) -> None:
    candidates = {one.account for one in world.desk("liuyang").delegation.candidates("staff", "hr")}
    assert world.accounts["guotao"] not in candidates
    world.grant("zengqing", "it", "staff")
    again = {one.account for one in world.desk("liuyang").delegation.candidates("staff", "hr")}
    assert candidates - again == {world.accounts["zengqing"]}


def test_who_may_stand_in_is_found_with_few_questions(world: World) -> None:
    """One was asked for each colleague, of a thousand heads."""
    desk, asked = world.desk("wangfang"), list[str]()
    desk.delegation.roles()
    if not store().is_postgresql:
        database.connection().set_trace_callback(asked.append)
        assert len(desk.delegation.candidates("staff", "head")) == 3
        database.connection().set_trace_callback(None)
        assert sum('FROM "grant"' in one for one in asked) == 1


def test_one_person_stands_in_once_on_a_day_and_another_beside_them(world: World) -> None:
    """Ending a delegation has to end it, so the same one is not given twice over the same days."""
    number = delegate(world, "wangfang", "zhangwen")
    desk, zhangwen = world.desk("wangfang"), world.accounts["zhangwen"]
    with pytest.raises(Invalid) as twice:
        desk.delegation.delegate("head", "staff", zhangwen, UNTIL, "2026-12-04")
    assert twice.value.problems[0].message.params == {"name": "张文", "first": FROM, "last": UNTIL}
    desk.delegation.delegate("head", "staff", zhangwen, "2026-11-28", "2026-12-04")
    delegate(world, "wangfang", "zhengwei")
    desk.delegation.revoke(number)
    delegate(world, "wangfang", "zhangwen")


@pytest.mark.threat(20)
@pytest.mark.clause("E.13.2", "A.9")
def test_a_delegate_stands_for_the_office_as_it_was_when_they_were_named(world: World, clock: Clock) -> None:
    """Whoever moves and comes to head another department has named nobody there; nor sees the delegate it."""
    old = change(world, "zhangwei")
    delegate(world, "wangfang", "zhangwen")
    assert names(world.desk("zhangwen")) == {old}
    clock.forward(hours=1)
    approve(world, "zengqing", move(world, "liuyang", "staff", "wangfang", "销售中心", FROM))
    assert names(world.desk("zhangwen")) == set()
    clock.forward(hours=1)
    succeed(world, "wangfang", "head", "staff", "销售中心")
    new = change(world, "qianjin")
    assert new in names(world.desk("wangfang"))
    assert names(world.desk("zhangwen")) == set()
    digest = str(Request.get_by_id(new).digest)
    assert refusal(world.desk("zhangwen"), new, digest)
    held = permissions_of(world.actor("zhangwen"))
    assert [one.unit for one in held.stands_in] == []
    offices = world.desk("liuyang").offices.held("staff")
    assert not [row for row in offices if row.capacity == STAND_IN and row.holder == "张文"]


@pytest.mark.threat(20)
def test_of_two_offices_the_one_that_is_left_has_its_delegate_and_a_new_one_has_none(
    world: World, clock: Clock
) -> None:
    succeed(world, "wangfang", "head", "staff", "研发中心")
    delegate(world, "wangfang", "zhangwen")
    clock.forward(hours=1)
    succeed(world, "wangfang", "head", "staff", "销售中心")
    old, new = change(world, "zhangwei"), change(world, "qianjin")
    assert {old, new} <= names(world.desk("wangfang"))
    assert names(world.desk("zhangwen")) == {old}


@pytest.mark.threat(20)
@pytest.mark.clause("A.10")
def test_whose_last_day_is_over_stands_in_for_nobody(world: World, clock: Clock) -> None:
    """Neither named before that day nor after it, nobody having decided the leave."""
    request = change(world, "zhangwei")
    delegate(world, "wangfang", "zhangwen")
    leaves(world, "liuyang", "zhangwen", "2026-11-24")
    clock.set("2026-11-24T23:00+08:00")
    assert names(world.desk("zhangwen")) == {request}
    clock.set("2026-11-25T09:00+08:00")
    desk = world.desk("wangfang")
    desk.me.who()
    assert Delegation.get().revoked_at is not None
    assert world.accounts["zhangwen"] not in {
        one.account for one in desk.delegation.candidates("staff", "head")
    }
