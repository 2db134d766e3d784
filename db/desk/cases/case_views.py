"""Cases as plain values: a line in a list, and everything about one."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.audit.record_views import AuditRow, rows_of
from db.desk.authority.standing import policy_of
from db.desk.cases.case_states import ATTACHED, EVENTS, OUTCOMES, STATES
from db.desk.cases.handling import Handling, kind_label
from db.desk.cases.sentencing import FINE, times_fined
from db.desk.cases.trail import copies_of
from db.desk.clockwork import Due, due_of
from db.desk.editions.tracing import forwarded
from db.desk.notation.localtime import local
from db.desk.requests.request_views import name_of
from db.language import Label, Message, Text
from db.store.engine import store
from db.store.sealing import unseal
from db.store.tables import AuditRecord, CaseAttachment, CaseEvent, CaseFile, CaseParty, Entry, Evidence, Task


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; times are local. ``handles``: the reader works on it, ``mine``: they reported it."""

    id: int
    sort: str
    kind: str
    kind_label: Text
    book: str
    book_label: Label
    unit: str
    concerned: tuple[str, ...]
    reported_at: str
    state: str
    state_label: Message
    outcome: str
    outcome_label: Message
    due: Due | None
    clause: str
    handles: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class PartyView:
    """A person concerned, with what was decided. ``copies`` of theirs are attached; ``earlier`` counts the
    times the same was found before, fined with ``earlier_amount``."""

    entry: int
    name: str
    unit: str
    position: str
    sanctions: tuple[Label, ...]
    occurrences: int
    amount: int
    currency: str
    clause: str
    copies: int
    earlier: int
    earlier_amount: int


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
class EventView:
    """A line of the history."""

    at: str
    who: str
    act: Message
    word: str


@dataclass(frozen=True, slots=True)
class RungView:
    """A rung of the ladder. ``each`` is the fine for one occurrence, 0 where whoever decides names it."""

    id: str
    label: Label
    clause: str
    fine: bool
    each: int
    currency: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about a case for who works on it. ``judges``: the reader may decide it; ``judged_by``
    says who may."""

    row: CaseRow
    words: str
    reporter: str
    entry: int | None
    entry_name: str
    field: Text
    handlers: tuple[str, ...]
    parties: tuple[PartyView, ...]
    attached: tuple[AttachedView, ...]
    history: tuple[EventView, ...]
    ladder: tuple[RungView, ...]
    judges: bool
    judged_by: tuple[str, ...]
    decided_by: str
    decided_at: str
    pack_clause: str


def row_of(row: CaseFile, account: int, handling: Handling) -> CaseRow:
    """``row`` as a line; who is concerned only for those who may read the case."""
    policy, reads = policy_of(row.book_id), handling.reads(row, account)
    names = [party.entry.name for party in _parties(row)] if reads else []
    if row.entry_id is not None and (reads or row.reporter_id == account):
        names = [Entry.get_by_id(row.entry_id).name, *names]
    open_task = (
        Task.select()
        .where(Task.duty.startswith(f"case:{row.id}:") & (Task.state == "open"))
        .order_by(Task.id.desc())
        .first()
    )
    return CaseRow(
        id=row.id,
        sort=row.sort,
        kind=row.kind,
        kind_label=kind_label(policy, row.sort, row.kind),
        book=row.book_id,
        book_label=Label(row.book.title_zh, row.book.title_en),
        unit=row.unit.name,
        concerned=tuple(names),
        reported_at=local(row.reported_at)[:16],
        state=row.state,
        state_label=STATES[row.state],
        outcome=row.outcome,
        outcome_label=OUTCOMES[row.outcome],
        due=due_of(row.book_id, open_task.due, row.clause) if open_task is not None else None,
        clause=row.clause,
        handles=handling.handles(row, account),
        mine=row.reporter_id == account,
    )


def view_of(row: CaseFile, account: int, handling: Handling) -> CaseView:
    """Everything about ``row``."""
    policy = policy_of(row.book_id)
    control = policy.control("evidence-pack")
    judges = handling.judges(row)
    fields = {rule.name: rule.label for rule in policy.fields}
    events = CaseEvent.select().where(CaseEvent.case == row).order_by(CaseEvent.id)
    return CaseView(
        row=row_of(row, account, handling),
        words=words_of(row),
        reporter=name_of(row.reporter_id),
        entry=row.entry_id,
        entry_name=Entry.get_by_id(row.entry_id).name if row.entry_id is not None else "",
        field=fields.get(row.field, row.field),
        handlers=tuple(one.name for one in handling.handlers(row)),
        parties=tuple(party_view(row, party) for party in _parties(row)),
        attached=tuple(map(_attached, CaseAttachment.select().where(CaseAttachment.case == row))),
        history=tuple(
            EventView(local(one.at)[:16], name_of(one.account_id), EVENTS[one.act], word_of(one))
            for one in events
        ),
        ladder=ladder_of(row),
        judges=any(one.account == account for one in judges),
        judged_by=tuple(one.name for one in judges),
        decided_by=name_of(row.decided_by_id),
        decided_at=local(row.decided_at)[:16] if row.decided_at else "",
        pack_clause=control.clause if control is not None else row.clause,
    )


def words_of(row: CaseFile) -> str:
    """What the reporter wrote."""
    return unseal(store().keys, CaseFile.words.place(row.key), row.words).decode("utf-8")


def ladder_of(row: CaseFile) -> tuple[RungView, ...]:
    """The book's ladder as it holds for this case, mildest first."""
    policy = policy_of(row.book_id)
    fine = policy.fine(row.kind)
    return tuple(
        RungView(
            id=rung.id,
            label=rung.label,
            clause=rung.clause,
            fine=rung.id == FINE,
            each=fine.amount if fine is not None and rung.id == FINE else 0,
            currency=fine.currency if fine is not None else "CNY",
        )
        for rung in policy.ladder
    )


def _parties(row: CaseFile) -> list[CaseParty]:
    rows = CaseParty.select(CaseParty, Entry).join(Entry).where(CaseParty.case == row)
    return list(rows.order_by(CaseParty.id))


def party_view(row: CaseFile, party: CaseParty) -> PartyView:
    """A person concerned, with what was decided about them."""
    policy, entry = policy_of(row.book_id), party.entry
    earlier, earlier_amount = times_fined(party)
    return PartyView(
        entry=entry.id,
        name=entry.name,
        unit=entry.unit.name,
        position=entry.position or "",
        sanctions=tuple(policy.rung(one).label for one in party.sanctions.split(",") if one),
        occurrences=party.occurrences,
        amount=party.amount,
        currency=party.currency,
        clause=party.clause,
        copies=copies_of(row, entry.id),
        earlier=earlier,
        earlier_amount=earlier_amount,
    )


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
        copy = forwarded(one.number)
        if copy is not None:
            told = Entry.get_by_id(copy.entry).name
    else:
        file = Evidence.get_by_id(one.number)
        told, name = f"{file.name} · {file.size} B", file.name
    return AttachedView(one.what, ATTACHED[one.what], one.number, told, name, record)


def word_of(event: CaseEvent) -> str:
    """What was written down with a step."""
    return unseal(store().keys, CaseEvent.word.place(event.key), event.word).decode("utf-8")
