"""Acts that take two: asked by one, decided by somebody independent of another office, told to both sides."""

from __future__ import annotations

import pytest

from db.desk import Desk, Overtaken, Pending, Refused
from db.desk.importing.importing import Source
from db.desk.requests.putting_off import ripe_in
from db.language import say
from db.store.tables import Account, Grant, Request, RequestStep
from tests.agreed import asked, settle
from tests.conftest import Clock
from tests.db.desk.test_policies import operator, revision
from tests.rules import on_record
from tests.world import World
from tui.sheets.cell import cell_words
from tui.sheets.request_facts import facts


def held(world: World, login: str, role: str) -> bool:
    """Whether ``login`` holds ``role`` by a grant in the staff book."""
    rows = Grant.select().where((Grant.account == world.accounts[login]) & (Grant.role == role))
    return any(row.revoked_at is None for row in rows)


def grant(world: World, by: str, whom: str, role: str) -> int:
    """Ask for a role; the request's number."""
    with pytest.raises(Pending) as pending:
        world.desk(by).accounts.grant(world.accounts[whom], "staff", role, None, None)
    return pending.value.request


def approve(world: World, by: str, request: int) -> None:
    desk = world.desk(by)
    desk.queue.approve(request, desk.queue.one(request).digest)


@pytest.mark.threat(50)
def test_a_role_is_asked_for_by_one_and_given_by_another_office(world: World) -> None:
    request = grant(world, "liuyang", "zhangwei", "security")
    assert not held(world, "zhangwei", "security")
    approve(world, "guotao", request)
    assert held(world, "zhangwei", "security")


def test_who_decides_reads_whom_a_role_is_for_and_who_asks(world: World) -> None:
    grant(world, "liuyang", "zhangwei", "security")
    (row,) = world.desk("guotao").queue.window().rows
    assert (row.name, row.requester) == ("张伟", "刘洋")


def test_who_comes_late_reads_that_the_host_s_operator_asked(world: World) -> None:
    host = world.desk(operator(world))
    request = asked(lambda: host.policies.add(revision("enterprise", "2", "2027-01-01")))
    able = [
        one for one in world.accounts if request in [row.id for row in world.desk(one).queue.window().rows]
    ]
    first, second = able[:2]
    digest = world.desk(second).queue.one(request).digest
    approve(world, first, request)
    with pytest.raises(Overtaken) as late:
        world.desk(second).queue.approve(request, digest)
    assert "主机管理员的" in say(late.value.message, "zh_CN")


def test_who_decides_on_a_regulation_reads_its_document_number(world: World) -> None:
    host = world.desk(operator(world))
    numbered = ('version = "2"', 'version = "2"\nnumber = "华星〔2026〕12号"')
    request = asked(lambda: host.policies.add(revision("enterprise", "2", "2027-01-01", numbered)))
    reader = next(
        one for one in world.accounts if request in [row.id for row in world.desk(one).queue.window().rows]
    )
    told = [
        (cell_words(label, "zh_CN"), cell_words(what, "zh_CN"))
        for label, what in facts(world.desk(reader).queue.one(request))
    ]
    assert ("发文字号", "华星〔2026〕12号") in told


@pytest.mark.threat(50)
@pytest.mark.parametrize("by", ["liuyang", "zengqing", "zhangwei"])
def test_neither_who_asks_nor_their_office_nor_who_gets_it_agrees(world: World, by: str) -> None:
    request = grant(world, "liuyang", "zhangwei", "security")
    with pytest.raises(Refused):
        approve(world, by, request)
    assert not held(world, "zhangwei", "security")


STRICTER = ("password = ", 'second = { of = ["account", "role"], clause = "A.19" }\npassword = ')


@pytest.mark.threat(53)
def test_what_a_regulation_has_two_do_waits_for_a_second(world: World) -> None:
    on_record(revision("enterprise", "2", "2026-11-01", STRICTER))
    disable = world.desk("guotao").accounts.disable
    request = asked(lambda: disable(world.accounts["zhangwei"]))
    assert Account.get_by_id(world.accounts["zhangwei"]).state == "active"
    steps = RequestStep.select().where(RequestStep.request == request)
    assert [(row.role, row.clause) for row in steps] == [("second", "A.19")]
    settle(world.desk("helei"))
    assert Account.get_by_id(world.accounts["zhangwei"]).state == "disabled"


