"""A leaver: the form with all that ends, and the request that removes them (A.10, D.5.1, G.4.3, H.5.4)."""

from __future__ import annotations

from dataclasses import replace

from db.desk.act import Act
from db.desk.due_dates import today
from db.desk.entry.colleagues import find_colleague, stays_elsewhere
from db.desk.entry.persons import first_book
from db.desk.lifecycle import drafts
from db.desk.lifecycle.asking_back import ask_copies_back
from db.desk.lifecycle.closing import removal_effects
from db.desk.lifecycle.event_route import preview_route
from db.desk.lifecycle.events import entry_due, proof_asked
from db.desk.lifecycle.forms import (
    COLLEAGUE,
    DAY,
    DIRECTORY,
    LEAVES,
    ORGANISATION,
    STAYS,
    SUCCESSOR,
    LeaveAsked,
    LeaveForm,
)
from db.desk.lifecycle.last_day import is_approved, store_last_day
from db.desk.lifecycle.leave_kind import LEAVE, payload
from db.desk.lifecycle.rights import check_entry
from db.desk.lifecycle.typed import read_day_of_event
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import AskChoice, RequestField
from db.desk.requests.inside_owners import read_successor
from db.desk.requests.payload import open_payload
from db.desk.requests.request_kinds import Payload
from db.desk.requests.route_preview import ReturnedDraft
from db.desk.requests.submitting import RequestDraft
from db.desk.tasks.handback import copies_owed
from db.language import Label, _
from db.store.tables import Book, Entry, Request, Unit


def form(
    act: Act, entry: int, request: Request | None = None, returned: ReturnedDraft | None = None
) -> LeaveForm:
    """Return the form of a leaver, with what ends, from a returned request decrypted. Locks the entry."""
    right = check_entry(act, entry, "leave")
    row, policy = right.entry, right.policy
    drafts.check_single(act, row.id, "leave", request.id if request is not None else None)
    asked: Payload = open_payload(request) if request is not None else {}
    day = str(asked["day"]) if asked else today().isoformat()
    fields = [RequestField(DAY, _("Last day"), value=day, required=True)]
    leaver = Entry.get_by_id(row.id)
    ends = removal_effects(leaver)
    first_of_all = first_book(row.person)
    elsewhere = bool(ends.elsewhere) and right.side == "internal" and row.book == first_of_all
    entered_in = _titled(first_of_all) if ends.elsewhere and row.book != first_of_all else ""
    approved = is_approved(row.id)
    if elsewhere or approved:
        choices = _what_may_be_left(elsewhere=elsewhere, approved=approved)
        first = _left_at_first(asked, elsewhere=elsewhere)
        fields.append(RequestField(LEAVES, _("Leaves"), value=first, choices=choices, required=True))
    if ends.answers_for:
        successor = find_colleague(str(asked["successor"])) if asked.get("successor") else ""
        hands_over = RequestField(
            SUCCESSOR, _("Hands over to"), value=successor, hint=COLLEAGUE, required=True
        )
        fields.append(hands_over)
    copies: tuple[str, ...] = ()
    if proof_asked(policy, "leave", right.side, "hand-back") is not None:
        all_ends = _left_at_first(asked, elsewhere=elsewhere) == ORGANISATION or not stays_elsewhere(leaver)
        copies = tuple(copy.mark for copy in copies_owed(leaver, leaves=all_ends))
    return LeaveForm(
        route=preview_route(
            policy, "leave", right.side, row.unit, act.permissions.account, row.id, row.person
        ),
        entry=row.id,
        name=row.first("name"),
        unit_name=str(Unit.get_by_id(row.unit).name),
        fields=tuple(fields),
        ending=ends if elsewhere else replace(ends, elsewhere=()),
        entered_in=entered_in,
        copies=copies,
        amends=returned,
    )


def _titled(book: str) -> Label:
    row = Book.get_by_id(book)
    return Label(row.title_zh, row.title_en)


def _what_may_be_left(*, elsewhere: bool, approved: bool) -> tuple[AskChoice, ...]:
    """Return the choices of what is left: this directory alone; the organisation, if the person is in others
    (``elsewhere``); nothing, if a leave is ``approved``, which that cancels."""
    found = [AskChoice(DIRECTORY, _("this directory alone"))]
    if elsewhere:
        found.insert(0, AskChoice(ORGANISATION, _("the organisation: all ends in every directory")))
    if approved:
        found.append(AskChoice(STAYS, _("nothing: the leave is called off, what ended comes back")))
    return tuple(found)


def _left_at_first(asked: Payload, *, elsewhere: bool) -> str:
    """Return what is left as the form opens: the organisation, where that is offered at all."""
    if asked.get("stays"):
        return STAYS
    return ORGANISATION if elsewhere and asked.get("everywhere", True) else DIRECTORY


def submit_leave(act: Act, asked: LeaveAsked, amends: int | None) -> int:
    """Submit or amend a leaver, or the calling off of an approved leave; return the request's number. A leave
    stores the last day at once, notifies the person and the watchers by notice and mail, and opens tasks to
    hand copies back. Raises Invalid for what is unfit, Refused where the actor may not, or another leave is
    under way."""
    right = check_entry(act, asked.entry, "leave")
    policy, row = right.policy, Entry.get_by_id(asked.entry)
    day = read_day_of_event("day", asked.day, row.joined)
    successor = read_successor(act.permissions, row, asked.successor)
    if isinstance(day, Problem) or isinstance(successor, Problem):
        raise Invalid(*(one for one in (day, successor) if isinstance(one, Problem)))
    drafts.check_single(act, row.id, "leave", amends)
    if asked.everywhere and row.book_id != first_book(row.person_id):
        words = _(
            "That they leave the organisation is entered in {book}; here they leave this directory alone.",
            book=_titled(first_book(row.person_id)),
        )
        raise Invalid(Problem(LEAVES, words))
    if asked.stays and not is_approved(row.id):
        raise Invalid(Problem(LEAVES, _("No leave of theirs was approved that could be called off.")))
    draft = RequestDraft(
        kind=LEAVE.id,
        book=row.book_id,
        unit=row.unit_id,
        entry=row.id,
        entry_version=None,
        payload=payload(day.isoformat(), successor, everywhere=asked.everywhere, stays=asked.stays),
        reason=asked.reason,
        evidence=tuple(asked.evidence),
        due=entry_due(policy, "leave", right.side, day),
    )
    number = drafts.submit_event(act, draft, "leave", day, amends)
    if not asked.stays:
        store_last_day(Request.get_by_id(number), row, day, act, everywhere=asked.everywhere)
    ask_copies_back(act, number, day)
    return number
