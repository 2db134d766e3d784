"""Whether the offices of a book carry a case to its end: somebody for each step, and for an appeal somebody
who is not below who decided, or two who can have a meeting decide it. A default rule. Not an operation.
"""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.office_names import role_name
from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.hands import count_filled, steps_ahead
from db.language import Message, Text, _, listed
from db.store.tables import CaseFile

STEPS: dict[str, Message] = {
    "investigate": _("investigate"),
    "judge": _("judge"),
    "decide": _("decide what follows"),
    "confirm": _("confirm it as the second person"),
    "hear": _("decide an appeal, not below who decided"),
}


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
    wanted = [("investigate", case_roles.investigators(row)), *steps_ahead(case_roles, row)]
    filled = count_filled(case_roles, row, wanted)
    if filled == len(wanted):
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
