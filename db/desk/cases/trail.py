"""The audit as far as it belongs to a case, and what is attached to it from there and elsewhere.

It opens while a case is investigated: of whom somebody named or sorted in who neither reported it nor reads
there, else once they stood for a day, as those who decide and who watches heard of it before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from db.desk.audit.scope import supervised_units, visible_records
from db.desk.authority.permissions import Permissions
from db.desk.cases.case_roles import CaseRoles, actors_of_event
from db.desk.cases.parties import accounts_of_persons, is_same, parties_of, party_person, speakers
from db.desk.due_dates import heard_until
from db.desk.editions.tracing import forwarded_copy
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _
from db.store import clock
from db.store.tables import AuditRecord, CaseAttachment, CaseEvent, CaseFile, CaseParty, Evidence

ABOUT_CASES = "case"


def trail_of(row: CaseFile, reader: int) -> Any:
    """Return the condition on AuditRecord: what the persons concerned whose acts are open to ``reader`` did
    in the book until the investigation ended; nothing where it came to nothing. Handling a case opens it to
    nobody's acts on cases."""
    opened = [party for party in parties_of(row) if is_open(party, reader)]
    accounts = accounts_of_persons(person for party in opened for person in speakers(party))
    until = clock.now() if row.state == "investigating" else max(_moments(row, "investigated"), default="")
    if row.outcome == "unfounded" or not _moments(row, "investigating"):
        until = ""
    return (
        AuditRecord.account.in_(accounts)
        & (AuditRecord.at <= until)
        & ((AuditRecord.book == row.book_id) | AuditRecord.book.is_null())
        & ~AuditRecord.act.startswith(ABOUT_CASES)
    )


def is_open(party: CaseParty, reader: int) -> bool:
    """Return whether the acts of a party are open to ``reader`` once the case is investigated."""
    named, row, case_roles = CaseEvent.get_by_id(party.named_in), party.case, CaseRoles()
    if _opens(named) <= clock.utcnow():
        return True
    sorting = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == "triaged"))
    hands = [actors_of_event(one) for one in (named, *sorting.where(CaseEvent.id > named.id))]
    own = (reader, row.reporter_id)
    return any(not any(case_roles.is_one_person(one, mine) for one in hand for mine in own) for hand in hands)


def check_open(row: CaseFile, reader: int) -> None:
    """Raise Refused while the acts of none of those concerned are open to ``reader``, with the moment."""
    waiting = parties_of(row)
    if not waiting or any(is_open(party, reader) for party in waiting):
        return
    opens = min(_opens(CaseEvent.get_by_id(party.named_in)) for party in waiting)
    raise Refused(
        _("Whom you named yourself has to stand in the case for a day before you read what they did."),
        SILENT,
        _("Look again from {moment} on.", moment=local(clock.stamp(opens))[:16]),
    )


def _opens(named: CaseEvent) -> datetime:
    """Return when what somebody whom the case is about did opens to who named them too."""
    return heard_until(named.case.book_id, named.at)


def _moments(row: CaseFile, act: str) -> list[str]:
    return [one.at for one in CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == act))]


def check_attachable(row: CaseFile, permissions: Permissions, what: str, number: str) -> str:
    """Return the number as it is kept. Raises Invalid for what isn't there or not the reader's to see."""
    if what == "audit":
        seq = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0
        allowed = trail_of(row, permissions.account)
        if supervised_units(permissions):
            allowed |= visible_records(permissions)
        if not AuditRecord.select().where((AuditRecord.seq == seq) & allowed).exists():
            raise Invalid(Problem("number", _("There is no such record within this case.")))
        return str(seq)
    if what == "copy":
        found = forwarded_copy(number)
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
    """Store that the record, copy or file (``what``) of that number is attached to the case; return False if
    it is already."""
    mine = (CaseAttachment.case == row) & (CaseAttachment.what == what) & (CaseAttachment.number == number)
    if CaseAttachment.select().where(mine).exists():
        return False
    CaseAttachment.create(case=row, what=what, number=number, added_by=account, at=at)
    return True


def recipient_of(row: CaseFile, number: str) -> CaseParty | None:
    """Return, unsaved, whose copy bears ``number``; None for its reporter and who is concerned already."""
    found = forwarded_copy(number)
    if found is None:
        return None
    party = CaseParty(case=row, entry=found.entry)
    known = any(is_same(party, one) for one in parties_of(row))
    return None if known or party_person(party) == row.reporter.person_id else party


def copies_of(row: CaseFile, entry: int | None) -> int:
    """Count the copies attached that were issued to the person of ``entry``."""
    rows = CaseAttachment.select().where((CaseAttachment.case == row) & (CaseAttachment.what == "copy"))
    found = [forwarded_copy(one.number) for one in rows]
    return sum(one is not None and one.entry == entry for one in found)
