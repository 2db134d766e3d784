"""Who holds which office of a book, in which capacity, since when and until when; what stands vacant; and who
held it on any day before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from db.desk.authority.capacity import HOLDER, Capacity, capacity_of
from db.desk.authority.office_names import office_name
from db.desk.authority.offices import tenures, vacant_offices
from db.desk.authority.reach import covering
from db.desk.authority.standing import Standing, no_such_book, policy_of, root_of
from db.desk.clockwork import today
from db.desk.entry.colleagues import side_of
from db.desk.entry.units import path_of
from db.desk.extracts.report_rights import units_below
from db.desk.frame import Subject, operation
from db.desk.notation.localtime import day_begins, local
from db.desk.notation.parsing import read_day
from db.desk.refusal import Invalid, Problem
from db.language import Message, Text, _
from db.store import clock
from db.store.tables import Account, Delegation, Entry, Grant, Person

State = Literal["held", "coming", "vacant"]
STAND_IN: Final = "stand-in"
"""Of whoever decides in the office while its holder is away, as whom the holder named."""


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office as it was held on a day, or that it stands vacant. ``since`` and ``until``, the last one, are
    days (ISO), empty where it is not on record, or for good; ``place`` are the unit and those above it, which
    stands so many below the root (``depth``)."""

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


class Offices(Subject):
    """Looking at offices; they are filled by a request (`asking.appointing`)."""

    @operation("offices.held", label=_("see who holds which office"), recorded=False)
    def held(self, book: str, day: str = "") -> tuple[OfficeRow, ...]:
        """The offices of ``book`` as they are held now and are to be held, or were on ``day`` (ISO), vacant
        ones first, then in the order of the tree. Whoever keeps the book or supervises it sees all, others
        those of people within their reach. Whom a holder named to stand in is told after them. Raises Invalid
        for what is no day or lies ahead."""
        if book not in self.standing.books:
            raise no_such_book()
        wanted = _day(day)
        whole = _sees_all(self.standing, book)
        vacant = () if wanted is not None or not whole else _vacant(book)
        return (*vacant, *self._held(book, wanted, whole=whole))

    def _held(self, book: str, day: date | None, *, whole: bool) -> Iterator[OfficeRow]:
        now = clock.now()
        moment = now if day is None else min(_before(day_begins(day + timedelta(days=1))), now)
        tree = units_below(book, {root_of(book)})
        depth = {unit.id: unit.depth for unit in tree}
        place = {unit.id: number for number, unit in enumerate(tree)}
        rows = sorted(
            tenures(book, moment, coming=day is None), key=lambda row: place.get(row.unit_id or 0, -1)
        )
        for row in rows:
            if whole or _within(self.standing, book, _person_of(row)):
                shown = _row(book, row, moment, depth.get(row.unit_id or 0, 0))
                yield shown
                for stand_in in _stand_ins(book, row, moment, coming=day is None):
                    if whole or _within(self.standing, book, stand_in.to.person_id):
                        yield _standing_in(shown, stand_in, local(moment)[:10])


def _day(text: str) -> date | None:
    day = read_day(text) if text.strip() else None
    if isinstance(day, Message):
        raise Invalid(Problem("day", day))
    if day is not None and day > today():
        raise Invalid(Problem("day", _("This day is still to come.")))
    return day


def _sees_all(standing: Standing, book: str) -> bool:
    policy = policy_of(book)
    roles = {policy.holder(policy.rights.by), policy.supervisor.role}
    return standing.keeps(book) or bool(roles & standing.roles(book))


def _within(standing: Standing, book: str, person: int | None) -> bool:
    entry = _entry(book, person)
    return entry is not None and bool(covering(standing, book, side_of(entry), entry.id, entry.unit_id))


def _stand_ins(book: str, row: Grant, moment: str, *, coming: bool) -> list[Delegation]:
    """Those whom the holder of ``row`` named and who stand in at ``moment``, or who are ``coming``."""
    day = local(moment)[:10]
    rows = Delegation.select().where(
        (Delegation.book == book)
        & (Delegation.role == row.role)
        & Delegation.account.in_(Account.select(Account.id).where(Account.person == _person_of(row)))
        & (Delegation.until_day >= day)
        & (Delegation.created_at <= moment)
        & (Delegation.revoked_at.is_null() | (Delegation.revoked_at > moment))
    )
    if not coming:
        rows = rows.where(Delegation.from_day <= day)
    return list(rows.order_by(Delegation.from_day, Delegation.id))


def _vacant(book: str) -> Iterator[OfficeRow]:
    for one in vacant_offices(policy_of(book)):
        role, unit = one.role, one.unit
        yield OfficeRow(
            f"{role}@{unit or ''}", book, role, unit, office_name(book, role, unit, HOLDER), _place(unit), "",
            HOLDER, "", "", "vacant",
        )  # fmt: skip


def _row(book: str, row: Grant, moment: str, depth: int) -> OfficeRow:
    capacity = capacity_of(row.capacity)
    since, ends = row.from_at or row.granted_at, [end for end in (row.until, row.revoked_at) if end]
    return OfficeRow(
        str(row.id),
        book,
        row.role,
        row.unit_id,
        office_name(book, row.role, row.unit_id, capacity),
        _place(row.unit_id),
        row.called,
        capacity,
        local(since)[:10] if since else "",
        _last_day(min(ends)) if ends else "",
        "held" if row.from_at <= moment else "coming",
        depth,
        _whom(book, row),
    )


def _standing_in(held: OfficeRow, row: Delegation, day: str) -> OfficeRow:
    """``row`` as it is on ``day``, for the office that is ``held``."""
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


def _entry(book: str, person: int | None) -> Entry | None:
    return Entry.get_or_none((Entry.person == person) & (Entry.book == book) & (Entry.state == "active"))


def _whom(book: str, row: Grant) -> str:
    person = _person_of(row)
    entry = _entry(book, person)
    if entry is not None:
        return str(entry.id)
    account = row.account or Account.get_or_none(Account.person == person)
    return str(account.login) if account is not None else row.called


def _last_day(end: str) -> str:
    """The last day (ISO) of what is over at the moment ``end``."""
    return local(_before(end))[:10]


def _before(moment: str) -> str:
    """The last moment before ``moment``."""
    return clock.stamp(clock.moment(moment) - timedelta(microseconds=1))


def _place(unit: int | None) -> tuple[str, ...]:
    return path_of(unit)[1:] if unit is not None else ()
