"""Editions, issues and copies as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import today
from db.desk.editions.comparing import EditionDifference
from db.desk.editions.content import IssueContent
from db.desk.editions.issuing import IssueDraft
from db.desk.editions.marks import number_of
from db.desk.editions.receiving import Receipt, out_of_reach, receipt_of
from db.desk.editions.timing import IssueDue, due_of
from db.desk.notation.localtime import day_begins, local
from db.desk.requests.request_views import name_of
from db.language import Label
from db.policy.schema.book import EditionRule
from db.store.tables import Book, EditionCopy, EditionIssue, Entry, OutgoingMail, Request, RequestStep

SETTLED = ("join", "move", "leave", "change")


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue in a list. Times are local. Of the ``copies`` that were not recalled so many are
    ``acknowledged``, so many ``closed``; ``out_of_reach`` are those that nobody can acknowledge."""

    id: int
    book: str
    edition: str
    label: Label
    number: int
    issued_at: str
    issued_by: str
    due: str
    late: bool
    rows: int
    copies: int
    acknowledged: int
    closed: int
    out_of_reach: int
    undelivered: int
    recalled_at: str
    recall_reason: str
    digest: str
    clause: str

    @property
    def open(self) -> int:
        """How many are neither acknowledged nor closed; the issue is complete once there is none."""
        return self.copies - self.acknowledged - self.closed


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition, its newest issue, its next due day. Without ``mine_to_issue`` it is only looked at."""

    book: str
    book_title: Label
    id: str
    label: Label
    classification: Label
    clause: str
    recipients_clause: str
    due: IssueDue | None
    last: IssueRow | None
    mine_to_issue: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """An issue and the edition that it is of."""

    edition: EditionView
    issue: IssueRow


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who would get a copy: name, post and unit."""

    entry: int
    name: str
    post: str
    unit: str


@dataclass(frozen=True, slots=True)
class IssuePreview:
    """An issue as of now; ``pending_requests``: requests of earlier cycles that it would lack (I.4.2.1);
    ``heads_left_out``: heads whose position is no title of a post that receives it (I.4.3)."""

    edition: EditionView
    content: IssueContent
    changed: tuple[EditionDifference, ...]
    receivers: tuple[Receiver, ...]
    unreachable: tuple[Receiver, ...]
    heads_left_out: tuple[Receiver, ...]
    pending: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A numbered copy and how far it got. Times are local, empty where it did not happen yet; of one whose
    number is only kept ``made_at`` is too. ``reason``: why it was called back, or closed.

    ``mail``: waiting, sent, dead with its ``problem``; empty where none was to be sent.
    """

    id: int
    number: str
    name: str
    post: str
    unit: str
    made_at: str
    receipt: Receipt
    acknowledged_at: str
    reminded_at: str
    recalled_at: str
    closed_at: str
    reason: str
    mail: str
    problem: str


@dataclass(frozen=True, slots=True)
class MyCopy:
    """A copy of the actor's own. ``reason``: why it was called back, or closed."""

    id: int
    number: str
    label: Label
    book_title: Label
    classification: Label
    issue: int
    made_at: str
    receipt: Receipt
    acknowledged_at: str
    recalled_at: str
    closed_at: str
    reason: str
    newest: bool
    clause: str


def edition_view(book: str, edition: EditionRule, *, mine_to_issue: bool) -> EditionView:
    row, policy = Book.get_by_id(book), policy_of(book)
    last = (
        EditionIssue.select()
        .where((EditionIssue.book == book) & (EditionIssue.edition == edition.id))
        .order_by(EditionIssue.number.desc())
        .first()
    )
    return EditionView(
        book=book,
        book_title=row.title,
        id=edition.id,
        label=edition.label,
        classification=policy.classification,
        clause=edition.clause,
        recipients_clause=edition.recipients.clause,
        due=due_of(book, edition),
        last=issue_row(last) if last is not None else None,
        mine_to_issue=mine_to_issue,
    )


