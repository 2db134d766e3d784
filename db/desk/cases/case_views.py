"""Cases as plain values: a line in a list, and everything about one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.approval.capacity import capacity_of
from db.desk.audit.record_views import AuditRow, rows_of
from db.desk.authority.office_names import office_name
from db.desk.authority.permissions import policy_of
from db.desk.cases.appeals import AppealView, appeal_until, appeal_view
from db.desk.cases.case_roles import MINUTED, REOPENED, CaseRoles, appeals_in, open_appeals
from db.desk.cases.case_states import ATTACHED, EVENTS, OUTCOMES, STATES, TO_OTHERS, case_kind_label
from db.desk.cases.foreseen import refused_alone, refused_yet
from db.desk.cases.hearing import BEFORE_SANCTION, has_spoken, hearing_until, statement_of, unheard_notes
from db.desk.cases.naming_handlers import words_of
from db.desk.cases.parties import (
    accounts_of_persons,
    if_closed,
    parties_of,
    party_name,
    party_person,
    speakers,
    word_of,
)
from db.desk.cases.sentencing import (
    HARSHEST,
    further_of,
    harshness,
    is_unpunished,
    rung_labels,
    times_fined,
    too_harsh,
)
from db.desk.cases.trail import copies_of
from db.desk.due_dates import Due, due_of
from db.desk.editions.tracing import forwarded_copy
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Refused
from db.desk.requests.approvers import NamedApprover
from db.desk.requests.request_views import acting_name, name_of
from db.language import Label, Message, Text, _
from db.policy.vocabulary import FINE
from db.store.tables import AuditRecord, CaseAttachment, CaseEvent, CaseFile, CaseParty, Entry, Evidence, Task

RULED = ("judged", "cleared", "proposed", "decided", "heard", "reviewed")
"""What is done in a case by who decides something of it."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; times are local. ``handles``: the reader works on it, ``mine``: they reported it.
    ``appealed``: an appeal waits, for who may know of it, or with ``reopened`` what was opened again.
    ``turn``: it waits for the reader. ``waits_for``: for whom, by name, for those alone who read the case."""

    id: int
    sort: str
    kind: str
    kind_label: Text
    book: str
    book_label: Label
    unit: str
    concerned: tuple[Text, ...]
    reported_at: str
    state: str
    state_label: Message
    appealed: bool
    reopened: bool
    outcome: str
    outcome_label: Message
    due: Due | None
    clause: str
    handles: bool
    mine: bool
    turn: bool
    waits_for: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Return whether it waits for nobody any more: closed, and neither under appeal nor opened again."""
        return self.state == "closed" and not self.appealed


@dataclass(frozen=True, slots=True)
class PartyView:
    """A person concerned, with what was decided. ``copies`` of theirs are attached; ``earlier`` counts the
    times the same was found before, fined with ``earlier_amount``."""

    id: int
    person: int | None
    name: Text
    unit: str
    position: Text
    sanctions: tuple[Label, ...]
    unpunished: bool
    occurrences: int
    amount: int
    currency: str
    clause: str
    further: str
    statement: str
    hearing_until: Due | None
    appeal: AppealView | None
    copies: int
    earlier: int
    earlier_amount: int
    reached: bool
    """Whether somebody who speaks for them has an account."""
    harshness: tuple[int, int]
    """Severity and number of the sanctions decided; an appeal may not end above it."""


@dataclass(frozen=True, slots=True)
class AttachedView:
    """Something attached; ``told`` says in a line what it is."""

    what: str
    what_label: Message
    number: str
    told: Text
    name: str
    record: AuditRow | None


@dataclass(frozen=True, slots=True)
class CaseEventView:
    """A line of the history, ``who`` with the office in which it was done where it is on record."""

    at: str
    who: Text
    act: Message
    word: str


@dataclass(frozen=True, slots=True)
class RungView:
    """A rung of the ladder. ``each`` is the fine for one occurrence, 0 where whoever decides names it;
    ``grave``: a second person has to confirm it."""

    id: str
    label: Text
    clause: str
    fine: bool
    each: int
    currency: str
    severity: int = 0
    grave: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about a case for who works on it. ``steps``: what the reader may do with it as it stands;
    ``waits_for``: those who go on with it, with their offices; ``decided_by`` those who decided it, so far
    as they did; ``further``: the clause under which a sanction beyond the ladder may be written, or blank;
    ``unheard``: when what was noted that those concerned were not heard on;
    ``not_yet`` and ``alone``: why the reader can't decide as yet, or not what a second person confirms."""

    row: CaseRow
    words: str
    reporter: str
    entry: int | None
    entry_name: str
    field: Text
    handlers: tuple[str, ...]
    waits_for: tuple[Text, ...]
    parties: tuple[PartyView, ...]
    attached: tuple[AttachedView, ...]
    history: tuple[CaseEventView, ...]
    ladder: tuple[RungView, ...]
    further: str
    not_yet: Refused | None
    unheard: tuple[str, ...]
    alone: Refused | None
    steps: frozenset[str]
    decided_by: tuple[Text, ...]
    decided_at: str
    appeal_until: Due | None
    pack_clause: str
    pack_encrypted: bool


