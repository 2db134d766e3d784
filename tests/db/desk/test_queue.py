"""Deciding: in order, by the right person, on exactly what was shown, and once (E.13, C.8, A.9)."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Overtaken, Refused
from db.desk.authority.offices import end_headships
from db.desk.entry.record import origins
from db.desk.refusal import SILENT
from db.desk.requests.queue import QueueFilter
from db.language import Message, say
from db.store import audit
from db.store.tables import (
    Account,
    AuditRecord,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Request,
    RequestStep,
)
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, approve, ask_access, change, mobile_of, names, refusal
from tests.world import World


def last_record() -> AuditRecord:
    found = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert isinstance(found, AuditRecord)
    return found


@pytest.mark.clause("E.13.1", "E.13.2", "E.13.3")
def test_employee_then_head_then_human_resources(world: World) -> None:
    request = change(world, "majun", "group")
    assert names(world.desk("huangbo")) == {request}
    assert names(world.desk("luoyan")) == set()
    approve(world, "huangbo", request)
    assert mobile_of(world, "majun", "group") != STORED_MOBILE
    assert names(world.desk("huangbo")) == set()
    assert names(world.desk("luoyan")) == names(world.desk("liuyang")) == {request}
    approve(world, "luoyan", request)
    assert mobile_of(world, "majun", "group") == STORED_MOBILE
    view = world.desk("majun").requests.one(request)
    assert view.row.state == "applied"
    assert [step.who for step in view.steps] == [("黄博",), ("罗燕",)]


@pytest.mark.clause("E.13.2", "E.13.3")
@pytest.mark.threat(18)
def test_a_step_is_neither_skipped_nor_taken_twice(world: World) -> None:
    request = change(world, "majun", "group")
    digest = Request.get_by_id(request).digest
    early = refusal(world.desk("luoyan"), request, digest)
    assert early.clause == "E.13.2"
    approve(world, "huangbo", request)
    assert refusal(world.desk("huangbo"), request, digest).clause in ("E.13.3", "default")
    assert mobile_of(world, "majun", "group") != STORED_MOBILE


@pytest.mark.clause("E.13.2", "E.13.3", "E.13")
def test_nobody_decides_on_their_own_request(world: World) -> None:
    head = change(world, "huangbo", "group")
    assert refusal(world.desk("huangbo"), head, Request.get_by_id(head).digest).clause == "E.13.2"
    assert names(world.desk("songjia")) == {head}
    hr = change(world, "luoyan", "group")
    approve(world, "liuyang", hr)
    assert refusal(world.desk("luoyan"), hr, Request.get_by_id(hr).digest).clause == "E.13.3"
    assert names(world.desk("luoyan")) == set()


@pytest.mark.threat(18)
def test_a_second_account_of_the_same_person_does_not_decide_either(world: World) -> None:
    """HR gives herself another account with the role, to approve her own request from it."""
    other = Account.create(
        login="zengqing2",
        person=world.people["zengqing"],
        state="active",
        created_at="2026-11-01T00:00:00.000000Z",
    )
    world.accounts["zengqing2"] = other.id
    world.grant("zengqing2", "hr", "staff")
    request = change(world, "zengqing")
    approve(world, "liuyang", request)
    desk = world.desk("zengqing2")
    assert names(desk) == set()
    refusal(desk, request, Request.get_by_id(request).digest)
    assert Request.get_by_id(request).state == "open"


@pytest.mark.threat(18)
def test_strangers_are_told_the_same_as_of_a_request_that_is_not_there(world: World) -> None:
    request = change(world, "zhangwei")
    digest = Request.get_by_id(request).digest
    for login in ("zhangwen", "zhouwei", "qianjin", "guotao", "helei", "tangyu", "fangmin"):
        desk = world.desk(login)
        assert refusal(desk, request, digest).message == refusal(desk, 999_999, digest).message
        assert names(desk) == set()
        with pytest.raises(Refused):
            desk.queue.one(request)
        with pytest.raises(Refused):
            desk.requests.one(request)


@pytest.mark.clause("E.13.2")
def test_where_there_is_no_head_the_unit_above_decides(world: World) -> None:
    unit = world.unit("staff", "研发中心/研发一部")
    with writing():
        end_headships(unit=unit)
    request = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {request}
    assert names(world.desk("zhouwei")) == set()


def test_a_head_who_cannot_sign_in_counts_as_absent(world: World) -> None:
    with writing():
        Account.update(state="disabled").where(Account.login == "wangfang").execute()
    request = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {request}


@pytest.mark.clause("E.13", "E.13.3")
def test_where_one_is_left_of_two_the_supervisor_is_the_second_person(world: World) -> None:
    """刘洋, who heads human resources, asks: 罗燕, the only other one there, works under her and decides in
    her own office alone, not in that of a head."""
    request = change(world, "liuyang", "group")
    assert names(world.desk("luoyan")) == set()
    approve(world, "helei", request)
    approve(world, "luoyan", request)
    assert mobile_of(world, "liuyang", "group") == STORED_MOBILE


def test_at_the_top_the_maintainer_decides_and_each_step_by_another_person(world: World) -> None:
    """陈静 heads 总经理办公室; above it there is only the root, which nobody heads."""
    request = change(world, "chenjing")
    assert names(world.desk("liuyang")) == names(world.desk("zengqing")) == {request}
    approve(world, "liuyang", request)
    assert refusal(world.desk("liuyang"), request, Request.get_by_id(request).digest)
    assert names(world.desk("liuyang")) == set()
    approve(world, "zengqing", request)
    assert mobile_of(world, "chenjing") == STORED_MOBILE


@pytest.mark.clause("C.8")
def test_a_maintainers_own_edit_needs_a_second_person(world: World) -> None:
    request = change(world, "fangmin", "subsidiary", of="tangyu")
    approve(world, "linxiao", request)
    refused = refusal(world.desk("fangmin"), request, Request.get_by_id(request).digest)
    assert refused.clause == "default"
    assert mobile_of(world, "tangyu", "subsidiary") != STORED_MOBILE
    approve(world, "yeqing", request)
    origin = origins(world.entry("tangyu", "subsidiary"))["mobile"]
    assert origin.source == f"request {request}"
    assert origin.verifier == world.accounts["yeqing"]


@pytest.mark.clause("E.6.4")
def test_even_human_resources_changes_nothing_unreviewed(world: World) -> None:
    request = change(world, "luoyan", "group", of="majun")
    assert mobile_of(world, "majun", "group") != STORED_MOBILE
    approve(world, "huangbo", request)
    refusal(world.desk("luoyan"), request, Request.get_by_id(request).digest)
    assert mobile_of(world, "majun", "group") != STORED_MOBILE
    approve(world, "liuyang", request)
    assert mobile_of(world, "majun", "group") == STORED_MOBILE


def test_whom_a_change_concerns_does_not_decide_on_it(world: World) -> None:
    request = change(world, "liuyang", of="wangfang")
    assert names(world.desk("wangfang")) == set()
    assert names(world.desk("liwei")) == {request}


@pytest.mark.clause("A.9", "A.8")
def test_the_last_approval_applies_records_and_announces(world: World) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    assert Notice.select().count() == 0
    approve(world, "zengqing", request)
    notice = Notice.get()
    assert (notice.request_id, notice.clause, notice.entry_id) == (request, "A.9", world.entry("zhangwei"))
    told = {row.account_id for row in NoticeRecipient.select()}
    assert told == {world.accounts[login] for login in ("wangfang", "zhangwei", "zhangwen", "zhengwei")}
    record = last_record()
    assert (record.act, record.request, record.entry) == ("queue.approve", request, world.entry("zhangwei"))
    assert audit.journal_of(record) == {
        "before": {"mobile": ["+8613800002121"]},
        "after": {"mobile": [STORED_MOBILE]},
    }
    assert "13900002121" not in detail_of(record) + notice.detail
    desk = world.desk("zhangwen")
    (unread,) = desk.notices.unread()
    assert unread.name == "张伟"
    desk.notices.mark_seen(unread.id)
    assert desk.notices.unread() == ()
    assert len(world.desk("zhengwei").notices.unread()) == 1


@pytest.mark.clause("A.9")
def test_the_clock_runs_in_working_days_and_the_oldest_due_comes_first(world: World, clock: Clock) -> None:
    """National Day 2026: 10-01 to 10-07 are off, Saturday 10-10 is worked."""
    clock.set("2026-09-30T15:00+08:00")
    first = change(world, "zhangwei")
    clock.set("2026-10-08T09:00+08:00")
    second = change(world, "zhangwen", mobile="139 0000 2122")
    desk = world.desk("wangfang")
    rows = desk.queue.window().rows
    assert [(row.id, row.due.day, row.due.left) for row in rows if row.due] == [
        (first, "2026-10-10", 2),
        (second, "2026-10-12", 3),
    ]
    clock.set("2026-10-12T09:00+08:00")
    window = desk.queue.window()
    assert [row.due.left for row in window.rows if row.due] == [-1, 0]
    assert (window.counts.overdue, window.counts.today, window.counts.week, window.counts.all) == (1, 1, 0, 2)
    assert [row.id for row in desk.queue.window(QueueFilter(due="overdue")).rows] == [first]
    assert desk.queue.window(QueueFilter(kind="access")).total == 0


@pytest.mark.threat(19)
def test_an_approval_names_what_it_approves(world: World) -> None:
    """The requester withdraws nothing but amends what the head has on the screen."""
    request = change(world, "zhangwei")
    desk = world.desk("wangfang")
    shown = desk.queue.one(request).digest
    desk.queue.return_(request, shown, "请补充")
    requester = world.desk("zhangwei")
    form = requester.changes.amendment(request)
    assert form.amends is not None
    assert (form.amends.comment, form.amends.asked) == ("请补充", {"mobile": "139 0000 2121"})
    requester.changes.amend(request, form.version, {"mobile": "139 0000 9999"}, "换号", form.amends.evidence)
    assert "no longer" in refusal(desk, request, shown).message.text
    assert Request.get_by_id(request).state == "open"
    approve(world, "wangfang", request)


@pytest.mark.threat(19)
def test_an_entry_that_moved_on_is_not_overwritten(world: World) -> None:
    first, second = change(world, "zhangwei"), change(world, "zhangwei", asked={"mobile": "13900002222"})
    for request in (first, second):
        approve(world, "wangfang", request)
    desk = world.desk("liuyang")
    digest = desk.queue.one(second).digest
    approve(world, "liuyang", first)
    refused = refusal(desk, second, digest)
    assert say(refused.message, "en") == "The entry has been changed since this was written: Mobile."
    assert refused.clause == SILENT, "no clause says so"
    row = Request.get_by_id(second)
    assert row.state == "open"
    assert RequestStep.get((RequestStep.request == second) & (RequestStep.ord == 2)).state == "open"
    assert Entry.get_by_id(world.entry("zhangwei")).version == 2
    desk.queue.return_(second, digest, "请按现在的内容重写")
    assert Request.get_by_id(second).state == "returned"


@pytest.mark.threat(25)
def test_what_cannot_be_recorded_is_not_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when the audit record is appended."""
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    desk = world.desk("liuyang")
    digest = desk.queue.one(request).digest
    records = AuditRecord.select().count()

    def full(**_facts: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="No space"):
        desk.queue.approve(request, digest)
    monkeypatch.undo()
    assert Request.get_by_id(request).state == "open"
    assert mobile_of(world, "zhangwei") != STORED_MOBILE
    assert Notice.select().count() == 0
    assert AuditRecord.select().count() == records
    approve(world, "liuyang", request)


