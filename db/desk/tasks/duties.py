"""The duty runner: opens what is due to be opened, reminds before, escalates after (A.8, A.10, D.11.3).

It acts as the system, not as an account, and writes what it does to the audit. Several hosts may run it at
once and as often as they like: each thing is done once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import partial
from typing import Literal

from peewee import fn

from db.approval.capacity import HOLDER
from db.approval.facts import ApprovalContext, AwaitedHead
from db.approval.rule import fallback_roles, has_no_fallback
from db.desk.authority.office_names import office_name
from db.desk.authority.offices import vacant_offices
from db.desk.authority.permissions import active_policies, policy_of, root_of
from db.desk.entry.naming import by_number
from db.desk.hooks import hooks
from db.desk.notifications.alarming import accounts_with, alert_role, person_or_login, role_accounts
from db.desk.notifications.notices import AWAITED, store_notice
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.holding import apply_held
from db.desk.requests.putting_off import do_deferred, ripe_in
from db.desk.requests.recorded_facts import heads_awaited_in
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.opening import mark_once
from db.desk.tasks.reminders import Clocks, due_clocks, send_signals
from db.desk.tasks.usage_watch import unusual_usage
from db.language import listed, say
from db.policy.effective import EffectivePolicy
from db.policy.regulation import PolicyError
from db.policy.schema.base import cite_period
from db.policy.vocabulary import HEAD, PERSON, SECONDS
from db.store import audit, clock
from db.store.engine import database
from db.store.tables import Account, Book, Entry, Request, RequestStep, Task, Unit, UnitAbove
from db.store.transactions import reading, writing
from db.store.waiting_records import append_what_waits

LONGEST = 0.1
"""Seconds after which a runner gives the writers' turn away, once it is done with what it is at."""
RUNNER = "runner"
"""Key of the mark that one runner at a time holds while it works on a book."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one run did: tasks opened, reminders and escalations told, vacancies and usage alarmed, things
    erased at the end of their time; and the books of which it did nothing, as their rules can't be read."""

    opened: int = 0
    reminded: int = 0
    escalated: int = 0
    vacant: int = 0
    watched: int = 0
    erased: int = 0
    unreadable: tuple[str, ...] = ()

    def __add__(self, other: Round) -> Round:
        return Round(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Round)))


Step = Callable[["EffectivePolicy", "RunnerPlace"], Round]
"""What the runner does of a book in one transaction at the least."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was told of a book now, as the record has it."""

    act: str
    clause: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class RunnerPlace:
    """Where the runner runs, for the audit, and for how many seconds it keeps the turn, if not `LONGEST`."""

    front: Literal["host", "serve"]
    source: str
    longest: float | None = None


def run(place: RunnerPlace) -> Round:
    """Do everything that is due, book by book, in transactions between which others write: append records
    that wait to the audit chain, carry out held decisions whose session is over, end what last days end, open
    tasks, notify (reminders, escalations, alarms), and erase; each recorded as of ``place``. A book whose
    rules can't be read is passed over."""
    append_what_waits()
    apply_held()
    for begin in hooks().begins:
        begin()
    policies, unreadable = active_policies()
    done = Round(unreadable=tuple(unreadable))
    for book in [policy.book for policy in policies]:
        done += _in_turns(book, _steps(book), place)
        with reading():
            waiting = list(due_clocks(policy_of(book)))
        done += _in_turns(book, (partial(_signal, some) for some in waiting), place)
    everything = [row.id for row in Book.select(Book.id).order_by(Book.sort, Book.id)]
    for each in (*everything, None):
        # A book whose rules can't be read erases nothing, and keeps no other from it.
        with suppress(PolicyError), writing():
            _alone()
            done += Round(erased=sum(erase(each, place.source, place.front) for erase in hooks().erases))
    for end in hooks().ends:
        end()
    return done


def _in_turns(book: str, steps: Iterator[Step], place: RunnerPlace) -> Round:
    """Run ``steps``, each whole by itself, in transactions of at most `LONGEST` seconds, so that others write
    between."""
    done, step = Round(), next(steps, None)
    while step is not None:
        with writing():
            _alone()
            policy, until, is_turn = policy_of(book), time.monotonic() + _longest(place), True
            while step is not None and is_turn:
                done += step(policy, place)
                step, is_turn = next(steps, None), time.monotonic() < until
    return done


def _longest(place: RunnerPlace) -> float:
    return LONGEST if place.longest is None else place.longest


def _steps(book: str) -> Iterator[Step]:
    yield from (partial(_open, opener) for opener in hooks().openers)
    yield from (partial(_do_ripe, request.id) for request in ripe_in(book))
    yield from (partial(_raise, alarms) for alarms in hooks().alarms)
    vacancies = (_alarm_vacancies, _alarm_offices, _alarm_stuck, _alarm_heads)
    yield from (partial(_alarm_vacant, alarm) for alarm in vacancies)
    yield lambda policy, place: Round(watched=_alarm_usage(policy, place))


