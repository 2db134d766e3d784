"""Moves that were approved ahead of their day take effect on it by themselves: with the first operation, the
first sign-in, the server's look at its sessions or the duty runner of that day. Not an operation.

A move that nobody approved does nothing by itself, so that nobody ends an office by asking for a move.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from db.desk.accounts.granting import end_offices_left
from db.desk.due_dates import today
from db.desk.lifecycle.last_day import approver_act
from db.desk.lifecycle.move_kind import KIND, MOVE
from db.desk.refusal import Invalid, Refused
from db.desk.requests.flow import apply_request, change_state, lock_request, record_event, tell_asker
from db.desk.requests.giving_back import end_with_post
from db.desk.requests.payload import UNREADABLE, open_verified
from db.language import LANGUAGES, say
from db.store import audit
from db.store.sealing import SealBroken
from db.store.tables import Entry, Request, RequestStep
from db.store.transactions import reading, writing


def make_due_moves() -> None:
    """Apply approved moves whose day has come, each in its own transaction, recorded as the host's; the
    notices are those of the move. One whose record was changed since, or that can't be read, is rejected with
    the reason, and the requester notified. One for which copies are still out waits for the next day; the
    offices of the former unit end on its day all the same."""
    with reading():
        numbers = [row.id for row in _due()]
    for number in numbers:
        try:
            with writing():
                _make(number)
        except Refused as refusal:
            with writing():
                _wait(number, refusal)
        except (Invalid, SealBroken) as fault:  # else it would come up in whatever anybody does next
            with writing():
                _reject(
                    Request.get_by_id(number),
                    UNREADABLE.text if isinstance(fault, SealBroken) else str(fault),
                )


def _due() -> Any:
    undecided = RequestStep.select(RequestStep.request).where(RequestStep.state.in_(("open", "waiting")))
    coming = (Request.kind == KIND) & (Request.state == "open") & (Request.due <= today().isoformat())
    return Request.select(Request.id).where(coming & Request.id.not_in(undecided)).order_by(Request.id)


def _make(number: int) -> None:
    request = lock_request(number)
    if request is None or request.state != "open":  # another process was first
        return
    asks = open_verified(request)
    try:
        MOVE.current(request, asks)
    except Refused as overtaken:
        _reject(request, str(overtaken))
        return
    act = approver_act(request)
    apply_request(act, request, asks)
    _record(request, "done", act.journal)


def _reject(request: Request, reason: str) -> None:
    change_state(request, "open", "rejected")
    record_event(request, None, "rejected", comment=reason)
    tell_asker(request, None)
    _record(request, "done")


def _wait(number: int, refusal: Refused) -> None:
    """End the offices of the former unit and the access granted for the post, notifying the requesters of the
    latter; put the move off by a day, and record what refused it."""
    request = Request.get_by_id(number)
    before, after = (open_verified(request)[side]["unit"] for side in ("before", "after"))
    if before != after:
        end_offices_left(before, Entry.get_by_id(request.entry_id).person_id)
        end_with_post(Entry.get_by_id(request.entry_id).person_id, request.book_id)
    Request.update(due=(today() + timedelta(days=1)).isoformat()).where(Request.id == number).execute()
    said = {one: say(refusal.message, one) for one in LANGUAGES}
    _record(request, "refused", clause=refusal.clause, refusal=said)


def _record(request: Request, outcome: Any, journal: Any = None, *, clause: str = "", **detail: Any) -> None:
    audit.append(
        act="duties.ripe", outcome=outcome, front="host", clause=clause or request.clause,
        book=request.book_id, unit=request.unit_id, entry=request.entry_id, request=request.id,
        journal=journal, detail={"state": request.state} | detail,
    )  # fmt: skip
