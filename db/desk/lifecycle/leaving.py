"""A leaver: the form with all that ends, and the request that removes them (A.10, D.5.1, G.4.3, H.5.4)."""

from __future__ import annotations

from db.desk.clockwork import today
from db.desk.entry.colleagues import named
from db.desk.frame import Act
from db.desk.lifecycle import drafts
from db.desk.lifecycle.closing import ending
from db.desk.lifecycle.event_way import way_of
from db.desk.lifecycle.events import due, proof_asked
from db.desk.lifecycle.forms import (
    COLLEAGUE,
    DAY,
    DIRECTORY,
    LEAVES,
    ORGANISATION,
    SUCCESSOR,
    LeaveAsked,
    LeaveForm,
)
from db.desk.lifecycle.leave_kind import LEAVE, payload
from db.desk.lifecycle.rights import check_entry
from db.desk.lifecycle.typed import read_day_of_event
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import AskChoice, AskField
from db.desk.requests.inside_owners import read_successor
from db.desk.requests.payload import opened
from db.desk.requests.submitting import Draft
from db.desk.requests.way import Amended
from db.desk.tasks.handback import SOURCES
from db.language import _
from db.store.tables import Book, Entry, Request, Unit


def form(act: Act, entry: int, request: Request | None = None, returned: Amended | None = None) -> LeaveForm:
    """The form of a leaver."""
    right = check_entry(act, entry, "leave")
    row, policy = right.entry, right.policy
    drafts.check_single(act, row.id, "leave", request.id if request is not None else None)
    asked = opened(request) if request is not None else {}
    copies: tuple[str, ...] = ()
    if proof_asked(policy, "leave", right.side, "hand-back") is not None:
        copies = tuple(copy.mark for source in SOURCES for copy in source(row.book, row.person))
    day = str(asked["day"]) if asked else today().isoformat()
    fields = [AskField(DAY, _("Last day"), value=day, required=True)]
    ends = ending(Entry.get_by_id(row.id))
    if ends.elsewhere and right.side == "internal":
        fields.append(_what_is_left(row.book, row.person, everywhere=asked.get("everywhere")))
    if ends.answers_for:
        successor = named(str(asked["successor"])) if asked.get("successor") else ""
        hands_over = AskField(SUCCESSOR, _("Hands over to"), value=successor, hint=COLLEAGUE, required=True)
        fields.append(hands_over)
    return LeaveForm(
        way=way_of(policy, "leave", right.side, row.unit, act.standing.account, row.id, row.person),
        entry=row.id,
        name=row.first("name"),
        unit_name=str(Unit.get_by_id(row.unit).name),
        fields=tuple(fields),
        ending=ends,
        copies=copies,
        amends=returned,
    )


def _what_is_left(book: str, person: int, *, everywhere: bool | None) -> AskField:
    """Whether it is the organisation that is left; so it begins in the first of the person's books."""
    present = (Entry.person == person) & (Entry.state == "active")
    first = Book.select(Book.id).join(Entry).where(present).order_by(Book.sort, Book.id).first()
    if everywhere is None:
        everywhere = first is not None and first.id == book
    return AskField(
        LEAVES,
        _("Leaves"),
        value=ORGANISATION if everywhere else DIRECTORY,
        choices=(
            AskChoice(ORGANISATION, _("the organisation: all ends in every directory")),
            AskChoice(DIRECTORY, _("this directory alone")),
        ),
        required=True,
    )


def hand_in(act: Act, asked: LeaveAsked, amends: int | None) -> int:
    """Submit or amend a leaver."""
    right = check_entry(act, asked.entry, "leave")
    policy, row = right.policy, Entry.get_by_id(asked.entry)
    day = read_day_of_event("day", asked.day, row.joined)
    successor = read_successor(act.standing, row, asked.successor)
    if isinstance(day, Problem) or isinstance(successor, Problem):
        raise Invalid(*(one for one in (day, successor) if isinstance(one, Problem)))
    drafts.check_single(act, row.id, "leave", amends)
    draft = Draft(
        kind=LEAVE.id,
        book=row.book_id,
        unit=row.unit_id,
        entry=row.id,
        entry_version=None,
        payload=payload(day.isoformat(), successor, everywhere=asked.everywhere),
        reason=asked.reason,
        evidence=tuple(asked.evidence),
        due=due(policy, "leave", right.side, day),
    )
    return drafts.hand_in(act, draft, "leave", day, amends)