def _open(
    opener: Callable[[EffectivePolicy], Sequence[Task]], policy: EffectivePolicy, place: RunnerPlace
) -> Round:
    opened = opener(policy)
    for task in opened:
        _record(
            place, "duties.open", policy.book, clause=task.clause, unit=task.unit_id, entry=task.entry_id,
            detail={"task": task.id, "kind": task.kind, "due": task.due},
        )  # fmt: skip
    return Round(opened=len(opened))


def _do_ripe(number: int, policy: EffectivePolicy, place: RunnerPlace) -> Round:
    # Since it was found somebody may have decided or withdrawn it.
    for request in ripe_in(policy.book, Request.id == number):
        became = do_deferred(request)
        _record(
            place, "duties.ripe", policy.book, clause=request.clause, request=request.id,
            detail={"state": became},
        )  # fmt: skip
    return Round()


def _raise(
    alarms: Callable[[EffectivePolicy], Iterable[Alarm]], policy: EffectivePolicy, place: RunnerPlace
) -> Round:
    for raised in alarms(policy):
        _record(place, raised.act, policy.book, clause=raised.clause, detail={**raised.detail})
    return Round()


def _alarm_vacant(
    alarm: Callable[[EffectivePolicy, RunnerPlace], int], policy: EffectivePolicy, place: RunnerPlace
) -> Round:
    return Round(vacant=alarm(policy, place))


def _signal(some: Clocks, policy: EffectivePolicy, place: RunnerPlace) -> Round:
    told = {"remind": 0, "escalate": 0}
    for signal in send_signals(policy, some):
        told[signal.stage] += 1
        _record(
            place, f"duties.{signal.stage}", policy.book, clause=signal.clause, unit=signal.unit,
            entry=signal.entry, request=signal.request, detail={"task": signal.task, "told": signal.told},
        )  # fmt: skip
    return Round(reminded=told["remind"], escalated=told["escalate"])


