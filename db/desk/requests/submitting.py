"""Submitting, amending and withdrawing requests of every kind.

An amended request is another request to decide on: it has a new digest, so its steps are derived anew,
all are decided anew from the first one, and the clock starts again. The history keeps the earlier round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from db.desk.act import Act
from db.desk.authority.actor import Actor
from db.desk.authority.office_names import role_name
from db.desk.authority.permissions import Holding, policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import calendar, due_day, today
from db.desk.notation.media import TABLES
from db.desk.notation.parsing import day_of
from db.desk.notation.values import said_in
from db.desk.notifications.notices import TAKEN_BACK, store_notice
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import NamedApprover, note_office
from db.desk.requests.direct_changes import tell_of_direct
from db.desk.requests.flow import (
    already_decided,
    apply_request,
    audit_request,
    change_state,
    record_event,
    tell_asker,
    withdraw_request,
)
from db.desk.requests.frozen import freeze_rules, frozen_rules
from db.desk.requests.payload import seal_payload
from db.desk.requests.reporting import report_rule
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS, Payload
from db.desk.requests.submitters import check_submitter
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import Flow, Need, Step
from db.store import clock
from db.store.tables import Evidence, Request, RequestEvidence, RequestStep

REASON_LENGTH = 500
"""Tells of what was in force at once, by an office of the asker's own."""


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What is submitted. ``unit`` is whose head decides the head's step; ``payload`` is the kind's own;
    ``evidence`` are numbers of files in the requester's tray. ``changed_on`` is the day since which
    it is so; empty: today. ``about`` is the account whose rights are asked for. ``due`` is the due day with
    its clause, where the clock runs from a day in somebody's life and not from the report. ``steps`` are the
    flow's; without any it is in force at once, by the office that the asker holds by ``holding``. ``flow`` is
    that of the regulations, if not the kind's; ``clause`` is cited instead of its own. ``reporter``: as
    whom a change is reported (`report_rule`). ``typed``: whether there was a form, to give a reason on."""

    kind: str
    book: str
    unit: int
    entry: int | None
    entry_version: int | None
    payload: Payload
    reason: str
    evidence: tuple[str, ...]
    changed_on: str = ""
    about: int | None = None
    due: tuple[str, str] | None = None
    steps: tuple[Step, ...] | None = None
    holding: Holding | None = None
    flow: str = ""
    clause: str = ""
    reporter: str = ""
    typed: bool = True

    def rules(self) -> Flow:
        return policy_of(self.book).flow(self.flow or self.kind)


def reason_needed(policy: EffectivePolicy, kind: str) -> Need:
    """Return whether a request of ``kind`` must say why: by its flow, or out of the cycle (E.12)."""
    need = policy.flow(kind).reason
    control = policy.control("ad-hoc-reason")
    if need or kind != "change" or control is None:
        return need
    return Need(True, control.clause)


def submit_request(act: Act, draft: RequestDraft) -> Request:
    """Create a request with its steps and evidence, encrypted, and run the kind's ``handed_in`` hook. One
    that the requester's own office covers is applied at once, and the person and the watchers are notified.
    Raises Refused where a reason or evidence is missing that a clause asks for, and where nobody could
    decide; Invalid for unfit ones."""
    draft = _dated(draft)
    flow = draft.rules()
    reason = _admitted(act, flow, draft)
    request = Request(
        book=draft.book, kind=draft.kind, requester=act.permissions.account, submitted_at=clock.now()
    )
    _write(request, draft, reason, flow)
    _check_somebody_decides(request)
    record_event(request, act, "submitted")
    _handed_in(act, request, draft)
    return request


def amend_request(act: Act, request: Request, draft: RequestDraft) -> None:
    """Replace a returned request's draft and steps, open it again, and run the kind's ``handed_in`` hook; one
    that the requester's own office covers is applied at once and told, as in `submit_request`. Evidence shown
    before stays attached. Raises Refused for one that was not returned, for a missing reason or evidence, and
    where nobody could decide; Invalid for unfit ones."""
    draft = _dated(draft)
    audit_request(act, request)
    if request.state != "returned":
        raise Refused(
            _("Request {request} was not returned to you.", request=request.id),
            SILENT,
            _("Wait for the decision, or withdraw it and submit another one."),
        )
    flow = draft.rules()
    reason = _admitted(act, flow, draft)
    change_state(request, "returned", "open")
    before = RequestEvidence.select().where(RequestEvidence.request == request)
    draft = replace(draft, evidence=(*(row.evidence_id for row in before), *draft.evidence))
    RequestEvidence.delete().where(RequestEvidence.request == request).execute()
    RequestStep.delete().where(RequestStep.request == request).execute()
    _write(request, draft, reason, flow)
    _check_somebody_decides(request)
    record_event(request, act, "amended")
    _handed_in(act, request, draft)


def _handed_in(act: Act, request: Request, draft: RequestDraft) -> None:
    audit_request(act, request)
    KINDS[draft.kind].handed_in(request, draft.payload, act)
    if draft.holding is not None and not RequestStep.select().where(RequestStep.request == request).exists():
        held, account = draft.holding, act.permissions.account
        office = NamedApprover(account, held.role, unit=held.unit, capacity=held.capacity)
        RequestStep.create(
            request=request,
            ord=1,
            role=held.role,
            clause=policy_of(draft.book).scope(held.role).clause,
            state="approved",
            decided_by=account,
            office=held.role,
            office_unit=held.unit,
            capacity=held.capacity,
            decided_at=clock.now(),
            digest=request.digest,
        )
        KINDS[draft.kind].current(request, draft.payload)
        note_office(act, office)
        apply_request(act, request, draft.payload, office)
        if request.entry_id is not None:
            tell_of_direct(request, act.permissions.account, draft.payload["after"])


def withdraw_pending(act: Act, request: Request) -> None:
    """Withdraw a request that is not in force yet, and note it for the audit. Where everybody has approved
    it, and it waits for its day, the approvers are notified. Raises Overtaken for one that has ended."""
    audit_request(act, request)
    if request.state not in ("open", "returned"):
        raise already_decided(request)
    steps = list(RequestStep.select().where(RequestStep.request == request))
    deciders = [one.decided_by_id for one in steps if one.decided_by_id and one.state == "approved"]
    withdraw_obsolete(act, request)
    if steps and len(deciders) == len(steps):
        store_notice(
            TAKEN_BACK, request.book_id, deciders, clause=request.clause,
            entry=request.entry_id, request=request.id,
            detail={"number": request.id, "decision": request.kind},
        )  # fmt: skip


def withdraw_obsolete(act: Act | None, request: Request) -> None:
    """Withdraw anybody's undecided request because what it asks for is obsolete, and tell the requester
    unless they are the actor. Added to its history as the actor's, without an ``act`` as nobody's."""
    withdraw_request(request)
    record_event(request, act, "withdrawn")
    tell_asker(request, act)


def how_to_send(actor: Actor) -> Message:
    command = f"{actor.ssh} evidence add NAME < FILE"
    return _("Send one with `{command}`, then choose it from your tray.", command=command)


def _admitted(act: Act, flow: Flow, draft: RequestDraft) -> str:
    """Return the reason, cleaned. Raises Refused for a missing reason or evidence, Invalid for unfit ones."""
    act.note_facts(book=draft.book, unit=draft.unit, entry=draft.entry, clause=draft.clause or flow.clause)
    check_submitter(act.permissions, policy_of(draft.book), flow.kind, draft.unit)
    reason = said_in(draft.reason)
    need = reason_needed(policy_of(draft.book), flow.kind)
    if need and draft.typed and not reason:
        advice = _("Say in a few words why, then submit again.")
        raise Refused(_("A reason is needed."), need.clause, advice, field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(Problem("reason", _("Keep the reason within {count} characters.", count=REASON_LENGTH)))
    refuse_card_numbers([policy_of(draft.book)], _("Reason"), reason, "reason")
    if flow.evidence and draft.typed and not draft.evidence:
        raise Refused(
            _("At least one piece of evidence must be attached."),
            flow.evidence.clause,
            how_to_send(act.actor),
            field="evidence",
        )
    # Of what was deleted at the end of its time the name and the digest are left: that proves nothing.
    theirs = (Evidence.account == act.permissions.account) & (Evidence.size > 0)
    own = Evidence.select().where(Evidence.id.in_(draft.evidence) & theirs)
    if draft.evidence and own.count() != len(set(draft.evidence)):
        raise Invalid(Problem("evidence", _("A chosen file is no longer in your tray.")))
    if own.where(Evidence.media_type.in_(TABLES)).exists():
        raise Invalid(
            Problem(
                "evidence",
                _("A workbook or a table is no evidence: no decider opens it. Send it as PDF or text."),
            )
        )
    return reason


def _dated(draft: RequestDraft) -> RequestDraft:
    """Return ``draft`` with ``changed_on`` as ISO. Raises Invalid for a text that is no day, or for a future
    one."""
    if not draft.changed_on.strip():
        return replace(draft, changed_on="")
    day = day_of("changed_on", draft.changed_on)
    if day > today():
        raise Invalid(
            Problem("changed_on", _("This day is still to come. Submit it once the change has happened."))
        )
    return replace(draft, changed_on=day.isoformat())


def _write(request: Request, draft: RequestDraft, reason: str, flow: Flow) -> None:
    """Store a round of a request: its sealed content, clocks, evidence and frozen steps."""
    policy = policy_of(draft.book)
    request.entry_id, request.unit_id = draft.entry, draft.unit
    request.entry_version, request.reason = draft.entry_version, reason
    request.policy_version, request.clause = policy.version, draft.clause or flow.clause
    request.started_at = clock.now()
    request.rules, request.about_id = freeze_rules(policy, flow.kind), draft.about
    _set_clocks(request, policy, draft)
    seal_payload(request, draft.payload, draft.evidence)
    request.save()
    for one in dict.fromkeys(draft.evidence):
        RequestEvidence.create(request=request, evidence=one)
    request_approvers = RequestApprovers()
    for order, step in enumerate(flow.steps if draft.steps is None else draft.steps, start=1):
        RequestStep.create(
            request=request,
            ord=order,
            role=policy.role_behind(step.role),
            unit=request_approvers.waiting_unit(request, policy.role_behind(step.role)),
            clause=step.clause,
            state="open" if order == 1 else "waiting",
        )


def _check_somebody_decides(request: Request) -> None:
    """Raise Refused for a request on which nobody could decide: a step whose office is vacant, or held by its
    requester alone; a head without an account yet is waited for. For a look-up this is told by the
    requester's own department, whoever is asked for (C.10). A request that ends access by itself may wait
    until the office is filled."""
    if KINDS[request.kind].ends_undecided:
        return
    request_approvers = RequestApprovers()
    for step in request_approvers.steps(request):
        if request_approvers.awaited_head(request, step) is not None:
            continue
        if not request_approvers.resolver.approvers(request_approvers.case(request), step.role):
            office = role_name(request.book_id, step.role)
            raise Refused(
                _(
                    "Nobody could decide this: {office} is vacant, or held by you or whom it is about alone.",
                    office=office,
                ),
                step.clause,
                _("Have them submit it themselves, or another hold the office, act in it, or deputise.")
                if _is_anothers_change(request)
                else _("Have another hold it, act in it, or deputise (Offices, or the roles of accounts)."),
            )


def _is_anothers_change(request: Request) -> bool:
    """Return whether it is a change of an entry whose person could submit it too, so that the actor could
    decide."""
    return (
        request.kind == "change"
        and request.entry is not None
        and request.entry.person_id != request.requester.person_id
    )


def _set_clocks(request: Request, policy: EffectivePolicy, draft: RequestDraft) -> None:
    """Set the days by which it is to be decided and was to be reported, counted from the day of the change or
    from today."""
    changed = date.fromisoformat(draft.changed_on) if draft.changed_on else today()
    request.changed_on = draft.changed_on or None
    deadline, days = frozen_rules(request).deadline, calendar(draft.book)
    request.due = request.due_clause = request.report_due = request.report_clause = None
    if deadline is not None:
        from_change = days.deadline(changed, deadline.days).isoformat()
        from_start = due_day(draft.book, deadline, request.started_at)
        request.due = from_change if deadline.start == "change" else from_start
        request.due_clause = deadline.clause
    if draft.due is not None:
        request.due, request.due_clause = draft.due
    rule = report_rule(policy, draft.kind, draft.reporter)
    if rule is not None:
        request.changed_on = changed.isoformat()
        request.report_due = days.deadline(changed, rule.days).isoformat()
        request.report_clause = rule.due_clause
