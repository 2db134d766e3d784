"""The last day on record ends all access by itself, whoever has decided by then (A.10, B.5.5)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from auth.sessions import end_expired, resume
from db.desk import Invalid, Refused, SessionOver
from db.desk.accounts.new_accounts import new_account
from db.desk.authority.offices import head_of, set_head
from db.desk.lifecycle.forms import LeaveAsked
from db.desk.notation.localtime import last_day, local
from db.desk.requests.request_approvers import RequestApprovers
from db.language import say
from db.store.tables import (
    Account,
    Archive,
    AuditRecord,
    Delegation,
    Entry,
    Grant,
    LastDay,
    Notice,
    NoticeRecipient,
    Request,
    SignInSession,
    Task,
    Unit,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, change
from tests.db.desk.lives import AFTER, DAY, approved, duties, leave, leave_all, returned, take_out
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.notice_words import describe_notice

BEFORE = "2026-11-27T23:59:59+08:00"


def decided_by(request: int) -> Sequence[str]:
    """The logins for whom ``request`` waits."""
    row, request_approvers = Request.get_by_id(request), RequestApprovers()
    step = request_approvers.open_step(row)
    assert step is not None
    return [Account.get_by_id(one.account).login for one in request_approvers.approvers(row, step)]


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_the_first_operation_after_the_last_day_is_refused_with_the_clause(
    world: World, clock: Clock
) -> None:
    """Of an employee and of the head, by whoever asks first; nobody has decided the request."""
    leave(world, "liuyang", "wangfang", day=DAY)
    clock.set("2026-11-27T09:00+08:00")
    head = world.desk("wangfang")
    clock.set(BEFORE)
    assert head.me.who().name == "王芳"
    clock.set(AFTER)
    with pytest.raises(SessionOver) as caught:
        head.directory.search("staff", "张伟")
    assert "A.10" in say(caught.value.message, "en")
    assert "A.10" in say(caught.value.message, "zh_CN")
    assert Account.get_by_id(world.accounts["wangfang"]).state == "disabled"
    record = AuditRecord.get(AuditRecord.act == "lifecycle.last_day_over")
    assert (record.account, record.clause, record.entry) == (None, "A.10", world.entry("wangfang"))
    assert Entry.get_by_id(world.entry("wangfang")).state == "active", "the entry keeps its working days"


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_a_kept_standing_does_not_outlive_the_day(world: World, clock: Clock) -> None:
    """What the actor holds is not read twice within seconds; midnight lies between."""
    leave(world, "liuyang", "wangfang", day=DAY)
    head = world.desk("wangfang")
    clock.set(BEFORE)
    assert head.me.who().name == "王芳"
    clock.set("2026-11-28T00:00:00+08:00")
    with pytest.raises(SessionOver):
        head.me.who()


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_everything_ends_when_somebody_else_comes_first(world: World, clock: Clock) -> None:
    """Both accounts, offices, what was delegated to and by, what was opened, and what was asked for."""
    second = Account.create(
        login="wangfang2", person=world.people["wangfang"], state="active", created_at="2026"
    )
    world.grant("wangfang", "assistant", "staff")
    world.desk("wangfang").delegation.delegate(
        "head", "staff", world.accounts["zhangwen"], "2026-11-23", "2026-12-20"
    )
    world.desk("liwei").delegation.delegate(
        "head", "staff", world.accounts["wangfang"], "2026-11-23", "2026-12-20"
    )
    asked = ask_access(world.desk("wangfang"), "staff", "对接", name="赵敏")
    waits = change(world, "zhangwei")
    assert decided_by(waits) == ["wangfang", "wangfang2", "zhangwen"]
    leave(world, "liuyang", "wangfang", day=DAY)
    inside = world.actor("wangfang").session
    clock.set(AFTER)
    world.desk("zhangwei").me.who()
    assert Account.get_by_id(second.id).state == "disabled"
    assert SignInSession.get_by_id(inside).ended_how == "last-day:A.10"
    assert not list(Grant.select().where((Grant.person == world.people["wangfang"]) & Grant.in_force()))
    assert not list(Grant.select().where((Grant.account == world.accounts["wangfang"]) & Grant.in_force()))
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0
    assert Request.get_by_id(asked).state == "withdrawn"
    assert decided_by(waits) == ["liwei"], "the head above decides, and nobody the leaver named"
    assert head_of(Unit.get_by_id(world.unit("staff", "研发中心/研发一部"))) is None


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_a_server_ends_the_screens_that_stand_open_at_midnight(world: World, clock: Clock) -> None:
    leave(world, "liuyang", "zhangwen", day=DAY)
    running = world.actor("zhangwen").session
    clock.set(BEFORE)
    assert end_expired([running]) == {}
    clock.set(AFTER)
    assert end_expired([running]) == {running: "last-day:A.10"}
    with pytest.raises(SessionOver) as caught:
        resume(running)
    assert "A.10" in say(caught.value.message, "en")


@pytest.mark.threat(72)
@pytest.mark.clause("B.5.5")
@pytest.mark.parametrize("moment", ["2026-11-23T17:00+08:00", AFTER])
def test_an_officers_change_is_not_reported_with_the_entry_still_there(
    world: World, clock: Clock, moment: str
) -> None:
    """Neither on the day of the decision nor later."""
    build_wider_world("safety", beside=world)
    entry = world.entry("niuer", "safety")
    Entry.update(person=world.people["zhangwen"]).where(Entry.id == entry).execute()
    leave_all(world, "liuyang", "zhangwen", "2026-11-22")
    request = Request.select().order_by(Request.id.desc()).get()
    approved(world, "zengqing", request.id)
    clock.set(moment)
    world.desk("liuyang").me.who()
    duties()
    change_of = Task.get((Task.kind == "officer-change") & (Task.entry == entry))
    from db.desk.tasks.finishing import missing_proof

    refused = missing_proof(change_of)
    assert refused is not None
    assert refused.clause == "B.5.5, own"


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
@pytest.mark.parametrize(("asks", "decides", "goes", "book"), [
    ("liuyang", "zengqing", "wangfang", "staff"), ("fuhr", "ganhr", "shibu", "secured"),
])  # fmt: skip
def test_what_is_approved_on_the_last_day_ends_nothing_before_the_day_does(
    world: World, clock: Clock, asks: str, decides: str, goes: str, book: str
) -> None:
    """They work that day, as they were told; at midnight access and entry go by themselves."""
    build_wider_world("secured", beside=world)
    clock.set("2026-11-27T09:00+08:00")
    request = leave(world, asks, goes, book, day=DAY)
    inside = world.desk(goes)
    approved(world, decides, request)
    assert Entry.get_by_id(world.entry(goes, book)).state == "active"
    clock.set(BEFORE)
    assert inside.me.who().login == goes
    clock.set(AFTER)
    with pytest.raises(SessionOver):
        inside.me.who()
    assert Entry.get_by_id(world.entry(goes, book)).state == "left"


@pytest.mark.clause("A.10")
def test_an_office_ends_with_the_last_day_whenever_that_is_noticed(world: World, clock: Clock) -> None:
    """Somebody came at three minutes past midnight: the office was held until the day before."""
    request = leave(world, "liuyang", "wangfang", day=DAY)
    approved(world, "zengqing", request)
    clock.set("2026-11-28T00:03+08:00")
    world.desk("zhangwei").me.who()
    held = Grant.get((Grant.person == world.people["wangfang"]) & (Grant.role == "head"))
    assert held.revoked_at is not None
    assert (local(held.revoked_at), last_day(held.revoked_at)) == ("2026-11-28 00:00:00", DAY)


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_hr_approves_ahead_and_the_entry_goes_by_itself(world: World, clock: Clock) -> None:
    request = leave(world, "liuyang", "zhangwen", day=DAY)
    approved(world, "zengqing", request)
    entry = world.entry("zhangwen")
    assert Request.get_by_id(request).state == "applied"
    assert (Entry.get_by_id(entry).state, Archive.select().count()) == ("active", 0)
    with pytest.raises(Refused) as caught:
        world.desk("zengqing").tasks.done(Task.get(Task.kind == "leaver").id)
    assert "approved" in say(caught.value.advice, "en")
    clock.set(BEFORE)
    assert world.desk("zhangwen").me.who().name == "张文"
    clock.set(AFTER)
    world.desk("zhangwei").me.who()
    row = Entry.get_by_id(entry)
    assert (row.state, row.left) == ("left", DAY)
    assert Archive.get(Archive.entry == entry).clause == "A.10"
    assert Task.get(Task.kind == "leaver").state == "done"
    removed = AuditRecord.get(AuditRecord.act == "lifecycle.last_day_removed")
    assert (removed.account, removed.request, removed.outcome) == (None, request, "done")


@pytest.mark.threat(72)
@pytest.mark.clause("H.5.4")
def test_what_was_approved_ahead_waits_for_the_copies(world: World, clock: Clock) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    request = leave(world, "fuhr", "shibu", "secured", day=DAY)
    approved(world, "ganhr", request)
    clock.set(AFTER)
    keeper = world.desk("ganhr")
    keeper.me.who()
    entry = world.entry("shibu", "secured")
    assert Account.get_by_id(world.accounts["shibu"]).state == "disabled"
    assert Entry.get_by_id(entry).state == "active"
    task = Task.get((Task.kind == "leaver") & (Task.entry == entry))
    (copy,) = keeper.tasks.one(task.id).copies
    world.desk("xinan").tasks.sign_off(copy.id, "returned")
    duties()
    assert Entry.get_by_id(entry).state == "left"


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_a_wrong_day_is_withdrawn_and_access_comes_back(world: World, clock: Clock) -> None:
    """Handed in with a day that is past: it ends with this one, as somebody told of it may object first."""
    kept = world.grant("zhangwen", "assistant", "staff")
    gone = world.grant("zhangwen", "security", "staff")
    Grant.update(revoked_at="2026-11-20T00:00:00.000000Z").where(Grant.id == gone).execute()
    request = leave(world, "liuyang", "zhangwen", day="2026-11-22")
    told = Notice.get(Notice.kind == "last-day")
    recipients = NoticeRecipient.select().where(NoticeRecipient.notice == told)
    assert {one.account_id for one in recipients} >= {world.accounts[one] for one in ("zhangwen", "helei")}
    assert world.desk("zhangwen").me.who().name == "张文"
    clock.set("2026-11-24T00:00:01+08:00")
    with pytest.raises(SessionOver):
        world.desk("zhangwen").me.who()
    assert Account.get_by_id(world.accounts["zhangwen"]).state == "disabled"
    with pytest.raises(Refused):
        world.desk("guotao").accounts.enable(world.accounts["zhangwen"])
    with pytest.raises(Refused) as caught:
        new_account("zhangwen2", world.people["zhangwen"], "0" * 64, "2026-12-31T00:00:00.000000Z")
    assert caught.value.clause == "A.10"
    world.desk("liuyang").requests.withdraw(request)
    assert Account.get_by_id(world.accounts["zhangwen"]).state == "active"
    assert Grant.get_by_id(kept).revoked_at is None
    assert Grant.get_by_id(gone).revoked_at is not None
    assert world.desk("zhangwen").me.who().books[0].id == "staff"
    assert LastDay.get(LastDay.request == request).state == "lifted"
    assert AuditRecord.select().where(AuditRecord.act == "lifecycle.last_day_lifted").count() == 1


@pytest.mark.threat(97)
def test_a_headship_that_was_given_to_another_meanwhile_does_not_come_back(
    world: World, clock: Clock
) -> None:
    request = leave(world, "zengqing", "wangfang", day="2026-11-23")
    clock.set("2026-11-24T09:00+08:00")
    world.desk("zhangwei").me.who()
    unit = world.unit("staff", "研发中心/研发一部")
    with writing():
        set_head(unit, world.people["zhangwen"])
    world.desk("zengqing").requests.withdraw(request)
    heads = Grant.select().where((Grant.role == "head") & (Grant.unit == unit) & Grant.revoked_at.is_null())
    assert [one.person_id for one in heads] == [world.people["zhangwen"]]


@pytest.mark.threat(97)
@pytest.mark.clause("D.3")
def test_a_class_has_one_teacher_also_once_the_former_ones_last_day_is_lifted(
    world: World, clock: Clock
) -> None:
    build_wider_world("class", beside=world)
    Grant.update(account=world.accounts["zhangwei"]).where(Grant.role == "teacher").execute()
    request = leave_all(world, "liuyang", "zhangwei", day="2026-11-23")
    clock.set("2026-11-24T09:00+08:00")
    assert "class" not in [book.id for book in world.desk("zhangwen").me.who().books]
    assert not list(Grant.select().where((Grant.role == "teacher") & Grant.revoked_at.is_null()))
    world.grant("zhangwen", "teacher", "class")
    world.desk("liuyang").requests.withdraw(request)
    teachers = Grant.select().where((Grant.role == "teacher") & Grant.revoked_at.is_null())
    assert [one.account_id for one in teachers] == [world.accounts["zhangwen"]]


@pytest.mark.threat(66)
def test_an_approved_leave_that_was_altered_since_stops_nobody(world: World, clock: Clock) -> None:
    request = leave(world, "zengqing", "zhangwei", day="2026-11-25")
    approved(world, "liuyang", request)
    with writing():
        Request.update(payload=b"x" * 80).where(Request.id == request).execute()
    clock.set("2026-11-27T09:00+08:00")
    assert world.desk("zhangwen").me.who().name == "张文"
    refused = AuditRecord.select().where(AuditRecord.act == "lifecycle.last_day_removed")
    assert [one.outcome for one in refused] == ["refused"]


@pytest.mark.threat(72)
def test_whoever_was_told_of_a_last_day_keeps_it_from_ending_anything(world: World, clock: Clock) -> None:
    request = leave(world, "liuyang", "zhangwen", day="2026-11-22")
    notice = Notice.get(Notice.kind == "last-day")
    world.desk("helei").objections.object(notice.id)
    assert Request.get_by_id(request).state == "withdrawn"
    clock.set("2026-11-24T00:00:01+08:00")
    assert world.desk("zhangwen").me.who().name == "张文"


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_a_returned_request_keeps_its_day_until_it_is_amended(world: World, clock: Clock) -> None:
    request = leave(world, "liuyang", "zhangwen", day=DAY)
    returned(world, "zengqing", request)
    clock.set(AFTER)
    with pytest.raises(SessionOver):
        world.desk("zhangwen").me.who()
    hr = world.desk("liuyang")
    hr.lifecycle.leave(LeaveAsked(world.entry("zhangwen"), "2026-12-31"), amends=request)
    assert world.desk("zhangwen").me.who().name == "张文"
    clock.set("2027-01-01T00:00:01+08:00")
    with pytest.raises(SessionOver):
        world.desk("zhangwen").me.who()


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_an_approved_day_is_corrected_or_called_off_by_another_decision(world: World, clock: Clock) -> None:
    first = leave(world, "liuyang", "zhangwei", day=DAY)
    approved(world, "zengqing", first)
    with pytest.raises(Invalid):
        world.desk("liuyang").requests.withdraw(first)
    later = leave(world, "liuyang", "zhangwei", day="2026-12-31")
    clock.set("2026-11-27T12:00+08:00")
    approved(world, "zengqing", later)
    clock.set(AFTER)
    assert world.desk("zhangwei").me.who().name == "张伟"
    form = world.desk("liuyang").lifecycle.leave_form(world.entry("zhangwei"))
    (leaves,) = [field for field in form.fields if field.name == "leaves"]
    assert leaves.choices[-1].id == "nothing"
    stays = world.desk("liuyang").lifecycle.leave(
        form.request_of({"day": "2026-12-31", "leaves": "nothing"}, "不走了", [])
    )
    assert say(world.desk("zengqing").queue.one(stays).lines[0].after, "en") == "called off"
    approved(world, "zengqing", stays)
    clock.set("2027-01-01T00:00:01+08:00")
    assert world.desk("zhangwei").me.who().name == "张伟"
    assert {task.state for task in Task.select().where(Task.kind == "leaver")} == {"cancelled"}
    with pytest.raises(Invalid):
        world.desk("liuyang").lifecycle.leave(LeaveAsked(world.entry("zhangwei"), "2027-01-02", stays=True))


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_whoever_leaves_keeps_nothing_by_their_own_objection(world: World, clock: Clock) -> None:
    """It is told to those who could withdraw the leave; by another account of theirs, too."""
    request = leave(world, "liuyang", "zhangwen", day=DAY)
    notice = Notice.get(Notice.kind == "last-day")
    world.desk("zhangwen").objections.object(notice.id)
    assert Request.get_by_id(request).state == "open"
    heard = [row for row in world.desk("helei").notices.unread() if row.kind == "power-objected"]
    assert [say(describe_notice(row), "zh_CN") for row in heard] == ["张文提出异议：提交离职（张文）"]
    clock.set(AFTER)
    with pytest.raises(SessionOver):
        world.desk("zhangwen").me.who()
    world.desk("helei").objections.object(notice.id)
    assert world.desk("zhangwen").me.who().name == "张文"


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
@pytest.mark.parametrize(("whom", "name"), [("zhangwen", "张文"), ("zhangwei", "张伟")])
def test_whose_last_day_is_over_is_given_no_office(world: World, clock: Clock, whom: str, name: str) -> None:
    """Neither anew nor by a request that was handed in before; where they are in another directory, too."""
    unit = str(world.unit("staff", "研发中心/研发一部"))
    asked = {"what": "acting", "role": "head", "whom": name, "unit": unit}
    before = world.desk("liuyang").asking.ask("office", "staff", asked, "代理")
    leave(world, "liuyang", whom, day=DAY)
    clock.set(AFTER)
    with pytest.raises(Refused) as caught:
        world.desk("liuyang").asking.ask("office", "staff", asked, "代理")
    assert caught.value.clause == "A.10"
    with pytest.raises((Invalid, Refused)):
        world.desk("liuyang").asking.ask("right", "staff", {"whom": whom, "role": "assistant"}, "代理")
    decider = world.desk(decided_by(before)[0])
    with pytest.raises(Refused) as late:
        decider.queue.approve(before, decider.queue.one(before).digest)
    assert late.value.clause == "A.10"
    assert not list(Grant.select().where((Grant.person == world.people[whom]) & Grant.in_force()))


@pytest.mark.threat(84)
@pytest.mark.clause("A.10")
def test_a_minute_before_midnight_is_no_time_to_object(world: World, clock: Clock) -> None:
    clock.set("2026-11-27T23:59:30+08:00")
    leave(world, "liuyang", "wangfang", day=DAY)
    clock.set(AFTER)
    assert world.desk("wangfang").me.who().name == "王芳"
    clock.set("2026-11-28T04:00+08:00")
    with pytest.raises(SessionOver):
        world.desk("wangfang").me.who()


@pytest.mark.threat(84)
@pytest.mark.clause("A.10")
def test_nobody_shuts_everybody_out_alone(world: World, clock: Clock) -> None:
    """Somebody who could say no is left, whatever one person hands in; who stays decides, and all is well."""
    others = sorted({login for login in world.accounts if ("staff", login) in world.entries} - {"liuyang"})
    desk = world.desk("liuyang")
    numbers = [leave(world, "liuyang", login, day=DAY) for login in others]
    clock.set(AFTER)
    desk.directory.search("staff", "张")
    here = [one for one in others if Entry.get_by_id(world.entry(one)).ended_at is None]
    assert here
    assert len(here) < len(others)
    for number in numbers:
        desk.requests.withdraw(number)
    assert {Entry.get_by_id(world.entry(one)).ended_at for one in others} == {None}
