"""Opening tasks, each once: whichever host or operation comes first opens it (not an operation)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from db.desk.due_dates import calendar
from db.policy.rules import DutyRule, Requirement
from db.store import clock
from db.store.engine import database
from db.store.tables import Task, TaskProof

STARTS_TO_WATCH = 60
"""Days for which the duty runner looks back for what starts a duty."""


def mark_once(key: str) -> bool:
    """Store the mark ``key`` within the running transaction; return False if it was there. Of two at the same
    moment one waits for the other's transaction."""
    mark = database.param
    made = database.execute_sql(
        f"INSERT INTO duty_mark (key, at) VALUES ({mark}, {mark}) ON CONFLICT (key) DO NOTHING",
        (key, clock.now()),
    )
    return bool(made.rowcount == 1)


def once_a_day(key: str) -> bool:
    """Mark ``key`` as done today (UTC) in the running transaction; False if it was before."""
    if mark_once(key):
        return True
    mark, now = database.param, clock.now()
    made = database.execute_sql(
        f"UPDATE duty_mark SET at = {mark} WHERE key = {mark} AND at < {mark}", (now, key, now[:10])
    )
    return bool(made.rowcount == 1)


def open_task(
    duty: str,
    rule: DutyRule,
    book: str,
    *,
    unit: int,
    started_on: date,
    entry: int | None = None,
    account: int | None = None,
    request: int | None = None,
    also: Iterable[Requirement] = (),
) -> Task | None:
    """Store the task that ``rule`` asks for, under the key ``duty``, with its proofs; None where it was
    opened before. Notifies nobody. The due day counts from ``started_on`` in working days. ``also``: proofs
    besides the rule's own."""
    if not mark_once(f"open:{duty}"):
        return None
    task = Task.create(
        duty=duty,
        kind=rule.kind,
        book=book,
        entry=entry,
        unit=unit,
        role=None if account is not None else rule.by,
        account=account,
        clause=rule.due_clause,
        opened_at=clock.now(),
        started_on=started_on.isoformat(),
        due=calendar(book).deadline(started_on, rule.days).isoformat(),
        request=request,
    )
    for proof in (*rule.requires, *also):
        TaskProof.insert(task=task, what=proof.what, clause=proof.clause).on_conflict_ignore().execute()
    return task
