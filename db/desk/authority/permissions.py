"""What an actor is and may reach at this very moment, read anew for every operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from db.approval.capacity import CAPACITIES, HOLDER, Capacity
from db.desk.authority.actor import Actor
from db.desk.authority.grant_rows import (
    ABOVE,
    ACCEPTED,
    ACCESS,
    ACCOUNT,
    ANSWERS,
    BOOK,
    DELEGATION,
    ENDS,
    GRANT,
    OWN,
    RULES,
    GrantRows,
    read_grants,
)
from db.desk.authority.rules_on_record import NOTHING, policy_in_force
from db.desk.refusal import SILENT, Refused, SessionOver
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.regulation import PolicyError
from db.policy.vocabulary import INSIDE_OWNER, Side
from db.policy.vocabulary import Reach as ScopeReach
from db.store import clock
from db.store.engine import database, store
from db.store.tables import Book, Unit, UnitAbove

Protected = Literal["shown", "reveal", "masked", "hidden"]
KEPT_SECONDS = 5
GRANTED = "granted"
"""The role of a reach that rests on a granted request alone (A.13)."""
IMPLIED = frozenset({"employee", "head"})
"""Roles that follow from an entry and are never granted."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held in ``book`` from ``unit`` down. Whoever stands in has it ``for_account``, up to and
    including the day ``until``: to decide what waits for that one, and for nothing else."""

    role: str
    book: str
    unit: int
    for_account: int | None = None
    until: str | None = None
    capacity: Capacity = HOLDER


@dataclass(frozen=True, slots=True)
class Reach:
    """Entries of one side within reach: those of ``unit``, with everything ``below`` it or without, or
    one ``entry``.

    ``protected`` says how protected fields look from here, ``clause`` which rule opens it. A reach
    that ends has an ``until``: a moment for a granted request, a day for a delegation.
    """

    role: str
    clause: str
    protected: Protected
    unit: int | None = None
    entry: int | None = None
    until: str | None = None
    below: bool = True


@dataclass(frozen=True, slots=True)
class RecordedBook:
    """A book as it is on record: its root unit, what it was made under, and the digest of all rules."""

    id: str
    root: int
    sort: int
    active: bool
    policies: str
    decisions: str
    rules: str

    @property
    def policy(self) -> EffectivePolicy:
        return policy_in_force(self.id, self.policies, self.decisions, self.rules)

    @property
    def readable(self) -> EffectivePolicy | None:
        """Return the effective policy; None if unreadable: nobody is anything in such a book."""
        try:
            return self.policy
        except PolicyError:
            return None


@dataclass(frozen=True)
class Permissions:
    """An account with everything it holds now."""

    account: int
    login: str
    person: int | None
    own: Mapping[str, tuple[int, int]]
    """book -> (own entry, its unit)"""
    own_kinds: Mapping[str, str]
    """book -> kind of the own entry"""
    holdings: tuple[Holding, ...]
    """What is held by one's own right."""
    stands_in: tuple[Holding, ...]
    """What others hold for whom the account stands in. It decides what waits for them; it sees, reports and
    changes nothing by it."""
    grants: tuple[tuple[str, Reach], ...]
    """(book, reach) of granted access requests (A.13)"""
    answers_for: Mapping[str, Mapping[int, int]]
    """book -> the outside contacts whose inside owner the own entry is, with the unit of each (E.5)"""
    recorded_books: Mapping[str, RecordedBook] = field(repr=False)
    """All books there are."""
    accepted: frozenset[tuple[str, str]]
    """(policy, version) of the undertakings that were accepted (A.17)"""
    above: Mapping[int, tuple[int, ...]] = field(repr=False)
    """Units held here by own right -> the units above them, itself first."""
    good_until: str = field(compare=False)
    """Even where nothing changes on record, it is read anew from this moment on."""
    is_day_over: bool = field(compare=False)
    """Whether anybody's last day is over whose access has not been ended yet (A.10)."""
    derived: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    """What others derived from it and may take from here again."""

    @cached_property
    def books(self) -> tuple[str, ...]:
        """Books in which the account is anything at all."""
        held = {holding.book for holding in (*self.holdings, *self.stands_in)}
        held |= {book for book, _reach in self.grants}
        ordered = sorted(self.recorded_books.values(), key=lambda book: (book.sort, book.id))
        return tuple(book.id for book in ordered if book.active and book.id in held)

    def policy(self, book: str) -> EffectivePolicy:
        """Return the effective policy in force over ``book``, cached. Raises KeyError for no such book."""
        policy: EffectivePolicy | None = self.derived.get((EffectivePolicy, book))
        if policy is None:
            policy = self.derived[EffectivePolicy, book] = self.recorded_books[book].policy
        return policy

    def check_book(self, book: str) -> EffectivePolicy:
        """Return the policy of one of the account's books. Raises Refused for any other and for none."""
        if book not in self.books:
            raise no_such_book()
        return self.policy(book)

    def unit_label(self, book: str | None = None) -> Text:
        """Return the word for a unit in ``book``; without one, the word that all books of the account use."""
        books = [one for one in self.books if book in (None, one)]
        labels = {self.policy(one).field("unit").label for one in books}
        return labels.pop() if len(labels) == 1 else _("Department")

    def own_unit(self, book: str) -> int | None:
        """Return the unit of the actor's entry in ``book``, else of that in another book."""
        mine = self.own.get(book) or next(iter(self.own.values()), None)
        return mine[1] if mine is not None else None

    def roles(self, book: str) -> frozenset[str]:
        return frozenset(holding.role for holding in self.holdings if holding.book == book)

    def deciding_roles(self, book: str) -> frozenset[str]:
        """Return roles in which the account decides what waits in ``book``: its own, and those lent to it."""
        return self.roles(book) | {holding.role for holding in self.stands_in if holding.book == book}

    def own_holdings(self, role: str, book: str) -> tuple[Holding, ...]:
        """Return the holdings of ``role`` in ``book`` by the account's own right, without delegated ones."""
        return tuple(h for h in self.holdings if h.book == book and h.role == role)

    def keeps_book(self, book: str) -> bool:
        """Return whether the account keeps the whole of ``book`` by its own right, and not a part alone."""
        return book in self.books and self.holds_throughout(book, *self.policy(book).keepers)

    def holds_throughout(self, book: str, *roles: str) -> bool:
        """Return whether the account holds one of ``roles`` over the whole of ``book`` by its own right."""
        holdings = (holding for role in roles for holding in self.own_holdings(role, book))
        return book in self.recorded_books and any(
            holding.unit == self.recorded_books[book].root for holding in holdings
        )

    def reaches(self, book: str, side: Side = "internal") -> tuple[Reach, ...]:
        """Return everything within reach on one side of ``book``; single entries first."""
        if book not in self.recorded_books:
            return ()
        policy = self.policy(book)
        found = [reach for granted, reach in self.grants if granted == book]
        if found and policy.denial("ask-access", "everyone"):  # by a regulation that came after them (B.6.2)
            found = []
        if book in self.own:
            entry, _unit = self.own[book]
            scope = policy.scope("employee")
            found.append(Reach("self", scope.clause, "shown", entry=entry))
        if side == "external" and book in self.answers_for:
            found += self._answering(policy, self.answers_for[book])
        for holding in self.holdings:
            if holding.book != book:
                continue
            scope = policy.scope(holding.role, side)
            place = self.place(holding, scope.reach)
            if place is not None:
                unit, below = place
                found.append(
                    Reach(
                        holding.role,
                        scope.clause,
                        scope.protected,
                        unit=unit,
                        until=holding.until,
                        below=below,
                    )
                )
        return tuple(found)

    @staticmethod
    def _answering(policy: EffectivePolicy, contacts: Mapping[int, int]) -> Iterator[Reach]:
        scope = policy.scope(INSIDE_OWNER, "external")
        if scope.reach != "none":
            for entry in contacts:
                yield Reach(INSIDE_OWNER, scope.clause, scope.protected, entry=entry)

    def place(self, holding: Holding, reach: ScopeReach) -> tuple[int, bool] | None:
        """Return the unit that ``reach`` gives to ``holding``, and whether all below it is given too. A role
        granted from a unit down reaches no further; one granted throughout the book has the holder's own unit
        where its rule says "unit"."""
        own = self.own[holding.book][1] if holding.book in self.own else None
        return place_of(holding, reach, self.recorded_books[holding.book].root, own)


