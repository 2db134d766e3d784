"""Receipt lists, a line a person: of a revision that was announced. Not operations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.entry.colleagues import internal_kinds
from db.desk.notifications.notices import REVISION
from db.desk.papers.sheets import (
    Matter,
    PaperPage,
    SheetKind,
    SheetLine,
    SignedLine,
    accounts_of,
    number_in,
)
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.submitters import holds_own_role
from db.language import Label, Text, _
from db.policy.schema.base import cite
from db.store.tables import (
    Account,
    Entry,
    Notice,
    NoticeRecipient,
    Paper,
    Unit,
)

SIGNED, SIGNED_ON = _("Signature"), _("Date")


def receipt_list(
    title: Text, facts: Sequence[tuple[Text, Text]], heads: Sequence[Text], rows: Sequence[Sequence[Text]]
) -> tuple[PaperPage]:
    """Draw a numbered line for each who is to sign, with room for the signature and its day. Raises Invalid
    where nobody is left to sign."""
    numbered = [(str(number), *row, "", "") for number, row in enumerate(rows, start=1)]
    if not numbered:
        raise Invalid(Problem("", _("Nobody is left to sign: all of it is on record already.")))
    return (PaperPage(title, facts, heads=(_("No."), *heads, SIGNED, SIGNED_ON), rows=numbered),)


class RevisionReceipts(SheetKind):
    """Of a revision that was announced: whoever has not acknowledged it, those without an account, too."""

    id, label = "revision", _("receipt list of a revision")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Find an announcement, for those who keep the book or interpret its rules. Raises Refused."""
        row = Notice.get_or_none((Notice.id == number_in(about)) & (Notice.kind == REVISION))
        if row is None or row.book_id not in permissions.books:
            raise _no_revision(SILENT)
        policy = policy_of(row.book_id)
        roles = (*policy.keepers, *(one.role for one in policy.interpreters))
        if not holds_own_role(permissions, policy, roles, root_of(row.book_id)):
            raise _no_revision(cite(*(one.clause for one in policy.interpreters)) or SILENT)
        return Matter(row.book_id, str(row.id), str(row.clause), row=row)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        told, book = json.loads(matter.row.detail), matter.book
        facts = (
            (_("Regulation"), Label(told["zh"], told["en"])),
            (_("Version"), told["version"]),
            (_("In force from"), told["effective"]),
        )
        told_of = NoticeRecipient.select(NoticeRecipient.account).where(
            (NoticeRecipient.notice == matter.row.id) & NoticeRecipient.acknowledged_at.is_null(False)
        )
        done = Account.select(Account.person).where(Account.id.in_(told_of) & Account.person.is_null(False))
        people = [
            one for one in people_by_department(book) if one.person_id not in {row.person_id for row in done}
        ]
        rows = [(entry.name, entry.unit.name, entry.position or "") for entry in people]
        heads = (_("Name"), unit_label(book), _("Position"))
        lines = [SheetLine(one.person_id, one.name) for one in people]
        return receipt_list(_("Receipt list"), facts, heads, rows), lines

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Mark the announcement as acknowledged, in every book, by each account of the person; without an
        account, the scan itself is the acknowledgement."""
        accounts = accounts_of(line.person)
        waiting = _of_revision(paper, accounts).where(NoticeRecipient.acknowledged_at.is_null())
        numbers = [(one.notice_id, one.account_id) for one in waiting]
        for notice, account in numbers:
            NoticeRecipient.update(seen_at=signed.at, acknowledged_at=signed.at).where(
                (NoticeRecipient.notice == notice) & (NoticeRecipient.account == account)
            ).execute()
        return bool(numbers) or not accounts

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Undo the acknowledgements that this signature made; the announcement waits for the person again."""
        for one in _of_revision(paper, accounts_of(line.person)):
            NoticeRecipient.update(seen_at=None, acknowledged_at=None).where(
                (NoticeRecipient.notice == one.notice_id)
                & (NoticeRecipient.account == one.account_id)
                & (NoticeRecipient.acknowledged_at == signed.at)
            ).execute()


def people_by_department(book: str) -> list[Entry]:
    """Return the active people of ``book`` who are its own, by department and name."""
    mine = (Entry.book == book) & (Entry.state == "active") & Entry.kind.in_(internal_kinds(policy_of(book)))
    rows = Entry.select(Entry, Unit).join(Unit).where(mine)
    return list(rows.order_by(Unit.sort, Unit.id, Entry.name, Entry.id))


def _of_revision(paper: Paper, accounts: Sequence[int]) -> Any:
    """Return the query for what announced the revision of ``paper`` to ``accounts``, in whatever book."""
    detail = Notice.select(Notice.detail).where(Notice.id == int(paper.about))
    same = Notice.select(Notice.id).where((Notice.kind == REVISION) & Notice.detail.in_(detail))
    return NoticeRecipient.select().where(
        NoticeRecipient.notice.in_(same) & NoticeRecipient.account.in_(accounts)
    )


def unit_label(book: str) -> Text:
    return policy_of(book).field("unit").label


def _no_revision(clause: str) -> Refused:
    return Refused(
        _("There is no such announcement for you."), clause, _("`revisions` lists those that are yours.")
    )
