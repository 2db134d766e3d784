"""What becomes of an own request, from the list of them or from the request's own card: amending one that
was returned, taking one back, giving back what it opened."""

from __future__ import annotations

from db.desk.requests.request_views import RequestRow
from db.language import Message, _
from tui.kit import Command, Frame, confirm
from tui.screens.asking.change import Change
from tui.screens.asking.form import AskForm
from tui.screens.asking.request_form import RequestForm
from tui.screens.lifecycle import opening

AMEND = Command("amend", "e", _("Amend"), _("Amend a request that was returned to you."))
WITHDRAW = Command("withdraw", "w", _("Withdraw"), _("Take the request back."))
GIVE_BACK = Command("withdraw", "w", _("Give back"), _("Give back access before its days are over."))


def lasting(screen: Frame) -> frozenset[int]:
    """Requests whose granted access lasts still."""
    return frozenset(grant.request for grant in screen.app.desk.access.mine())


def may_amend(row: RequestRow) -> bool:
    """Whether it was returned."""
    return row.state == "returned"


def may_withdraw(row: RequestRow, lasts: bool) -> bool:
    """Whether it is under way still, or what it opened lasts."""
    return lasts or row.state in ("open", "returned")


def form_to_amend(screen: Frame, row: RequestRow) -> RequestForm:
    """The form with what was handed in then. A Refused says why that is not possible."""
    if row.kind in opening.KINDS:
        return opening.amendment(screen, row.id)
    if row.kind == "change":
        return Change(screen.app.desk.changes.amendment(row.id))
    return AskForm(screen.app.desk.asking.amendment(row.id))


async def take_back(screen: Frame, row: RequestRow, lasts: bool) -> Message | None:
    """Withdraw it, or give back what it opened, once it was asked whether that is meant; what to tell, or
    None where nothing was done."""
    meant = (
        await confirm(screen, _("Give this access back?"), yes=_("Give back"), no=_("Keep it"))
        if lasts
        else await confirm(
            screen, _("Withdraw request {number}?", number=row.id), yes=_("Withdraw"), no=_("Keep it")
        )
    )
    if not meant:
        return None
    screen.app.desk.requests.withdraw(row.id)
    if lasts:
        return _("Given back; you see the entry by that request no more.")
    return _("Withdrawn: request {number}", number=row.id)
