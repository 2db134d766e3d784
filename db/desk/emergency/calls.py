"""The numbers of an entry in calling order, what came of each call, and which number is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast

from db.desk.authority.sight import in_words, joined_texts
from db.desk.entry.record import load_entry
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EmergencyRule
from db.store import clock
from db.store.tables import Account, CallAttempt, Entry, Unit

Outcome = Literal["reached", "no-answer", "busy", "wrong", "mistaken"]
NO_NUMBER = _("Nobody can be called: no number is on record.")
ALL_WRONG = _("No number is left that may answer. Ask whoever may know another.")
OUTCOMES: Mapping[Outcome, Text] = {
    "reached": _("reached"),
    "no-answer": _("no answer"),
    "busy": _("engaged"),
    "wrong": _("wrong or dead number"),
    "mistaken": _("noted by mistake, not called"),
}
MISTAKEN: Outcome = "mistaken"
"""Takes back what was noted of a number before, so that it is called: no calls rest on one wrong word."""
LASTS = timedelta(hours=12)
"""For so long calls belong to one emergency: whoever stands in sees what was tried before."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: when, by whom, and what came of it."""

    at: str
    by: str
    outcome: Outcome

    @property
    def label(self) -> Text:
        return OUTCOMES[self.outcome]


@dataclass(frozen=True, slots=True)
class CallNumber:
    """A number to call. ``place`` counts from 1 in calling order, ``whose`` says who answers there."""

    place: int
    field: str
    ord: int
    label: Label
    whose: Text
    text: Text
    attempts: tuple[Attempt, ...]

    @property
    def result(self) -> Attempt | None:
        """The call that counts: one that reached somebody, else one that found the number wrong (a caller at
        an older screen may not know it yet), else the last."""
        telling = (
            one for how in ("reached", "wrong") for one in reversed(self.attempts) if one.outcome == how
        )
        return next(telling, self.attempts[-1] if self.attempts else None)


@dataclass(frozen=True, slots=True)
class CallSheet:
    """All numbers of an entry; ``next``: the one to call now, None once reached or without any left."""

    entry: int
    book: str
    title: Label
    name: str
    unit: str
    numbers: tuple[CallNumber, ...]
    next: int | None
    reached: bool
    clause: str

    @property
    def stuck(self) -> Text:
        """Why there is nothing to call though nobody was reached; empty where there is."""
        if self.reached or self.next is not None:
            return ""
        return ALL_WRONG if self.numbers else NO_NUMBER


@dataclass(frozen=True, slots=True)
class RollLine:
    """One of a class in an emergency: how many calls were made, and whether somebody was reached."""

    entry: int
    name: str
    unit: str
    calls: int
    reached: bool


def call_sheet(row: Entry, policy: EffectivePolicy, rule: EmergencyRule) -> CallSheet:
    values = load_entry(row.id).values
    tried: dict[tuple[str, int], list[Attempt]] = {}
    made = attempts_of([row.id])
    for one in made:
        attempt = Attempt(one.at, _caller(one.account_id), cast(Outcome, one.outcome))
        tried.setdefault((one.field, one.ord), []).append(attempt)
    numbers: list[CallNumber] = []
    for name in rule.fields:
        field = policy.field(name)
        for ord, value in enumerate(values.get(name, ())):
            numbers.append(
                CallNumber(
                    place=len(numbers) + 1,
                    field=name,
                    ord=ord,
                    label=field.label,
                    whose=_whose(policy, rule, values, name, ord),
                    text=in_words(field, value),
                    attempts=tuple(tried.get((name, ord), ())),
                )
            )
    reached = any(one.outcome == "reached" for one in made)
    return CallSheet(
        entry=row.id,
        book=row.book_id,
        title=row.book.title,
        name=row.name,
        unit=str(Unit.get_by_id(row.unit_id).name),
        numbers=tuple(numbers),
        next=None if reached else _next(numbers, made),
        reached=reached,
        clause=rule.clause,
    )


def attempts_of(entries: Sequence[int]) -> list[CallAttempt]:
    """Return the calls noted in the running emergency for each of ``entries``, the oldest first; those of a
    number that were taken back as mistaken are left out, but not the note of that."""
    since = clock.stamp(clock.moment(clock.now()) - LASTS)
    rows = CallAttempt.select().where(CallAttempt.entry.in_(list(entries)) & (CallAttempt.at > since))
    found: dict[tuple[int, str, int], list[CallAttempt]] = {}
    for row in rows.order_by(CallAttempt.at, CallAttempt.id):
        calls = found.setdefault((row.entry_id, row.field, row.ord), [])
        if row.outcome == MISTAKEN:
            calls.clear()
        calls.append(row)
    return sorted((row for calls in found.values() for row in calls), key=lambda row: (row.at, row.id))


def _next(numbers: Sequence[CallNumber], made: Sequence[CallAttempt]) -> int | None:
    """Return the first number that nobody called; when all were, the next after the last called that is not
    wrong, in turn; None for none."""
    if not numbers:
        return None
    fresh = next((one.place for one in numbers if one.result is None or one.result.outcome == MISTAKEN), None)
    if fresh is not None:
        return fresh
    last = next(
        number.place for number in numbers if (made[-1].field, made[-1].ord) == (number.field, number.ord)
    )
    turn = [*numbers[last:], *numbers[:last]]
    able = (one.place for one in turn if one.result is None or one.result.outcome != "wrong")
    return next(able, None)


def _whose(
    policy: EffectivePolicy,
    rule: EmergencyRule,
    values: Mapping[str, Sequence[str]],
    number: str,
    ord: int,
) -> Text:
    """Return who answers: the values of the rule's fields that stand at the same place as the number."""
    said = []
    for one in rule.whose:
        if one.number == number:
            for name in one.names:
                given = values.get(name, ())
                if len(given) > ord:
                    said.append(in_words(policy.field(name), given[ord]))
    return joined_texts(said, " · ")


def _caller(account: int) -> str:
    row = Account.get_by_id(account)
    return str(row.person.name if row.person is not None else row.login)
