"""Who will decide a request that is not written yet, in which order and by when."""

from __future__ import annotations

from db.desk.asking.forms import Way
from db.desk.asking.offers import Offer
from db.desk.clockwork import deadline_of, due_day, due_of
from db.desk.requests.change_form import Asks, FlowStep
from db.desk.requests.deciding import Case, Deciding, Earlier
from db.desk.requests.submitting import reason_needed
from db.desk.requests.views import named
from db.desk.standing import Standing, policy_of
from db.store import clock


def way_of(standing: Standing, book: str, offer: Offer) -> Way:
    """The way of a request for ``offer`` by the actor, as far as it is known before it is written."""
    policy, deciding = policy_of(book), Deciding()
    flow, deadline = policy.flow(offer.kind), deadline_of(policy, offer.kind)
    case = Case(book, offer.unit(standing, book), None, deciding.barred(standing.account))
    earlier: list[Earlier] = []
    steps = []
    for step in flow.steps:
        role = policy.holder(step.role)
        found = deciding.deciders(case, role, earlier)
        if len(found) == 1:
            earlier.append((found[0].account, found[0].on_behalf_of))
        steps.append(FlowStep(policy.role(role).label, tuple(map(named, found)), step.clause))
    need = reason_needed(policy, offer.kind)
    return Way(
        steps=tuple(steps),
        due=due_of(due_day(deadline, clock.now()), deadline.clause) if deadline else None,
        due_days=deadline.days if deadline else None,
        reason=Asks(bool(need), need.clause),
        evidence=Asks(bool(flow.evidence), flow.evidence.clause),
        clause=flow.clause,
    )
