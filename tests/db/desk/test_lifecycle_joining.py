"""Joining: complete or not at all, on the clock, announced, and filed where another regulation asks
(A.3, A.7, A.8, B.5.4, D.5.1, E.2, G.4.1)."""

from __future__ import annotations

from datetime import date

import pytest

from db.approval.facts import ApprovalContext
from db.desk import Invalid, Refused
from db.desk.entry.record import load_entry
from db.desk.lifecycle.forms import JoinForm
from db.desk.requests.approvers import ApproverResolver
from db.language import Label, say
from db.store.tables import (
    Account,
    AuditRecord,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Request,
    Task,
    TaskProof,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import (
    VALUES,
    approved,
    duties,
    entry_of_request,
    evidence,
    joiner,
    leave,
    move,
    returned,
    task_of,
)
from tests.wider_world import PUPIL, build_wider_world
from tests.world import World

ROOM = "研发中心/研发一部"


@pytest.mark.clause("A.8")
def test_a_joiner_is_entered_within_three_working_days_and_announced(world: World, clock: Clock) -> None:
    """Human resources enters, a second person of theirs confirms; department and person are told."""
    hr = world.desk("liuyang")
    form = hr.lifecycle.join_form("staff")
    assert ("enter a joiner", 3, "A.8") in [(what.text, days, by) for what, days, by in form.route.duties]  # type: ignore[union-attr]
    checked = hr.lifecycle.check_join(joiner(world, ROOM))
    assert checked.due is not None
    assert (checked.due.day, checked.due.clause) == ("2026-11-26", "A.8")
    request = hr.lifecycle.join(joiner(world, ROOM))
    entry = entry_of_request(request)
    assert entry.state == "pending"
    assert world.desk("wangfang").directory.search("staff", "新来") == ()
    task = task_of("joiner")
    assert (task.due, task.clause, task.role, task.state) == ("2026-11-26", "A.8", "hr", "open")
    assert Request.get_by_id(request).due == "2026-11-26"

    approved(world, "zengqing", request)
    entry = entry_of_request(request)
    assert entry.state == "active"
    assert load_entry(entry.id).first("mobile") == "+8613800008990"
    assert [line.name for line in world.desk("wangfang").directory.search("staff", "新来")] == ["新来"]
    task = task_of("joiner")
    assert (task.state, task.late) == ("done", 0)
    notice = Notice.get(Notice.kind == "join")
    assert (notice.entry_id, notice.clause) == (entry.id, "A.8")
    told = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == notice)}
    assert told == {world.accounts[login] for login in ("wangfang", "zhangwei", "zhangwen", "zhengwei")}
    (shown,) = [one for one in world.desk("wangfang").notices.unread() if one.kind == "join"]
    assert all(isinstance(field, Label) for field in shown.fields)
    records = AuditRecord.select().where(AuditRecord.act == "lifecycle.join")
    assert [(row.outcome, row.entry, row.clause) for row in records] == [("done", entry.id, "A.8")]


@pytest.mark.clause("A.8")
def test_who_is_late_is_reminded_then_reported_above_and_on_record(world: World, clock: Clock) -> None:
    world.desk("liuyang").lifecycle.expect(joiner(world, ROOM))
    clock.set("2026-11-25T09:00+08:00")
    duties()
    assert [one.task.text for one in world.desk("zengqing").notices.unread()] == ["enter a joiner"]  # type: ignore[union-attr]
    clock.set("2026-11-30T09:00+08:00")
    duties()
    assert {notice.kind for notice in world.desk("liuyang").notices.unread()} >= {"duty-due", "duty-overdue"}
    assert "duty-escalated" in {notice.kind for notice in world.desk("wangfang").notices.unread()}
    entry = Entry.get(Entry.state == "pending")
    request = world.desk("liuyang").lifecycle.join(joiner(world, ROOM, expected=entry.id))
    approved(world, "zengqing", request)
    assert (task_of("joiner").state, task_of("joiner").late) == ("done", 2)
    report = world.desk("liuyang").overview.compliance("staff", None, date(2026, 11, 1), date(2026, 11, 30))
    row = next(row for row in report.rows if row.name == "研发一部")
    assert (row.due, row.late, row.worst, row.clauses) == (1, 1, 2, "A.8")