def _alarm_vacancies(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Notify whom the policy names, recorded and once for each vacancy, of departments without anybody in the
    book (B.5.5)."""
    watch = next((rule for rule in policy.watches if rule.what == "vacancy"), None)
    if watch is None:
        return 0
    count = 0
    for unit, since in _vacant_units(policy):
        if mark_once(f"vacancy:{policy.book}:{unit.id}:{since}"):
            count += 1
            whom = role_accounts(policy, policy.role_behind(watch.to))
            clause = watch.clause
            store_notice("vacancy", policy.book, whom, clause=clause, unit=unit.id)
            _record(
                place, "duties.vacancy", policy.book, clause=clause, unit=unit.id,
                detail={"told": len(whom)},
            )  # fmt: skip
    return count


def _vacant_units(policy: EffectivePolicy) -> Iterator[tuple[Unit, str]]:
    """Yield departments without anybody in this book, each with a text that differs between vacancies."""
    inhabited = (
        UnitAbove.select(UnitAbove.unit)
        .join(Entry, on=(Entry.unit == UnitAbove.unit))
        .where((UnitAbove.above == Unit.id) & (Entry.book == policy.book) & (Entry.state == "active"))
    )
    rows = Unit.select().where(
        (Unit.book == policy.book)
        & Unit.active
        & (Unit.side == "internal")
        & Unit.parent.is_null(False)
        & ~fn.EXISTS(inhabited)
    )
    for unit in rows.order_by(Unit.id):
        below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == unit.id)
        known = Entry.select().where(Entry.unit.in_(below) & (Entry.state != "pending"))
        last = known.order_by(Entry.updated_at.desc()).first()
        yield unit, f"{last.id}:{last.version}" if last is not None else "0"


def _alarm_offices(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Notify those who can fill an office that has become vacant, for a head's office also the head above;
    recorded, and once for each vacancy."""
    count, resolver = 0, ApproverResolver()
    for vacancy in vacant_offices(policy):
        if vacancy.last is None or not mark_once(f"office:{policy.book}:{vacancy.role}:{vacancy.last}"):
            continue
        count += 1
        unit = Unit.get_by_id(vacancy.unit if vacancy.unit is not None else root_of(policy.book))
        case = ApprovalContext(policy.book, unit.parent_id or unit.id, None, frozenset())
        fills = (policy.rights.by, "maintainer", *((HEAD,) if vacancy.role == HEAD else ()))
        whom = {one.account for role in fills for one in resolver.approvers(case, policy.role_behind(role))}
        _tell_office(policy, place, "office-vacant", whom, [vacancy.role], vacancy.unit)
    return count


def _alarm_stuck(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Notify the requester, and those who fill the offices, of a request on whose open step nobody can decide
    any more; recorded. Looks only at steps of an office that is vacant or has no fallback."""
    waiting = (
        RequestStep.select(RequestStep, Request)
        .join(Request)
        .where((Request.book == policy.book) & (Request.state == "open") & (RequestStep.state == "open"))
        .order_by(Request.id)
    )
    empty = {one.role for one in vacant_offices(policy) if one.role != HEAD}
    count, request_approvers = 0, RequestApprovers()
    for step in waiting:
        deciding = (
            () if step.role in (PERSON, *SECONDS) else fallback_roles(policy, step.role, in_person=False)
        )
        vacant = [role for role in deciding if role in empty]
        waits_anyway = KINDS[step.request.kind].ends_undecided
        if (
            not (vacant or waits_anyway or has_no_fallback(policy, step.role))
            or request_approvers.approvers(step.request, step)
            or request_approvers.awaited_head(step.request, step)
        ):
            continue
        if mark_once(f"stuck:{step.request_id}:{step.id}"):
            count += 1
            whom = {step.request.requester_id, *role_accounts(policy, policy.role_behind(policy.rights.by))}
            # Where none is vacant, those who hold the office may not decide it.
            _tell_office(
                policy, place, "request-stuck", whom, vacant or [step.role], None, step.request,
                held=not vacant,
            )  # fmt: skip
    return count


def _alarm_heads(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Notify those who fill the office and who make accounts, and the head above, of a head without an
    account for whom something waits (C.5, E.7, E.13.2); recorded, once for each head."""
    if not heads_awaited_in(policy.book):
        return 0
    found: dict[int, AwaitedHead] = {}
    request_approvers, assignees = RequestApprovers(), TaskAssignees()
    steps = RequestStep.select(RequestStep, Request).join(Request)
    at_head = (RequestStep.state == "open") & (RequestStep.role == HEAD) & (Request.state == "open")
    for step in steps.where((Request.book == policy.book) & at_head).order_by(RequestStep.id):
        awaited = request_approvers.awaited_head(step.request, step)
        if awaited is not None:
            found[awaited.grant] = awaited
    tasks = Task.select().where((Task.book == policy.book) & (Task.state == "open") & (Task.role == HEAD))
    for task in tasks.order_by(Task.id):
        one = assignees.awaited_head(task)
        if one is not None:
            found[one.grant] = one
    count = 0
    for grant, head in found.items():
        if Account.select().where((Account.person == head.person) & Account.in_use()).exists():
            continue  # invited: it is the head's turn
        if mark_once(f"awaited:{policy.book}:{grant}"):
            count += 1
            _tell_of_head(policy, place, head)
    return count


def _tell_of_head(policy: EffectivePolicy, place: RunnerPlace, head: AwaitedHead) -> None:
    unit, resolver = Unit.get_by_id(head.unit), ApproverResolver()
    ways_up = resolver.facts.units_up(unit.parent_id or unit.id)
    above = [one for at in ways_up for one, *_held in resolver.facts.heads_of(at)]
    roles = (policy.rights.by, policy.maintainer.role, policy.technical.role)
    whom = {one for role in roles for one in role_accounts(policy, policy.role_behind(role))} | set(above[:1])
    clause = policy.rights.clause
    store_notice(
        AWAITED, policy.book, sorted(whom), clause=clause, unit=unit.id,
        detail={"who": by_number(head.person), "unit": unit.name},
    )  # fmt: skip
    _record(
        place, "duties.head-awaited", policy.book, clause=clause, unit=unit.id, detail={"told": len(whom)}
    )


def _tell_office(
    policy: EffectivePolicy,
    place: RunnerPlace,
    kind: Literal["office-vacant", "request-stuck"],
    whom: set[int],
    roles: Sequence[str],
    unit: int | None,
    request: Request | None = None,
    **more: object,
) -> None:
    office = listed(office_name(policy.book, role, unit, HOLDER) for role in roles)
    number, clause = request.id if request is not None else None, policy.rights.clause
    said = {"office_zh": say(office, "zh_CN"), "office_en": say(office, "en"), "number": str(number)}
    store_notice(
        kind, policy.book, sorted(whom), clause=clause, unit=unit, request=number, detail={**said, **more}
    )
    _record(
        place, f"duties.{kind}", policy.book, clause=clause, unit=unit, request=number,
        detail={"role": ", ".join(roles), "told": len(whom)},
    )  # fmt: skip


def _alarm_usage(policy: EffectivePolicy, place: RunnerPlace) -> int:
    """Notify whom the policy names, by notice and mail, recorded and once a day, of people who open unusually
    many entries; never those people themselves."""
    count = 0
    for usage in unusual_usage(policy):
        if mark_once(f"{usage.what}:{policy.book}:{usage.account}:{usage.day}"):
            count += 1
            rule, accounts = usage.rule, accounts_with(usage.account)
            clause = cite_period(rule.clause, rule.clause_of("entries_a_day"))
            about = {"who": person_or_login(usage.account), "entries": usage.entries}
            told = alert_role("usage", policy, rule.to, accounts, clause=clause, detail=about)
            _record(
                place, "duties.usage", policy.book, clause=clause,
                detail={"account": usage.account, "entries": usage.entries, "told": told},
            )  # fmt: skip
    return count


def _alone() -> None:
    """Lock the runner's mark, so that a runner on another host finishes its book first."""
    mark_once(RUNNER)
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
