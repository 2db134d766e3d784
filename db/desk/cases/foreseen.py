"""Tells before a decision is written down why it would be refused. Not an operation."""

from __future__ import annotations

from db.desk.authority.office_names import role_name
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.hearing import check_heard
from db.desk.refusal import SILENT, Refused
from db.language import Message, _, listed
from db.store.tables import CaseEvent, CaseFile


def refused_yet(row: CaseFile) -> Refused | None:
    """Return why nothing can be decided about a judged case as yet: somebody may still speak."""
    if row.state == "judged":
        try:
            check_heard(row)
        except Refused as refused:
            return refused
    return None


def refused_alone(row: CaseFile, account: int, case_roles: CaseRoles) -> Refused | None:
    """Return why ``account`` can't decide what a second person has to confirm: nobody else could."""
    mine = next((one for one in case_roles.who_does(row, "decide") if one.account == account), None)
    if mine is None:
        return None
    first = CaseEvent(
        account=mine.account, on_behalf_of=mine.on_behalf_of, office=mine.role, office_unit=mine.unit,
        capacity=mine.capacity,
    )  # fmt: skip
    return None if case_roles.seconds_to(row, first) else nobody_goes_on(another_of_management(row))


def nobody_goes_on(advice: Message) -> Refused:
    """Build the refusal of a step after which nobody could take the case's next step, with ``advice``."""
    return Refused(
        _("Nobody could go on with the case: whoever may is concerned, had a part in it, or is not there."),
        SILENT,
        advice,
    )


def another_of_management(row: CaseFile) -> Message:
    """Return which offices of the management another person would have to hold for it."""
    roles = policy_of(row.book_id).discipline.management
    names = listed([role_name(row.book_id, role) for role in roles])
    return _(
        "Have somebody appointed, or acting, as one of these who had no part in it: {roles}", roles=names
    )
