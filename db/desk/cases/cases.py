"""Cases at the desk: reporting from anywhere, the own reports, and the queue of who handles them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.desk.authority.permissions import policy_of, root_of
from db.desk.cases.appeals import (
    appeal_until,
    awaits_somebody,
    has_appealed,
    no_appeal,
    open_appeal,
    replace_lodged,
)
from db.desk.cases.carrying import CaseGap, case_gap
from db.desk.cases.case_notices import tell_appeal
from db.desk.cases.case_roles import CaseRoles, no_such_case
from db.desk.cases.case_states import choice_problem
from db.desk.cases.case_views import CaseRow, CaseView, in_office, row_of, view_of
from db.desk.cases.duties import APPEAL, open_clock
from db.desk.cases.hearing import has_spoken, hearing_until, put_statement
from db.desk.cases.naming_handlers import fits_anybody
from db.desk.cases.opening import cleaned_words, open_case, write_event
from db.desk.cases.own_cases import OwnCase, decided_about, own_case, to_be_heard
from db.desk.cases.trail import attach_record
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.editions.tracing import forwarded_copy, is_copy_of
from db.desk.entry.colleagues import not_within_reach, within_reach
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import Label, Message, _, listed
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Book, CaseFile, Entry

CLOSED_SHOWN = 50
About = Literal["nobody", "somebody", "handlers"]
ABOUT: dict[About, Message] = {
    "nobody": _("nobody I know of"),
    "somebody": _("somebody"),
    "handlers": _("whoever gets such reports"),
}
"""Whom a report may be about, as far as the reporter knows."""
WHOM_LENGTH = 100


@dataclass(frozen=True, slots=True)
class KindOption:
    """A kind of case that can be reported, with the clause that it breaks and who gets such a report."""

    id: str
    label: Label
    clause: str
    who: Label


@dataclass(frozen=True, slots=True)
class ReportChannel:
    """A book to report a breach in: who gets one of no kind, by which clause, and the kinds."""

    book: str
    book_label: Label
    who: Label
    clause: str
    kinds: tuple[KindOption, ...]


class Cases(OperationGroup):
    """Operations on reports and on the lists of cases."""

    @operation(
        "cases.channels",
        label=_("ask where a breach is reported"),
        recorded=False,
        power=LOOKS,
        untrained=True,
    )
    def channels(self) -> tuple[ReportChannel, ...]:
        """Tell where the actor can report a breach, and of what kinds; who gets it as things stand."""
        found, case_roles = [], CaseRoles()
        for book in self.permissions.books:
            policy, row = policy_of(book), Book.get_by_id(book)
            kinds = tuple(
                KindOption(one.id, one.label, one.clause, self._handlers(case_roles, book, one.id))
                for one in policy.cases
            )
            title, rule = row.title, policy.reporting_of("incident")
            found.append(ReportChannel(book, title, self._handlers(case_roles, book, ""), rule.clause, kinds))
        return tuple(found)

    def _handlers(self, case_roles: CaseRoles, book: str, kind: str) -> Label:
        account, unit = self.permissions.account, self._unit(book)
        case = CaseFile(sort="incident", kind=kind, book=book, unit=unit, reporter=account)
        return listed(in_office(case, one) for one in case_roles.handlers(case))

    def _unit(self, book: str) -> int:
        return self.permissions.own.get(book, (0, root_of(book)))[1]

    @operation(
        "cases.report",
        label=_("report a breach"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
        untrained=True,
    )
    def report(
        self,
        book: str,
        words: str,
        kind: str = "",
        copy: str = "",
        *,
        about: About = "nobody",
        whom: str = "",
    ) -> int:
        """Open a case of a leak, a misuse or any other breach (A.18), with its task, and notify those who
        handle it; return its number. ``copy`` is the number on a copy that was found; only those who handle
        the case learn whose it is. ``about``: whom the report is about as far as the reporter knows, ``whom``
        in words. A report about somebody who would handle it goes to others, who are notified; so it does in
        doubt, as where ``whom`` fits nobody. Raises Invalid where there is nothing to go by, or where no copy
        of the book bears that number."""
        self.permissions.check_book(book)
        policy, said = policy_of(book), cleaned_words(words)
        rule = policy.case(kind)
        self.act.note_facts(book=book, clause=rule.clause if rule else policy.reporting_of("incident").clause)
        problems = []
        if not said:
            problems.append(Problem("words", _("Say what happened.")))
        if kind and rule is None:
            problems.append(choice_problem("kind", (one.id for one in policy.cases)))
        if copy.strip() and not is_copy_of(book, copy):
            wrong = _(
                "No copy of this directory bears that number. Read it once more, or leave it out and "
                "describe the copy in your report."
            )
            problems.append(Problem("copy", wrong))
        named = cleaned_words(whom)
        if about not in ABOUT:
            problems.append(choice_problem("about", ABOUT))
        if about == "somebody" and not named:
            problems.append(Problem("whom", _("Say whom it is about; a surname and a title are enough.")))
        if problems:
            raise Invalid(*problems)
        traced = forwarded_copy(copy) if copy.strip() else None
        if copy.strip():
            said = f"{said} [{copy.strip()[:40]}]"
        if named:
            said = f"{said} [{named[:WHOM_LENGTH]}]"
        in_doubt = about == "somebody" and not fits_anybody(named, book)
        unit, concerned = self._unit(book), None
        if traced is not None:
            holder = Entry.get_by_id(traced.entry)
            unit = holder.unit_id
            concerned = holder.id if holder.person_id != self.permissions.person else None
        row = open_case(
            self.act, "incident", book, unit, said,
            kind=kind, concerned=concerned, about_handlers=about == "handlers" or in_doubt,
        )  # fmt: skip
        if traced is not None:
            attach_record(row, self.permissions.account, "copy", traced.number, clock.now())
        self.act.note_facts(case=row.id, kind=kind)
        return int(row.id)

    @operation(
        "cases.error",
        label=_("report an error in an entry"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def error(self, entry: int, words: str, field: str = "") -> int:
        """Open a report that an entry within reach is wrong (H.5.3), with its task, and tell those who answer
        it; return its number. Refused alike for an entry out of reach and for none (C.10), and for the number
        of a card (H.4.3). Raises Invalid for an empty word."""
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        self.act.note_facts(entry=entry)
        if row is None or not within_reach(self.permissions, row):
            raise not_within_reach(self.permissions)
        policy, said = policy_of(row.book_id), cleaned_words(words)
        self.act.note_facts(book=row.book_id, unit=row.unit_id, clause=policy.reporting_of("error").clause)
        problems = []
        if not said:
            problems.append(Problem("words", _("Say what is wrong.")))
        fields = [rule.name for rule in policy.fields]
        if field and field not in fields:
            problems.append(choice_problem("field", fields))
        if problems:
            raise Invalid(*problems)
        refuse_card_numbers([policy], _("What you say"), said, "words")
        made = open_case(self.act, "error", row.book_id, row.unit_id, said, entry=row.id, field=field)
        self.act.note_facts(case=made.id, field=field)
        return int(made.id)

    @operation("cases.queue", label=_("list the cases"), recorded=False, power=LOOKS)
    def queue(self) -> tuple[CaseRow, ...]:
        """Return cases to work on: waiting ones, other open ones by due day, then the last closed."""
        account, case_roles = self.permissions.account, CaseRoles()
        books = [
            book for book in self.permissions.books if self.permissions.deciding_roles(book) - {"employee"}
        ]
        rows = CaseFile.select().where(CaseFile.book.in_(books))
        over = rows.where(~awaits_somebody()).order_by(CaseFile.id.desc()).limit(CLOSED_SHOWN)
        both = [*rows.where(awaits_somebody()), *over]
        found = [row_of(row, account, case_roles) for row in both if case_roles.may_read(row, account)]
        return tuple(
            sorted(
                found,
                key=lambda one: (
                    one.is_over,
                    not one.turn,
                    one.due.day if one.due else "9",
                    -one.id,
                ),
            )
        )

    @operation("cases.mine", label=_("list own reports"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[CaseRow, ...]:
        """Return what the actor reported, and cases about them that they may hear of; the newest first."""
        account, case_roles = self.permissions.account, CaseRoles()
        person = self.permissions.person
        decided = [party.case_id for party in (*to_be_heard(person), *decided_about(person))]
        rows = CaseFile.select().where((CaseFile.reporter == account) | CaseFile.id.in_(decided))
        return tuple(row_of(row, account, case_roles) for row in rows.order_by(CaseFile.id.desc()))

    @operation("cases.own", label=_("follow one's own case"), recorded=True, power=LOOKS)
    def own(self, case: int) -> OwnCase:
        """Return a case reported by the actor or decided about them. Refused alike for any other."""
        found = own_case(case, self.permissions.account, self.permissions.person)
        if found is None:
            raise no_such_case()
        self.act.note_facts(book=found.row.book, clause=found.row.clause, case=case)
        return found

    @operation(
        "cases.state",
        label=_("speak before a sanction"),
        recorded=True,
        power=power_over(Moves.SANCTION),
    )
    def state(self, case: int, words: str) -> None:
        """Store, encrypted, what the actor says before anything is decided, for themselves or the department
        they speak for, once and within the policy's days; it replaces what was written down for them. Adds an
        event to the case's history; notifies nobody. Raises Refused alike for any other case and for none,
        and where the time is over; Invalid without a word."""
        said = cleaned_words(words)
        party = next((one for one in to_be_heard(self.permissions.person) if one.case_id == case), None)
        if party is None:
            raise no_such_case()
        row, until = party.case, hearing_until(party)
        self.act.note_facts(book=row.book_id, clause=SILENT, case=case)
        if not said:
            raise Invalid(Problem("words", _("Say what speaks for you.")))
        if has_spoken(party) or row.state != "judged" or until is None or until.left < 0:
            raise Refused(
                _("You have spoken in this case already, or the time for it is over."),
                SILENT,
                _("You may appeal once it is decided."),
            )
        put_statement(party, said)
        write_event(row, self.permissions.account, "stated", "")

    @operation(
        "cases.gap",
        label=_("ask whether the offices carry a case to its end"),
        recorded=False,
        power=LOOKS,
    )
    def gap(self, book: str) -> CaseGap | None:
        """Return the first step of a case of ``book`` that nobody could take; None for those who neither keep
        nor supervise it."""
        policy = self.permissions.check_book(book)
        roles = {policy.supervisor.role, policy.role_behind(policy.rights.by)}
        sees = self.permissions.keeps_book(book) or bool(roles & self.permissions.roles(book))
        return case_gap(book) if sees else None

    @operation(
        "cases.appeal",
        label=_("appeal against a decision"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def appeal(self, case: int, words: str) -> None:
        """Store, encrypted, the actor's appeal against what was decided about them, once and within the
        policy's days, in the place of one that was written down for them; open its task. Notifies somebody
        who had no part in the case, else those who attach the minutes of a meeting; without either it waits
        until somebody is appointed. Raises Refused alike for any other case and for none, and where the time
        is over; Invalid without a word."""
        said = cleaned_words(words)
        found = [party for party in decided_about(self.permissions.person) if party.case_id == case]
        if not found:
            raise no_such_case()
        row, party = found[0].case, found[0]
        clause = SILENT
        self.act.note_facts(book=row.book_id, clause=clause, case=case)
        if not said:
            raise Invalid(Problem("words", _("Say what speaks against the decision.")))
        until, before = appeal_until(row, party), has_appealed(party, themselves=True)
        if until is None or until.left < 0 or before:
            raise no_appeal(until, before)
        if replace_lodged(party, self.permissions.account, said) is None:
            appeal = open_appeal(party, self.permissions.account, said)
            open_clock(row, f"{APPEAL}:{appeal.id}")
        write_event(row, self.permissions.account, "appealed", "")
        self.act.note_facts(told=tell_appeal(row))

    @operation("cases.one", label=_("open a case"), recorded=True, power=LOOKS)
    def one(self, case: int) -> CaseView:
        """Return everything about a case, for those who work on it or did. Raises Refused alike for any other
        and for none."""
        row, case_roles = CaseFile.get_or_none(CaseFile.id == case), CaseRoles()
        account = self.permissions.account
        if row is None or row.book_id not in self.permissions.books or not case_roles.may_read(row, account):
            raise no_such_case()
        self.act.note_facts(book=row.book_id, clause=row.clause, case=row.id)
        return view_of(row, account, case_roles)
