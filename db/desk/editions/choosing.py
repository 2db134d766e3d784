"""Who is in an edition and who receives it: rules over units and posts, never a list kept by hand."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import policy_of, root_of
from db.desk.entry.record import is_open
from db.desk.entry.unit_contacts import contacts_of
from db.desk.extracts.report_rights import units_below
from db.policy.schema.book import EditionRule, Selector
from db.store.searchkeys import fold_text
from db.store.tables import Account, Entry, EntryTag, Grant, Unit

_BETWEEN = re.compile(r"[()/、,;兼]")
"""Stands between two titles of one position."""
_UNIT = re.compile(r"(?:[部处室科组局区]|中心)$")
"""The end of a name that only a unit has: product managers in a unit called `产品` don't manage the unit."""


class Choosing:
    """Answers about one book within one transaction; each table is read once."""

    def __init__(self, book: str) -> None:
        self.book = book
        self.policy = policy_of(book)
        order = units_below(book, {root_of(book)})
        self.place = {option.id: at for at, option in enumerate(order)}
        self._contacts: dict[int, Mapping[str, Sequence[str]]] = {}
        self.units = {unit.id: unit for unit in Unit.select().where(Unit.book == book)}

    @cached_property
    def colleagues(self) -> Sequence[Entry]:
        """Active entries of the organisation's own people, in the order of units."""
        kinds = [rule.id for rule in self.policy.kinds if rule.side == "internal"]
        rows = Entry.select().where(
            (Entry.book == self.book) & (Entry.state == "active") & Entry.kind.in_(kinds)
        )
        last = len(self.place)
        return sorted(rows, key=lambda entry: (self.place.get(entry.unit_id, last), entry.id))

    def included(self, edition: EditionRule) -> list[Entry]:
        return [entry for entry in self.colleagues if self._chosen(entry, edition.include)]

    def recipients(self, edition: EditionRule) -> list[Entry]:
        """Return the entries that its rule names, in its kinds of unit, whose last day is not over (A.10)."""
        return [entry for entry in self.colleagues if self.receives(edition, entry)]

    def heads_left_out(self, edition: EditionRule) -> list[Entry]:
        """Return heads in its kinds of unit whom an edition for posts does not go to, for their positions."""
        return [
            entry
            for entry in self._within(edition)
            if edition.recipients.posts
            and entry.id in self._heads
            and not self._chosen(entry, edition.recipients)
        ]

    def receives(self, edition: EditionRule, entry: Entry) -> bool:
        """Return whether it goes to a colleague with the values of ``entry``, which need not be stored
        yet."""
        return self._is_within(edition, entry) and self._chosen(entry, edition.recipients)

    def _within(self, edition: EditionRule) -> Iterator[Entry]:
        return (entry for entry in self.colleagues if self._is_within(edition, entry))

    def _is_within(self, edition: EditionRule, entry: Entry) -> bool:
        kinds = edition.for_units
        return entry.ended_at is None and (not kinds or self.unit_kind(entry.unit_id) in kinds)

    def posts(self, entry: Entry) -> tuple[str, ...]:
        """Return the posts that the entry's position is a title of, in the policy's order."""
        titles = frozenset(self._titles(entry))
        return tuple(post for post, known in self._posts.items() if not known.isdisjoint(titles))

    @cached_property
    def _posts(self) -> dict[str, frozenset[str]]:
        return {rule.id: frozenset(map(fold_text, rule.titles)) for rule in self.policy.posts}

    def _titles(self, entry: Entry) -> Iterator[str]:
        """Yield the titles in the entry's position, folded; and each without a leading name of a unit that it
        lies in, or for the head of that unit without any beginning that the name shares."""
        for part in _BETWEEN.split(unicodedata.normalize("NFKC", entry.position)):
            title = fold_text(part)
            yield title
            for unit in self._line(entry.unit_id):
                name = fold_text(self.units[unit].name)
                common = _count_common(title, name)
                if self.heads.get(unit) == entry.id or (common == len(name) and _UNIT.search(name)):
                    yield from (title[end:] for end in range(1, common + 1))

    def unit_kind(self, unit: int) -> str:
        """Return the kind of a unit: its own, else that of the unit above; at the root the policy's first."""
        stated = [str(kind) for at in self._line(unit) if (kind := self.units[at].kind)]
        return next(iter(stated + [rule.id for rule in self.policy.unit_kinds]), "")

    def contacts(self, unit: int) -> Mapping[str, Sequence[str]]:
        """Return the unit's open contacts by field, for people without their own (I.4.2.3); cached."""
        if unit not in self._contacts:
            open_to_all = {rule.name for rule in self.policy.unit_fields if is_open(rule)}
            self._contacts[unit] = {
                name: (value,) for name, value in contacts_of(unit).items() if name in open_to_all
            }
        return self._contacts[unit]

    def division(self, unit: int) -> int | None:
        """Return the unit right below the root that ``unit`` is or lies in; None for the root itself."""
        *_below, division, _root = (None, None, *self._line(unit))
        return division

    def _line(self, unit: int) -> Iterator[int]:
        """Yield ``unit`` and all units above it, up to the root."""
        at: int | None = unit
        while at is not None:
            yield at
            at = self.units[at].parent_id

    @cached_property
    def accounts(self) -> dict[int, Account]:
        """person -> the account that they can open a copy with."""
        people = [entry.person_id for entry in self.colleagues]
        rows = Account.select().where(Account.person.in_(people) & (Account.state != "disabled"))
        return {int(row.person_id or 0): row for row in rows.order_by(Account.id.desc())}

    def _chosen(self, entry: Entry, rule: Selector) -> bool:
        return (
            rule.everyone
            or self.unit_kind(entry.unit_id) in rule.units
            or not set(rule.posts).isdisjoint(self.posts(entry))
            or not set(rule.roles).isdisjoint(self._roles(entry))
            or not set(rule.tags).isdisjoint(self._tags[entry.id])
        )

    def _roles(self, entry: Entry) -> set[str]:
        found = {"employee", *self._granted[entry.person_id]}
        return found | {"head"} if entry.id in self._heads else found

    @cached_property
    def heads(self) -> dict[int, int]:
        """unit -> the entry of whoever heads it"""
        return {unit: head.entry for unit, head in heads_in(self.book).items()}

    @cached_property
    def _heads(self) -> set[int]:
        return set(self.heads.values())

    @cached_property
    def _tags(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        rows = EntryTag.select(EntryTag).join(Entry).where(Entry.book == self.book)
        for row in rows:
            found[row.entry_id].add(row.tag)
        return found

    @cached_property
    def _granted(self) -> dict[int, set[str]]:
        rows: Any = (
            Grant.select(Account.person, Grant.role)
            .join(Account, on=Grant.is_of())
            .where(Account.person.is_null(False) & Grant.in_force())
            .where(Grant.book.is_null() | (Grant.book == self.book))
            .tuples()
        )
        found: dict[int, set[str]] = defaultdict(set)
        for person, role in rows:
            found[person].add(role)
        return found


def _count_common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (here, there) in pairs if here != there), min(len(one), len(other)))
