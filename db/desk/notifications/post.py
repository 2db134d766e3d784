"""Mail that waits to be sent: put here within an operation's transaction, sent by `tui.outside.mail`.

What a message says and where it goes is looked up when it is sent; only whom it is to is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any, Literal

from db.desk.authority.permissions import policy_of
from db.desk.entry.naming import with_names
from db.desk.entry.record import load_entry
from db.desk.entry.stale import note_bounce
from db.desk.notation.cells import one_line
from db.language import Language, as_language
from db.store import audit, clock
from db.store.audit import canonical
from db.store.binding import binding_digest, place_of
from db.store.engine import store
from db.store.sql import for_update
from db.store.tables import Account, EditionCopy, EditionFile, Entry, OutgoingMail
from db.store.transactions import writing

BACK_OFF = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes to wait after each failed attempt; after the last one the message is given up."""
TO_LEAVERS = ("last-day", "last-day-over", "last-day-lifted", "recalled")
"""Messages to whoever is on record still though their last day is over: that it is, and what to destroy."""
_MESSAGE_ID = re.compile(r"<mingce-(\d{1,15})-([0-9a-f]{24})@")
LEASE = timedelta(minutes=10)
"""For how long a message that is being sent is nobody else's."""


Bounce = Literal["noted", "known", "not-ours"]


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """A message that is to be sent now. ``address`` is empty where the person has none on record."""

    id: int
    kind: str
    book: str
    name: str
    address: str
    language: Language
    copy: int | None
    detail: Mapping[str, Any]
    attempts: int


def queue_mail(
    kind: str, book: str, entry: int, *, copy: int | None = None, detail: Mapping[str, object] | None = None
) -> bool:
    """Queue a mail to the entry's person, in the running transaction; False if no mail is sent."""
    if store().settings.mail is None:
        return False
    moment = clock.now()
    OutgoingMail.create(
        kind=kind,
        book=book,
        entry=entry,
        copy=copy,
        detail=canonical(detail or {}).decode("utf-8"),
        next_at=moment,
        made_at=moment,
    )
    return True


def mail_to_person(
    kind: str, book: str, person: int | None, *, detail: Mapping[str, object] | None = None
) -> bool:
    """Queue a mail about ``book`` to the address on record there, or in another directory where they hold
    an office in ``book`` alone, in the running transaction; False if there is none or no mail is sent."""
    rows = Entry.select(Entry.id).where((Entry.person == person) & (Entry.state == "active"))
    entry = rows.order_by((Entry.book == book).desc(), Entry.id).first()
    return entry is not None and queue_mail(kind, book, entry.id, detail=detail)


def next_letter() -> OutgoingLetter | None:
    """Lock the next due mail, count an attempt, lease it for a while so that nobody else sends it, and return
    it; None without one. A transaction of its own."""
    with writing():
        due = (
            OutgoingMail.select()
            .where((OutgoingMail.state == "waiting") & (OutgoingMail.next_at <= clock.now()))
            .order_by(OutgoingMail.next_at, OutgoingMail.id)
            .limit(1)
        )
        row = for_update(due).first()
        if row is None:
            return None
        row.attempts += 1
        row.next_at = clock.stamp(clock.utcnow() + LEASE)
        row.save()
        return _letter(row)


def record_sent(letter: OutgoingLetter, file: tuple[str, int] | None) -> None:
    """Store and record that a mail was accepted by the server, with its copy ``file`` (digest and size). A
    transaction of its own."""
    with writing():
        moment = clock.now()
        OutgoingMail.update(state="sent", done_at=moment, problem="").where(
            OutgoingMail.id == letter.id
        ).execute()
        if file is not None and letter.copy is not None:
            EditionFile.create(copy=letter.copy, way="mail", sha256=file[0], size=file[1], at=moment)
        _record(letter, "done", sha256=file[0] if file is not None else "")


