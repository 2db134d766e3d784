"""A person's own data at the desk: all of it for whom it is about (PIPL 45), its erasure by whoever maintains
the book (PIPL 47)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.whom_to_ask import ASK, ask_office
from db.desk.entry import record
from db.desk.extracts.report_rights import BookOption, under_password_alone
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS, Power, Way, power_over
from db.desk.privacy import duties, own_data
from db.desk.privacy.collection import (
    NoticeDue,
    NoticeLine,
    accepted_by,
    contact_lines,
    key_of,
    lines_of,
    notices_due,
    store_notice_text,
)
from db.desk.privacy.erasing import erase_person
from db.desk.privacy.own_data import OwnDataTable
from db.desk.privacy.periods import period_of
from db.desk.privacy.thinning import due_on
from db.desk.privacy.withdrawal import WITHDRAWAL, OptionalValue, optional_of, withdraw_value
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.proposing import clause_of_keeping
from db.desk.requests.submitters import holds_own_role
from db.language import Label, Text, _
from db.policy.schema.base import cite
from db.store import clock
from db.store.moves import Moves
from db.store.sql import constant
from db.store.tables import Book, Entry, Erasure, UndertakingAccepted

LONGEST = 200
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who left the book; ``kept_by`` is the clause that asks for what is kept, ``why`` says what.
    ``due`` is the first day (ISO) on which they can be erased, after period and archive, by ``clause``; what
    is open may hold them longer. None: never."""

    entry: int
    name: str
    unit: str
    left: str
    kept_by: str
    why: Text
    due: str
    clause: str


