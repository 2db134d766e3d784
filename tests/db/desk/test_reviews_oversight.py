"""Heads' sign-off, recertified rights, inspections with findings, and the clean-up of stale entries."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import apply_values
from db.desk.entry.stale import note_bounce
from db.desk.refusal import SILENT, Pending
from db.desk.requests.power_lines import lines_of
from db.desk.requests.request_views import name_of
from db.desk.reviews.duties import sees_to
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.opening import open_due, withdraw_unused
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks.duties import RunnerPlace, run
from db.language import Message, _, say
from db.store import audit
from db.store.tables import (
    Account,
    AuditRecord,
    Campaign,
    Entry,
    Finding,
    Grant,
    Request,
    StaleSign,
    Task,
)
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.lives import leave, take_out
from tests.db.desk.reviewing import agreed, all_right, last_record, open_all, own_right, refused, things
from tests.world import World
from tui.sheets.task_facts import task_facts

BOOKS_OF = {"wide": ("general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Books with heads who sign (C, E, H), rights to recertify (F, H) and inspections (C, H)."""
    return world


RUNNER = RunnerPlace("host", "test")
SIGNERS = [
    ("subsidiary", "linxiao", "设计组", "交付部", "C.5", "fangmin"),
    ("group", "songjia", "财务中心", "会计部", "E.7", "liuyang"),
    ("secured", "shibu", "市场部", "人力资源部", "H.3.2", "fuhr"),
]


@pytest.mark.clause("C.5", "E.7", "H.3.2")
@pytest.mark.parametrize(("book", "login", "own", "other", "clause", "keeper"), SIGNERS)
def test_heads_sign_for_their_department(
    wide: World, book: str, login: str, own: str, other: str, clause: str, keeper: str
) -> None:
    """Each quarter; who has not signed is named, and nobody signs for another department."""
    campaign = open_all(book)["sign-off"]
    desk, hr = wide.desk(login), wide.desk(keeper)
    mine = things(desk, campaign)
    assert own in mine
    assert other not in mine
    missing = {row.name: row.who for row in Reviews(hr).progress(campaign) if row.count.undecided}
    assert missing[own]
    members = Reviews(desk).one(campaign, mine[own].id).members
    assert members
    Reviews(desk).decide(campaign, mine[own].id, "right")
    record = last_record("reviews.decide")
    assert (record.clause, record.unit, record.account) == (
        clause, wide.unit(book, next(path for b, path in wide.units if b == book and path.endswith(own))),
        wide.accounts[login],
    )  # fmt: skip
    assert own not in {row.name for row in Reviews(hr).progress(campaign) if row.count.undecided}
    theirs = next(row for row in Reviews(hr).items(campaign, "all") if row.unit == other)
    assert refused(lambda: Reviews(desk).decide(campaign, theirs.id, "right")).clause == clause
    late = refused(lambda: Reviews(hr).close(campaign))
    assert late.clause == clause


@pytest.mark.clause("F.5.1", "H.6.3")
@pytest.mark.parametrize(
    ("book", "login", "other", "clause"),
    [("general", "jinhr", "yuhr", "F.5.1"), ("secured", "fuhr", "ganhr", "H.6.3")],
)
def test_rights_are_recertified_and_unused_ones_withdrawn(
    wide: World, clock: Clock, book: str, login: str, other: str, clause: str
) -> None:
    """Each granted role is still needed or withdrawn; keeping one that lay unused takes a reason."""
    clock.forward(days=100)
    wide.desk(login).directory.settled(book, "张")
    campaign = open_all(book)["recertification"]
    desk = wide.desk(login)
    rows = list(Reviews(desk).items(campaign))
    theirs = next(row for row in rows if row.name == desk_name(wide, other))
    assert theirs.unused
    blunt = refused(lambda: Reviews(desk).decide(campaign, theirs.id, "right"))
    assert clause in blunt.clause
    Reviews(desk).decide(campaign, theirs.id, "removed")
    grant = Grant.get((Grant.account == wide.accounts[other]) & (Grant.book == book))
    assert grant.revoked_at is not None
    assert agreed(campaign).decided == 1
    assert refused(lambda: Reviews(wide.desk(other)).open(book, "recertification", "x")).clause
    record = last_record("reviews.decide")
    assert (record.outcome, record.book) == ("done", book)
    assert f'"account":{wide.accounts[other]}' in detail_of(record)


