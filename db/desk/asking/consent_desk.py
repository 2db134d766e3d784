"""The consents that are asked of the actor, and the entries that were given to the actor's department."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import fn

from db.desk.asking.consents import (
    due_clause,
    end_disclosures,
    end_task,
    given_fields,
    state_of,
    stored_fields,
)
from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.sight import in_words, joined_texts
from db.desk.entry import record
from db.desk.entry.units import name_of
from db.desk.frame import OperationGroup, operation
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.payload import open_payload
from db.desk.requests.request_views import name_of as person_of
from db.desk.requests.submitters import holds_own_role
from db.language import Label, Text, _
from db.store import clock
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Book, Consent, Disclosure, Entry, UnitAbove

YES, OPEN, NO = "yes", "open", "no"


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent asked of the actor: who asks, why, what of the entry for whom and how long. ``due`` is the
    last day to answer (ISO), under ``due_clause``; ``answer`` is ``state`` in words."""

    id: int
    state: str
    book: Label
    asked_by: str
    reason: str
    to: str
    fields: tuple[Label, ...]
    protected: tuple[Label, ...]
    """Those of the fields that are protected."""
    days: int
    due: str
    asked_at: str
    answered_at: str | None
    withdrawn_at: str | None
    clause: str
    due_clause: str


@dataclass(frozen=True, slots=True)
class Received:
    """An entry that was given to the actor's department: label and value of what was agreed to."""

    entry: int
    name: str
    unit: str
    book: Label
    to: str
    values: tuple[tuple[Label, Text], ...]
    until: str
    clause: str


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A line of the register: whose entry was asked for by whom for which unit, what came of it."""

    id: int
    request: int
    name: str
    asked_by: str
    to: str
    state: str
    fields: tuple[Text, ...]
    asked_at: str
    answered_at: str | None
    withdrawn_at: str | None
    until: str | None


class Consents(OperationGroup):
    """Operations on consents to disclosures (B.6.2)."""

    @operation("consents.mine", label=_("list own consents"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[ConsentView, ...]:
        """Return up to 200 consents asked of the actor, the open questions first, then newest first."""
        rows = (
            Consent.select()
            .where(
                (Consent.account == self.permissions.account)
                & Consent.state.in_(("asked", "given", "refused", "silent", "withdrawn"))
            )
            .order_by(Consent.id.desc())
            .limit(200)
        )
        views = [_view(row) for row in rows]
        return tuple(sorted(views, key=lambda view: view.state != "asked"))

    @operation(
        "consents.answer",
        label=_("answer a request for consent"),
        recorded=True,
        power=power_over(Moves.GIVEN, Moves.DUTY, undo="consents.withdraw"),
    )
    def answer(self, consent: int, answer: str) -> None:
        """Store the answer, once: ``yes``, ``open`` (yes, but without the protected fields) or ``no``. Ends
        the actor's task. Notifies nobody. Raises Refused for a question that is answered or over; Invalid."""
        row = self._own_consent(consent)
        state = state_of(row)
        if state != "asked":
            raise Refused(
                _("This question is answered or over already."),
                row.clause,
                _("A consent that was given can be taken back at any time."),
            )
        if answer not in (YES, OPEN, NO):
            raise Invalid(Problem("answer", _("Answer yes, open or no.")))
        fields = given_fields(row)
        if answer == OPEN:
            policy = policy_of(row.request.book_id)
            protected = {rule.name for rule in policy.fields if rule.protected}
            fields = tuple(name for name in fields if name not in protected)
        changed = (
            Consent.update(
                state="refused" if answer == NO else "given",
                fields=stored_fields(fields),
                answered_at=clock.now(),
            )
            .where((Consent.id == row.id) & (Consent.state == "asked"))
            .execute()
        )
        if changed != 1:
            raise _no_such_question()
        end_task(row, self.permissions.account)
        self.act.note_facts(answer=answer, fields=list(fields))

    @operation(
        "consents.withdraw", label=_("take a consent back"), recorded=True, power=power_over(Moves.GIVEN)
    )
    def withdraw(self, consent: int) -> None:
        """Withdraw a consent, end at once the disclosures made by it, and notify the requester. Raises
        Refused for one that is not given."""
        row = self._own_consent(consent)
        changed = (
            Consent.update(state="withdrawn", withdrawn_at=clock.now())
            .where((Consent.id == row.id) & (Consent.state == "given"))
            .execute()
        )
        if changed != 1:
            raise Refused(
                _("There is no consent of yours here to take back."),
                row.clause,
                _("Only one that was given can be taken back."),
            )
        ended = end_disclosures(row)
        self.act.note_facts(ended=ended)
        store_notice("consent-withdrawn", row.request.book_id, [row.request.requester_id], clause=row.clause,
             request=row.request_id)  # fmt: skip

    @operation("consents.received", label=_("look at disclosed entries"), recorded=True, power=LOOKS)
    def received(self) -> tuple[Received, ...]:
        """Return the entries given to the actor's departments that may still be seen. Recorded with the
        entries."""
        units = [unit for _entry, unit in self.permissions.own.values()]
        above = UnitAbove.select(UnitAbove.above).where(UnitAbove.unit.in_(units))
        now = clock.now()
        rows = (
            Disclosure.select()
            .join(Entry)
            .where(
                Disclosure.unit.in_(above)
                & (Disclosure.from_at <= now)
                & (Disclosure.until > now)
                & Disclosure.ended_at.is_null()
                & (Entry.state == "active")
                & Entry.ended_at.is_null()
            )
            .order_by(Disclosure.until, Disclosure.id)
        )
        found = tuple(_received(row) for row in rows)
        self.act.note_facts(entries=[one.entry for one in found])
        return found

    @operation("consents.register", label=_("look at the register of consents"), recorded=True, power=LOOKS)
    def register(self, book: str) -> tuple[ConsentLine, ...]:
        """List the last 500 consents of ``book``, newest first. Raises Refused for anyone but its keepers,
        its supervisors and who discloses."""
        self.act.note_facts(book=book if book in self.permissions.books else None)
        policy = self.permissions.check_book(book)
        roles = (*policy.keepers, policy.supervisor.role, policy.disclosure.by)
        if not holds_own_role(self.permissions, policy, roles, root_of(book)):
            raise Refused(
                _("This register is not within your right."),
                policy.disclosure.clause,
                _("Ask the maintainer of the directory."),
            )
        here = Entry.select(Entry.id).where((Entry.id == Consent.entry) & (Entry.book == book))
        rows = Consent.select().where(fn.EXISTS(here)).order_by(Consent.id.desc()).limit(500)
        return tuple(_consent_line(row) for row in rows)

    def _own_consent(self, consent: int) -> Consent:
        wanted = Consent.select().where(
            (Consent.id == consent)
            & (Consent.account == self.permissions.account)
            & (Consent.state != "void")
        )
        row: Consent | None = for_update(wanted).get_or_none()
        if row is None:
            raise _no_such_question()
        self.act.note_facts(
            book=row.request.book_id,
            entry=row.entry_id,
            request=row.request_id,
            clause=row.clause,
            consent=row.id,
        )
        return row