@pytest.mark.clause("A.8")
@pytest.mark.threat(113)
def test_nobody_is_late_no_more_by_a_day_that_they_said_and_took_back(world: World, clock: Clock) -> None:
    """Nor is it another department's: day and place of who was expected move once somebody else agrees."""
    entry = world.desk("liuyang").lifecycle.expect(joiner(world, ROOM))
    clock.set("2026-12-14T09:00+08:00")
    hr, elsewhere = world.desk("liuyang"), "销售中心"
    later = joiner(world, elsewhere, expected=entry, joined="2026-12-14")
    request = hr.lifecycle.join(later)
    assert (task_of("joiner").due, task_of("joiner").unit_id) == ("2026-11-26", world.unit("staff", ROOM))
    hr.requests.withdraw(request)
    task, waits = task_of("joiner"), Entry.get_by_id(entry)
    assert (task.due, task.unit_id) == ("2026-11-26", world.unit("staff", ROOM))
    assert (waits.joined, waits.unit_id) == ("2026-11-23", world.unit("staff", ROOM))
    approved(world, "zengqing", hr.lifecycle.join(later))
    task = task_of("joiner")
    assert (task.due, task.unit_id, task.late) == ("2026-12-17", world.unit("staff", elsewhere), 0)


@pytest.mark.clause("A.8")
@pytest.mark.threat(113)
def test_nor_by_calling_the_joiner_off(world: World, clock: Clock) -> None:
    """Else whoever is late calls them off and enters them anew, as of today."""
    world.desk("liuyang").lifecycle.expect(joiner(world, ROOM))
    clock.set("2026-12-14T09:00+08:00")
    world.desk("liuyang").lifecycle.call_off(task_of("joiner").id, "重新录入")
    report = world.desk("liuyang").overview.compliance("staff", None, date(2026, 11, 1), date(2026, 11, 30))
    row = next(row for row in report.rows if row.name == "研发一部")
    assert (row.due, row.late, row.worst) == (1, 1, 12)


@pytest.mark.clause("A.3", "A.7")
def test_an_incomplete_joiner_is_not_handed_in_nor_done(world: World) -> None:
    """Everything that is missing is told at once; the entry that waits is in no list."""
    hr = world.desk("liuyang")
    with pytest.raises(Invalid) as caught:
        hr.lifecycle.join(joiner(world, ROOM, values={"name": "新来"}))
    assert {one.field for one in caught.value.problems} == {"position", "office_phone", "mobile", "email"}
    assert Request.select().count() == 0
    entry = hr.lifecycle.expect(joiner(world, ROOM, values={"name": "新来"}))
    task = task_of("joiner")
    with pytest.raises(Refused) as refused:
        hr.tasks.done(task.id)
    assert refused.value.clause == "A.8"
    assert Task.get_by_id(task.id).state == "open"
    assert hr.directory.search("staff", "新来") == ()
    assert [row.name for row in hr.overview.coverage("staff").rows if row.problem == "no-entry"] == ["新来"]
    assert Entry.get_by_id(entry).state == "pending"


@pytest.mark.clause("A.2")
def test_whoever_is_expected_shows_as_missing_until_entered(world: World) -> None:
    hr = world.desk("liuyang")
    entry = hr.lifecycle.expect(joiner(world, ROOM))
    assert "新来" in {row.name for row in hr.overview.coverage("staff").rows}
    approved(world, "zengqing", hr.lifecycle.join(joiner(world, ROOM, expected=entry)))
    assert "新来" not in {row.name for row in hr.overview.coverage("staff").rows}


