"""A sanction that is circulated reaches whom the policy names once it is final, and what falls afterwards is
taken back from all who heard it. Default rules, but for the sanction itself. Not an operation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from db.desk.cases.appeals import appeal_until, waiting_appeals
from db.desk.cases.case_notices import about_case, decided_detail
from db.desk.cases.case_roles import OVER
from db.desk.cases.parties import party_name, speakers
from db.desk.cases.sentencing import rungs_of
from db.desk.entry.naming import by_number
from db.desk.notifications.notices import store_notice
from db.desk.tasks.duties import Alarm
from db.language import Label
from db.policy.effective import EffectivePolicy
from db.policy.schema.conduct import SanctionRule
from db.store import clock
from db.store.tables import Account, CaseFile, CaseParty, Entry, Grant, Notice, NoticeRecipient

CIRCULATED = "case-circulated"
TAKEN_BACK = "case-uncirculated"


def circulate_final(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Circulate the decisions that can't be appealed against any more (`circulate_decision`), and yield an
    alarm for each."""
    ended = (CaseFile.book == policy.book) & CaseFile.state.in_(OVER) & (CaseFile.outcome == "breach")
    waiting = ended & (CaseParty.sanctions != "") & CaseParty.circulated_at.is_null()
    for party in CaseParty.select(CaseParty, CaseFile).join(CaseFile).where(waiting).order_by(CaseParty.id):
        until = appeal_until(party.case)
        if until is not None and until.left < 0 and not waiting_appeals(party) and _rungs(party):
            told = circulate_decision(party)
            yield Alarm("duties.case-circulated", party.clause, {"case": party.case_id, "told": told})


def circulate_decision(party: CaseParty) -> int:
    """Mark a decision that has to be circulated as such, and store a notice of it to the department or the
    whole book; return how many are told, 0 for one that is not circulated."""
    rungs = _rungs(party)
    if not rungs:
        return 0
    party.circulated_at = clock.now()
    party.save()
    return store_notice(
        CIRCULATED,
        party.case.book_id,
        _audience(party, to_all=any(rung.reach == "book" for rung in rungs)),
        entry=party.entry_id,
        unit=_unit(party),
        clause=party.clause,
        detail=about_case(party.case) | decided_detail(party.case, party) | _whom(party),
    )


def retract_circular(party: CaseParty) -> int:
    """Unmark a circulated decision, and store a notice to all who were told of it that it no longer holds;
    return how many."""
    if party.circulated_at is None:
        return 0
    party.circulated_at = None
    party.save()
    row = party.case
    about = {"case": row.id} | _whom(party)
    told = {
        one.account_id
        for one in NoticeRecipient.select(NoticeRecipient, Notice)
        .join(Notice)
        .where((Notice.book == row.book_id) & (Notice.kind == CIRCULATED))
        if about.items() <= json.loads(one.notice.detail).items() and one.notice.entry_id == party.entry_id
    }
    detail = about_case(row) | _whom(party)
    return store_notice(
        TAKEN_BACK, row.book_id, sorted(told), entry=party.entry_id, unit=_unit(party), clause=row.clause,
        detail=detail,
    )  # fmt: skip


def _rungs(party: CaseParty) -> list[SanctionRule]:
    decided = rungs_of(party.case, filter(None, party.sanctions.split(",")))
    return [rung for rung in decided if rung.circulated]


def _unit(party: CaseParty) -> int | None:
    return party.entry.unit_id if party.entry is not None else party.unit_id


def _whom(party: CaseParty) -> dict[str, object]:
    """Name the person criticised, where no entry tells it."""
    if party.entry_id is not None:
        return {}
    if party.person_id is not None:
        return {"whom": by_number(party.person_id)}
    name = party_name(party)
    label = name if isinstance(name, Label) else Label(str(name), str(name))
    return {"whom_zh": label.zh, "whom_en": label.en}


def _audience(party: CaseParty, *, to_all: bool) -> list[int]:
    """Return the accounts of the department, or of everybody where nobody else is in it."""
    return _accounts(party, to_all=to_all) or _accounts(party, to_all=True)


def _accounts(party: CaseParty, *, to_all: bool) -> list[int]:
    """Return the accounts of the department, or of everybody in the book and of those who hold an office
    there; but for those who hear the decision itself. Of somebody without a department: everybody."""
    unit, book = _unit(party), party.case.book_id
    active = Entry.state == "active"
    here: Any = Entry.select(Entry.person).where((Entry.book == book) & active)
    if unit is not None and not to_all:
        here = here.where(Entry.unit == unit)
    wanted = Account.person.in_(here)
    if unit is None or to_all:
        held = (Grant.book == book) & Grant.in_force()
        wanted |= Account.id.in_(Grant.select(Grant.account).where(held & Grant.account.is_null(False)))
        wanted |= Account.person.in_(Grant.select(Grant.person).where(held & Grant.person.is_null(False)))
    rows = Account.select(Account.id, Account.person).where(wanted & (Account.state != "disabled"))
    concerned = speakers(party)
    return [row.id for row in rows.order_by(Account.id) if row.person_id not in concerned]
