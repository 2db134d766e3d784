"""What becomes of an own request, from the list of them or from the request's own card: amending one that
was returned, taking one back, giving back what it opened."""

from __future__ import annotations

from dataclasses import replace

from db.desk.requests.request_views import RequestRow
from db.language import _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.screens.asking.request_form import RequestForm
from tui.screens.lifecycle import opening
from tui.screens.sheets.list import command_of
from tui.sheets.requests import WITHDRAW

AMEND = ScreenCommand("amend", "e", _("Amend"), _("Amend a request that was returned to you."), looks=True)
GIVE_BACK = replace(
    command_of(WITHDRAW), label=_("Give back"), help=_("Give back access before its days are over.")
)


def named_by(commands: tuple[ScreenCommand, ...], lasts: bool) -> tuple[ScreenCommand, ...]:
    """Return ``commands`` with "withdraw" labelled as giving back, while what the request opened is still
    open."""
    return tuple(GIVE_BACK if lasts and one.id == GIVE_BACK.id else one for one in commands)


def may_amend(row: RequestRow) -> bool:
    return row.state == "returned"


def form_to_amend(screen: FramedScreen, row: RequestRow) -> RequestForm:
    """Build the form of a returned request, filled in as submitted. Raises Refused."""
    if row.kind in opening.KINDS:
        return opening.amendment(screen, row.id)
    if row.kind == "change":
        return ChangeScreen(screen.app.desk.changes.amendment(row.id))
    return AskForm(screen.app.desk.asking.amendment(row.id))
