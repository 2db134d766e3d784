"""Listing access, copies and disclosures that requests opened and that still last, for whoever may end them
(`giving_back`). Not an operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.requests.giving_back import is_ender, what_opened
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import label_in
from db.desk.requests.request_views import name_of
from db.language import Label, Text, _
from db.store import clock
from db.store.tables import AccessGrant, Book, Consent, CopyGrant, Disclosure, Entry, Request, RequestStep

MOST: Final = 200
"""Requests that are told at once."""


@dataclass(frozen=True, slots=True)
class OpenedView:
    """Access, a copy or a disclosure that lasts: the request's ``kind``, ``whose`` entries or which units
    it shows, ``to`` whom, until the stored time ``until``. ``entry``: the one of a look-up.
    ``own``: the actor asked for it; ``about_me``: it shows the actor."""

    request: int
    kind: Text
    whose: tuple[str, ...]
    entry: int | None
    to: Text
    until: str
    book: Label
    clause: str
    own: bool
    about_me: bool


def opened_views(permissions: Permissions, *, own: bool = False) -> Iterator[OpenedView]:
    """Yield what requests granted and still lasts, the newest request first, of up to `MOST` requests: what
    the actor asked for and, unless ``own``, what they may end of others'. A person whom a look-up shows is
    not told to whom."""
    me, now = permissions.account, clock.now()
    looks = AccessGrant.select(AccessGrant.request).where(
        AccessGrant.withdrawn_at.is_null() & (AccessGrant.until > now)
    )
    copies = CopyGrant.select(CopyGrant.request).where(CopyGrant.taken_at.is_null() & (CopyGrant.until > now))
    given = Consent.select(Consent.request).join(Disclosure)
    given = given.where(Disclosure.ended_at.is_null() & (Disclosure.until > now))
    lasting = Request.id.in_(looks) | Request.id.in_(copies) | Request.id.in_(given)
    theirs = Request.requester == me
    if not own:
        hand = (RequestStep.decided_by == me) | (RequestStep.on_behalf_of == me)
        shown = looks.join(Entry).where(Entry.person == permissions.person)
        theirs |= Request.id.in_(RequestStep.select(RequestStep.request).where(hand)) | Request.id.in_(shown)
        theirs |= Request.book.in_([book for book in permissions.books if _watches(permissions, book)])
    rows = list(Request.select().where(theirs & lasting).order_by(Request.id.desc()).limit(MOST))
    approvers = RequestApprovers(rows)
    for row in rows:
        if row.requester_id == me or is_ender(permissions, row, approvers):
            yield from _views(row, permissions)


def _watches(permissions: Permissions, book: str) -> bool:
    return bool(permissions.own_holdings(policy_of(book).supervisor.role, book))


def _views(request: Request, permissions: Permissions) -> Iterator[OpenedView]:
    for end, lasts in what_opened(request):
        rows = list(end.model.select().where(lasts))
        if not rows:
            continue
        one = rows[0]
        entry = one.entry if isinstance(one, AccessGrant) else None
        about_me = entry is not None and entry.person_id == permissions.person
        own = request.requester_id == permissions.account
        to: Text = one.unit.name if isinstance(one, Disclosure) else name_of(request.requester_id)
        yield OpenedView(
            request=request.id,
            kind=label_in(request.book_id, request.kind),
            whose=tuple(row.unit.name if isinstance(row, CopyGrant) else row.entry.name for row in rows),
            entry=entry.id if entry is not None else None,
            to=_("one colleague") if about_me and not own else to,
            until=min(row.until for row in rows),
            book=Book.get_by_id(request.book_id).title,
            clause=request.clause,
            own=own,
            about_me=about_me,
        )
