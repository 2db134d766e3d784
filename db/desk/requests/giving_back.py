"""Ending before its days are over what a request opened to its asker alone: a look-up (A.13), or a copy of
the directory that was not taken yet. Not an operation."""

from __future__ import annotations

from typing import Any

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.notifications.notices import OUTCOME, store_notice
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.store import clock
from db.store.tables import AccessGrant, Account, CopyGrant, Request


def give_back(request: Request) -> bool:
    """End now what ``request`` granted to its asker and still lasts; False where there is nothing of it.
    Tells nobody."""
    if not KINDS[request.kind].own_use:
        return False
    now = clock.now()
    looks = AccessGrant.update(withdrawn_at=now).where((AccessGrant.request == request) & _is_open_still())
    copies = CopyGrant.update(until=now).where((CopyGrant.request == request) & _is_to_be_taken())
    return bool(looks.execute() + copies.execute())


def may_end(permissions: Permissions, request: Request) -> bool:
    """Return whether the actor, who did not ask for it, may end what ``request`` granted and still lasts: as
    whom it shows, as who approved it, or as who supervises the directory."""
    look = AccessGrant.get_or_none((AccessGrant.request == request) & _is_open_still())
    copies = CopyGrant.select().where((CopyGrant.request == request) & _is_to_be_taken())
    if not KINDS[request.kind].own_use or not (look or copies.exists()):
        return False
    return (
        (look is not None and look.entry.person_id == permissions.person)
        or RequestApprovers([request]).decided(request, permissions)
        or policy_of(request.book_id).supervisor.role in permissions.roles(request.book_id)
    )


def end_with_post(person: int, book: str) -> None:
    """End what somebody was granted in ``book`` for the post that they leave, and tell them."""
    theirs = Account.select(Account.id).where(Account.person == person)
    kinds = [kind.id for kind in KINDS.values() if kind.own_use]
    granted = Request.requester.in_(theirs) & (Request.book == book) & (Request.state == "applied")
    for request in Request.select().where(granted & Request.kind.in_(kinds)).order_by(Request.id):
        if give_back(request):
            tell_of_end(request)


def tell_of_end(request: Request) -> None:
    """Tell whoever asked for it that what ``request`` granted was ended by others."""
    store_notice(
        OUTCOME, request.book_id, [request.requester_id], clause=request.clause, request=request.id,
        detail={"number": request.id, "decision": request.kind, "state": "withdrawn"},
    )  # fmt: skip


def _is_open_still() -> Any:
    return AccessGrant.withdrawn_at.is_null() & (AccessGrant.until > clock.now())


def _is_to_be_taken() -> Any:
    return CopyGrant.taken_at.is_null() & (CopyGrant.until > clock.now())
