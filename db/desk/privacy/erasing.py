"""Erasing what is on record of a person who left. Not an operation.

What the journal and backups hold of them opens with their own key alone, which is destroyed
(`db.store.subjects`). Rows that others refer to stay, without anything personal (`db.store.personal`): an
entry has a number for a name, a request its outcome and no values. The audit keeps its records and loses
what they sealed.
"""

from __future__ import annotations

from db.desk.due_dates import today
from db.desk.entry import record
from db.desk.importing.naming import imports_naming
from db.desk.lifecycle.archive import key_name
from db.desk.requests import files
from db.desk.requests.naming import requests_naming
from db.desk.requests.payload import erase_payload
from db.desk.requests.submitting import withdraw_obsolete
from db.store import personal, subjects
from db.store.tables import (
    Account,
    Archive,
    Entry,
    Evidence,
    Notice,
    NoticeRecipient,
    OutsideMember,
    Paper,
    PaperScan,
    Request,
    RequestEvent,
    RequestStep,
)

OUTSIDE = OutsideMember._meta.table_name
"""As whom somebody is known outside stays until they were taken off the list there; that deletes it."""


def erase_person(person: int) -> None:
    """Blank everything personal of ``person``, destroy the keys of it (the person's own, and those of their
    archives, files, sheets and requests), disable their accounts, and withdraw open imports that name them,
    notifying the requesters; within the transaction whose audit record says so. Doing it again changes
    nothing."""
    entries = [row.id for row in Entry.select().where(Entry.person == person)]
    accounts = [row.id for row in Account.select().where(Account.person == person)]
    for entry in entries:
        _entry(entry)
    for kept in Archive.select(Archive.entry).where(Archive.person == person):
        subjects.destroy(key_name(kept.entry_id))
    Archive.delete().where(Archive.person == person).execute()
    Account.update(state="disabled").where(Account.id.in_(accounts)).execute()
    theirs = Evidence.select(Evidence.id).where(Evidence.account.in_(accounts))
    scans = PaperScan.select(PaperScan.evidence)  # of what others signed, who are not erased with them
    for file in theirs.where(Evidence.id.not_in(scans)):
        files.erase_content(file.id, "")
    for paper in Paper.select().where((Paper.person == person) & (Paper.kind != "decision")):
        subjects.destroy(f"paper:{paper.key}")
        for scan in PaperScan.select(PaperScan.evidence).where(PaperScan.paper == paper).distinct():
            files.erase_content(scan.evidence_id, "")
    for row in Request.select().where(Request.entry.in_(entries)):
        erase_payload(row)
    for row in requests_naming(person):
        erase_payload(row)
        _words(row)
    for row in imports_naming(person):
        if row.state in ("open", "returned"):
            withdraw_obsolete(None, row)
        erase_payload(row)
    waited = [row.waited_as for row in Entry.select(Entry.waited_as).where(Entry.person == person)]
    for one in (person, *filter(None, waited)):
        personal.blank_person(one, but=[OUTSIDE])
        subjects.destroy(one)


def _entry(entry: int) -> None:
    if Entry.get_by_id(entry).state != "left":
        record.remove_entry(entry, today().isoformat())
    notices = [one.id for one in Notice.select(Notice.id).where(Notice.entry == entry)]
    NoticeRecipient.delete().where(NoticeRecipient.notice.in_(notices)).execute()
    Notice.delete().where(Notice.id.in_(notices)).execute()


def _words(request: Request) -> None:
    """Blank the reason of ``request`` and the comments on it, which are likely to be about the person whom it
    names."""
    Request.update(reason="").where(Request.id == request.id).execute()
    for written in (RequestStep, RequestEvent):
        written.update(comment="").where(written.request == request).execute()