def desk_name(wide: World, login: str) -> str:
    """The name of a person."""
    return str(wide.desk(login).me.who().name)


@pytest.mark.clause("F.5.1", "H.6.3")
def test_nobody_recertifies_their_own_right(wide: World) -> None:
    campaign = open_all("general")["recertification"]
    desk, other = wide.desk("jinhr"), wide.desk("yuhr")
    mine = next(row for row in Reviews(other).items(campaign) if row.name == "金瑞")
    assert "金瑞" not in things(desk, campaign)
    refusal = refused(lambda: Reviews(desk).decide(campaign, mine.id, "right", word="要用"))
    assert refusal.clause == "default", "F.5.1 asks for a look at them, not by whom"
    Reviews(other).decide(campaign, mine.id, "right", word="要用")
    assert last_record("reviews.decide").outcome == "done"


@pytest.mark.clause("F.5.1")
def test_unused_rights_that_nobody_vouched_for_are_withdrawn_after_the_due_day(
    wide: World, clock: Clock
) -> None:
    clock.forward(days=100)
    open_all("general")
    run(RUNNER)
    assert not Grant.select().where(Grant.revoked_at.is_null(False)).exists()
    clock.forward(days=30)
    run(RUNNER)
    run(RUNNER)
    assert (
        AuditRecord.select()
        .where((AuditRecord.act == "reviews.withdraw") & (AuditRecord.book == "general"))
        .count()
        == 2
    )
    gone = {
        grant.holder.login
        for grant in Grant.select().where((Grant.book == "general") & Grant.revoked_at.is_null(False))
    }
    assert "tanlan" in gone
    kept = Grant.select().where((Grant.book == "general") & (Grant.role == "hr") & Grant.revoked_at.is_null())
    assert kept.exists()  # somebody still keeps the book
    record = AuditRecord.get((AuditRecord.act == "reviews.withdraw") & (AuditRecord.book == "general"))
    assert (record.clause, record.account) == ("F.5.1", None)


def waits(desk: Desk, finding: int) -> bool:
    """Whether a finding is among what ``desk``'s person has to do."""
    return any((row.kind, row.thing) == ("finding", finding) for row in desk.tasks.mine().rows)


@pytest.mark.clause("H.6.1")
def test_an_inspection_s_checklist_is_filled_with_what_the_system_knows(wide: World, clock: Clock) -> None:
    """Availability too: backups and their age, the audit's proof, restores, rights, hand-backs, copies."""
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")

    def told() -> dict[str, str]:
        return {
            say(row.name, "en"): say(row.facts[0].text if row.facts else "", "en")
            for row in Reviews(desk).items(campaign)
        }

    before = told()
    assert "no backup is on record; asked for: every day" in before["Backups are made in time."]
    assert "nothing was restored yet" in before["A backup can be restored."]
    assert re.search(
        r"the last \d+ of \d+ records of the audit hold", before["The proof of the audit holds."]
    )
    assert "0 of 0 hand-backs are overdue" in before["Copies are handed back in time."]
    assert re.search(r"0 of \d+ rights", before["Rights that nobody uses are withdrawn."])
    assert "copies taken by right: 0" in before["Every copy that is out is accounted for."]
    with writing():
        audit.append(act="backups.run", outcome="done", detail={"place": "/backup", "file": "x"})
    take_out(wide, "shibu", "ABCD-EFGH")
    leave(wide, "ganhr", "shibu", "secured")
    clock.forward(days=2)
    desk = wide.desk("xinan")
    after = told()
    assert "newest: 2026-11-23, 2 days old; asked for: every day" in after["Backups are made in time."]
    assert "restored on trial with each backup, last on 2026-11-23" in after["A backup can be restored."]
    with writing():
        audit.append(act="backups.run", outcome="failed", detail={"place": "/backup", "file": "y"})
    assert "the newest of 2026-11-25 failed" in told()["Backups are made in time."]
    clock.forward(days=20)
    desk = wide.desk("xinan")
    assert "1 of 1 hand-backs are overdue" in told()["Copies are handed back in time."]


INSPECTED = [("subsidiary", "panlong", "ouyangxue", "C.6"), ("secured", "xinan", "ganhr", "H.3.1, H.6.1")]


