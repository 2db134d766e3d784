"""Announcements put on record: who is told of what (A.8, A.9). Not an operation.

What a reader makes of them is `db.desk.today.notices`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import policy_of, root_of
from db.desk.notifications.handing_out import grant_copies, is_handed_out, opened_to
from db.store import clock
from db.store.audit import canonical
from db.store.bulk import insert_rows, reserve_ids
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Request, UnitAbove

RECIPIENT = ("notice_id", "account_id", "opens")
RETURNED = "returned"
"""To whoever handed a request in: it was sent back to them, to be amended."""
AWAITED = "head-awaited"
"""To whoever can change it: things wait for the head of a unit who has no account."""
OUTCOME = "request-outcome"
"""To whoever handed a request in: it was decided, or others withdrew it."""
DECLINED = "request-declined"
"""To whoever had approved it: somebody after them rejected it."""
COMMENTED, REMINDED = "request-comment", "request-reminder"
TAKEN_BACK = "request-taken-back"
"""What was decided already, and waits for its day, was taken back by who asked for it."""
"""That something was said of a request, to the other side; that its author or somebody before asks for it."""
REVISION = "revision"
"""A revision is announced to each book that it binds; whoever is in several acknowledges it once."""
DAYS_COUNTED = "days-counted"
"""To those who watch each book: days are counted by another country or time zone."""
WITHDRAWN = "revision-withdrawn"
"""A revision that was announced does not come into force."""
BOOK_RULES = "book-rules"
"""A book comes under other regulations."""


def announce_request(request: Request, entry: Entry, fields: Sequence[str], clause: str) -> None:
    """Store a notice of an applied request to the entry's department and person (A.9). Where its announcement
    comes with the directory, each is granted a copy, and what they see is stored with the notice. Mails
    nothing."""
    announce_in_unit(request, entry, entry.unit_id, fields, clause)


def announce_in_unit(request: Request, entry: Entry, unit: int, fields: Sequence[str], clause: str) -> None:
    """Do as `announce_request`, for everybody of ``unit`` and its head. Of a unit that the entry left, only
    those are told who are not in its present one."""
    accounts = _department(request.book_id, entry, unit)
    if unit != entry.unit_id:
        once = set(_department(request.book_id, entry, entry.unit_id))
        accounts = [account for account in accounts if account not in once]
    handed = is_handed_out(policy_of(request.book_id), request.kind)
    if handed:
        grant_copies(request, accounts)
    store_notice(
        request.kind,
        request.book_id,
        accounts,
        opens={account: opened_to(account, request.book_id) for account in accounts} if handed else {},
        entry=entry.id,
        unit=unit,
        request=request.id,
        clause=clause,
        detail={"fields": list(fields)},
    )


def _department(book: str, entry: Entry, unit: int) -> list[int]:
    """Return the accounts of those of ``unit``, of whoever heads it, and of the person of ``entry``."""
    theirs = (Entry.unit == unit) | Entry.id.in_(_heads_of(book, unit))
    people = Entry.select(Entry.person).where((theirs & (Entry.state == "active")) | (Entry.id == entry.id))
    told = Account.select(Account.id).where(Account.person.in_(people) & (Account.state != "disabled"))
    return [account.id for account in told.order_by(Account.id)]


def _heads_of(book: str, unit: int) -> list[int]:
    """Return the entry of whoever heads ``unit`` or acts for its head, wherever they stand; where nobody
    does, of the head of the nearest unit above, short of the root."""
    above = UnitAbove.select(UnitAbove.above).where(
        (UnitAbove.unit == unit) & (UnitAbove.above != root_of(book))
    )
    units = [row.above_id for row in above.order_by(UnitAbove.distance)]
    heads = heads_in(book, units)
    return next(([heads[one].entry] for one in units if one in heads), [])


def store_notice(
    kind: str,
    book: str,
    accounts: Iterable[int],
    *,
    clause: str,
    entry: int | None = None,
    unit: int | None = None,
    request: int | None = None,
    detail: Mapping[str, object] | None = None,
    acknowledge: bool = False,
    opens: Mapping[int, str] | None = None,
) -> int:
    """Store a notice to ``accounts``, within the running transaction; return how many it is to. Mails
    nothing. ``detail`` has persons by number (`db.desk.entry.naming`). With ``acknowledge`` the notice stays
    unread until its reader acknowledges it. ``opens``: what of the directory it opens to which account."""
    notice = Notice.create(
        kind=kind,
        book=book,
        entry=entry,
        unit=unit,
        request=request,
        clause=clause,
        detail=canonical(detail or {}).decode("utf-8"),
        acknowledge=acknowledge,
        at=clock.now(),
    )
    rows = [(notice.id, account, (opens or {}).get(account, "")) for account in dict.fromkeys(accounts)]
    insert_rows(NoticeRecipient, RECIPIENT, rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One of many notices: book, clause, detail as of `store_notice`, and its accounts, each once."""

    book: str
    clause: str
    detail: Mapping[str, object]
    accounts: Collection[int]


def tell_each(kind: str, announcements: Sequence[Announcement]) -> None:
    """Store a notice of each announcement at once, within the running transaction. Mails nothing; none of
    them is to be acknowledged."""
    at, numbered = clock.now(), list(zip(reserve_ids(Notice, len(announcements)), announcements, strict=True))
    insert_rows(
        Notice,
        ("id", "kind", "book_id", "clause", "detail", "acknowledge", "at"),
        (
            (number, kind, one.book, one.clause, canonical(one.detail).decode("utf-8"), False, at)
            for number, one in numbered
        ),
    )
    insert_rows(
        NoticeRecipient,
        RECIPIENT,
        ((number, account, "") for number, one in numbered for account in one.accounts),
    )


def deliver_waiting(person: int, account: int) -> None:
    """Address to a new account the earlier announcements of its person's joining (A.8), and grant it the
    copies that came with them."""
    about = (
        Notice.select()
        .join(Entry)
        .where((Entry.person == person) & (Entry.state == "active") & (Notice.kind == "join"))
    )
    for notice in about:
        request = notice.request
        handed = request is not None and is_handed_out(policy_of(notice.book_id), notice.kind)
        opens = opened_to(account, notice.book_id) if handed else ""
        row = NoticeRecipient.insert(notice=notice.id, account=account, opens=opens)
        row.on_conflict_ignore().execute()
        if handed and request is not None:
            grant_copies(request, [account])
