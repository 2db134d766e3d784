"""Handing requests about somebody's life in the house in, the first time and after a return."""

from __future__ import annotations

from datetime import date

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import side_of
from db.desk.lifecycle.events import EVENTS, Event, evidence_asked, open_duties, set_clock
from db.desk.refusal import SILENT, Refused
from db.desk.requests.flow import lock_request, no_such_request
from db.desk.requests.submitting import (
    RequestDraft,
    amend_request,
    how_to_send,
    submit_request,
    withdraw_obsolete,
)
from db.language import _
from db.store.sql import for_update
from db.store.tables import Entry, Request


def lock_own_request(act: Act, request: int) -> Request:
    """Lock and return the actor's own request about joining, moving or leaving. Raises Refused alike for any
    other and for none."""
    row = lock_request(request)
    if row is None or row.requester_id != act.permissions.account or row.kind not in EVENTS:
        raise no_such_request()
    return row


def check_single(act: Act, entry: int, event: Event, amends: int | None = None) -> None:
    """Lock ``entry``. Raise Refused where another request about its ``event`` is under way than ``amends``,
    which is being amended; one that was returned to somebody else does not count."""
    wanted = Entry.select(Entry.id).where(Entry.id == entry)
    for_update(wanted).get_or_none()
    for one in under_way(entry, event):
        own = one.requester_id == act.permissions.account
        if one.id == amends or (one.state == "returned" and not own):
            continue
        raise Refused(
            _("Request {request} about this is under way already.", request=one.id),
            SILENT,
            _("It was returned to you: amend it, or withdraw it first.")
            if one.state == "returned"
            else _("Wait for its decision, or withdraw it first."),
        )


def under_way(entry: int, event: Event) -> list[Request]:
    rows = Request.select().where(
        (Request.entry == entry) & (Request.kind == event) & Request.state.in_(("open", "returned"))
    )
    return list(rows.order_by(Request.id))


def submit_event(act: Act, draft: RequestDraft, event: Event, day: date, amends: int | None) -> int:
    """Submit ``draft``, or amend request ``amends`` with it, and return the request's number. Withdraws
    requests about the event that were returned to somebody else, and notifies their requesters. Opens the
    tasks that the policy asks for or sets their clocks to ``day``; a joiner's keep theirs until the approval.
    Raises Refused without the evidence asked for."""
    side = side_of(Entry.get_by_id(draft.entry))
    need = evidence_asked(policy_of(draft.book), event, side)
    if need and not draft.evidence:
        act.note_facts(book=draft.book, unit=draft.unit, entry=draft.entry)
        raise Refused(
            _("At least one piece of evidence must be attached."),
            need.clause,
            how_to_send(act.actor),
        )
    entry = int(draft.entry or 0)
    for one in under_way(entry, event):
        if one.id != amends:
            withdraw_obsolete(act, one)
    if amends is None:
        request = submit_request(act, draft)
    else:
        request = lock_own_request(act, amends)
        amend_request(act, request, draft)
    policy = policy_of(draft.book)
    opened = open_duties(policy, event, entry=entry, unit=draft.unit, day=day, request=request.id)
    for task in opened if event != "join" else ():
        set_clock(task, day)
    act.note_facts(tasks=[task.id for task in opened])
    return int(request.id)
