"""Who holds which office of a book, in which capacity, since when and until when; what stands vacant; and who
held it on any day before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from peewee import chunked

from db.approval.capacity import HOLDER, Capacity, capacity_of
from db.desk.authority.office_names import office_name, office_of
from db.desk.authority.offices import suspended_holdings, tenures, vacant_offices
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.authority.reach import SIDES, search_scope_of
from db.desk.due_dates import today
from db.desk.entry.units import path_of
from db.desk.extracts.report_rights import units_below
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import day_begins, last_day, local, moment_before
from db.desk.notation.parsing import day_of
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem
from db.language import Text, _
from db.policy.vocabulary import HEAD, Side
from db.store import clock
from db.store.tables import Account, Delegation, Entry, Grant, Person, Unit

AT_ONCE = 500
State = Literal["held", "suspended", "coming", "vacant"]
STAND_IN: Final = "stand-in"
"""Of whoever decides in the office while its holder is away, as whom the holder named."""


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office as it was held on a day, or that it stands vacant; "suspended": held by somebody who may not
    sign in, who doesn't fill it meanwhile. ``since`` and ``until``, the last one, are days (ISO), empty where
    it is not on record, or for good; ``place`` are the unit and those above it, which stands so many below
    the root (``depth``)."""

    id: str
    book: str
    role: str
    unit: int | None
    office: Text
    place: tuple[str, ...]
    holder: str
    capacity: Capacity | Literal["stand-in"]
    since: str
    until: str
    state: State
    depth: int = 0
    whom: str = ""
    """The holder as a form names them, whoever else is called so: by number, or by login who has no entry."""


class Offices(OperationGroup):
    """Looking at offices; they are filled by `accounts.appointing`."""

    @operation("offices.held", label=_("see who holds which office"), recorded=False, power=LOOKS)
    def held(self, book: str, day: str = "") -> tuple[OfficeRow, ...]:
        """Return the offices of ``book`` as they are held and are to be held, or were on ``day`` (ISO),
        vacant ones first, then in the order of the tree. Whoever keeps or supervises the book sees all,
        others those of people within their reach. Delegates stand after those who named them. Raises Invalid
        for what is no day or lies ahead, Refused for a foreign book."""
        self.permissions.check_book(book)
        wanted = _day(day)
        whole = _sees_all(self.permissions, book)
        held = list(self._office_rows(book, wanted, whole=whole))
        if wanted is not None or not whole:
            return tuple(held)
        away = {str(number) for number in suspended_holdings()}
        held = [replace(row, state="suspended") if row.id in away else row for row in held]
        return (*_vacant(book, held), *held)

    def _office_rows(self, book: str, day: date | None, *, whole: bool) -> Iterator[OfficeRow]:
        now = clock.now()
        moment = now if day is None else min(moment_before(day_begins(day + timedelta(days=1))), now)
        units = _units(book)
        place = {unit: number for number, unit in enumerate(units)}
        rows = sorted(
            tenures(book, moment, coming=day is None), key=lambda row: place.get(row.unit_id or 0, -1)
        )
        stand_ins = _stand_ins(book, moment, coming=day is None)
        persons = {_person_of(row) for row in rows}
        persons |= {one.to.person_id for found in stand_ins.values() for one in found}
        entries = _entries(book, [person for person in persons if person is not None])
        reached = entries if whole else _reached(self.permissions, book, entries)
        for row in rows:
            person = _person_of(row)
            if whole or person in reached:
                shown = _row(book, row, moment, units.get(row.unit_id or 0), entries.get(person))
                yield shown
                for stand_in in stand_ins.get((row.role, person), ()):
                    named_since = max(row.granted_at, row.from_at) <= stand_in.created_at
                    if named_since and (whole or stand_in.to.person_id in reached):
                        yield _standing_in(shown, stand_in, local(moment)[:10])


@dataclass(frozen=True, slots=True)
class _Unit:
    """``path``: the names from below the root down to its own."""

    name: str
    depth: int
    path: tuple[str, ...]


def _units(book: str) -> dict[int, _Unit]:
    found: dict[int, _Unit] = {}
    path: list[str] = []
    for unit in units_below(book, {root_of(book)}):
        path[unit.depth :] = [unit.name]
        found[unit.id] = _Unit(unit.name, unit.depth, tuple(path[1:]))
    return found


def _day(text: str) -> date | None:
    day = day_of("day", text) if text.strip() else None
    if day is not None and day > today():
        raise Invalid(Problem("day", _("This day is still to come.")))
    return day


def _sees_all(permissions: Permissions, book: str) -> bool:
    policy = policy_of(book)
    roles = {policy.role_behind(policy.rights.by), policy.supervisor.role}
    return permissions.keeps_book(book) or bool(roles & permissions.roles(book))