@pytest.mark.parametrize("comment", ["", "  \u3000"])
def test_a_return_and_a_rejection_need_a_word(world: World, comment: str) -> None:
    request = change(world, "zhangwei")
    desk = world.desk("wangfang")
    digest = desk.queue.one(request).digest
    for act in (desk.queue.return_, desk.queue.reject):
        with pytest.raises(Invalid):
            act(request, digest, comment)
    desk.queue.reject(request, digest, "号码有误")
    view = world.desk("zhangwei").requests.one(request)
    assert (view.row.state, view.history[-1].comment) == ("rejected", "号码有误")
    with pytest.raises(Overtaken):
        desk.queue.approve(request, digest)


@pytest.mark.clause("E.13")
def test_alike_requests_are_approved_together_each_with_its_record(world: World) -> None:
    first = change(world, "zhangwei")
    second = change(world, "zhangwen", mobile="139 0000 2122")
    desk = world.desk("wangfang")
    rows = desk.queue.window().rows
    before = AuditRecord.select().count()
    desk.queue.approve_many([(row.id, row.digest) for row in rows])
    records = list(AuditRecord.select().where(AuditRecord.seq > before).order_by(AuditRecord.seq))
    assert [(record.act, record.request) for record in records] == [
        ("queue.approve_many", first),
        ("queue.approve_many", second),
    ]
    assert names(world.desk("liuyang")) == {first, second}


