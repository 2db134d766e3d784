"""Composing flows and duties: what any regulation asks for is asked for, the shortest time counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from db.policy.request_kinds import REQUEST_KINDS, RequestKindName
from db.policy.rules import Deadline, DutyRule, Flow, Need, Requirement, Step
from db.policy.schema import PolicyFile
from db.policy.schema.base import cite, cite_amount
from db.policy.schema.decisions import Decisions
from db.policy.schema.work import StatedDuty, StatedFlow, StatedNeed
from db.policy.vocabulary import (
    DEFAULT,
    FUNCTIONS,
    SECOND,
    STEP_ORDER,
    DutyKind,
)

Holder = Callable[[str], str]


def compose_flows(files: Sequence[PolicyFile], default: PolicyFile, holder: Holder) -> tuple[Flow, ...]:
    """Compose the flow of every kind of request. Each part that no regulation states is the default's: its
    own for that kind, else that of a change. A reset has one step, the agreement of a second office."""
    usual = default.flow["change"]
    flows = (_flow(kind, files, default.flow.get(kind, usual), holder) for kind in REQUEST_KINDS)
    agreed = cite(*(rule.clause_of("by") for file in files if (rule := file.second) and rule.by)) or DEFAULT
    return tuple(
        replace(flow, steps=(Step(SECOND, agreed),)) if flow.kind == "reset" else flow for flow in flows
    )


def _flow(kind: RequestKindName, files: Sequence[PolicyFile], default: StatedFlow, holder: Holder) -> Flow:
    stated = [file.flow[kind] for file in files if kind in file.flow]
    return Flow(
        kind=kind,
        steps=_steps(stated, default, holder),
        submit=_submit(stated, holder),
        evidence=_need("evidence", stated, default.evidence),
        reason=_need("reason", stated, default.reason),
        deadline=_deadline(stated),
        announce=_need("announce", stated, default.announce),
        clause=cite(*(flow.clause for flow in stated)) or DEFAULT,
        submit_clause=cite(*(flow.clause_of("submit") for flow in stated if flow.submit)),
    )


def _steps(stated: list[StatedFlow], default: StatedFlow, holder: Holder) -> tuple[Step, ...]:
    """Return the steps: one regulation's in its order; those of several united in the order of the
    offices. Whom a regulation says to apply to has a step beside those of the others, or of the default."""
    flows = stated if any(flow.steps for flow in stated) else [default, *stated]
    stating = [flow for flow in flows if flow.named_steps()]
    found: dict[str, str] = {}
    for flow in stating:
        for key, step in flow.named_steps():
            role = holder(step.role)
            found[role] = cite(found.get(role, ""), step.clause or flow.clause_of(str(key[0])))
    steps = [Step(role, clause) for role, clause in found.items()]
    if len(stating) > 1:
        steps.sort(key=lambda step: _rank(step.role, holder))
    return tuple(steps)


def _rank(role: str, holder: Holder) -> int:
    """Return a role's place among the offices; one without an office comes before the director."""
    for number, word in enumerate(STEP_ORDER):
        if role in (word, holder(word) if word in FUNCTIONS else word):
            return number
    return STEP_ORDER.index("supervisor")


def _submit(stated: list[StatedFlow], holder: Holder) -> tuple[str, ...]:
    """Return the roles that may submit by every regulation that names any."""
    naming = [[holder(role) for role in flow.submit] for flow in stated if flow.submit]
    if not naming:
        return ()
    return tuple(dict.fromkeys(role for role in naming[0] if all(role in roles for roles in naming)))


def _need(name: str, flows: list[StatedFlow], default: StatedNeed | None) -> Need:
    """Return whether any regulation asks for the part ``name``, cited by those that do. If none does, cite
    those that deny it; if none speaks of it, return the ``default``'s need."""
    stated: list[tuple[StatedFlow, StatedNeed | None]] = [(flow, getattr(flow, name)) for flow in flows]
    needs = [
        (need.required, need.clause or flow.clause_of(name)) for flow, need in stated if need is not None
    ]
    if not needs:
        return Need(default is not None and default.required, DEFAULT)
    required = any(asked for asked, clause in needs)
    return Need(required, cite(*(clause for asked, clause in needs if asked == required)))


def _deadline(stated: list[StatedFlow]) -> Deadline | None:
    found = [
        Deadline(flow.deadline.days, flow.deadline.start, flow.deadline.clause or flow.clause_of("deadline"))
        for flow in stated
        if flow.deadline is not None
    ]
    if not found:
        return None
    shortest = min(found, key=lambda deadline: deadline.days)
    binding = [d.clause for d in found if (d.days, d.start) == (shortest.days, shortest.start)]
    return Deadline(shortest.days, shortest.start, cite_amount(binding))


def compose_duties(files: Sequence[PolicyFile], holder: Holder, decided: Decisions) -> tuple[DutyRule, ...]:
    """Compose the duties that any regulation asks for; who does one may be ``decided`` by the
    organisation."""
    kinds = dict.fromkeys(kind for file in files for kind in file.duty)
    return tuple(
        _duty(kind, [file.duty[kind] for file in files if kind in file.duty], holder, decided.duty.get(kind))
        for kind in kinds
    )


def _duty(kind: DutyKind, stated: list[StatedDuty], holder: Holder, decided: str | None) -> DutyRule:
    shortest = min(stated, key=lambda duty: duty.days)
    requires: dict[str, Requirement] = {}
    for duty in stated:
        for proof in duty.requires:
            clause = proof.clause or duty.clause
            known = requires.get(proof.what)
            requires[proof.what] = Requirement(proof.what, cite(known.clause, clause) if known else clause)
    return DutyRule(
        kind=kind,
        days=shortest.days,
        start=shortest.start,
        by=decided or holder(shortest.by),
        requires=tuple(requires.values()),
        announce=tuple(dict.fromkeys(audience for duty in stated for audience in duty.announce)),
        hands_out=any(duty.hands_out for duty in stated),
        remind_days=max(duty.remind_days for duty in stated),
        escalate=holder(shortest.escalate),
        clause=cite(*(duty.clause for duty in stated if duty.days == shortest.days)),
        received_by=holder(
            next((one.received_by for one in stated if "received_by" in one.model_fields_set), "maintainer")
        ),
        due_clause=cite_amount([duty.clause_of("days") for duty in stated if duty.days == shortest.days]),
        remind_clause=cite(*(duty.clause_of("remind_days", "escalate") for duty in stated)),
        announce_clause=cite(*(duty.clause_of("announce") for duty in stated if duty.announce)),
        or_by=tuple(dict.fromkeys(holder(role) for duty in stated for role in duty.or_by)),
        hands_out_clause=cite(*(duty.clause_of("hands_out") for duty in stated if duty.hands_out)),
    )
