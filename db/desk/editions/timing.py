"""When an edition is due: the rule's weekday of each cycle, else its first day; after a holiday, the next
working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from db.desk.authority.rules_on_record import asked_since
from db.desk.due_dates import calendar, issue_day, today
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EditionRule
from db.store import clock
from db.store.engine import store
from db.store.tables import Book, EditionIssue


@dataclass(frozen=True, slots=True)
class IssueDue:
    """The cycle that runs now: its first day, and until when its issue is due.

    ``at`` is a stored time, ``local`` the same moment as ``2026-11-23 18:00``. ``made``: there is one that
    was not wholly called back.
    """

    period: str
    day: date
    at: str
    local: str
    made: bool
    clause: str

    @property
    def overdue(self) -> bool:
        """Whether the moment has passed without an issue."""
        return not self.made and clock.now() > self.at


def due_of(book: str, edition: EditionRule) -> IssueDue | None:
    """Return when the present issue is due; None for one-time editions, and for what fell due before there
    was the book, or a regulation of it that asks for the edition."""
    if edition.every == "once":
        return None
    day = today()
    period = calendar().period(edition.every, day)
    due = issue_day(book, edition, period)
    hour, minute = map(int, edition.due.time.split(":"))
    moment = datetime.combine(due, time(hour, minute), ZoneInfo(store().settings.time_zone))
    at = clock.stamp(moment)

    def has_edition(policy: EffectivePolicy) -> bool:
        return any(one.id == edition.id for one in policy.editions)

    if at < Book.get_by_id(book).made_at or due.isoformat() < asked_since(book, has_edition):
        return None
    made = (
        EditionIssue.select()
        .where(
            (EditionIssue.book == book)
            & (EditionIssue.edition == edition.id)
            & (EditionIssue.period == period.first.isoformat())
            & EditionIssue.recalled_at.is_null()
        )
        .exists()
    )
    return IssueDue(
        period=period.first.isoformat(),
        day=due,
        at=at,
        local=moment.strftime("%Y-%m-%d %H:%M"),
        made=bool(made),
        clause=edition.due.clause_of("weekday", "time"),
    )
