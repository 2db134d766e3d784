"""The topics that a book's regulations ask for, in which version, and when the next training is due.

Not an operation. A person who was never trained is due from their first day in the book on, and not before
the regulation that asks is in force; what was owed before the book was made, or before the person came in by
a file, is due 30 days after that.
Whoever was trained long before owes it no earlier, and whose training was taken back not before 30 days after
that, as they relied on it; not so of one that had run out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from peewee import chunked

from db.desk.authority.rules_on_record import asked_since, regulation_in_force, rules_on_record
from db.desk.due_dates import today
from db.desk.importing.begun import people_imported
from db.desk.notation.localtime import local
from db.language import Label
from db.policy.clock import DAYS, MONTHS
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import TrainingRule
from db.policy.vocabulary import Cycle
from db.store import clock
from db.store.tables import Book, Entry, Trained

AT_ONCE = 200
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
    struck: str = ""
    """The ISO day on which the last that was taken back still counted."""
    number: int | None = None
    """Of the record, if it was attended."""

    @property
    def overdue(self) -> bool:
        return self.state in ("due", "never")


def topics_of(policy: EffectivePolicy) -> tuple[Topic, ...]:
    return tuple(_topic(policy, rule) for rule in policy.training)


@dataclass(slots=True)
class OnRecord:
    """What is on record of one person's training: the last that stands, and those that were taken back."""

    last: Trained | None = None
    struck: list[Trained] = field(default_factory=list)


def trained_people(book: str, topic: str, persons: Iterable[int] | None = None) -> dict[int, OnRecord]:
    rows = Trained.select().where((Trained.book == book) & (Trained.topic == topic))
    if persons is not None:
        rows = rows.where(Trained.person.in_(list(persons)))
    found: dict[int, OnRecord] = {}
    for row in rows.order_by(Trained.on_day, Trained.id):
        known = found.setdefault(row.person_id, OnRecord())
        if row.struck_at is None:
            known.last = row
        else:
            known.struck.append(row)
    return found


def store_trainings(rows: Sequence[Mapping[str, object]]) -> None:
    """Store trainings, except those of a person and day that are stored already."""
    for part in chunked(rows, AT_ONCE):
        Trained.insert_many(part).on_conflict_ignore().execute()


def count_again(rows: Sequence[Trained]) -> None:
    """Store a copy of each of ``rows``, which were struck, that counts again; the struck rows stay on
    record."""
    now = {"recorded_at": clock.now(), "struck_at": None, "struck_by": None, "struck_why": ""}
    kept = ({name: value for name, value in row.__data__.items() if name != "id"} for row in rows)
    store_trainings([{**one, **now} for one in kept])


def strike_rows(rows: Sequence[Trained], by: int, why: str) -> None:
    """Mark each of ``rows`` as struck, with who did it and why, so that it counts no more."""
    for part in chunked([row.id for row in rows], AT_ONCE):
        struck = Trained.update(struck_at=clock.now(), struck_by=by, struck_why=why)
        struck.where(Trained.id.in_(part) & Trained.struck_at.is_null()).execute()


def standing_to(topic: Topic, known: OnRecord | None, first_day: str) -> Training:
    """Return how somebody with so much ``known`` on record stands to ``topic``: trained, soon due, due or
    never, and when. Nothing is due before ``first_day``."""
    known = known or OnRecord()
    last, struck = known.last, max((_relied_on(topic, row) for row in known.struck), default="")
    if last is None:
        first = _owed(topic, first_day, struck)
        state: State = "never" if first <= today().isoformat() else "soon"
        return Training("", "", first, state, False, struck=struck)
    older, by_course = last.version != topic.version, last.source == COURSE
    number = None if by_course else last.id
    due = next_due(date.fromisoformat(last.on_day), topic.every)
    if due is None:
        return Training(last.on_day, last.version, "", "trained", older, by_course, struck, number)
    due = date.fromisoformat(_owed(topic, due.isoformat(), struck))
    state = "trained"
    if due <= today():
        state = "due"
    elif due - SOON <= today():
        state = "soon"
    return Training(last.on_day, last.version, due.isoformat(), state, older, by_course, struck, number)


def _relied_on(topic: Topic, row: Trained) -> str:
    """Return the day (ISO) on which ``row`` was struck; empty if it had run out before."""
    day, due = local(str(row.struck_at))[:10], next_due(date.fromisoformat(row.on_day), topic.every)
    return day if due is None or due.isoformat() > day else ""


def _owed(topic: Topic, day: str, struck: str) -> str:
    day = max(day, topic.since)
    if day <= topic.began:  # nobody could be trained here before there was the book
        day = (date.fromisoformat(topic.began) + SOON).isoformat()
    if struck:  # nor owed it while it was on record as done
        day = max(day, (date.fromisoformat(struck) + SOON).isoformat())
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


def first_days(book: str) -> Callable[[Entry], str]:
    """Return a function that gives the ISO day from which an entry of ``book`` owes trainings: the day of
    joining, or blank. For one imported later than that, 30 days after the import."""
    files = [(local(at)[:10], entries) for at, entries in people_imported(book)]

    def first_day(entry: Entry) -> str:
        joined = str(entry.joined or "")
        came = next((day for day, entries in files if entry.id in entries), "")
        return (date.fromisoformat(came) + SOON).isoformat() if came and joined <= came else joined

    return first_day


def _topic(policy: EffectivePolicy, rule: TrainingRule) -> Topic:
    asking = [ref for ref in policy.policies if _asks_for_topic(ref.id, rule.id)]
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


def _asks_for_topic(name: str, topic: str) -> bool:
    regulation = regulation_in_force(name)
    return regulation is not None and any(rule.id == topic for rule in regulation.file.training)


def _days_in(first: date) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days
