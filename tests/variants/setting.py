"""Ways to make somebody the one who acts, and days to act on, in the books of tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Refused
from db.desk.authority.offices import end_headships, set_head
from db.desk.calendars.calendars import _digest
from db.desk.lifecycle.forms import LeaveAsked
from db.store import clock as store_clock
from db.store.tables import (
    AuditRecord,
    CalendarChange,
    CalendarDay,
    Delegation,
    Entry,
    Grant,
    Request,
)
from db.store.transactions import writing
from tests.world import World

HOLIDAYS = ("2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11")
MAKE_UPS = ("2026-11-28", "2027-01-31", "2027-02-13")
"""Spring Festival of 2027, and weekend days that are worked: a Saturday, a Sunday, a Saturday."""


def declare(world: World) -> None:
    """Put `HOLIDAYS` and `MAKE_UPS` on the organisation's calendar."""
    with writing():
        change = CalendarChange.create(at=store_clock.now(), account=world.accounts["liuyang"], digest="")
        for kind, days in (("holiday", HOLIDAYS), ("workday", MAKE_UPS)):
            for day in days:
                CalendarDay.create(change=change, day=day, kind=kind)
        CalendarChange.update(digest=_digest()).where(CalendarChange.id == change.id).execute()


def deputise(world: World, absent: str, deputy: str, role: str, book: str, until: str = "2027-12-31") -> None:
    """Have ``absent`` have named ``deputy`` to stand in for their role in ``book``."""
    with writing():
        Delegation.create(
            account=world.accounts[absent], to=world.accounts[deputy], book=book, role=role,
            from_day="2026-11-01", until_day=until, created_at=store_clock.now(),
        )  # fmt: skip


def act_for(world: World, login: str, role: str, book: str, path: str = "", *, instead_of: str = "") -> None:
    """Vacate an office (the headship of the unit at ``path``, or ``role`` of the whole book, of one holder
    alone if named) and have ``login`` act for the time being."""
    unit = world.unit(book, path)
    with writing():
        if role == "head":
            end_headships(unit=unit)
        else:
            _end(world, book, role, instead_of)
        holder = {"person": world.people[login]} if role == "head" else {"account": world.accounts[login]}
        Grant.create(
            **holder, role=role, book=book, unit=unit, capacity="acting", granted_at=store_clock.now()
        )


def succeed(world: World, login: str, role: str, book: str, path: str = "", *, instead_of: str = "") -> None:
    """Have ``login`` hold an office from now on, and whoever held it hold it no more."""
    unit = world.unit(book, path)
    with writing():
        if role == "head":
            set_head(unit, world.entry(login, book))
        else:
            _end(world, book, role, instead_of)
            Grant.create(
                account=world.accounts[login], role=role, book=book, unit=unit, granted_at=store_clock.now()
            )


def also_in(world: World, login: str, other: str, book: str) -> None:
    """Have the entry of ``other`` in ``book`` be that of ``login``, who is in two books then."""
    with writing():
        Entry.update(person=world.people[login]).where(Entry.id == world.entry(other, book)).execute()
    world.entries[book, login] = world.entry(other, book)


def leaves(
    world: World, keeper: str, login: str, day: str, book: str = "staff", *, heir: str = "",
    everywhere: bool = False,
) -> int:  # fmt: skip
    """Have ``keeper`` hand in the last day of ``login``, whose outside contacts the person called ``heir``
    answers for from then on; the request's number."""
    asked = LeaveAsked(world.entry(login, book), day, successor=heir, everywhere=everywhere)
    return world.desk(keeper).lifecycle.leave(asked)


def refusal(act: Callable[[], object]) -> Refused:
    """The refusal of ``act``, which is on record."""
    with pytest.raises(Refused) as caught:
        act()
    newest = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert newest.outcome == "refused"
    return caught.value


def cites(clause: str, act: Callable[[], object]) -> None:
    """Assert that ``act`` is refused by ``clause``, among others maybe, with what to do instead."""
    refused = refusal(act)
    assert clause in refused.clause.split(", "), refused.clause
    assert refused.message


def state(request: int) -> str:
    """The state of a request."""
    return str(Request.get_by_id(request).state)


def _end(world: World, book: str, role: str, login: str) -> None:
    held = (Grant.book == book) & (Grant.role == role) & Grant.revoked_at.is_null()
    if login:
        held &= Grant.account == world.accounts[login]
    Grant.update(revoked_at=store_clock.now()).where(held).execute()
