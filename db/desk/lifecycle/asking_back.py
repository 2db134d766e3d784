"""Asking copies back of somebody who moves or leaves (H.5.4). Not an operation."""

from __future__ import annotations

from datetime import date

from db.desk.act import Act
from db.desk.authority.permissions import policy_of, root_of
from db.desk.entry.colleagues import side_of
from db.desk.lifecycle.events import hand_back_duty, proof_asked, set_clock
from db.desk.refusal import Refused
from db.desk.tasks.finishing import HAND_BACK, cancel_task, copies_open
from db.desk.tasks.handback import (
    asks_leavers,
    begin_hand_back,
    copies_owed,
    copies_unlisted,
    drop_unasked,
    leaves_organisation,
    list_copies,
)
from db.desk.tasks.opening import open_task
from db.language import _
from db.store.tables import Account, Entry, Request, Task


def ask_copies_back(act: Act, number: int, day: date) -> None:
    """List the copies that the person has to hand back on the open tasks of request ``number`` to move or
    leave, and open a task for the person where the policy makes that a duty of theirs; of who leaves the
    organisation, in other books too. Notes the tasks for the audit."""
    request = Request.get_by_id(number)
    for task in Task.select().where((Task.request == request) & (Task.state == "open")).order_by(Task.id):
        drop_unasked(task)
        begin_hand_back(task)
    asked = [_ask(request, request.book_id, day)]
    if request.kind == "leave":
        asked += ask_elsewhere(request, day)
    numbers = [task.id for task in asked if task is not None]
    if numbers:
        act.note_facts(asked_back=numbers)


def check_all_back(entry: Entry) -> None:
    """Raise Refused where a change would bring ``entry`` to another post while the person has copies that are
    to be handed back on a move."""
    asked = proof_asked(policy_of(entry.book_id), "move", side_of(entry), HAND_BACK)
    if asked is None:
        return
    count = len(copies_unlisted(entry, copies_owed(entry, leaves=False))) + copies_open(
        entry.id, entry.book_id
    )
    if count:
        raise Refused(
            _("Before another post, copies are to be handed back: {count}.", count=count),
            asked.clause,
            _("Whoever keeps the directory enters it there as a move (n), and its task lists the copies."),
            field="position",
        )


def ask_elsewhere(request: Request, day: date) -> list[Task | None]:
    """Open a task for whoever leaves the organisation in each other book whose copies they hold, if their own
    book asks nothing back; return the tasks, None for a book of which they hold nothing. Where they leave one
    book alone, cancel such tasks and return nothing."""
    entry = Entry.get_by_id(request.entry_id)
    if asks_leavers(request.book_id):
        return []
    if leaves_organisation(entry, request.id):
        owed = copies_unlisted(entry, copies_owed(entry, leaves=True))
        return [_ask(request, book, day) for book in sorted({copy.book for copy in owed} - {entry.book_id})]
    elsewhere = (Task.request == request) & (Task.book != request.book_id) & (Task.state == "open")
    for task in Task.select().where(elsewhere).order_by(Task.id):
        cancel_task(task, None)
    return []


def _ask(request: Request, book: str, day: date) -> Task | None:
    """Open the duty of the person to hand back what they hold, due by the clock of ``book`` from ``day``, or
    tie to ``request`` the task that asks for it already; None where they hold nothing."""
    duty, entry = hand_back_duty(policy_of(book)), Entry.get_by_id(request.entry_id)
    account = Account.get_or_none((Account.person == entry.person_id) & (Account.state == "active"))
    if duty is None or account is None:
        return None
    same = Request.select(Request.id).where((Request.entry == entry) & (Request.kind == request.kind))
    before = Task.select().where((Task.kind == duty.kind) & (Task.book == book) & Task.request.in_(same))
    task: Task | None = before.where(Task.state == "open").first()
    if task is not None:
        Task.update(request=request).where(Task.id == task.id).execute()
        set_clock(task, day)
    else:
        task = open_task(
            f"{duty.kind}:{book}:{entry.id}:{request.id}:{before.count()}",
            duty,
            book,
            unit=entry.unit_id if book == entry.book_id else root_of(book),
            started_on=day,
            entry=entry.id,
            account=account.id,
            request=request.id,
        )
    if task is None or list_copies(task):
        return task
    Task.update(state="cancelled").where(Task.id == task.id).execute()
    return None
