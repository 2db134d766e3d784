"""What a policy asks for when somebody joins, moves or leaves: the clock, and the duties with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import calendar, issues_after
from db.desk.entry.colleagues import side_of
from db.desk.tasks.opening import open_task
from db.policy.effective import EffectivePolicy
from db.policy.rules import DutyRule, Need, Requirement
from db.policy.schema.base import cite_amount
from db.policy.vocabulary import DutyKind, Operation, Side
from db.store.tables import Entry, Task

Event = Literal["join", "move", "leave"]
EVENTS: tuple[Event, ...] = ("join", "move", "leave")

ENTERED: dict[Event, tuple[DutyKind, ...]] = {
    "join": ("joiner", "enrolment"),
    "move": ("mover", "transfer"),
    "leave": ("leaver", "withdrawal"),
}
"""Duties that are done by entering the event in the book."""

OPERATION: dict[Event, Operation] = {"join": "create", "move": "edit", "leave": "remove"}
"""What entering it does to the book, in the word that a denial uses."""


def entry_duties(policy: EffectivePolicy, event: Event, side: Side) -> Iterator[DutyRule]:
    """Yield the policy's duties to enter ``event``; there are none about outside contacts."""
    if side == "external":
        return
    for kind in ENTERED[event]:
        duty = policy.duty(kind)
        if duty is not None:
            yield duty


def entry_due(policy: EffectivePolicy, event: Event, side: Side, day: date) -> tuple[str, str] | None:
    """Work out by when ``event`` of ``day`` has to be in the book: the earliest due day (ISO) and the clause
    that sets it; None where nothing does. What an edition brings on a weekday is there by then (I.4.2.1)."""
    days = [(duty.days, duty.due_clause) for duty in entry_duties(policy, event, side)]
    deadline = policy.flow(event).deadline
    if deadline is not None:
        days.append((deadline.days, deadline.clause))
    if not days:
        return None
    clocks = [(calendar(policy.book).deadline(day, count), clause) for count, clause in days]
    if side == "internal":
        clocks += issues_after(policy, day)
    due = min(one for one, _clause in clocks)
    return due.isoformat(), cite_amount([clause for one, clause in clocks if one == due])


def evidence_asked(policy: EffectivePolicy, event: Event, side: Side) -> Need:
    """Return whether evidence has to be attached, with the clause: by the flow, or as a proof of the duty."""
    need = policy.flow(event).evidence
    if need:
        return need
    asked = proof_asked(policy, event, side, "evidence")
    return Need(True, asked.clause) if asked is not None else need


def announcement(policy: EffectivePolicy, event: Event, side: Side) -> Need:
    """Return whether the event has to be announced, with the clause: by the flow, or by a duty to enter
    it."""
    need = policy.flow(event).announce
    if need:
        return need
    for duty in entry_duties(policy, event, side):
        if duty.announce:
            return Need(True, duty.announce_clause)
    return need


def proof_asked(policy: EffectivePolicy, event: Event, side: Side, what: str) -> Requirement | None:
    """Return the requirement ``what`` of the duties to enter ``event``, if any asks for it."""
    for duty in entry_duties(policy, event, side):
        for proof in duty.requires:
            if proof.what == what:
                return proof
    return None


def sync_steps(policy: EffectivePolicy, event: Event, side: Side) -> tuple[Requirement, ...]:
    """Return the step in each outside system that has to be kept in step on ``event`` (G.4); none for outside
    contacts."""
    if side == "external":
        return ()
    word = "change" if event == "move" else event
    return tuple(Requirement("sync", rule.clause) for rule in policy.sync if word in rule.on)


def open_duties(
    policy: EffectivePolicy, event: Event, *, entry: int, unit: int, day: date, request: int | None
) -> list[Task]:
    """Open the tasks to enter ``event`` and return them; those that wait for it already are tied to
    ``request``."""
    opened = []
    side = side_of(Entry.get_by_id(entry))
    for duty in entry_duties(policy, event, side):
        waiting = Task.get_or_none(
            (Task.entry == entry)
            & (Task.book == policy.book)
            & (Task.kind == duty.kind)
            & (Task.state == "open")
        )
        if waiting is not None:
            if request is not None:
                Task.update(request=request).where(Task.id == waiting.id).execute()
            opened.append(Task.get_by_id(waiting.id))
            continue
        key = f"{duty.kind}:{policy.book}:{entry}" + (f":{request}" if event != "join" else "")
        made = open_task(
            key,
            duty,
            policy.book,
            unit=unit,
            started_on=day,
            entry=entry,
            request=request,
            also=sync_steps(policy, event, side),
        )
        if made is not None:
            opened.append(made)
    return opened


def set_clock(task: Task, day: date) -> None:
    """Set the task's clock to run from ``day``, and its due day with it; nothing for a kind that is no duty
    any more."""
    duty = policy_of(task.book_id).duty(task.kind)
    if duty is not None and task.started_on != day.isoformat():
        due = calendar(task.book_id).deadline(day, duty.days).isoformat()
        Task.update(started_on=day.isoformat(), due=due).where(Task.id == task.id).execute()


def hand_back_duty(policy: EffectivePolicy) -> DutyRule | None:
    """Return the duty of the person to hand back what they hold (H.5.4), done within its own clock."""
    duty = policy.duty("hand-back")
    return replace(duty, by="person") if duty is not None else None