@pytest.mark.clause("A.6")
@pytest.mark.threat(18)
def test_who_may_not_enter_a_joiner_learns_who_does(world: World) -> None:
    for login, clause in (("guotao", "A.6"), ("zhangwei", "A.6"), ("helei", "A.6")):
        with pytest.raises(Refused) as caught:
            world.desk(login).lifecycle.join(joiner(world, ROOM))
        assert caught.value.clause == clause
    assert world.desk("zhangwei").lifecycle.begins("staff") == ()
    with pytest.raises(Refused) as caught:
        world.desk("wangfang").lifecycle.join(joiner(world, "销售中心"))
    assert caught.value.clause == "A.6"
    with pytest.raises(Refused) as caught:
        world.desk("tangyu").lifecycle.join(joiner(world, ROOM))
    assert caught.value.clause == "default"
    assert Entry.select().where(Entry.state == "pending").count() == 0


def test_nobody_confirms_the_joiner_they_entered(world: World) -> None:
    hr = world.desk("liuyang")
    request = hr.lifecycle.join(joiner(world, ROOM))
    with pytest.raises(Refused):
        hr.queue.approve(request, Request.get_by_id(request).digest)
    assert entry_of_request(request).state == "pending"


def test_a_returned_joiner_is_amended_and_a_rejected_one_stays_expected(world: World) -> None:
    hr, second = world.desk("liuyang"), world.desk("zengqing")
    request = hr.lifecycle.join(joiner(world, ROOM))
    second.queue.return_(request, second.queue.one(request).digest, "部门应为研发二部")
    form = hr.lifecycle.amendment(request)
    assert form.amends is not None
    assert form.amends.comment == "部门应为研发二部"
    hr.lifecycle.join(joiner(world, "研发中心/研发二部", joined="2026-11-24"), amends=request)
    assert (task_of("joiner").due, Request.get_by_id(request).due) == ("2026-11-26", "2026-11-27")
    second.queue.reject(request, second.queue.one(request).digest, "不来了")
    assert task_of("joiner").state == "open"
    entry = entry_of_request(request)
    hr.lifecycle.call_off(task_of("joiner").id, "不来了")
    assert (Entry.get_by_id(entry.id).state, task_of("joiner").state) == ("left", "cancelled")


@pytest.mark.clause("E.2")
@pytest.mark.parametrize("kind", ["full-time", "part-time"])
def test_all_employees_and_part_timers_can_join(world: World, kind: str) -> None:
    hr = world.desk("liuyang")
    values = {**VALUES, "position": "会计"}
    form = hr.lifecycle.join_form("group")
    assert kind in {choice.id for field in form.fields if field.name == "kind" for choice in field.choices}
    request = hr.lifecycle.join(joiner(world, "财务中心/会计部", "group", kind=kind, values=values))
    approved(world, "luoyan", request)
    assert (entry_of_request(request).kind, entry_of_request(request).state) == (kind, "active")
    with pytest.raises(Invalid) as caught:
        hr.lifecycle.join(joiner(world, "财务中心/会计部", "group", kind="intern", values=values))
    assert "kind" in {one.field for one in caught.value.problems}


@pytest.mark.clause("G.4.1")
def test_a_joiner_is_entered_in_wecom_too_before_the_task_ends(world: World) -> None:
    build_wider_world("wecom", beside=world)
    hr = world.desk("huanghr")
    values = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}
    with pytest.raises(Invalid) as caught:
        hr.lifecycle.join(joiner(world, "产品部", "wecom", values={"name": "新来"}))
    assert {one.field for one in caught.value.problems} == {"mobile", "wechat"}
    request = hr.lifecycle.join(joiner(world, "产品部", "wecom", kind="intern", values=values))
    approved(world, "xuhr", request)
    task = task_of("joiner")
    assert task.state == "open"
    view = hr.tasks.one(task.id)
    assert [(proof.what, proof.clause) for proof in view.proofs] == [("sync", "G.4.1")]
    assert [(system, len(fields)) for system, fields in view.systems] == [("wecom", 3)]
    with pytest.raises(Refused) as refused:
        hr.tasks.done(task.id)
    assert refused.value.clause == "G.4.1"
    assert say(refused.value.advice, "en") == "Do it there, then open the task and tick the step off."
    hr.tasks.tick(task.id, "sync", "已录入")
    assert task_of("joiner").state == "done"
    proof = TaskProof.get(TaskProof.task == task.id)
    assert (proof.met_by_id, proof.word) == (world.accounts["huanghr"], "已录入")


