"""Tasks as plain values: a line in a list, and everything about one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import Due, due_of
from db.desk.extracts.report_rights import REPORTS
from db.desk.requests.approvers import NamedApprover
from db.desk.requests.independence import person_number
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_views import approver_name, name_of, who_decides, without_account
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.handback import LEAVERS, listed_copies
from db.desk.tasks.task_kinds import kind_of
from db.language import Label, Message, Text, _
from db.policy.wording import PROOFS
from db.store.tables import Book, Entry, HandBack, Request, Task, TaskProof, Unit

OUTCOMES: dict[str, Message] = {
    "returned": _("handed back"),
    "destroyed": _("destroyed"),
    "lost": _("lost"),
}
STATES: dict[str, Message] = {
    "open": _("to do"),
    "handed": _("waits for receipt"),
    "done": _("done"),
    "cancelled": _("called off"),
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """``lacks``: proofs to come; ``handed``: waits for its receipt; ``about``: which one it is;
    ``refuses``: why it can't be done yet though no proof is to come."""

    id: int
    kind: str
    kind_label: Text
    book: str
    book_label: Label
    name: str
    unit: str
    due: Due
    lacks: tuple[Text, ...]
    handed: bool
    state: str
    state_label: Message
    request: int | None
    entry: int | None
    pending: bool
    about: Text = ""
    by_request: bool = False
    """Whether all that is to come comes with the approval of its request."""
    refuses: Text = ""
    thing: int | None = None
    """The number of what it is about: a review, a finding, a case."""
    returned: bool = False
    """Whether its request was returned and is to be written anew, or handed in by another instead."""
    amends: int | None = None
    """The number of its request, where that was returned to the reader."""
    waits_for: tuple[Text, ...] = ()
    """Who decides its request now, where nothing else is to come."""
    tag: Text = ""
    """What puts it before others of its day (F.3.2)."""


