"""The duty runner: once however often and wherever it runs, as the system, on record."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from unittest.mock import Mock

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.entry.record import create_entry
from db.desk.importing.importing import Source
from db.desk.lifecycle.forms import LeaveAsked
from db.desk.refusal import Pending
from db.desk.requests.putting_off import ripe_in
from db.desk.tasks import duties as runner
from db.desk.tasks import reminders
from db.desk.tasks.reminders import due_clocks
from db.store import audit
from db.store import clock as store_clock
from db.store.engine import Store, store
from db.store.tables import (
    Account,
    AuditRecord,
    CalendarDay,
    DutyMark,
    Entry,
    Notice,
    NoticeRecipient,
    Request,
    Task,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import HERE, approved, duties, joiner, leave
from tests.wider_world import build_wider_world
from tests.world import World

RUN = textwrap.dedent(
    """
    import sys
    from datetime import datetime
    from pathlib import Path
    from db.desk.tasks import duties
    from db.desk.hooks import Hooks
    from db.desk.lifecycle import openers
    from db.store import clock
    from db.store.opening import open_store
    from db.store.settings import Home, Settings

    folder, database, now = sys.argv[1:]
    open_store(Home(Path(folder)), Settings(database=database))
    clock.use_source(lambda: datetime.fromisoformat(now))
    lives = Hooks(openers=(
        openers.open_joiner_tasks, openers.open_filing_task, openers.open_officer_change_tasks,
        openers.open_removal_tasks,
    ))
    duties.hooks = lambda: lives
    print("ready", flush=True)
    sys.stdin.readline()
    done = duties.run(duties.RunnerPlace("serve", "one of two"))
    print(done.opened, done.reminded, done.escalated, done.vacant)
    """
)


def test_it_opens_what_nobody_opened_and_says_so_in_the_audit(world: World, clock: Clock) -> None:
    with writing():
        entry = create_entry(
            "staff", world.unit("staff", "销售中心"), "full-time", {"name": ("来者",)},
            state="pending", joined="2026-11-20",
        )  # fmt: skip
    assert duties().opened == 1
    task = Task.get(Task.entry == entry)
    assert (task.kind, task.due, task.clause) == ("joiner", "2026-11-25", "A.8")
    record = AuditRecord.get(AuditRecord.act == "duties.open")
    assert (record.account, record.session, record.front, record.source) == (None, None, "host", "host:test")
    assert (record.book, record.entry, record.clause, record.outcome) == ("staff", entry, "A.8", "done")
    assert duties().opened == 0
    assert audit.verify().sound


@pytest.mark.parametrize("longest", [0.0, 60.0])
def test_what_was_done_before_the_runner_was_killed_is_kept_where_the_turn_was_given_away(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, longest: float
) -> None:
    """Each step is whole by itself; what a runner does within one turn is undone with it."""
    with writing():
        entry = create_entry(
            "staff", world.unit("staff", "销售中心"), "full-time", {"name": ("来者",)},
            state="pending", joined="2026-11-20",
        )  # fmt: skip
    monkeypatch.setattr(runner, "LONGEST", longest)
    monkeypatch.setattr(runner, "_alarm_stuck", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        duties()
    kept = longest == 0
    assert Task.select().where(Task.entry == entry).count() == kept
    assert AuditRecord.select().where(AuditRecord.act == "duties.open").count() == kept
    monkeypatch.undo()
    assert duties().opened == (not kept)
    assert audit.verify().sound


def test_a_put_off_act_that_was_withdrawn_meanwhile_is_not_done(world: World, clock: Clock) -> None:
    """Between two turns of a runner somebody may have taken back what it found."""
    keeper = world.desk("liuyang")
    days = [["day", "kind", "name"], ["2027-05-05", "holiday", "校庆"]]
    with pytest.raises(Pending) as pending:
        keeper.calendar.add("", days, Source("days.csv", "0" * 64))
    clock.forward(days=31)
    found = Request.get_by_id(pending.value.request)
    assert found in ripe_in(found.book_id)
    world.desk("liuyang").requests.withdraw(found.id)
    with writing():
        runner._do_ripe(found.id, policy_of(found.book_id), HERE)
    assert not AuditRecord.select().where(AuditRecord.act == "duties.ripe").exists()
    assert CalendarDay.select().count() == 0


@pytest.mark.clause("A.8", "A.10")
def test_each_stage_of_a_clock_is_told_once(world: World, clock: Clock) -> None:
    leave(world, "liuyang", "zhangwen")
    assert duties().reminded == 0
    clock.set("2026-11-27T09:00+08:00")
    assert (duties().reminded, duties().reminded) == (2, 0)
    clock.set("2026-12-01T09:00+08:00")
    done = duties()
    assert (done.reminded, done.escalated) == (2, 2)
    assert duties().escalated == 0
    kinds = [notice.kind for notice in Notice.select().where(Notice.kind != "last-day")]
    assert sorted(kinds) == [
        "decision-due",
        "decision-escalated",
        "decision-overdue",
        "duty-due",
        "duty-escalated",
        "duty-overdue",
    ]
    escalated = Notice.get(Notice.kind == "duty-escalated")
    told = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == escalated)}
    assert told == {world.accounts["wangfang"]}
    decision = Notice.get(Notice.kind == "decision-escalated")
    told = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == decision)}
    assert told == {world.accounts["helei"]}


def test_a_run_looks_at_no_task_that_is_not_due_or_was_told(world: World, clock: Clock) -> None:
    """A review of a hundred thousand people gives each a task, for weeks."""

    def looked_at() -> int:
        return sum(len(some.tasks) for some in due_clocks(policy_of("staff")))

    leave(world, "liuyang", "zhangwen")
    assert looked_at() == 0
    clock.set("2026-11-27T09:00+08:00")
    assert (looked_at(), duties().reminded, looked_at()) == (1, 2, 0)
    clock.set("2026-12-01T09:00+08:00")
    assert (looked_at(), duties().escalated, looked_at()) == (1, 2, 0)


def test_of_many_clocks_some_are_told_of_at_a_time(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write in between."""
    monkeypatch.setattr(reminders, "AT_ONCE", 1)
    leave(world, "liuyang", "zhangwen")
    leave(world, "liuyang", "zhengwei")
    clock.set("2026-11-27T09:00+08:00")
    assert [len(some.tasks) + len(some.requests) for some in due_clocks(policy_of("staff"))] == [1] * 4
    assert (duties().reminded, duties().reminded) == (4, 0)