@pytest.mark.clause("B.5.4")
def test_the_officer_files_a_joiner_and_the_safety_department_confirms(world: World, clock: Clock) -> None:
    """A joiner of the staff book is filed by the officer of the department of that name."""
    build_wider_world("safety", beside=world)
    from db.desk.entry.units import create_unit

    with writing():
        unit = create_unit("safety", "研发一部", world.unit("safety"))
        world.units["safety", "研发一部"] = unit
    world.grant("dingyi", "officer", "safety", "研发一部")
    approved(world, "zengqing", world.desk("liuyang").lifecycle.join(joiner(world, ROOM)))
    clock.set("2026-11-24T09:00+08:00")
    assert duties().opened == 1
    assert duties().opened == 0
    officer = world.desk("dingyi")
    (row,) = officer.tasks.mine().rows
    assert (row.name, row.due.day, row.due.clause) == ("新来", "2026-11-26", "B.5.4")
    with pytest.raises(Refused):
        world.desk("niuer").tasks.done(row.id)
    with pytest.raises(Refused):
        world.desk("panan").tasks.done(row.id)
    officer.tasks.done(row.id)
    assert officer.tasks.mine().total == 0
    clock.set("2026-11-30T09:00+08:00")
    safety = world.desk("panan")
    assert [(one.id, one.handed) for one in safety.tasks.mine().rows] == [(row.id, True)]
    safety.tasks.done(row.id, "已备案")
    task = Task.get_by_id(row.id)
    assert (task.state, task.late, task.done_by_id) == ("done", 0, world.accounts["dingyi"])
    with pytest.raises(Refused) as caught:
        officer.tasks.done(row.id)
    assert "done" in caught.value.message.text


@pytest.mark.clause("B.3.2")
def test_who_is_entered_as_an_officer_is_the_officer_of_that_department(world: World, clock: Clock) -> None:
    """Office, tasks and rights come with the entry, for the own department only; they go with it too."""
    build_wider_world("safety", beside=world)
    values = VALUES | {"area": "库房", "duties": "消防"}
    asked = joiner(world, "仓储部", "safety", kind="safety-officer", values=values)
    request = world.desk("panan").lifecycle.join(asked)
    approved(world, "kangle", request)
    entry = entry_of_request(request)
    (office,) = Grant.select().where(Grant.person == entry.person_id)
    assert (office.role, office.book_id, office.unit_id) == (
        "officer",
        "safety",
        world.unit("safety", "仓储部"),
    )
    assert Request.get_by_id(request).state == "applied"
    with writing():
        account = Account.create(
            login="xinlai",
            person=entry.person_id,
            state="active",
            created_at="2026",
            password_set_at="2026-11-23T01:00:00.000000Z",
        )
    world.accounts["xinlai"], world.entries["safety", "xinlai"] = account.id, entry.id
    officer = world.desk("xinlai")

    def another(unit: str) -> int:
        mobile = {"mobile": "138 0000 8991", "email": "another@huaxing.example", "name": "另一人"}
        return officer.lifecycle.join(
            joiner(world, unit, "safety", kind="safety-officer", values=values | mobile)
        )

    with pytest.raises(Refused) as caught:
        another("二车间")
    assert "B.3.1" in caught.value.clause
    assert another("仓储部")
    case = ApprovalContext("safety", world.unit("safety", "仓储部"), None, frozenset())
    assert [one.account for one in ApproverResolver().approvers(case, "officer")] == [account.id]

    approved(world, "kangle", move(world, "panan", "xinlai", "二车间", "safety"))
    lasting = Grant.select().where((Grant.person == entry.person_id) & Grant.in_force())
    assert [one.unit_id for one in lasting] == [world.unit("safety", "二车间")]
    approved(world, "kangle", leave(world, "panan", "xinlai", "safety", day="2026-11-23"))
    clock.forward(days=1)
    world.desk("panan").me.who()
    assert lasting.count() == 0