class _Placed(NamedTuple):
    """An entry, and where it is."""

    entry: int
    unit: int
    side: Side


def _entries(book: str, persons: Collection[int]) -> dict[int | None, _Placed]:
    """Return the active entry of each of ``persons`` who has one."""
    found: dict[int | None, _Placed] = {}
    for some in chunked(persons, AT_ONCE):
        wanted = (Entry.book == book) & Entry.person.in_(some) & (Entry.state == "active")
        query = Entry.select(Entry.person, Entry.id, Entry.unit, Unit.side).join(Unit).where(wanted)
        rows: Any = query.tuples()
        found |= {person: _Placed(*place) for person, *place in rows}
    return found


def _reached(permissions: Permissions, book: str, entries: Mapping[int | None, _Placed]) -> set[int | None]:
    grounds = {side: search_scope_of(permissions, book, side) for side in SIDES}
    for side, ground in grounds.items():
        ground.read_ancestors({row.unit for row in entries.values() if row.side == side})
    return {person for person, row in entries.items() if grounds[row.side].covers_entry(row.entry, row.unit)}


def _stand_ins(book: str, moment: str, *, coming: bool) -> dict[tuple[str, int | None], list[Delegation]]:
    """Return the delegations of each role's holder, a person, at ``moment``; if ``coming``, later too."""
    day = local(moment)[:10]
    rows = (
        Delegation.select(Delegation, Account)
        .join(Account, on=Delegation.account)
        .where(
            (Delegation.book == book)
            & Account.person.is_null(False)
            & (Delegation.until_day >= day)
            & (Delegation.created_at <= moment)
            & (Delegation.revoked_at.is_null() | (Delegation.revoked_at > moment))
        )
    )
    if not coming:
        rows = rows.where(Delegation.from_day <= day)
    found: dict[tuple[str, int | None], list[Delegation]] = {}
    for row in rows.order_by(Delegation.from_day, Delegation.id):
        found.setdefault((row.role, row.account.person_id), []).append(row)
    return found


def _vacant(book: str, held: Iterable[OfficeRow]) -> Iterator[OfficeRow]:
    """Yield the vacant offices, without those of suspended holders, which are in ``held``."""
    away = {(row.role, row.unit if row.role == HEAD else None) for row in held if row.state == "suspended"}
    for one in vacant_offices(policy_of(book)):
        role, unit = one.role, one.unit
        if (role, unit) in away:
            continue
        yield OfficeRow(
            f"{role}@{unit or ''}", book, role, unit, office_name(book, role, unit, HOLDER), _place(unit), "",
            HOLDER, "", "", "vacant",
        )  # fmt: skip


def _row(book: str, row: Grant, moment: str, unit: _Unit | None, entry: _Placed | None) -> OfficeRow:
    capacity = capacity_of(row.capacity)
    if unit is not None:
        office = office_of(book, row.role, unit.name, capacity, at_top=unit.depth == 0)
    else:  # of the whole book, or of a unit that is no more
        office = office_name(book, row.role, row.unit_id, capacity)
    since, ends = row.from_at or row.granted_at, [end for end in (row.until, row.revoked_at) if end]
    return OfficeRow(
        str(row.id),
        book,
        row.role,
        row.unit_id,
        office,
        unit.path if unit is not None else _place(row.unit_id),
        row.holder_name,
        capacity,
        local(since)[:10] if since else "",
        last_day(min(ends)) if ends else "",
        "held" if row.from_at <= moment else "coming",
        unit.depth if unit is not None else 0,
        _whom(row, entry),
    )


def _standing_in(held: OfficeRow, row: Delegation, day: str) -> OfficeRow:
    return replace(
        held,
        id=f"{held.id}/{row.id}",
        office=_("{office}, for {name}", office=held.office, name=held.holder),
        holder=_called(row.to),
        capacity=STAND_IN,
        since=row.from_day,
        until=row.until_day,
        state="held" if row.from_day <= day else "coming",
        whom="",
    )


def _called(account: Account) -> str:
    person: Person | None = account.person
    return str(account.login if person is None else person.name)


def _person_of(row: Grant) -> int | None:
    return row.person_id if row.account is None else row.account.person_id


def _whom(row: Grant, entry: _Placed | None) -> str:
    if entry is not None:
        return str(entry.entry)
    account = row.account or Account.get_or_none(Account.person == _person_of(row))
    return str(account.login) if account is not None else row.holder_name


def _place(unit: int | None) -> tuple[str, ...]:
    return path_of(unit)[1:] if unit is not None else ()
