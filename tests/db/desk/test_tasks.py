"""Tasks in any order of acts by anybody: never lost, never done twice, never done with anything lacking."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from db.desk import Desk, Invalid, Refused, SessionOver
from db.desk.lifecycle.forms import LeaveAsked
from db.store import audit
from db.store.tables import AuditRecord, Entry, HandBack, Request, Task, TaskProof
from tests.conftest import Clock
from tests.db.desk.lives import duties, evidence, joiner, leave, move
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "secured"
PEOPLE = ("xinan", "fuhr", "ganhr", "shibu", "qinyu")
UNITS = ("信息管理部", "人力资源部", "市场部", "市场部/策划组")
person = st.sampled_from(PEOPLE)
number = st.integers(0, 7)
VALUES = {"name": "新来", "position": "策划", "office_phone": "010 6234 5678", "email": "x@anxin.example"}


class Acts(RuleBasedStateMachine):
    """Joiners, movers, leavers and copies, on any day, by anybody; the runner comes by at any time."""

    world: World
    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, str] = {}
        self.copies = 0

    def desk(self, login: str) -> Desk:
        return self.world.desk(login)

    def entry(self, login: str) -> int:
        return self.world.entry(login, BOOK)

    @rule(login=person, unit=st.sampled_from(UNITS))
    def expect(self, login: str, unit: str) -> None:
        asked = joiner(self.world, unit, BOOK, values=VALUES)
        self.attempt(lambda: self.desk(login).lifecycle.expect(asked))

    @rule(login=person, index=number)
    def join(self, login: str, index: int) -> None:
        waiting = [row.id for row in Entry.select().where(Entry.state == "pending")]
        expected = waiting[index % len(waiting)] if waiting else None
        asked = joiner(self.world, "市场部", BOOK, values=VALUES, expected=expected)
        self.attempt(lambda: self.desk(login).lifecycle.join(asked))

    @rule(login=person, of=person, unit=st.sampled_from(UNITS))
    def move(self, login: str, of: str, unit: str) -> None:
        self.attempt(lambda: move(self.world, login, of, unit, BOOK, day=self.day()))

    @rule(login=person, of=person)
    def leave(self, login: str, of: str) -> None:
        self.attempt(lambda: leave(self.world, login, of, BOOK, self.day()))

    @rule(login=person)
    def take_out(self, login: str) -> None:
        self.copies += 1
        mark = f"COPY-{self.copies:04d}"
        self.attempt(
            lambda: self.desk(login).overview.export(
                "directory", BOOK, None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark,
                parameters={},
            )
        )  # fmt: skip

    @rule(login=person, index=number, verdict=st.sampled_from(["approve", "approve", "approve", "reject"]))
    def decide(self, login: str, index: int, verdict: str) -> None:
        waiting = list(Request.select().where(Request.state == "open").order_by(Request.id))
        if waiting:
            row = waiting[index % len(waiting)]
            self.attempt(lambda: getattr(self.desk(login).queue, verdict)(row.id, row.digest, "一句话"))

    @rule(login=person, index=number)
    def withdraw(self, login: str, index: int) -> None:
        rows = list(Request.select().order_by(Request.id))
        if rows:
            self.attempt(lambda: self.desk(login).requests.withdraw(rows[index % len(rows)].id))

    @rule(login=person, index=number)
    def done(self, login: str, index: int) -> None:
        self.attempt(lambda: self.desk(login).tasks.done(self.task(index)))

    @rule(login=person, index=number, what=st.sampled_from(["sync", "receipt", "hand-back", "archive"]))
    def tick(self, login: str, index: int, what: str) -> None:
        self.attempt(lambda: self.desk(login).tasks.tick(self.task(index), what))

    @rule(login=person, index=number)
    def sign_off(self, login: str, index: int) -> None:
        rows = list(HandBack.select().order_by(HandBack.id))
        if rows:
            self.attempt(lambda: self.desk(login).tasks.sign_off(rows[index % len(rows)].id, "returned"))

    @rule(login=person, index=number)
    def call_off(self, login: str, index: int) -> None:
        self.attempt(lambda: self.desk(login).lifecycle.call_off(self.task(index), "不来了"))

    @rule(hours=st.integers(1, 60))
    def run_duties(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        duties()

    def day(self) -> str:
        return self.clock.now.date().isoformat()

    def task(self, index: int) -> int:
        rows = list(Task.select(Task.id).order_by(Task.id))
        return int(rows[index % len(rows)].id) if rows else 999_999

    def attempt(self, act: Callable[[], object]) -> None:
        """Whoever has left has no session either."""
        try:
            act()
        except (Refused, Invalid, SessionOver):
            return

    @invariant()
    def no_task_is_lost_or_done_twice(self) -> None:
        now = {task.id: task.state for task in Task.select()}
        for task, before in self.known.items():
            assert task in now
            assert before == "open" or now[task] == before
        self.known = now

    @invariant()
    def what_is_done_lacks_nothing(self) -> None:
        for task in Task.select().where(Task.state == "done"):
            unmet = TaskProof.select().where((TaskProof.task == task) & TaskProof.met_at.is_null())
            assert unmet.count() == 0, task.kind
            assert task.late is not None
            entry = Entry.get_by_id(task.entry_id)
            if task.kind == "leaver":
                assert entry.state == "left"
                assert HandBack.select().where(
                    (HandBack.entry == entry) & HandBack.signed_at.is_null()
                ).count() == 0  # fmt: skip
            if task.kind == "mover":
                assert Request.get_by_id(task.request_id).state == "applied"

    @invariant()
    def whoever_is_to_move_or_leave_has_a_task(self) -> None:
        for kind, duty in (("move", "mover"), ("leave", "leaver")):
            for request in Request.select().where((Request.kind == kind) & (Request.state == "open")):
                tasks = Task.select().where((Task.request == request) & (Task.kind == duty))
                assert [task.state for task in tasks] == ["open"]


@pytest.mark.clause("H.5.4")
@pytest.mark.threat(19)
def test_no_order_of_acts_loses_a_task_or_does_it_twice(world: World, clock: Clock) -> None:
    build_wider_world(BOOK, beside=world)
    machine = type("ActsHere", (Acts,), {"world": world, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert audit.verify().sound


def test_mine_is_sorted_by_due_day_and_says_what_is_left(world: World, clock: Clock) -> None:
    first = leave(world, "liuyang", "zhangwen", day="2026-11-23")
    world.desk("liuyang").lifecycle.expect(joiner(world, "研发中心/研发一部"))
    clock.set("2026-11-30T09:00+08:00")
    window = world.desk("zengqing").tasks.mine()
    assert [(row.kind, row.due.day, row.due.left, row.due.clause) for row in window.rows] == [
        ("joiner", "2026-11-26", -2, "A.8"),
        ("leaver", "2026-11-30", 0, "A.10"),
    ]
    assert (window.total, window.overdue) == (2, 1)
    assert window.rows[1].request == first
    assert window.rows[1].lacks != ()
    for login in ("zhangwei", "helei", "guotao", "tangyu"):
        assert world.desk(login).tasks.mine().total == 0
    assert world.desk("zengqing").tasks.mine(offset=1).rows == window.rows[1:]


@pytest.mark.threat(18, 23)
def test_another_persons_task_looks_like_none(world: World) -> None:
    leave(world, "liuyang", "zhangwen")
    task = Task.get().id
    for login in ("zhangwei", "helei", "zhangwen", "tangyu", "wangfang"):
        desk = world.desk(login)
        for act in (desk.tasks.one, desk.tasks.done, lambda one, desk=desk: desk.tasks.tick(one, "sync")):
            answers = []
            for number in (task, 999_999):
                with pytest.raises(Refused) as caught:
                    act(number)
                answers.append((caught.value.message, caught.value.clause, caught.value.advice))
            assert answers[0] == answers[1]
    refusals = AuditRecord.select().where(AuditRecord.outcome == "refused")
    assert refusals.count() == 5 * 3 * 2


def test_nobody_does_the_task_about_themselves(world: World) -> None:
    """An officer of human resources leaves; the colleague does it."""
    leave(world, "liuyang", "zengqing")
    assert world.desk("zengqing").tasks.mine().total == 0
    assert world.desk("liuyang").tasks.mine().total == 1


def test_a_leaver_with_evidence_and_a_second_request_for_the_same(world: World) -> None:
    desk = world.desk("liuyang")
    desk.lifecycle.leave(LeaveAsked(world.entry("zhangwen"), "2026-11-23", "辞职", evidence(desk)))
    with pytest.raises(Refused) as caught:
        leave(world, "liuyang", "zhangwen")
    assert "under way" in caught.value.message.text
    assert Task.select().where(Task.kind == "leaver").count() == 1