@pytest.mark.clause("D.5.1")
def test_a_pupil_is_enrolled_by_the_teacher_and_the_deputy(world: World) -> None:
    build_wider_world("class", beside=world)
    teacher = world.desk("yanlaoshi")
    values = {**PUPIL, "name": "新同学", "sex": "male", "student_number": "20260399"}
    values["parent_phones"] = values["emergency_phone"] = "136 0000 1234"
    asked = joiner(world, "高一（3）班", "class", kind="student", values=values)
    with pytest.raises(Invalid) as caught:
        teacher.lifecycle.join(
            joiner(world, "高一（3）班", "class", kind="student", values={"name": "新同学"})
        )
    assert "emergency_phone" in {one.field for one in caught.value.problems}
    form = teacher.lifecycle.join_form("class")
    assert "position" not in {field.name for field in form.fields}
    assert form.unit is None, "two classes have pupils"
    Entry.update(state="left").where(Entry.id == world.entry("mengfei", "class")).execute()
    assert teacher.lifecycle.join_form("class").unit == world.unit("class", "高一（3）班")
    request = teacher.lifecycle.join(asked)
    assert say(world.desk("shilaoshi").queue.one(request).row.kind_label, "zh_CN") == "入学"
    task = task_of("enrolment")
    assert (task.due, task.clause) == ("2026-11-26", "D.5.1, own")
    approved(world, "shilaoshi", request)
    assert (entry_of_request(request).state, task_of("enrolment").state) == ("active", "done")
    with pytest.raises(Refused) as refused:
        world.desk("jiangtao").lifecycle.join(asked)
    assert refused.value.clause == "D.3"


def test_evidence_is_shown_with_the_request(world: World) -> None:
    hr = world.desk("liuyang")
    request = hr.lifecycle.join(joiner(world, ROOM, evidence=evidence(hr)))
    assert [file.name for file in world.desk("zengqing").queue.one(request).evidence] == ["通知.pdf"]
    assert Account.select().count() > 0


@pytest.mark.clause("A.8")
def test_a_joiner_returned_to_somebody_else_is_entered_or_called_off_by_a_colleague(world: World) -> None:
    first = world.desk("liuyang").lifecycle.join(joiner(world, ROOM))
    returned(world, "zengqing", first)
    with pytest.raises(Refused) as caught:
        world.desk("liuyang").lifecycle.join(joiner(world, ROOM, expected=entry_of_request(first).id))
    assert "amend it" in say(caught.value.advice, "en")
    (row,) = world.desk("liuyang").tasks.mine().rows
    assert (row.returned, row.amends) == (True, first)
    colleague = world.desk("zengqing")
    (row,) = colleague.tasks.mine().rows
    assert (row.returned, row.amends) == (True, None)
    second = colleague.lifecycle.join(joiner(world, ROOM, expected=entry_of_request(first).id))
    assert Request.get_by_id(first).state == "withdrawn"
    assert world.desk("liuyang").requests.one(first).history[-1].who == "曾晴"
    assert (task_of("joiner").state, task_of("joiner").request_id) == ("open", second)
    returned(world, "liuyang", second)
    world.desk("liuyang").lifecycle.call_off(task_of("joiner").id, "不来了")
    assert (Request.get_by_id(second).state, task_of("joiner").state) == ("withdrawn", "cancelled")