def place_of(holding: Holding, reach: ScopeReach, root: int, own: int | None) -> tuple[int, bool] | None:
    """Return the unit that ``reach`` gives to ``holding`` in the book with that ``root``, and whether all
    below it is given too (`Permissions.place`). ``own``: the unit of the holder's own entry."""
    implied = holding.role in IMPLIED
    match reach:
        case "book":
            return (root if implied else holding.unit), True
        case "subtree":
            return holding.unit, True
        case "unit" if implied or holding.unit != root:
            return holding.unit, False
        case "unit" if own is not None:
            return own, False
    return None


def policy_of(book: str) -> EffectivePolicy:
    """Return the effective policy, cached. Raises Refused for an unknown book, as for one not the reader's;
    PolicyError where its rules can't be read."""
    row = database.execute_sql(
        f"SELECT policies, decisions, (SELECT digest FROM rules_head) FROM book WHERE id = {database.param}",
        (book,),
    ).fetchone()
    if row is None:
        raise no_such_book()
    policies, decisions, digest = row
    return policy_in_force(book, policies, decisions, digest or NOTHING)


def active_policies() -> tuple[list[EffectivePolicy], list[str]]:
    """Return the effective policies of active books in their order, and the books whose rules can't be read,
    so that callers can work on the others."""
    found, unreadable = [], []
    for row in Book.select(Book.id).where(Book.active).order_by(Book.sort, Book.id):
        try:
            found.append(policy_of(row.id))
        except PolicyError:
            unreadable.append(row.id)
    return found, unreadable