@pytest.mark.threat(101)
@pytest.mark.clause("C.6")
def test_who_holds_the_inspectors_office_of_a_part_inspects_nobody_else(wide: World, clock: Clock) -> None:
    wide.grant("xuning", "security", "subsidiary", "产品部/设计组")
    campaign, part = open_all("subsidiary")["inspection"], wide.desk("xuning")
    owner = wide.accounts["ouyangxue"]
    assert refused(lambda: Inspections(part).find(campaign, "未收回", owner, "2026-11-30")).clause
    point = Reviews(wide.desk("panlong")).items(campaign)[0]
    finding = Inspections(wide.desk("panlong")).find(campaign, "未收回", owner, "2026-11-30", point.id)
    assert Inspections(part).findings() == ()
    Inspections(wide.desk("ouyangxue")).answer(finding, "已收回")
    assert refused(lambda: Inspections(part).settle(finding, "close", "好了"))


@pytest.mark.clause("C.6", "H.3.1", "H.6.1")
@pytest.mark.parametrize(("book", "inspector", "owner", "clause"), INSPECTED)
def test_an_inspection_ends_when_its_findings_are_closed(
    wide: World, clock: Clock, book: str, inspector: str, owner: str, clause: str
) -> None:
    """Information security goes through the safeguards; a finding has an owner, a day, and an end."""
    campaign = open_all(book)["inspection"]
    desk = wide.desk(inspector)
    points = list(Reviews(desk).items(campaign))
    assert len(points) >= 4
    first, *rest = points
    for row in rest:
        Reviews(desk).decide(campaign, row.id, "right")
    with pytest.raises(Invalid):
        Reviews(desk).decide(campaign, first.id, "corrected")
    able = {one.account for one in Inspections(desk).owners(campaign)}
    assert wide.accounts[owner] in able
    assert all(sees_to(account, book) for account in able)
    finding = Inspections(desk).find(campaign, "三个账号未收回", wide.accounts[owner], "2026-11-30", first.id)
    assert refused(lambda: Reviews(desk).close(campaign)).clause == clause
    task = Task.get(Task.duty == f"finding:{finding}")
    assert (task.account_id, task.due, task.state) == (wide.accounts[owner], "2026-11-30", "open")

    theirs = wide.desk(owner)
    (told,) = [one for one in Inspections(theirs).findings() if one.mine]
    assert (told.what, told.clause) == ("三个账号未收回", clause)
    assert refused(lambda: Inspections(theirs).settle(finding, "close", "好了")).clause == clause
    not_theirs = refused(lambda: Inspections(desk).answer(finding, "已收回"))
    name = name_of(wide.accounts[owner])
    assert name in say(not_theirs.advice, "zh_CN")
    assert name not in json.loads(detail_of(last_record("inspections.answer")))["refusal"]["zh_CN"]
    assert waits(theirs, finding)
    Inspections(theirs).answer(finding, "两个已收回")
    assert (waits(theirs, finding), waits(desk, finding)) == (False, True)
    Inspections(desk).settle(finding, "reopen", "还差一个")
    assert Finding.get_by_id(finding).state == "open"
    assert (waits(theirs, finding), waits(desk, finding)) == (True, False)
    Inspections(theirs).answer(finding, "全部收回")
    Inspections(desk).settle(finding, "close", "已核对")
    assert not waits(theirs, finding)
    assert not waits(desk, finding)
    (closed,) = Inspections(desk).findings(campaign)
    assert [event.word for event in closed.history] == [
        "三个账号未收回", "两个已收回", "还差一个", "全部收回", "已核对",
    ]  # fmt: skip
    assert Task.get_by_id(task.id).state == "done"
    Reviews(desk).close(campaign)
    record = last_record("reviews.close")
    assert (record.outcome, record.clause, record.account) == ("done", clause, wide.accounts[inspector])


