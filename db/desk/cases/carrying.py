"""Whether the offices of a book carry a case to its end: somebody for each step, and for an appeal somebody
who is not below who decided, or two who can have a meeting decide it. A default rule. Not an operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.office_names import role_name
from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.case_roles import CaseRoles, office_rank
from db.desk.requests.approvers import NamedApprover
from db.language import Message, Text, _, listed
from db.store.tables import CaseFile

STEPS: dict[str, Message] = {
    "investigate": _("investigate"),
    "judge": _("judge"),
    "decide": _("decide what follows"),
    "confirm": _("confirm it as the second person"),
    "hear": _("decide an appeal, not below who decided"),
}
MOST = 6
"""So many of a step are tried: offices are held by few."""


@dataclass(frozen=True, slots=True)
class CaseGap:
    """The first step of a case that nobody would be left for, and the offices whose holders could take it."""

    step: str
    what: Text
    roles: tuple[str, ...]
    offices: Text


def case_gap(book: str) -> CaseGap | None:
    """Return a case's first step for which nobody is left once others took those before; or None."""
    policy, case_roles = policy_of(book), CaseRoles()
    row = CaseFile(sort="incident", kind="", book=book, unit=root_of(book))
    judges, management = case_roles.first_deciders(row)
    wanted: list[tuple[str, tuple[NamedApprover, ...]]] = [
        ("investigate", case_roles.investigators(row)),
        ("judge", judges),
    ]
    if policy.ladder:
        wanted.append(("decide", management))
        grave = any(rung.severity >= policy.discipline.second_from for rung in policy.ladder)
        if grave or policy.discipline.further:
            wanted.append(("confirm", management))
    wanted.append(("hear", (*management, *judges)))
    filled = _count_filled(case_roles, row, wanted, ())
    if filled == len(wanted) or (filled == len(wanted) - 1 and case_roles.can_meet(row)):
        return None
    step = wanted[filled][0]
    discipline = policy.discipline
    roles = {
        "investigate": (policy.technical.role,),
        "judge": discipline.judge,
        "hear": discipline.management or discipline.judge,
    }.get(step, discipline.management)
    named = tuple(map(policy.role_behind, roles))
    return CaseGap(step, STEPS[step], named, listed([role_name(book, role) for role in named]))


def _count_filled(
    case_roles: CaseRoles,
    row: CaseFile,
    wanted: Sequence[tuple[str, tuple[NamedApprover, ...]]],
    taken: tuple[tuple[str, NamedApprover], ...],
) -> int:
    """Count the most steps that different people can take, one after the other."""
    if len(taken) == len(wanted):
        return len(taken)
    step, able = wanted[len(taken)]
    if step == "judge":  # for which somebody stands in
        able = case_roles.judges_beside(row, [one.account for _step, one in taken])
    best = len(taken)
    for one in able[:MOST]:
        if any(case_roles.is_one_person(one.account, other.account) for _step, other in taken):
            continue
        decided = max(
            (office_rank(row.book_id, other.role) for made, other in taken if made in DECIDING), default=0
        )
        if step == "hear" and office_rank(row.book_id, one.role) < decided:
            continue
        best = max(best, _count_filled(case_roles, row, wanted, (*taken, (step, one))))
        if best == len(wanted):
            break
    return best


DECIDING = ("judge", "decide", "confirm")
