"""Copies of reports, each under a mark that names who took it out (A.12): found again by it (A.19).

The record of the taking is where they are known from; there is no other list of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from db.confined.marks import MARK
from db.desk.entry.units import name_of
from db.desk.extracts.about import account_names
from db.desk.notation.localtime import local
from db.store.audit import TAKEN_OUT
from db.store.tables import Account, AuditRecord, Entry


@dataclass(frozen=True, slots=True)
class TakenCopy:
    """A copy that was taken out. ``entry`` is its taker's in that book, None where they have none there."""

    mark: str
    report: str
    sha256: str
    book: str
    account: int
    login: str
    name: str
    entry: int | None
    post: str
    unit: str
    at: str


def read_mark(text: str) -> str | None:
    found = MARK.search(text.strip().upper())
    return found[0] if found else None


def taken_as(mark: str) -> TakenCopy | None:
    rows = _recorded().where(AuditRecord.detail.contains(mark))
    return next((_taken_copy(row) for row in rows if _names(row)[0] == mark), None)


def taken_out(books: Collection[str], marks: Collection[str], sha256: str) -> list[TakenCopy]:
    """Find every copy out of ``books`` under one of ``marks``, and those whose content has the digest.

    A found file may be full of what looks like a mark, so the record is read through once instead of being
    asked for each.
    """
    wanted = {*marks, sha256} - {""}
    rows = _recorded().where(AuditRecord.book.in_(books)) if wanted else ()
    return [_taken_copy(row) for row in rows if wanted & set(_names(row))]


def _recorded() -> Any:
    return (
        AuditRecord.select()
        .where((AuditRecord.act == TAKEN_OUT) & (AuditRecord.outcome == "done"))
        .order_by(AuditRecord.seq)
    )


def _names(row: Any) -> tuple[str, str]:
    """Return what a copy is known by: its mark and its digest."""
    detail = json.loads(row.detail)
    return str(detail.get("mark", "")), str(detail.get("sha256", ""))


def _taken_copy(row: Any) -> TakenCopy:
    detail = json.loads(row.detail)
    login, name = account_names(row.account)
    person = Account.select(Account.person).where(Account.id == row.account)
    own = Entry.select().where((Entry.book == row.book) & (Entry.person == person))
    entry = own.order_by(Entry.id.desc()).first()
    return TakenCopy(
        mark=detail["mark"],
        report=detail["report"],
        sha256=detail["sha256"],
        book=row.book,
        account=row.account,
        login=login,
        name=name,
        entry=entry.id if entry is not None else None,
        post=(entry.position or "") if entry is not None else "",
        unit=name_of(entry.unit_id) if entry is not None else "",
        at=local(row.at)[:16],
    )
