"""The receipt list of an issue, signed on paper. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.editions.edition_views import label_of
from db.desk.editions.issuing_rights import issues, no_such_issue
from db.desk.editions.marks import number_of
from db.desk.editions.receiving import copies_of, receipt_of
from db.desk.notation.localtime import local
from db.desk.papers.lists import receipt_list, unit_label
from db.desk.papers.sheets import Matter, PaperPage, SheetKind, SheetLine, SignedLine, number_in
from db.language import _
from db.store.tables import EditionCopy, EditionIssue, Paper


class IssueReceipts(SheetKind):
    """Of an issue of an edition: each copy that its recipient can acknowledge and has not (I.4.3)."""

    id, label = "issue", _("receipt list of an edition")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Find an issue for its issuers. Raises Refused for any other."""
        row = EditionIssue.get_or_none(EditionIssue.id == number_in(about.upper().removeprefix("C")))
        if (
            row is None
            or row.book_id not in permissions.books
            or not issues(permissions, policy_of(row.book_id))
        ):
            raise no_such_issue()
        rule = next((one for one in policy_of(row.book_id).editions if one.id == row.edition), None)
        clause = rule.recipients.clause if rule is not None else str(row.clause)
        return Matter(row.book_id, str(row.id), clause, row=row)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Draw a line for each copy that waits for its recipient."""
        issue: EditionIssue = matter.row
        waiting = [copy for copy in copies_of(issue) if receipt_of(copy) == "waiting"]
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
        """Mark the copy as acknowledged when it was signed for; False where it no longer waits for that."""
        copy = EditionCopy.get_by_id(int(line.ref))
        if receipt_of(copy) != "waiting":
            return False
        EditionCopy.update(acknowledged_at=signed.at).where(EditionCopy.id == copy.id).execute()
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Undo the acknowledgement; the copy waits for its recipient again."""
        mine = (EditionCopy.id == int(line.ref)) & (EditionCopy.acknowledged_at == signed.at)
        EditionCopy.update(acknowledged_at=None).where(mine).execute()
