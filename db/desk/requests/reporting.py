"""The clock on telling of a change at all: from the day since which it is so (I.4.2.2, E.7, E.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.desk.due_dates import calendar
from db.policy.effective import EffectivePolicy
from db.policy.rules import DutyRule
from db.policy.vocabulary import HEAD, PERSON
from db.store import clock
from db.store.engine import store
from db.store.tables import Request


@dataclass(frozen=True, slots=True)
class Reported:
    """A change that is so since ``changed_on``, had to be reported by ``due`` (days, ISO) under ``clause``,
    and was so many working days ``late``; 0: in time."""

    changed_on: str
    due: str
    late: int
    clause: str


def report_rule(policy: EffectivePolicy, kind: str, reporter: str) -> DutyRule | None:
    """Return the duty of ``reporter`` (a role, or `PERSON` for the own entry) to report a change within days
    of it. Return None for those without such a duty, and where its days do not count from the change."""
    duty = None
    if kind == "unit-contact":
        duty = policy.duty("unit-report")
    elif kind == "change" and reporter == PERSON:
        duty = policy.duty("self-report")
    elif kind == "change" and reporter == HEAD:
        duty = policy.duty("staff-report")
    return duty if duty is not None and duty.start == "change" else None


def count_report_delay(request: Request) -> Reported | None:
    """Count in working days how late a change was reported; None without such a duty or without the day of
    the change."""
    if request.changed_on is None or request.report_due is None:
        return None
    day = clock.local_date(request.submitted_at, store().settings.time_zone)
    left = calendar(request.book_id).remaining(day, date.fromisoformat(request.report_due))
    return Reported(request.changed_on, request.report_due, max(0, -left), request.report_clause or "")
