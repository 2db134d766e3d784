"""What editions come to for one person: what they are owed, what stands of them in issues. Not operations."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.editions.choosing import Choosing
from db.desk.editions.content import IssueContent
from db.desk.editions.issuing import content_in, last_issue
from db.desk.editions.marks import number_of
from db.desk.editions.receiving import out_of_reach, receipt_of
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import accounts_with
from db.desk.overview.unreached import Owed
from db.language import Text
from db.policy.effective import EffectivePolicy
from db.store.sealing import SealBroken
from db.store.tables import EditionCopy, EditionIssue, Entry, Unit


def owed_copies(policy: EffectivePolicy) -> Iterator[Owed]:
    """Yield the editions that go to each, then copies of the newest issues that nobody can acknowledge."""
    choosing = Choosing(policy.book)
    for edition in policy.editions:
        for entry in choosing.recipients(edition):
            yield Owed(entry.id, edition.label, edition.recipients.clause)
    for edition in policy.editions:
        issue = last_issue(policy.book, edition.id)
        for copy in out_of_reach(issue) if issue is not None else ():
            number, place = number_of(copy.issue_id, copy.ord), (copy.entry.unit_id, copy.unit)
            yield Owed(copy.entry_id, number, copy.clause, receipt_of(copy), copy.name, *place)


def received_from_then(entry: Entry, position: str, unit: int) -> Iterator[Text]:
    """Yield the editions that would go to somebody with another ``position`` or ``unit`` and don't go to them
    now."""
    policy = policy_of(entry.book_id)
    if not policy.editions:
        return
    choosing, then = Choosing(policy.book), deepcopy(entry)
    then.position, then.unit = position, Unit.get_by_id(unit)
    for edition in policy.editions:
        if choosing.receives(edition, then) and not choosing.receives(edition, entry):
            yield edition.label


def own_editions(permissions: Permissions, stored: bool) -> Iterator[tuple[str, tuple[Text, ...]]]:
    """Yield the issues that list the person, then the copies that were issued to them."""
    if permissions.person is None:
        entries = []
    else:
        entries = list(Entry.select().where(Entry.person == permissions.person))
    for issue, content in _readable(*(row.book_id for row in entries)):
        if any(row.entry in {one.id for one in entries} for row in content.rows):
            yield "editions", (_name(issue, stored), str(issue.number), local(issue.issued_at), "")
    mine = EditionCopy.select().where(EditionCopy.account.in_(accounts_with(permissions.account)))
    for copy in mine.order_by(EditionCopy.id.desc()):
        issue = EditionIssue.get_by_id(copy.issue_id)
        yield "editions", (_name(issue, stored), str(issue.number), local(copy.made_at), str(copy.ord))


def issued_fields(book: str, entry: int) -> Iterator[str]:
    for _issue, content in _readable(book):
        rows = [row.cells for row in content.rows if row.entry == entry]
        yield from {
            column.name for at, column in enumerate(content.columns) if any(cells[at] for cells in rows)
        }


def _readable(*books: str) -> Iterator[tuple[EditionIssue, IssueContent]]:
    """Decrypt the issues of ``books``, newest first; pass over one that can't be read."""
    for issue in EditionIssue.select().where(EditionIssue.book.in_(books)).order_by(EditionIssue.id.desc()):
        try:
            yield issue, content_in(issue)
        except SealBroken:
            continue


def _name(issue: EditionIssue, stored: bool) -> Text:
    """Return the name of an edition, or its id where the rules know it no more or ``stored`` asks for
    that."""
    known = () if stored else policy_of(issue.book_id).editions
    return next((rule.label for rule in known if rule.id == issue.edition), issue.edition)
