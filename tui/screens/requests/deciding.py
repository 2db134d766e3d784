"""Deciding on a request, from the queue or from the request's own card: the keys and what each asks first."""

from __future__ import annotations

from collections.abc import Callable

from db.desk.accounts.resets import KIND as RESET
from db.desk.requests.views import RequestRow, RequestView
from db.language import Message, _
from tui.kit import Command, Frame, ask_text
from tui.screens.requests.words import who

APPROVE = Command("approve", "a", _("Approve"), _("Agree to the request."))
RETURN = Command("return", "b", _("Return"), _("Send it back to be amended; you are asked for a word."))
REJECT = Command("reject", "d", _("Reject"), _("Turn it down for good; you are asked for a word."))
DECISIONS = (APPROVE, RETURN, REJECT)


def approve(screen: Frame, row: RequestRow, digest: str) -> Message:
    """Agree to what stands under ``digest``; what to tell of it."""
    screen.app.desk.queue.approve(row.id, digest)
    if row.kind == RESET:
        return _("Vouched for. Your half of the code is under Today, h")
    return _("Approved: {who}", who=who(row))


async def send_back(screen: Frame, view: RequestView) -> Message | None:
    """Ask for a word and send it back with it; what to tell, or None where nothing was done."""
    done = await _asked(screen, view, _("Return"), _("What has to be amended"), screen.app.desk.queue.return_)
    return _("Returned: {who}", who=who(view.row)) if done else None


async def turn_down(screen: Frame, view: RequestView) -> Message | None:
    """Ask for a word and turn it down with it; what to tell, or None where nothing was done."""
    done = await _asked(screen, view, _("Reject"), _("Why it is turned down"), screen.app.desk.queue.reject)
    return _("Rejected: {who}", who=who(view.row)) if done else None


async def _asked(
    screen: Frame, view: RequestView, title: Message, word: Message, act: Callable[[int, str, str], object]
) -> bool:
    """Ask for the word and do the act with it; False where that was called off. A word that is refused stays
    to be written anew."""
    said = await ask_text(
        screen, title, word, text=who(view.row), required=True,
        check=lambda said: act(view.row.id, view.digest, said),
    )  # fmt: skip
    return said is not None