def row_of(row: CaseFile, account: int, case_roles: CaseRoles) -> CaseRow:
    """Describe ``row`` as a line. Those who may not read the case see neither who is concerned, but for the
    entry that they reported, nor whom it waits for, nor its state until it is decided."""
    policy, reads = policy_of(row.book_id), case_roles.may_read(row, account)
    names = [party_name(party) for party in parties_of(row)] if reads else []
    if row.entry_id is not None and (reads or row.reporter_id == account):
        names = [Entry.get_by_id(row.entry_id).name, *names]
    waiting = case_roles.waiting_approvers(row) if reads else ()
    state = row.state if reads or row.state in TO_OTHERS else "investigating"
    if row.state in BEFORE_SANCTION and case_roles.is_concerned(row, account):
        state = "judged"
    under_appeal = open_appeals(row) if reads or case_roles.is_concerned(row, account) else []
    return CaseRow(
        id=row.id,
        sort=row.sort,
        kind=row.kind,
        kind_label=case_kind_label(policy, row.sort, row.kind),
        book=row.book_id,
        book_label=row.book.title,
        unit=row.unit.name,
        concerned=tuple(names),
        reported_at=local(row.reported_at)[:16],
        state=state,
        state_label=STATES[state],
        appealed=bool(under_appeal),
        reopened=any(one.reopened for one in under_appeal),
        outcome=row.outcome,
        outcome_label=OUTCOMES[row.outcome],
        due=_due(row, account, case_roles),
        clause=row.clause,
        handles=case_roles.handles(row, account),
        mine=row.reporter_id == account,
        turn=any(one.account == account for one in waiting),
        waits_for=tuple(one.name for one in waiting),
    )


def _due(row: CaseFile, account: int, case_roles: CaseRoles) -> Due | None:
    """Return the due day of the case's next step; for a person concerned, the last day to make a statement or
    appeal."""
    if case_roles.is_concerned(row, account):
        if row.state in BEFORE_SANCTION:
            parties = [one for one in parties_of(row) if account in accounts_of_persons(speakers(one))]
            return next((hearing_until(one) for one in parties if not has_spoken(one)), None)
        until = appeal_until(row)
        made = any(one.account_id == account for one in appeals_in(row))
        return until if until is not None and until.left >= 0 and not made else None
    open_task = (
        Task.select()
        .where(Task.duty.startswith(f"case:{row.id}:") & (Task.state == "open"))
        .order_by(Task.id.desc())
        .first()
    )
    return due_of(row.book_id, open_task.due, open_task.clause) if open_task is not None else None


def view_of(row: CaseFile, account: int, case_roles: CaseRoles) -> CaseView:
    policy = policy_of(row.book_id)
    control = policy.control("evidence-pack")
    fields = {rule.name: rule.label for rule in policy.fields}
    events = list(CaseEvent.select().where(CaseEvent.case == row).order_by(CaseEvent.id))
    return CaseView(
        row=row_of(row, account, case_roles),
        words=words_of(row),
        reporter=name_of(row.reporter_id),
        entry=row.entry_id,
        entry_name=Entry.get_by_id(row.entry_id).name if row.entry_id is not None else "",
        field=fields.get(row.field, row.field),
        handlers=tuple(one.name for one in case_roles.handlers(row)),
        waits_for=tuple(in_office(row, one) for one in case_roles.waiting_approvers(row)),
        parties=tuple(party_view(row, party) for party in parties_of(row)),
        attached=tuple(map(_attached, CaseAttachment.select().where(CaseAttachment.case == row))),
        history=tuple(
            CaseEventView(local(one.at)[:16], _done_by(row, one), EVENTS[one.act], word_of(one))
            for one in events
        ),
        ladder=ladder_of(row),
        further=policy.discipline.clause if policy.discipline.further and policy.ladder else "",
        not_yet=refused_yet(row),
        unheard=tuple(local(one.at)[:16] for one in unheard_notes(row)),
        alone=refused_alone(row, account, case_roles),
        steps=case_roles.possible_steps(row, account),
        decided_by=tuple(_deciders(row, events)),
        decided_at=local(row.decided_at)[:16] if row.decided_at else "",
        appeal_until=appeal_until(row),
        pack_clause=control.clause if control is not None else row.clause,
        pack_encrypted=policy.copies.encrypted,
    )


