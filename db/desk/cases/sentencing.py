"""What may be decided about a person: rungs of the book's ladder, and fines per occurrence (I.4.4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peewee import JOIN

from db.desk.authority.permissions import policy_of
from db.desk.authority.rules_on_record import policy_on
from db.desk.cases.case_states import choice_problem
from db.desk.cases.parties import parties_of, party_person
from db.desk.cases.trail import copies_of
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import Label, _, currency_words
from db.policy.schema.base import cite
from db.policy.schema.conduct import FineRule, SanctionRule
from db.policy.values import MONEY
from db.policy.vocabulary import FINE
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import CaseFile, CaseParty, Entry

MOST_OCCURRENCES = 1000
NOT_PUNISHED = "none"
"""How a decision names no rung of the ladder on purpose."""
HARSHEST = 1 << 31
"""The severity of a sanction that no rung names: nobody can tell it from its words."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is decided about a ``party`` of the case: ids of rungs; none where they are not punished.

    ``occurrences`` is how often it happened. ``amount`` is one fine, where the decider named one.
    ``further`` is a sanction that no rung names, where the policy lets one be written.
    """

    party: int
    sanctions: tuple[str, ...] = ()
    occurrences: int = 1
    amount: int | None = None
    further: str = ""


def needs_second(row: CaseFile, sentences: Sequence[Sentence]) -> bool:
    """Return whether a second person of the management has to confirm what is decided: a grave sanction, or
    more fines than copies of theirs were found."""
    policy, entries = policy_of(row.book_id), {party.id: party.entry_id for party in parties_of(row)}
    grave = {rung.id for rung in policy.ladder if rung.severity >= policy.discipline.second_from}
    return any(
        one.further
        or grave & set(one.sanctions)
        or (FINE in one.sanctions and one.occurrences > max(copies_of(row, entries[one.party]), 1))
        for one in sentences
    )


def is_unpunished(party: CaseParty) -> bool:
    """Return whether a breach was found by those who could have punished it, and nothing was decided."""
    found = party.case.outcome == "breach" and party.occurrences > 0
    ladder = policy_of(party.case.book_id).ladder_for(party.case.kind)
    return found and bool(ladder) and not party.sanctions and party.further is None


def further_of(party: CaseParty) -> str:
    """Decrypt the sanction that no rung of the ladder names, if one was decided."""
    if party.further is None:
        return ""
    return unseal(store().keys, _place(party), party.further).decode("utf-8")


def rungs_of(row: CaseFile, rungs: Iterable[str]) -> tuple[SanctionRule, ...]:
    """Return the rungs called so: of the ladder of today, or if that has none, of the one of the day of the
    decision or of the report, as the book may have come under other regulations since."""
    days = [local(at)[:10] for at in (row.decided_at, row.reported_at) if at]
    ladders = [policy_of(row.book_id).ladder, *(policy_on(row.book_id, day).ladder for day in days)]
    known = {rung.id: rung for ladder in reversed(ladders) for rung in ladder}
    return tuple(known[one] for one in rungs)


def rung_labels(row: CaseFile, rungs: Iterable[str]) -> tuple[Label, ...]:
    return tuple(rung.label for rung in rungs_of(row, rungs))


def lift_sentence(party: CaseParty) -> None:
    """Delete what was decided about a party. Notifies nobody."""
    party.sanctions, party.further = "", None
    party.occurrences, party.amount, party.currency, party.clause = 0, 0, "", ""
    party.save()


def soften_sentence(row: CaseFile, party: CaseParty, sentence: Sentence) -> None:
    """Replace the decision by a milder one. Notifies nobody. Raises Refused for a harsher one: an appeal
    never harms."""
    before, amount = harshness(row, party), party.amount
    _pass(row, party, sentence)
    if harshness(row, party) > before or party.amount > amount:
        raise too_harsh()


def too_harsh() -> Refused:
    return Refused(
        _("An appeal makes nothing harsher for who makes it."),
        SILENT,
        _("Choose milder sanctions, or uphold what was decided."),
    )


def harshness(row: CaseFile, party: CaseParty) -> tuple[int, int]:
    """Return the severity of the harshest sanction, that of a further one being `HARSHEST`, and how many
    rungs were decided."""
    decided = {one for one in party.sanctions.split(",") if one}
    found = [rung.severity for rung in rungs_of(row, decided)]
    return (max(found, default=0) if party.further is None else HARSHEST), len(found)


def _place(party: CaseParty) -> str:
    return CaseParty.further.place(party.case_id, party.entry_id)


def pass_sentences(row: CaseFile, sentences: Sequence[Sentence]) -> None:
    """Store what is decided about each person concerned. Notifies nobody. Raises Invalid where one is left
    out or something is not of the book's ladder, Refused for a fine that the regulations don't know."""
    parties = {party.id: party for party in parties_of(row)}
    if not parties:
        raise Invalid(Problem("sentences", _("Name at least one person concerned first.")))
    if len(sentences) != len(parties) or {one.party for one in sentences} != set(parties):
        raise Invalid(Problem("sentences", _("Decide about each person concerned, and about nobody else.")))
    for one in sentences:
        _pass(row, parties[one.party], one)


def times_fined(party: CaseParty) -> tuple[int, int]:
    """Count how often the person was found in the same breach before; sum up what they were fined for it."""
    person = party_person(party)
    same = (CaseParty.unit == party.unit_id) & (CaseParty.role == party.role)
    if person is not None:
        same = (CaseParty.person == person) | (Entry.person == person)
    elif party.unit_id is None:
        same = (
            CaseParty.unit.is_null() & (CaseParty.role == party.role) & (CaseFile.book == party.case.book_id)
        )
    earlier = list(
        CaseParty.select(CaseParty, CaseFile)
        .join(CaseFile)
        .switch(CaseParty)
        .join(Entry, JOIN.LEFT_OUTER)
        .where(same & (CaseFile.kind == party.case.kind))
        .where((CaseFile.outcome == "breach") & (CaseFile.id != party.case_id))
    )
    return sum(one.occurrences for one in earlier), sum(one.amount for one in earlier)


def _pass(row: CaseFile, party: CaseParty, sentence: Sentence) -> None:
    policy = policy_of(row.book_id)
    known = {rung.id: rung for rung in policy.ladder_for(row.kind)}
    fine = next((rung for rung in policy.ladder if rung.id == FINE and FINE not in known), None)
    if fine is not None and (FINE in sentence.sanctions or sentence.amount is not None):
        raise Refused(
            _("The regulations know a fine for other kinds of case alone."),
            fine.clause,
            _("Choose from its sanctions: {names}.", names=_choices(known)),
        )
    if not known.keys() >= set(sentence.sanctions):
        raise Invalid(choice_problem("sanctions", known))
    if not 1 <= sentence.occurrences <= MOST_OCCURRENCES:
        raise Invalid(Problem("occurrences", _("Say how often it happened, 1 or more.")))
    clauses, amount, currency = [known[one].clause for one in sentence.sanctions], 0, ""
    if sentence.further:
        if not policy.discipline.further:
            raise _no_further(row, known)
        clauses.append(policy.discipline.clause)
    rule = policy.fine_for(row.kind)
    _check_amount(row, sentence, known, rule)
    if FINE in sentence.sanctions:
        each = rule.amount if rule is not None else sentence.amount or 0
        amount, currency = each * sentence.occurrences, rule.currency if rule is not None else "CNY"
        if each < 1:
            raise Invalid(Problem("amount", _("Say how much the fine is.")))
        if amount > MONEY:
            raise Invalid(Problem("amount", _("A fine comes to {most} at most, in all.", most=MONEY)))
        clauses += [rule.clause] if rule is not None else []
    party.sanctions = ",".join(one for one in known if one in sentence.sanctions)
    party.further = (
        seal(store().keys, _place(party), sentence.further.encode("utf-8")) if sentence.further else None
    )
    party.occurrences, party.amount, party.currency = sentence.occurrences, amount, currency
    party.clause = cite(*clauses) if clauses else row.clause
    party.save()


def _choices(known: Mapping[str, SanctionRule]) -> str:
    return ", ".join((*known, NOT_PUNISHED))


def _no_further(row: CaseFile, known: Mapping[str, SanctionRule]) -> Refused:
    return Refused(
        _("The regulations of this directory name every sanction; no other may be written."),
        cite(*(rung.clause for rung in known.values())) or row.clause,
        _("Choose from its sanctions: {names}.", names=_choices(known)),
    )


def _check_amount(
    row: CaseFile, sentence: Sentence, known: Mapping[str, SanctionRule], rule: FineRule | None
) -> None:
    """Raise Refused for a needless amount: without a fine, without one decided, or where a regulation sets
    it."""
    if sentence.amount is None:
        return
    if FINE not in known:
        raise Refused(
            _("The regulations of this directory know no fine."),
            cite(*(rung.clause for rung in known.values())) or row.clause,
            _("Leave the amount out and choose from its sanctions: {names}.", names=_choices(known)),
        )
    if FINE not in sentence.sanctions:
        raise Refused(
            _("An amount belongs to the sanction {fine}, which is not decided here.", fine=known[FINE].label),
            known[FINE].clause,
            _(
                "Leave the amount out and decide {id}; not to punish is a decision too, by command "
                "--sanction none.",
                id=FINE,
            ),
        )
    if rule is not None and sentence.amount != rule.amount:
        raise Refused(
            _(
                "Each time costs {amount} {currency} here.",
                amount=rule.amount,
                currency=currency_words(rule.currency),
            ),
            rule.clause,
            _(
                "Leave the amount out, or don't decide {fine} at all: not to punish is a decision too.",
                fine=known[FINE].label,
            ),
        )
