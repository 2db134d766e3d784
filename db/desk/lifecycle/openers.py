"""What the duty runner finds to open: tasks whose start is on record and that no operation opened.

Each task has a key of its own, so that it is opened once whoever finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from db.desk.authority.permissions import root_of
from db.desk.authority.rules_on_record import asked_since
from db.desk.due_dates import today
from db.desk.entry.colleagues import side_of
from db.desk.entry.units import path_of
from db.desk.lifecycle.events import Event, entry_duties, open_duties, sync_steps
from db.desk.lifecycle.last_day import opened_by
from db.desk.notation.localtime import day_begins, local
from db.desk.refusal import SILENT
from db.desk.requests.change_kind import POST
from db.desk.requests.payload import lines_of
from db.desk.requests.request_kinds import is_of_pupils
from db.desk.tasks.finishing import HAND_BACK
from db.desk.tasks.handback import begin_hand_back
from db.desk.tasks.opening import STARTS_TO_WATCH, open_task
from db.policy.effective import EffectivePolicy
from db.policy.rules import DutyRule
from db.store import clock
from db.store.sql import constant
from db.store.tables import Book, Entry, LastDay, Request, Task, TaskProof, Unit

REMOVED_WITHIN = 5
"""Working days within which who left the organisation is removed where no regulation says so."""


def open_joiner_tasks(policy: EffectivePolicy) -> list[Task]:
    """Open the tasks to complete entries that wait, however they came, and of which there was no task yet
    (A.8, D.5.1); return them. None where the policy has no duty to enter joiners."""
    if not any(True for _rule in entry_duties(policy, "join", "internal")):
        return []
    rows = Entry.select().where((Entry.book == policy.book) & (Entry.state == constant("pending")))
    known = Task.select(Task.entry).where((Task.book == policy.book) & Task.entry.is_null(False))
    found = []
    for row in rows.where(Entry.id.not_in(known)).order_by(Entry.id):
        day = date.fromisoformat(row.joined) if row.joined else _day(row.updated_at)
        found += open_duties(policy, "join", entry=row.id, unit=row.unit_id, day=day, request=None)
    return found


def open_filing_task(policy: EffectivePolicy) -> list[Task]:
    """Open a task to file each joiner of another book once, and return the tasks (B.5.4, B.5.5). It is for
    the officer of the same unit here; where there is no such unit, for whoever keeps this book, if it is of
    the same organisation. Pupils are not filed."""
    duty = policy.duty("filing")
    if duty is None or duty.start != "join":
        return []
    found, since = [], _since(policy, duty.kind)
    entered = ((f"{request.id}", entry) for request, entry in _applied(policy, "join", since))
    for key, entry in (*entered, *_imported(policy, since)):
        if (
            side_of(entry) == "internal"
            and not is_of_pupils(entry.book_id, "join")
            and not _filed(policy, entry)
        ):
            unit = _same_unit(policy.book, entry.unit_id)
            if unit is None and not _share_people(policy.book, entry.book_id):
                continue
            rule = duty if unit is not None else replace(duty, by=policy.maintainer.role)
            key, unit = f"filing:{policy.book}:{key}", unit or root_of(policy.book)
            day = date.fromisoformat(entry.joined) if entry.joined else _day(entry.updated_at)
            found.append(open_task(key, rule, policy.book, unit=unit, started_on=day, entry=entry.id))
    return [task for task in found if task is not None]


def _imported(policy: EffectivePolicy, since: str) -> Iterator[tuple[str, Entry]]:
    """Yield who joined another book ``since`` then and came into it in a file, each with a key."""
    by_form = Request.select(Request.entry).where((Request.kind == "join") & Request.entry.is_null(False))
    lately = (Entry.joined >= _day(since).isoformat()) & (Entry.state == "active")
    rows = Entry.select().where(lately & (Entry.book != policy.book) & Entry.id.not_in(by_form))
    yield from ((f"entry{row.id}", row) for row in rows.order_by(Entry.id))


def _share_people(book: str, other: str) -> bool:
    """Return whether somebody is in both books, as where both are of one organisation. Otherwise the keepers
    of this book would get the names of another company's joiners."""
    here = Entry.select(Entry.person).where((Entry.book == book) & (Entry.state == "active"))
    there = Entry.select().where((Entry.book == other) & (Entry.state == "active") & Entry.person.in_(here))
    return bool(there.exists())


