"""Sheets about one person: the undertaking, what a leaver hands back, and the decision of a case with the
proof that it was served. Not operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.desk.authority.permissions import Permissions, no_such_book, policy_of
from db.desk.cases.case_roles import DECIDED, OVER, CaseRoles, kind_label, no_such_case
from db.desk.cases.case_states import OUTCOMES
from db.desk.cases.case_views import CaseView, PartyView, view_of
from db.desk.cases.opening import cleaned, write_event
from db.desk.cases.parties import party_person, written_name
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.notation.localtime import local
from db.desk.papers.sheets import (
    UNDERTAKING,
    Matter,
    PaperPage,
    SheetKind,
    SheetLine,
    SignedLine,
    accounts_of,
    number_in,
    number_of,
    undertakings_on_paper,
)
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.submitters import holds_own_role
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.handback import all_back, asks_back, list_copies, reopen
from db.desk.tasks.task_views import copy_view
from db.desk.tasks.tasks import no_such_task
from db.language import Text, _, listed
from db.store.tables import (
    Account,
    CaseParty,
    Entry,
    HandBack,
    Paper,
    PaperScan,
    Task,
    UndertakingAccepted,
    Unit,
)

DAY = _("Date")


class UndertakingPaper(SheetKind):
    """The undertakings of confidentiality of somebody's directory, in full (A.17)."""

    id, label = UNDERTAKING, _("undertaking of confidentiality")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """An entry, for who keeps it, and for the person of it."""
        row = Entry.get_or_none((Entry.id == number_in(about)) & (Entry.state == "active"))
        if row is None or row.book_id not in permissions.books:
            raise _no_such_entry(permissions)
        if not (self._keeps(permissions, row) or permissions.own.get(row.book_id, (0, 0))[0] == row.id):
            raise _no_such_entry(permissions)
        rules = policy_of(row.book_id).undertakings
        if not rules:
            raise Invalid(Problem("", _("The regulations of this directory ask for no undertaking.")))
        clause = rules[0].clause
        return Matter(row.book_id, str(row.id), clause, row.unit_id, row.id, row.person_id, row=row)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """The text in the version that the person accepted last, or is to accept."""
        row, policy = matter.row, policy_of(matter.book)
        titles = {ref.id: ref.title for ref in policy.policies}
        facts, on_paper = _head_of(row), undertakings_on_paper(row.person_id)
        pages, lines = [], []
        for rule in policy.undertakings:
            version = (_("Version"), f"{rule.policy} {rule.version}")
            accepted = UndertakingAccepted.get_or_none(
                UndertakingAccepted.account.in_(accounts_of(row.person_id))
                & (UndertakingAccepted.policy == rule.policy)
                & (UndertakingAccepted.version == rule.version)
            )
            said: Text = _("to be accepted by this signature")
            entered = on_paper.get(f"{rule.policy} {rule.version}")
            if entered is not None:
                said = _("signed on paper, entered on {day}", day=local(entered)[:10])
            elif accepted is not None:
                said = _("accepted at the terminal on {day}", day=local(accepted.at)[:10])
            pages.append(
                PaperPage(
                    _("Undertaking of confidentiality"),
                    (*facts, (_("Regulation"), titles[rule.policy]), version, (_("Status"), said)),
                    (rule.text,),
                    signs=(_("Signature"), DAY),
                )
            )
            lines.append(SheetLine(row.person_id, row.name, f"{rule.policy} {rule.version}"))
        return pages, lines

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Store that the version of the sheet is accepted by each account of the person that has not; of who
        has none, the scan itself is the acceptance, and an account brings it along."""
        policy, _blank, version = line.ref.partition(" ")
        mine = (UndertakingAccepted.policy == policy) & (UndertakingAccepted.version == version)
        known = {row.account_id for row in UndertakingAccepted.select().where(mine)}
        accounts = accounts_of(line.person)
        fresh = [account for account in accounts if account not in known]
        for account in fresh:
            UndertakingAccepted.create(account=account, policy=policy, version=version, at=signed.at)
        unknown = line.person is not None and line.ref not in undertakings_on_paper(line.person)
        return bool(fresh) or (not accounts and unknown)

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Delete the acceptances that this signature made; the undertaking waits for the person again."""
        policy, _blank, version = line.ref.partition(" ")
        UndertakingAccepted.delete().where(
            UndertakingAccepted.account.in_(accounts_of(line.person))
            & (UndertakingAccepted.policy == policy)
            & (UndertakingAccepted.version == version)
            & (UndertakingAccepted.at == signed.at)
        ).execute()

    def may_enter(self, permissions: Permissions, matter: Matter) -> bool:
        """Return whether the actor keeps the entry, and it is not their own."""
        return matter.person != permissions.person and self._keeps(permissions, matter.row)

    @staticmethod
    def _keeps(permissions: Permissions, row: Entry) -> bool:
        policy = policy_of(row.book_id)
        return holds_own_role(permissions, policy, policy.keepers, row.unit_id)