@pytest.mark.clause("C.6", "H.3.1", "H.6.1")
def test_a_finding_whose_owner_left_goes_to_another(wide: World, clock: Clock) -> None:
    """It waits for the inspectors, who name somebody else; nobody else does."""
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")
    owner, other, clause = wide.accounts["ganhr"], wide.accounts["fuhr"], "H.3.1, H.6.1"
    finding = Inspections(desk).find(campaign, "三个账号未收回", owner, "2026-11-30")
    theirs = wide.desk("ganhr")
    assert refused(lambda: Inspections(theirs).pass_on(finding, other, "2026-12-07")).clause == clause
    assert not waits(desk, finding)
    with writing():
        Account.update(state="disabled").where(Account.id == owner).execute()
    assert waits(desk, finding)
    task = next(row for row in desk.tasks.mine().rows if row.thing == finding)
    refusal = refused(lambda: desk.tasks.done(task.id))
    assert (refusal.clause, "换" in say(refusal.advice, "zh_CN")) == (clause, True)
    for wrong, day in ((owner, "2026-12-07"), (other, "2026-01-01")):
        with pytest.raises(Invalid):
            Inspections(desk).pass_on(finding, wrong, day)

    assert owner not in {one.account for one in Inspections(desk).owners(campaign, finding)}
    Inspections(desk).pass_on(finding, other, "2026-12-07")
    record = last_record("inspections.pass_on")
    assert (record.outcome, record.clause) == ("done", clause)
    assert not waits(desk, finding)
    (row,) = (one for one in Inspections(desk).findings(campaign) if one.id == finding)
    assert (row.owner, row.history[-1].word) == (name_of(other), name_of(other))
    assert row.due is not None
    assert row.due.day == "2026-12-07"
    theirs = wide.desk("fuhr")
    assert waits(theirs, finding)
    Inspections(theirs).answer(finding, "全部收回")
    answered = refused(lambda: Inspections(desk).pass_on(finding, wide.accounts["xinan"], "2026-12-07"))
    assert answered.clause == clause
    Inspections(desk).settle(finding, "close", "已核对")
    assert {one.state for one in Task.select().where(Task.kind == "finding")} == {"cancelled", "done"}


@pytest.mark.threat(53)
@pytest.mark.clause("H.3.1")
def test_whose_finding_is_passed_on_hears_of_it(wide: World) -> None:
    """Both who had it and who has it now; an objection gives it back."""
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")
    owner, other = wide.accounts["shibu"], wide.accounts["fuhr"]
    finding = Inspections(desk).find(campaign, "三个账号未收回", owner, "2026-11-30")
    Inspections(desk).pass_on(finding, other, "2026-12-07")
    (told,) = [one for one in wide.desk("shibu").notices.unread()
               if one.detail.get("operation") == "inspections.pass_on"]  # fmt: skip
    wide.desk("shibu").objections.object(told.id)
    assert (Finding.get_by_id(finding).owner_id, Finding.get_by_id(finding).due) == (owner, "2026-11-30")


@pytest.mark.clause("H.3.1", "D.11.3")
def test_a_late_finding_that_is_passed_on_stays_on_record_as_late(wide: World, clock: Clock) -> None:
    """Whoever let it become late is told so and can look at it; it does not read as if it were withdrawn."""
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")
    owner, other = wide.accounts["shibu"], wide.accounts["fuhr"]
    finding = Inspections(desk).find(campaign, "三个账号未收回", owner, "2026-11-30")
    clock.set("2026-12-02T09:00+08:00")
    desk = wide.desk("xinan")
    Inspections(desk).pass_on(finding, other, "2026-12-07")
    task = Task.get((Task.kind == "finding") & (Task.account == owner))
    theirs = wide.desk("shibu")
    view = theirs.tasks.one(task.id)
    assert (view.row.state, view.late) == ("cancelled", 2)
    assert [say(view.row.state_label, one) for one in ("zh_CN", "en")] == [
        "已改由傅华负责",
        "passed on to 傅华",
    ]
    facts = {name: text for name, text in task_facts(view) if isinstance(text, Message)}
    assert say(facts[_("Late")], "en") == "2 working days"
    (told,) = [one for one in theirs.notices.unread() if one.detail.get("operation") == "inspections.pass_on"]
    arguments = told.detail["arguments"]
    assert isinstance(arguments, dict)
    said = {
        say(line.label, "en"): say(line.after, "zh_CN") for line in lines_of("inspections.pass_on", arguments)
    }
    assert said["was late"] == "石布，2 个工作日"
    (row,) = (one for one in Inspections(desk).findings(campaign) if one.id == finding)
    assert [(say(one.act, "zh_CN"), one.word) for one in row.history[-2:]] == [
        ("记为逾期，整改人", "石布"), ("换人整改", "傅华"),
    ]  # fmt: skip
    report = desk.overview.compliance("secured", None, date(2026, 11, 30), date(2026, 11, 30))
    assert sum(one.late for one in report.rows) == 1

    Inspections(desk).pass_on(finding, wide.accounts["ganhr"], "2026-12-09")
    view = wide.desk("fuhr").tasks.one(Task.get((Task.kind == "finding") & (Task.account == other)).id)
    assert (say(view.row.state_label, "en"), view.late) == ("passed on to 甘棠", None)
    (row,) = (one for one in Inspections(desk).findings(campaign) if one.id == finding)
    assert [one.word for one in row.history[-2:]] == ["傅华", "甘棠"], "in time"
    assert refused(lambda: theirs.tasks.one(view.row.id)).clause == SILENT


