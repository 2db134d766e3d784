"""Telling of a change that nobody who keeps the book looked at (G.3.1). Not an operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from db.desk.authority.permissions import permissions_now
from db.desk.notifications.alarming import person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.proposing import managing_clause
from db.desk.requests.watchers import watchers_of
from db.store.tables import Account, Entry, Request

DIRECT: Final = "direct-change"


def tell_of_direct(request: Request, by: int, fields: Iterable[str]) -> None:
    """Tell the accounts of the entry's person, who may object, and those who watch over the book, that a
    change of ``fields`` was in force at once; never the values."""
    entry, resolver = Entry.get_by_id(request.entry_id), ApproverResolver()
    barred = resolver.linked(by, person=entry.person_id)
    own = Account.select(Account.id).where(
        (Account.person == entry.person_id) & (Account.state != "disabled") & (Account.id != by)
    )
    told = [*(one.id for one in own), *watchers_of(entry.book_id, entry.unit_id, barred, resolver)]
    clause = managing_clause(permissions_now(request.requester_id), entry) or request.clause
    store_notice(
        DIRECT, entry.book_id, told, clause=clause, entry=entry.id, unit=entry.unit_id,
        request=request.id, detail={"by": person_or_login(by), "fields": sorted(fields)},
    )  # fmt: skip