class NoticeReader(NamedTuple):
    """Somebody of a book; ``state`` as of `accepted_by`, ``day`` (ISO) of the last acceptance."""

    entry: int
    name: str
    unit: str
    state: str
    day: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Why a book holds what it holds of the reader, and what ends it: the clause that asks for the entry;
    erased ``months`` after leaving by ``clause``, None for never; ``archive``: the clause that keeps one."""

    book: Label
    unit: str
    asked_by: str
    months: int | None
    clause: str
    archive: str
    maintainer: Label


class Privacy(OperationGroup):
    """Operations on what is kept of persons."""

    @operation("privacy.mine", label=_("take one's own data"), recorded=True, power=LOOKS)
    def mine(self, *, stored: bool = False) -> tuple[OwnDataTable, ...]:
        """Return everything that is kept of the actor, in tables that can be read; numbers and names as they
        are ``stored``, for programs. Raises Refused to these where it leaves under a password alone (D.4)."""
        asked = self._asking_for_a_password() if stored else None
        if asked is not None:
            raise under_password_alone(asked)
        found = own_data.sections(self.permissions, stored=stored)
        self.act.note_facts(rows=sum(len(one.rows) for one in found))
        return found

    @operation("privacy.grounds", label=_("ask why one's own data is kept"), recorded=False, power=LOOKS)
    def grounds(self) -> tuple[LegalBasis, ...]:
        """Return why the actor can't be erased now: each book they are in, and what happens after they
        leave."""
        found = Entry.select().where((Entry.person == self.permissions.person) & (Entry.state != "left"))
        return tuple(_ground(row) for row in found.order_by(Entry.id))

    @operation(
        "privacy.notices_due",
        label=_("ask for notices to accept"),
        recorded=False,
        power=LOOKS,
        at_the_door=True,
    )
    def notices_due(self) -> tuple[NoticeDue, ...]:
        """Return the notices at collection that the actor has not accepted as they are now (PIPL 17)."""
        return notices_due(self.permissions)

    @operation(
        "privacy.accept_notice",
        label=_("accept a notice at collection"),
        recorded=True,
        power=power_over(Moves.DUTY),
        at_the_door=True,
    )
    def accept_notice(self, book: str, version: str) -> None:
        """Store acceptance of the notice in the version shown, and the notice's text. Raises Invalid for
        another version, and for one accepted already."""
        due = next((one for one in notices_due(self.permissions) if one.book == book), None)
        if due is None or due.version != version:
            raise Invalid(Problem("notice", _("This notice has changed or is accepted. Read it again.")))
        at = clock.now()
        store_notice_text(due, at)
        UndertakingAccepted.insert(
            account=self.permissions.account, policy=key_of(book), version=version, at=at
        ).execute()
        self.act.note_facts(book=book, clause=due.clause, version=version)

    @operation("privacy.notice", label=_("read the notice at collection"), recorded=False, power=LOOKS)
    def notice(self, book: str) -> tuple[NoticeLine, ...]:
        """Return the present notice of a book of the actor's, with whom to turn to. Raises Refused for
        another book."""
        policy = self.permissions.check_book(book)
        lines = (*lines_of(policy), *contact_lines(policy))
        return tuple(replace(line, number=number) for number, line in enumerate(lines, start=1))

    @operation("privacy.notice_readers", label=_("list who accepted a notice"), recorded=True, power=LOOKS)
    def notice_readers(self, book: str) -> tuple[NoticeReader, ...]:
        """Return the active people of ``book``, none of them outside contacts, with whether they accepted its
        notice. Raises Refused for whoever neither keeps nor supervises the whole book by their own right."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, clause=policy.maintainer.clause)
        if not holds_own_role(
            self.permissions, policy, (*policy.keepers, policy.supervisor.role), root_of(book)
        ):
            role = policy.role(policy.maintainer.role).label
            raise Refused(
                _("Who accepted the notice is for {role} and whoever supervises.", role=role),
                policy.maintainer.clause,
                ask_office(policy, (policy.maintainer.role,), ASK),
            )
        return tuple(
            NoticeReader(entry, name, unit, state, local(at)[:10] if at else "")
            for entry, name, unit, state, at in accepted_by(policy)
        )

    @operation("privacy.optional", label=_("list own optional data"), recorded=False, power=LOOKS)
    def optional(self) -> tuple[OptionalValue, ...]:
        """Return what the actor's directories hold of them, or could, on their consent alone."""
        return tuple(
            one for book, (entry, _unit) in self.permissions.own.items() for one in optional_of(book, entry)
        )

    @operation(
        "privacy.withdraw",
        label=_("take out own optional data"),
        recorded=True,
        power=power_over(Moves.ENTRY),
    )
    def withdraw(self, book: str, field: str) -> int:
        """Empty a field of the actor's own entry that is held on consent alone, at once, bar others from
        filling it (PIPL 15), and notify the keepers of the book, else its supervisors; return in how many
        issued editions the value stands. Raises Refused, with the clause, for a field that the rules ask
        for."""
        entry, unit = self.permissions.own.get(book, (0, 0))
        rule = next((one for one in policy_of(book).fields if one.name == field), None) if entry else None
        if rule is None:
            raise Refused(
                _("You have no such field there."), SILENT, _("`optional` lists what rests on your consent.")
            )
        self.act.note_facts(book=book, entry=entry, unit=unit, fields=[field], clause=WITHDRAWAL)
        if not rule.consent:
            raise Refused(
                _("{field} rests on the rules, not on your consent.", field=rule.label),
                ", ".join(rule.clauses),
                _("If it is wrong, propose a change; what is not asked for can be emptied by one."),
            )
        if not record.load_entry(entry).values.get(field):
            raise Refused(_("{field} holds nothing of you.", field=rule.label), WITHDRAWAL, _("Leave it so."))
        told = next(one for one in optional_of(book, entry) if one.field == field)
        withdraw_value(self.act, entry, field)
        return told.editions

    @operation("privacy.taken", label=_("take a copy of one's own data"), recorded=True, power=LOOKS)
    def taken(
        self, *, format: str, sha256: str, size: int, rows: int, mark: str, encrypted: bool = False
    ) -> None:
        """Note in the act's record that a copy of the actor's own data leaves: its digest and its mark.
        Raises Refused where it has to be ``encrypted`` and is not (D.4)."""
        asked = self._asking_for_a_password()
        if asked is not None and not encrypted:
            raise under_password_alone(asked)
        self.act.note_facts(format=format, sha256=sha256, size=size, rows=rows, mark=mark)

    @operation(
        "privacy.under_password",
        label=_("ask whether own data leaves encrypted"),
        recorded=False,
        power=LOOKS,
    )
    def under_password(self) -> bool:
        """Return whether own copies leave under a password, as a book of the actor asks (D.4)."""
        return self._asking_for_a_password() is not None

    def _asking_for_a_password(self) -> str | None:
        """Return the clause of the first directory that asks for a password; None if none does."""
        held = Entry.select(Entry.book).where(Entry.person == self.permissions.person)
        books = sorted({row.book_id for row in held} | set(self.permissions.books))
        rules = [policy_of(book).copies for book in books]
        return next((rule.clause for rule in rules if rule.encrypted), None)

    @operation("privacy.books", label=_("list directories with leavers"), recorded=False, power=LOOKS)
    def books(self) -> tuple[BookOption, ...]:
        return tuple(
            BookOption(row.id, row.title, ())
            for row in Book.select().where(Book.id.in_(list(self.permissions.books))).order_by(Book.sort)
            if self.permissions.keeps_book(row.id)
        )

    @operation("privacy.leavers", label=_("list who left"), recorded=True, power=LOOKS)
    def leavers(self, book: str) -> tuple[Leaver, ...]:
        """Return leavers of ``book`` who are on record still, each with what must be kept. Raises Refused for
        those who do not keep the book."""
        self._check_keeper(book)
        return tuple(self._leavers(book))

    @operation(
        "privacy.erase",
        label=_("erase a person's data"),
        recorded=True,
        power=Power(frozenset(Moves) - {Moves.RULE}, Way.TWO, days=30),
    )
    def erase(self, book: str, entry: int, reason: str) -> None:
        """Erase everything personal of whoever left with ``entry``, in every book, in the audit, in backups
        and in the journal (`erase_person`). When it is asked for, those concerned and the watchers are
        notified. Notes the reason for the audit. Raises Refused, with the clause, while something must be
        kept, and for an entry that did not leave this book; Invalid without a reason."""
        self._check_keeper(book)
        reason = reason.strip()
        if not reason or len(reason) > LONGEST:
            raise Invalid(Problem("reason", _("Say in up to {count} characters why.", count=LONGEST)))
        row = Entry.get_or_none((Entry.id == entry) & (Entry.book == book) & (Entry.state == "left"))
        if row is None or _is_erased(row):
            raise Refused(
                _("Nobody left this directory with that number."),
                SILENT,
                _("`leavers` lists who left."),
            )
        second = self.act.second
        duties.check_erasable(row, asked_by=second.request if second is not None else None)
        self.act.note_facts(entry=entry, unit=row.unit_id, purpose=reason, person=row.person_id)
        erase_person(row.person_id)

    def _leavers(self, book: str) -> Iterator[Leaver]:
        gone = (Entry.book == book) & (Entry.state == constant("left"))
        # Asked for in the order of numbers, SQLite would walk the whole book.
        for row in sorted(Entry.select().where(gone), key=lambda row: int(row.id)):
            if _is_erased(row):
                continue
            clause: str = ""
            why: Text = ""
            due, by = _erasure_of(row)
            try:
                duties.check_erasable(row)
            except Refused as refusal:
                clause, why = refusal.clause, refusal.message
            yield Leaver(
                row.id, row.name, row.unit.name, row.left or "", clause, why,
                due.isoformat() if due is not None else "", by,
            )  # fmt: skip

    def _check_keeper(self, book: str) -> None:
        """Raise Refused where the actor does not maintain the whole of ``book``."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, clause=policy.maintainer.clause)
        if not self.permissions.keeps_book(book):
            role = policy.role(policy.maintainer.role).label
            raise Refused(
                _("What is kept of leavers is for {role} alone.", role=role),
                clause_of_keeping(policy),
                ask_office(policy, (policy.maintainer.role,), ASK),
            )


def _ground(row: Entry) -> LegalBasis:
    policy, period = policy_of(row.book_id), period_of(row.book_id, "leaver")
    archive = policy.retention_of("archive")
    return LegalBasis(
        book=row.book.title,
        unit=row.unit.name,
        asked_by=cite(*(rule for field in policy.fields if field.required for rule in field.clauses)),
        months=period.months,
        clause=period.clause,
        archive=archive.clause if archive is not None else "",
        maintainer=policy.role(policy.maintainer.role).label,
    )


def _erasure_of(row: Entry) -> tuple[date | None, str]:
    """Return the first day on which a leaver can be erased, None for never, and the clause that sets it: the
    period of leavers, or the archive, which is kept to the end of its own last day."""
    due, clause = due_on(row), period_of(row.book_id, "leaver").clause
    hold = duties.archive_hold(row.person_id)
    if due is None or hold is None or due > hold.until:
        return due, clause
    return hold.until + timedelta(days=1), hold.clause


def _is_erased(row: Entry) -> bool:
    return Erasure.get_or_none(Erasure.person == row.person_id) is not None