@pytest.mark.clause("H.3.1", "H.6.1", "C.6")
def test_inspections_come_round_and_only_inspectors_carry_them_out(wide: World, clock: Clock) -> None:
    monthly, quarterly = open_all("secured")["inspection"], open_all("subsidiary")["inspection"]
    clock.set("2026-12-01T09:00+08:00")
    run(RUNNER)
    assert open_all("secured")["inspection"] != monthly  # each month (H.6.1)
    assert open_all("subsidiary")["inspection"] == quarterly  # each quarter (C.6)
    hr = wide.desk("fuhr")
    point = Reviews(wide.desk("xinan")).items(monthly)[0]
    assert refused(lambda: Reviews(hr).decide(monthly, point.id, "right")).clause == "H.3.1, H.6.1"
    assert refused(
        lambda: Inspections(hr).find(monthly, "x", wide.accounts["fuhr"], "2026-12-30")
    ).clause == "H.3.1, H.6.1"  # fmt: skip
    assert refused(lambda: Reviews(hr).close(monthly)).clause == "H.3.1, H.6.1"
    employee = wide.desk("qinyu")
    assert Inspections(employee).findings() == ()
    assert refused(lambda: Reviews(employee).items(monthly)).message


@pytest.mark.clause("H.3.3", "H.3.2")
def test_employees_neither_alter_nor_delete(wide: World) -> None:
    """An employee proposes for the own entry alone, and no word of theirs in a review touches another's."""
    campaign = open_all("secured")["sign-off"]
    desk = wide.desk("qinyu")
    denied = refused(lambda: desk.changes.form(wide.entry("shibu", "secured")))
    assert denied.message == refused(lambda: desk.changes.form(999_999)).message
    item = Reviews(wide.desk("shibu")).items(campaign)[0]
    assert refused(lambda: Reviews(desk).decide(campaign, item.id, "right")).message
    form = desk.changes.form(wide.entry("qinyu", "secured"))
    request = desk.changes.submit(form.entry, form.version, {"position": "经理"}, "升职")
    assert Request.get_by_id(request).state == "open", "others decide on it"
    assert Entry.get_by_id(wide.entry("qinyu", "secured")).position == "策划"


@pytest.mark.clause("E.14", "F.2.2")
def test_stale_entries_are_cleaned_up(wide: World, clock: Clock) -> None:
    """Unverified for 180 days, bounced mail, dead numbers: each lands in the clean-up and leaves it."""
    assert "clean-up" not in open_all("group")
    assert note_bounce("majun@huaxing.example") == 1
    Stale(wide.desk("songjia")).report(wide.entry("huangbo", "group"), "mobile")
    signs = {one.name: one.signs for one in Stale(wide.desk("luoyan")).entries("group")}
    assert signs == {"马军": ("bounced-mail",), "黄博": ("dead-number",)}
    assert last_record("stale.entries").clause == "E.14"
    campaign = open_all("group")["clean-up"]
    desk = wide.desk("luoyan")
    rows = things(desk, campaign)
    assert set(rows) == {"马军", "黄博"}
    Reviews(desk).decide(campaign, rows["黄博"].id, "right", rows["黄博"].version, word="已打通")
    assert StaleSign.select().where(StaleSign.cleared_at.is_null()).count() == 1
    assert refused(lambda: Reviews(desk).close(campaign)).clause == "E.14"
    with writing():
        apply_values(
            wide.entry("majun", "group"), {"email": ("ma@huaxing.example",)}, source="", verifier=None
        )
    assert Stale(desk).entries("group") == ()  # another address has no such sign
    row = things(desk, campaign)["马军"]
    Reviews(desk).decide(campaign, row.id, "right", row.version)
    Reviews(desk).close(campaign)

    clock.forward(days=181)
    stale = {one.name for one in Stale(wide.desk("luoyan")).entries("group")}
    assert {"宋佳", "黄博", "韩梅"} <= stale
    assert {"谭兰", "韦贵"} <= {one.name for one in Stale(wide.desk("yuhr")).entries("general")}
    cleaned = open_all("group")["clean-up"]
    assert all_right(wide.desk("luoyan"), cleaned) > 0
    assert own_right(wide, cleaned, "luoyan") == 1
    assert Stale(wide.desk("luoyan")).entries("group") == ()