def no_such_book() -> Refused:
    """Build the same refusal for a book that is none of the reader's and for none at all (C.10)."""
    return Refused(
        _("There is no such directory for you."),
        SILENT,
        _("Choose one of the directories that you see."),
    )


def permissions_of(actor: Actor) -> Permissions:
    """Read what ``actor`` holds now. Raises SessionOver where its session or account ended."""
    grant_rows = read_grants(actor.account, actor.session)
    if not grant_rows[ACCOUNT]:
        raise SessionOver
    _person, session_of, _none, _login, state, ended = grant_rows[ACCOUNT][0]
    if session_of != actor.account or ended or (state == "disabled" and actor.strength != "leaving"):
        raise SessionOver(ended)
    return _permissions(actor.account, grant_rows)


def permissions_now(account: int, at: str = "") -> Permissions:
    """Read what ``account`` holds now, signed in or not; with ``at``, in the roles it held at that moment."""
    return _permissions(account, read_grants(account, 0, at))


def _permissions(account: int, grant_rows: GrantRows) -> Permissions:
    person, _session, _none, login, *_state = grant_rows[ACCOUNT][0]
    books = _recorded_books(grant_rows)
    lenders = _lenders(grant_rows)
    return Permissions(
        account=account,
        login=login,
        person=person,
        own=_own_entries(grant_rows),
        own_kinds={book: kind for _entry, _unit, _n, book, kind, _t in grant_rows[OWN]},
        holdings=tuple(_own_holdings(grant_rows, books)),
        stands_in=tuple(_delegated(grant_rows, books)),
        grants=tuple(
            (book, Reach(GRANTED, clause, "reveal", entry=entry, until=until))
            for entry, _n, _m, book, clause, until in grant_rows[ACCESS]
        ),
        answers_for=_answers_for(grant_rows),
        recorded_books=books,
        accepted=frozenset((policy, version) for *_numbers, policy, version, _t in grant_rows[ACCEPTED]),
        above=_above(grant_rows, books),
        good_until=_good_until(grant_rows, lenders),
        is_day_over=_has_day_come(grant_rows),
    )


def books_of(account: int) -> tuple[str, ...]:
    """Return books in which the account has an entry or holds a role by its own right, signed in or not."""
    grant_rows = read_grants(account, 0)
    held = {holding.book for holding in _own_holdings(grant_rows, _recorded_books(grant_rows))}
    return tuple(sorted(held | set(_own_entries(grant_rows))))


def books_of_power(account: int) -> frozenset[str]:
    """Return books in which the account is more than an employee by its own right."""
    grant_rows = read_grants(account, 0)
    held = _own_holdings(grant_rows, _recorded_books(grant_rows))
    return frozenset(holding.book for holding in held if holding.role != "employee")


