"""Copies that were granted on request, each to be taken once (I.4.4.2, I.4.4.3). Not an operation."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.refusal import Refused
from db.language import Label, _
from db.store import clock
from db.store.tables import Book, CopyGrant, Request, RequestStep

WORK, PRIVATE = COPIES = ("copy", "copy-private")
"""Kinds of request by which somebody asks for a copy."""


@dataclass(frozen=True, slots=True)
class GrantedCopy:
    """The right to take one copy of ``unit`` and what is below it, until then. ``number`` is the copy's;
    ``within_reach``: of what its taker sees alone."""

    number: int
    book: str
    book_label: Label
    unit: int
    unit_name: str
    for_work: bool
    within_reach: bool
    until: str
    clause: str


def open_copies(account: int, book: str | None = None) -> tuple[GrantedCopy, ...]:
    """Return the copies that ``account`` may still take, without those that by a later rule others would have
    to approve."""
    rows = CopyGrant.select().where(
        (CopyGrant.account == account) & CopyGrant.taken_at.is_null() & (CopyGrant.until > clock.now())
    )
    if book is not None:
        rows = rows.where(CopyGrant.book == book)
    found = rows.order_by(CopyGrant.until, CopyGrant.id)
    return tuple(_view(row) for row in found if not lacks_approval(row.request))


def lacks_approval(request: Request) -> str:
    """Return the clause by which copies now need an approval (I.4.4.2) that was never asked for ``request``;
    empty where there is none."""
    if request.kind not in COPIES:
        return ""
    policy = policy_of(request.book_id)
    asked = {one.role for one in RequestStep.select().where(RequestStep.request == request)}
    steps = policy.flow(request.kind).steps
    return next((step.clause for step in steps if policy.role_behind(step.role) not in asked), "")


def mark_taken(number: int, mark: str) -> None:
    """Mark the copy as taken, in the running transaction. Raises Refused if used meanwhile."""
    taken = (
        CopyGrant.update(taken_at=clock.now(), mark=mark)
        .where((CopyGrant.id == number) & CopyGrant.taken_at.is_null())
        .execute()
    )
    if taken != 1:
        row = CopyGrant.get_by_id(number)
        raise Refused(
            _("The copy that was granted has been taken already."),
            row.request.clause,
            _("Ask for another one and say why."),
        )


def _view(row: CopyGrant) -> GrantedCopy:
    book = Book.get_by_id(row.book_id)
    return GrantedCopy(
        number=row.id,
        book=row.book_id,
        book_label=book.title,
        unit=row.unit_id,
        unit_name=row.unit.name,
        for_work=row.for_work,
        within_reach=row.within_reach,
        until=row.until,
        clause=policy_of(row.book_id).term_citation(row.request.clause),
    )
