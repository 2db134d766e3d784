"""Who hears what of a case (not an operation). Notices name no one but in `tell_of_party`."""

from __future__ import annotations

from collections.abc import Iterable

from db.desk.act import Act
from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.appeals import appeal_until
from db.desk.cases.case_roles import CaseRoles, open_appeals
from db.desk.cases.case_states import HEARD, OUTCOMES, case_kind_label
from db.desk.cases.parties import accounts_of_persons, parties_of, party_name, party_person, speakers
from db.desk.cases.sentencing import is_unpunished, rung_labels
from db.desk.due_dates import Due
from db.desk.entry.naming import by_number
from db.desk.notifications.alarming import person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.watchers import watchers_of
from db.language import Label, Text, _, listed, say
from db.store.tables import Account, CaseAppeal, CaseFile, CaseParty

REPORTED = "case-reported"
OUTCOME = "case-outcome"
VERDICT = "case-verdict"
APPEAL = "case-appealed"
HEARD_OF = "case-heard"
REVIEW = "case-review"
REVIEWED = "case-reviewed"
INVOLVED = "case-involved"
FOUND = "case-found"
"""Tells that a report names the holder of a found copy, and never who reported it."""
SPOKEN_FOR = "case-spoken-for"
LODGED = "case-lodged"
RELEASED = "case-released"


def tell_handlers(row: CaseFile) -> int:
    """Store a notice to those who may take the case's next step; return how many."""
    whom = [one.account for one in CaseRoles().waiting_approvers(row)]
    return store_notice(REPORTED, row.book_id, whom, clause=row.clause, detail=about_case(row))


def tell_of_party(act: Act, row: CaseFile, kind: str, party: CaseParty, deciders: Iterable[int]) -> None:
    """Store a notice to ``deciders`` and the watchers of the book that the actor named ``party`` as concerned
    by the case, or released them; nobody whom the case concerns, nor the actor."""
    resolver, case_roles, account = ApproverResolver(), CaseRoles(), act.actor.account
    barred = resolver.linked_persons(account) | case_roles.persons(row)
    watching = watchers_of(row.book_id, root_of(row.book_id), barred, resolver)
    told = [
        one
        for one in dict.fromkeys((*deciders, *watching))
        if one != account and not case_roles.is_concerned(row, one)
    ]
    person, name = party_person(party), party_name(party)
    whom = {"whom": by_number(person)} if person is not None else _pair("whom", _in_both_languages(name))
    by = {} if kind == FOUND else {"by": person_or_login(account)}
    detail = {**about_case(row), **by, **whom}
    store_notice(kind, row.book_id, told, clause=row.clause, detail=detail)


def tell_in_whose_name(kind: str, party: CaseParty, until: Due | None) -> None:
    """Store a notice to a party, also to disabled accounts, that somebody wrote down a statement or an appeal
    in their name, and until when their own replaces it."""
    row, persons = party.case, list(speakers(party))
    whom = [one.id for one in Account.select(Account.id).where(Account.person.in_(persons))]
    detail = about_case(row) | {"until": until.day if until is not None else ""}
    clause = until.clause if until is not None else SILENT
    store_notice(kind, row.book_id, whom, entry=party.entry_id, clause=clause, detail=detail)


def tell_reporter(row: CaseFile, heard: str = "") -> None:
    """Store a notice to the reporter that the case is decided, and how unless that is kept secret (H.5.3);
    ``heard``: the outcome of an appeal."""
    detail = about_case(row)
    if policy_of(row.book_id).reporting_of(row.sort).reply:
        detail |= _pair("outcome", _in_both_languages(HEARD[heard] if heard else OUTCOMES[row.outcome]))
    store_notice(OUTCOME, row.book_id, [row.reporter_id], clause=row.clause, detail=detail)


def tell_concerned(row: CaseFile) -> None:
    """Store a notice to each person concerned with what was decided, the clause, and until when they may
    appeal; save in each party whether anybody could be told (``reached``)."""
    for party in parties_of(row):
        detail = {**about_case(row), **decided_detail(row, party)}
        until = appeal_until(row)
        if until is not None:
            detail |= {"appeal_until": until.day, "appeal_clause": until.clause}
        clause = party.clause or row.clause
        whom = accounts_of_persons(speakers(party))
        party.reached = bool(whom)
        party.save(only=[CaseParty.reached])
        store_notice(VERDICT, row.book_id, whom, entry=party.entry_id, clause=clause, detail=detail)


def tell_appeal(row: CaseFile) -> int:
    """Store a notice to those for whom an appeal, or a reopened case, waits; return how many."""
    whom = [one.account for one in CaseRoles().waiting_approvers(row)]
    kind = REVIEW if any(one.reopened for one in open_appeals(row)) else APPEAL
    return store_notice(kind, row.book_id, whom, clause=SILENT, detail=about_case(row))


def tell_heard(row: CaseFile, party: CaseParty, outcome: str, appeal: CaseAppeal) -> None:
    """Store a notice to the person with the outcome of their appeal, or of a reopened decision, and the
    decision now in force."""
    detail = {
        **about_case(row),
        **_pair("heard", _in_both_languages(HEARD[outcome])),
        **decided_detail(row, party),
    }
    whom = accounts_of_persons(speakers(party))
    kind = REVIEWED if appeal.reopened else HEARD_OF
    store_notice(kind, row.book_id, whom, entry=party.entry_id, clause=SILENT, detail=detail)


def sanctions_of(party: CaseParty) -> Label | None:
    """Return all that was decided about a person in one label, without the text of a further sanction."""
    rungs = [one for one in party.sanctions.split(",") if one]
    if is_unpunished(party):
        return _in_both_languages(_("not punished"))
    labels = [*rung_labels(party.case, rungs)]
    return join_labels(labels + [_in_both_languages(_("another sanction"))] * (party.further is not None))


def decided_detail(row: CaseFile, party: CaseParty) -> dict[str, object]:
    """Return the slots of a notice that say what was decided about a party."""
    detail = _pair("outcome", sanctions_of(party) or _in_both_languages(OUTCOMES[row.outcome]))
    if party.amount:
        detail |= {"amount": party.amount, "currency": party.currency, "occurrences": party.occurrences}
    return detail


def join_labels(labels: list[Label]) -> Label | None:
    if not labels:
        return None
    return listed(labels)


def about_case(row: CaseFile) -> dict[str, object]:
    """Return the slots of a notice that say which case it is."""
    label = _in_both_languages(case_kind_label(policy_of(row.book_id), row.sort, row.kind))
    return {"case": row.id, **_pair("kind", label)}


def _pair(name: str, label: Label) -> dict[str, object]:
    return {f"{name}_zh": label.zh, f"{name}_en": label.en}


def _in_both_languages(text: Text) -> Label:
    """Return ``text`` rendered in both languages, for storage."""
    return Label(say(text, "zh_CN"), say(text, "en"))