@pytest.mark.clause("E.14", "F.2.2")
def test_who_sees_the_stale_and_who_may_report(wide: World) -> None:
    assert refused(lambda: Stale(wide.desk("majun")).entries("group")).clause == "E.6.1"
    desk = wide.desk("majun")
    out_of_reach = refused(lambda: Stale(desk).report(wide.entry("songjia", "group"), "mobile"))
    never = refused(lambda: Stale(desk).report(999_999, "mobile"))
    assert (out_of_reach.clause, out_of_reach.message) == (never.clause, never.message)
    for field in ("qq", "position", "no-such-field"):
        with pytest.raises(Invalid):
            Stale(desk).report(wide.entry("huangbo", "group"), field)


def test_the_last_keeper_of_a_book_is_not_withdrawn(wide: World) -> None:
    campaign = open_all("general")["recertification"]
    other = things(wide.desk("jinhr"), campaign)["余慧"]
    Reviews(wide.desk("jinhr")).decide(campaign, other.id, "removed")
    wide.grant("tanlan", "security", "general")
    last = next(row for row in Reviews(wide.desk("tanlan")).items(campaign) if row.name == "金瑞")
    refusal = refused(lambda: Reviews(wide.desk("tanlan")).decide(campaign, last.id, "removed"))
    assert refusal.clause == "default"


@pytest.mark.threat(87)
@pytest.mark.clause("F.5.1", "E.12")
def test_nobody_takes_a_right_back_alone_in_a_review_that_they_opened(wide: World) -> None:
    """Directly it takes two; so it does by a review opened for it, and somebody else decides."""
    desk, grant = wide.desk("jinhr"), Grant.get((Grant.book == "general") & (Grant.role == "hr")
        & (Grant.account == wide.accounts["yuhr"]))  # fmt: skip
    with pytest.raises(Pending):
        desk.accounts.revoke(grant.id)
    campaign = Reviews(desk).open("general", "recertification", "抽查")
    theirs = things(desk, campaign)["余慧"]
    refusal = refused(lambda: Reviews(desk).decide(campaign, theirs.id, "removed", word="不需要"))
    assert "不得独自收回权限" in say(refusal.message, "zh_CN")
    assert Grant.get_by_id(grant.id).revoked_at is None
    Reviews(desk).decide(campaign, theirs.id, "right", word="仍需要")
    wide.grant("tanlan", "hr", "general")
    Reviews(wide.desk("tanlan")).decide(campaign, theirs.id, "removed", word="不需要")
    assert Grant.get_by_id(grant.id).revoked_at is not None


@pytest.mark.threat(87)
@pytest.mark.clause("F.5.1", "E.12")
def test_nobody_takes_a_right_back_by_their_silence_in_a_review_that_they_opened(
    wide: World, clock: Clock
) -> None:
    """The director has not used theirs for a year; it goes by the quarter's review, and by no other."""
    Grant.update(granted_at="2025-12-01T00:00:00.000000Z").execute()
    director = (Grant.book == "general") & (Grant.role == "director")
    Reviews(wide.desk("jinhr")).open("general", "recertification", "抽查")
    clock.set("2026-12-21T09:00+08:00")
    with writing():
        withdraw_unused(policy_of("general"))
    assert Grant.get(director).revoked_at is None
    with writing():
        open_due(policy_of("general"))
    clock.set("2027-01-20T09:00+08:00")
    with writing():
        withdraw_unused(policy_of("general"))
    assert Grant.get(director).revoked_at is not None


