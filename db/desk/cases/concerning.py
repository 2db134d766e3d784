"""Cases that concern a reader: who is a party, belongs to one, or is named by the report. Nothing of them is
there for that reader but what they are told as a party: no record, no task, no number (A.18). Not an
operation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL

from db.desk.authority.permissions import Permissions
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.duties import KIND, case_of
from db.desk.cases.naming_handlers import came_to_office
from db.desk.cases.trail import ABOUT_CASES
from db.desk.requests.independence import linked_persons
from db.store.record_words import TOLD, words_of
from db.store.sealing import SealBroken
from db.store.subjects import keys_at_hand
from db.store.tables import Account, AuditRecord, CaseFile, CaseNamed, CaseParty, Entry, Task

TELLING = (ABOUT_CASES, "duties.", "tasks.")
"""Begin the names of acts whose records may tell of a case, by its number or that of its task."""


def cases_concerning(permissions: Permissions) -> list[CaseFile]:
    """Return the cases of the reader's books that concern them."""
    case_roles, account = CaseRoles(), permissions.account
    rows = CaseFile.select().where(CaseFile.book.in_(permissions.books) & _may_concern(account))
    return [row for row in rows.order_by(CaseFile.id) if case_roles.is_concerned(row, account)]


def tasks_of_own_cases(permissions: Permissions) -> Iterable[int]:
    """Yield the tasks of cases that concern the reader."""
    cases = {row.id for row in cases_concerning(permissions)}
    if cases:
        of_cases = Task.select().where((Task.kind == KIND) & Task.book.in_(permissions.books))
        yield from (task.id for task in of_cases if case_of(task).id in cases)


def records_of_own_cases(permissions: Permissions) -> Iterable[int]:
    """Yield the records that tell of cases that concern the reader, by the number of a case or its task; in
    doubt, as their words are gone, all acts on cases."""
    rows = cases_concerning(permissions)
    if not rows:
        return
    cases, tasks = {row.id for row in rows}, set(tasks_of_own_cases(permissions))
    keys = keys_at_hand()
    since = AuditRecord.at >= min(row.reported_at for row in rows)[:10]
    there = AuditRecord.book.is_null() | AuditRecord.book.in_({row.book_id for row in rows})
    telling = reduce(or_, (AuditRecord.act.startswith(act) for act in TELLING))
    for record in AuditRecord.select().where(telling & since & there):
        try:
            said = words_of(record, keys)
        except SealBroken:
            continue
        in_doubt = TOLD in said.gone and record.act.startswith(ABOUT_CASES)
        if said.detail.get("case") in cases or said.detail.get("task") in tasks or in_doubt:
            yield record.seq


def _may_concern(account: int) -> Any:
    """Return a condition that all cases meet that concern ``account``, and few others."""
    persons, since = linked_persons(account), came_to_office(account)
    theirs = Entry.select(Entry.id).where(Entry.person.in_(persons))
    bodies = CaseParty.unit.is_null(False) | (CaseParty.role != "")
    parties = CaseParty.select(CaseParty.case)
    parties = parties.where(CaseParty.entry.in_(theirs) | CaseParty.person.in_(persons) | bodies)
    whose = Account.person.in_(persons) | Account.id.in_([-one for one in persons])
    named = CaseNamed.select(CaseNamed.case).join(Account).where(whose)
    # Of an officer it is on record whether a report names them, but for those made before they were one.
    late = CaseFile.named_at.is_null() | (CaseFile.named_at < since if since is not None else SQL("1 = 1"))
    unread = (CaseFile.sort == "incident") & late
    return CaseFile.id.in_(parties) | CaseFile.id.in_(named) | CaseFile.entry.in_(theirs) | unread
