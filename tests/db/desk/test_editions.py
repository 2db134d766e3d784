"""Editions by rule: who is in them and receives them, when they are due, and what is kept of them."""

from __future__ import annotations

import json

import pytest

from db.desk import Invalid, Refused
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.issuing import copies_in_hand
from db.desk.notifications.post import next_letter
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store import clock as store_clock
from db.store.audit import verify
from db.store.sealing import SealBroken
from db.store.tables import (
    Account,
    AuditRecord,
    Book,
    EditionCopy,
    EditionIssue,
    Entry,
    EntryTag,
    Notice,
    OutgoingMail,
    Task,
    Unit,
)
from tests.audited import detail_of
from tests.conftest import Clock
from tests.editions_world import BOOK, a_week_later, assistant, with_its_office
from tests.world import World

HERE = RunnerPlace("host", "test")
BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World) -> World:
    """The controlled book with one office; nothing is issued yet."""
    return with_its_office(begun)


def refusal(call: object, *args: object) -> Refused:
    """The refusal that ``call`` ends with."""
    assert callable(call)
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


def last_record(act: str) -> AuditRecord:
    found = AuditRecord.select().where(AuditRecord.act == act).order_by(AuditRecord.seq.desc()).first()
    assert isinstance(found, AuditRecord)
    return found


@pytest.mark.clause("I.4.1.1")
def test_the_internal_edition_is_everyone_and_the_external_who_is_often_in_touch(office: World) -> None:
    desk = assistant(office)
    inside = {row.name for row in Editions(desk).preview(BOOK, "internal").content.rows}
    assert inside == {"唐总", "冯总", "朱丽", "陶军", "白芷", "解平", "沈杰", "温蜜"}
    outside = {row.name for row in Editions(desk).preview(BOOK, "external").content.rows}
    assert outside == {"唐总", "冯总", "陶军", "沈杰", "白芷", "朱丽"}
    EntryTag.create(entry=office.entry("xiepi", BOOK), tag="office-contact")
    assert "解平" in {row.name for row in Editions(desk).preview(BOOK, "external").content.rows}


@pytest.mark.clause("I.4.1.1", "I.4.3.1", "I.4.3.2")
def test_each_edition_goes_to_its_posts_in_its_kind_of_unit_and_to_nobody_else(office: World) -> None:
    desk = assistant(office)
    assert [one.name for one in Editions(desk).preview(BOOK, "internal").receivers] == [
        "唐总", "冯总", "朱丽", "陶军", "白芷",
    ]  # fmt: skip
    assert [one.name for one in Editions(desk).preview(BOOK, "external").receivers] == ["沈杰", "温蜜"]
    EntryTag.create(entry=office.entry("xiepi", BOOK), tag="outside-contact")
    assert "解平" in [one.name for one in Editions(desk).preview(BOOK, "internal").receivers]
    EntryTag.delete().where(EntryTag.entry == office.entry("baizl", BOOK)).execute()
    named = [one.name for one in Editions(desk).preview(BOOK, "internal").receivers]
    assert "白芷" not in named, "an assistant receives it by being named, and not by title"
    assert "白芷" in {row.name for row in Editions(desk).preview(BOOK, "external").content.rows}
    Unit.update(kind="office").where(Unit.name == "技术部").execute()
    inside = [one.name for one in Editions(desk).preview(BOOK, "internal").receivers]
    assert inside == ["唐总", "冯总", "朱丽"]


