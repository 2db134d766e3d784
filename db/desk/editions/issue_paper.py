"""The receipt list of an issue, signed on paper. Not an operation.

Who has an account signs for their copy. Who has none has no copy, for there is none on paper: they sign that
the issue was shown to them, and that closes their row with the sheet as the reason (I.4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.editions.edition_views import label_of
from db.desk.editions.issuing_rights import issues_editions, no_such_issue
from db.desk.editions.marks import number_of
from db.desk.editions.outstanding import settle_outstanding
from db.desk.editions.receiving import Receipt, copies_of, receipt_of
from db.desk.notation.localtime import local
from db.desk.papers.lists import receipt_list, unit_label
from db.desk.papers.sheets import (
    Matter,
    PaperPage,
    SheetKind,
    SheetLine,
    SignedLine,
    content_of,
    number_in,
)
from db.desk.papers.sheets import number_of as paper_number
from db.language import _, say
from db.store.tables import EditionCopy, EditionIssue, Paper

ON_PAPER: Final = frozenset[Receipt]({"waiting", "no-account"})
"""How far a copy got whose recipient can sign for it at the desk."""


class IssueReceipts(SheetKind):
    """Lists for signature each recipient who has not acknowledged an issue, also those without an account."""

    id, label = "issue", _("receipt list of an edition")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Find an issue for its issuers. Raises Refused for any other."""
        row = EditionIssue.get_or_none(EditionIssue.id == number_in(about.upper().removeprefix("C")))
        if (
            row is None
            or row.book_id not in permissions.books
            or not issues_editions(permissions, policy_of(row.book_id))
        ):
            raise no_such_issue()
        rule = next((one for one in policy_of(row.book_id).editions if one.id == row.edition), None)
        clause = rule.recipients.clause if rule is not None else str(row.clause)
        return Matter(row.book_id, str(row.id), clause, row=row)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Draw a line for each copy that waits for its recipient, and each recipient without an account."""
        issue: EditionIssue = matter.row
        waiting = [copy for copy in copies_of(issue) if receipt_of(copy) in ON_PAPER]
        facts = (
            (_("Edition"), label_of(issue.book_id, issue.edition)),
            (_("Issue no."), str(issue.number)),
            (_("Issued"), local(issue.issued_at)[:10]),
        )
        rows = [(number_of(issue.id, one.ord), one.name, one.unit, one.post) for one in waiting]
        heads = (_("Copy"), _("Name"), unit_label(issue.book_id), _("Position"))
        lines = [SheetLine(one.entry.person_id, one.name, str(one.id)) for one in waiting]
        return receipt_list(_("Receipt list"), facts, heads, rows), lines

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Mark the copy as acknowledged, or close that of a recipient without an account, which ends the task
        about such copies where none is left; False where it no longer waits for that."""
        copy = EditionCopy.get_by_id(int(line.ref))
        receipt = receipt_of(copy)
        if receipt == "waiting":
            EditionCopy.update(acknowledged_at=signed.at).where(EditionCopy.id == copy.id).execute()
        elif receipt == "no-account":
            reason = _("signed on paper, sheet {number}", number=paper_number(paper.id))
            EditionCopy.update(
                closed_at=signed.at, close_reason=say(reason, content_of(paper).language)
            ).where(EditionCopy.id == copy.id).execute()
            settle_outstanding(copy.issue, signed.account)
        return receipt in ON_PAPER

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Undo the acknowledgement or the closing; the copy waits again, and so may the task about it."""
        mine = EditionCopy.id == int(line.ref)
        EditionCopy.update(acknowledged_at=None).where(
            mine & (EditionCopy.acknowledged_at == signed.at)
        ).execute()
        EditionCopy.update(closed_at=None, close_reason="").where(
            mine & (EditionCopy.closed_at == signed.at)
        ).execute()
        settle_outstanding(EditionCopy.get_by_id(int(line.ref)).issue)
