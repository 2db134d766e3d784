"""Whom and what the story means by a word: entries, units, tasks."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.offices import head_of
from db.desk.authority.permissions import root_of
from db.desk.entry.units import unit_named
from db.store.tables import Account, Entry, Unit


@dataclass(frozen=True, slots=True)
class CastPlaces:
    """``books``: login -> the book of their own entry; ``cast``: names of those with an account."""

    books: dict[str, str]
    cast: tuple[str, ...]

    def unit(self, book: str, path: str) -> int:
        found = unit_named(book, path)
        if found is None:
            raise LookupError(f"{book}: {path}")
        return found

    def account(self, login: str) -> int:
        return int(Account.get(Account.login == login).id)

    def entry(self, whose: str, book: str) -> int:
        """Return the entry of a login or name, of ``unit#head``, or of ``unit#n``: the n-th colleague without
        head and cast."""
        path, number, place = whose.partition("#")
        if number:
            unit = Unit.get_by_id(self.unit(book, path))
            head = head_of(unit)
            return head.entry if place == "head" and head else self._colleague(unit.id, int(place))
        account = Account.get_or_none(Account.login == whose)
        fits = (Entry.person == account.person_id) if account is not None else (Entry.name == whose)
        rows = Entry.select().where((Entry.book == book) & (Entry.state != "left") & fits)
        return int(rows.order_by(Entry.id).get().id)

    def people(self, book: str, path: str = "") -> list[int]:
        rows = Entry.select().join(Unit).where((Entry.book == book) & (Entry.state == "active"))
        rows = rows.where(Unit.side == "internal")
        if path and self.unit(book, path) != root_of(book):
            rows = rows.where(Entry.unit == self.unit(book, path))
        return [int(row.id) for row in rows.order_by(Entry.id)]

    def _colleague(self, unit: int, place: int) -> int:
        head = head_of(Unit.get_by_id(unit))
        rows = (
            Entry.select()
            .where((Entry.unit == unit) & (Entry.state == "active") & Entry.name.not_in(self.cast))
            .where(Entry.id != (head.entry if head is not None else 0))
            .order_by(Entry.id)
        )
        return int(list(rows)[place].id)
