"""What waits to be told to the system outside: taken one at a time, by one host at a time, and once.

Telling takes the network, so it happens between two transactions and never within one: `next_change` takes
a change, `tui.outside.wecom` tells it, `record_synced` or `record_unsynced` notes what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from db.approval.facts import ApprovalContext
from db.desk.authority.permissions import policy_of
from db.desk.entry.systems import WECOM, rule_of
from db.desk.notifications.notices import store_notice
from db.desk.outside.people import OutsidePerson, account_of, told_of
from db.desk.refusal import SILENT
from db.desk.requests.approvers import ApproverResolver
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.finishing import SYNC, finish_if_complete, mark_proof
from db.store import audit, clock
from db.store.sql import for_update
from db.store.tables import Entry, OutsideChange, OutsideMember, OutsideUnit, Task, TaskProof
from db.store.transactions import writing

BACK_OFF = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes to wait after each failed attempt; after the last one somebody has to look at it."""
AGAIN_AFTER = timedelta(days=1)
"""How long what somebody has to look at waits until it is tried again all the same."""
LEASE = timedelta(minutes=10)
"""For how long a change that is being told is nobody else's."""


@dataclass(frozen=True, slots=True)
class ChangeToTell:
    """What is to be told now: ``told`` as the person is to be known, or that ``account`` goes."""

    id: int
    entry: int
    book: str
    event: str
    attempts: int
    told: OutsidePerson | None = field(repr=False)
    account: str


def next_change() -> ChangeToTell | None:
    """Lock and lease the next due change, with all that wait for the same entry, and count an attempt: for a
    while nobody else takes them. Return None where none is due. Changes given up a day ago or more wait
    again. A transaction of its own."""
    with writing():
        now = clock.now()
        _try_again()
        held = OutsideChange.select(OutsideChange.entry).where(
            (OutsideChange.state == "waiting") & (OutsideChange.held_until > now)
        )
        due = (
            OutsideChange.select()
            .where(
                (OutsideChange.state == "waiting")
                & (OutsideChange.next_at <= now)
                & OutsideChange.entry.not_in(held)
            )
            .order_by(OutsideChange.next_at, OutsideChange.id)
            .limit(1)
        )
        first = for_update(due).first()
        if first is None:
            return None
        row = (
            OutsideChange.select()
            .where((OutsideChange.entry == first.entry_id) & (OutsideChange.state == "waiting"))
            .order_by(OutsideChange.id.desc())
            .first()
        )
        until = clock.stamp(clock.utcnow() + LEASE)
        attempts = first.attempts + 1
        OutsideChange.update(attempts=attempts, next_at=until, held_until=until).where(
            _up_to(row.entry_id, row.id)
        ).execute()
        return ChangeToTell(
            id=row.id,
            entry=row.entry_id,
            book=row.book_id,
            event=row.event,
            attempts=attempts,
            told=told_of(row.entry_id),
            account=account_of(row.entry_id),
        )


def _try_again() -> None:
    """Make changes that were given up a day ago or more wait again: nothing is given up for good without a
    person (threat 74)."""
    old = (OutsideChange.state == "dead") & (
        OutsideChange.done_at <= clock.stamp(clock.utcnow() - AGAIN_AFTER)
    )
    OutsideChange.update(state="waiting", next_at=clock.now(), done_at=None).where(old).execute()


def how_many_wait() -> int:
    """Count the entries of which something waits whose time has come."""
    due = (OutsideChange.state == "waiting") & (OutsideChange.next_at <= clock.now())
    return int(OutsideChange.select(OutsideChange.entry).where(due).distinct().count())


