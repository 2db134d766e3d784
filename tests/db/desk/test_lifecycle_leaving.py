"""Leaving: never without the archive and the end of every right (A.10, B.5.5, D.5.1, D.5.2, G.4.3, H.5.4)."""

from __future__ import annotations

import json

import pytest

from db.desk import Refused, SessionOver
from db.desk.authority.offices import head_of
from db.desk.authority.permissions import policy_of
from db.desk.due_dates import today
from db.desk.editions.editions import Editions
from db.desk.entry.record import load_entry
from db.desk.lifecycle.forms import LeaveAsked
from db.desk.privacy.duties import check_erasable
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.reviews.opening import open_due
from db.language import say
from db.store import clock as clock_
from db.store.tables import (
    AccessGrant,
    Account,
    Archive,
    AuditRecord,
    Book,
    Consent,
    CopyGrant,
    Delegation,
    Disclosure,
    Entry,
    EntryField,
    Grant,
    LastDay,
    Notice,
    Request,
    SearchKey,
    Task,
    Unit,
)
from db.store.transactions import writing
from reports import directory as directory_report
from reports.export import export
from reports.period import this_month
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, change
from tests.db.desk.lives import approved, duties, joiner, leave, move, returned, task_of
from tests.wider_world import build_wider_world
from tests.world import World

ROOM = "研发中心/研发一部"


@pytest.mark.clause("A.10")
def test_a_leaver_is_removed_only_together_with_the_sealed_archive(world: World, clock: Clock) -> None:
    entry, account = world.entry("zhangwen"), world.accounts["zhangwen"]
    open_session = world.desk("zhangwen")
    asked = ask_access(world.desk("zhangwen"), "staff", "对接", name="赵敏")
    pending = change(world, "zhangwen")
    world.grant("zhangwen", "assistant", "staff")
    head = world.desk("wangfang")
    head.delegation.delegate("head", "staff", account, "2026-11-23", "2026-11-30")
    request = leave(world, "liuyang", "zhangwen")
    assert (task_of("leaver").due, task_of("leaver").clause) == ("2026-11-27", "A.10")
    with pytest.raises(Refused) as caught:
        world.desk("zengqing").tasks.done(task_of("leaver").id)
    assert caught.value.clause == "A.10"
    assert Entry.get_by_id(entry).state == "active"

    approved(world, "zengqing", request)
    assert Entry.get_by_id(entry).state == "left"
    archive = Archive.get(Archive.entry == entry)
    assert (archive.clause, archive.request_id, archive.keep_until) == ("A.10", request, "2029-11-23")
    with pytest.raises(Refused) as kept:
        check_erasable(Entry.get_by_id(entry))
    assert "2029-11-23" in say(kept.value.message, "zh_CN")
    for text in ("张文", "13900001507", "zhangwen@huaxing.example"):
        assert text.encode() not in bytes(archive.content)
    assert EntryField.select().where(EntryField.entry == entry).count() == 0
    assert world.desk("wangfang").directory.search("staff", "张文") == ()
    assert world.desk("liuyang").directory.search("staff", "1507") == ()
    assert "张文" not in {row.name for row in world.desk("liuyang").directory.list("staff", limit=200)}
    assert SearchKey.select().where(SearchKey.key == "张文").count() == 0
    assert (task_of("leaver").state, task_of("leaver").late) == ("done", 0)

    assert Account.get_by_id(account).state == "disabled"
    with pytest.raises(SessionOver):
        open_session.me.who()
    assert Grant.select().where((Grant.account == account) & Grant.revoked_at.is_null()).count() == 0
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0
    assert AccessGrant.select().where(AccessGrant.withdrawn_at.is_null()).count() == 0
    assert Request.get_by_id(pending).state == Request.get_by_id(asked).state == "withdrawn"
    record = AuditRecord.select().where(AuditRecord.act == "queue.approve").get()
    assert (record.outcome, record.entry) == ("done", entry)


@pytest.mark.clause("A.10")
def test_a_leaver_is_gone_from_an_export_at_once(world: World) -> None:
    def exported() -> str:
        keeper = world.desk("liuyang")
        made = directory_report.build(keeper, "staff", None, this_month(today()))
        return export(keeper, made, "csv", "zh_CN").content.decode("utf-8-sig")

    assert "张文" in exported()
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    assert "张文" not in exported()


