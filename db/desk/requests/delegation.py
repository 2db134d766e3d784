"""Standing in: while somebody is away, another decides what waits for them in one role of one book.

A delegate decides as themselves and the record names for whom. Nothing else is handed on: they see what waits
for them and no more of the directory, they can't delegate further, and they never decide on a request of
either of the two. Only who holds an office lets somebody stand in, within their own days; whoever acts or
deputises does not. It is told to their superior and to whoever supervises; of the management, and of whoever
keeps the directory, it holds from the next day on, so that it can be stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import JOIN

from db.approval.capacity import HOLDER
from db.desk.authority.office_names import role_name, title_of
from db.desk.authority.permissions import Permissions, own_place, policy_of, root_of
from db.desk.authority.reach import search_scope_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import today
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import day_begins, last_day
from db.desk.notation.parsing import day_of
from db.desk.power.declaration import LOOKS, Asked, Power, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.request_views import name_of
from db.language import Label, Text, _
from db.policy.vocabulary import MANAGEMENT
from db.store import clock
from db.store.moves import Moves
from db.store.sql import for_update, unindexed
from db.store.tables import Account, Delegation, Entry, Grant, SearchEntry, Unit, UnitAbove

LONGEST_DAYS = 92
UNDELEGABLE = frozenset({"employee", "admin"})


@dataclass(frozen=True, slots=True)
class RoleToDelegate:
    """A role of the actor's own that another may stand in for."""

    book: str
    book_label: Label
    role: str
    role_label: Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may stand in."""

    account: int
    name: str
    unit: str
    position: str


@dataclass(frozen=True, slots=True)
class DelegationView:
    """A delegation given by the actor (``given``) or to them, with its first and last day (ISO)."""

    id: int
    given: bool
    book: Label
    role: Text
    other: str
    from_day: str
    until_day: str
    reason: str
    state: str


def _way(_standing: Permissions, asked: Asked) -> Way:
    """Return LATER for delegations of the management and of those who keep the directory, which can be
    stopped before they hold; else TOLD."""
    try:
        policy = policy_of(asked["book"])
    except Refused:
        return Way.TOLD
    return Way.LATER if asked["role"] in {*MANAGEMENT, *policy.keepers} else Way.TOLD


class Delegations(OperationGroup):
    """Operations on the actor's own delegations."""

    @operation("delegation.roles", label=_("list roles to delegate"), recorded=False, power=LOOKS)
    def roles(self) -> tuple[RoleToDelegate, ...]:
        found = {
            (holding.book, holding.role): None
            for holding in self.permissions.holdings
            if holding.capacity == HOLDER and holding.role not in UNDELEGABLE
        }
        return tuple(
            RoleToDelegate(book, title_of(book), role, role_name(book, role)) for book, role in found
        )

    @operation("delegation.candidates", label=_("list possible delegates"), recorded=False, power=LOOKS)
    def candidates(self, book: str, role: str) -> tuple[Candidate, ...]:
        """Return colleagues of the unit that the actor holds the role in, or of their own; without any, whom
        they see of the book's other offices. Raises Refused if the actor does not hold it."""
        self._check_held(book, role)
        return self._eligible(book, role)

    @operation("delegation.mine", label=_("list own delegations"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[DelegationView, ...]:
        """Return up to 100 delegations, given and received, the last to end first; also ended and future."""
        account = self.permissions.account
        rows = (
            Delegation.select()
            .where((Delegation.account == account) | (Delegation.to == account))
            .order_by(Delegation.until_day.desc(), Delegation.id.desc())
            .limit(100)
        )
        return tuple(_view(row, account) for row in rows)

    @operation(
        "delegation.delegate",
        label=_("delegate decisions"),
        recorded=True,
        power=Power(frozenset({Moves.ROLE}), _way, undo="delegation.revoke"),
    )
    def delegate(self, role: str, book: str, to: int, from_day: str, until_day: str, reason: str = "") -> int:
        """Create a delegation of the actor's ``role`` to account ``to`` from the one day (ISO) to the other,
        both included; notify the delegate and the watchers. Return its number. One of the management's or the
        maintainer's waits a while in which it can be stopped. Raises Refused for a role that is not one's
        own, Invalid for unfit days, or for an account that may not be delegated to."""
        self.act.note_facts(book=book, role=role, to=to, from_day=from_day, until_day=until_day)
        self._check_held(book, role)
        self.act.note_facts(unit=own_place(self.permissions, book))
        first, last = days_of(from_day, until_day)
        self._check_own_days(book, role, last)
        if to not in {candidate.account for candidate in self._eligible(book, role)}:
            raise Invalid(Problem("to", _("Choose one from the list.")))
        self._check_once(role, book, to, first, last)
        said = " ".join(reason.split())[:200]
        refuse_card_numbers([policy_of(book)], _("Reason"), said, "reason")
        row = Delegation.create(
            account=self.permissions.account,
            to=to,
            book=book,
            role=role,
            from_day=first.isoformat(),
            until_day=last.isoformat(),
            reason=said,
            created_at=clock.now(),
        )
        return int(row.id)

    @operation(
        "delegation.revoke",
        label=_("end a delegation"),
        recorded=True,
        power=power_over(Moves.ROLE, way=Way.TOLD),
    )
    def revoke(self, delegation: int) -> None:
        """End one of the actor's delegations at once, and notify the delegate and the watchers. Raises
        Refused for any other."""
        ended = (
            Delegation.update(revoked_at=clock.now())
            .where(
                (Delegation.id == delegation)
                & (Delegation.account == self.permissions.account)
                & Delegation.revoked_at.is_null()
            )
            .execute()
        )
        self.act.note_facts(delegation=delegation)
        if ended != 1:
            raise Refused(_("There is no such delegation of yours."), SILENT, _("Choose one from your list."))
        book = Delegation.get_by_id(delegation).book_id
        self.act.note_facts(book=book, unit=own_place(self.permissions, book))

    def _check_held(self, book: str, role: str) -> None:
        own = any(holding.capacity == HOLDER for holding in self.permissions.own_holdings(role, book))
        if role in UNDELEGABLE or not own:
            raise Refused(
                _("You delegate an office that you hold yourself, not one that you act in or deputise for."),
                SILENT,
                _("Choose one of your roles; else ask whoever holds it."),
            )

    def _check_own_days(self, book: str, role: str, last: date) -> None:
        """Raise Invalid where somebody would stand in for longer than the office is held."""
        held = (
            Grant.select()
            .join(Account, on=Grant.is_of())
            .where((Account.id == self.permissions.account) & (Grant.role == role) & Grant.in_force())
        )
        rows = list(held.where(Grant.book.is_null() | (Grant.book == book)))
        ends = [row.until for row in rows if row.until is not None]
        if ends and len(ends) == len(rows) and max(ends) <= day_begins(last):
            over = last_day(max(ends))
            raise Invalid(Problem("until", _("You hold this office until {day} yourself.", day=over)))

    def _check_once(self, role: str, book: str, to: int, first: date, last: date) -> None:
        """Lock the account; raise Invalid for a second delegation to the same account on a day."""
        for_update(
            Account.select(Account.id).where(Account.id == self.permissions.account), no_key=True
        ).get()
        before = Delegation.get_or_none(
            (Delegation.account == self.permissions.account)
            & (Delegation.to == to)
            & (Delegation.book == book)
            & (Delegation.role == role)
            & Delegation.revoked_at.is_null()
            & (Delegation.from_day <= last.isoformat())
            & (Delegation.until_day >= first.isoformat())
        )
        if before is not None:
            raise Invalid(
                Problem(
                    "to",
                    _(
                        "{name} is already delegated from {first} to {last}. Choose other days, or end that.",
                        name=name_of(to),
                        first=before.from_day,
                        last=before.until_day,
                    ),
                )
            )

    def _eligible(self, book: str, role: str) -> tuple[Candidate, ...]:
        """Find active accounts with an entry under the units of the role, or in the actor's own unit, and
        within the actor's reach (C.10). For a role over the whole book that is too many to choose from: then
        those who sit in the own unit, and where nobody does, who holds another office of the book."""
        units = {h.unit for h in self.permissions.own_holdings(role, book)} - {root_of(book)}
        if book in self.permissions.own:
            units.add(self.permissions.own[book][1])
        below = [row.unit_id for row in UnitAbove.select().where(UnitAbove.above.in_(sorted(units)))]
        found = self._within_reach(book, Entry.unit.in_(below), below)
        if not found:
            everywhere = [row.id for row in Unit.select(Unit.id).where(Unit.book == book)]
            office = (Grant.book == book) & (Grant.role != "employee") & Grant.in_force()
            found = self._within_reach(book, _holds(office), everywhere)
        technical = policy_of(book).technical.role
        held = Account.select(Account.id).where(_holds((Grant.role == technical) & Grant.in_force()))
        barred = {row.id for row in held} if role != technical else ()
        return tuple(one for one in found if one.account not in barred)

    def _within_reach(self, book: str, where: Any, units: Sequence[int]) -> list[Candidate]:
        """Return the active colleagues with an active account in those of ``units`` that are within the
        actor's reach, for whom the condition ``where`` holds, in list order; not the actor."""
        ground = search_scope_of(self.permissions, book, "internal")
        ground.read_ancestors(units)
        within = [unit for unit in units if ground.arm_around(unit) is not None]
        rows = (
            Account.select(Account.id, Entry.name, Unit.name, Entry.position)
            .join(Entry, on=(Entry.person == Account.person))
            .join(Unit, on=(Entry.unit == Unit.id))
            .join(SearchEntry, JOIN.LEFT_OUTER, on=(SearchEntry.entry == Entry.id))
            .where(  # not by the index on the book, which would have all of it walked
                (unindexed(Entry.book) == book)
                & (Entry.state == "active")
                & Entry.ended_at.is_null()
                & (Account.state == "active")
                & Entry.unit.in_(within)
                & (Account.person != self.permissions.person)
                & where
            )
            .order_by(SearchEntry.line, Account.id)
            .tuples()
        )
        return [Candidate(*row) for row in rows]  # type: ignore[misc]  # tuples() is not typed


def days_of(from_day: str, until_day: str) -> tuple[date, date]:
    """Read the first and last day of a delegation. Raises Invalid for no day, a last day before the first or
    in the past, and for more than `LONGEST_DAYS`."""
    first, last = day_of("from", from_day), day_of("until", until_day)
    if last < first:
        raise Invalid(Problem("until", _("The last day is before the first.")))
    if last < today():
        raise Invalid(Problem("until", _("The last day is past already.")))
    if last - first > timedelta(days=LONGEST_DAYS):
        raise Invalid(Problem("until", _("A delegation lasts {days} days at most.", days=LONGEST_DAYS)))
    return first, last


def _holds(granted: Any) -> Any:
    """Return the condition on Account for those that hold what is ``granted``, an office as their person. The
    database goes out from what was granted."""
    return Account.id.in_(Grant.select(Grant.account).where(granted)) | Account.person.in_(
        Grant.select(Grant.person).where(granted)
    )


def _view(row: Delegation, account: int) -> DelegationView:
    day = today().isoformat()
    if row.revoked_at is not None:
        state = "revoked"
    elif row.until_day < day:
        state = "over"
    else:
        state = "lasts" if row.from_day <= day else "to come"
    given = row.account_id == account
    return DelegationView(
        id=row.id,
        given=given,
        book=title_of(row.book_id),
        role=role_name(row.book_id, row.role),
        other=name_of(row.to_id if given else row.account_id),
        from_day=row.from_day,
        until_day=row.until_day,
        reason=row.reason,
        state=state,
    )
