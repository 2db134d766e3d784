"""The duty runner: opens what is due to be opened, reminds before, escalates after (A.8, A.10, D.11.3).

It acts as the system, not as an account, and writes what it does to the audit. Several hosts may run it at
once and as often as they like: each thing is done once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from db.desk.authority.standing import policy_of
from db.desk.privacy.older import seal_older
from db.desk.privacy.thinning import thin_out
from db.desk.tasks.openers import OPENERS, vacant_units
from db.desk.tasks.opening import once
from db.desk.tasks.reminders import signals
from db.desk.tasks.usage_watch import unusual
from db.desk.telling.alarming import accounts_with, alarm, holders, who
from db.desk.telling.notices import tell
from db.policy.effective import EffectivePolicy
from db.store import audit, clock
from db.store.engine import database
from db.store.tables import Book
from db.store.transactions import writing

RUNNER = "runner"
"""Key of the mark that one runner at a time holds while it works on a book."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one run did: tasks opened, reminders and escalations told, vacancies and usage alarmed, things
    erased at the end of their time."""

    opened: int = 0
    reminded: int = 0
    escalated: int = 0
    vacant: int = 0
    watched: int = 0
    erased: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Round)))


@dataclass(frozen=True, slots=True)
class RunnerPlace:
    """Where the runner runs, for the audit."""

    front: Literal["host", "serve"]
    source: str


def run(place: RunnerPlace) -> Round:
    """Do everything that is to be done now, book by book, each in a transaction of its own."""
    books = [row.id for row in Book.select(Book.id).where(Book.active).order_by(Book.sort, Book.id)]
    done = Round()
    for book in books:
        with writing():
            _alone()
            done += _work(policy_of(book), place)
    everything = [row.id for row in Book.select(Book.id).order_by(Book.sort, Book.id)]
    for each in (*everything, None):
        with writing():
            _alone()
            done += Round(erased=thin_out(each, place.source, place.front))
    seal_older()
    return done


def _work(policy: EffectivePolicy, place: RunnerPlace) -> Round:
    opened = [task for opener in OPENERS for task in opener(policy)]
    for task in opened:
        _record(
            place, "duties.open", policy.book, clause=task.clause, unit=task.unit_id, entry=task.entry_id,
            detail={"task": task.id, "kind": task.kind, "due": task.due},
        )  # fmt: skip
    told = {"remind": 0, "escalate": 0}
    for signal in signals(policy):
        told[signal.stage] += 1
        _record(
            place, f"duties.{signal.stage}", policy.book, clause=signal.clause, unit=signal.unit,
            entry=signal.entry, request=signal.request, detail={"task": signal.task, "told": signal.told},
        )  # fmt: skip
    vacant = _alarm_vacancies(policy, place)
    return Round(len(opened), told["remind"], told["escalate"], vacant, _alarm_usage(policy, place))


def _alarm_vacancies(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Tell whom the policy names of departments without anybody in the book (B.5.5)."""
    watch = next((rule for rule in policy.watches if rule.what == "vacancy"), None)
    if watch is None:
        return 0
    count = 0
    for unit, since in vacant_units(policy):
        if once(f"vacancy:{policy.book}:{unit.id}:{since}"):
            count += 1
            whom = holders(policy, policy.holder(watch.to))
            clause = watch.clause
            tell("vacancy", policy.book, whom, clause=clause, unit=unit.id)
            _record(
                place, "duties.vacancy", policy.book, clause=clause, unit=unit.id,
                detail={"told": len(whom)},
            )  # fmt: skip
    return count


def _alarm_usage(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Tell whom the policy names of those who open unusually many entries: never the person themselves."""
    count = 0
    for usage in unusual(policy):
        if once(f"usage:{policy.book}:{usage.account}:{usage.day}"):
            count += 1
            rule, accounts = usage.rule, accounts_with(usage.account)
            about = {"who": who(usage.account), "entries": usage.entries}
            told = alarm("usage", policy, rule.to, accounts, clause=rule.clause, detail=about)
            _record(
                place, "duties.usage", policy.book, clause=rule.clause,
                detail={"account": usage.account, "entries": usage.entries, "told": told},
            )  # fmt: skip
    return count


def _alone() -> None:
    """Wait for a runner on another host to finish with its book."""
    once(RUNNER)
    mark = database.param
    database.execute_sql(f"UPDATE duty_mark SET at = {mark} WHERE key = {mark}", (clock.now(), RUNNER))


def _record(
    place: RunnerPlace,
    act: str,
    book: str,
    *,
    clause: str,
    detail: dict[str, object],
    unit: int | None = None,
    entry: int | None = None,
    request: int | None = None,
) -> None:
    told = {key: value for key, value in detail.items() if value is not None}
    audit.append(
        act=act, outcome="done", source=place.source, front=place.front, clause=clause, book=book, unit=unit,
        entry=entry, request=request, detail=told,
    )  # fmt: skip
