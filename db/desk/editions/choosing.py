"""Who is in an edition and who receives it: rules over units and posts, never a list kept by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import policy_of, root_of
from db.desk.entry.record import is_open
from db.desk.entry.unit_contacts import contacts_of
from db.desk.extracts.report_rights import units_below
from db.policy.schema.book import EditionRule, Selector
from db.store.tables import Account, Entry, EntryTag, Grant, Unit


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
        return [
            entry
            for entry in self.colleagues
            if entry.ended_at is None
            and self._chosen(entry, edition.recipients)
            and (not edition.for_units or self.unit_kind(entry.unit_id) in edition.for_units)
        ]

    def posts(self, entry: Entry) -> tuple[str, ...]:
        """Return the posts that the entry's position is a title of, in the policy's order."""
        return tuple(rule.id for rule in self.policy.posts if entry.position in rule.titles)

    def unit_kind(self, unit: int) -> str:
        """Return the kind of a unit: its own, else that of the unit above; at the root the policy's first."""
        at: int | None = unit
        while at is not None:
            row = self.units[at]
            if row.kind:
                return str(row.kind)
            at = row.parent_id
        return self.policy.unit_kinds[0].id if self.policy.unit_kinds else ""

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
        at: int | None = unit
        while at is not None:
            row = self.units[at]
            if row.parent_id is None:
                return None
            if self.units[row.parent_id].parent_id is None:
                return int(row.id)
            at = row.parent_id
        return None

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
