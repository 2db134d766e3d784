"""What the kinds of joining, moving and leaving have in common at their end: tasks, copies, announcements."""

from __future__ import annotations

from datetime import date

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import side_of
from db.desk.entry.units import lock_unit
from db.desk.lifecycle.events import ENTERED, Event, announcement, proof_asked, set_clock
from db.desk.lifecycle.last_day import approved_leave, lift_last_day
from db.desk.notifications.notices import announce_request
from db.desk.refusal import Refused
from db.desk.requests.frozen import frozen_rules
from db.desk.tasks.finishing import HAND_BACK, cancel_task, copies_open, finish_if_complete, mark_proof
from db.desk.tasks.handback import all_back, list_copies
from db.desk.tasks.task_kinds import TaskKind, register
from db.language import Message, Text, _
from db.policy.wording import DUTIES
from db.store.tables import Entry, LastDay, Request, RequestEvidence, Task

DONE: dict[Event, str] = {"join": "active", "leave": "left"}
"""In which state an entry is once the event is entered; a move is, once its request is applied."""

MISSING: dict[Event, Message] = {
    "join": _("It is not in the directory yet."),
    "move": _("The move is not in the directory yet."),
    "leave": _("The entry is in the directory still."),
}
ADVICE: dict[Event, Message] = {
    "join": _("Enter opens the form. Once the request is approved, the task ends by itself."),
    "move": _("Enter the move in the Directory (n). Once it is approved, the task ends by itself."),
    "leave": _("Enter the leaver in the Directory (n). Once it is approved, the task ends by itself."),
}


def check_unit_open(request: Request, unit: int) -> None:
    """Lock ``unit``, and raise Refused where it was closed after ``request`` was written."""
    row = lock_unit(unit)
    if not row.active:
        raise Refused(
            _("{unit} has been closed since this was written.", unit=row.name),
            request.clause,
            _("Return it, so that another unit is chosen."),
        )


def check_handed_back(request: Request, event: Event, act: Act) -> None:
    """List copies that were taken since on the request's tasks, and raise Refused while one is not signed off
    (H.5.4). Once all are, mark that on the tasks, which ends those that lack nothing else."""
    side = side_of(Entry.get_by_id(request.entry_id))
    asked = proof_asked(policy_of(request.book_id), event, side, HAND_BACK)
    if asked is None:
        return
    waiting = 0
    for task in tasks_of(request):
        waiting = max(waiting, list_copies(task))
    if waiting:
        raise Refused(
            _("Copies still to be handed back: {count}.", count=waiting),
            asked.clause,
            _("Each copy is signed off on the task, which says by whom; then approve again."),
        )
    all_back(request.entry_id, request.book_id, act.permissions.account)


def finish_event(request: Request, event: Event, act: Act) -> None:
    """Notify those to whom the policy has the ``event`` announced that ``request`` put in force, mark on the
    request's tasks what it proves, and end those that lack nothing else."""
    policy, account = policy_of(request.book_id), act.permissions.account
    entry = Entry.get_by_id(request.entry_id)
    need = announcement(policy, event, side_of(entry))
    if need and not frozen_rules(request).announce:
        announce_request(request, entry, [], need.clause)
    attached = RequestEvidence.select().where(RequestEvidence.request == request).exists()
    for task in tasks_of(request):
        if need:
            mark_proof(task, "announcement", account)
        if attached:
            mark_proof(task, "evidence", account, f"request {request.id}")
        if event == "leave":
            mark_proof(task, "archive", account)
            mark_proof(task, "account-closed", account)
        finish_if_complete(task, account)


def undo_event(request: Request) -> None:
    """Undo what ``request`` began, if it was rejected or withdrawn: lift its last day (`lift_last_day`, which
    records it and notifies those concerned) and cancel its tasks. The task of a joiner stays open without a
    request, and that of a leaver with the leave that was approved before, if any."""
    if request.state not in ("rejected", "withdrawn"):
        return
    lift_last_day(request)
    leave = approved_leave(int(request.entry_id or 0)) if request.kind == "leave" else None
    for task in tasks_of(request):
        if task.kind in ENTERED["join"]:
            Task.update(request=None).where(Task.id == task.id).execute()
        elif leave is not None:
            Task.update(request=leave.request_id).where(Task.id == task.id).execute()
            set_clock(task, date.fromisoformat(leave.day))
        else:
            cancel_task(task, None)


def tasks_of(request: Request) -> list[Task]:
    return list(Task.select().where((Task.request == request) & (Task.state == "open")).order_by(Task.id))


def _lacking(task: Task) -> Refused | None:
    """Return why the task can't be ended by saying so: a duty to enter something is done by entering it. None
    once it is."""
    event = next(event for event, kinds in ENTERED.items() if task.kind in kinds)
    if event == "move":
        request = task.request
        entered = request is not None and request.state == "applied"
    else:
        entered = Entry.get_by_id(task.entry_id).state == DONE[event]
    if entered:
        return None
    advice: Message = ADVICE[event]
    if task.request is not None and task.request.state == "applied":
        advice = _(
            "It is approved. Once the last day is over and all copies are back, the task ends by itself."
        )
    elif task.request_id is not None:
        advice = _("Once request {request} is approved, the task ends by itself.", request=task.request_id)
    return Refused(MISSING[event], task.clause, advice)


def _still_here(task: Task) -> Refused | None:
    """Return the refusal to end the task while its person, who left the organisation, is still in this book;
    removing them is the report (B.5.5). None for everybody else."""
    entered = Request.select(Request.id).where(Request.state == "applied")
    left = (LastDay.state == "ended") | ((LastDay.state == "coming") & LastDay.request.in_(entered))
    here = Entry.get_by_id(task.entry_id)
    gone = LastDay.select().join(Entry).where(LastDay.everywhere & left & (Entry.person == here.person_id))
    if here.state != "active" or not gone.where(LastDay.day >= (here.joined or "")).exists():
        return None
    return Refused(MISSING["leave"], task.clause, ADVICE["leave"])


def _copies_out(task: Task) -> Refused | None:
    waiting = copies_open(task.entry_id, task.book_id)
    if not waiting:
        return None
    return Refused(
        _("Copies still to be handed back: {count}.", count=waiting),
        task.clause,
        _("{role} signs each copy off.", role=_receiver(task)),
    )


def _receiver(task: Task) -> Text:
    policy = policy_of(task.book_id)
    rule = policy.duty(HAND_BACK)
    return policy.role(rule.received_by if rule is not None else policy.maintainer.role).label


for _event in ENTERED:
    for _duty in ENTERED[_event]:
        register(TaskKind(_duty, DUTIES[_duty], _lacking, by_itself=True))
register(TaskKind("officer-change", DUTIES["officer-change"], _still_here, by_itself=True))
register(TaskKind(HAND_BACK, DUTIES["hand-back"], _copies_out, by_itself=True))