@pytest.mark.clause("A.8", "A.10")
def test_who_was_kept_waiting_as_somebody_new_is_recognised_when_completed(world: World) -> None:
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    hr, values = world.desk("liuyang"), {**VALUES, "name": "张文"}
    waiting = hr.lifecycle.expect(joiner(world, ROOM, values=values))
    (found,) = hr.lifecycle.namesakes("staff", "张文")
    request = hr.lifecycle.join(joiner(world, ROOM, values=values, expected=waiting, person=found.person))
    entry = entry_of_request(request)
    assert (entry.id, entry.state) == (waiting, "pending")
    assert entry.person_id != world.people["zhangwen"], "not before it is decided"
    (task,) = Task.select().where((Task.kind == "joiner") & (Task.state == "open"))
    assert (task.entry_id, task.request_id) == (entry.id, request)
    returned(world, "zengqing", request)
    form = hr.lifecycle.amendment(request)
    assert isinstance(form, JoinForm)
    assert form.person == found.person
    hr.lifecycle.join(joiner(world, ROOM, values=values, person=found.person), amends=request)
    approved(world, "zengqing", request)
    entry = Entry.get_by_id(entry.id)
    assert (entry.person_id, entry.state) == (world.people["zhangwen"], "active")
    assert Task.get_by_id(task.id).state == "done"


@pytest.mark.clause("C.8", "A.8")
def test_nobody_is_entered_twice(world: World) -> None:
    """Two who enter the same joiner at once, and one who is in the directory already."""
    hr, second = world.desk("liuyang"), world.desk("zengqing")
    ours, theirs = hr.lifecycle.join(joiner(world, ROOM)), second.lifecycle.join(joiner(world, ROOM))
    approved(world, "zengqing", ours)
    with pytest.raises(Refused) as caught:
        approved(world, "liuyang", theirs)
    assert (caught.value.clause, entry_of_request(theirs).state) == ("A.8", "pending")
    with pytest.raises(Invalid) as invalid:
        hr.lifecycle.join(joiner(world, ROOM))
    assert [problem.field for problem in invalid.value.problems] == ["name"]
    assert "name" in {problem.field for problem in hr.lifecycle.check_join(joiner(world, ROOM)).problems}
    other = {**VALUES, "mobile": "138 0000 8991", "email": "xinlai2@huaxing.example"}
    assert hr.lifecycle.join(joiner(world, ROOM, values=other)), "somebody else of that name"


@pytest.mark.parametrize("day", ["1899-01-01", "2099-12-03"])
def test_a_day_of_joining_that_nobody_can_mean_is_refused(world: World, day: str) -> None:
    with pytest.raises(Invalid) as invalid:
        world.desk("liuyang").lifecycle.join(joiner(world, ROOM, joined=day))
    assert [problem.field for problem in invalid.value.problems] == ["joined"]


@pytest.mark.clause("C.10")
@pytest.mark.threat(52)
@pytest.mark.clause("C.8")
def test_a_joiner_s_form_does_not_tell_whether_a_protected_number_is_somebodys(world: World) -> None:
    """Whoever decides is told of people of the same name instead."""
    desk = world.desk("liuyang")
    guess = {**VALUES, "name": "孙丽", "mobile": "135 0000 8203"}
    asked = joiner(world, ROOM, values=guess)
    assert not desk.lifecycle.check_join(asked).problems
    request = world.desk("wangfang").lifecycle.join(asked)
    lines = {line.field: line.after for line in desk.queue.one(request).lines}
    assert "孙丽" in say(lines["called"], "zh_CN")
    assert "华东销售部" in say(lines["called"], "zh_CN")
    approved(world, "liuyang", request)


def test_who_does_not_keep_the_directory_does_not_learn_by_a_joiner_who_is_in_it(world: World) -> None:
    far = {**VALUES, "name": "孙丽", "email": "sunli@huaxing.example"}
    assert not world.desk("wangfang").lifecycle.check_join(joiner(world, ROOM, values=far)).problems
    request = world.desk("wangfang").lifecycle.join(joiner(world, ROOM, values=far))
    with pytest.raises(Refused):
        approved(world, "liuyang", request)
