"""Offices: who holds which role of which unit, from a day to a day, in which capacity. Not an operation.

These run within the transaction of the operation that needs them. An office is a person's, be there an
account or not (`Grant`). Who acts for the time being and who deputises decide beside the holder, each in
their own name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from db.approval.capacity import DEPUTY, HOLDER, Capacity
from db.desk.notation.localtime import day_begins
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import DEFAULT, HEAD, SECONDS
from db.store import clock
from db.store.tables import Account, Entry, Grant, Person, Unit


@dataclass(frozen=True, slots=True)
class UnitHead:
    """Who heads a unit now: the holder, or while there is none, whoever acts."""

    entry: int
    person: int
    capacity: Capacity


def heads_in(book: str, units: Collection[int] | None = None) -> dict[int, UnitHead]:
    """Find the present heads of active units: the holder before an acting one, never a deputy. Only people
    with an active entry in the book count."""
    rows: Any = (
        Grant.select(Grant.unit, fn.MIN(Entry.id), Grant.person, Grant.capacity)
        .join(Unit, on=(Grant.unit == Unit.id))
        .join(Entry, on=(Entry.person == Grant.person) & (Entry.book == Unit.book))
        .where((Unit.book == book) & Unit.active & (Entry.state == "active"))
        .where((Grant.role == HEAD) & (Grant.capacity != DEPUTY) & Grant.in_force())
        .group_by(Grant.id, Grant.unit, Grant.person, Grant.capacity)
        .order_by(Grant.capacity == HOLDER, Grant.id)
        .tuples()
    )
    if units is not None:
        rows = rows.where(Grant.unit.in_(list(units)))
    return {unit: UnitHead(*head) for unit, *head in rows}


def head_of(unit: Unit) -> UnitHead | None:
    return heads_in(unit.book_id, [unit.id]).get(unit.id)


def headed_by(person: int, book: str) -> tuple[Unit, ...]:
    """Return the units of ``book`` that ``person`` heads now, as holder, acting or deputy."""
    rows = Unit.select().join(Grant, on=(Grant.unit == Unit.id))
    held = (Grant.person == person) & (Grant.role == HEAD) & Grant.in_force() & (Unit.book == book)
    return tuple(rows.where(held).distinct().order_by(Unit.id))


def end_headships(*, unit: int | None = None, book: str | None = None, person: int | None = None) -> None:
    """End headships, also future ones, of ``unit``, ``book`` or ``person`` as of now; the grants stay in
    their table. Notifies nobody and records nothing."""
    ending = (Grant.role == HEAD) & Grant.revoked_at.is_null()
    for column, wanted in ((Grant.unit, unit), (Grant.book, book), (Grant.person, person)):
        if wanted is not None:
            ending &= column == wanted
    Grant.update(revoked_at=clock.now()).where(ending).execute()


def end_offices(unit: int, person: int) -> list[Grant]:
    """End all offices of ``unit`` itself that ``person`` holds now or later, and return them. Notifies
    nobody."""
    theirs = Account.select(Account.id).where(Account.person == person)
    lasting = Grant.until.is_null() | (Grant.until > clock.now())
    held = (Grant.unit == unit) & Grant.revoked_at.is_null() & lasting
    held &= (Grant.person == person) | Grant.account.in_(theirs)
    ended = list(Grant.select().where(held).order_by(Grant.id))
    Grant.update(revoked_at=clock.now()).where(Grant.id.in_([one.id for one in ended])).execute()
    return ended


def set_head(unit: int, entry: int | None) -> None:
    """End the headships of ``unit``, also future ones, and make the person of ``entry`` its head from now on
    (None: nobody). Notifies nobody."""
    end_headships(unit=unit)
    if entry is not None:
        row, now = Entry.get_by_id(entry), clock.now()
        Grant.create(person=row.person_id, role=HEAD, book=row.book_id, unit=unit, granted_at=now)


def is_single(policy: EffectivePolicy, role: str) -> bool:
    """Return whether an office has one holder: a unit's head; where a deputy is required, the deputy and who
    they stand in for (D.3)."""
    if role == HEAD or policy.deputy is None:
        return role == HEAD
    return role in (*policy.holders("owner"), policy.role_behind("deputy"))


def held_now(
    book: str, role: str, unit: int | None, *, person: int | None = None, coming: bool = False
) -> list[Grant]:
    """Return the grants of the office of ``role`` in ``unit`` (None: the whole book), or of ``person`` alone;
    ``coming`` adds those that begin later. An office of the whole book may be on record with its root, which
    counts as the same."""
    roots = [row.id for row in Unit.select(Unit.id).where((Unit.book == book) & Unit.parent.is_null())]
    lasting = Grant.revoked_at.is_null() & (Grant.until.is_null() | (Grant.until > clock.now()))
    wanted = (Grant.book == book) & (Grant.role == role) & (lasting if coming else Grant.in_force())
    if unit is None or (unit in roots and role != HEAD):
        wanted &= Grant.unit.is_null() | Grant.unit.in_(roots)
    else:
        wanted &= Grant.unit == unit
    if person is not None:
        accounts = Account.select(Account.id).where(Account.person == person)
        wanted &= (Grant.person == person) | Grant.account.in_(accounts)
    return list(Grant.select().where(wanted).order_by(Grant.id))


def end_grants_on(held: Iterable[Grant], day: date) -> None:
    """End each of ``held`` at the start of ``day``, or now if that is past; one that begins later never
    begins, and one that ends earlier still does. Notifies nobody."""
    now, begins = clock.now(), day_begins(day)
    for grant in held:
        if begins <= now or grant.from_at >= begins:
            Grant.update(revoked_at=now).where(Grant.id == grant.id).execute()
        elif grant.until is None or grant.until > begins:
            Grant.update(until=begins).where(Grant.id == grant.id).execute()


def tenures(book: str, moment: str, *, coming: bool = False) -> list[Grant]:
    """Return the offices of the book held at ``moment``, with ``coming`` also later ones: those of the whole
    book first, then by units."""
    held = Grant.select(Grant, Person).left_outer_join(Person, on=Grant.person)
    rows = held.where((Grant.book == book) & held_at(moment))
    if not coming:
        rows = rows.where(Grant.from_at <= moment)
    return list(rows.order_by(Grant.unit.is_null(False), Grant.unit, Grant.role, Grant.id))


def held_at(moment: str) -> Any:
    """Return the condition for grants that were made before ``moment`` and not over then; they may begin
    later."""
    lasts = (Grant.until.is_null() | (Grant.until > moment)) & (
        Grant.revoked_at.is_null() | (Grant.revoked_at > moment)
    )
    return lasts & (Grant.granted_at <= moment)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An office nobody holds or acts in, of a unit if not of the book; ``last``: its last grant, if any."""

    role: str
    unit: int | None
    last: int | None


