"""Reminding before a clock runs out, and escalating after: of tasks and of requests alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from db.desk.clockwork import calendar, today
from db.desk.requests.deciding import Decider
from db.desk.requests.turns import Turns
from db.desk.tasks.doers import Doers
from db.desk.tasks.opening import once
from db.desk.telling.notices import tell
from db.policy.effective import EffectivePolicy
from db.store.tables import Request, Task

REMIND_DAYS = 1
"""Working days before a due day at which a request's deciders are reminded, where no duty says more."""

Stage = Literal["remind", "escalate"]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something told about a clock: to whom, about which task or request."""

    stage: Stage
    book: str
    unit: int | None
    entry: int | None
    task: int | None
    request: int | None
    clause: str
    told: int


def signals(policy: EffectivePolicy) -> Iterator[Signal]:
    """Tell what is due soon or overdue in the book of ``policy``, each stage of each clock once."""
    for task in Task.select().where((Task.book == policy.book) & (Task.state == "open")).order_by(Task.id):
        yield from _of_task(policy, task)
    waiting = list(
        Request.select()
        .where((Request.book == policy.book) & (Request.state == "open") & Request.due.is_null(False))
        .order_by(Request.id)
    )
    turns = Turns(waiting)
    for request in waiting:
        yield from _of_request(policy, request, turns)


def _of_task(policy: EffectivePolicy, task: Task) -> Iterator[Signal]:
    rule, doers = policy.duty(task.kind), Doers()
    left = calendar(task.book_id).remaining(today(), date.fromisoformat(task.due))
    about = {"task": task.kind, "number": task.id, "due": task.due}

    def say(stage: Stage, kind: str, whom: Iterable[Decider]) -> Signal:
        told = tell(
            kind, task.book_id, [one.account for one in whom], clause=task.clause, entry=task.entry_id,
            unit=task.unit_id, detail=about,
        )  # fmt: skip
        return Signal(stage, task.book_id, task.unit_id, task.entry_id, task.id, None, task.clause, told)

    theirs = doers.receivers(task) if task.handed_at is not None else doers.of(task)
    if 0 <= left <= (rule.remind_days if rule else REMIND_DAYS) and once(f"remind:task:{task.id}:{task.due}"):
        yield say("remind", "duty-due", theirs)
    if left < 0 and once(f"escalate:task:{task.id}:{task.due}"):
        above = doers.above(task, rule.escalate if rule else policy.maintainer.role)
        watched = [one for role in _watching(policy) for one in doers.above(task, role)]
        yield say("remind", "duty-overdue", theirs)
        yield say("escalate", "duty-escalated", [*above, *watched])


def _of_request(policy: EffectivePolicy, request: Request, turns: Turns) -> Iterator[Signal]:
    rule = policy.duty("change") if request.kind == "change" else None
    left = calendar(request.book_id).remaining(today(), date.fromisoformat(str(request.due)))
    step = turns.open_step(request)
    if step is None:
        return
    clause = request.due_clause or request.clause
    about = {"decision": request.kind, "due": request.due}
    key = f"request:{request.id}:{step.ord}:{request.due}"

    def say(stage: Stage, kind: str, whom: Iterable[Decider]) -> Signal:
        told = tell(
            kind, request.book_id, [one.account for one in whom], clause=clause, entry=request.entry_id,
            unit=request.unit_id, request=request.id, detail=about,
        )  # fmt: skip
        return Signal(
            stage, request.book_id, request.unit_id, request.entry_id, None, request.id, clause, told
        )

    deciders = turns.deciders(request, step)
    if 0 <= left <= (rule.remind_days if rule else REMIND_DAYS) and once(f"remind:{key}"):
        yield say("remind", "decision-due", deciders)
    if left < 0 and once(f"escalate:{key}"):
        case = turns.case(request)
        names = {one.account for one in deciders}
        above = turns.deciding.deciders(case, rule.escalate if rule else policy.maintainer.role)
        higher = turns.deciding.deciders(case, policy.supervisor.role)
        escalated = [one for one in above if one.account not in names] or [
            one for one in higher if one.account not in names
        ]
        yield say("remind", "decision-overdue", deciders)
        yield say("escalate", "decision-escalated", escalated)


def _watching(policy: EffectivePolicy) -> list[str]:
    """Who is alarmed by what is overdue, whatever it is (D.11.3)."""
    return [policy.holder(watch.to) for watch in policy.watches if watch.what == "overdue"]
