"""A request whose sealed content was altered past the program: it stops itself and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Pending, Refused
from db.desk.requests.payload import UNREADABLE
from db.desk.requests.putting_off import KIND
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import Account, HeldAct, Notice, NoticeRecipient, Request, RequestEvent
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, change, names
from tests.world import World

HERE = RunnerPlace("host", "host:test")
BROKEN = b"x" * 80


def alter(request: int) -> int:
    with writing():
        assert Request.update(payload=BROKEN).where(Request.id == request).execute() == 1
    return request


def granted(world: World) -> int:
    with pytest.raises(Pending) as pending:
        world.desk("liuyang").accounts.grant(world.accounts["zhangwei"], "staff", "security", None, None)
    return pending.value.request


def access(world: World) -> int:
    return ask_access(world.desk("zhangwei"), "staff", "联调", name="单宏", days=3)


@pytest.mark.threat(66)
@pytest.mark.parametrize("ask", [granted, access, lambda world: change(world, "zhangwen")])
def test_everybody_s_lists_open_and_the_duties_go_on(world: World, ask: Callable[[World], int]) -> None:
    alter(ask(world))
    other = change(world, "zhangwei")
    for login in ("guotao", "wangfang", "helei", "liuyang", "chenjing", "zhangwei", "zhangwen"):
        desk = world.desk(login)
        desk.queue.window()
        desk.todo.window()
        for row in desk.requests.mine():
            desk.requests.one(row.id)
    assert other in names(world.desk("wangfang"))
    run(HERE)


@pytest.mark.threat(66)
def test_whoever_decides_is_told_that_it_can_only_be_rejected(world: World) -> None:
    request = alter(granted(world))
    desk = world.desk("guotao")
    view = desk.queue.one(request)
    assert [line.after for line in view.lines] == [UNREADABLE]
    with pytest.raises(Refused, match="can't be read"):
        desk.queue.approve(request, view.digest)
    with pytest.raises(Refused, match="can't be read"):
        desk.queue.return_(request, view.digest, "请补")
    desk.queue.reject(request, view.digest, "无法读取")
    assert Request.get_by_id(request).state == "rejected"


@pytest.mark.threat(66)
@pytest.mark.parametrize("altered", [True, False], ids=["altered", "overtaken"])
def test_what_can_not_be_done_on_its_day_stops_no_duty_and_is_told(
    world: World, clock: Clock, altered: bool
) -> None:
    clock.set("2026-11-23T10:00+08:00")
    with pytest.raises(Pending) as pending:
        world.desk("liuyang").delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-23", "2026-11-27"
        )
    request = pending.value.request
    if altered:
        alter(request)
    else:
        with writing():
            Account.update(state="disabled").where(Account.login == "zengqing").execute()
    clock.forward(days=1)
    run(HERE)
    assert Request.get_by_id(request).state == "rejected"
    last = RequestEvent.select().where(RequestEvent.request == request).order_by(RequestEvent.id.desc()).get()
    assert last.comment
    heard = (
        NoticeRecipient.select(Notice)
        .join(Notice)
        .where(
            (NoticeRecipient.account == world.accounts["liuyang"])
            & (Notice.request == request)
            & (Notice.kind == "request-outcome")
        )
    )
    assert heard.exists(), "whoever asked hears that it did not come to be"
    (row,) = (one for one in world.desk("liuyang").requests.mine() if one.id == request)
    assert row.kind == KIND
    assert say(row.state_label, "en") == "rejected"


@pytest.mark.threat(78)
def test_a_decision_that_can_not_be_read_is_taken_back_all_the_same(world: World) -> None:
    request = change(world, "zhangwei")
    desk = world.desk("wangfang")
    desk.holding.seconds = 10
    desk.queue.approve(request, desk.queue.one(request).digest)
    with writing():
        HeldAct.update(content=BROKEN).execute()
    assert desk.held.undo() == 1
    assert names(world.desk("wangfang")) == {request}
