"""Organisations that nobody has: `Facts` without a database."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from db.approval.capacity import CAPACITIES
from db.approval.facts import ApprovalContext, AwaitedHead, Earlier, Office
from db.approval.seconds import office_behind
from db.policy.compose import compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin
from db.policy.vocabulary import HEAD

BOOK, OTHER_BOOK = "staff", "other"
UNITS = {1: None, 2: 1, 3: 2, 4: 2}
"""Unit -> the one above it."""
ACCOUNTS = range(1, 9)


@dataclass
class Invented:
    """``person``: account -> its person, None for the host's operator. ``helpers``: account -> who had a hand
    in its enrolment. ``works_in``: person -> unit. ``answering``: entry -> unit of its inside owner."""

    rules: EffectivePolicy
    person: dict[int, int | None]
    works_in: dict[int, int]
    offices: list[tuple[str, str, Office]]
    awaited: dict[int, AwaitedHead]
    lent: dict[tuple[int, str], list[int]]
    helpers: dict[int, list[int]]
    answering: dict[int, int]
    seen: set[tuple[int, int]]

    def policy(self, book: str) -> EffectivePolicy:
        return self.rules

    def linked_persons(self, account: int) -> frozenset[int]:
        found, waiting = set[int](), [account]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.helpers.get(one, [])
        return frozenset(self.person[one] or -one for one in found)

    def person_of(self, entry: int) -> int | None:
        return entry

    def accounts_of(self, entry: int) -> list[int]:
        return [account for account, person in self.person.items() if person == entry]

    def inside_owner_unit(self, entry: int) -> int | None:
        return self.answering.get(entry)

    def units_up(self, unit: int) -> list[int]:
        above = UNITS[unit]
        return [unit, *(self.units_up(above) if above is not None else [])]

    def _held(self, role: str, book: str | None = None) -> list[Office]:
        ranks = {capacity: rank for rank, capacity in enumerate(CAPACITIES)}
        held = [office for name, where, office in self.offices if name == role and book in (None, where)]
        return sorted(held, key=lambda one: ranks[one.capacity])

    def heads_of(self, unit: int) -> list[Office]:
        return [one for one in self._held(HEAD, BOOK) if one.unit == unit]

    def awaited_heads(self, unit: int) -> list[AwaitedHead]:
        return [self.awaited[unit]] if unit in self.awaited else []

    def holders(self, role: str, book: str, unit: int) -> list[Office]:
        return [one for one in self._held(role, book) if one.unit is None or one.unit in self.units_up(unit)]

    def heads_in(self, book: str) -> list[Office]:
        return self._held(HEAD, book)

    def holders_in_other_books(self, role: str, book: str) -> list[Office]:
        return [one for name, where, one in self.offices if name == role and where != book]

    def delegates(self, account: int, role: str, book: str, unit: int | None = None) -> list[int]:
        return self.lent.get((account, role), [])

    def superiors(self, account: int, book: str) -> frozenset[int]:
        person = self.person[account]
        if person is None or person not in self.works_in:
            return frozenset()
        above = self.units_up(self.works_in[person])
        heads = (self.person[one.account] for unit in above for one in self.heads_of(unit))
        return frozenset(one for one in heads if one is not None)

    def offices_over(self, account: int, book: str, unit: int) -> frozenset[str]:
        held = {role for role, where, one in self.offices if where == book and one.account == account}
        return frozenset(office_behind(self.rules, role) for role in held)

    def may_see(self, account: int, entry: int) -> bool:
        return (account, entry) in self.seen


RULES = [compose(BOOK, [one]) for one in builtin().values()]


def roles_of(rules: EffectivePolicy) -> list[str]:
    """Return the roles that can matter to a step under ``rules``."""
    keeping = [rules.maintainer.role, rules.supervisor.role, rules.technical.role, *rules.holders("owner")]
    deputy = [rules.deputy.role] if rules.deputy is not None else []
    return sorted({*keeping, *deputy, *rules.second.by, "director", HEAD})


@st.composite
def organisations(draw: st.DrawFn) -> Invented:
    """Eight accounts of up to six people in four units, with offices, delegates and helpers at random."""
    rules = draw(st.sampled_from(RULES))
    account, unit, person = st.sampled_from(ACCOUNTS), st.sampled_from(list(UNITS)), st.integers(1, 6)
    persons = draw(st.fixed_dictionaries({one: st.one_of(person, st.none()) for one in ACCOUNTS}))
    roles = st.sampled_from(roles_of(rules))
    capacities = st.sampled_from(CAPACITIES)
    office = st.builds(Office, account, unit, capacities)
    anywhere = st.builds(Office, account, st.one_of(unit, st.none()), capacities)
    held = draw(
        st.lists(
            st.one_of(
                st.tuples(st.just(HEAD), st.just(BOOK), office),
                st.tuples(roles.filter(lambda role: role != HEAD), st.just(BOOK), anywhere),
                st.tuples(roles, st.just(OTHER_BOOK), anywhere),
            ),
            max_size=9,
        )
    )
    heads = draw(st.dictionaries(unit, person, max_size=2))
    lenders = st.sampled_from([(office.account, role) for role, _book, office in held] or [(1, HEAD)])
    return Invented(
        rules=rules,
        person=persons,
        works_in=draw(st.dictionaries(person, unit, max_size=6)),
        offices=held,
        awaited={at: AwaitedHead(at, one, f"P{one}", at) for at, one in heads.items()},
        lent=draw(st.dictionaries(lenders, st.lists(account, max_size=2), max_size=4)),
        helpers=draw(st.dictionaries(account, st.lists(account, max_size=2), max_size=3)),
        answering=draw(st.dictionaries(person, unit, max_size=2)),
        seen=draw(st.sets(st.tuples(account, person), max_size=12)),
    )


@st.composite
def contexts(draw: st.DrawFn, there: Invented) -> ApprovalContext:
    """What is asked for by one of the accounts, about one of the persons or nobody."""
    asker, person = draw(st.sampled_from(ACCOUNTS)), st.integers(1, 6)
    concerned = draw(st.one_of(person, st.none()))
    barred = there.linked_persons(asker) | ({concerned} if concerned is not None else frozenset())
    return ApprovalContext(
        BOOK,
        draw(st.sampled_from(list(UNITS))),
        concerned,
        barred,
        asker,
        in_person=draw(st.booleans()),
        sought=draw(st.one_of(st.none(), st.none(), person)),
        awaits_head=draw(st.booleans()),
    )


def decisions() -> st.SearchStrategy[list[Earlier]]:
    """Earlier decisions on the same request."""
    account = st.sampled_from(ACCOUNTS)
    return st.lists(st.tuples(account, st.one_of(st.none(), account)), max_size=2)