@dataclass(frozen=True, slots=True)
class ProofView:
    """Something that must be there before the end. ``tick``: the doer says so by hand."""

    what: str
    label: Text
    clause: str
    met_at: str | None
    met_by: str
    word: str
    tick: bool


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy to be handed back; ``outcome`` once it was signed off, or as its holder says before that."""

    id: int
    copy: str
    what: Text
    issued_at: str | None
    outcome: Text
    word: str
    signed_by: str
    signed_at: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """Everything about one task. ``receives``: the reader is to confirm the receipt; ``signs``: they sign the
    copies off, else ``signers`` do; ``returns``: they hand them back."""

    row: TaskRow
    started_on: str
    clause: str
    assignees: tuple[Text, ...]
    proofs: tuple[ProofView, ...]
    copies: tuple[CopyView, ...]
    systems: tuple[tuple[str, tuple[Text, ...]], ...]
    receives: bool
    signs: bool
    returns: bool
    signers: tuple[Text, ...]
    done_at: str | None
    done_by: str
    late: int | None


BY_REQUEST = frozenset({"archive", "announcement", "account-closed"})
"""Proofs that come about when the request of the task is approved."""
BY_HAND = frozenset({"evidence", "sync"})
"""Proofs that a doer ticks off; the others come about by what is done on record."""


def row_of(task: Task, account: int) -> TaskRow:
    entry = Entry.get_or_none(Entry.id == task.entry_id)
    unit = Unit.get_or_none(Unit.id == task.unit_id)
    due = due_of(task.book_id, task.due, task.clause)
    if due is None:
        raise ValueError(f"task {task.id} has no due day")
    lacking = [proof.what for proof in _proofs(task) if proof.met_at is None]
    request = Request.get_or_none((Request.id == task.request_id) & (Request.state == "returned"))
    resting = rests_on(task)
    state = "handed" if task.state == "open" and task.handed_at is not None else task.state
    detail = json.loads(task.detail)
    to = detail.get("passed_to")
    refused = kind_of(task.kind).lacking(task) if state == "open" and not lacking else None
    return TaskRow(
        id=task.id,
        kind=task.kind,
        kind_label=kind_of(task.kind).label,
        book=task.book_id,
        book_label=task.book.title,
        name=entry.name if entry is not None else "",
        unit=unit.name if unit is not None else "",
        due=due,
        lacks=tuple(map(_proof_label, lacking)),
        handed=state == "handed",
        state=state,
        state_label=_("passed on to {name}", name=name_of(to)) if to is not None else STATES[state],
        request=task.request_id,
        entry=task.entry_id,
        pending=entry is not None and entry.state == "pending",
        about=kind_of(task.kind).about(task, account),
        by_request=BY_REQUEST.issuperset(lacking),
        refuses=refused.message if refused is not None else "",
        thing=detail.get(kind_of(task.kind).thing),
        returned=request is not None,
        amends=request.id if request is not None and request.requester_id == account else None,
        waits_for=_deciders(resting) if resting is not None else (),
    )


def rests_on(task: Task) -> Request | None:
    """Return the request whose decision is all that ``task`` waits for; None where its doer has something to
    do."""
    if task.request_id is None:
        return None
    request = Request.get_or_none((Request.id == task.request_id) & (Request.state == "open"))
    if request is None:
        return None
    pending = Entry.get_or_none((Entry.id == task.entry_id) & (Entry.state == "pending")) is not None
    lacking = [proof.what for proof in _proofs(task) if proof.met_at is None]
    return request if pending or BY_REQUEST.issuperset(lacking) else None


def _deciders(request: Request) -> tuple[Text, ...]:
    request_approvers = RequestApprovers()
    step = request_approvers.open_step(request)
    return tuple(who_decides(request, step, request_approvers)) if step is not None else ()


def view_of(task: Task, assignees: TaskAssignees, account: int) -> TaskView:
    needs_copies = any(proof.what == "hand-back" for proof in _proofs(task)) or task.kind == "hand-back"
    turn = assignees.acting_capacity(task, account)
    signers = assignees.signers(task) if needs_copies else ()
    return TaskView(
        row=row_of(task, account),
        started_on=task.started_on,
        clause=task.clause,
        assignees=_doers(task, assignees),
        proofs=tuple(_proof_view(proof) for proof in _proofs(task)),
        copies=tuple(copy_view(task.book_id, copy) for copy in listed_copies(task)) if needs_copies else (),
        systems=_systems(task),
        receives=turn is not None and task.handed_at is not None,
        signs=any(one.account == account for one in signers),
        returns=needs_copies and task.entry is not None and person_number(account) == task.entry.person_id,
        signers=_names_with_offices(task, signers, ""),
        done_at=task.done_at,
        done_by=name_of(task.done_by_id),
        late=task.late,
    )


def _doers(task: Task, assignees: TaskAssignees) -> tuple[Text, ...]:
    found = assignees.receivers(task) if task.handed_at else assignees.assignees_of(task)
    awaited = assignees.awaited_head(task) if not found else None
    role = task.role or policy_of(task.book_id).maintainer.role
    return _names_with_offices(task, found, role) if awaited is None else (without_account(awaited.name),)


def _names_with_offices(task: Task, people: Sequence[NamedApprover], role: str) -> tuple[Text, ...]:
    """Return each name with the office, where that is not ``role``."""
    unit = task.unit_id if task.unit_id is not None else root_of(task.book_id)
    return tuple(approver_name(one, task.book_id, role, unit) for one in people)


def _proofs(task: Task) -> list[TaskProof]:
    return list(TaskProof.select().where(TaskProof.task == task).order_by(TaskProof.what))


def _proof_label(what: str) -> Text:
    labels: dict[str, Text] = {str(word): label for word, label in PROOFS.items()}
    return labels.get(what, what)


def _proof_view(proof: TaskProof) -> ProofView:
    return ProofView(
        what=proof.what,
        label=_proof_label(proof.what),
        clause=proof.clause,
        met_at=proof.met_at,
        met_by=name_of(proof.met_by_id),
        word=proof.word,
        tick=proof.what in BY_HAND and proof.met_at is None,
    )


def copy_view(book: str, row: HandBack) -> CopyView:
    outcome: Text = OUTCOMES[row.outcome] if row.outcome else ""
    return CopyView(
        id=row.id,
        copy=row.copy,
        what=_copy_label(book, row.what),
        issued_at=row.issued_at,
        outcome=_("{outcome}, by their word", outcome=outcome) if outcome and not row.signed_at else outcome,
        word=row.word,
        signed_by=name_of(row.signed_by_id),
        signed_at=row.signed_at,
    )


def _copy_label(book: str, what: str) -> Text:
    """Return what a copy is of: a report in its format, or an edition with the number of its issue; and out
    of which book, where that is not ``book``."""
    other, slash, rest = what.partition("/")
    if slash and (row := Book.get_or_none(Book.id == other)) is not None:
        return _("{label}: {value}", label=row.title, value=_copy_label(other, rest))
    name, _space, rest = what.partition(" ")
    labels: dict[str, Text] = {
        **{name: one.title for name, one in REPORTS.items()},
        **{rule.id: rule.label for rule in policy_of(book).editions},
    }
    return Message("{name} {rest}", {"name": labels[name], "rest": rest}) if name in labels else what


def _systems(task: Task) -> tuple[tuple[str, tuple[Text, ...]], ...]:
    """Return the outside systems that the book is kept in step with, and the fields that they are told; none
    of a leaver, since the member is deleted there (G.4)."""
    policy = policy_of(task.book_id)
    labels = {} if task.kind in LEAVERS else {rule.name: rule.label for rule in policy.fields}
    return tuple(
        (rule.system, tuple(labels[name] for name in rule.fields if name in labels)) for rule in policy.sync
    )