@pytest.mark.clause("A.10")
def test_a_leaver_is_gone_from_every_search_and_edition_at_once(world: World, clock: Clock) -> None:
    """In the walk of whoever keeps the directory, heads the department, and is in it."""
    build_wider_world("combined", beside=world)
    keeper, head, entry = world.desk("tianhr"), world.desk("leijun"), world.entry("geyuan", "combined")
    with writing():
        AccessGrant.create(
            account=world.accounts["zhongzl"], entry=entry, request=change(world, "geyuan", "combined"),
            from_at=clock_.now(), until="2027-01-01T00:00:00.000000Z",
        )  # fmt: skip

    def told() -> set[str]:
        """Where 葛园 stands."""
        issuer = world.desk("tianhr")
        editions = {row.id: row.book for row in Editions(issuer).list()}
        places = {
            "search": head.directory.search("combined", "葛园"),
            "number": keeper.directory.search("combined", "8853"),
            "list": [one for one in keeper.directory.list("combined", limit=200) if one.name == "葛园"],
            "granted": world.desk("zhongzl").access.mine(),
            **{
                f"edition {edition}": [
                    row for row in Editions(issuer).preview(book, edition).content.rows if row.name == "葛园"
                ]
                for edition, book in editions.items()
            },
        }
        return {place for place, found in places.items() if found}

    assert told() >= {"search", "list", "granted", "edition internal"}
    with pytest.raises(Refused) as caught:
        keeper.asking.ask("delete", "combined", {"entry": "葛园"}, "离职")
    assert "A.10" in caught.value.clause
    request = leave(world, "tianhr", "geyuan", "combined")
    while Request.get_by_id(request).state == "open":
        step = RequestApprovers().open_step(Request.get_by_id(request))
        assert step is not None
        decider = RequestApprovers().approvers(Request.get_by_id(request), step)[0]
        approved(world, Account.get_by_id(decider.account).login, request)
    keeper, head = world.desk("tianhr"), world.desk("leijun")
    assert told() == set()
    assert Archive.get(Archive.entry == entry).digest
    for desk in (keeper, head):
        with pytest.raises(Refused):
            desk.directory.card(entry)


