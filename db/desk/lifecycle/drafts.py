"""Handing requests about somebody's life in the house in, the first time and after a return."""

from __future__ import annotations

from datetime import date

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import calendar
from db.desk.entry.colleagues import side_of
from db.desk.frame import Act
from db.desk.lifecycle.events import EVENTS, Event, evidence_asked, hand_back_duty, open_duties
from db.desk.refusal import SILENT, Refused
from db.desk.requests.flow import lock_request, no_such_request
from db.desk.requests.submitting import (
    RequestDraft,
    amend_request,
    how_to_send,
    submit_request,
    withdraw_obsolete,
)
from db.desk.tasks.finishing import HAND_BACK, mark_proof
from db.desk.tasks.handback import asks_back, list_copies
from db.desk.tasks.opening import open_task
from db.language import _
from db.store.sql import for_update
from db.store.tables import Account, Entry, Request, Task


def lock_own_request(act: Act, request: int) -> Request:
    """Lock the actor's own request about joining, moving or leaving. Refused alike for any other."""
    row = lock_request(request)
    if row is None or row.requester_id != act.permissions.account or row.kind not in EVENTS:
        raise no_such_request()
    return row


def check_single(act: Act, entry: int, event: Event, amends: int | None = None) -> None:
    """Lock ``entry``; raise Refused for a second request, unless returned to somebody else."""
    wanted = Entry.select(Entry.id).where(Entry.id == entry)
    for_update(wanted).get_or_none()
    for one in under_way(entry, event):
        own = one.requester_id == act.permissions.account
        if one.id == amends or (one.state == "returned" and not own):
            continue
        raise Refused(
            _("Request {request} about this is under way already.", request=one.id),
            SILENT,
            _("It was returned to you: amend it, or withdraw it first.")
            if one.state == "returned"
            else _("Wait for its decision, or withdraw it first."),
        )


def under_way(entry: int, event: Event) -> list[Request]:
    rows = Request.select().where(
        (Request.entry == entry) & (Request.kind == event) & Request.state.in_(("open", "returned"))
    )
    return list(rows.order_by(Request.id))


def hand_in(act: Act, draft: RequestDraft, event: Event, day: date, amends: int | None) -> int:
    """Submit ``draft``, or amend request ``amends`` with it; withdraw what was returned to somebody else,
    open or update the tasks that the policy asks for, and return the request's number. Copies that the person
    holds are listed as to be handed back. Raises Refused without the evidence asked for."""
    side = side_of(Entry.get_by_id(draft.entry))
    need = evidence_asked(policy_of(draft.book), event, side)
    if need and not draft.evidence:
        act.note_facts(book=draft.book, unit=draft.unit, entry=draft.entry)
        raise Refused(
            _("At least one piece of evidence must be attached."),
            need.clause,
            how_to_send(act.actor),
        )
    entry = int(draft.entry or 0)
    for one in under_way(entry, event):
        if one.id != amends:
            withdraw_obsolete(act, one)
    if amends is None:
        request = submit_request(act, draft)
    else:
        request = lock_own_request(act, amends)
        amend_request(act, request, draft)
    policy = policy_of(draft.book)
    opened = open_duties(policy, event, entry=entry, unit=draft.unit, day=day, request=request.id)
    for task in opened:
        _set_clock(task, day)
        if event != "join":
            _list_copies(task)
    act.note_facts(tasks=[task.id for task in opened])
    if event != "join":
        _ask_back(act, request, entry, day)
    return int(request.id)


def _set_clock(task: Task, day: date) -> None:
    """Set the task's clock to run from ``day``, which is now said to be the right one."""
    duty = policy_of(task.book_id).duty(task.kind)
    if duty is not None and task.started_on != day.isoformat():
        due = calendar(task.book_id).deadline(day, duty.days).isoformat()
        Task.update(started_on=day.isoformat(), due=due).where(Task.id == task.id).execute()


def _list_copies(task: Task) -> None:
    if asks_back(task) and not list_copies(task):
        mark_proof(task, HAND_BACK, None, "0")


def _ask_back(act: Act, request: Request, entry: int, day: date) -> None:
    """Ask the person for the copies they hold, where the policy makes that a duty of theirs (H.5.4)."""
    policy = policy_of(request.book_id)
    duty, row = hand_back_duty(policy), Entry.get_by_id(entry)
    account = Account.get_or_none((Account.person == row.person_id) & (Account.state == "active"))
    if duty is None or account is None:
        return
    task = open_task(
        f"{duty.kind}:{policy.book}:{entry}:{request.id}",
        duty,
        policy.book,
        unit=row.unit_id,
        started_on=day,
        entry=entry,
        account=account.id,
        request=request.id,
    )
    if task is not None and not list_copies(task):
        Task.update(state="cancelled").where(Task.id == task.id).execute()
    elif task is not None:
        act.note_facts(asked_back=task.id)