def vacant_offices(policy: EffectivePolicy) -> Iterator[Vacancy]:
    """Yield the vacant offices of the policy's book: those that keep it and decide in it, and the heads of
    units with people, where the regulations have heads do something or there was one. Deputies and suspended
    holders fill none."""
    here = Grant.select().where((Grant.book == policy.book) | Grant.book.is_null())
    held: dict[tuple[str, int | None], int] = {}
    last: dict[tuple[str, int | None], int] = {}
    for grant in here.where(Grant.capacity != DEPUTY).order_by(Grant.id):
        last[grant.role, grant.unit_id if grant.role == HEAD else None] = grant.id
    suspended = suspended_holdings()
    for grant in here.where((Grant.capacity != DEPUTY) & Grant.in_force()):
        if grant.id not in suspended:
            held[grant.role, grant.unit_id if grant.role == HEAD else None] = grant.id
    for role in _needed(policy):
        if (role, None) not in held:
            yield Vacancy(role, None, last.get((role, None)))
    people = Entry.select(Entry.unit).where((Entry.book == policy.book) & (Entry.state == "active"))
    wanted = (Unit.book == policy.book) & Unit.active & (Unit.side == "internal") & Unit.id.in_(people)
    wants_heads = _wants_heads(policy)
    for unit in Unit.select(Unit.id).where(wanted & Unit.parent.is_null(False)).order_by(Unit.id):
        led = last.get((HEAD, unit.id))
        if (HEAD, unit.id) not in held and (led is not None or wants_heads):
            yield Vacancy(HEAD, unit.id, led)


def _wants_heads(policy: EffectivePolicy) -> bool:
    """Return whether a regulation gives heads something to do; steps that only the safe default gives them go
    to the next above without one."""
    scope = policy.scope(HEAD)
    named = [
        *(role for duty in policy.duties for role in duty.doers),
        *(review.by for review in policy.reviews),
    ]
    for flow in policy.flows:
        if flow.clause != DEFAULT:
            named += (*flow.submit, *(step.role for step in flow.steps))
    return scope.propose != "none" and (scope.clause != DEFAULT or HEAD in map(policy.role_behind, named))


def suspended_holdings() -> set[int]:
    """Return grants of persons who may not sign in any more: all their accounts are shut off."""
    rows: Any = (
        Grant.select(Grant.id, Account.state).join(Account, on=Grant.is_of()).where(Grant.in_force()).tuples()
    )
    states: dict[int, set[str]] = defaultdict(set)
    for grant, state in rows:
        states[grant].add(state)
    return {grant for grant, known in states.items() if known == {"disabled"}}


def _needed(policy: EffectivePolicy) -> tuple[str, ...]:
    """Return the roles whose office may be vacant: those that keep the book, that its regulations name, and
    that its requests need."""
    named = [(policy.supervisor.role, policy.supervisor.clause)]
    named += [(owner.role, owner.clause) for owner in policy.owners]
    if policy.deputy is not None:
        named.append((policy.deputy.role, policy.deputy.clause))
    stated = (role for role, clause in named if clause != DEFAULT)
    deciding = (step.role for flow in policy.flows for step in flow.steps)
    found = (policy.maintainer.role, *stated, *map(policy.role_behind, deciding))
    return tuple(dict.fromkeys(role for role in found if role not in (HEAD, *SECONDS)))