def in_office(row: CaseFile, one: NamedApprover) -> Text:
    office = office_name(row.book_id, one.role, one.unit, one.capacity)
    return acting_name(one.name, one.on_behalf_name, office)


def _done_by(row: CaseFile, event: CaseEvent) -> Text:
    office: Text = ""
    if event.office is not None and event.capacity is not None:
        office = office_name(row.book_id, event.office, event.office_unit, capacity_of(event.capacity))
    return acting_name(name_of(event.account_id), name_of(event.on_behalf_of_id), office)


def _deciders(row: CaseFile, events: Sequence[CaseEvent]) -> Iterator[Text]:
    """Yield who decided the case so far, each once per office; for a meeting, who entered its minutes. Nobody
    decided a sanction that was not confirmed."""
    named, is_met = set[object](), False
    declined = max((one.id for one in events if one.act == "declined"), default=0)
    for one in events:
        if one.act == "proposed" and one.id < declined:
            continue
        is_met = one.act == MINUTED or (is_met and one.act not in (REOPENED, "appealed", "lodged"))
        by = _done_by(row, one)
        if is_met and one.act == "heard":
            by = _("a meeting (entered by {who})", who=by)
        office = one.account_id, one.on_behalf_of_id, one.office, one.office_unit, one.capacity, is_met
        if one.act in RULED and office not in named:
            named.add(office)
            yield by


def ladder_of(row: CaseFile) -> tuple[RungView, ...]:
    """Return the book's ladder as it holds for this case, mildest first."""
    policy = policy_of(row.book_id)
    fine = policy.fine_for(row.kind)
    return tuple(
        RungView(
            id=rung.id,
            label=rung.label,
            clause=rung.clause,
            fine=rung.id == FINE,
            each=fine.amount if fine is not None and rung.id == FINE else 0,
            currency=fine.currency if fine is not None else "CNY",
            severity=rung.severity,
            grave=rung.severity >= policy.discipline.second_from,
        )
        for rung in policy.ladder_for(row.kind)
    )


def party_view(row: CaseFile, party: CaseParty) -> PartyView:
    """Describe a person concerned, with what was decided about them."""
    entry = party.entry if party.entry_id is not None else None
    earlier, earlier_amount = times_fined(party)
    may_speak = party.stated_at is None
    return PartyView(
        id=party.id,
        person=party_person(party),
        name=party_name(party),
        unit=entry.unit.name if entry is not None else "",
        position=entry.position or "" if entry is not None else if_closed(party.unit),
        sanctions=rung_labels(row, filter(None, party.sanctions.split(","))),
        unpunished=is_unpunished(party),
        occurrences=party.occurrences,
        amount=party.amount,
        currency=party.currency,
        clause=SILENT if is_unpunished(party) else party.clause,  # none says not to punish
        further=further_of(party),
        statement=statement_of(party),
        hearing_until=hearing_until(party) if row.state in BEFORE_SANCTION and may_speak else None,
        appeal=appeal_view(party),
        copies=copies_of(row, party.entry_id),
        earlier=earlier,
        earlier_amount=earlier_amount,
        reached=bool(accounts_of_persons(speakers(party))),
        harshness=harshness(row, party),
    )


def check_choice(view: CaseView, whom: PartyView, chosen: Sequence[RungView]) -> None:
    """Raise Refused where what is ``chosen`` about a person would be refused once all of it is written."""
    if view.alone is not None and any(one.grave for one in chosen):
        raise view.alone
    appeals = whom.appeal is not None and not whom.appeal.outcome
    rungs = sum(one.severity < HARSHEST for one in chosen)
    if appeals and (max((one.severity for one in chosen), default=0), rungs) > whom.harshness:
        raise too_harsh()


def _attached(one: CaseAttachment) -> AttachedView:
    told: Text = ""
    name, record = one.number, None
    if one.what == "audit":
        found = AuditRecord.get_by_id(int(one.number))
        record = rows_of([found], [one.case.book_id])[0]
        told = Message(
            "{at} {who} {act} {whom}",
            {"at": record.at, "who": record.who, "act": record.label, "whom": record.whom},
        )
    elif one.what == "copy":
        copy = forwarded_copy(one.number)
        if copy is not None:
            told = Entry.get_by_id(copy.entry).name
    else:
        file = Evidence.get_by_id(one.number)
        told, name = f"{file.size} B", file.name
    return AttachedView(one.what, ATTACHED[one.what], one.number, told, name, record)
