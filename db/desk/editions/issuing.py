"""Issuing an edition: its sealed content, and one numbered copy for each recipient; of whoever has no account
the number alone. Not an operation.

These run within the transaction of the operation that needs them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from db.desk.due_dates import today
from db.desk.editions.choosing import Choosing
from db.desk.editions.comparing import EditionDifference, differences
from db.desk.editions.content import IssueContent, content_of, digest_of, unpack_content
from db.desk.editions.marks import number_of
from db.desk.editions.timing import due_of
from db.desk.notation.cells import one_line
from db.desk.tasks.handback import Copy
from db.policy.schema.book import EditionRule
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import Account, EditionCopy, EditionIssue, Entry, Unit

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that can't be taken for one another when they are typed from a screen."""
PASSWORD_GROUPS = 5
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """Say what an issue made now would be. ``unreachable`` are recipients without an account,
    ``heads_left_out`` heads whose position is no title of a post that receives it."""

    content: IssueContent
    changed: tuple[EditionDifference, ...]
    recipients: tuple[Entry, ...]
    unreachable: tuple[Entry, ...]
    heads_left_out: tuple[Entry, ...]


def reached_recipients(choosing: Choosing, edition: EditionRule) -> tuple[Entry, ...]:
    """Return the edition's recipients who have an account to open a copy with."""
    return tuple(entry for entry in choosing.recipients(edition) if entry.person_id in choosing.accounts)


def draft_issue(choosing: Choosing, edition: EditionRule) -> IssueDraft:
    """Return what an issue made now would hold and change, decrypting the last one to compare; stores
    nothing. Takes long for a large book."""
    content = content_of(choosing, edition)
    last = last_issue(choosing.book, edition.id)
    before = content_in(last) if last is not None else None
    named = choosing.recipients(edition)
    return IssueDraft(
        content=content,
        changed=differences(before, content),
        recipients=reached_recipients(choosing, edition),
        unreachable=tuple(entry for entry in named if entry.person_id not in choosing.accounts),
        heads_left_out=tuple(choosing.heads_left_out(edition)),
    )


def store_issue(choosing: Choosing, edition: EditionRule, made: IssueDraft, account: int) -> EditionIssue:
    """Store ``made`` as the next issue, encrypted, with its digest and a numbered copy for each recipient,
    those without an account last. Notifies nobody. The first issue of a cycle is on time or late; another one
    in the same cycle is neither."""
    last = last_issue(choosing.book, edition.id)
    due = due_of(choosing.book, edition)
    expected = due is not None and not due.made
    key, packed, moment = secrets.token_hex(16), made.content.pack(), clock.now()
    row = EditionIssue.create(
        key=key,
        book=choosing.book,
        edition=edition.id,
        number=last.number + 1 if last is not None else 1,
        content=seal(store().keys, EditionIssue.content.place(key), packed),
        digest=digest_of(packed, key),
        rows=len(made.content.rows),
        policy_version=choosing.policy.version,
        clause=edition.clause,
        issued_by=account,
        issued_at=moment,
        period=due.period if due is not None else today().isoformat(),
        due_at=due.at if due is not None and expected else None,
        late=due is not None and expected and moment > due.at,
    )
    for entry in (*made.recipients, *made.unreachable):
        add_copy(row, entry, choosing.accounts.get(entry.person_id), edition.recipients.clause)
    return row


def add_copy(issue: EditionIssue, entry: Entry, account: Account | None, clause: str) -> EditionCopy:
    """Store a numbered copy for a recipient under ``clause``; without ``account`` only its number. Notifies
    nobody."""
    key, keys = secrets.token_hex(16), store().keys
    password = "-".join("".join(secrets.choice(ALPHABET) for _n in range(4)) for _g in range(PASSWORD_GROUPS))
    return EditionCopy.create(
        key=key,
        issue=issue,
        ord=EditionCopy.select().where(EditionCopy.issue == issue).count() + 1,
        entry=entry,
        account=account,
        name=one_line(entry.name),
        post=one_line(entry.position),
        unit=one_line(Unit.get_by_id(entry.unit_id).name),
        code=secrets.token_hex(16),
        secret=seal(keys, EditionCopy.secret.place(key), secrets.token_bytes(SECRET_BYTES)),
        password=seal(keys, EditionCopy.password.place(key), password.encode("ascii")),
        clause=clause,
        made_at=clock.now(),
    )


def last_issue(book: str, edition: str) -> EditionIssue | None:
    found: EditionIssue | None = (
        EditionIssue.select()
        .where((EditionIssue.book == book) & (EditionIssue.edition == edition))
        .order_by(EditionIssue.number.desc())
        .first()
    )
    return found


def content_in(issue: EditionIssue) -> IssueContent:
    """Decrypt the content of an issue as it was kept. Raises SealBroken if it was tampered with."""
    return unpack_content(packed_in(issue))


def packed_in(issue: EditionIssue) -> bytes:
    """Decrypt the kept content, still packed. Raises SealBroken where the record was tampered with."""
    return unseal(store().keys, EditionIssue.content.place(issue.key), bytes(issue.content))


def password_of(copy: EditionCopy) -> str:
    place = EditionCopy.password.place(copy.key)
    return unseal(store().keys, place, bytes(copy.password)).decode("ascii")


def secret_of(copy: EditionCopy) -> bytes:
    return unseal(store().keys, EditionCopy.secret.place(copy.key), bytes(copy.secret))


def copies_in_hand(person: int) -> Iterable[Copy]:
    """Yield copies of editions issued to the person and neither recalled nor closed (H.5.4)."""
    rows = (
        EditionCopy.select(EditionCopy, EditionIssue)
        .join(EditionIssue)
        .switch(EditionCopy)
        .join(Account)
        .where(Account.person == person)
        .where(EditionCopy.recalled_at.is_null() & EditionCopy.closed_at.is_null())
        .order_by(EditionCopy.id)
    )
    for row in rows:
        issue, number = row.issue, number_of(row.issue_id, row.ord)
        yield Copy(issue.book_id, number, f"{issue.edition} {issue.number}", row.made_at)