def record_failed(letter: OutgoingLetter, problem: str, *, for_good: bool, bounced: bool = False) -> None:
    """Store and record that a mail was not sent: it is tried again later, or given up ``for_good`` or after
    too many attempts. ``bounced``: there is no such mailbox, which is stored on the entry as a sign to clean
    it up (E.14). A transaction of its own."""
    with writing():
        if bounced:
            note_bounce(letter.address)
        over = for_good or letter.attempts > len(BACK_OFF)
        wait = timedelta(minutes=BACK_OFF[min(letter.attempts, len(BACK_OFF)) - 1])
        OutgoingMail.update(
            state="dead" if over else "waiting",
            next_at=clock.stamp(clock.utcnow() + wait),
            problem=problem[:200],
            done_at=clock.now() if over else None,
        ).where(OutgoingMail.id == letter.id).execute()
        _record(letter, "failed", reason=problem[:200], dead=over)


def message_id(mail: int, domain: str) -> str:
    """Return the Message-ID of a mail: the same whenever it is sent, and known to those alone who got it."""
    return f"<mingce-{mail}-{_proof(mail)}@{domain}>"


def came_back(message: str, address: str, problem: str, *, no_mailbox: bool) -> Bounce:
    """Lock and give up, recorded, the sent mail whose id is ``message``, which came back. With ``no_mailbox``
    store on the entry that its address is dead, if it still has it. Return what was done: nothing for a mail
    that is not ours, or whose return is known already. A transaction of its own."""
    match = _MESSAGE_ID.match(message)
    if match is None or not compare_digest(match[2], _proof(int(match[1]))):
        return "not-ours"
    with writing():
        row = for_update(OutgoingMail.select().where(OutgoingMail.id == int(match[1]))).first()
        if row is None:
            return "not-ours"
        if row.state != "sent":
            return "known"
        letter = _letter(row)
        if no_mailbox and letter.address.lower() == address.lower():
            note_bounce(letter.address)
        OutgoingMail.update(state="dead", problem=problem[:200], done_at=clock.now()).where(
            OutgoingMail.id == row.id
        ).execute()
        _record(letter, "failed", reason=problem[:200], dead=True)
        return "noted"


def _proof(mail: int) -> str:
    return binding_digest(store().keys, place_of("outgoing_mail", mail, "message"), "")[1:25]


def requeue_mails(mails: list[int]) -> int:
    """Queue given-up messages once more, within the running transaction; return how many."""
    return int(
        OutgoingMail.update(state="waiting", attempts=0, next_at=clock.now(), done_at=None)
        .where(OutgoingMail.id.in_(mails) & (OutgoingMail.state == "dead"))
        .execute()
    )


def _letter(row: OutgoingMail) -> OutgoingLetter:
    entry: Entry = row.entry
    account = (
        Account.select().where((Account.person == entry.person_id) & (Account.state != "disabled")).first()
    )
    spoken = account.language if account is not None and account.language else store().settings.language
    return OutgoingLetter(
        id=row.id,
        kind=row.kind,
        book=row.book_id,
        name=one_line(entry.name),
        address=_address(entry) if _may_go_out(row, entry) else "",
        language=as_language(spoken),
        copy=row.copy_id,
        detail=with_names(json.loads(row.detail)),
        attempts=row.attempts,
    )


def _may_go_out(row: OutgoingMail, entry: Entry) -> bool:
    """Return whether the message may still go out: nothing to an entry that was removed; after the last day
    only what `TO_LEAVERS` names; no copy that was recalled or closed meanwhile."""
    if entry.state != "active" or (entry.ended_at is not None and row.kind not in TO_LEAVERS):
        return False
    if row.copy_id is None or row.kind == "recalled":
        return True
    copy = EditionCopy.get_by_id(row.copy_id)
    return copy.recalled_at is None and copy.closed_at is None


def _address(entry: Entry) -> str:
    values = load_entry(entry.id).values
    names = [rule.name for rule in policy_of(entry.book_id).fields if rule.kind == "email"]
    return next((values[name][0] for name in names if values.get(name)), "")


def _record(letter: OutgoingLetter, outcome: str, **detail: object) -> None:
    row = OutgoingMail.get_by_id(letter.id)
    audit.append(
        act="mail.send",
        outcome=outcome,
        book=letter.book,
        entry=row.entry_id,
        detail={"kind": letter.kind, "mail": letter.id, **detail},
    )