def test_requests_that_differ_are_not_approved_together(world: World) -> None:
    """One waits for 刘洋 as the head of her department, the other as human resources."""
    head_step = change(world, "zengqing")
    hr_step = change(world, "wangfang")
    approve(world, "liwei", hr_step)
    access = ask_access(world.desk("zengqing"), "staff", "招聘", name="赵敏")
    desk = world.desk("liuyang")
    digests = {row.id: row.digest for row in desk.queue.window().rows}
    assert set(digests) == {head_step, hr_step, access}
    for one, other in ((head_step, hr_step), (head_step, access)):
        chosen = [(one, digests[one]), (other, digests[other])]
        with pytest.raises(Invalid) as caught:
            desk.queue.approve_many(chosen)
        (problem,) = caught.value.problems
        assert isinstance(problem.message, Message)
        assert (problem.message.params["one"], problem.message.params["other"]) == (one, other)
        with pytest.raises(Invalid):
            desk.queue.return_many(chosen, "缺材料")
        with pytest.raises(Invalid):
            desk.queue.reject_many(chosen, "不符")
    assert names(desk) == set(digests)


@pytest.mark.parametrize(("verdict", "state"), [("return", "returned"), ("reject", "rejected")])
def test_alike_requests_are_sent_back_or_turned_down_together(world: World, verdict: str, state: str) -> None:
    made = {change(world, "zhangwei"), change(world, "zhangwen", mobile="139 0000 2122")}
    queue = world.desk("wangfang").queue
    chosen = [(row.id, row.digest) for row in queue.window().rows]
    act = queue.return_many if verdict == "return" else queue.reject_many
    with pytest.raises(Invalid):
        act(chosen, " ")
    assert names(world.desk("wangfang")) == made
    act(chosen, "号码有误")
    for request in made:
        assert Request.get_by_id(request).state == state
        assert RequestStep.get(RequestStep.request == request).comment == "号码有误"


