"""The audit as far as it belongs to a case, and what is attached to it from there and elsewhere."""

from __future__ import annotations

from typing import Any

from db.desk.audit.scope import supervised, visible
from db.desk.authority.permissions import Permissions
from db.desk.cases.parties import accounts_of_persons, is_same, parties_of, party_person, speakers
from db.desk.editions.tracing import forwarded
from db.desk.refusal import Invalid, Problem
from db.language import _
from db.store.tables import AuditRecord, CaseAttachment, CaseFile, CaseParty, Evidence

ABOUT_CASES = "case"


def trail_of(row: CaseFile) -> Any:
    """Return the condition on AuditRecord: what the persons concerned did in the book, and what was done
    there to the entry that the case is about. Handling a case opens it to nobody's acts on cases."""
    accounts = accounts_of_persons(person for party in parties_of(row) for person in speakers(party))
    concerned = AuditRecord.account.in_(accounts)
    if row.entry_id is not None:
        concerned |= AuditRecord.entry == row.entry_id
    return (
        concerned
        & ((AuditRecord.book == row.book_id) | AuditRecord.book.is_null())
        & ~AuditRecord.act.startswith(ABOUT_CASES)
    )


def check_attachable(row: CaseFile, permissions: Permissions, what: str, number: str) -> str:
    """Return the number as it is kept. Raises Invalid for what isn't there or not the reader's to see."""
    if what == "audit":
        seq = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0
        allowed = trail_of(row)
        if supervised(permissions):
            allowed |= visible(permissions)
        if not AuditRecord.select().where((AuditRecord.seq == seq) & allowed).exists():
            raise Invalid(Problem("number", _("There is no such record within this case.")))
        return str(seq)
    if what == "copy":
        found = forwarded(number)
        if found is None or found.book != row.book_id:
            raise Invalid(Problem("number", _("There is no copy with this number in this directory.")))
        return found.number
    if what == "file":
        mine = (Evidence.id == number) & (Evidence.account == permissions.account) & (Evidence.size > 0)
        if not Evidence.select().where(mine).exists():
            raise Invalid(Problem("number", _("There is no such file in your tray.")))
        return number
    raise Invalid(Problem("what", _("Attach an audit record, a copy, or a file of your tray.")))


def attach_record(row: CaseFile, account: int, what: str, number: str, at: str) -> bool:
    """Attach it; False if attached already. A copy's recipient becomes a person concerned."""
    mine = (CaseAttachment.case == row) & (CaseAttachment.what == what) & (CaseAttachment.number == number)
    if CaseAttachment.select().where(mine).exists():
        return False
    CaseAttachment.create(case=row, what=what, number=number, added_by=account, at=at)
    if what == "copy":
        found = forwarded(number)
        if found is not None and row.sort == "incident":
            party = CaseParty(case=row, entry=found.entry)
            reported = party_person(party) == row.reporter.person_id
            if not reported and not any(is_same(party, one) for one in parties_of(row)):
                party.save()
    return True


def copies_of(row: CaseFile, entry: int | None) -> int:
    """Count the copies attached that were issued to the person of ``entry``."""
    rows = CaseAttachment.select().where((CaseAttachment.case == row) & (CaseAttachment.what == "copy"))
    found = [forwarded(one.number) for one in rows]
    return sum(one is not None and one.entry == entry for one in found)
