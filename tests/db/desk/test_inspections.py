"""Inspections: what is looked through, and findings until they are closed (C.6, H.3.1, H.6.1)."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.refusal import SILENT
from db.desk.requests.power_lines import lines_of
from db.desk.requests.request_views import name_of
from db.desk.reviews.duties import may_answer
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.duties import run
from db.language import Message, _, say
from db.store import audit
from db.store.tables import Account, Finding, Task
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.lives import leave, take_out
from tests.db.desk.reviewing import last_record, open_all, refused
from tests.db.desk.test_reviews_oversight import BOOKS_OF, RUNNER, wide
from tests.world import World
from tui.sheets.task_facts import task_facts

__all__ = ["BOOKS_OF", "wide"]


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
    assert all(may_answer(account, book) for account in able)
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
