"""Who may decide a step of a request: holders of its role, those who stand in for them, and never the
person who asks.

A step's role is frozen; who holds it is asked anew each time. The ladder, until somebody is found:

1. the holders of the role. For ``head`` that is whoever heads the request's unit, and of a request about an
   outside contact the unit of the colleague who answers for it (E.5); where the unit has no
   head with an account, or the head is the one who asks, the head of the unit above, and so on up;
2. whoever has the maintainer's function over the book, then its deputy where one is named (D.3);
3. whoever has the supervisor's.

A step of ``vouch`` has no ladder: whoever holds one of the roles that may vouch over the unit decides it, in
person (`db.desk.accounts.resets`).

Delegates stand beside the one they stand in for. A person who decided an earlier step does not decide
a later one, nor does anyone for them, unless nobody else is left on the whole ladder; and those whom an
earlier decider stood in for come after those who had no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from db.desk.authority.standing import policy_of
from db.desk.requests.independence import persons_behind
from db.policy.vocabulary import VOUCH
from db.store import clock
from db.store.engine import store
from db.store.tables import Account, Delegation, Entry, Grant, Person, Unit, UnitAbove

HEAD = "head"
PERSON = "person"


Earlier = tuple[int, int | None]
"""An earlier decision: the account that took it, and the one it stood in for."""


@dataclass(frozen=True, slots=True)
class Case:
    """What deciding depends on. ``barred``: persons who may not decide (see `persons_behind`); ``vouching``:
    roles that may vouch."""

    book: str
    unit: int
    entry: int | None
    barred: frozenset[int]
    vouching: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decider:
    """An account that may decide; ``on_behalf_of`` is the one it stands in for, and ``role`` held by that."""

    account: int
    name: str
    role: str
    on_behalf_of: int | None = None
    on_behalf_name: str = ""


class Deciding:
    """Answers for one operation; what it has looked up once it does not look up again."""

    def __init__(self) -> None:
        self.persons = cache(persons_behind)
        self.policy = cache(policy_of)
        self._deciders = cache(self._those_who_decide)
        self._name = cache(self._named)
        self._chain = cache(self._units_up)
        self._heads = cache(self._heads_of)
        self._held = cache(self._holders_of)
        self._standing_in = cache(self._delegates_of)

    def deciders(self, case: Case, role: str, earlier: Sequence[Earlier] = ()) -> tuple[Decider, ...]:
        """Who may decide a step of ``role`` now, after ``earlier`` decisions on the same request."""
        return self._deciders(case, role, tuple(earlier))

    def _those_who_decide(self, case: Case, role: str, earlier: tuple[Earlier, ...]) -> tuple[Decider, ...]:
        if role == VOUCH:
            return tuple(self._vouchers(case))
        decided = self.barred(*(account for account, _lent in earlier))
        involved = decided | self.barred(*(lent for _account, lent in earlier if lent is not None))
        first: tuple[Decider, ...] = ()
        for tier, holders in self._tiers(case, role):
            able = tuple(self._able(case, tier, holders))
            for taken in (involved, decided):
                others = tuple(d for d in able if not taken & self._identities(d))
                if others:
                    return others
            first = first or able
        return first

    def barred(self, *accounts: int, person: int | None = None) -> frozenset[int]:
        """The persons behind ``accounts``, and ``person``, as `Case.barred` wants them."""
        behind = frozenset[int]().union(*map(self.persons, accounts))
        return behind | ({person} if person is not None else set())

    def is_barred(self, case: Case, account: int) -> bool:
        """Whether ``account`` may not decide, since it stands for somebody who may not."""
        return bool(self.persons(account) & case.barred)

    def _tiers(self, case: Case, role: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        if role == PERSON:
            yield role, self._subject(case.entry)
            return
        policy = self.policy(case.book)
        if role == HEAD:
            for unit in self._chain(self._answering(case)):
                yield HEAD, self._heads(unit)
        deputies = (policy.deputy.role,) if policy.deputy is not None else ()
        ladder = (role, policy.maintainer.role, *deputies, policy.supervisor.role)
        for stand_in in dict.fromkeys(map(policy.holder, ladder)):
            if stand_in != HEAD:
                yield stand_in, self._held(stand_in, case.book, case.unit)

    def _vouchers(self, case: Case) -> Iterator[Decider]:
        """Accounts of people: the host's operator knows nobody."""
        known = set[int]()
        for role in case.vouching:
            holders = self._held(role, case.book, case.unit)
            if role == HEAD:
                holders = tuple(head for unit in self._chain(case.unit) for head in self._heads(unit))
            for account in holders:
                if account not in known and not self.is_barred(case, account) and self._is_somebody(account):
                    known.add(account)
                    yield Decider(account, self._name(account), role)

    def _is_somebody(self, account: int) -> bool:
        return Account.get_by_id(account).person_id is not None

    def _able(self, case: Case, role: str, holders: tuple[int, ...]) -> Iterator[Decider]:
        admitted = [account for account in holders if not self.is_barred(case, account)]
        for account in admitted:
            yield Decider(account, self._name(account), role)
        for account in admitted:
            for delegate in self._standing_in(account, role, case.book):
                if not self.is_barred(case, delegate) and delegate not in admitted:
                    yield Decider(delegate, self._name(delegate), role, account, self._name(account))

    def _identities(self, decider: Decider) -> frozenset[int]:
        return self.barred(decider.account, *([decider.on_behalf_of] if decider.on_behalf_of else []))

    def _named(self, account: int) -> str:
        row = Account.select(Account, Person).left_outer_join(Person).where(Account.id == account).get()
        return str(row.login if row.person is None else row.person.name)

    def _answering(self, case: Case) -> int:
        """The unit whose head decides: an outside contact's is that of its inside owner."""
        row = Entry.get_or_none(Entry.id == case.entry) if case.entry is not None else None
        owner = row and row.inside_owner and Entry.get_or_none(
            (Entry.id == row.inside_owner) & (Entry.state == "active")
        )  # fmt: skip
        return int(owner.unit_id) if owner else case.unit

    def _units_up(self, unit: int) -> tuple[int, ...]:
        above = UnitAbove.select().where(UnitAbove.unit == unit).order_by(UnitAbove.distance)
        return tuple(row.above_id for row in above)

    def _heads_of(self, unit: int) -> tuple[int, ...]:
        row = Unit.get_by_id(unit)
        named = Grant.select().where((Grant.unit == unit) & (Grant.role == HEAD) & _in_force())
        found = [*self._subject(row.head), *(grant.account_id for grant in named)]
        return _active(found)

    def _subject(self, entry: int | None) -> tuple[int, ...]:
        """Accounts of the person of an active entry."""
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        if row is None:
            return ()
        return _active([account.id for account in Account.select().where(Account.person == row.person_id)])

    def _holders_of(self, role: str, book: str, unit: int) -> tuple[int, ...]:
        above = self._chain(unit)
        grants = Grant.select().where(
            (Grant.role == role)
            & (Grant.book.is_null() | (Grant.book == book))
            & (Grant.unit.is_null() | Grant.unit.in_(above))
            & _in_force()
        )
        return _active([grant.account_id for grant in grants.order_by(Grant.id)])

    def _delegates_of(self, account: int, role: str, book: str) -> tuple[int, ...]:
        today = clock.local_date(clock.now(), store().settings.time_zone).isoformat()
        rows = Delegation.select().where(
            (Delegation.account == account)
            & (Delegation.role == role)
            & (Delegation.book == book)
            & (Delegation.from_day <= today)
            & (Delegation.until_day >= today)
            & Delegation.revoked_at.is_null()
        )
        return _active([row.to_id for row in rows.order_by(Delegation.id)])


def _in_force() -> object:
    return Grant.revoked_at.is_null() & (Grant.until.is_null() | (Grant.until > clock.now()))


def _active(accounts: Sequence[int]) -> tuple[int, ...]:
    """Those who can sign in, each once, in the order given."""
    if not accounts:
        return ()
    rows = Account.select(Account.id).where(Account.id.in_(accounts) & (Account.state == "active"))
    able = {row.id for row in rows}
    return tuple(account for account in dict.fromkeys(accounts) if account in able)
