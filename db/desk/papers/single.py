"""Sheets about one person: the undertaking, and what a leaver hands back. Not operations."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.entry.colleagues import not_within_reach
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
from db.desk.refusal import Invalid, Problem
from db.desk.requests.submitters import holds_own_role
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.handback import (
    all_back,
    asks_back,
    list_copies,
    listed_copies,
    reopen_ended_tasks,
    reopen_hand_back,
)
from db.desk.tasks.task_views import copy_view
from db.desk.tasks.tasks import no_such_task
from db.language import Text, _
from db.store.tables import (
    Account,
    Entry,
    HandBack,
    Paper,
    Task,
    UndertakingAccepted,
    Unit,
)

DAY = _("Date")


class UndertakingPaper(SheetKind):
    """The undertakings of confidentiality of somebody's directory, in full (A.17)."""

    id, label = UNDERTAKING, _("undertaking of confidentiality")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Find an entry, for those who keep it, and for the person of it. Raises Refused for others, Invalid
        where the book asks for no undertaking."""
        row = Entry.get_or_none((Entry.id == number_in(about)) & (Entry.state == "active"))
        if row is None or row.book_id not in permissions.books:
            raise not_within_reach(permissions)
        if not (self._keeps(permissions, row) or permissions.own.get(row.book_id, (0, 0))[0] == row.id):
            raise not_within_reach(permissions)
        rules = policy_of(row.book_id).undertakings
        if not rules:
            raise Invalid(Problem("", _("The regulations of this directory ask for no undertaking.")))
        clause = rules[0].clause
        return Matter(row.book_id, str(row.id), clause, row.unit_id, row.id, row.person_id, row=row)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Draw a page for each undertaking of the book in its present version, and on it since when the
        person has accepted that, or that the signature accepts it."""
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
        """Store, for each account of the person that has not accepted it yet, that it accepts the version on
        the sheet; without an account the scan itself counts, and an account made later gets the acceptance.
        Return whether anything counted."""
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
        """Find a task that asks copies back, for those who sign them off. Raises Refused."""
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
        """Store copies taken since on the hand-back list, and return a line for each copy. Raises Invalid if
        there is none."""
        task: Task = matter.row
        if task.state == "open":
            list_copies(task)
        entry = Entry.get_by_id(task.entry_id)
        copies = listed_copies(task)
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
        """Sign the copy off as returned, and end the tasks that waited for the last one. False, with nothing
        done, where it is signed off already, or its holder said otherwise, which the receiver judges."""
        row = HandBack.get_or_none(HandBack.id == int(line.ref))
        if row is None or row.signed_at is not None or row.outcome not in (None, "returned"):
            return False  # what its holder says became of it otherwise is for the receiver to judge
        row.outcome, row.word = "returned", f"{row.word} {number_of(paper.id)}".strip()
        row.signed_by, row.signed_at = Account.get_by_id(signed.account), signed.at
        row.save()
        all_back(row.entry_id, row.task.book_id, signed.account)
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Undo the sign-off, and have the tasks that waited for the hand-back, or ended by it, wait again."""
        row = HandBack.get_by_id(int(line.ref))
        if row.signed_at == signed.at:
            row.word = row.word.removesuffix(number_of(paper.id)).strip()
            row.outcome = row.signed_by = row.signed_at = None
            row.save()
            reopen_ended_tasks(row.entry_id, row.task.book_id, signed.at)
            reopen_hand_back(row.entry_id, row.task.book_id)


def bring_undertakings(person: int, account: int) -> None:
    """Store for a new account the acceptances that its person signed on paper (A.17)."""
    for signed, at in undertakings_on_paper(person).items():
        policy, _blank, version = signed.partition(" ")
        UndertakingAccepted.create(account=account, policy=policy, version=version, at=at)


def _head_of(entry: Entry) -> tuple[tuple[Text, Text], ...]:
    unit = Unit.get_by_id(entry.unit_id).name
    label = policy_of(entry.book_id).field("unit").label
    return (_("Name"), entry.name), (label, unit), (_("Position"), entry.position or "–")