@pytest.mark.threat(54)
def test_what_would_wait_for_its_day_waits_for_a_second_then(world: World) -> None:
    on_record(revision("enterprise", "2", "2026-11-01", STRICTER))
    with pytest.raises(Pending):
        world.desk("wangfang").delegation.delegate(
            "head", "staff", world.accounts["zhangwen"], "2026-11-23", "2026-11-27"
        )


@pytest.mark.threat(53)
def test_another_book_s_regulation_makes_nothing_stricter_here(world: World) -> None:
    """Of the group's directory, which rests on other regulations, an account alone is shut off at once."""
    on_record(revision("enterprise", "2", "2026-11-01", STRICTER))
    world.desk("liuyang").accounts.disable(world.accounts["majun"])
    assert Account.get_by_id(world.accounts["majun"]).state == "disabled"


@pytest.mark.parametrize("amend", [False, True])
def test_an_act_that_no_form_asked_for_has_none_to_correct_once_it_is_returned(
    world: World, *, amend: bool
) -> None:
    """Whoever asked is told to withdraw it and to do it again; it can be withdrawn."""
    desk = world.desk("liuyang")
    with pytest.raises(Pending) as pending:
        desk.calendar.add("staff", [["日期", "类型"], ["2026-11-25", "放假"]], Source("校历.csv", "0" * 64))
    request = pending.value.request
    second = next(one for one in map(world.desk, world.accounts) if can_open(one, request))
    second.queue.return_(request, second.queue.one(request).digest, "请说明")
    with pytest.raises(Refused) as refused:
        desk.asking.amend(request, {}) if amend else desk.asking.amendment(request)
    assert "Withdraw the request" in say(refused.value.advice, "en")
    desk.requests.withdraw(request)


def can_open(desk: Desk, request: int) -> bool:
    """Whether ``desk`` has the request in its queue."""
    return request in {row.id for row in desk.queue.window().rows}


@pytest.mark.threat(85)
def test_what_waits_a_day_waits_24_hours(world: World, clock: Clock) -> None:
    """Half a minute before midnight is no day to object in."""
    clock.set("2026-11-23T23:59:30+08:00")
    with pytest.raises(Pending):
        world.desk("liuyang").delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-25", "2026-11-27"
        )
    clock.set("2026-11-24T23:59:00+08:00")
    assert not ripe_in("staff")
    clock.forward(minutes=1)
    assert len(ripe_in("staff")) == 1


@pytest.mark.threat(112)
@pytest.mark.parametrize(
    ("asked_at", "too_soon", "ripe_at"),
    [
        ("2026-11-27T18:00+08:00", "2026-11-30T17:59+08:00", "2026-11-30T18:00+08:00"),  # a Friday evening
        ("2026-11-28T09:00+08:00", "2026-11-30T23:59+08:00", "2026-12-01T00:00+08:00"),  # a Saturday
        (
            "2026-09-30T20:00+08:00",
            "2026-10-08T19:59+08:00",
            "2026-10-08T20:00+08:00",
        ),  # before seven days off
    ],
)
def test_what_waits_to_be_stopped_waits_24_hours_of_working_days(
    world: World, clock: Clock, asked_at: str, too_soon: str, ripe_at: str
) -> None:
    """Nobody reads on a day off what they could stop."""
    clock.set(asked_at)
    request = asked(
        lambda: world.desk("liuyang").delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-20", "2026-12-10"
        )
    )
    assert Request.get_by_id(request).due == ripe_at[:10], "the day that those told read"
    clock.set(too_soon)
    assert not ripe_in("staff")
    clock.set(ripe_at)
    assert len(ripe_in("staff")) == 1


def test_what_nobody_decides_is_called_by_that_it_takes_effect_later(world: World) -> None:
    officer = world.desk("liuyang")
    (to, *_more) = officer.delegation.candidates("staff", "hr")
    request = asked(
        lambda: officer.delegation.delegate("hr", "staff", to.account, "2026-11-23", "2026-11-27", "出差")
    )
    view = officer.requests.one(request)
    assert say(view.row.kind_label, "zh_CN") == "延后生效"
    assert [cell_words(label, "zh_CN") for label, _what in facts(view)].count("原因") == 1
