"""What must be kept of a person, so that it is not erased yet (PIPL 47). Not an operation."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import months_before, today
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Refused
from db.desk.requests.naming import requests_naming
from db.language import _
from db.policy.schema.base import cite_period
from db.store.tables import Archive, CaseFile, CaseParty, Entry, Request, Task


class ArchiveHold(NamedTuple):
    """``until`` is the last day on which an archive must be kept, by ``clause``."""

    until: date
    clause: str


def check_erasable(entry: Entry, *, asked_by: int | None = None) -> None:
    """Raise Refused, with the clause, while something of the entry's person must be kept: while they are in a
    book, an archive is within its time, or a request, task or case about them is open. ``asked_by`` is the
    request for the erasure itself, which does not count."""
    person = entry.person_id
    entries = [row.id for row in Entry.select(Entry.id).where(Entry.person == person)]
    if Entry.select().where(Entry.id.in_(entries) & (Entry.state != "left")).exists():
        raise Refused(
            _("The person is in a directory still, which needs what is kept of them."),
            SILENT,
            _("Have the person's leaving entered first, in every directory."),
        )
    hold = archive_hold(person)
    if hold is not None and hold.until >= today():
        raise Refused(
            _("The archive must be kept until {until}.", until=hold.until.isoformat()),
            hold.clause,
            _("Ask again when that time is over, or have the regulation changed."),
        )
    unfinished = Request.state.in_(["open", "returned"]) & (Request.id != (asked_by or 0))
    if Request.select().where(Request.entry.in_(entries) & unfinished).exists():
        raise _open_still()
    if any(request.state in ("open", "returned") for request in requests_naming(person)):
        raise _open_still()
    if Task.select().where(Task.entry.in_(entries) & (Task.state == "open")).exists():
        raise _open_still()
    concerned = CaseParty.select(CaseParty.case).where(
        CaseParty.entry.in_(entries) | (CaseParty.person == person)
    )
    cases = CaseFile.closed_at.is_null() & (CaseFile.entry.in_(entries) | CaseFile.id.in_(concerned))
    if CaseFile.select().where(cases).exists():
        raise _open_still()


def archive_hold(person: int) -> ArchiveHold | None:
    """Return until when the archives of a person must be kept, the last of them; None where none must be."""
    holds = []
    for row in Archive.select().where(Archive.person == person):
        rule = policy_of(row.book_id).retention_of("archive")
        if rule is None or rule.years is None:
            continue
        made = date.fromisoformat(local(row.at)[:10])
        until = row.keep_until or months_before(made, -12 * rule.years).isoformat()
        clause = cite_period(rule.clause, rule.clause_of("years"))
        holds.append(ArchiveHold(date.fromisoformat(until), clause))
    return max(holds, default=None)


def _open_still() -> Refused:
    return Refused(
        _("A request, a task or a case about the person is open; what it rests on must be kept."),
        SILENT,
        _("Ask again once it is closed."),
    )
