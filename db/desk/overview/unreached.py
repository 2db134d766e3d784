"""Who is owed something and can't get it: people without an account in use who are to receive notices, tasks
or what subjects owe them, and offices with duties that nobody holds. Told its keeper once a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from peewee import fn

from db.approval.capacity import HOLDER, capacity_of
from db.desk.authority.office_names import office_name, role_name
from db.desk.authority.offices import vacant_offices
from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import calendar, has_calendar, today
from db.desk.extracts.report_rights import MAINTAINER, Extent
from db.desk.hooks import hooks
from db.desk.notifications.alarming import role_accounts
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT
from db.desk.tasks.duties import Alarm
from db.desk.tasks.opening import mark_once
from db.desk.tasks.task_kinds import kind_of
from db.language import Text, _
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite
from db.policy.vocabulary import HEAD, PERSON, SECONDS
from db.store.tables import Account, Entry, Grant, Task, Unit, UnitAbove

ALARM: Final = "unreached"
IMPLIED: Final = frozenset({HEAD, PERSON, *SECONDS, "employee"})
"""Roles that are not one office of the book: of heads each vacancy is told by itself."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a subject owes the person of ``entry``. Of what is made out to them already, ``problem`` says as
    in a row why they can't get it, and ``name`` and ``unit_name`` are those that stand on it."""

    entry: int
    what: Text
    clause: str
    problem: str = ""
    name: str = ""
    unit: int = 0
    unit_name: str = ""


_BySubjects = Mapping[int, Sequence[Owed]]
"""By entry."""


@dataclass(frozen=True, slots=True)
class UnreachedRow:
    """``problem``: ``no-account`` (of a person, who is owed ``what``), ``left`` or ``not-issued`` (of the
    recipient of the copies ``what``) or ``vacant`` (of an office, whose duties ``what`` are)."""

    problem: str
    name: Text
    unit: str
    what: tuple[Text, ...]
    clause: str


def unreached(place: Extent) -> tuple[UnreachedRow, ...]:
    """Return, from ``place`` down, people without an account who are owed something, in the order of entries,
    then recipients of copies out of reach, then vacant offices with duties."""
    policy, owed = policy_of(place.book), defaultdict[int, list[Owed]](list)
    for one in (one for owes in hooks().owes for one in owes(policy)):
        owed[one.entry].append(one)
    return (
        *_people(policy, place.unit, owed), *_recipients(owed, place.unit), *_offices(policy, place.unit)
    )  # fmt: skip