@pytest.mark.clause("A.10")
def test_nothing_is_removed_where_the_archive_cannot_be_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.desk.lifecycle import leave_kind

    request = leave(world, "liuyang", "zhangwen")

    def fail(*_given: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(leave_kind, "archive_entry", fail)
    with pytest.raises(OSError, match="no space"):
        approved(world, "zengqing", request)
    assert Entry.get_by_id(world.entry("zhangwen")).state == "active"
    assert world.desk("wangfang").directory.search("staff", "张文") != ()
    assert Request.get_by_id(request).state == "open"


@pytest.mark.clause("A.10")
def test_whoever_rejoins_finds_the_archive(world: World) -> None:
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    hr = world.desk("liuyang")
    (found,) = hr.lifecycle.namesakes("staff", "张文")
    assert (found.left, found.unit, found.person) == ("2026-11-22", "研发一部", world.people["zhangwen"])
    assert found.archive is not None
    kept = hr.lifecycle.open_archive(found.archive)
    assert kept.values["mobile"] == "139 0000 1507"
    for login in ("wangfang", "guotao", "helei", "zhangwei"):
        with pytest.raises(Refused) as caught:
            world.desk(login).lifecycle.open_archive(found.archive)
        assert caught.value.clause == "default"
        assert all(one.archive is None for one in world.desk(login).lifecycle.namesakes("staff", "张文"))
    asked = joiner(world, ROOM, person=kept.person, values={**kept.values})
    request = hr.lifecycle.join(asked)
    approved(world, "zengqing", request)
    back = Entry.get_by_id(Request.get_by_id(request).entry_id)
    assert (back.person_id, load_entry(back.id).first("mobile")) == (kept.person, "+8613900001507")
    opened = AuditRecord.get((AuditRecord.act == "lifecycle.open_archive") & (AuditRecord.outcome == "done"))
    assert opened.account == world.accounts["liuyang"]


@pytest.mark.clause("A.10")
def test_who_is_in_another_book_keeps_the_account_for_that_one(world: World) -> None:
    """张伟 is in two books; what ends is what he held in the one he leaves."""
    world.grant("zhangwei", "assistant", "staff")
    kept = world.grant("zhangwei", "assistant", "group")
    approved(world, "zengqing", leave(world, "liuyang", "zhangwei"))
    account = world.accounts["zhangwei"]
    assert Account.get_by_id(account).state == "active"
    held = Grant.select().where((Grant.account == account) & Grant.revoked_at.is_null())
    assert [grant.id for grant in held] == [kept]
    assert world.desk("zhangwei").me.who().books[0].id == "group"


def test_a_leaver_stays_until_the_last_day(world: World, clock: Clock) -> None:
    request = leave(world, "liuyang", "zhangwen", day="2026-11-30")
    assert Request.get_by_id(request).due == "2026-12-07"
    approved(world, "zengqing", request)
    clock.set("2026-11-30T18:00+08:00")
    assert world.desk("zhangwen").me.who().name == "张文"
    assert Entry.get_by_id(world.entry("zhangwen")).state == "active"
    clock.set("2026-12-01T00:00+08:00")
    duties()
    assert Entry.get_by_id(world.entry("zhangwen")).state == "left"


@pytest.mark.threat(18)
@pytest.mark.clause("A.6")
def test_who_may_not_remove_somebody_learns_who_does(world: World) -> None:
    for login, of in (("guotao", "zhangwen"), ("zhangwei", "zhangwei"), ("zhangwei", "zhangwen")):
        with pytest.raises(Refused) as caught:
            world.desk(login).lifecycle.leave(LeaveAsked(world.entry(of), "2026-11-23"))
        assert caught.value.clause in ("A.6", "A.13")
    assert Task.select().count() == 0


@pytest.mark.clause("G.4.3")
def test_a_leaver_is_removed_from_wecom_too(world: World) -> None:
    build_wider_world("wecom", beside=world)
    form = world.desk("huanghr").lifecycle.leave_form(world.entry("shuqi", "wecom"))
    (sync,) = [promise for promise in form.route.promises if promise.what == "sync"]
    assert sync.parts == (), "the member is deleted there, not told anything"
    request = leave(world, "huanghr", "shuqi", "wecom")
    approved(world, "xuhr", request)
    assert Entry.get_by_id(world.entry("shuqi", "wecom")).state == "left"
    task = task_of("leaver")
    assert (task.state, task.due) == ("open", "2026-11-25")
    assert [fields for _system, fields in world.desk("xuhr").tasks.one(task.id).systems] == [()]
    with pytest.raises(Refused) as caught:
        world.desk("xuhr").tasks.done(task.id)
    assert caught.value.clause == "G.4.3"
    world.desk("xuhr").tasks.tick(task.id, "sync")
    assert task_of("leaver").state == "done"


@pytest.mark.clause("B.5.5")
@pytest.mark.parametrize("event", ["move", "leave"])
def test_an_officer_s_duties_end_as_they_move_or_leave_elsewhere_and_not_once_it_is_reported(
    world: World, event: str
) -> None:
    """Their department's tasks are the safety department's from that moment; no runner comes between."""
    build_wider_world("safety", beside=world)
    officer = world.people["niuer"]
    Entry.update(person=officer).where(Entry.id == world.entry("zhangwen")).execute()
    with writing():
        open_due(policy_of("safety"))
    desk = world.desk("niuer")
    before = {row.id for row in desk.tasks.mine().rows if row.kind == "review" and row.entry is None}
    assert before
    hand_in = move if event == "move" else leave
    rest = ("研发中心/研发二部",) if event == "move" else ()
    approved(world, "zengqing", hand_in(world, "liuyang", "zhangwen", *rest))
    desk = world.desk("niuer")
    assert before.isdisjoint(row.id for row in desk.tasks.mine().rows)
    assert before <= {row.id for row in world.desk("panan").tasks.mine().rows}
    record = AuditRecord.select().where(AuditRecord.act == "queue.approve").get()
    assert len(json.loads(detail_of(record))["rights_revoked"]) == 1


@pytest.mark.clause("B.5.5")
def test_an_officer_who_leaves_is_reported_and_the_vacancy_alarmed(world: World, clock: Clock) -> None:
    build_wider_world("safety", beside=world)
    officer = world.people["niuer"]
    Entry.update(person=officer).where(Entry.id == world.entry("zhangwen")).execute()
    duties()
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    duties()
    task = task_of("officer-change", world.entry("niuer", "safety"))
    assert (task.clause, task.due, task.role) == ("B.5.5, own", "2026-11-26", "officer")
    safety = world.desk("panan")
    assert task.id in {row.id for row in safety.tasks.mine().rows}
    assert "vacancy" in {notice.kind for notice in safety.notices.unread()}
    before = Notice.select().where(Notice.kind == "vacancy").count()
    LastDay.update(everywhere=True).execute()
    (row,) = [one for one in safety.tasks.mine().rows if one.id == task.id]
    assert say(row.refuses, "en") == "The entry is in the directory still."
    request = leave(world, "panan", "niuer", "safety")
    approved(world, "kangle", request)
    assert Task.get_by_id(task.id).state == "done", "as it says of itself"
    duties()
    alarms = Notice.select().where(Notice.kind == "vacancy")
    assert alarms.count() == before + 1
    newest = alarms.order_by(Notice.id.desc()).first()
    assert (newest.unit_id, newest.clause) == (world.unit("safety", "二车间"), "B.5.5")
    duties()
    assert alarms.count() == before + 1
    clock.set("2026-11-24T09:00+08:00")
    work = {"position": "部门安全员", "area": "二车间", "duties": "消防通道"}
    reach = {"office_phone": "010-88668511", "mobile": "13810008511", "email": "lan@huaxing.example.com"}
    values = {"name": "贺兰", **work, **reach}
    world.desk("panan").lifecycle.join(
        joiner(world, "二车间", "safety", kind="safety-officer", values=values)
    )
    duties()
    assert alarms.count() == before + 1, "one who is only handed in is no new vacancy"


@pytest.mark.clause("D.5.1")
def test_a_pupil_transfers_and_leaves(world: World) -> None:
    build_wider_world("class", beside=world)
    request = move(world, "yanlaoshi", "jiangtao", "高一（4）班", "class")
    assert (task_of("transfer").due, task_of("transfer").clause) == ("2026-11-26", "D.5.1, own")
    approved(world, "shilaoshi", request)
    assert load_entry(world.entry("jiangtao", "class")).unit == world.unit("class", "高一（4）班")
    assert task_of("transfer").state == "done"
    request = leave(world, "shilaoshi", "luoxi", "class")
    approved(world, "yanlaoshi", request)
    assert Entry.get_by_id(world.entry("luoxi", "class")).state == "left"
    assert task_of("withdrawal").state == "done"
    assert Archive.select().count() == 1
    with pytest.raises(Refused) as caught:
        leave(world, "mengfei", "mengfei", "class")
    assert caught.value.clause == "D.3"


@pytest.mark.clause("D.5.2")
def test_a_pupils_changed_contact_is_entered_on_the_clock(world: World, clock: Clock) -> None:
    build_wider_world("class", beside=world)
    pupil = world.entry("jiangtao", "class")
    teacher = world.desk("yanlaoshi")
    form = teacher.changes.form(pupil)
    request = teacher.changes.submit(pupil, form.version, {"emergency_phone": "136 0000 9999"}, "换号")
    row = Request.get_by_id(request)
    assert (row.due, row.due_clause) == ("2026-11-26", "D.5.2, own")
    clock.set("2026-11-26T09:00+08:00")
    duties()
    assert "decision-due" in {notice.kind for notice in world.desk("shilaoshi").notices.unread()}
    approved(world, "shilaoshi", request)
    assert load_entry(pupil).first("emergency_phone") == "+8613600009999"


@pytest.mark.clause("A.10")
def test_what_was_returned_to_somebody_who_left_holds_nobody_up(world: World) -> None:
    """Nobody is left to write it anew; what they handed in otherwise is still decided, but not returned."""
    back = leave(world, "wangfang", "zhangwei")
    returned(world, "zengqing", back)
    open_still = move(world, "wangfang", "zhangwen", ROOM, position="组长")
    gone = leave(world, "liuyang", "wangfang")
    assert world.desk("zengqing").queue.one(gone)
    approved(world, "zengqing", gone)
    assert [Request.get_by_id(one).state for one in (back, open_still)] == ["withdrawn", "open"]
    with pytest.raises(Refused) as caught:
        returned(world, "liuyang", open_still)
    assert "王芳" in say(caught.value.message, "en")
    approved(world, "liuyang", open_still)
    approved(world, "zengqing", leave(world, "liuyang", "zhangwei"))


@pytest.mark.clause("A.10")
def test_a_leaver_is_handed_in_again_while_the_first_lies_returned_with_somebody_else(world: World) -> None:
    back = leave(world, "wangfang", "zhangwei")
    with pytest.raises(Refused) as caught:
        world.desk("liuyang").lifecycle.leave_form(world.entry("zhangwei"))
    assert str(back) in say(caught.value.message, "en")
    returned(world, "zengqing", back)
    again = leave(world, "liuyang", "zhangwei")
    assert Request.get_by_id(back).state == "withdrawn"
    assert [task.state for task in Task.select().order_by(Task.id)] == ["cancelled", "open"]
    approved(world, "zengqing", again)
    assert Entry.get_by_id(world.entry("zhangwei")).state == "left"


@pytest.mark.clause("B.5.5", "A.10")
def test_where_this_directory_alone_can_be_left_nothing_is_said_to_end_elsewhere(world: World) -> None:
    """Who reads that the account ends would take it for what they hand in."""
    form = world.desk("luoyan").lifecycle.leave_form(world.entry("chenjing", "group"))
    assert "leaves" not in {field.name for field in form.fields}
    assert form.ending.elsewhere == ()
    assert say(form.entered_in, "en") == Book.get_by_id("staff").title_en


@pytest.mark.clause("A.10", "H.5.4")
def test_leaving_the_organisation_is_one_act_in_every_book(world: World) -> None:
    """陈静 is in the group's book, too. Her entry there goes by that book's own rules; she herself is nobody
    there any more."""
    desk, hr = world.desk("chenjing"), world.desk("liuyang")
    form = hr.lifecycle.leave_form(world.entry("chenjing"))
    (group,) = form.ending.elsewhere
    assert group.entry
    assert [say(one, "en") for one in group.offices] == ["head of 集团办公室", "Chief executive"]
    assert {field.name: field.value for field in form.fields}["leaves"] == "organisation"
    asked = form.request_of({"day": "2026-11-22", "leaves": "organisation"}, "离任", [])
    request = hr.lifecycle.leave(asked)
    (row,) = world.desk("zengqing").queue.window().rows
    said = {say(one.label, "en"): say(one.after, "en") for one in row.summary}
    assert said["Account closed"] == "chenjing", "who decides on it reads what ends, as who handed it in"
    assert "head of 集团办公室 ends with the organisation" in said[say(group.book, "en")]
    elsewhere = Entry.get_by_id(world.entry("chenjing", "group"))
    account_of = world.accounts["chenjing"]
    begun, ends = "2026-11-21T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"
    copy = CopyGrant.create(
        account=account_of, book="group", unit=elsewhere.unit_id, request=request, for_work=True, until=ends
    )
    consent = Consent.create(
        request=request, entry=elsewhere.id, state="given", fields="[]", due="2026-12-31", clause="B.6.2",
        asked_at=begun,
    )  # fmt: skip
    given = Disclosure.create(
        consent=consent, entry=elsewhere.id, unit=elsewhere.unit_id, from_at=begun, until=ends
    )
    approved(world, "zengqing", request)
    assert Consent.get_by_id(consent.id).state == "withdrawn"
    assert Disclosure.get_by_id(given.id).ended_at is not None
    assert CopyGrant.get_by_id(copy.id).until < "2026-11-24"
    with pytest.raises(SessionOver):
        desk.me.who()
    account = Account.get_by_id(world.accounts["chenjing"])
    assert account.state == "disabled"
    left = Grant.select().where((Grant.account == account) | (Grant.person == account.person))
    assert not list(left.where(Grant.in_force()))
    assert Entry.get_by_id(world.entry("chenjing", "group")).state == "active"
    duties()
    assert head_of(Unit.get_by_id(world.unit("group", "集团办公室"))) is None
    told = Notice.select().where((Notice.book == "group") & (Notice.kind == "office-vacant"))
    assert {notice.unit_id for notice in told} == {world.unit("group", "集团办公室")}


def test_leaving_one_directory_alone_leaves_the_others_as_they_are(world: World) -> None:
    form = world.desk("liuyang").lifecycle.leave_form(world.entry("chenjing"))
    request = world.desk("liuyang").lifecycle.leave(
        form.request_of({"day": "2026-11-22", "leaves": "directory"}, "调往集团", [])
    )
    (row,) = world.desk("zengqing").queue.window().rows
    assert not [one for one in row.summary if one.field.startswith(("account", "in"))], "the account stays"
    approved(world, "zengqing", request)
    assert Account.get_by_id(world.accounts["chenjing"]).state == "active"
    assert head_of(Unit.get_by_id(world.unit("group", "集团办公室"))) is not None
    assert [book.id for book in world.desk("chenjing").me.who().books] == ["group"]
