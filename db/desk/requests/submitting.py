"""Submitting, amending and withdrawing requests of every kind.

An amended request is another request to decide on: it has a new digest, so its steps are derived anew,
all are decided anew from the first one, and the clock starts again. The history keeps the earlier round.
"""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.clockwork import deadline_of, due_day
from db.desk.frame import Act
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.flow import note, over, record_event, take
from db.desk.requests.kinds import Payload
from db.desk.requests.payload import put
from db.desk.standing import policy_of
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.rules import Flow, Need
from db.store import clock
from db.store.tables import Evidence, Request, RequestEvidence, RequestStep

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What is submitted. ``unit`` is whose head decides the head's step; ``payload`` is the kind's own;
    ``evidence`` are numbers of files in the requester's tray."""

    kind: str
    book: str
    unit: int
    entry: int | None
    entry_version: int | None
    payload: Payload
    reason: str
    evidence: tuple[str, ...]


def reason_needed(policy: EffectivePolicy, kind: str) -> Need:
    """Whether a request of ``kind`` must say why: by its flow, or as a change out of the cycle (E.12)."""
    need = policy.flow(kind).reason
    control = policy.control("ad-hoc-reason")
    if need or kind != "change" or control is None:
        return need
    return Need(True, control.clause)


def submit(act: Act, draft: Draft) -> Request:
    """Open a request. Raises Refused where a reason or evidence is missing that a clause asks for."""
    flow = policy_of(draft.book).flow(draft.kind)
    reason = _admitted(act, flow, draft)
    request = Request(
        book=draft.book, kind=draft.kind, requester=act.standing.account, submitted_at=clock.now()
    )
    _write(request, draft, reason, flow)
    record_event(request, act, "submitted")
    note(act, request)
    return request


def amend(act: Act, request: Request, draft: Draft) -> None:
    """Answer a return with new content, from the first step on. Raises as `submit` does."""
    note(act, request)
    if request.state != "returned":
        raise Refused(
            _("Request {request} was not returned to you.", request=request.id),
            SILENT,
            _("Wait for the decision, or withdraw it and submit another one."),
        )
    flow = policy_of(draft.book).flow(draft.kind)
    reason = _admitted(act, flow, draft)
    take(request, "returned", "open")
    RequestEvidence.delete().where(RequestEvidence.request == request).execute()
    RequestStep.delete().where(RequestStep.request == request).execute()
    _write(request, draft, reason, flow)
    record_event(request, act, "amended")
    note(act, request)


def withdraw(act: Act, request: Request) -> None:
    """Take back a request that is not decided yet."""
    note(act, request)
    if request.state not in ("open", "returned"):
        raise over(request)
    take(request, request.state, "withdrawn")
    RequestStep.update(state="waiting").where(
        (RequestStep.request == request) & (RequestStep.state == "open")
    ).execute()
    record_event(request, act, "withdrawn")


def _admitted(act: Act, flow: Flow, draft: Draft) -> str:
    """The reason, cleaned. Raises Refused for a missing reason or evidence, Invalid for unfit ones."""
    act.note(book=draft.book, unit=draft.unit, entry=draft.entry, clause=flow.clause)
    reason = " ".join(draft.reason.split())
    need = reason_needed(policy_of(draft.book), draft.kind)
    if need and not reason:
        raise Refused(_("A reason is needed."), need.clause, _("Say in a few words why, then submit again."))
    if len(reason) > REASON_LENGTH:
        raise Invalid(Problem("reason", _("Keep the reason within {count} characters.", count=REASON_LENGTH)))
    if flow.evidence and not draft.evidence:
        raise Refused(
            _("At least one piece of evidence must be attached."),
            flow.evidence.clause,
            _("Send one with `ssh HOST evidence add NAME < FILE`, then choose it from your tray."),
        )
    own = Evidence.select().where(
        Evidence.id.in_(draft.evidence) & (Evidence.account == act.standing.account)
    )
    if draft.evidence and own.count() != len(set(draft.evidence)):
        raise Invalid(Problem("evidence", _("A chosen file is no longer in your tray.")))
    return reason


def _write(request: Request, draft: Draft, reason: str, flow: Flow) -> None:
    """Put the content, the clock, the evidence and the frozen steps of a round on record."""
    policy = policy_of(draft.book)
    request.entry_id, request.unit_id = draft.entry, draft.unit
    request.entry_version, request.reason = draft.entry_version, reason
    request.policy_version, request.clause = policy.version, flow.clause
    request.started_at = clock.now()
    deadline = deadline_of(policy, draft.kind)
    request.due = due_day(deadline, request.started_at) if deadline else None
    request.due_clause = deadline.clause if deadline else None
    put(request, draft.payload, draft.evidence)
    request.save()
    for one in dict.fromkeys(draft.evidence):
        RequestEvidence.create(request=request, evidence=one)
    for order, step in enumerate(flow.steps, start=1):
        RequestStep.create(
            request=request,
            ord=order,
            role=policy.holder(step.role),
            clause=step.clause,
            state="open" if order == 1 else "waiting",
        )
