"""What is handed in with a request, who will decide it by when, and what one that came back was like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.approval.facts import ApprovalContext, Earlier
from db.desk.due_dates import Due, deadline_of, due_day, due_of
from db.desk.power.declaration import ALONE_DAYS
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.reporting import report_rule
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.request_views import approver_name, role_label, unnamed_approvers, without_account
from db.desk.requests.submitting import reason_needed
from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import Deadline, Need, Step
from db.policy.vocabulary import DEFAULT, HEAD, SECONDS
from db.store import clock
from db.store.tables import Request, RequestEvidence


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A decision to come: the role, by name who would take it now, and the clause."""

    role: Text
    who: tuple[Text, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class FormRequirement:
    """Whether something has to be handed in, and by which clause."""

    required: bool
    clause: str


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """The way of a request that is not written yet, as far as it is known. ``report``: whether the day since
    which it is so is asked for, because a report of it has a clock of ``report_days``."""

    steps: tuple[FlowStep, ...]
    due: Due | None
    due_days: int | None
    reason: FormRequirement
    evidence: FormRequirement
    report: FormRequirement
    report_days: int
    clause: str


@dataclass(frozen=True, slots=True)
class ReturnedDraft:
    """A returned request that a form amends: what was handed in, and the comment it came back with."""

    request: int
    asked: Mapping[str, str]
    reason: str
    evidence: tuple[str, ...]
    comment: str
    changed_on: str


def preview_route(
    policy: EffectivePolicy,
    kind: str,
    unit: int,
    account: int,
    *,
    entry: int | None = None,
    person: int | None = None,
    reporter: str = "",
    ousted: frozenset[int] = frozenset(),
    steps: tuple[Step, ...] | None = None,
) -> RoutePreview:
    """Return the route that a request of ``kind`` by ``account`` would take. ``reporter``: as whom they
    report it (`report_rule`). ``ousted``: persons who would lose an office. ``steps`` replace the flow's."""
    flow, deadline = policy.flow(kind), deadline_of(policy, kind)
    report = report_rule(policy, kind, reporter)
    return RoutePreview(
        steps=route_steps(policy, kind, unit, account, entry, person, ousted, steps),
        due=_due(policy.book, deadline) if deadline is not None else None,
        due_days=deadline.days if deadline else None,
        reason=form_requirement(reason_needed(policy, kind)),
        evidence=form_requirement(flow.evidence),
        report=FormRequirement(report is not None, report.due_clause if report is not None else ""),
        report_days=report.days if report is not None else 0,
        clause=flow.clause,
    )


def _due(book: str, deadline: Deadline) -> Due | None:
    return due_of(book, due_day(book, deadline, clock.now()), deadline.clause)


def route_steps(
    policy: EffectivePolicy,
    kind: str,
    unit: int,
    account: int,
    entry: int | None = None,
    person: int | None = None,
    ousted: frozenset[int] = frozenset(),
    instead: tuple[Step, ...] | None = None,
) -> tuple[FlowStep, ...]:
    """Find who would decide a request of ``kind`` by ``account`` now, step by step, without those behind the
    request and the ``ousted``. ``instead`` replaces the steps of the flow. Approvers of a look-up are not
    named."""
    resolver = ApproverResolver()
    barred = resolver.linked_persons(account, person=person) | ousted
    case = ApprovalContext(policy.book, unit, entry, barred, account, in_person=True)
    earlier: list[Earlier] = []
    steps = []
    for step in policy.flow(kind).steps if instead is None else instead:
        role = policy.role_behind(step.role)
        awaiting = replace(case, awaits_head=role == HEAD and step.clause != DEFAULT)
        found = resolver.approvers(awaiting, role, earlier)
        if len(found) == 1:
            earlier.append((found[0].account, found[0].on_behalf_of))
        who = tuple(approver_name(one, policy.book, role, unit) for one in found)
        awaited = resolver.awaited_head(awaiting) if role == HEAD and not found else None
        if awaited is not None:
            who = (without_account(awaited.name),)
        elif not found and instead is not None and role in SECONDS and kind != "reset":
            who = (_waits_alone(),)
        if kind in KINDS and KINDS[kind].looks_up:
            who = (unnamed_approvers(policy.book, role),)
        steps.append(FlowStep(role_label(policy.book, role), who, step.clause))
    return tuple(steps)


def _waits_alone() -> Message:
    """Return the words for an act that takes effect after a wait, as nobody could agree to it."""
    return _(
        "nobody, so it is done after {days} days unless somebody whom it concerns objects", days=ALONE_DAYS
    )


def returned_draft(request: Request, asked: Mapping[str, str]) -> ReturnedDraft:
    """Return what was submitted with a returned ``request``, as typed, with the returning comment."""
    comments = [step.comment for step in RequestApprovers().steps(request) if step.state == "returned"]
    attached = RequestEvidence.select().where(RequestEvidence.request == request)
    return ReturnedDraft(
        request=request.id,
        asked=asked,
        reason=request.reason,
        evidence=tuple(one.evidence_id for one in attached),
        comment=comments[-1] if comments else "",
        changed_on=request.changed_on or "",
    )


def form_requirement(need: Need) -> FormRequirement:
    return FormRequirement(bool(need), need.clause)