@pytest.mark.threat(73)
def test_what_was_decided_meanwhile_is_left_out_of_several_and_told(world: World) -> None:
    first = change(world, "zhangwei")
    second = change(world, "zhangwen", mobile="139 0000 2122")
    desk = world.desk("wangfang")
    chosen = [(row.id, row.digest) for row in desk.queue.window().rows]
    desk.queue.reject(second, dict(chosen)[second], "重复")
    records = AuditRecord.select().count()
    (left,) = desk.queue.approve_many(chosen)
    assert left.request == second
    assert "王芳" in say(left.why, "zh_CN")
    done = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (AuditRecord.select().count(), done.outcome, done.request) == (records + 1, "done", first)
    assert names(desk) == set()


@pytest.mark.threat(73)
def test_what_changed_meanwhile_is_left_out_of_several_and_told(world: World) -> None:
    first = change(world, "zhangwei")
    second = change(world, "zhangwen", mobile="139 0000 2122")
    desk = world.desk("wangfang")
    digest = Request.get_by_id(first).digest
    (left,) = desk.queue.approve_many([(second, "0" * 64), (first, digest)])
    assert left.request == second
    assert "no longer" in left.why.text
    outcomes = [row.outcome for row in AuditRecord.select().order_by(AuditRecord.seq.desc()).limit(2)]
    assert outcomes == ["done", "refused"]
    assert names(desk) == {second}
    assert audit.verify().sound
    with pytest.raises(Refused):
        desk.queue.approve_many([(second, "0" * 64)])
    assert names(desk) == {second}


@pytest.mark.threat(73)
def test_what_a_colleague_just_decided_is_told_as_that_and_no_refusal(world: World) -> None:
    """Of two in human resources the second is told who was first; nothing of it is on record."""
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    world.grant("helei", "hr", "staff")
    late = world.desk("helei")
    digest = late.queue.one(request).digest
    approve(world, "liuyang", request)
    records = AuditRecord.select().count()
    for act in (late.queue.approve, lambda one, what: late.queue.reject(one, what, "不符")):
        with pytest.raises(Overtaken) as told:
            act(request, digest)
        assert "刘洋" in say(told.value.message, "zh_CN")
    assert AuditRecord.select().count() == records


@pytest.mark.threat(20)
def test_a_role_that_was_withdrawn_decides_nothing_more(world: World) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    grant = world.grant("helei", "hr", "staff")
    desk = world.desk("helei")
    digest = desk.queue.one(request).digest
    Grant.update(revoked_at="2026-11-23T01:00:00.000000Z").where(Grant.id == grant).execute()
    refusal(desk, request, digest)
    assert names(desk) == set()
