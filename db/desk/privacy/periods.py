"""For how long something is kept in a book: what is erased, but for what must be kept. Not an operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import months_before
from db.policy.loader import default
from db.policy.vocabulary import Passing

KEEPING: dict[Passing, str] = {"evidence": "evidence", "purpose": "audit", "detail": "audit"}
"""What a regulation calls it where it must be kept; a leaver's archive says its own last day."""


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """``months`` until something is erased, None for never, and the clause it stands under."""

    months: int | None
    clause: str


def period_of(book: str | None, what: Passing) -> RetentionPeriod:
    """Return the period in ``book``: that of erasure, unless a regulation has it kept longer. Of what belongs
    to no book, that of the default."""
    if book is None:
        rule = next(one for one in default().file.erasure if one.what == what)
        return RetentionPeriod(rule.months, rule.clause)
    policy = policy_of(book)
    rule, kept = policy.erased_after(what), policy.retention_of(KEEPING.get(what, ""))
    if kept is None or (kept.years is not None and kept.years * 12 <= rule.months):
        return RetentionPeriod(rule.months, rule.clause_of("months"))
    if kept.years is None:
        return RetentionPeriod(None, kept.clause)
    return RetentionPeriod(kept.years * 12, kept.clause_of("years"))


def month_of(at: str, months: int) -> str:
    """Return the month (``YYYY-MM``) ``months`` before that of the moment ``at``; earlier ones are over."""
    return months_before(date.fromisoformat(at[:10]).replace(day=1), months).isoformat()[:7]