def _no_such_question() -> Refused:
    return Refused(
        _("There is no such question to you."), SILENT, _("Choose one from the list of your consents.")
    )


def _labels(book: str, names: Sequence[str], *, protected: bool | None = None) -> tuple[Label, ...]:
    return tuple(
        rule.label
        for rule in policy_of(book).fields
        if rule.name in names and protected in (None, rule.protected)
    )


def _view(row: Consent) -> ConsentView:
    asks, book = open_payload(row.request), row.request.book
    fields = given_fields(row)
    return ConsentView(
        id=row.id,
        state=state_of(row),
        book=book.title,
        asked_by=person_of(row.request.requester_id),
        reason=row.request.reason,
        to=name_of(asks["to"]),
        fields=_labels(book.id, fields),
        protected=_labels(book.id, fields, protected=True),
        days=int(asks["days"]),
        due=row.due,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        withdrawn_at=row.withdrawn_at,
        clause=row.clause,
        due_clause=due_clause(policy_of(book.id)),
    )


def _received(row: Disclosure) -> Received:
    entry, names = record.load_entry(row.entry_id), given_fields(row.consent)
    book = Book.get_by_id(entry.book)
    values = tuple(
        (rule.label, joined_texts([in_words(rule, value) for value in entry.values[rule.name]]))
        for rule in policy_of(entry.book).fields
        if rule.name in names and entry.values.get(rule.name) and rule.kind not in ("unit", "person", "photo")
    )
    return Received(
        entry=entry.id,
        name=entry.first("name"),
        unit=name_of(entry.unit),
        book=book.title,
        to=name_of(row.unit_id),
        values=values,
        until=row.until,
        clause=policy_of(entry.book).term_citation(row.consent.clause),
    )


def _consent_line(row: Consent) -> ConsentLine:
    asks = open_payload(row.request)
    disclosed = Disclosure.get_or_none(Disclosure.consent == row)
    return ConsentLine(
        id=row.id,
        request=row.request_id,
        name=row.entry.name,
        asked_by=person_of(row.request.requester_id),
        to=name_of(asks["to"]),
        state=state_of(row),
        fields=_labels(row.request.book_id, given_fields(row)),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        withdrawn_at=row.withdrawn_at,
        until=disclosed.end if disclosed is not None else None,
    )
