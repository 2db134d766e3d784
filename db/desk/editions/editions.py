"""Editions for those who issue them: preview, what changed, issue, who has acknowledged, remind, recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.editions.choosing import Choosing
from db.desk.editions.content import IssueContent, is_sound, unpack_content
from db.desk.editions.duty import reopen_tasks, settle_tasks
from db.desk.editions.edition_notices import ISSUED, RECALLED, tell_recipients
from db.desk.editions.edition_views import (
    CopyRow,
    EditionView,
    Issued,
    IssuePreview,
    IssueRow,
    copy_row,
    edition_view,
    issue_row,
    pending_requests,
    preview_of,
)
from db.desk.editions.issuing import draft_issue, packed_in, reached_recipients, store_issue
from db.desk.editions.issuing_rights import OfEditions, issues_editions, oversees_editions
from db.desk.editions.marks import number_of, read_number
from db.desk.editions.outstanding import settle_outstanding
from db.desk.editions.receiving import OUT_OF_REACH, account_of, copies_of, out_of_reach, receipt_of
from db.desk.editions.reminding import remind_recipients
from db.desk.frame import operation
from db.desk.notifications.post import queue_mail, requeue_mails
from db.desk.power.declaration import LOOKS, OBJECTED_TO, Way, power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.language import Message, _, say
from db.store import clock
from db.store.moves import Moves
from db.store.tables import EditionCopy, EditionIssue, OutgoingMail

AT_ONCE = 200
REASON_LENGTH = 255


@dataclass(frozen=True, slots=True)
class KeptIssue:
    """An issue as it was kept (I.5). ``sound``: its content still has the digest it was issued with."""

    issue: IssueRow
    content: IssueContent
    sound: bool


class Editions(OfEditions):
    """Operations of whoever maintains a book with editions, and of those who look over their shoulder."""

    @operation("editions.list", label=_("list the editions"), recorded=False, power=LOOKS)
    def list(self) -> tuple[EditionView, ...]:
        """List the editions the actor may issue, or look at as the book's owner or supervisor."""
        return tuple(
            edition_view(book, rule, mine_to_issue=issues_editions(self.permissions, policy))
            for book in self.permissions.books
            if oversees_editions(self.permissions, policy := policy_of(book))
            for rule in policy.editions
        )

    @operation("editions.offered", label=_("ask whether there are editions"), recorded=False, power=LOOKS)
    def offered(self) -> bool:
        """Return whether there is any edition that the actor may issue, or look at."""
        policies = map(self.permissions.policy, self.permissions.books)
        return any(policy.editions and oversees_editions(self.permissions, policy) for policy in policies)

    @operation("editions.preview", label=_("preview an edition"), recorded=True, power=LOOKS)
    def preview(self, book: str, edition: str) -> IssuePreview:
        """Show what an issue made now would hold, what changed since the last, and who would receive it.
        Raises Refused to those who don't issue it."""
        policy, rule = self._edition(book, edition)
        self._check_issuer(policy, rule)
        choosing = Choosing(book)
        made = draft_issue(choosing, rule)
        self.act.note_facts(edition=edition, rows=len(made.content.rows))
        units = {unit.id: unit.name for unit in choosing.units.values()}
        return preview_of(edition_view(book, rule, mine_to_issue=True), made, units)

    @operation(
        "editions.issue",
        label=_("issue an edition"),
        recorded=True,
        power=power_over(Moves.GIVEN, Moves.DUTY, way=Way.TOLD, undo="editions.recall"),
    )
    def issue(self, book: str, edition: str) -> IssueRow:
        """Issue the edition: encrypt it, number a copy for each recipient, tell and mail those who have an
        account, end the task to issue it, and open one about copies out of reach. Raises Refused for anyone
        but the maintainer, Invalid where nobody would receive it."""
        policy, rule = self._edition(book, edition)
        self._check_issuer(policy, rule)
        choosing = Choosing(book)
        if not reached_recipients(choosing, rule):
            raise Invalid(
                Problem(
                    "recipients",
                    _(
                        "Nobody with an account holds a post that receives this edition; "
                        "check posts and accounts."
                    ),
                )
            )
        row = store_issue(choosing, rule, draft_issue(choosing, rule), self.permissions.account)
        copies = [copy for copy in copies_of(row) if copy.account_id is not None]
        mailed = [queue_mail("edition", book, copy.entry_id, copy=copy.id) for copy in copies]
        tell_recipients(ISSUED, row, copies)
        settle_tasks(row, self.permissions.account)
        settle_outstanding(row)
        self.act.note_facts(
            clause=rule.clause if not row.late else rule.due.clause,
            edition=edition,
            issue=row.number,
            sha256=row.digest,
            rows=row.rows,
            copies=[number_of(row.id, copy.ord) for copy in copies],
            kept=[number_of(row.id, copy.ord) for copy in out_of_reach(row)],
            mailed=sum(mailed),
            late=row.late,
            pending=list(pending_requests(book, row.period)),
        )
        self.act.back = {"issue": row.id, "reason": say(OBJECTED_TO, "zh_CN")}
        return issue_row(row)

    @operation("editions.issues", label=_("list the issues of an edition"), recorded=False, power=LOOKS)
    def issues(self, book: str, edition: str, offset: int = 0, limit: int = AT_ONCE) -> tuple[IssueRow, ...]:
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

    @operation("editions.one", label=_("look at an issue"), recorded=False, power=LOOKS)
    def one(self, issue: int) -> Issued:
        """Return an issue of an edition that the actor may issue, or look at. Raises Refused for others."""
        row, rule = self._overseen(issue)
        mine = issues_editions(self.permissions, policy_of(row.book_id))
        return Issued(edition_view(row.book_id, rule, mine_to_issue=mine), issue_row(row))

    @operation("editions.copies", label=_("list the copies of an issue"), recorded=False, power=LOOKS)
    def copies(self, issue: int) -> tuple[CopyRow, ...]:
        """List an issue's copies: who has acknowledged, and whether its mail went out. Raises Refused to
        those who neither issue it nor watch over the issuers."""
        row, _rule = self._overseen(issue)
        return tuple(copy_row(copy) for copy in copies_of(row))

    @operation("editions.record", label=_("read an issue on record"), recorded=True, power=LOOKS)
    def record(self, issue: int) -> KeptIssue:
        """Return an issue as it was kept, and whether it fits its digest (I.5)."""
        row, rule = self._overseen(issue)
        packed = packed_in(row)
        sound = is_sound(packed, row.key, row.digest)
        self.act.note_facts(edition=rule.id, issue=row.number, sha256=row.digest, sound=sound)
        return KeptIssue(issue_row(row), unpack_content(packed), sound)

    @operation(
        "editions.remind",
        label=_("remind recipients of an issue"),
        recorded=True,
        power=power_over(Moves.GIVEN),
    )
    def remind(self, issue: int) -> int:
        """Remind who has not acknowledged, by notice and mail, each once a day; return how many. Raises
        Invalid for an edition that nobody has to acknowledge."""
        row, rule = self._managed(issue)
        if not (rule.acknowledge or policy_of(row.book_id).copies.acknowledge):
            raise Invalid(Problem("issue", _("Nobody has to acknowledge this edition.")))
        waiting = remind_recipients(row)
        self.act.note_facts(edition=row.edition, issue=row.number, copies=waiting)
        return len(waiting)

    @operation(
        "editions.recall",
        label=_("call copies back"),
        recorded=True,
        power=power_over(Moves.GIVEN, Moves.DUTY, way=Way.TOLD),
    )
    def recall(self, issue: int, reason: str, number: str = "") -> int:
        """Call back the copies of an issue, or the one called ``number``, and ask their recipients by notice
        and mail to destroy them; return how many were called back. Such a copy can't be opened any more. With
        the whole issue, the copies of recipients without an account are closed. An issue of which every copy
        was called back counts as not issued, and its task is open again (I.4.2.1). Raises Invalid where no
        copy is left."""
        row, _rule = self._managed(issue)
        reason = self._reason(row, reason, _("Say why it is called back."))
        named = [self._copy(row, number)] if number else copies_of(row)
        unsettled = [copy for copy in named if copy.recalled_at is None and copy.closed_at is None]
        chosen = [copy for copy in unsettled if copy.account_id is not None]
        if not chosen:
            raise Invalid(Problem("issue", _("There is no copy left to call back.")))
        why = {"recalled_at": clock.now(), "recall_reason": reason}
        EditionCopy.update(why).where(EditionCopy.id.in_([c.id for c in chosen])).execute()
        if not number:
            _close([copy for copy in unsettled if copy.account_id is None], reason)
        if not any(copy.recalled_at is None and copy.account_id is not None for copy in copies_of(row)):
            EditionIssue.update(why).where(EditionIssue.id == row.id).execute()
            reopen_tasks(row)
        for copy in chosen:
            queue_mail("recalled", row.book_id, copy.entry_id, copy=copy.id, detail={"reason": reason})
        tell_recipients(RECALLED, row, chosen, reason=reason)
        return self._settled(row, chosen, reason)

    @operation(
        "editions.hand_out",
        label=_("issue a copy that was kept"),
        recorded=True,
        power=power_over(Moves.GIVEN, Moves.DUTY, way=Way.TOLD, undo="editions.recall"),
    )
    def hand_out(self, issue: int, number: str) -> None:
        """Issue a copy whose number was kept to its recipient, who has an account by now, and tell and mail
        them (I.4.3). Opens or ends the task about copies that nobody can acknowledge. Raises Refused where
        they have none, left, or receive the edition no more, and for any other copy."""
        row, rule = self._managed(issue)
        copy = self._copy(row, number)
        called = number_of(row.id, copy.ord)
        self.act.note_facts(clause=copy.clause, entry=copy.entry_id, copy=called)
        self.act.back = {"reason": say(OBJECTED_TO, "zh_CN")}
        instead = _("Close it with a reason.")
        match receipt_of(copy):
            case "left":
                raise Refused(_("{name} has left.", name=copy.name), copy.clause, instead)
            case "no-account":
                raise Refused(
                    _("{name} has no account to open a copy with.", name=copy.name),
                    copy.clause,
                    _("Issue it once they have one, or close it with a reason."),
                )
            case "not-issued":
                pass
            case _other:
                raise Refused(
                    _("Copy {number} was issued, called back or closed already.", number=called),
                    copy.clause,
                    _("Open the list again to see how far each copy got."),
                )
        if copy.entry_id not in {entry.id for entry in Choosing(row.book_id).recipients(rule)}:
            raise Refused(
                _("{name} holds no post any more that receives this edition.", name=copy.name),
                copy.clause,
                instead,
            )
        account = account_of(copy.entry)
        EditionCopy.update(account=account, made_at=clock.now()).where(EditionCopy.id == copy.id).execute()
        copy.account = account
        mailed = queue_mail("edition", row.book_id, copy.entry_id, copy=copy.id)
        tell_recipients(ISSUED, row, [copy])
        settle_outstanding(row, self.permissions.account)
        self.act.note_facts(edition=row.edition, issue=row.number, mailed=int(mailed))

    @operation(
        "editions.close",
        label=_("close a copy that nobody can acknowledge"),
        recorded=True,
        power=power_over(Moves.DUTY, way=Way.TOLD),
    )
    def close(self, issue: int, reason: str, *numbers: str) -> int:
        """Close copies whose recipients have no account or left before they acknowledged, with the reason
        (I.4.3), and end the task about them where none is left; return how many. Notifies the watchers.
        Raises Refused where a recipient can acknowledge theirs."""
        row, rule = self._managed(issue)
        reason = self._reason(row, reason, _("Say why it is closed."))
        chosen = [self._copy(row, number) for number in numbers]
        self.act.note_facts(clause=rule.recipients.clause)
        for copy in chosen:
            if receipt_of(copy) not in OUT_OF_REACH:
                raise Refused(
                    _("{name} can acknowledge this copy, or it is over already.", name=copy.name),
                    copy.clause,
                    _("Remind them, or call it back where it is not to be used."),
                )
        _close(chosen, reason)
        return self._settled(row, chosen, reason)

    @operation("editions.send_again", label=_("send mail of an issue again"), recorded=True, power=LOOKS)
    def send_again(self, issue: int) -> int:
        """Queue the mail of an issue that was given up once more; return how many messages."""
        row, _rule = self._managed(issue)
        dead = (
            OutgoingMail.select(OutgoingMail.id)
            .join(EditionCopy)
            .where((EditionCopy.issue == row) & (OutgoingMail.state == "dead"))
        )
        count = requeue_mails([mail.id for mail in dead])
        self.act.note_facts(edition=row.edition, issue=row.number, mailed=count)
        return count

    def _settled(self, row: EditionIssue, chosen: Sequence[EditionCopy], reason: str) -> int:
        """Open or end the task about copies out of reach, and note for the audit which copies were
        ``chosen``; return how many."""
        settle_outstanding(row, self.permissions.account)
        numbers = [number_of(row.id, copy.ord) for copy in chosen]
        self.act.note_facts(edition=row.edition, issue=row.number, copies=numbers, reason=reason)
        return len(chosen)

    def _reason(self, row: EditionIssue, reason: str, missing: Message) -> str:
        """Put ``reason`` on one line. Raises Invalid where there is none, or it has a card's number."""
        reason = " ".join(reason.split())[:REASON_LENGTH]
        if not reason:
            raise Invalid(Problem("reason", missing))
        refuse_card_numbers([policy_of(row.book_id)], _("Reason"), reason, "reason")
        return reason

    def _copy(self, row: EditionIssue, number: str) -> EditionCopy:
        """Return the copy of an issue called ``number``. Raises Invalid where there is none."""
        named = read_number(number)
        for copy in copies_of(row):
            if (copy.issue_id, copy.ord) == named:
                return copy
        raise Invalid(Problem("number", _("This issue has no copy {number}.", number=number)))


def _close(copies: Sequence[EditionCopy], reason: str) -> None:
    numbers = [copy.id for copy in copies]
    EditionCopy.update(closed_at=clock.now(), close_reason=reason).where(
        EditionCopy.id.in_(numbers)
    ).execute()
