"""Decisions that take effect after some seconds: taken back, judged again, and never dropped."""

from __future__ import annotations

from threading import Thread

import pytest

from db.desk import Desk, Invalid, Overtaken, Refused
from db.desk.authority.offices import end_headships
from db.desk.requests import holding
from db.desk.requests.holding import NOT_DONE, apply_held
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import (
    Account,
    AuditRecord,
    HeldAct,
    Notice,
    NoticeRecipient,
    Request,
    RequestEvent,
    RequestStep,
)
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, approve, change, mobile_of, names
from tests.db.desk.lives import joiner, leave, task_of
from tests.wider_world import build_wider_world
from tests.world import World

HERE = RunnerPlace("host", "host:test")


def at_screen(world: World, login: str) -> Desk:
    """The desk of somebody whose decisions are held for 10 seconds."""
    desk = world.desk(login)
    desk.holding.seconds = 10
    return desk


def decide(desk: Desk, request: int, how: str = "approve", *word: str) -> None:
    getattr(desk.queue, how)(request, Request.get_by_id(request).digest, *word)


def told(world: World, login: str) -> list[str]:
    mine = NoticeRecipient.account == world.accounts[login]
    rows = NoticeRecipient.select(NoticeRecipient, Notice).join(Notice).where(mine)
    return [one.notice.kind for one in rows.order_by(Notice.id)]


def two(world: World) -> list[int]:
    """Requests of two people of one department, for its head."""
    for login, name in (("colleague", "同事"), ("other", "另一位")):
        world.hire(login, name, "研发中心/研发一部", values={"extension": "8000"})
    return [change(world, login, asked={"extension": "8100"}) for login in ("colleague", "other")]


def acts() -> list[str]:
    return [one.act for one in AuditRecord.select().order_by(AuditRecord.seq)]


