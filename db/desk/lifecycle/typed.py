"""What is typed into the forms: values by field, and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from db.desk.authority.permissions import Permissions
from db.desk.due_dates import today, unlikely_day
from db.desk.entry.colleagues import read_value
from db.desk.notation import parsing
from db.desk.notation.values import parts_of
from db.desk.refusal import Problem
from db.desk.requests.proposing import NOT_TYPED
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule

Values = dict[str, tuple[str, ...]]


def fields_of(policy: EffectivePolicy, kind: str) -> tuple[FieldRule, ...]:
    """Return the fields to type for ``kind``, in the policy's order; a photo comes by a later change."""
    return tuple(
        rule
        for rule in policy.fields
        if rule.kind not in NOT_TYPED | {"photo"} and (not rule.applies_to or kind in rule.applies_to)
    )


def read_values(
    permissions: Permissions, policy: EffectivePolicy, kind: str, asked: Mapping[str, str]
) -> tuple[Values, tuple[Problem, ...]]:
    """Read the values of an entry of ``kind`` and all that is wrong, a blank required field too (A.3, A.7). A
    text is one value, or several (`parts_of`) where the field takes them."""
    rules = fields_of(policy, kind)
    known = {rule.name for rule in rules}
    problems = [
        Problem(name, _("This directory has no such field for you.")) for name in asked if name not in known
    ]
    values: Values = {}
    for rule in rules:
        found: list[str] = []
        text = asked.get(rule.name, "")
        for part in parts_of(rule, text) or [""]:
            value = read_value(permissions, policy.book, rule, part)
            if isinstance(value, Problem):
                problems.append(value)
            elif value and value not in found:
                found.append(value)
        if found:
            values[rule.name] = tuple(found)
    return values, tuple(problems)


def read_day(field: str, text: str) -> date | Problem:
    day = parsing.read_day(text)
    return Problem(field, day) if isinstance(day, Message) else day


def read_day_of_event(field: str, text: str, joined: str | None) -> date | Problem:
    """Read a day of joining, moving or leaving. Return a Problem for no day, for one that hardly anybody
    means (`unlikely_day`), and for one before they ``joined`` (ISO)."""
    day = read_day(field, text)
    if isinstance(day, Problem):
        return day
    if (unlikely := unlikely_day(day, today())) is not None:
        return Problem(field, unlikely)
    if joined and day.isoformat() < joined:
        return Problem(field, _("This is before {day}, the day of joining.", day=joined))
    return day
