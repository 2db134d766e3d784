"""Who looked, told by a unit in which nobody is told apart, never by name. Not an operation.

A unit is named where it leaves `FEWEST` people or more, besides the reader, who are not named by a unit below
it; else the one above is. Where a few are left over at the top, the smallest unit named there is named no
more, so that "somebody entitled to look" is none of these few alone. Whoever has no entry anywhere is told by
their office, such as a class's teacher.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peewee import fn

from db.desk.authority.offices import held_at
from db.desk.authority.permissions import policy_of
from db.language import Text, _
from db.store.tables import Account, AuditRecord, Entry, Grant, Unit

FEWEST = 3
UNNAMED = _("somebody entitled to look")


class Crowds:
    """Names units to the person of ``entries``; reads a book once."""

    def __init__(self, entries: Collection[int]) -> None:
        self._own = Entry.select(Entry.person).where(Entry.id.in_(entries))
        self._books: dict[str, dict[int, int]] = {}
        self._units: dict[int, Unit] = {}

    def one_of(self, unit: object) -> Text:
        """Return a viewer's nearest unit that is large enough not to identify them; unnamed where there is
        none or the unit is not on record."""
        row = Unit.get_or_none(Unit.id == unit)
        if row is None:
            return UNNAMED
        if row.book_id not in self._books:
            self._books[row.book_id] = self._read(row.book_id)
        named = self._books[row.book_id]
        found = next((one for one in self._above(row.id) if one in named), None)
        return _("a colleague of {unit}", unit=self._units[found].name) if found else UNNAMED

    @staticmethod
    def office_then(look: AuditRecord) -> Text:
        """Return the office of the book that a viewer without an entry held then, the first in its rules;
        unnamed without one. No entry shows who that is."""
        account = Account.get_or_none(Account.id == look.account)
        if account is None or look.book is None:
            return UNNAMED
        theirs = (Grant.account == account) | (Grant.person == account.person_id)
        then = (Grant.book == look.book) & held_at(look.at) & (Grant.from_at <= look.at)
        held = {row.role for row in Grant.select(Grant.role).where(then & theirs)}
        return next((rule.label for rule in policy_of(look.book).roles if rule.id in held), UNNAMED)

    def _read(self, book: str) -> dict[int, int]:
        """Return the units of ``book`` that may be named, each with how many people it stands for; cached."""
        self._units |= {row.id: row for row in Unit.select().where(Unit.book == book)}
        counted: Any = (
            Entry.select(Entry.unit, fn.COUNT(Entry.person.distinct()))
            .where((Entry.book == book) & (Entry.state == "active") & Entry.person.not_in(self._own))
            .group_by(Entry.unit)
        )
        left: dict[int | None, int] = dict(counted.tuples())
        named: dict[int, int] = {}
        of_book = [unit for unit, row in self._units.items() if row.book_id == book]
        for unit in sorted(of_book, key=lambda one: -len(self._above(one))):
            people, above = left.pop(unit, 0), self._units[unit].parent_id
            if people >= FEWEST:
                named[unit] = people
            else:
                left[above] = left.get(above, 0) + people
        over = left.get(None, 0)
        while 0 < over < FEWEST and named:
            tops = [unit for unit in named if not named.keys() & set(self._above(unit)[1:])]
            over += named.pop(min(tops, key=lambda unit: (named[unit], unit)))
        return named

    def _above(self, unit: int) -> list[int]:
        """Return the unit and those above it, from below."""
        found, now = [unit], self._units[unit].parent_id
        while now is not None:
            found.append(now)
            now = self._units[now].parent_id
        return found
