"""A case as those may follow it who do not handle it: who reported it, and whom it was decided about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.cases.appeals import appeal_until
from db.desk.cases.case_roles import OVER, CaseRoles
from db.desk.cases.case_states import EVENTS, TO_OTHERS
from db.desk.cases.case_views import CaseRow, PartyView, party_view, row_of
from db.desk.cases.hearing import BEFORE_SANCTION, has_spoken, hearing_until, statement_of
from db.desk.cases.naming_handlers import words_of
from db.desk.cases.parties import spoken_for_by, word_of
from db.desk.due_dates import Due
from db.desk.notation.localtime import local
from db.language import Message, Text
from db.store.tables import CaseEvent, CaseFile, CaseParty, Entry


@dataclass(frozen=True, slots=True)
class OwnCase:
    """What its reader may know of a case that others handle.

    ``words``, ``entry_name`` and ``field`` are what they reported. ``answer`` is the word that a report of an
    error was answered with. ``verdicts`` are about the reader alone, and so are ``finding``, by what grounds
    a breach was found and what was put to them since, ``appeal_until`` and ``hearing_until``, the last days
    on which they may appeal, or speak before the sanction, and what they said then, the ``statement``; the
    grounds of the sanction stay with those who handle the case: they may name who reported it. ``steps`` tell
    when it went on (local time), never by whom.
    """

    row: CaseRow
    words: str
    entry_name: str
    field: Text
    answer: str
    finding: str
    verdicts: tuple[PartyView, ...]
    steps: tuple[tuple[str, Message], ...]
    appeal_until: Due | None
    hearing_until: Due | None
    statement: str


def to_be_heard(person: int | None) -> list[CaseParty]:
    """Return the parties for which a person may speak before the sanction, or has spoken."""
    if person is None:
        return []
    asked = [party for party in spoken_for_by(person) if party.asked_at is not None]
    return [party for party in asked if party.case.state in BEFORE_SANCTION]


def decided_about(person: int | None) -> list[CaseParty]:
    """Return the parties for which a person speaks (themselves, or a department or office) in cases that are
    decided."""
    if person is None:
        return []
    return [party for party in spoken_for_by(person) if party.case.state in OVER]


def own_case(case: int, account: int, person: int | None) -> OwnCase | None:
    """Return the case as ``account`` may follow it; None if neither reported by them nor decided on them."""
    row = CaseFile.get_or_none(CaseFile.id == case)
    verdicts = [party for party in decided_about(person) if party.case_id == case]
    reported = row is not None and row.reporter_id == account
    hearing = [party for party in to_be_heard(person) if party.case_id == case]
    if row is None or not (reported or verdicts or hearing):
        return None
    policy = policy_of(row.book_id)
    steps = _events(row, TO_OTHERS)
    answers = [word_of(one) for one in steps if one.act == "closed" and row.sort == "error"]
    found = [*_events(row, ["judged"])[-1:], *_events(row, ["put"])] if hearing or verdicts else []
    fields = {rule.name: rule.label for rule in policy.fields}
    return OwnCase(
        row=row_of(row, account, CaseRoles()),
        words=words_of(row) if reported else "",
        entry_name=Entry.get_by_id(row.entry_id).name if reported and row.entry_id is not None else "",
        field=fields.get(row.field, row.field) if reported else "",
        answer=answers[-1] if reported and answers else "",
        finding=" / ".join(map(word_of, found)),
        verdicts=tuple(party_view(row, party) for party in verdicts),
        steps=tuple((local(one.at)[:16], EVENTS[one.act]) for one in steps if reported or one.act in OVER),
        appeal_until=appeal_until(row, *verdicts) if verdicts else None,
        hearing_until=next((hearing_until(party) for party in hearing if not has_spoken(party)), None),
        statement=next((statement_of(party) for party in (*hearing, *verdicts)), ""),
    )


def _events(row: CaseFile, acts: Collection[str]) -> list[CaseEvent]:
    """Return the events of a case that record one of ``acts``, the earliest first."""
    events = CaseEvent.select().where((CaseEvent.case == row) & CaseEvent.act.in_(acts))
    return list(events.order_by(CaseEvent.id))