def _filed(policy: EffectivePolicy, entry: Entry) -> bool:
    """Return whether the person of ``entry`` was filed for another entry that is still there."""
    filed = Task.select().join(Entry).where((Task.book == policy.book) & (Task.kind == "filing"))
    still = (Entry.person == entry.person_id) & (Entry.state == "active") & (Entry.id != entry.id)
    return bool(filed.where(still).exists())


def open_officer_change_tasks(policy: EffectivePolicy) -> list[Task]:
    """Open a task about each person of this book who moved, left or came to another post in another one, for
    those who answer for them here (B.5.5); return the tasks."""
    duty = policy.duty("officer-change")
    if duty is None:
        return []
    found = []
    since = _since(policy, duty.kind)
    changed = (*_applied(policy, "move", since), *_other_posts(policy, since))
    moved = [(one, entry, _day(str(one.closed_at))) for one, entry in changed]
    for request, entry, day in (*moved, *_leavers_of_other_books(policy, since)):
        for here in _entries_here(policy.book, entry.person_id, day):
            key = f"officer-change:{policy.book}:{here.id}:{request.id}"
            found.append(open_task(key, duty, policy.book, unit=here.unit_id, started_on=day, entry=here.id))
    return [task for task in found if task is not None]


def open_removal_tasks(policy: EffectivePolicy) -> list[Task]:
    """Open a task to remove each person of this book who left the organisation, whether its regulations say
    so or not (A.10, G.4.3), list the copies to hand back before that (H.5.4), and return the tasks."""
    found = []
    for key, person, day in _leavers_of_organisation(policy):
        for here in _entries_here(policy.book, person, day):
            duties = list(entry_duties(policy, "leave", side_of(here))) or [_to_remove(policy)]
            waiting = Task.select().where(
                (Task.entry == here.id) & Task.kind.in_([rule.kind for rule in duties])
            )
            if waiting.exists():
                continue
            for duty in duties:
                found.append(
                    open_task(
                        f"{duty.kind}:{policy.book}:{here.id}:{key}",
                        duty,
                        policy.book,
                        unit=here.unit_id,
                        started_on=day,
                        entry=here.id,
                    )
                )
    opened = [task for task in found if task is not None]
    for task in opened:
        begin_hand_back(task)
    return opened


def add_later_proofs(policy: EffectivePolicy) -> list[Task]:
    """Add to open tasks about moves and leaves what a regulation asks for that came after them: the copies,
    which are listed (H.5.4), and the step in an outside system (G.4.3). Returns no task, as it opens none."""
    events: tuple[Event, ...] = ("move", "leave")
    for event in events:
        for duty in entry_duties(policy, event, "internal"):
            more = (one for one in duty.requires if one.what == HAND_BACK)
            for proof in (*more, *sync_steps(policy, event, "internal")):
                known = TaskProof.select(TaskProof.task).where(TaskProof.what == proof.what)
                here = (Task.book == policy.book) & (Task.kind == duty.kind) & (Task.state == "open")
                for task in list(Task.select().where(here & Task.id.not_in(known)).order_by(Task.id)):
                    TaskProof.create(task=task, what=proof.what, clause=proof.clause)
                    begin_hand_back(task)
    return []


def _leavers_of_organisation(policy: EffectivePolicy) -> Iterator[tuple[str, int, date]]:
    """Yield a key, the person and the last day of each who left the organisation lately by another book."""
    ended = (
        LastDay.select(LastDay, Entry)
        .join(Entry)
        .where((LastDay.state == "ended") & LastDay.everywhere & (Entry.book != policy.book))
    )
    for row in ended.where(LastDay.ended_at >= _lately()).order_by(LastDay.id):
        yield opened_by(row), row.entry.person_id, date.fromisoformat(row.day)


