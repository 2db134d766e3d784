"""Ending before its days are over what a request opened: a look-up (A.13), a copy of the directory that was
not taken yet, entries given to a department (B.6.2). Not an operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import Field

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, is_within, policy_of
from db.desk.notifications.notices import OUTCOME, store_notice
from db.desk.requests.power_telling import tell_beside
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.store import clock
from db.store.tables import AccessGrant, Account, Consent, CopyGrant, Disclosure, Entry, Request


def end_granted(request: Request) -> bool:
    """End now the access, copy or disclosure that ``request`` granted; return False where nothing of it
    lasts. Notifies nobody."""
    ended = [
        end.model.update({end: clock.now()}).where(lasts).execute() for end, lasts in what_opened(request)
    ]
    return any(ended)


def may_end(permissions: Permissions, request: Request) -> bool:
    """Return whether the actor, who did not ask for it, may end what ``request`` opened and still lasts: as
    whom a look-up shows, as who approved it, or as who supervises the directory."""
    return any(end.model.select().where(lasts).exists() for end, lasts in what_opened(request)) and is_ender(
        permissions, request, RequestApprovers([request])
    )


def is_ender(permissions: Permissions, request: Request, approvers: RequestApprovers) -> bool:
    """Return whether what ``request`` opened, if it lasts, is the actor's to end; ``approvers`` are its."""
    look = AccessGrant.get_or_none(AccessGrant.request == request)
    supervisor = policy_of(request.book_id).supervisor.role
    return (
        (look is not None and look.entry.person_id == permissions.person)
        or approvers.decided(request, permissions)
        or any(
            is_within(request.unit_id, held.unit)
            for held in permissions.own_holdings(supervisor, request.book_id)
        )
    )


def end_with_post(person: int, book: str) -> None:
    """End the access, copies and disclosures in ``book`` that were granted to ``person`` for the post that
    they leave, and notify them."""
    theirs = Account.select(Account.id).where(Account.person == person)
    asked = Request.requester.in_(theirs) & (Request.book == book) & (Request.state == "applied")
    kinds = [kind.id for kind in KINDS.values() if kind.own_use]
    for request in Request.select().where(asked & Request.kind.in_(kinds)).order_by(Request.id):
        if end_granted(request):
            tell_of_end(request)


def tell_of_end(request: Request) -> None:
    """Notify the requester of ``request`` that somebody else ended what it granted."""
    store_notice(
        OUTCOME, request.book_id, [request.requester_id], clause=request.clause, request=request.id,
        detail={"number": request.id, "decision": request.kind, "state": "withdrawn"},
    )  # fmt: skip


def tell_beyond(act: Act, request: Request) -> None:
    """Notify the watchers of the book, and the persons whose entries were given to a department, that what
    ``request`` granted is over; nobody where the requester gives up what they alone had."""
    kind = KINDS[request.kind]
    if kind.own_use and request.requester_id == act.actor.account:
        return
    given = Consent.select(Consent.id).where(Consent.request == request)
    shown = Entry.select().join(Disclosure).where(Disclosure.consent.in_(given))
    tell_beside(act, *{entry.person_id for entry in shown})


def what_opened(request: Request) -> Iterator[tuple[Field, Any]]:
    """Yield the column that ends what ``request`` granted, with the condition for the rows that still last.
    Leaves out the copy that comes with an announcement, which nobody asked for."""
    now, given = clock.now(), Consent.select(Consent.id).where(Consent.request == request)
    look, copy = AccessGrant.request == request, CopyGrant.request == request
    yield AccessGrant.withdrawn_at, look & AccessGrant.withdrawn_at.is_null() & (AccessGrant.until > now)
    if KINDS[request.kind].own_use:
        yield CopyGrant.until, copy & CopyGrant.taken_at.is_null() & (CopyGrant.until > now)
    disclosed = Disclosure.consent.in_(given) & Disclosure.ended_at.is_null()
    yield Disclosure.ended_at, disclosed & (Disclosure.until > now)