def holdings_of(account: int) -> tuple[Holding, ...]:
    """Read what the account holds now, by its own right and as a delegate, signed in or not."""
    grant_rows = read_grants(account, 0)
    books = _recorded_books(grant_rows)
    return (*_own_holdings(grant_rows, books), *_delegated(grant_rows, books))


def root_of(book: str) -> int:
    """Return the unit that stands for the whole of ``book``. Raises LookupError where there is none."""
    root = Unit.select(Unit.id).where((Unit.book == book) & Unit.parent.is_null()).order_by(Unit.id).first()
    if root is None:
        raise LookupError(book)
    return int(root.id)


def own_place(permissions: Permissions, book: str) -> int:
    """Return the actor's own unit in ``book``, or its root."""
    return permissions.own[book][1] if book in permissions.own else root_of(book)


def is_within(unit: int, above: int) -> bool:
    return bool(UnitAbove.select().where((UnitAbove.above == above) & (UnitAbove.unit == unit)).exists())


def _good_until(grant_rows: GrantRows, lenders: Mapping[int, GrantRows]) -> str:
    """Return until when these permissions may be cached: the end of something held by the actor or a lender,
    or a moment a few seconds ahead, as something granted ahead may begin. What ends with the day is read
    again with the next (`db.desk.authority.kept`)."""
    ends = [clock.stamp(clock.moment(grant_rows.moment) + timedelta(seconds=KEPT_SECONDS))]
    for held in (grant_rows, *lenders.values()):
        ends += [row[5] for part in (GRANT, ACCESS) for row in held[part] if row[5]]
    return min(ends)


def _has_day_come(grant_rows: GrantRows) -> bool:
    """Return whether a last day is over that is still to end access, or an approved move is due."""
    ((_n, _m, _l, last_day, moves_on, _t),) = grant_rows[ENDS]
    day = _today(grant_rows)
    return "" < last_day < day or "" < moves_on <= day


def _today(grant_rows: GrantRows) -> str:
    return clock.local_date(grant_rows.moment, store().settings.time_zone).isoformat()


def _recorded_books(grant_rows: GrantRows) -> dict[str, RecordedBook]:
    rules = grant_rows[RULES][0][3] if grant_rows[RULES] else NOTHING
    return {
        book: RecordedBook(book, root or 0, sort or 0, bool(active), policies, decisions, rules)
        for root, sort, active, book, policies, decisions in grant_rows[BOOK]
    }


def _own_entries(grant_rows: GrantRows) -> dict[str, tuple[int, int]]:
    return {book: (entry, unit) for entry, unit, _n, book, _kind, _t in grant_rows[OWN] if entry and unit}


def _answers_for(grant_rows: GrantRows) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for entry, unit, _n, book, *_texts in grant_rows[ANSWERS]:
        found.setdefault(book, {})[entry or 0] = unit or 0
    return found


def _own_holdings(grant_rows: GrantRows, books: Mapping[str, RecordedBook]) -> Iterator[Holding]:
    for _entry, unit, _n, book, kind, _t in grant_rows[OWN]:
        policy = books[book].readable
        if unit and policy and any(rule.id == kind and rule.side == "internal" for rule in policy.kinds):
            yield Holding("employee", book, unit)
    for unit, capacity, _m, only, role, _t in grant_rows[GRANT]:
        for book in [only] if only else books:
            if books[book].readable is None:
                continue
            yield Holding(role, book, unit or books[book].root, capacity=CAPACITIES[capacity or 0])


def _lenders(grant_rows: GrantRows) -> dict[int, GrantRows]:
    return {absent: read_grants(absent, 0) for absent, *_rest in grant_rows[DELEGATION] if absent}


def _delegated(grant_rows: GrantRows, books: Mapping[str, RecordedBook]) -> Iterator[Holding]:
    for absent, unit, _m, book, role, until in grant_rows[DELEGATION]:
        if books[book].readable is not None:
            yield Holding(role, book, unit or books[book].root, absent, until=until)


def _above(grant_rows: GrantRows, books: Mapping[str, RecordedBook]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for unit, over, distance, *_texts in grant_rows[ABOVE]:
        found.setdefault(unit or 0, []).append((distance or 0, over or 0))
    roots = {book.root: (book.root,) for book in books.values()}
    return roots | {unit: tuple(over for _distance, over in sorted(rows)) for unit, rows in found.items()}
