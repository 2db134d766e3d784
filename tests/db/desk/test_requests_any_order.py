"""Whatever anybody does in whatever order: nothing unapproved is applied, nobody approves their own,
and steps are neither skipped nor reordered (E.13)."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from db.desk import Desk, Invalid, Refused
from db.desk.entry.record import load_entry
from db.store import audit
from db.store.engine import Store
from db.store.tables import Account, DayCount, Entry, Request, RequestEvent, RequestStep
from db.store.transactions import writing
from tests.agreed import carried_through
from tests.db.desk.asking import change
from tests.world import World

BOOK = "group"
PEOPLE = ("majun", "huangbo", "songjia", "liuyang", "luoyan", "helei", "chenjing", "zhangwei")
person = st.sampled_from(PEOPLE)
number = st.integers(0, 5)


class Acts(RuleBasedStateMachine):
    """Acts of anybody on any request; the record is compared with what its history allows."""

    world: World
    numbers = count(1)
    """The record stays from one run to the next, so no number is asked for twice."""

    def __init__(self) -> None:
        super().__init__()
        with writing():  # each run is a day of its own
            DayCount.delete().execute()
        self.made: list[int] = []
        entries = Entry.select().where(Entry.book == BOOK)
        self.versions = {row.id: row.version for row in entries}

    def desk(self, login: str) -> Desk:
        return self.world.desk(login)

    def chosen(self, index: int) -> int:
        return self.made[index % len(self.made)] if self.made else 999_999

    @rule(login=person)
    def submit(self, login: str) -> None:
        mobile = f"139{next(self.numbers):08d}"
        if (BOOK, login) in self.world.entries:
            self.made.append(change(self.world, login, BOOK, mobile=mobile))

    @rule(
        login=person,
        index=number,
        verdict=st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
    )
    def decide(self, login: str, index: int, verdict: str) -> None:
        request = self.chosen(index)
        row = Request.get_or_none(Request.id == request)
        digest = row.digest if row is not None else ""
        queue = self.desk(login).queue
        acts = {"approve": queue.approve, "return": queue.return_, "reject": queue.reject}
        self.attempt(lambda: acts[verdict](request, digest, "一句话"))

    @rule(login=person, indices=st.lists(number, max_size=3))
    def approve_many(self, login: str, indices: Sequence[int]) -> None:
        rows = [Request.get_or_none(Request.id == self.chosen(index)) for index in indices]
        chosen = [(row.id, row.digest) for row in rows if row is not None]
        self.attempt(lambda: self.desk(login).queue.approve_many(chosen))

    @rule(login=person, index=number)
    def withdraw(self, login: str, index: int) -> None:
        self.attempt(lambda: self.desk(login).requests.withdraw(self.chosen(index)))

    @rule(login=person, index=number)
    def amend(self, login: str, index: int) -> None:
        request, asked = self.chosen(index), {"mobile": f"138{next(self.numbers):08d}"}
        row = Request.get_or_none(Request.id == request)
        version = Entry.get_by_id(row.entry_id).version if row is not None else 1
        self.attempt(lambda: self.desk(login).changes.amend(request, version, asked, "改正"))

    @rule(login=person, to=person, role=st.sampled_from(["head", "hr"]))
    def delegate(self, login: str, to: str, role: str) -> None:
        account, desk = self.world.accounts[to], self.desk(login)

        def hand_on() -> None:
            desk.delegation.delegate(role, BOOK, account, "2026-11-23", "2026-11-30")

        self.attempt(lambda: carried_through(hand_on, desk))

    def attempt(self, act: object) -> None:
        assert callable(act)
        try:
            act()
        except (Refused, Invalid):
            return

    @invariant()
    def applied_exactly_what_all_steps_approved(self) -> None:
        applied: dict[int, int] = {}
        for request in self.made:
            row = Request.get_by_id(request)
            steps = list(RequestStep.select().where(RequestStep.request == row).order_by(RequestStep.ord))
            approved = [step for step in steps if step.state == "approved"]
            assert [step.role for step in steps] == ["head", "hr"]
            assert approved == steps[: len(approved)]
            assert all(step.digest == row.digest for step in approved)
            assert (row.state == "applied") == (len(approved) == len(steps))
            self.check_people(row, steps)
            if row.state == "applied":
                applied[row.entry_id or 0] = applied.get(row.entry_id or 0, 0) + 1
                assert RequestEvent.select().where(
                    (RequestEvent.request == row) & (RequestEvent.act == "applied")
                ).count() == 1  # fmt: skip
        for entry, version in self.versions.items():
            assert load_entry(entry).version == version + applied.get(entry, 0)

    def check_people(self, row: Request, steps: Sequence[RequestStep]) -> None:
        requester = Account.get_by_id(row.requester_id).person_id
        taken = []
        for step in steps:
            people = [
                Account.get_by_id(account).person_id
                for account in (step.decided_by_id, step.on_behalf_of_id)
                if account is not None
            ]
            assert requester not in people
            taken += people[:1]
        assert len(taken) == len(set(taken))


@pytest.mark.clause("E.13", "E.13.1", "E.13.2", "E.13.3", "E.6.4")
@pytest.mark.threat(18, 19)
def test_no_order_of_acts_gets_round_the_rules(world: World) -> None:
    machine = type("ActsHere", (Acts,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert audit.verify().sound


APPROVE = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from db.desk import Actor, Overtaken, open_desk
    from db.store.opening import open_store
    from db.store.settings import Home, Settings

    folder, database, account, session, request, digest = sys.argv[1:]
    open_store(Home(Path(folder)), Settings(database=database))
    desk = open_desk(Actor(int(account), "", int(session), "192.0.2.7", "ssh", "full", "zh_CN"))
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        desk.queue.approve(int(request), digest)
        print("done")
    except Overtaken:
        print("overtaken")
    """
)


@pytest.mark.clause("E.13.3")
def test_of_two_who_approve_at_once_one_is_told_the_other_was_first(store: Store, world: World) -> None:
    """Two processes of human resources press the key in the same moment."""
    request = change(world, "majun", BOOK)
    head = world.desk("huangbo")
    head.queue.approve(request, head.queue.one(request).digest)
    digest = Request.get_by_id(request).digest
    running = []
    for login in ("liuyang", "luoyan"):
        actor = world.actor(login)
        arguments = [str(store.home.folder), store.settings.database, str(actor.account), str(actor.session)]
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", APPROVE, *arguments, str(request), digest],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in running)
    assert answers == ["done", "overtaken"]
    assert load_entry(world.entry("majun", BOOK)).version == 2
    assert audit.verify().sound
