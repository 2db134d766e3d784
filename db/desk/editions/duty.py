"""The clock of editions for the duty runner: the task to issue one, and the reminder to acknowledge it."""

from __future__ import annotations

import json

from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import calendar, today
from db.desk.editions.issuing import last_issue
from db.desk.editions.receiving import copies_of, receipt_of
from db.desk.editions.reminding import remind_recipients
from db.desk.editions.timing import due_of
from db.desk.notation.localtime import local
from db.desk.refusal import Refused
from db.desk.tasks.finishing import finish_task
from db.desk.tasks.opening import mark_once
from db.desk.tasks.task_kinds import TaskKind, register
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EditionRule
from db.store import audit, clock
from db.store.audit import canonical
from db.store.engine import store
from db.store.tables import EditionIssue, Task

KIND = "edition"
REMIND_AFTER = 2
"""Working days after which a recipient who has not acknowledged is reminded."""


def due_editions(policy: EffectivePolicy) -> list[Task]:
    """Open the task to issue each edition in the present cycle, once (I.4.2.1); return the new ones."""
    found = []
    for rule in policy.editions:
        due = due_of(policy.book, rule)
        if due is None or due.made or not mark_once(f"open:{_key(policy.book, rule.id, due.period)}"):
            continue
        found.append(
            Task.create(
                duty=_key(policy.book, rule.id, due.period),
                kind=KIND,
                book=policy.book,
                unit=root_of(policy.book),
                role=policy.maintainer.role,
                clause=due.clause,
                detail=canonical({"edition": rule.id}).decode("utf-8"),
                opened_at=clock.now(),
                started_on=today().isoformat(),
                due=due.day.isoformat(),
            )
        )
    return found


def remind_unacknowledged(policy: EffectivePolicy) -> list[Task]:
    """Remind by notice and mail, once an issue and recorded, those who have not acknowledged in time (I.4.3).
    Returns no task."""
    for rule in policy.editions:
        if not (rule.acknowledge or policy.copies.acknowledge):
            continue
        for issue in _waiting(policy, rule):
            if mark_once(f"remind:edition:{issue.id}"):
                _remind(policy, issue)
    return []


def settle_tasks(issue: EditionIssue, account: int) -> None:
    """End the open tasks of the edition, each late or in time by its own day; also those of earlier cycles in
    which nothing was issued, as this issue is all that they can still get."""
    for task in _tasks(issue, "open"):
        finish_task(task, account)


def reopen_tasks(issue: EditionIssue) -> None:
    """Open again the tasks that ended in the running cycle, now that its only issue is called back."""
    rule = next((one for one in policy_of(issue.book_id).editions if one.id == issue.edition), None)
    due = due_of(issue.book_id, rule) if rule is not None else None
    if due is None or due.made or due.period != issue.period:
        return
    ended = [task.id for task in _tasks(issue, "done") if local(str(task.done_at))[:10] >= due.period]
    Task.update(state="open", done_at=None, done_by=None, late=None).where(Task.id.in_(ended)).execute()


def _tasks(issue: EditionIssue, state: str) -> list[Task]:
    rows = Task.select().where((Task.book == issue.book_id) & (Task.kind == KIND) & (Task.state == state))
    of_all = _key(issue.book_id, issue.edition, "")
    return [task for task in rows.order_by(Task.id) if task.duty.rpartition(":")[0] + ":" == of_all]


def _waiting(policy: EffectivePolicy, rule: EditionRule) -> list[EditionIssue]:
    """Return the newest issue, in a list, if it is old enough and has copies to acknowledge; else none."""
    newest = last_issue(policy.book, rule.id)
    if newest is None or newest.recalled_at is not None:
        return []
    issued = clock.local_date(newest.issued_at, store().settings.time_zone)
    if calendar(policy.book).add_days(issued, REMIND_AFTER) > today():
        return []
    return [newest] if any(receipt_of(copy) == "waiting" for copy in copies_of(newest)) else []


def _remind(policy: EffectivePolicy, issue: EditionIssue) -> None:
    numbers = remind_recipients(issue)
    if not numbers:
        return
    audit.append(
        act="editions.remind",
        outcome="done",
        book=policy.book,
        clause=issue.clause,
        detail={"edition": issue.edition, "issue": issue.number, "copies": numbers},
    )


def _lacking(task: Task) -> Refused | None:
    """Return the refusal to end the task by hand: only issuing the edition ends it."""
    if json.loads(task.detail).get("edition") is None:
        return None
    return Refused(
        _("This edition has not been issued yet."),
        task.clause,
        _("Issue it under Editions; this task then ends by itself."),
    )


def _key(book: str, edition: str, period: str) -> str:
    return f"{KIND}:{book}:{edition}:{period}"


def _which_edition(task: Task, _account: int) -> Text:
    edition = json.loads(task.detail).get("edition")
    rules = policy_of(task.book_id).editions
    return next((rule.label for rule in rules if rule.id == edition), edition or "")


def _due_by_cycle(task: Task) -> str:
    """Return the day of its cycle on which the edition is due; of an edition that is over the task's own."""
    named = json.loads(task.detail)["edition"]
    rule = next((one for one in policy_of(task.book_id).editions if one.id == named), None)
    due = due_of(task.book_id, rule) if rule is not None else None
    return due.day.isoformat() if due is not None and task.duty.endswith(f":{due.period}") else task.due


register(
    TaskKind(
        KIND, _("issue an edition"), lacking=_lacking, about=_which_edition, days=lambda _book: _due_by_cycle
    )
)