@pytest.mark.threat(58)
@pytest.mark.clause("E.12")
def test_nobody_is_set_to_the_same_review_over_and_over(wide: World, clock: Clock) -> None:
    """Each opens a task for everybody whom it asks; another one follows once the first is closed."""
    desk = Reviews(wide.desk("jinhr"))
    first = desk.open("general", "check", "抽查")
    clock.forward(minutes=1)
    assert refused(lambda: desk.open("general", "check", "再抽查")).clause == "F.2.2"
    assert desk.open("general", "recertification", "抽查")
    desk.close(first)
    assert desk.open("general", "check", "再抽查")


@pytest.mark.clause("H.3.1")
def test_an_inspector_reminds_of_a_finding_once_a_day(wide: World, clock: Clock) -> None:
    campaign, desk, theirs = open_all("secured")["inspection"], wide.desk("xinan"), wide.desk("ganhr")
    finding = Inspections(desk).find(campaign, "三个账号未收回", wide.accounts["ganhr"], "2026-11-30")
    assert refused(lambda: Inspections(theirs).remind(finding)).clause == "H.3.1, H.6.1"
    before = len(theirs.notices.unread())
    Inspections(desk).remind(finding)
    assert len(theirs.notices.unread()) == before + 1
    (row,) = (one for one in Inspections(desk).findings(campaign) if one.id == finding)
    assert row.history[-1].word == name_of(wide.accounts["ganhr"])
    with pytest.raises(Invalid, match="today"):
        Inspections(desk).remind(finding)
    clock.forward(days=1)
    Inspections(desk).remind(finding)
    assert len(theirs.notices.unread()) == before + 2
    Inspections(theirs).answer(finding, "已收回")
    assert refused(lambda: Inspections(desk).remind(finding)).clause == "H.3.1, H.6.1"


def told_of(desk: Desk, operation: str) -> int:
    """The number of the announcement that told of ``operation``."""
    (found,) = [one.id for one in desk.notices.unread() if one.detail.get("operation") == operation]
    return found


@pytest.mark.threat(86)
@pytest.mark.clause("H.3.1", "H.6.1")
def test_whoever_a_finding_is_about_hears_of_it_and_closes_it_by_no_objection(wide: World) -> None:
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")
    finding = Inspections(desk).find(campaign, "外传名单", wide.accounts["ganhr"], "2026-11-30")
    owner = wide.desk("ganhr")
    with pytest.raises(Refused) as refusal:
        owner.objections.object(told_of(owner, "inspections.find"))
    assert "不得自行结案" in say(refusal.value.message, "zh_CN")
    assert Finding.get_by_id(finding).state == "open"


@pytest.mark.threat(86)
@pytest.mark.clause("H.3.1")
def test_who_gets_a_late_finding_hears_of_it_and_gives_it_back_as_late_as_it_was(
    wide: World, clock: Clock
) -> None:
    campaign, desk = open_all("secured")["inspection"], wide.desk("xinan")
    owner, other = wide.accounts["ganhr"], wide.accounts["shibu"]
    finding = Inspections(desk).find(campaign, "三个账号未收回", owner, "2026-11-24")
    clock.forward(days=10)
    Inspections(wide.desk("xinan")).pass_on(finding, other, "2026-12-07")
    theirs = wide.desk("shibu")
    theirs.objections.object(told_of(theirs, "inspections.pass_on"))
    row = Finding.get_by_id(finding)
    assert (row.owner_id, row.due) == (owner, "2026-11-24")
    (shown,) = (one for one in Inspections(wide.desk("xinan")).findings(campaign) if one.id == finding)
    assert shown.history[-1].who == name_of(other), "who objected, not the inspector"


@pytest.mark.threat(53)
@pytest.mark.clause("E.12")
def test_a_review_outside_its_cycle_is_taken_back_while_nobody_has_decided(wide: World) -> None:
    number = Reviews(wide.desk("xinan")).open("secured", "inspection", "抽查")
    told = [one.id for login in ("fuhr", "ganhr", "shibu") for one in wide.desk(login).notices.unread()
            if one.detail.get("operation") == "reviews.open"]  # fmt: skip
    assert told
    objector = next(login for login in ("fuhr", "ganhr", "shibu")
                    if any(one.id == told[0] for one in wide.desk(login).notices.unread()))  # fmt: skip
    wide.desk(objector).objections.object(told[0])
    assert Campaign.get_by_id(number).closed_at is not None
    assert (
        not Task.select()
        .where((Task.state == "open") & Task.detail.contains(f'"campaign":{number},'))
        .exists()
    )