def test_that_nobody_receives_it_is_said_before_anything_is_made(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making the content of a large book takes a minute."""
    monkeypatch.setattr("db.desk.editions.issuing.content_of", lambda *_given: 1 / 0)
    desk = assistant(office)
    Account.update(state="disabled").where(Account.id != office.accounts["zhuli"]).execute()
    Entry.update(position="").execute()
    with pytest.raises(Invalid, match="Nobody with an account"):
        Editions(desk).issue(BOOK, "external")


@pytest.mark.clause("I.4.2.1")
def test_what_fell_due_before_the_book_was_made_is_nobodys(office: World, clock: Clock) -> None:
    """It was made on the Friday of a week whose edition was due on Monday: it is not four days late."""
    clock.set("2026-11-27T15:00+08:00")
    Book.update(made_at=store_clock.now()).where(Book.id == BOOK).execute()
    run(HERE)
    assert Task.select().where(Task.kind == "edition").count() == 0
    (first,) = [view for view in Editions(assistant(office)).list() if view.id == "internal"]
    assert first.due is None
    assert not Editions(assistant(office)).issue(BOOK, "internal").late
    clock.set("2026-12-01T09:00+08:00")
    run(HERE)
    assert Task.select().where(Task.kind == "edition").count() > 0
    (next_,) = [view for view in Editions(assistant(office)).list() if view.id == "internal"]
    assert next_.due is not None
    assert next_.due.overdue


@pytest.mark.clause("I.4.1.2")
def test_columns_are_the_stated_ones_and_rows_in_the_order_of_departments(office: World) -> None:
    content = Editions(assistant(office)).preview(BOOK, "internal").content
    assert [column.label.zh for column in content.columns] == [
        "大部名称", "部门名称", "姓名", "岗位", "分机", "手机", "固定电话", "传真", "邮箱",
    ]  # fmt: skip
    assert [row.cells[1] for row in content.rows] == [
        "总裁办", "行政人事部", "行政人事部", "技术部", "技术部", "平台组", "上海办事处", "上海办事处",
    ]  # fmt: skip
    team = next(row for row in content.rows if row.name == "解平")
    assert team.cells[0] == "技术部"
    assert team.cells[5] == "138 0000 4113"


@pytest.mark.clause("I.4.2.1")
def test_an_issue_holds_last_weeks_joiners_leavers_and_transfers(office: World, clock: Clock) -> None:
    a_week_later(office, clock)
    preview = Editions(assistant(office)).preview(BOOK, "internal")
    assert [(one.what, one.row.name) for one in preview.changed] == [
        ("joined", "新人"), ("left", "解平"), ("moved", "白芷"), ("changed", "陶军"),
    ]  # fmt: skip
    extension = preview.changed[3].fields[0]
    assert (extension[0].zh, *extension[1:]) == ("分机", "4011", "4019")
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    assert (issued.number, issued.late, issued.due) == (2, False, "2026-11-23 18:00")
    kept = Editions(assistant(office)).record(issued.id)
    assert "新人" in {row.name for row in kept.content.rows}
    assert "解平" not in {row.name for row in kept.content.rows}


@pytest.mark.clause("I.4.2.1")
def test_it_is_due_on_monday_at_six_and_lateness_is_recorded(office: World, clock: Clock) -> None:
    clock.set("2026-11-23T18:00:01+08:00")
    desk = assistant(office)
    due = Editions(desk).list()[0].due
    assert due is not None
    assert due.overdue
    issued = Editions(desk).issue(BOOK, "internal")
    assert issued.late
    record = last_record("editions.issue")
    assert record.clause == "I.4.2.1"
    assert json.loads(detail_of(record))["late"] is True
    again = Editions(desk).issue(BOOK, "internal")
    assert (again.late, again.due) == (False, "")


@pytest.mark.clause("I.4.2.1")
def test_an_issue_that_is_wholly_called_back_counts_as_not_issued(office: World, clock: Clock) -> None:
    """The task to issue it waits again, and the next issue is late where Monday is over."""
    clock.set("2026-11-23T09:00+08:00")
    run(HERE)
    task = Task.get((Task.kind == "edition") & Task.duty.contains(":internal:"))
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    assert Task.get_by_id(task.id).state == "done"
    numbers = [row.number for row in Editions(assistant(office)).copies(issued.id)]
    for number in numbers[:-1]:
        Editions(assistant(office)).recall(issued.id, "列错了一栏", number)
    assert Task.get_by_id(task.id).state == "done", "one copy is out still"
    Editions(assistant(office)).recall(issued.id, "列错了一栏", numbers[-1])
    assert Task.get_by_id(task.id).state == "open"
    due = Editions(assistant(office)).list()[0].due
    assert due is not None
    assert not due.made
    clock.set("2026-11-24T09:00+08:00")
    again = Editions(assistant(office)).issue(BOOK, "internal")
    assert again.late
    assert (Task.get_by_id(task.id).state, Task.get_by_id(task.id).late) == ("done", 1)
    clock.set("2026-11-30T09:00+08:00")
    run(HERE)
    Editions(assistant(office)).recall(again.id, "作废")
    assert Task.get_by_id(task.id).state == "done", "nothing can be issued for a week that is over"


@pytest.mark.clause("I.4.2.1")
def test_after_a_holiday_it_is_due_on_the_next_working_day(office: World, clock: Clock) -> None:
    clock.set("2026-10-05T09:00+08:00")
    Book.update(made_at=store_clock.now()).execute()
    due = Editions(assistant(office)).list()[0].due
    assert due is not None
    assert due.local == "2026-10-08 18:00"
    clock.set("2026-10-08T17:59+08:00")
    assert not Editions(assistant(office)).issue(BOOK, "internal").late


@pytest.mark.clause("I.4.2.1")
def test_the_duty_runner_opens_the_task_once_and_issuing_ends_it(office: World, clock: Clock) -> None:
    run(HERE)
    run(HERE)
    tasks = list(Task.select().where(Task.kind == "edition"))
    assert [(task.due, task.clause, task.role) for task in tasks] == [
        ("2026-11-23", "I.4.2.1", "assistant")
    ] * 2
    desk = assistant(office)
    mine = [row for row in desk.tasks.mine().rows if row.kind == "edition"]
    assert len(mine) == 2
    refused = refusal(desk.tasks.done, mine[0].id)
    assert refused.clause == "I.4.2.1"
    clock.set("2026-11-24T10:00+08:00")
    Editions(desk).issue(BOOK, "internal")
    done = [task for task in Task.select().where(Task.kind == "edition") if task.state == "done"]
    assert [task.late for task in done] == [1]


@pytest.mark.clause("I.4.2.1")
def test_an_issue_ends_the_tasks_of_weeks_in_which_none_was_made(office: World, clock: Clock) -> None:
    """The other edition's task waits on. Called back, both weeks of this one wait again."""
    run(HERE)
    clock.set("2026-11-30T09:00+08:00")
    run(HERE)

    def of(edition: str) -> list[tuple[str, str, int | None]]:
        rows = Task.select().where(Task.duty.contains(f":{edition}:")).order_by(Task.id)
        return [(task.due, task.state, task.late) for task in rows]

    issued = Editions(assistant(office)).issue(BOOK, "internal")
    assert not issued.late
    assert of("internal") == [("2026-11-23", "done", 5), ("2026-11-30", "done", 0)]
    assert {state for _due, state, _late in of("external")} == {"open"}
    assert [row.due.day for row in assistant(office).tasks.mine().rows if row.kind == "edition"] == [
        "2026-11-23", "2026-11-30",
    ]  # fmt: skip
    Editions(assistant(office)).recall(issued.id, "列错了一栏")
    assert of("internal") == [("2026-11-23", "open", None), ("2026-11-30", "open", None)]


@pytest.mark.clause("I.3.2", "I.4.2.1")
def test_only_the_assistant_issues(office: World) -> None:
    for login in ("taojs", "fengdir", "xiepi", "wenmi"):
        refused = refusal(Editions(office.desk(login)).issue, BOOK, "internal")
        assert refused.clause == "I.3.2"
        assert last_record("editions.issue").outcome == "refused"
    assert not EditionIssue.select().exists()
    stranger = office.desk("zhuli")
    assert refusal(Editions(stranger).issue, "nosuch", "internal").clause == "default"


@pytest.mark.clause("I.4.3.1", "I.4.3.2", "I.4.4.1")
def test_a_copy_opens_for_its_recipient_alone_and_that_acknowledges_it(office: World, clock: Clock) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    mine = Copies(office.desk("taojs")).mine()
    assert [copy.number for copy in mine] == [f"C{issued.id:04d}-004"]
    for login in ("fengdir", "xiepi", "zhuli", "wenmi"):
        other = refusal(Copies(office.desk(login)).open, mine[0].number)
        none = refusal(Copies(office.desk(login)).open, "C9999-001")
        assert (other.clause, other.message, other.advice) == (none.clause, none.message, none.advice)
        assert other.clause == "I.4.3.1, I.4.3.2"
    assert Editions(assistant(office)).copies(issued.id)[3].acknowledged_at == ""
    clock.forward(hours=2)
    opened = Copies(office.desk("taojs")).open(mine[0].number)
    assert opened.first
    assert len(opened.password) == 24
    clock.forward(hours=1)
    again = Copies(office.desk("taojs")).open(mine[0].number)
    assert (again.password, again.first) == (opened.password, False)
    assert Editions(assistant(office)).copies(issued.id)[3].acknowledged_at == "2026-11-23 11:00"
    record = last_record("copies.open")
    assert opened.password not in detail_of(record)
    assert record.clause == "I.4.3.1"


@pytest.mark.clause("I.4.3.1")
def test_each_copy_has_a_number_and_a_password_of_its_own(office: World) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    copies = Editions(assistant(office)).copies(issued.id)
    assert [copy.number[-3:] for copy in copies] == ["001", "002", "003", "004", "005"]
    logins = ("tangceo", "fengdir", "zhuli", "taojs", "baizl")
    passwords = {
        Copies(office.desk(login)).open(copy.number).password
        for login, copy in zip(logins, copies, strict=True)
    }
    assert len(passwords) == 5
    assert len({row.code for row in EditionCopy.select()}) == 5


@pytest.mark.clause("I.4.2.1")
def test_what_is_told_of_two_overdue_editions_says_which(office: World, clock: Clock) -> None:
    clock.set("2026-11-23T09:00+08:00")
    run(HERE)
    clock.set("2026-11-24T09:00+08:00")
    run(HERE)
    told = [one for one in assistant(office).notices.unread() if one.kind == "duty-overdue"]
    assert len({say(one.task, "zh_CN") for one in told}) == len(told) == 2


@pytest.mark.clause("I.4.3.1")
def test_who_has_not_acknowledged_is_reminded_by_hand_and_by_the_clock(office: World, clock: Clock) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    Copies(office.desk("tangceo")).open(f"C{issued.id:04d}-001")
    assert Editions(assistant(office)).remind(issued.id) == 4
    kinds = [notice.kind for notice in office.desk("taojs").notices.unread()]
    assert kinds.count("edition-reminder") == 1
    assert "edition-reminder" not in [notice.kind for notice in office.desk("tangceo").notices.unread()]
    clock.set("2026-11-24T09:00+08:00")
    run(HERE)
    reminded = Notice.select().where(Notice.kind == "edition-reminder")
    assert reminded.count() == 4
    clock.set("2026-11-25T09:00+08:00")
    run(HERE)
    run(HERE)
    assert reminded.count() == 8


@pytest.mark.threat(58)
@pytest.mark.clause("I.4.3.1")
def test_nobody_is_reminded_twice_on_one_day(office: World, clock: Clock) -> None:
    editions = Editions(assistant(office))
    issued = editions.issue(BOOK, "internal")
    assert [editions.remind(issued.id), editions.remind(issued.id)] == [5, 0]
    clock.forward(days=1)
    assert editions.remind(issued.id) == 5


@pytest.mark.clause("I.4.3.1")
def test_what_was_called_back_opens_no_more(office: World) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    number = f"C{issued.id:04d}-004"
    with pytest.raises(Invalid):
        Editions(assistant(office)).recall(issued.id, " ")
    assert Editions(assistant(office)).recall(issued.id, "列错了一栏", number) == 1
    refused = refusal(Copies(office.desk("taojs")).open, number)
    assert refused.clause == "I.4.3.1"
    assert Copies(office.desk("tangceo")).open(f"C{issued.id:04d}-001").first
    assert Editions(assistant(office)).recall(issued.id, "整期作废") == 4
    refusal(Copies(office.desk("tangceo")).open, f"C{issued.id:04d}-001")
    assert Editions(assistant(office)).list()[0].last is not None
    told = next(one for one in office.desk("taojs").notices.unread() if one.kind == "edition-recalled")
    assert told.detail["reason"] == "列错了一栏"
    reasons = {row.number: row.reason for row in Editions(assistant(office)).copies(issued.id)}
    assert (reasons[number], reasons[f"C{issued.id:04d}-001"]) == ("列错了一栏", "整期作废")
    (mine,) = Copies(office.desk("taojs")).mine()
    assert mine.reason == "列错了一栏"
    assert refusal(Editions(office.desk("fengdir")).recall, issued.id, "不行").clause == "I.3.2"


@pytest.mark.clause("I.5")
def test_every_issue_of_both_editions_is_kept_sealed_with_its_digest(office: World, clock: Clock) -> None:
    a_week_later(office, clock)
    Editions(assistant(office)).issue(BOOK, "internal")
    for edition in ("internal", "external"):
        for issue in Editions(office.desk("fengdir")).issues(BOOK, edition):
            kept = Editions(office.desk("fengdir")).record(issue.id)
            assert kept.sound
            assert len(kept.issue.digest) == 64
            assert len(kept.content.rows) == issue.rows
    first = EditionIssue.select().order_by(EditionIssue.id).get()
    assert b"13800004111" not in bytes(first.content)
    assert "陶军".encode() not in bytes(first.content)
    old = Editions(office.desk("fengdir")).record(first.id).content
    assert "解平" in {row.name for row in old.rows}
    assert verify().sound


@pytest.mark.clause("I.5")
def test_a_kept_issue_that_was_altered_or_put_elsewhere_shows(office: World) -> None:
    desk = assistant(office)
    one, two = Editions(desk).issue(BOOK, "internal"), Editions(desk).issue(BOOK, "external")
    content = EditionIssue.get_by_id(two.id).content
    EditionIssue.update(content=content).where(EditionIssue.id == one.id).execute()
    with pytest.raises(SealBroken):
        Editions(desk).record(one.id)
    EditionIssue.update(digest="0" * 64).where(EditionIssue.id == two.id).execute()
    assert not Editions(desk).record(two.id).sound


@pytest.mark.clause("A.10")
def test_a_leaver_is_in_no_new_issue_and_opens_no_copy(office: World) -> None:
    from db.desk.entry.record import remove_entry
    from db.store.transactions import writing

    issued = Editions(assistant(office)).issue(BOOK, "internal")
    with writing():
        remove_entry(office.entry("taojs", BOOK), "2026-11-23")
    assert "陶军" not in {r.name for r in Editions(assistant(office)).preview(BOOK, "internal").content.rows}
    refusal(Copies(office.desk("taojs")).open, f"C{issued.id:04d}-004")


@pytest.mark.clause("H.5.4")
def test_copies_in_hand_are_known_for_the_hand_back(office: World) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    held = list(copies_in_hand(office.people["taojs"]))
    assert [copy.mark for copy in held] == [f"C{issued.id:04d}-004"]
    Editions(assistant(office)).recall(issued.id, "作废")
    assert list(copies_in_hand(office.people["taojs"])) == []


def test_requests_that_still_wait_are_shown_before_issuing(office: World, clock: Clock) -> None:
    from tests.db.desk.asking import change

    clock.set("2026-11-20T10:00+08:00")
    request = change(office, "taojs", book=BOOK, asked={"extension": "4018"})
    clock.set("2026-11-23T09:00+08:00")
    assert Editions(assistant(office)).preview(BOOK, "internal").pending == (request,)


def test_no_mail_waits_where_none_is_set_up(office: World) -> None:
    Editions(assistant(office)).issue(BOOK, "internal")
    assert not OutgoingMail.select().exists()
    assert next_letter() is None
