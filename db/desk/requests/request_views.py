"""Requests as plain values: a line in a list, and everything about one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from db.approval.capacity import HOLDER, capacity_of
from db.desk.authority.office_names import office_name, role_name
from db.desk.due_dates import Due, due_of
from db.desk.entry.naming import actor_name
from db.desk.requests.approvers import NamedApprover, account_name
from db.desk.requests.evidence import EvidenceFile, evidence_file
from db.desk.requests.frozen import is_clock_stopped
from db.desk.requests.payload import batch_of, lines_of
from db.desk.requests.reporting import Reported, count_report_delay
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS, DiffLine, label_in
from db.language import Label, Message, Text, _
from db.policy.vocabulary import HEAD, PERSON, SECONDS
from db.store.tables import Evidence, Request, RequestEvent, RequestEvidence, RequestStep

STATES: dict[str, Message] = {
    "open": _("being decided"),
    "returned": _("returned"),
    "applied": _("done"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
}
OPENING: Final = ("access", "copy", "copy-private", "disclosure")
"""The kinds of request that open something for a time, which can be ended before."""
STEP_STATES: dict[str, Message] = {
    "waiting": _("to come"),
    "open": _("waits for"),
    "approved": _("approved"),
    "returned": _("returned"),
    "rejected": _("rejected"),
}
EVENTS: dict[str, Message] = {
    "submitted": _("submitted"),
    "amended": _("amended"),
    "approved": _("approved"),
    "returned": _("returned"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
    "applied": _("applied"),
    "given back": _("given back"),
    "stopped": _("stopped"),
    "commented": _("commented"),
    "reminded": _("reminded"),
}
TALK: frozenset[str] = frozenset({"commented", "reminded"})
"""What is said of a request, and changes nothing of it."""
A_SECOND_OFFICE = _("a second office")
FORMERLY = "vouch"
"""What the step of a second office was called on record."""
WHO_MAY_SEE = _("the head of your department or of theirs: whoever may see them")
"""What the asker of a look-up is told of who decides: a name would say where the person works, or that there
is one (C.10)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """That a request was sent back to its author: when, by whom, and what has to be amended. ``clause`` gives
    the days that begin anew once it is handed in again; empty where the clock goes on, or there is none."""

    at: str
    who: Text
    word: str
    clause: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list. ``summary`` has protected values masked; ``waits_for`` are names, of who decides
    the open step or of the author whom it was ``returned`` to; of what nobody decides, its day. ``due`` is
    the clock that runs now, if any. ``final``: to approve it now ends a person, takes an office or can't be
    taken back. ``tag``: what puts it before others of its day, where it waits for the reader (F.3.2).
    ``batch``: the same of those that were submitted together."""

    id: int
    kind: str
    kind_label: Text
    book: str
    book_label: Label
    name: str
    unit: str
    requester: str
    summary: tuple[DiffLine, ...]
    state: str
    state_label: Message
    step: int
    steps: int
    role: str
    role_label: Text
    waits_for: tuple[Text, ...]
    due: Due | None
    submitted_at: str
    evidence: int
    comments: int
    digest: str
    reason: str
    returned: Returned | None = None
    final: bool = False
    tag: Text = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step: who decided it, or by name who will (``who``), under which clause. Whoever is not of the office
    that the step asks for stands there with their own."""

    ord: int
    role: Text
    clause: str
    state: str
    state_label: Message
    who: tuple[Text, ...]
    decided_at: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class RequestEventView:
    """A line of the history. ``office`` is that in which it was done, with its ``role`` and ``capacity``;
    empty where it took none, or was done before offices were kept."""

    at: str
    who: Text
    on_behalf_of: str
    office: Text
    role: str
    capacity: str
    act: Message
    step: int | None
    comment: str
    is_talk: bool = False


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything about one request. ``digest`` is what a decision on it has to name."""

    row: RequestRow
    digest: str
    reason: str
    lines: tuple[DiffLine, ...]
    evidence: tuple[EvidenceFile, ...]
    steps: tuple[StepView, ...]
    history: tuple[RequestEventView, ...]
    clause: str
    entry: int | None
    reported: Reported | None


def row_of(request: Request, request_approvers: RequestApprovers, account: int) -> RequestRow:
    kind = KINDS[request.kind]
    steps = request_approvers.steps(request)
    current = next((step for step in steps if step.state == "open"), None)
    taken = [step for step in steps if step.state != "waiting"]
    shown = current or next(iter((*taken[::-1], *steps)), None)
    waits: tuple[Text, ...] = ()
    if current is not None:
        waits = tuple(who_decides(request, current, request_approvers, account))
    elif request.state == "returned":
        waits = (name_of(request.requester_id),)
    elif request.state == "open":
        waits = (_("its day, {day}", day=request.due or ""),)
    runs = request.state in ("open", "returned") and not is_clock_stopped(request)
    return RequestRow(
        id=request.id,
        kind=request.kind,
        kind_label=(not steps and kind.undecided) or label_in(request.book_id, kind.id),
        book=request.book_id,
        book_label=request.book.title,
        name=request_approvers.concerned_name(request),
        unit=request.unit.name,
        requester=name_of(request.requester_id),
        summary=tuple(line.masked() for line in lines_of(request)),
        state=request.state,
        state_label=_state(request, account),
        step=shown.ord if shown is not None else 0,
        steps=len(steps),
        role=shown.role if shown is not None else "",
        role_label=role_label(request.book_id, shown.role) if shown is not None else "",
        waits_for=waits,
        due=due_of(request.book_id, request.due, request.due_clause) if runs else None,
        submitted_at=request.submitted_at,
        evidence=request_approvers.files(request),
        comments=request_approvers.comments(request),
        digest=request.digest,
        reason=request.reason,
        returned=_returned(request, shown, account) if request.state == "returned" and shown else None,
        final=kind.final and bool(steps) and current is steps[-1],
        batch=batch_of(request),
    )


def view_of(
    request: Request, request_approvers: RequestApprovers, account: int, *, masked: bool
) -> RequestView:
    files = (
        Evidence.select()
        .join(RequestEvidence)
        .where(RequestEvidence.request == request)
        .order_by(Evidence.added_at, Evidence.id)
    )
    events = RequestEvent.select().where(RequestEvent.request == request).order_by(RequestEvent.id)
    lines = lines_of(request)
    return RequestView(
        row=row_of(request, request_approvers, account),
        digest=request.digest,
        reason=request.reason,
        lines=tuple(line.masked() for line in lines) if masked else lines,
        evidence=tuple(evidence_file(row) for row in files),
        steps=tuple(
            _step_view(request, step, request_approvers, account) for step in request_approvers.steps(request)
        ),
        history=tuple(event_view(event, account) for event in events),
        clause=request.clause,
        entry=request.entry_id,
        reported=count_report_delay(request),
    )


def approver_name(decider: NamedApprover, book: str, role: str, unit: int) -> Text:
    """Return an approver's name with whom they stand in for, and with their office where that is another than
    ``role`` of ``unit`` asks for."""
    asked = decider.role == PERSON or (
        decider.role == role and decider.capacity == HOLDER and (role != HEAD or decider.unit == unit)
    )
    office = "" if asked else office_name(book, decider.role, decider.unit, decider.capacity)
    return acting_name(decider.name, decider.on_behalf_name if decider.on_behalf_of else "", office)


def acting_name(name: Text, other: Text, office: Text = "") -> Text:
    """Return a name with whom they stand in for, if any, and the office: ``陈丽（代王芳，负责人）``."""
    if other and office:
        return _("{name} (for {other}, {office})", name=name, other=other, office=office)
    if office:
        return _("{name} ({office})", name=name, office=office)
    return _("{name} (for {other})", name=name, other=other) if other else name


def _state(request: Request, account: int) -> Message:
    """Say how far a request is; of one that another than its asker stopped, by whom."""
    if request.state == "withdrawn" and not is_told_no_names(request, account):
        stops = (RequestEvent.request == request) & (RequestEvent.act == "stopped")
        stopped = RequestEvent.get_or_none(stops)
        if stopped is not None:
            return _("stopped by {who}", who=actor_name(name_of(stopped.account_id)))
    return state_words(request.kind, request.state)


def state_words(kind: str, state: str) -> Message:
    return _("granted") if state == "applied" and kind in OPENING else STATES[state]


def name_of(account: int | None) -> str:
    return "" if account is None else account_name(account)


def is_told_no_names(request: Request, account: int | None) -> bool:
    """Return whether ``account`` must not learn who decides: it asks for a look-up that is not granted yet.
    False for None."""
    looks_up = KINDS[request.kind].looks_up and request.requester_id == account
    return looks_up and request.state != "applied"


def unnamed_approvers(book: str, role: str) -> Text:
    """Return the approvers of a look-up as its requester is told: who may see the person, or a role, never a
    name (C.10)."""
    return WHO_MAY_SEE if role == HEAD else role_label(book, role)


def _returned(request: Request, step: RequestStep, account: int | None) -> Returned:
    who = decided_by(request, step, account)
    clause = (request.due_clause or "") if is_clock_stopped(request) else ""
    return Returned(step.decided_at or "", who, step.comment, clause)


def who_decides(
    request: Request, step: RequestStep, request_approvers: RequestApprovers, account: int | None = None
) -> Iterator[Text]:
    """Yield who may decide ``step``: ``account`` first of them, with an office that is not the step's own.
    Without names for an ``account`` that may not learn them yet (`is_told_no_names`)."""
    if is_told_no_names(request, account):
        yield unnamed_approvers(request.book_id, step.role)
        return
    able = request_approvers.approvers(request, step)
    for decider in sorted(able, key=lambda one: one.account != account):
        yield approver_name(decider, request.book_id, step.role, step.unit or request.unit_id)
    awaited = request_approvers.awaited_head(request, step)
    if awaited is not None:
        yield without_account(awaited.name)


def without_account(name: str) -> Message:
    return _("{name} (no account yet)", name=name)


def decided_by(request: Request, step: RequestStep, account: int | None = None) -> Text:
    """Return who decided ``step``, for whom they stood in, and another office than was asked for; empty where
    nobody has. Without names for an ``account`` that may not learn them yet (`is_told_no_names`); None:
    everything."""
    if step.decided_by_id is None:
        return ""
    if is_told_no_names(request, account):
        return unnamed_approvers(request.book_id, step.role)
    if step.office is None or step.capacity is None:
        return acting_name(name_of(step.decided_by_id), name_of(step.on_behalf_of_id))
    capacity = capacity_of(step.capacity)
    held = NamedApprover(step.decided_by_id, step.office, step.on_behalf_of_id, step.office_unit, capacity)
    return approver_name(held, request.book_id, step.role, step.unit or request.unit_id)


def _step_view(
    request: Request, step: RequestStep, request_approvers: RequestApprovers, account: int
) -> StepView:
    decided = step.decided_by_id is not None
    coming = step.state in ("open", "waiting") and request.state in ("open", "returned")
    who: tuple[Text, ...] = (decided_by(request, step, account),) if decided else ()
    if coming:
        who = tuple(who_decides(request, step, request_approvers, account))
    return StepView(
        ord=step.ord,
        role=role_label(request.book_id, step.role),
        clause=step.clause,
        state=step.state,
        state_label=STEP_STATES[step.state],
        who=who,
        decided_at=step.decided_at,
        comment=step.comment,
    )


def event_view(event: RequestEvent, account: int | None = None) -> RequestEventView:
    request, office = event.request, ""  # type: Request, Text
    if event.account_id != request.requester_id and is_told_no_names(request, account):
        step = RequestStep.get_or_none((RequestStep.request == request) & (RequestStep.ord == event.step))
        told = unnamed_approvers(request.book_id, step.role if step is not None else HEAD)
        talk = event.act in TALK
        return RequestEventView(
            event.at, told, "", "", "", "", EVENTS[event.act], event.step, event.comment, talk
        )
    if event.office is not None and event.office != PERSON and event.capacity is not None:
        capacity = capacity_of(event.capacity)
        office = office_name(event.request.book_id, event.office, event.office_unit, capacity)
    return RequestEventView(
        at=event.at,
        who=actor_name(name_of(event.account_id)),
        on_behalf_of=name_of(event.on_behalf_of_id),
        office=office,
        role=event.office or "",
        capacity=event.capacity or "",
        act=EVENTS[event.act],
        step=event.step,
        comment=event.comment,
        is_talk=event.act in TALK,
    )


def last_act(request: Request) -> RequestEvent:
    """Return what somebody did last; applying goes with an approval, and comments change nothing."""
    acts = RequestEvent.select().where(
        (RequestEvent.request == request) & RequestEvent.act.not_in(("applied", *TALK))
    )
    found: RequestEvent = acts.order_by(RequestEvent.id.desc()).get()
    return found


def role_label(book: str, role: str) -> Text:
    if role in SECONDS or role == FORMERLY:
        return A_SECOND_OFFICE
    return role_name(book, role)
