"""The task of whoever issues to see to copies that nobody can acknowledge: until they are issued or closed,
the issue is not complete (I.4.3). Not an operation."""

from __future__ import annotations

import json
from typing import Final

from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import calendar, today
from db.desk.editions.edition_views import label_of
from db.desk.editions.issuing import last_issue
from db.desk.editions.marks import number_of
from db.desk.editions.receiving import out_of_reach
from db.desk.refusal import Refused
from db.desk.tasks.finishing import finish_if_complete
from db.desk.tasks.opening import mark_once
from db.desk.tasks.task_kinds import TaskKind, register
from db.language import Text, _, listed
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.audit import canonical
from db.store.tables import EditionIssue, Task

KIND: Final = "edition-receipts"
WITHIN: Final = 2
"""Working days for it."""


def settle_outstanding(issue: EditionIssue, account: int | None = None) -> Task | None:
    """Open the task about copies of ``issue`` that nobody can acknowledge, and return it. Where it is open
    already, end it for ``account`` (None: by itself) if no such copy is left, and return None."""
    policy = policy_of(issue.book_id)
    known = Task.select().where((Task.book == issue.book_id) & Task.duty.startswith(_key(issue)))
    waiting = known.where(Task.state == "open").first()
    if waiting is not None:
        finish_if_complete(waiting, account)
        return None
    lacking, key = out_of_reach(issue), f"{_key(issue)}{known.count()}"
    if not lacking or not mark_once(f"open:{key}"):
        return None
    task: Task = Task.create(
        duty=key,
        kind=KIND,
        book=issue.book_id,
        unit=root_of(issue.book_id),
        role=policy.maintainer.role,
        clause=lacking[0].clause,
        detail=canonical({"edition": issue.edition, "issue": issue.id}).decode("utf-8"),
        opened_at=clock.now(),
        started_on=today().isoformat(),
        due=calendar(issue.book_id).add_days(today(), WITHIN).isoformat(),
    )
    return task


def settle_all_outstanding(policy: EffectivePolicy) -> list[Task]:
    """Open or end the tasks about copies that nobody can acknowledge, for the newest issue of each edition
    and for older ones that have such a task; return those opened."""
    asked = [rule.id for rule in policy.editions if rule.acknowledge or policy.copies.acknowledge]
    issues: dict[int, EditionIssue] = {}
    for edition in asked:
        newest = last_issue(policy.book, edition)
        if newest is not None:
            issues[newest.id] = newest
    waiting = (Task.book == policy.book) & (Task.kind == KIND) & (Task.state == "open")
    for task in Task.select().where(waiting):
        issue = _issue_of(task)
        issues[issue.id] = issue
    return [opened for issue in issues.values() if (opened := settle_outstanding(issue)) is not None]


def _key(issue: EditionIssue) -> str:
    return f"{KIND}:{issue.id}:"


def _issue_of(task: Task) -> EditionIssue:
    issue: EditionIssue = EditionIssue.get_by_id(json.loads(task.detail)["issue"])
    return issue


def _lacking(task: Task) -> Refused | None:
    """Return the refusal to end the task while there are copies that nobody can acknowledge: each is issued,
    acknowledged or closed first."""
    issue = _issue_of(task)
    numbers = [number_of(issue.id, copy.ord) for copy in out_of_reach(issue)]
    if not numbers:
        return None
    return Refused(
        _("Nobody can acknowledge {numbers}.", numbers=listed(numbers)),
        task.clause,
        _("Issue the copy once its recipient has an account, or close it with a reason, under Editions."),
    )


def _which_issue(task: Task, _account: int) -> Text:
    issue = _issue_of(task)
    return _("{edition}, issue {number}", edition=label_of(task.book_id, issue.edition), number=issue.number)


register(
    TaskKind(
        KIND,
        _("account for copies that nobody can acknowledge"),
        lacking=_lacking,
        by_itself=True,
        about=_which_issue,
        thing="issue",
    )
)