def issue_row(issue: EditionIssue) -> IssueRow:
    counted: Any = EditionCopy.select(
        fn.COUNT(EditionCopy.id), fn.COUNT(EditionCopy.acknowledged_at), fn.COUNT(EditionCopy.closed_at)
    ).where((EditionCopy.issue == issue) & EditionCopy.recalled_at.is_null())
    copies, acknowledged, closed = counted.tuples().get()
    return IssueRow(
        id=issue.id,
        book=issue.book_id,
        edition=issue.edition,
        label=label_of(issue.book_id, issue.edition),
        number=issue.number,
        issued_at=local(issue.issued_at)[:16],
        issued_by=name_of(issue.issued_by_id),
        due=local(issue.due_at)[:16] if issue.due_at else "",
        late=issue.late,
        rows=issue.rows,
        copies=copies,
        acknowledged=acknowledged,
        closed=closed,
        out_of_reach=len(out_of_reach(issue)),
        undelivered=OutgoingMail.select()
        .join(EditionCopy)
        .where((EditionCopy.issue == issue) & (OutgoingMail.state == "dead"))
        .count(),
        recalled_at=_local_minute(issue.recalled_at),
        recall_reason=issue.recall_reason,
        digest=issue.digest,
        clause=issue.clause,
    )


def copy_row(copy: EditionCopy) -> CopyRow:
    """Describe a copy with the newest mail that carried it."""
    mail = OutgoingMail.select().where(OutgoingMail.copy == copy).order_by(OutgoingMail.id.desc()).first()
    return CopyRow(
        id=copy.id,
        number=number_of(copy.issue_id, copy.ord),
        name=copy.name,
        post=copy.post,
        unit=copy.unit,
        made_at=_local_minute(copy.made_at if copy.account_id is not None else None),
        receipt=receipt_of(copy),
        acknowledged_at=_local_minute(copy.acknowledged_at),
        reminded_at=_local_minute(copy.reminded_at),
        recalled_at=_local_minute(copy.recalled_at),
        closed_at=_local_minute(copy.closed_at),
        reason=copy.recall_reason or copy.close_reason,
        mail=mail.state if mail is not None else "",
        problem=mail.problem if mail is not None else "",
    )


def my_copy(copy: EditionCopy) -> MyCopy:
    issue: EditionIssue = copy.issue
    book = Book.get_by_id(issue.book_id)
    newer = EditionIssue.select().where(
        (EditionIssue.book == issue.book_id)
        & (EditionIssue.edition == issue.edition)
        & (EditionIssue.number > issue.number)
    )
    return MyCopy(
        id=copy.id,
        number=number_of(copy.issue_id, copy.ord),
        label=label_of(issue.book_id, issue.edition),
        book_title=book.title,
        classification=policy_of(issue.book_id).classification,
        issue=issue.number,
        made_at=local(copy.made_at)[:16],
        receipt=receipt_of(copy),
        acknowledged_at=_local_minute(copy.acknowledged_at),
        recalled_at=_local_minute(copy.recalled_at),
        closed_at=_local_minute(copy.closed_at),
        reason=copy.recall_reason or copy.close_reason,
        newest=not newer.exists(),
        clause=copy.clause,
    )


def preview_of(view: EditionView, made: IssueDraft, units: dict[int, str]) -> IssuePreview:
    def plain(entries: tuple[Entry, ...]) -> tuple[Receiver, ...]:
        return tuple(
            Receiver(entry.id, entry.name, entry.position, units[entry.unit_id]) for entry in entries
        )

    return IssuePreview(
        edition=view,
        content=made.content,
        changed=made.changed,
        receivers=plain(made.recipients),
        unreachable=plain(made.unreachable),
        heads_left_out=plain(made.heads_left_out),
        pending=pending_requests(view.book, view.due.period if view.due is not None else today().isoformat()),
    )


def pending_requests(book: str, period: str) -> tuple[int, ...]:
    """Return requests about people that were submitted before ``period`` began and still wait for a
    decision; one that is approved and waits for its day does not."""
    waiting = RequestStep.select(RequestStep.request).where(RequestStep.state == "open")
    rows = Request.select(Request.id).where(
        (Request.book == book)
        & Request.kind.in_(SETTLED)
        & (Request.state == "open")
        & Request.id.in_(waiting)
        & (Request.submitted_at < day_begins(date.fromisoformat(period)))
    )
    return tuple(row.id for row in rows.order_by(Request.id))


def label_of(book: str, edition: str) -> Label:
    """Return what an edition is called; its id where the policy has it no more."""
    found = [rule.label for rule in policy_of(book).editions if rule.id == edition]
    return found[0] if found else Label(edition, edition)


def _local_minute(at: str | None) -> str:
    return local(at)[:16] if at else ""
