"""The topics that a book's regulations ask for, in which version, and when the next training is due.

Not an operation. A person who was never trained is due from their first day in the book on, and not before
the regulation that asks is in force; what was owed before the book was made is due 30 days after that.
Whoever was trained long before owes it no earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from db.desk.authority.rules_on_record import asked_since, regulation_in_force, rules_on_record
from db.desk.due_dates import today
from db.desk.notation.localtime import local
from db.language import Label
from db.policy.clock import DAYS, MONTHS
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import TrainingRule
from db.policy.vocabulary import Cycle
from db.store.tables import Book, Entry, Trained

COURSE = "course"
"""The source of a training that was read and tested here, and not attended."""
State = Literal["trained", "soon", "due", "never"]
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that a book asks for; ``version`` names the regulations that ask, with theirs; ``since`` is the
    ISO day from which the first of them is in force, ``began`` the one on which the book was made."""

    id: str
    label: Label
    every: Cycle
    blocks: bool
    version: str
    clause: str
    since: str
    began: str
    due_clause: str
    """Sets the clock."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a person stands to a topic. ``last`` and ``due`` are ISO days; ``older``: on an earlier version;
    ``by_course``: by reading and a test, and not by attending.

    ``state``: ``trained``, due ``soon``, ``due`` now or longer, or ``never`` trained.
    """

    last: str
    version: str
    due: str
    state: State
    older: bool
    by_course: bool = False

    @property
    def overdue(self) -> bool:
        return self.state in ("due", "never")


def topics_of(policy: EffectivePolicy) -> tuple[Topic, ...]:
    return tuple(_topic(policy, rule) for rule in policy.training)


def trained_people(book: str, topic: str, persons: Iterable[int] | None = None) -> dict[int, Trained]:
    rows = Trained.select().where((Trained.book == book) & (Trained.topic == topic))
    if persons is not None:
        rows = rows.where(Trained.person.in_(list(persons)))
    return {row.person_id: row for row in rows.order_by(Trained.on_day, Trained.id)}


def standing_to(topic: Topic, last: Trained | None, first_day: str) -> Training:
    """Work out how somebody last trained then stands to ``topic``; never before there was the book."""
    if last is None:
        first = _owed(topic, first_day)
        return Training("", "", first, "never" if first <= today().isoformat() else "soon", False)
    older, by_course = last.version != topic.version, last.source == COURSE
    due = next_due(date.fromisoformat(last.on_day), topic.every)
    if due is None:
        return Training(last.on_day, last.version, "", "trained", older, by_course)
    due = date.fromisoformat(_owed(topic, due.isoformat()))
    state: State = "trained"
    if due <= today():
        state = "due"
    elif due - SOON <= today():
        state = "soon"
    return Training(last.on_day, last.version, due.isoformat(), state, older, by_course)


def _owed(topic: Topic, day: str) -> str:
    day = max(day, topic.since)
    if day <= topic.began:  # nobody could be trained here before there was the book
        return (date.fromisoformat(topic.began) + SOON).isoformat()
    return day


def next_due(last: date, every: Cycle) -> date | None:
    """Return the day on which a training of ``last`` has to be renewed; None where once is enough."""
    if every in DAYS:
        return last + timedelta(days=DAYS[every])
    if every not in MONTHS:
        return None
    month = last.month - 1 + MONTHS[every]
    first = date(last.year + month // 12, month % 12 + 1, 1)
    return first + timedelta(days=min(last.day, _days_in(first)) - 1)


def first_day(entry: Entry) -> str:
    """Return since when a person is in the book: the day they joined, else of the last change."""
    return str(entry.joined or local(entry.updated_at)[:10])


def _topic(policy: EffectivePolicy, rule: TrainingRule) -> Topic:
    asking = [ref for ref in policy.policies if _asks(ref.id, rule.id)]
    versions = ", ".join(f"{ref.id} {ref.version}" for ref in asking)
    since = asked_since(policy.book, lambda one: any(known.id == rule.id for known in one.training))
    first = rules_on_record().versions
    since = since or min((first[ref.id][0].from_day for ref in asking if ref.id in first), default="")
    made = str(Book.get_by_id(policy.book).made_at)
    began = local(made)[:10] if made else since
    return Topic(
        rule.id, rule.label, rule.every, rule.blocks, versions, rule.clause, since, began,
        rule.clause_of("every"),
    )  # fmt: skip


def _asks(name: str, topic: str) -> bool:
    regulation = regulation_in_force(name)
    return regulation is not None and any(rule.id == topic for rule in regulation.file.training)


def _days_in(first: date) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days
