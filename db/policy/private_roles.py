"""Roles that one regulation of a book knows and another doesn't, such as a safety officer, a class teacher.

A regulation that says what employees see closes the rest to everybody whom it doesn't speak of: to it the
holder of a role that it doesn't know is an employee, whatever another one calls them, also of one of the
management. So what it lets employees see bounds what such a role sees. What the role does within that,
propose and maintain, is the matter of the regulation that gives it its work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.named_roles import USUAL_ROLES, named_in
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.access import StatedScope
from db.policy.vocabulary import MANAGEMENT, PROTECTED, REACHES, Side

Holder = Callable[[str], str]
EMPLOYEE = "employee"


def employee_bounds(files: Sequence[PolicyFile], role: str, side: Side, holder: Holder) -> list[StatedScope]:
    """Return the employee scopes of the regulations that don't know ``role``: it sees no more than they
    give."""
    return [
        rule
        for file in files
        if not _knows(file, role, holder)
        for rule in file.scopes
        if rule.role == EMPLOYEE and rule.side in (None, side)
    ]


def find_counted_as_employee(
    policy: EffectivePolicy, regulations: Sequence[Regulation], files: Sequence[PolicyFile], holder: Holder
) -> Iterator[Fault]:
    """Yield a warning for each scope that shows less than its regulation says, because another regulation
    doesn't know its role."""
    sides = dict.fromkeys(kind.side for kind in policy.kinds)
    for regulation, file in zip(regulations, files, strict=True):
        for number, scope in enumerate(regulation.file.scopes):
            role = holder(scope.role)
            if scope not in file.scopes or role in policy.functionaries:
                continue
            within = (
                employee_bounds(files, role, side, holder) for side in sides if scope.side in (None, side)
            )
            narrower = [bound for several in within for bound in several if _narrows(bound, scope)]
            if narrower:
                yield _warning(regulation, number, scope, narrower[0])


def _knows(file: PolicyFile, role: str, holder: Holder) -> bool:
    """Return whether a regulation speaks of a role, or holds one that every organisation has. Of the
    management it speaks where it lists them or says what they see."""
    if role in {one.id for one in file.roles}:
        return True
    if role in MANAGEMENT:
        return any(holder(scope.role) == role for scope in file.scopes)
    if role in USUAL_ROLES:
        return True
    return any(holder(one.word) == role for one in named_in(file))


def _narrows(bound: StatedScope, scope: StatedScope) -> bool:
    reach = REACHES.index(bound.reach) < REACHES.index(scope.reach)
    return reach or PROTECTED.index(bound.protected) < PROTECTED.index(scope.protected)


def _warning(regulation: Regulation, number: int, scope: StatedScope, bound: StatedScope) -> Fault:
    message = _(
        "The regulation of {clause} doesn't know {role}, who therefore sees no more than an employee. "
        "To leave that to {own}, list {role} in its roles.",
        clause=bound.clause,
        role=scope.role,
        own=scope.clause,
    )
    return regulation.fault(message, "scopes", number, warning=True)