class HandBackList(SheetKind):
    """The copies that somebody who leaves or moves hands back, signed by both (H.5.4)."""

    id, label = "hand-back", _("hand-back list")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """A task that asks copies back, for who signs them off."""
        task = Task.get_or_none(Task.id == number_in(about))
        if (
            task is None
            or task.book_id not in permissions.books
            or task.entry_id is None
            or not asks_back(task)
        ):
            raise no_such_task()
        if all(one.account != permissions.account for one in TaskAssignees().signers(task)):
            raise no_such_task()
        entry = Entry.get_by_id(task.entry_id)
        return Matter(
            task.book_id, str(task.id), task.clause, entry.unit_id, entry.id, entry.person_id, row=task
        )

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Return a line for each copy, signed off or not, after putting copies taken since on the list."""
        task: Task = matter.row
        if task.state == "open":
            list_copies(task)
        entry = Entry.get_by_id(task.entry_id)
        copies = list(HandBack.select().where(HandBack.entry == entry.id).order_by(HandBack.id))
        if not copies:
            raise Invalid(Problem("", _("Nothing is handed back here.")))
        views = [copy_view(task.book_id, one) for one in copies]
        rows = [
            (str(number), one.copy, one.what, local(one.issued_at)[:10] if one.issued_at else "", one.outcome)
            for number, one in enumerate(views, start=1)
        ]
        heads = (_("No."), _("Copy"), _("What"), _("Issued"), _("What became of it"))
        signs = (_("Handed back by"), DAY, _("Received by"), DAY)
        page = PaperPage(_("Hand-back list"), _head_of(entry), heads=heads, rows=rows, signs=signs)
        return [page], [SheetLine(entry.person_id, one.copy, str(one.id)) for one in copies]

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Sign the copy off as handed back, and end the tasks that waited for the last one."""
        row = HandBack.get_by_id(int(line.ref))
        if row.signed_at is not None or row.outcome not in (None, "returned"):
            return False  # what its holder says became of it otherwise is for the receiver to judge
        row.outcome, row.word = "returned", f"{row.word} {number_of(paper.id)}".strip()
        row.signed_by, row.signed_at = Account.get_by_id(signed.account), signed.at
        row.save()
        all_back(row.entry_id, signed.account)
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Undo the sign-off, and have the tasks that waited for the hand-back wait again."""
        row = HandBack.get_by_id(int(line.ref))
        if row.signed_at == signed.at:
            row.word = row.word.removesuffix(number_of(paper.id)).strip()
            row.outcome = row.signed_by = row.signed_at = None
            row.save()
            reopen(row.entry_id)


class Decision(SheetKind):
    """The decision of a case for one whom it is about, with the proof that it was served (C.12)."""

    id, label = "decision", _("decision of a case")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """A party of a case in which a breach was found, written ``case-party`` or as the case alone where it
        has one, for who handles it or decided it."""
        case, _dash, number = about.partition("-")
        parties = list(CaseParty.select().where(CaseParty.case == number_in(case)).order_by(CaseParty.id))
        if not number and len(parties) > 1:
            known = listed(f"{case}-{one.id}" for one in parties)
            raise Invalid(Problem("of", _("There are several; say which: {known}.", known=known)))
        party = next((one for one in parties if number in ("", str(one.id))), None)
        row, case_roles = party.case if party is not None else None, CaseRoles()
        if party is None or row is None or row.book_id not in permissions.books:
            raise no_such_case()
        if not case_roles.may_read(row, permissions.account) or not (
            any(one.account == permissions.account for one in case_roles.handlers(row))
            or case_roles.has_done(row, permissions.account, DECIDED)
        ):
            raise no_such_case()
        if row.state not in OVER or row.outcome != "breach":
            raise Refused(
                _("Nothing is decided in this case that could be served."),
                row.clause,
                _("Draw the sheet up once a breach is found and decided."),
            )
        person = party_person(party)
        account = permissions.account
        view = view_of(row, account, case_roles)
        unit = party.entry.unit_id if party.entry is not None else None
        return Matter(
            row.book_id, f"{row.id}-{party.id}", party.clause or row.clause, unit, party.entry_id, person,
            row=(row, party, view),
        )  # fmt: skip

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """The decision, and on a page of its own the proof of service. The facts are ``words``, as the person
        is to read them: what was reported, and by whom, stays with those who handle the case."""
        row, party, view = matter.row
        facts = cleaned(words)
        if not facts:
            raise Invalid(Problem("words", _("Write the facts as the person is to read them.")))
        refuse_card_numbers([policy_of(matter.book)], _("Facts"), facts, "words")
        mine = next(one for one in view.parties if one.id == party.id)
        whom = (_("Concerned"), listed(filter(None, (mine.name, mine.unit, mine.position))))
        case: tuple[Text, Text] = (_("Case no."), f"{row.id}")
        kind: tuple[Text, Text] = (_("About"), kind_label(policy_of(matter.book), row.sort, row.kind))
        decision = PaperPage(
            _("Decision on a sanction"),
            (whom, case, kind, (_("Decided on"), view.decided_at[:10])),
            tuple(_paragraphs(view, mine, facts, policy_of(matter.book).discipline.appeal_days)),
            signs=(_("Decided by (signature)"), _("Seal"), DAY),
        )
        served = PaperPage(
            _("Proof of service"),
            (whom, case, (_("Document served"), _("Decision on a sanction")), (_("Served by (way)"), "")),
            (_("The one to whom it is served received the decision and was told how to appeal."),),
            signs=(
                _("Received by (signature)"),
                DAY,
                _("Served by (signature)"),
                _("Witness, if refused"),
                DAY,
            ),
        )
        return [decision, served], [SheetLine(matter.person, written_name(party))]

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Add to the case's history that the decision was served, unless it was."""
        known = PaperScan.select().join(Paper).where(
            (Paper.kind == self.id) & (Paper.about == paper.about) & PaperScan.struck_at.is_null()
        )  # fmt: skip
        if known.where(PaperScan.counted).exists():
            return False
        self._write(paper, signed, "served")
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Add to the case's history that the proof of service was struck."""
        self._write(paper, signed, "unserved")

    @staticmethod
    def _write(paper: Paper, signed: SignedLine, act: str) -> None:
        party = CaseParty.get_by_id(int(paper.about.partition("-")[2]))
        write_event(party.case, signed.account, act, f"{number_of(paper.id)} {signed.day}")


