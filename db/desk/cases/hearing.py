"""Whoever a case is about is heard before a sanction: they are asked once a breach was found, and have some
working days. Who has no account is heard outside, and somebody writes down what they said. What is written
down for somebody who was asked shortens no days, and their own word takes its place. What is noted later is
put to them, and they are asked again, or the sanction does not rest on it. A default rule. Not an operation.
"""

from __future__ import annotations

from collections.abc import Iterator

from db.desk.authority.permissions import policy_of
from db.desk.cases.case_notices import about_case
from db.desk.cases.parties import accounts_of_persons, parties_of, party_name, speakers
from db.desk.due_dates import Due, due_of, given_until
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT, Refused
from db.desk.tasks.duties import Alarm
from db.language import _, listed
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import CaseEvent, CaseFile, CaseParty

HEARING = "case-hearing"
BEFORE_SANCTION = ("judged", "proposed")
"""The states in which whoever it is about may speak."""


def ask_parties(row: CaseFile) -> int:
    """Ask by notice all who were not asked yet to make a statement, with their last day, and mark them as
    asked; return how many are told."""
    told = 0
    for party in parties_of(row):
        if party.asked_at is None:
            party.asked_at = clock.now()
            party.save()
            until = hearing_until(party)
            detail = about_case(row) | {"until": until.day if until is not None else ""}
            whom = accounts_of_persons(speakers(party))
            party.reached = bool(whom)
            party.save(only=[CaseParty.reached])
            clause = until.clause if until is not None else SILENT
            told += store_notice(
                HEARING, row.book_id, whom, entry=party.entry_id, clause=clause, detail=detail
            )
    return told


def ask_again(row: CaseFile) -> int:
    """Ask all of them by notice to make a statement once more, with new days, because something was put to
    them; what they said before is kept. Return how many are told."""
    CaseParty.update(asked_at=None, stated_at=None).where(CaseParty.case == row).execute()
    return ask_parties(row)


def unheard_notes(row: CaseFile) -> list[CaseEvent]:
    """Return what was noted after those whom the case is about were asked, until it is decided."""
    asked = [party.asked_at for party in parties_of(row) if party.asked_at is not None]
    if not asked or row.state not in BEFORE_SANCTION:
        return []
    noted = CaseEvent.select().where((CaseEvent.case == row) & (CaseEvent.act == "noted"))
    return list(noted.where(CaseEvent.at > max(asked)).order_by(CaseEvent.id))


def hearing_until(party: CaseParty) -> Due | None:
    """Return the last day on which a party may speak before the sanction; None before it is asked."""
    if party.asked_at is None:
        return None
    row = party.case
    rule = policy_of(row.book_id).discipline
    until = given_until(row.book_id, party.asked_at, rule.hearing_days)
    return due_of(row.book_id, until.isoformat(), rule.clause_of("hearing_days"))


def put_statement(party: CaseParty, words: str, *, spoken_for: bool = False) -> None:
    """Store, encrypted, what a party says before the sanction, with the moment; ``spoken_for``: written down
    by another. It follows the statements from before something was put to them, and replaces the one since.
    Notifies nobody."""
    before = _statements(party) if party.stated_at is None else _statements(party)[:-1]
    said = "\n".join([*before, words])
    party.statement = seal(store().keys, CaseParty.statement.place(party.id), said.encode("utf-8"))
    party.stated_at, party.spoken_for = clock.now(), spoken_for
    party.save()


def has_spoken(party: CaseParty) -> bool:
    """Return whether a party has spoken themselves."""
    return party.stated_at is not None and not party.spoken_for


def statement_of(party: CaseParty) -> str:
    """Decrypt what a party said before the sanction; empty if they said nothing."""
    return " / ".join(_statements(party))


def _statements(party: CaseParty) -> list[str]:
    """Return each time what was said, in one line."""
    if party.statement is None:
        return []
    words = unseal(store().keys, CaseParty.statement.place(party.id), party.statement)
    return words.decode("utf-8").split("\n")


def check_heard(row: CaseFile) -> None:
    """Raise Refused while somebody whom the case is about may still speak, or could not be asked."""
    waiting = [party for party in parties_of(row) if not _is_heard(party)]
    if not waiting:
        return
    names = listed([party_name(party) for party in waiting])
    days = [until.day for party in waiting if (until := hearing_until(party)) is not None]
    timely = all(party.stated_at is not None or _has_account(party) for party in waiting)
    raise Refused(
        _("{who} may speak before the sanction, and did not speak yet.", who=names),
        SILENT,
        _("Decide after {day}, or once they have spoken themselves.", day=max(days))
        if days and timely
        else _("Nobody reaches them here: hear them, and write down what they said."),
    )


def _is_heard(party: CaseParty) -> bool:
    until = hearing_until(party)
    is_over = until is not None and until.left < 0
    if _has_account(party):
        return is_over or has_spoken(party)
    return party.stated_at is not None and (is_over or not party.reached or has_spoken(party))


def _has_account(party: CaseParty) -> bool:
    return bool(accounts_of_persons(speakers(party)))


def ask_late(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Ask by notice those whose case was judged before anybody asked them; yield an alarm for each case."""
    rows = CaseFile.select().where((CaseFile.book == policy.book) & CaseFile.state.in_(BEFORE_SANCTION))
    for row in rows.order_by(CaseFile.id):
        if any(party.asked_at is None for party in parties_of(row)):
            yield Alarm("duties.case-hearing", SILENT, {"case": row.id, "told": ask_parties(row)})
