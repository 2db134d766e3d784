"""Telling of a change that somebody else made of an entry: in force at once, with nobody who keeps the book
looking at it (G.3.1), or decided by who does. Not an operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from db.desk.authority.permissions import permissions_now, policy_of
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
    barred = resolver.linked_persons(by, person=entry.person_id)
    told = [*_own(entry, by), *watchers_of(entry.book_id, entry.unit_id, barred, resolver)]
    clause = managing_clause(permissions_now(request.requester_id), entry) or request.clause
    store_notice(
        DIRECT, entry.book_id, told, clause=clause, entry=entry.id, unit=entry.unit_id,
        request=request.id, detail={"by": person_or_login(by), "fields": sorted(fields)},
    )  # fmt: skip


def tell_of_kept(request: Request, office: str, fields: Iterable[str]) -> None:
    """Tell the accounts of the entry's person, who may object, that the holder of ``office``, who keeps the
    book, decided a change of ``fields`` that others asked for; never the values. For what is announced to
    nobody: an announcement reaches them already."""
    entry = Entry.get_by_id(request.entry_id)
    label = policy_of(entry.book_id).role(office).label
    store_notice(
        DIRECT, entry.book_id, _own(entry, request.requester_id), clause=request.clause, entry=entry.id,
        unit=entry.unit_id, request=request.id,
        detail={"office_zh": label.zh, "office_en": label.en, "fields": sorted(fields)},
    )  # fmt: skip


def _own(entry: Entry, by: int) -> list[int]:
    """Return the accounts of the entry's person that are not disabled, but for ``by``."""
    own = Account.select(Account.id).where(
        (Account.person == entry.person_id) & (Account.state != "disabled") & (Account.id != by)
    )
    return [one.id for one in own]
