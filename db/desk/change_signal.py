"""Whether others did something since one last asked, so that an open screen need not ask for all it shows.

Not an operation: it tells that something was done, by whomever and on whatever, and no more. Every act is
recorded in the audit chain in its own transaction, so the number of the chain's last record is all there is
to compare, on either engine.
"""

from __future__ import annotations

from datetime import date

from db.desk.authority.actor import Actor
from db.desk.due_dates import today
from db.store import audit
from db.store.tables import AuditRecord
from db.store.transactions import reading

LOOKS = (
    "auth.sign_in", "auth.session_end", "directory.settled", "directory.shown", "directory.card",
    "directory.reveal", "directory.contact", "directory.why", "directory.photo", "directory.unit",
    "queue.one", "tasks.one", "reviews.one", "changes.form", "evidence.open", "audit.window", "audit.one",
)  # fmt: skip
"""Acts that change nothing anybody waits for, as far as they are frequent; any other may."""

ASKED_FOR = "power.ask"
"""What the record calls an act that was put off as a request."""


class Pulse:
    """Tells one session, asking again and again, of changes; the first answer is the measure of the next."""

    def __init__(self, actor: Actor) -> None:
        self._session = actor.session
        self._last: tuple[int, date] | None = None

    def has_changed(self) -> bool:
        """Return whether another session recorded anything, or a day began, since the last call; the first
        call returns False. Raises Unavailable."""
        with reading():
            now = (audit.head()[0], today())
            before, self._last = self._last, now
            if before is None or before == now:
                return False
            return before[1] != now[1] or self._acted(before[0])

    def last_record(self) -> int:
        """Return the number of the last record. Raises Unavailable."""
        with reading():
            return audit.head()[0]

    def has_done(self, operation: str, after: int) -> bool:
        """Return whether this session did the operation, or asked for it, since record ``after``."""
        with reading():
            own = (AuditRecord.session == self._session) & (AuditRecord.outcome == "done")
            named = AuditRecord.act.in_((operation, ASKED_FOR))
            return AuditRecord.select().where((AuditRecord.seq > after) & own & named).exists()

    def _acted(self, after: int) -> bool:
        others = AuditRecord.session.is_null() | (AuditRecord.session != self._session)
        return bool(
            AuditRecord.select()
            .where((AuditRecord.seq > after) & (AuditRecord.outcome == "done") & others)
            .where(AuditRecord.act.not_in(LOOKS))
            .exists()
        )
