"""What the versions of a book's regulations change: rules that begin with each, and that end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from db.desk.authority.rules_on_record import change_days, policy_on
from db.desk.policies.rule_views import RuleChange, RuleLine, lines_of
from db.policy.regulation import PolicyError


def changes_of(book: str) -> Iterator[RuleChange]:
    """Yield the changes of ``book`` on record, newest day first; of a day what begins, then what ends. A day
    whose regulations don't go together any more is left out."""
    for day in change_days(book):
        try:
            before, after = (
                lines_of(policy_on(book, one.isoformat())) for one in (day - timedelta(days=1), day)
            )
        except PolicyError:  # what was in force then goes together no more
            continue
        yield from changed_lines(day.isoformat(), before, after)


def changed_lines(
    day: str, before: tuple[RuleLine, ...], after: tuple[RuleLine, ...]
) -> Iterator[RuleChange]:
    """Yield the rules of ``after`` that begin on ``day``, then those of ``before`` that end."""
    for begins, lines, others in ((True, after, before), (False, before, after)):
        known = set(others)
        for line in lines:
            if line not in known:
                yield RuleChange(day, begins, line)
