"""The first of the books that a person is in, and what they are called. Not an operation.

What a person is called beside their books, as somebody who asks and decides, is decided in their first book
alone, where also their leaving of the organisation is entered: else a team's or a class's book would name,
or shut out, officers of all others. In each book an entry bears the name that it has there.
"""

from __future__ import annotations

from peewee import fn

from db.store.tables import Entry, Person


def first_book(person: int) -> str:
    """Return the book in which the person has been longest, by the record and not by a day that somebody
    typed; empty where they are in none. Nobody comes before it by being entered in another one."""
    present = Entry.select(Entry.book).where((Entry.person == person) & (Entry.state == "active"))
    first = present.order_by(fn.COALESCE(Entry.bound_at, ""), Entry.id).first()
    return str(first.book_id) if first is not None else ""


def name_person(row: Entry) -> None:
    """Store the entry's name as the person's, by which they are called in all books, where that entry's book
    is their first or only one."""
    if first_book(row.person_id) in ("", row.book_id):
        Person.update(name=row.name).where(Person.id == row.person_id).execute()


def names_of(person: int) -> set[str]:
    """Return what the person is called, and in each of their entries."""
    names = {str(Person.get_by_id(person).name)}
    return names | {str(row.name) for row in Entry.select(Entry.name).where(Entry.person == person)}
