"""Reminding before a clock runs out, and escalating after: of tasks and of requests alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from peewee import Value, chunked, fn

from db.desk.due_dates import calendar, has_calendar, today
from db.desk.notifications.notices import store_notice
from db.desk.requests.holding import held_in_time
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.watchers import watchers_of
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.opening import mark_once
from db.policy.effective import EffectivePolicy
from db.store.tables import DutyMark, Request, Task

REMIND_DAYS = 1
"""Working days before a due day at which a request's deciders are reminded, where no duty says more."""

AT_ONCE = 200
"""Clocks that are told of in one transaction, between which others write."""

Stage = Literal["remind", "escalate"]


@dataclass(frozen=True, slots=True)
class ClockSignal:
    """Something told about a clock: to whom, about which task or request."""

    stage: Stage
    book: str
    unit: int | None
    entry: int | None
    task: int | None
    request: int | None
    clause: str
    told: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """Numbers of open tasks and requests that are due soon or overdue."""

    tasks: Sequence[int] = ()
    requests: Sequence[int] = ()


def due_clocks(policy: EffectivePolicy) -> Iterator[Clocks]:
    """Yield, `AT_ONCE` at a time, tasks and requests of the book of which a notice may still be due; none
    where the country's calendar is not known, as `doctor` says."""
    if not has_calendar():
        return
    ahead = max((REMIND_DAYS, *(duty.remind_days for duty in policy.duties)))
    until = calendar(policy.book).deadline(today(), ahead + 1).isoformat()
    tasks: Any = Task.select(Task.id).where(
        (Task.book == policy.book) & (Task.state == "open") & (Task.due <= until) & ~_is_told()
    )
    tasks = tasks.where(~held_in_time(Task))
    requests: Any = Request.select(Request.id).where(
        (Request.book == policy.book) & (Request.state == "open") & (Request.due <= until)
    )
    requests = requests.where(~held_in_time(Request))
    for some in chunked([number for (number,) in tasks.order_by(Task.id).tuples()], AT_ONCE):
        yield Clocks(tasks=some)
    for some in chunked([number for (number,) in requests.order_by(Request.id).tuples()], AT_ONCE):
        yield Clocks(requests=some)


def send_signals(policy: EffectivePolicy, some: Clocks) -> Iterator[ClockSignal]:
    """Store the notices about tasks and requests of ``some`` that are due soon or overdue, each stage of each
    once, and yield them."""
    assignees = TaskAssignees()
    tasks = Task.select().where(Task.id.in_(some.tasks) & (Task.state == "open"))
    for task in tasks.order_by(Task.id):
        yield from _of_task(policy, task, assignees)
    waiting = Request.select().where(Request.id.in_(some.requests) & (Request.state == "open"))
    requests = list(waiting.order_by(Request.id))
    request_approvers = RequestApprovers(requests)
    for request in requests:
        yield from _of_request(policy, request, request_approvers)


def _is_told() -> Any:
    """Build the condition on a `Task` that it was told: as overdue, or before its day as due."""

    def is_marked(stage: Stage) -> Any:
        key = Value(f"{stage}:task:").concat(Task.id.cast("TEXT")).concat(":").concat(Task.due)
        return fn.EXISTS(DutyMark.select(DutyMark.key).where(DutyMark.key == key))

    return is_marked("escalate") | ((Task.due >= today().isoformat()) & is_marked("remind"))


def _of_task(policy: EffectivePolicy, task: Task, assignees: TaskAssignees) -> Iterator[ClockSignal]:
    rule = policy.duty(task.kind)
    left = calendar(task.book_id).remaining(today(), date.fromisoformat(task.due))
    about = {"task": task.kind, "number": task.id, "due": task.due}

    def say(stage: Stage, kind: str, whom: Sequence[int]) -> ClockSignal:
        told = store_notice(
            kind, task.book_id, whom, clause=task.clause, entry=task.entry_id,
            unit=task.unit_id, detail=about,
        )  # fmt: skip
        return ClockSignal(stage, task.book_id, task.unit_id, task.entry_id, task.id, None, task.clause, told)

    due, key = 0 <= left <= (rule.remind_days if rule else REMIND_DAYS), f"task:{task.id}:{task.due}"
    if not (due and mark_once(f"remind:{key}")) and not (left < 0 and mark_once(f"escalate:{key}")):
        return
    waiting = assignees.receivers(task) if task.handed_at is not None else assignees.assignees_of(task)
    theirs = [one.account for one in waiting]
    if due:
        yield say("remind", "duty-due", theirs)
    else:
        roles = (rule.escalate if rule else policy.maintainer.role, *_watching(policy))
        yield say("remind", "duty-overdue", theirs)
        yield say("escalate", "duty-escalated", assignees.holders_above(task, roles))


def _of_request(
    policy: EffectivePolicy, request: Request, request_approvers: RequestApprovers
) -> Iterator[ClockSignal]:
    rule = policy.duty("change") if request.kind == "change" else None
    left = calendar(request.book_id).remaining(today(), date.fromisoformat(str(request.due)))
    step = request_approvers.open_step(request)
    if step is None:
        return
    clause = request.due_clause or request.clause
    about = {"decision": request.kind, "due": request.due}
    key = f"request:{request.id}:{step.ord}:{request.due}"

    def say(stage: Stage, kind: str, whom: Sequence[int]) -> ClockSignal:
        told = store_notice(
            kind, request.book_id, whom, clause=clause, entry=request.entry_id,
            unit=request.unit_id, request=request.id, detail=about,
        )  # fmt: skip
        return ClockSignal(
            stage, request.book_id, request.unit_id, request.entry_id, None, request.id, clause, told
        )

    due = 0 <= left <= (rule.remind_days if rule else REMIND_DAYS)
    if not (due and mark_once(f"remind:{key}")) and not (left < 0 and mark_once(f"escalate:{key}")):
        return
    approvers = [one.account for one in request_approvers.approvers(request, step)]
    if due:
        yield say("remind", "decision-due", approvers)
    else:
        case = request_approvers.case(request)
        roles = (rule.escalate if rule else policy.maintainer.role, policy.supervisor.role)
        held = ([one.account for one in request_approvers.resolver.approvers(case, role)] for role in roles)
        others = filter(None, ([one for one in some if one not in approvers] for some in held))
        barred = request_approvers.resolver.linked_persons(*approvers)
        escalated = next(others, None) or watchers_of(
            case.book, case.unit, barred, request_approvers.resolver
        )
        yield say("remind", "decision-overdue", approvers)
        yield say("escalate", "decision-escalated", escalated)


def _watching(policy: EffectivePolicy) -> list[str]:
    """Return the roles alarmed by what is overdue, whatever it is (D.11.3)."""
    return [policy.role_behind(watch.to) for watch in policy.watches if watch.what == "overdue"]