@pytest.mark.clause("A.9")
def test_the_clock_on_a_change_reminds_its_decider(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    clock.set("2026-11-25T09:00+08:00")
    duties()
    (notice,) = [n for n in world.desk("liuyang").notices.unread() if n.kind == "decision-due"]
    assert (notice.due, notice.clause) == ("2026-11-26", "A.9")


@pytest.mark.clause("D.11.3")
def test_what_lags_in_a_class_is_told_to_the_teacher(world: World, clock: Clock) -> None:
    build_wider_world("class", beside=world)
    world.desk("shilaoshi").lifecycle.expect(
        joiner(world, "高一（3）班", "class", kind="student", values={"name": "新同学"})
    )
    clock.set("2026-11-27T09:00+08:00")
    duties()
    kinds = {notice.kind for notice in world.desk("yanlaoshi").notices.unread()}
    assert "duty-overdue" in kinds


@pytest.mark.clause("A.10", "G.4.3")
def test_whoever_left_the_organisation_is_to_be_removed_from_the_others(world: World, clock: Clock) -> None:
    build_wider_world("wecom", beside=world)
    from db.store.tables import Entry

    Entry.update(person=world.people["zhangwen"]).where(Entry.id == world.entry("shuqi", "wecom")).execute()
    left = LeaveAsked(world.entry("zhangwen"), "2026-11-23", everywhere=True)
    approved(world, "zengqing", world.desk("liuyang").lifecycle.leave(left))
    clock.forward(days=1)
    assert duties().opened == 1
    assert duties().opened == 0
    task = Task.get((Task.book == "wecom") & (Task.kind == "leaver"))
    assert task.entry_id == world.entry("shuqi", "wecom")
    assert (task.due, task.clause) == ("2026-11-26", "G.4.3, own")
    request = leave(world, "huanghr", "shuqi", "wecom")
    assert Task.get_by_id(task.id).request_id == request
    assert Task.select().where((Task.book == "wecom") & (Task.kind == "leaver")).count() == 1


@pytest.mark.threat(19)
def test_two_hosts_at_once_do_each_thing_once(store: Store, world: World, clock: Clock) -> None:
    build_wider_world("safety", beside=world)
    for name in ("甲", "乙", "丙"):
        values = {**joiner(world, "销售中心").values, "name": name}
        world.desk("liuyang").lifecycle.expect(joiner(world, "销售中心", values=values))
    with writing():
        for name in ("丁", "戊"):
            create_entry(
                "staff", world.unit("staff", "研发中心"), "full-time", {"name": (name,)},
                state="pending", joined="2026-11-20",
            )  # fmt: skip
    arguments = [str(store.home.folder), store.settings.database, "2026-12-01T01:00:00+00:00"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _host in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [[int(word) for word in process.communicate(timeout=60)[0].split()] for process in running]
    opened, reminded, escalated, vacant = (sum(column) for column in zip(*answers, strict=True))
    assert (opened, reminded, escalated) == (2, 5, 5)
    assert Task.select().where(Task.kind == "joiner").count() == 5
    assert Notice.select().where(Notice.kind == "duty-escalated").count() == 5
    assert vacant == Notice.select().where(Notice.kind == "vacancy").count()
    assert DutyMark.select().where(DutyMark.key.startswith("escalate:")).count() == 5
    assert audit.verify().sound


@pytest.mark.clause("B.5.5")
def test_vacancies_are_told_by_a_process_that_has_written_nothing_yet(world: World) -> None:
    """On SQLite the first row of a table makes its triggers, which ends what is still being read."""
    build_wider_world("safety", beside=world)
    with writing():
        left = (Entry.book == "safety") & (Entry.id != world.entry("niuer", "safety"))
        Entry.update(state="left").where(left).execute()
    store().database.close()
    store().database.connect()
    with writing():
        assert runner._alarm_vacancies(policy_of("safety"), HERE) == 4
    told = {row.unit_id for row in Notice.select().where(Notice.kind == "vacancy")}
    assert told == {
        world.unit("safety", name) for name in ("安全管理部", "一车间", "一车间/装配班", "仓储部")
    }


@pytest.mark.clause("D.11.2")
@pytest.mark.threat(43)
@pytest.mark.parametrize("looks", ["card", "copy"])
def test_whoever_opens_too_much_of_a_class_is_told_to_the_teacher_once(world: World, looks: str) -> None:
    build_wider_world("class", beside=world)
    entries = [world.entry("jiangtao", "class"), world.entry("luoxi", "class")]
    with writing():
        values = {"name": ("某同学",), "sex": ("female",), "student_number": ("1",)}
        unit = world.unit("class", "高一（3）班")
        entries += [create_entry("class", unit, "student", values) for _number in range(19)]
    deputy = world.desk("shilaoshi")

    def look(entry: int) -> None:
        if looks == "card":
            deputy.directory.card(entry)
        else:
            deputy.directory.copy(entry, "words", purpose="class")

    for entry in entries[:20]:
        look(entry)
        look(entry)
    assert duties().watched == 0, "twenty are what a day allows, however often each is opened"
    look(entries[20])
    assert (duties().watched, duties().watched) == (1, 0)
    (notice,) = [one for one in world.desk("yanlaoshi").notices.unread() if one.kind == "usage"]
    assert (notice.clause, notice.detail) == ("D.11.2, own", {"who": "施老师", "entries": 21})
    assert "施老师" not in Notice.get_by_id(notice.id).detail, "on record it is a number"
    record = AuditRecord.get(AuditRecord.act == "duties.usage")
    assert (record.book, record.clause) == ("class", "D.11.2, own")
    assert not [one for one in deputy.notices.unread() if one.kind == "usage"]


@pytest.mark.clause("D.11.2")
@pytest.mark.threat(43)
def test_what_somebody_opens_counts_together_whatever_account_they_use(world: World) -> None:
    build_wider_world("class", beside=world)
    with writing():
        world.accounts["shi2"] = Account.create(
            login="shi2", person=world.people["shilaoshi"], state="active", created_at=store_clock.now(),
            password_set_at=store_clock.now(),
        ).id  # fmt: skip
        world.grant("shi2", "deputy-teacher", "class")
        values = {"name": ("某同学",), "sex": ("female",), "student_number": ("1",)}
        unit = world.unit("class", "高一（3）班")
        entries = [create_entry("class", unit, "student", values) for _number in range(21)]
    for login, some in (("shilaoshi", entries[:11]), ("shi2", entries[11:])):
        for entry in some:
            world.desk(login).directory.card(entry)
    assert duties().watched == 1