def _paragraphs(view: CaseView, mine: PartyView, facts: str, days: int) -> Iterator[Text]:
    yield _("Facts: {facts}", facts=facts)
    yield _("Found: {outcome} ({clause})", outcome=OUTCOMES[view.row.outcome], clause=view.row.clause)
    sanctions: list[Text] = [*mine.sanctions, *([mine.further] if mine.further else [])]
    decided: Text = listed(sanctions) if sanctions else _("not punished")
    yield _("Sanction: {sanction} ({clause})", sanction=decided, clause=mine.clause or view.row.clause)
    if mine.amount:
        yield _("Fine: {amount} {currency} in all", amount=mine.amount, currency=mine.currency)
    if mine.appeal is not None and mine.appeal.outcome:
        yield _("Appeal of {day}: {outcome}", day=mine.appeal.at[:10], outcome=mine.appeal.outcome_label)
    elif view.appeal_until is not None:
        yield _(
            "You may appeal until {day}, and where this is served to you later, within {days} working days "
            "of that ({clause}): in the directory under Cases, or in writing. Somebody who had no part in "
            "the case decides the appeal.",
            day=view.appeal_until.day,
            days=days,
            clause=SILENT,
        )
    yield _("Decided by: {who}", who=listed(view.decided_by))


def bring_undertakings(person: int, account: int) -> None:
    """Accept for a new account what its person signed on paper (A.17)."""
    for signed, at in undertakings_on_paper(person).items():
        policy, _blank, version = signed.partition(" ")
        UndertakingAccepted.create(account=account, policy=policy, version=version, at=at)


def _head_of(entry: Entry) -> tuple[tuple[Text, Text], ...]:
    unit = Unit.get_by_id(entry.unit_id).name
    label = policy_of(entry.book_id).field("unit").label
    return (_("Name"), entry.name), (label, unit), (_("Position"), entry.position or "–")


def _no_such_entry(permissions: Permissions) -> Refused:
    scope = [policy_of(book).out_of_reach for book in permissions.books]
    refused = no_such_book()
    return Refused(
        _("There is no such entry within your reach."),
        scope[0] if scope else refused.clause,
        _("Look the person up in the directory."),
    )
