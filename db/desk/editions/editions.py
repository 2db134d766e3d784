"""Editions for those who issue them: preview, what changed, issue, who has acknowledged, remind, recall."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from db.desk.authority.standing import Standing, no_such_book, policy_of
from db.desk.editions.choosing import Choosing
from db.desk.editions.content import Content, digest_of, unpacked
from db.desk.editions.duty import settle_task
from db.desk.editions.edition_notices import ISSUED, RECALLED, tell_of
from db.desk.editions.edition_views import (
    CopyRow,
    EditionView,
    Issued,
    IssueRow,
    Preview,
    copy_row,
    edition_view,
    issue_row,
    pending,
    preview_of,
)
from db.desk.editions.issuing import copies_of, draft, issue, packed_in, reached
from db.desk.editions.issuing_rights import issues, watches
from db.desk.editions.marks import number_of, read_number
from db.desk.editions.reminding import remind
from db.desk.frame import Subject, operation
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.screening.content import refuse_card_numbers
from db.desk.telling.post import again, post
from db.language import Label, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EditionRule
from db.store import clock
from db.store.tables import EditionCopy, EditionIssue, OutgoingMail

AT_ONCE = 200
REASON_LENGTH = 255


@dataclass(frozen=True, slots=True)
class KeptIssue:
    """An issue as it was kept (I.5). ``sound``: its content still has the digest it was issued with."""

    issue: IssueRow
    content: Content
    sound: bool


class Editions(Subject):
    """Operations of whoever maintains a book with editions, and of those who look over their shoulder."""

    @operation("editions.list", label=_("list the editions"), recorded=False)
    def list(self) -> tuple[EditionView, ...]:
        """The editions the actor may issue, or look at as the book's owner or supervisor."""
        return tuple(
            edition_view(book, rule, mine_to_issue=issues(self.standing, policy))
            for book in self.standing.books
            if _oversees(self.standing, policy := policy_of(book))
            for rule in policy.editions
        )

    @operation("editions.offered", label=_("ask whether there are editions"), recorded=False)
    def offered(self) -> bool:
        """Whether there is any edition that the actor may issue, or look at."""
        policies = map(self.standing.policy, self.standing.books)
        return any(policy.editions and _oversees(self.standing, policy) for policy in policies)

    @operation("editions.preview", label=_("preview an edition"), recorded=True)
    def preview(self, book: str, edition: str) -> Preview:
        """What an issue made now would hold, what changed since the last, and who would receive it."""
        policy, rule = self._edition(book, edition)
        self._check_issuer(policy, rule)
        choosing = Choosing(book)
        made = draft(choosing, rule)
        self.act.note(edition=edition, rows=len(made.content.rows))
        units = {unit.id: unit.name for unit in choosing.units.values()}
        return preview_of(edition_view(book, rule, mine_to_issue=True), made, units)

    @operation("editions.issue", label=_("issue an edition"), recorded=True)
    def issue(self, book: str, edition: str) -> IssueRow:
        """Issue the edition: keep it sealed, number a copy for each recipient, tell and mail them.

        Raises Refused for anyone but the maintainer, Invalid where nobody would receive it.
        """
        policy, rule = self._edition(book, edition)
        self._check_issuer(policy, rule)
        choosing = Choosing(book)
        if not reached(choosing, rule):
            raise Invalid(
                Problem(
                    "recipients",
                    _(
                        "Nobody with an account holds a post that receives this edition; "
                        "check posts and accounts."
                    ),
                )
            )
        row = issue(choosing, rule, draft(choosing, rule), self.standing.account)
        copies = copies_of(row)
        mailed = [post("edition", book, copy.entry_id, copy=copy.id) for copy in copies]
        tell_of(ISSUED, row, copies)
        settle_task(row, self.standing.account)
        self.act.note(
            clause=rule.clause if not row.late else rule.due.clause,
            edition=edition,
            issue=row.number,
            sha256=row.digest,
            rows=row.rows,
            copies=[number_of(row.id, copy.ord) for copy in copies],
            mailed=sum(mailed),
            late=row.late,
            pending=list(pending(book, row.period)),
        )
        return issue_row(row)

    @operation("editions.issues", label=_("list the issues of an edition"), recorded=False)
    def issues(self, book: str, edition: str, offset: int = 0, limit: int = AT_ONCE) -> tuple[IssueRow, ...]:
        """The issues of an edition, the newest first."""
        policy, rule = self._edition(book, edition)
        self._check_overseer(policy, rule)
        rows = (
            EditionIssue.select()
            .where((EditionIssue.book == book) & (EditionIssue.edition == edition))
            .order_by(EditionIssue.number.desc())
            .offset(offset)
            .limit(min(limit, AT_ONCE))
        )
        return tuple(issue_row(row) for row in rows)

    @operation("editions.one", label=_("look at an issue"), recorded=False)
    def one(self, issue: int) -> Issued:
        """An issue of an edition that the actor may issue, or look at."""
        row, rule = self._overseen(issue)
        mine = issues(self.standing, policy_of(row.book_id))
        return Issued(edition_view(row.book_id, rule, mine_to_issue=mine), issue_row(row))

    @operation("editions.copies", label=_("list the copies of an issue"), recorded=False)
    def copies(self, issue: int) -> tuple[CopyRow, ...]:
        """The copies of an issue: who has acknowledged, and whether its mail went out."""
        row, _rule = self._overseen(issue)
        return tuple(copy_row(copy) for copy in copies_of(row))

    @operation("editions.record", label=_("read an issue on record"), recorded=True)
    def record(self, issue: int) -> KeptIssue:
        """An issue as it was kept, checked against its digest (I.5)."""
        row, rule = self._overseen(issue)
        packed = packed_in(row)
        sound = hmac.compare_digest(digest_of(packed), row.digest)
        self.act.note(edition=rule.id, issue=row.number, sha256=row.digest, sound=sound)
        return KeptIssue(issue_row(row), unpacked(packed), sound)

    @operation("editions.remind", label=_("remind recipients of an issue"), recorded=True)
    def remind(self, issue: int, again: bool = False) -> int:
        """Remind every recipient who has not acknowledged yet; how many. ``again``: those too who were
        reminded today."""
        row, rule = self._managed(issue)
        if not (rule.acknowledge or policy_of(row.book_id).copies.acknowledge):
            raise Invalid(Problem("issue", _("Nobody has to acknowledge this edition.")))
        waiting = remind(row, again)
        self.act.note(edition=row.edition, issue=row.number, copies=waiting)
        return len(waiting)

    @operation("editions.recall", label=_("call copies back"), recorded=True)
    def recall(self, issue: int, reason: str, number: str = "") -> int:
        """Call back the copies of an issue, or the one called ``number``; how many were called back.

        A copy that was called back opens no more; its recipient is told to destroy what they have of it.
        """
        row, _rule = self._managed(issue)
        reason = " ".join(reason.split())[:REASON_LENGTH]
        if not reason:
            raise Invalid(Problem("reason", _("Say why it is called back.")))
        refuse_card_numbers([policy_of(row.book_id)], _("Reason"), reason, "reason")
        only = read_number(number) if number else None
        if number and (only is None or only[0] != row.id):
            raise Invalid(Problem("number", _("This issue has no copy {number}.", number=number)))
        chosen = [
            copy
            for copy in copies_of(row)
            if copy.recalled_at is None and (only is None or copy.ord == only[1])
        ]
        if not chosen:
            raise Invalid(Problem("issue", _("There is no copy left to call back.")))
        why = {"recalled_at": clock.now(), "recall_reason": reason}
        EditionCopy.update(why).where(EditionCopy.id.in_([c.id for c in chosen])).execute()
        if only is None:
            EditionIssue.update(why).where(EditionIssue.id == row.id).execute()
        for copy in chosen:
            post("recalled", row.book_id, copy.entry_id, copy=copy.id, detail={"reason": reason})
        tell_of(RECALLED, row, chosen, reason=reason)
        self.act.note(
            edition=row.edition,
            issue=row.number,
            copies=[number_of(row.id, copy.ord) for copy in chosen],
            reason=reason,
        )
        return len(chosen)

    @operation("editions.send_again", label=_("send mail of an issue again"), recorded=True)
    def send_again(self, issue: int) -> int:
        """Give the mail of an issue that was given up another try; how many messages."""
        row, _rule = self._managed(issue)
        dead = (
            OutgoingMail.select(OutgoingMail.id)
            .join(EditionCopy)
            .where((EditionCopy.issue == row) & (OutgoingMail.state == "dead"))
        )
        count = again([mail.id for mail in dead])
        self.act.note(edition=row.edition, issue=row.number, mailed=count)
        return count

    def _edition(self, book: str, edition: str) -> tuple[EffectivePolicy, EditionRule]:
        if book not in self.standing.books:
            raise no_such_book()
        policy = policy_of(book)
        self.act.note(book=book)
        rule = next((one for one in policy.editions if one.id == edition), None)
        if rule is None:
            raise Refused(
                _("This book has no edition called {name}.", name=edition),
                SILENT,
                _("Its editions: {names}.", names=", ".join(one.id for one in policy.editions) or "–"),
            )
        self.act.note(clause=rule.clause)
        return policy, rule

    def _overseen(self, issue: int) -> tuple[EditionIssue, EditionRule]:
        row = EditionIssue.get_or_none(EditionIssue.id == issue)
        if row is None or row.book_id not in self.standing.books:
            raise no_such_issue()
        policy, rule = self._edition(row.book_id, row.edition)
        self._check_overseer(policy, rule)
        return row, rule

    def _managed(self, issue: int) -> tuple[EditionIssue, EditionRule]:
        row, rule = self._overseen(issue)
        self._check_issuer(policy_of(row.book_id), rule)
        return row, rule

    def _check_issuer(self, policy: EffectivePolicy, rule: EditionRule) -> None:
        if not issues(self.standing, policy):
            role: Label = policy.role(policy.maintainer.role).label
            raise Refused(
                _("Only {role} issues the editions of this book.", role=role),
                policy.maintainer.clause,
                _("Ask {role} for it.", role=role),
            )

    def _check_overseer(self, policy: EffectivePolicy, rule: EditionRule) -> None:
        if not _oversees(self.standing, policy):
            role: Label = policy.role(policy.maintainer.role).label
            raise Refused(
                _("An edition is for its recipients alone."),
                rule.recipients.clause,
                _("Ask {role} for a copy; a request for a copy says what you need it for.", role=role),
            )


def _oversees(standing: Standing, policy: EffectivePolicy) -> bool:
    return issues(standing, policy) or watches(standing, policy)


def no_such_issue() -> Refused:
    """The answer for an issue of a book that is none of the actor's, or none at all."""
    return Refused(_("There is no such issue for you."), SILENT, _("Choose one from your list of editions."))
