"""Ending a task: its proofs, its end, and its lateness on record (not an operation).

open ──done, nothing lacking──▶ done        open ──called off──▶ cancelled
open ──done, only the receipt lacking──▶ handed in ──received──▶ done, as of the handing in
open ──passed on to another──▶ cancelled, with its lateness and to whom
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from db.desk.due_dates import calendar
from db.desk.refusal import SILENT, Refused
from db.desk.tasks.task_kinds import kind_of
from db.language import Text, _
from db.policy.wording import PROOFS
from db.store import clock
from db.store.audit import canonical
from db.store.engine import store
from db.store.tables import HandBack, Task, TaskProof

RECEIPT = "receipt"
HAND_BACK = "hand-back"
SYNC = "sync"
ADVICE: dict[str, Text] = {
    "evidence": _("Attach it to the request, or note here where it is kept."),
    "archive": _("It is made when the request to leave is approved."),
    HAND_BACK: _("Each copy that is listed is signed off first; the task says by whom."),
    "announcement": _("It goes out when the request is approved."),
    SYNC: _("Do it there, then open the task and tick the step off."),
    "account-closed": _("It is closed when the request to leave is approved."),
    RECEIPT: _("Submit it; whoever receives it confirms that it arrived."),
}


def missing_proofs(task: Task) -> Sequence[TaskProof]:
    return list(
        TaskProof.select()
        .where((TaskProof.task == task) & TaskProof.met_at.is_null())
        .order_by(TaskProof.what)
    )


def mark_proof(task: Task, what: str, account: int | None, word: str = "") -> bool:
    """Store that the proof ``what`` of ``task`` is there, with ``account`` (None: nobody) and note ``word``;
    return False if the task needs none such or has it already. The task stays open."""
    return bool(
        TaskProof.update(met_at=clock.decision_time(), met_by=account, word=word)
        .where((TaskProof.task == task) & (TaskProof.what == what) & TaskProof.met_at.is_null())
        .execute()
    )


def missing_proof(task: Task, *, but: frozenset[str] = frozenset()) -> Refused | None:
    """Build the refusal to finish ``task``, with the clause of the first proof that is missing; None if it
    can be done. ``but`` are proofs that don't count."""
    for proof in missing_proofs(task):
        if proof.what not in but:
            what: dict[str, Text] = {str(word): label for word, label in PROOFS.items()}
            return Refused(
                _("This is still lacking: {what}.", what=what.get(proof.what, proof.what)),
                proof.clause,
                ADVICE.get(proof.what, _("Complete it, then try again.")),
            )
    return kind_of(task.kind).lacking(task)


def hand_in(task: Task, account: int) -> None:
    """Store that ``account`` did its part of ``task`` now, whose receipt is still to be confirmed. Raises
    Refused if it was submitted already, or the task is over."""
    changed = (
        Task.update(handed_at=clock.decision_time(), handed_by=account)
        .where((Task.id == task.id) & (Task.state == "open") & Task.handed_at.is_null())
        .execute()
    )
    if changed != 1:
        raise already_closed()


def finish_task(task: Task, account: int | None) -> int:
    """End ``task`` as done at its submission, or now; store and return its lateness. Raises Refused if
    over."""
    at = task.handed_at or clock.decision_time()
    late = _lateness(task, at)
    changed = (
        Task.update(state="done", done_at=at, done_by=task.handed_by_id or account, late=late)
        .where((Task.id == task.id) & (Task.state == "open"))
        .execute()
    )
    if changed != 1:
        raise already_closed()
    task.state, task.late = "done", late
    return late


def _lateness(task: Task, at: str) -> int:
    day = clock.local_date(at, store().settings.time_zone)
    return max(0, -calendar(task.book_id).remaining(day, date.fromisoformat(task.due)))


def pass_task_on(task: Task, account: int, to: int) -> None:
    """End ``task`` as cancelled, with its lateness, because ``account`` passes it on to ``to``, and store to
    whom; opens no new one. Raises Refused where it is over."""
    call_task_off(task, account)
    task.detail = canonical(json.loads(task.detail) | {"passed_to": to}).decode("utf-8")
    task.save(only=[Task.detail])


def call_task_off(task: Task, account: int) -> None:
    """End ``task`` as cancelled by its doer; store its lateness where it is late. Raises Refused where it is
    over."""
    cancel_task(task, account)
    task.late = _lateness(task, clock.decision_time()) or None
    task.save(only=[Task.late])


def cancel_task(task: Task, account: int | None) -> None:
    """End ``task`` as cancelled because what started it does not come. Raises Refused where it is over."""
    changed = (
        Task.update(state="cancelled", done_at=clock.decision_time(), done_by=account)
        .where((Task.id == task.id) & (Task.state == "open"))
        .execute()
    )
    if changed != 1:
        raise already_closed()


def finish_if_complete(task: Task, account: int | None) -> bool:
    """End ``task`` and return True if it ends by itself and lacks nothing; else do nothing."""
    if task.state != "open" or not kind_of(task.kind).by_itself or missing_proof(task) is not None:
        return False
    finish_task(task, account)
    return True


def settle_about(entry: int, account: int | None) -> None:
    """End the tasks about ``entry`` that lack nothing more since it left, such as the one to confirm it."""
    for task in Task.select().where((Task.entry == entry) & (Task.state == "open")).order_by(Task.id):
        finish_if_complete(task, account)


def copies_open(entry: int | None, book: str) -> int:
    """Count the copies that open tasks of ``book`` about ``entry`` ask back and nobody signed off."""
    asked = (Task.book == book) & (Task.state == "open") & (HandBack.entry == entry)
    return HandBack.select().join(Task).where(asked & HandBack.signed_at.is_null()).count()


def already_closed() -> Refused:
    return Refused(
        _("This task is done or called off already."), SILENT, _("Press F5 to see what waits for you now.")
    )