def _to_remove(policy: EffectivePolicy) -> DutyRule:
    """Build the duty to remove somebody who left the organisation, for a book without a regulation that has
    one."""
    return DutyRule(
        kind="leaver", days=REMOVED_WITHIN, start="leave", by=policy.maintainer.role, requires=(),
        announce=(), hands_out=False, remind_days=1, escalate=policy.supervisor.role, clause=SILENT,
    )  # fmt: skip


def _applied(policy: EffectivePolicy, kind: str, since: str, *where: Any) -> Iterator[tuple[Request, Entry]]:
    """Yield requests of ``kind`` that were applied in other books ``since`` then, each with its entry."""
    rows = Request.select().where(
        *where,
        (Request.kind == kind)
        & (Request.state == "applied")
        & (Request.book != policy.book)
        & (Request.closed_at >= since)
        & Request.entry.is_null(False),
    )
    for row in rows.order_by(Request.id):
        yield row, Entry.get_by_id(row.entry_id)


def _other_posts(policy: EffectivePolicy, since: str) -> Iterator[tuple[Request, Entry]]:
    """Yield changes of the post in another book of those who are in this one; decrypts what they ask for."""
    here = Entry.select(Entry.person).where((Entry.book == policy.book) & (Entry.state == "active"))
    theirs = Entry.select(Entry.id).where(Entry.person.in_(here))
    for request, entry in _applied(policy, "change", since, Request.entry.in_(theirs)):
        if POST in {line.field for line in lines_of(request)}:
            yield request, entry


def _leavers_of_other_books(policy: EffectivePolicy, since: str) -> Iterator[tuple[Request, Entry, date]]:
    """Yield approved requests of those who left another book ``since`` then, each with its entry and the last
    day: what was approved ahead is none before that is over."""
    rows = (
        LastDay.select(LastDay, Request, Entry)
        .join(Request)
        .switch(LastDay)
        .join(Entry)
        .where((Request.state == "applied") & (Request.book != policy.book) & (LastDay.state != "lifted"))
        .where((LastDay.state == "ended") | (Entry.state == "left"))
    )
    lately = (LastDay.day >= _day(since).isoformat()) | (Request.closed_at >= since)
    for row in rows.where(lately).order_by(LastDay.id):
        yield row.request, row.entry, date.fromisoformat(row.day)


def _entries_here(book: str, person: int, day: date) -> list[Entry]:
    """Find the person's entries in ``book``; but those of who came back after ``day``."""
    here = Entry.select().where((Entry.book == book) & (Entry.person == person) & (Entry.state == "active"))
    return [row for row in here if not row.joined or row.joined <= day.isoformat()]


def _same_unit(book: str, unit: int) -> int | None:
    """Return the unit of ``book`` that corresponds to ``unit``, or to the nearest above it that has one: it
    has the same name, and the shorter of both paths holds only names of the longer, in order. Of several the
    one with the longest match; None where two fit as well."""
    path = path_of(unit)[1:]
    for end in range(len(path), 0, -1):
        fitting: dict[int, list[int]] = {}
        named = (Unit.book == book) & (Unit.name == path[end - 1]) & Unit.active & Unit.parent.is_null(False)
        for one in Unit.select(Unit.id).where(named):
            shorter, longer = sorted((path_of(one.id)[1:], path[:end]), key=len)
            rest = iter(longer)
            if all(name in rest for name in shorter):
                fitting.setdefault(len(shorter), []).append(one.id)
        best = fitting[max(fitting)] if fitting else []
        if len(best) == 1:
            return best[0]
    return None


def _lately() -> str:
    return clock.stamp(clock.utcnow() - timedelta(days=STARTS_TO_WATCH))


def _since(policy: EffectivePolicy, kind: str) -> str:
    """Return since when it is looked for what starts the duty ``kind``: lately, and not before there was the
    book or a regulation of it that has the duty."""
    asked = asked_since(policy.book, lambda one: one.duty(kind))
    began = day_begins(date.fromisoformat(asked)) if asked else ""
    return max(_lately(), str(Book.get_by_id(policy.book).made_at), began)


def _day(stored: str) -> date:
    return date.fromisoformat(local(stored)[:10]) if stored else today()