def record_synced(change: ChangeToTell, numbers: Mapping[int, int], account: str) -> None:
    """Store and record that the outside system has the entry as ``account``, with its ``numbers`` of units;
    mark that on the tasks that waited for it, and end those that lack nothing else. A transaction of its
    own."""
    with writing():
        moment = clock.now()
        OutsideChange.update(state="done", done_at=moment, problem="", held_until=None).where(
            _up_to(change.entry, change.id)
        ).execute()
        _remember(change, numbers, account, moment)
        met = []
        for task in _waiting(change.entry):
            if mark_proof(task, SYNC, None, f"WeCom: {account}"[:200]):
                met.append(task.id)
                finish_if_complete(task, None)
        _record(change, "done", tasks=met)


def record_unsynced(change: ChangeToTell, problem: str, *, in_vain: bool) -> None:
    """Store and record that the outside system was not told: it is tried again later, or, ``in_vain`` or
    after too many attempts, only in a day. Store the problem on the tasks that wait for it, and notify their
    assignees of a new one. A transaction of its own."""
    with writing():
        over = in_vain or change.attempts > len(BACK_OFF)
        before = OutsideChange.get_by_id(change.id).problem
        wait = timedelta(minutes=BACK_OFF[min(change.attempts, len(BACK_OFF)) - 1])
        OutsideChange.update(
            state="dead" if over else "waiting",
            next_at=clock.stamp(clock.utcnow() + wait),
            held_until=None,
            problem=problem[:200],
            done_at=clock.now() if over else None,
        ).where(_up_to(change.entry, change.id)).execute()
        for task in _waiting(change.entry):
            TaskProof.update(word=problem[:200]).where(
                (TaskProof.task == task) & (TaskProof.what == SYNC) & TaskProof.met_at.is_null()
            ).execute()
        if over and problem[:200] != before:
            _tell_doers(change, problem)
        _record(change, "failed", reason=problem[:200], dead=over)


def _up_to(entry: int, last: int) -> object:
    return (OutsideChange.entry == entry) & (OutsideChange.id <= last) & (OutsideChange.state == "waiting")


def _remember(change: ChangeToTell, numbers: Mapping[int, int], account: str, moment: str) -> None:
    for unit, number in numbers.items():
        OutsideUnit.insert(system=WECOM, unit=unit, number=number).on_conflict(
            conflict_target=[OutsideUnit.system, OutsideUnit.unit], update={OutsideUnit.number: number}
        ).execute()
    person = Entry.get_by_id(change.entry).person_id
    OutsideMember.delete().where((OutsideMember.system == WECOM) & (OutsideMember.person == person)).execute()
    if change.told is not None:
        OutsideMember.create(system=WECOM, person=person, account=account, sent=change.told.digest, at=moment)


def _waiting(entry: int) -> list[Task]:
    """Return open tasks about the entry that can't end before the outside system is in step."""
    asking = TaskProof.select(TaskProof.task).where((TaskProof.what == SYNC) & TaskProof.met_at.is_null())
    return list(Task.select().where((Task.entry == entry) & (Task.state == "open") & Task.id.in_(asking)))


def _tell_doers(change: ChangeToTell, problem: str) -> None:
    rule, assignees, row = rule_of(change.book), TaskAssignees(), Entry.get_by_id(change.entry)
    waiting = _waiting(change.entry)
    whom = [one for task in waiting for one in assignees.assignees_of(task)]
    if not whom:
        case = ApprovalContext(change.book, row.unit_id, row.id, frozenset())
        whom = list(ApproverResolver().approvers(case, policy_of(change.book).maintainer.role))
    store_notice(
        "sync-failed",
        change.book,
        [one.account for one in whom],
        clause=rule.clause if rule is not None else SILENT,
        entry=change.entry,
        unit=row.unit_id,
        detail={"reason": problem[:200]},
    )


def _record(change: ChangeToTell, outcome: str, **detail: object) -> None:
    rule, row = rule_of(change.book), Entry.get_by_id(change.entry)
    audit.append(
        act="outside.tell",
        outcome=outcome,
        book=change.book,
        unit=row.unit_id,
        entry=change.entry,
        clause=rule.clause if rule is not None else SILENT,
        detail={"system": WECOM, "event": change.event, **detail},
    )
