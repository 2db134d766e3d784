"""Deciding on a request, from the queue or from the request's own card: the keys and what each asks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from db.desk.accounts.resets import KIND as RESET
from db.desk.requests.request_views import RequestRow, RequestView
from db.language import Message, Text, _, _n
from tui.kit import Command, Frame, ask_text
from tui.screens.requests.request_words import who

APPROVE = Command("approve", "a", _("Approve"), _("Agree to the request."))
RETURN = Command("return", "b", _("Return"), _("Send it back to be amended; you are asked for a word."))
REJECT = Command("reject", "d", _("Reject"), _("Turn it down for good; you are asked for a word."))
DECISIONS = (APPROVE, RETURN, REJECT)
AMEND, WHY = _("What has to be amended"), _("Why it is turned down")


def approve(screen: Frame, row: RequestRow, digest: str) -> Message:
    """Agree to what stands under ``digest``; what to tell of it."""
    screen.app.desk.queue.approve(row.id, digest)
    if row.kind == RESET:
        return _("Vouched for. Your half of the code is under Today, h")
    return _("Approved: {who}", who=who(row))


async def send_back(screen: Frame, view: RequestView) -> Message | None:
    """Ask for a word and send it back with it; what to tell, or None where nothing was done."""
    done = await _asked(screen, who(view.row), RETURN.label, AMEND, _on(view, screen.app.desk.queue.return_))
    return _("Returned: {who}", who=who(view.row)) if done else None


async def send_back_all(screen: Frame, rows: Sequence[RequestRow]) -> Message | None:
    """As `send_back`, with the same word to all of ``rows``."""
    act, text = _on_all(rows, screen.app.desk.queue.return_many), _count(rows)
    done = await _asked(screen, text, RETURN.label, AMEND, act)
    return _n("Returned: {count} request", "Returned: {count} requests", count=len(rows)) if done else None


async def turn_down(screen: Frame, view: RequestView) -> Message | None:
    """Ask for a word and turn it down with it; what to tell, or None where nothing was done."""
    done = await _asked(screen, who(view.row), REJECT.label, WHY, _on(view, screen.app.desk.queue.reject))
    return _("Rejected: {who}", who=who(view.row)) if done else None


async def turn_down_all(screen: Frame, rows: Sequence[RequestRow]) -> Message | None:
    """As `turn_down`, with the same word to all of ``rows``."""
    act, text = _on_all(rows, screen.app.desk.queue.reject_many), _count(rows)
    done = await _asked(screen, text, REJECT.label, WHY, act)
    return _n("Rejected: {count} request", "Rejected: {count} requests", count=len(rows)) if done else None


def _count(rows: Sequence[RequestRow]) -> Message:
    return _("The {count} selected", count=len(rows))


def _on(view: RequestView, act: Callable[[int, str, str], object]) -> Callable[[str], object]:
    return lambda said: act(view.row.id, view.digest, said)


def _on_all(
    rows: Sequence[RequestRow], act: Callable[[Sequence[tuple[int, str]], str], object]
) -> Callable[[str], object]:
    return lambda said: act([(row.id, row.digest) for row in rows], said)


async def _asked(screen: Frame, text: Text, title: Text, word: Message, act: Callable[[str], object]) -> bool:
    """Ask for the word and do the act with it; False where that was called off. A word that is refused stays
    to be written anew."""
    said = await ask_text(screen, title, word, text=text, required=True, check=act)
    return said is not None
