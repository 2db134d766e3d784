"""Counts for how many of the steps before it a case has hands left, each step's its own. Not an operation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from db.approval.capacity import DEPUTY
from db.desk.authority.permissions import policy_of
from db.desk.requests.approvers import NamedApprover
from db.store.tables import CaseEvent, CaseFile

if TYPE_CHECKING:
    from db.desk.cases.case_roles import CaseRoles

Able = tuple[NamedApprover, ...]
JUDGED = ("judged", "cleared")
"""What whoever judges finds: a breach, or none."""
MOST = 6
"""So many of a step are tried: offices are held by few."""
DECIDING = ("judge", "decide", "confirm")


def steps_ahead(case_roles: CaseRoles, row: CaseFile) -> list[tuple[str, Able]]:
    """Return the steps from the next judge on, and who could take each while nobody had a part in the case;
    without the appeal where a meeting can decide it."""
    policy, (judges, management) = policy_of(row.book_id), case_roles.first_deciders(row)
    wanted = [("judge", judges) for _role in judging_roles(row)]
    if policy.ladder:
        wanted.append(("decide", management))
        grave = any(rung.severity >= policy.discipline.second_from for rung in policy.ladder)
        if grave or policy.discipline.further:
            wanted.append(("confirm", management))
    return wanted if case_roles.can_meet(row) else [*wanted, ("hear", (*management, *judges))]


def count_filled(
    case_roles: CaseRoles,
    row: CaseFile,
    wanted: Sequence[tuple[str, Able]],
    taken: tuple[tuple[str, NamedApprover], ...] = (),
    barred: Collection[int] = (),
) -> int:
    """Count the most steps that different people can take, one after the other; none of ``barred``. Who
    judges may judge for several regulations."""
    if len(taken) == len(wanted):
        return len(taken)
    step, able = wanted[len(taken)]
    others = [one for made, one in taken if not made == step == "judge"]
    if step == "judge":  # for which somebody stands in
        accounts = [*barred, *(one.account for one in others)]
        able = case_roles.judges_beside(row, accounts, len(taken) - len(others))
    best = len(taken)
    for one in able[:MOST]:
        if any(case_roles.is_one_person(one.account, account) for account in barred):
            continue
        if any(case_roles.is_one_person(one.account, other.account) for other in others):
            continue
        if step == "confirm" and is_one_office(taken[-1][1], one):
            continue
        decided = max((_rank(row, other) for made, other in taken if made in DECIDING), default=0)
        if step == "hear" and _rank(row, one) < decided:
            continue
        best = max(best, count_filled(case_roles, row, wanted, (*taken, (step, one)), barred))
        if best == len(wanted):
            break
    return best


def is_one_office(first: CaseEvent | NamedApprover, second: NamedApprover) -> bool:
    """Return whether one of the two would decide as the other's deputy: an office counts once."""
    deputises = DEPUTY in (first.capacity, second.capacity)
    office = (
        (first.role, first.unit) if isinstance(first, NamedApprover) else (first.office, first.office_unit)
    )
    return deputises and office == (second.role, second.unit)


def judging_roles(row: CaseFile) -> tuple[str, ...]:
    """Return the roles that have yet to judge the case, those of several regulations one after the other."""
    found = CaseEvent.select().where((CaseEvent.case == row) & CaseEvent.act.in_(JUDGED)).count()
    return policy_of(row.book_id).discipline.judge[found:]


def office_rank(book: str, role: str) -> int:
    """Return how high ``role`` ranks among those who decide cases: 0 for one that isn't of the management."""
    discipline = policy_of(book).discipline
    order = [policy_of(book).role_behind(one) for one in discipline.management]
    return order.index(role) + 1 if role in order else 0


def _rank(row: CaseFile, one: NamedApprover) -> int:
    return office_rank(row.book_id, one.role)