@pytest.mark.threat(78)
def test_nothing_changes_and_nobody_is_told_before(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    desk, before = at_screen(world, "luoyan"), told(world, "majun")
    decide(desk, request)
    decided = clock.now.isoformat()[:19]
    assert (mobile_of(world, "majun", "group"), told(world, "majun")) != (STORED_MOBILE, before)
    assert (Request.get_by_id(request).state, told(world, "majun")) == ("open", before)
    assert names(world.desk("liuyang")) == {request}, "it waits for others still"
    clock.forward(seconds=9.9)
    assert desk.apply_held() == []
    assert Request.get_by_id(request).state == "open"
    clock.forward(seconds=0.1)
    assert desk.apply_held() == []
    assert (Request.get_by_id(request).state, mobile_of(world, "majun", "group")) == (
        "applied",
        STORED_MOBILE,
    )
    assert len(told(world, "majun")) > len(before)
    assert not HeldAct.select().exists()
    step = RequestStep.get((RequestStep.request == request) & (RequestStep.ord == 2))
    assert (step.decided_by_id, str(step.decided_at)[:19]) == (world.accounts["luoyan"], decided)
    assert acts()[-2:] == ["held.hold", "queue.approve"]
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert (record.account, record.request, record.at[:19] > decided) == (
        world.accounts["luoyan"],
        request,
        True,
    )
    assert '"decided_at"' in detail_of(record), "and when it was decided"


def test_what_is_wrong_with_it_is_told_at_once(world: World) -> None:
    request = change(world, "majun", "group")
    desk = at_screen(world, "huangbo")
    with pytest.raises(Refused, match="no longer what you were shown"):
        desk.queue.approve(request, "0" * 64)
    with pytest.raises(Invalid, match="in a few words"):
        decide(desk, request, "reject", " ")
    with pytest.raises(Refused):
        decide(at_screen(world, "luoyan"), request)
    assert not HeldAct.select().exists()


def test_taken_back_it_leaves_nothing_but_the_record(world: World, clock: Clock) -> None:
    first, second = two(world)
    desk = at_screen(world, "wangfang")
    decide(desk, first)
    clock.forward(seconds=1)
    decide(desk, second, "return_", "缺材料")
    assert desk.held.undo() == 1, "what was decided last"
    assert set(desk.held.mine()) == {f"r{first}"}
    assert desk.held.undo() == 1
    assert desk.held.undo() == 0
    clock.forward(minutes=1)
    assert apply_held() == []
    assert names(world.desk("wangfang")) == {first, second}
    assert acts()[-5:] == ["held.hold", "held.hold", "held.undo", "held.undo", "held.undo"]


def test_of_several_each_takes_effect_by_itself(world: World, clock: Clock) -> None:
    one, other = two(world)
    desk = at_screen(world, "wangfang")
    chosen = [(number, Request.get_by_id(number).digest) for number in (one, other)]
    assert desk.queue.approve_many(chosen) == ()
    assert desk.held.undo() == 2, "they were one decision"
    assert desk.queue.approve_many(chosen) == ()
    world.desk("colleague").requests.withdraw(one)
    clock.forward(seconds=10)
    (failed,) = desk.apply_held()
    assert f"request {one} " in say(failed, "en")
    assert names(world.desk("liuyang")) == {other}


@pytest.mark.threat(78)
def test_it_is_judged_again_when_it_takes_effect(world: World, clock: Clock) -> None:
    """Whoever is no head any more decides nothing by having pressed a key as one."""
    request = change(world, "zhangwei")
    decide(at_screen(world, "wangfang"), request)
    with writing():
        end_headships(unit=world.unit("staff", "研发中心/研发一部"))
    clock.forward(seconds=10)
    assert len(apply_held()) == 1
    assert Request.get_by_id(request).state == "open"
    assert RequestStep.select().where(RequestStep.decided_by.is_null(False)).count() == 0
    assert told(world, "wangfang")[-1] == NOT_DONE
    assert acts()[-2:] == ["queue.approve", "held.lapse"]


@pytest.mark.threat(78)
def test_a_closed_account_decides_nothing(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    decide(at_screen(world, "huangbo"), request)
    with writing():
        Account.update(state="disabled").where(Account.login == "huangbo").execute()
    clock.forward(seconds=10)
    assert len(apply_held()) == 1
    assert not RequestStep.select().where(RequestStep.state == "approved").exists()
    assert NOT_DONE not in told(world, "huangbo")
    assert acts()[-1] == "held.lapse"


@pytest.mark.threat(78)
def test_who_decides_first_decides_and_the_other_hears_of_it(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    approve(world, "huangbo", request)
    decide(at_screen(world, "luoyan"), request, "reject", "不符")
    approve(world, "liuyang", request)
    clock.forward(seconds=10)
    (failed,) = apply_held()
    assert "Already approved by 刘洋" in say(failed, "en"), "who, what and when"
    assert Request.get_by_id(request).state == "applied"
    assert told(world, "luoyan")[-1] == NOT_DONE
    notice = Notice.select().order_by(Notice.id.desc()).first()
    assert "刘洋" not in notice.detail, "names stay out of it"


@pytest.mark.threat(78)
def test_it_is_not_decided_twice_in_whichever_session(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    one, other = at_screen(world, "huangbo"), at_screen(world, "huangbo")
    decide(one, request)
    with pytest.raises(Overtaken):
        decide(other, request, "reject", "不符")
    with pytest.raises(Overtaken):
        decide(world.desk("huangbo"), request)
    assert set(other.held.mine()) == {f"r{request}"}
    assert other.held.undo() == 1
    clock.forward(seconds=10)
    assert one.apply_held() == []
    assert names(world.desk("huangbo")) == {request}


def test_where_the_session_has_gone_the_runner_does_it_once(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    decide(at_screen(world, "huangbo"), request, "return_", "缺材料")
    run(HERE)
    assert Request.get_by_id(request).state == "open"
    clock.forward(minutes=10)
    run(HERE)
    assert Request.get_by_id(request).state == "returned"
    run(HERE)
    assert RequestEvent.select().where(RequestEvent.act == "returned").count() == 1


@pytest.mark.threat(78)
def test_two_that_apply_it_at_once_do_it_once(world: World, clock: Clock) -> None:
    """The decider's session, and the runner that comes by in the same moment."""
    request = change(world, "majun", "group")
    decide(at_screen(world, "huangbo"), request)
    row = HeldAct.get()
    clock.forward(seconds=10)
    for _time in range(2):
        with writing():
            assert holding._apply(row) is None
    assert acts().count("queue.approve") == 1
    assert NOT_DONE not in told(world, "huangbo")


def test_what_takes_effect_in_the_same_moment_is_not_said_to_be_taken_back(
    world: World, clock: Clock
) -> None:
    request = change(world, "majun", "group")
    desk = at_screen(world, "huangbo")
    decide(desk, request)
    row = HeldAct.get()
    clock.forward(seconds=10)
    undone: list[int] = []

    def undo() -> None:
        undone.append(desk.held.undo())

    other = Thread(target=undo)
    with writing():
        assert holding._apply(row) is None
        other.start()
        other.join(0.5)
    other.join()
    assert undone == [0]
    assert acts().count("queue.approve") == 1


@pytest.mark.clause("A.9", "E.13.3")
def test_a_deadline_counts_when_it_was_decided(world: World, clock: Clock) -> None:
    """In the last seconds of the due day: nobody is told that it is late."""
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    due = Request.get_by_id(request).due
    clock.set(f"{due}T23:59:55+08:00")
    decide(at_screen(world, "liuyang"), request)
    clock.forward(seconds=8)
    run(HERE)
    assert Request.get_by_id(request).state == "open"
    assert not Notice.select().where(Notice.kind == "decision-overdue").exists()
    clock.forward(seconds=5)
    run(HERE)
    row = Request.get_by_id(request)
    assert (row.state, str(row.closed_at)[:16]) == ("applied", f"{due}T15:59")


@pytest.mark.clause("A.9", "E.13.3")
@pytest.mark.threat(55)
def test_what_is_late_already_is_told_also_while_a_decision_is_held(world: World, clock: Clock) -> None:
    """Else one decider could decide and take it back at each round, and nobody above would hear of it."""
    request = change(world, "zhangwei")
    clock.set(f"{Request.get_by_id(request).due}T09:00+08:00")
    clock.forward(hours=24)
    decide(at_screen(world, "wangfang"), request)
    run(HERE)
    assert HeldAct.select().exists()
    assert Notice.select().where(Notice.kind == "decision-overdue").exists()


@pytest.mark.threat(66)
@pytest.mark.parametrize("broken", ["decision", "request"])
def test_what_can_not_be_read_keeps_no_duty_and_no_other_decision(
    world: World, clock: Clock, broken: str
) -> None:
    first, second = two(world)
    desk = at_screen(world, "wangfang")
    decide(desk, first)
    decide(desk, second)
    with writing():
        if broken == "decision":
            HeldAct.update(content=b"x" * 80).where(HeldAct.matter == f"r{first}").execute()
        else:
            Request.update(payload=b"x" * 80).where(Request.id == first).execute()
    clock.forward(minutes=1)
    run(HERE)
    assert not HeldAct.select().exists()
    done = AuditRecord.select().where((AuditRecord.act == "queue.approve") & (AuditRecord.outcome == "done"))
    assert done.count() == acts().count("held.lapse") == 1
    assert NOT_DONE in told(world, "wangfang")


def test_a_reminder_is_held_too(world: World, clock: Clock) -> None:
    request = change(world, "majun", "group")
    desk = at_screen(world, "majun")
    assert desk.story.remind(request) == ("黄博",)
    assert "request-reminder" not in told(world, "huangbo")
    clock.forward(seconds=10)
    assert desk.apply_held() == []
    assert told(world, "huangbo")[-1] == "request-reminder"


@pytest.mark.clause("G.4.1")
def test_a_step_that_is_ticked_off_is_held_too(world: World, clock: Clock) -> None:
    build_wider_world("wecom", beside=world)
    values = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}
    request = world.desk("huanghr").lifecycle.join(
        joiner(world, "产品部", "wecom", kind="intern", values=values)
    )
    approve(world, "xuhr", request)
    task, desk = task_of("joiner"), at_screen(world, "huanghr")
    decided = clock.now.isoformat()[:19]
    desk.tasks.tick(task.id, "sync", "已录入")
    assert (task_of("joiner").state, desk.holding.holds(is_task=True, number=task.id)) == ("open", True)
    clock.forward(seconds=10)
    assert desk.apply_held() == []
    task = task_of("joiner")
    assert (task.state, str(task.done_at)[:19]) == ("done", decided)


@pytest.mark.threat(78)
def test_what_ends_somebody_is_not_held(world: World) -> None:
    """The screen asked before."""
    request = leave(world, "wangfang", "zhangwei")
    while Request.get_by_id(request).state == "open":
        step = RequestStep.get((RequestStep.request == request) & (RequestStep.state == "open"))
        rest = RequestStep.select().where((RequestStep.request == request) & (RequestStep.state == "waiting"))
        is_last = not rest.exists()
        decider = next(one for one in world.accounts if request in names(world.desk(one)))
        desk = at_screen(world, decider)
        decide(desk, request)
        assert (RequestStep.get_by_id(step.id).state == "approved") is is_last
        if not is_last:
            desk.held.undo()
            approve(world, decider, request)


def test_it_lies_sealed(world: World) -> None:
    decide(at_screen(world, "huangbo"), change(world, "majun", "group"), "reject", "与登记不符")
    assert "与登记不符".encode() not in bytes(HeldAct.get().content)