def alert_unreached(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Notify the book's maintainers, once a week, of how many people and offices can't be reached, if any;
    yield the alarm."""
    week = calendar().period("week", today()).first if has_calendar() else None
    if week is None or not mark_once(f"{ALARM}:{policy.book}:{week}"):
        return
    rows = unreached(Extent(policy.book, root_of(policy.book), MAINTAINER))
    if rows:
        offices = sum(row.problem == "vacant" for row in rows)
        figures = {"people": len(rows) - offices, "offices": offices}
        whom = role_accounts(policy, policy.maintainer.role)
        told = store_notice(ALARM, policy.book, whom, clause=SILENT, detail=figures)
        yield Alarm("duties.unreached", SILENT, {**figures, "told": told})


def _people(policy: EffectivePolicy, top: int, by_subjects: _BySubjects) -> Iterator[UnreachedRow]:
    owed = _Owed(policy, by_subjects)
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == top)
    account = Account.select(Account.id).where((Account.person == Entry.person) & Account.in_use())
    kinds = [kind.id for kind in policy.kinds if kind.side == "internal"]
    rows = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where(Entry.unit.in_(below) & (Entry.state == "active") & Entry.kind.in_(kinds))
        .where(~fn.EXISTS(account))
    )
    for entry in rows.order_by(Entry.id):
        what = tuple(owed.by(entry))
        if what:
            clause = cite(*(clause for _text, clause in what))
            texts = tuple(dict.fromkeys(text for text, _clause in what))
            yield UnreachedRow("no-account", entry.name, entry.unit.name, texts, clause)


class _Owed:
    """What a book's rules and its record give to people, each with the clause."""

    def __init__(self, policy: EffectivePolicy, by_subjects: _BySubjects) -> None:
        self._policy, self._by_subjects = policy, by_subjects

    def by(self, entry: Entry) -> Iterator[tuple[Text, str]]:
        if self._announced:
            yield _("notices"), self._announced
        for owed in self._by_subjects.get(entry.id, ()):
            yield owed.what, owed.clause
        for grant in self._offices_by_person.get(entry.person_id, ()):
            office = office_name(entry.book_id, grant.role, grant.unit_id, capacity_of(grant.capacity))
            yield office, self._policy.rights.clause
        for task in self._tasks.get(entry.id, ()):
            yield kind_of(task.kind).label, task.clause

    @cached_property
    def _offices_by_person(self) -> dict[int | None, list[Grant]]:
        """Offices by the person who holds them."""
        found: dict[int | None, list[Grant]] = defaultdict(list)
        held = (Grant.book == self._policy.book) & Grant.person.is_null(False) & Grant.in_force()
        for grant in Grant.select().where(held).order_by(Grant.id):
            found[grant.person_id].append(grant)
        return found

    @cached_property
    def _tasks(self) -> dict[int | None, list[Task]]:
        """Open tasks for the persons whom they are about, by entry."""
        found: dict[int | None, list[Task]] = defaultdict(list)
        own = (Task.book == self._policy.book) & (Task.role == PERSON) & (Task.state == "open")
        for task in Task.select().where(own).order_by(Task.id):
            found[task.entry_id].append(task)
        return found

    @cached_property
    def _announced(self) -> str:
        """The clauses by which people are notified of changes; empty where none says so."""
        told = [flow.announce.clause for flow in self._policy.flows if flow.announce]
        told += [duty.announce_clause for duty in self._policy.duties if duty.announce]
        told += [rule.clause for rule in self._policy.notices]
        return cite(*told) if told else ""


def _recipients(owed: _BySubjects, top: int) -> Iterator[UnreachedRow]:
    """Yield copies of people who have an account by now, or left, that nobody can acknowledge."""
    below = {row.unit_id for row in UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == top)}
    for things in owed.values():
        made = [one for one in things if one.problem]
        if made and made[0].problem in ("left", "not-issued") and made[0].unit in below:
            what, clauses = tuple(one.what for one in made), cite(*(one.clause for one in made))
            yield UnreachedRow(made[0].problem, made[0].name, made[0].unit_name, what, clauses)


def _offices(policy: EffectivePolicy, top: int) -> Iterator[UnreachedRow]:
    """Yield vacant offices, and roles with duties that nobody holds anywhere in the book."""
    below = {row.unit_id for row in UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == top)}
    duties, whole, told = _duties(policy), top == root_of(policy.book), set[str]()
    for vacancy in vacant_offices(policy):
        if vacancy.unit in below or (vacancy.unit is None and whole):
            told.add(vacancy.role)
            unit = Unit.get_by_id(vacancy.unit).name if vacancy.unit is not None else ""
            name = office_name(policy.book, vacancy.role, vacancy.unit, HOLDER)
            what = tuple(text for text, _clause in duties.get(vacancy.role, ()))
            yield UnreachedRow("vacant", name, unit, what, policy.rights.clause)
    here = (Grant.book == policy.book) | Grant.book.is_null()
    held = {row.role for row in Grant.select(Grant.role).where(here & Grant.in_force()).distinct()}
    for role, found in duties.items():
        if whole and role not in held | told | IMPLIED:
            texts, clauses = zip(*found, strict=True)
            yield UnreachedRow("vacant", role_name(policy.book, role), "", texts, cite(*clauses))


def _duties(policy: EffectivePolicy) -> dict[str, list[tuple[Text, str]]]:
    """Return the duties and reviews of each role, with their clauses."""
    found: dict[str, list[tuple[Text, str]]] = {}
    for duty in policy.duties:
        found.setdefault(policy.role_behind(duty.by), []).append((wording.DUTIES[duty.kind], duty.clause))
    for review in policy.reviews:
        found.setdefault(policy.role_behind(review.by), []).append(
            (wording.REVIEWS[review.kind], review.clause)
        )
    return found
