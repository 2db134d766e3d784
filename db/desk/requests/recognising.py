"""Recognising somebody who joins, or comes with a file, and was on record before: of another book, or come
back (A.10, B.2).

A joiner waits as a person of their own, whoever enters them. Who they are stands in the request, by number
and name, and holds once that is decided: one hand alone binds, names and opens nobody. Whether there is
somebody of that number and name is said to nobody who could not see them, until it is decided (C.10). Of
whom a file brings the same holds (`importing.on_record`). Not an operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, books_of, root_of
from db.desk.entry.colleagues import known_entries
from db.desk.entry.naming import by_number
from db.desk.entry.persons import names_of
from db.desk.notifications.alarming import person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT, Problem, Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.payload import carried_over
from db.desk.requests.watchers import watchers_of
from db.language import _
from db.store import clock
from db.store.sql import for_update
from db.store.tables import Account, Book, Entry, Person, Request

BOUND: Final = "bound"


def identity_problems(permissions: Permissions, book: str, person: int, name: str) -> tuple[Problem, ...]:
    """Return the problems with a joiner's being ``person``, as far as the actor may know of them."""
    known = known_entries(permissions, book, person)
    if any(row.book_id == book and row.state == "active" for row in known):
        return (Problem("name", _("This person is in the directory already.")),)
    if known and name not in {row.name for row in known}:
        return (Problem("name", _("This is another name than on record.")),)
    return ()


def check_known(request: Request, person: int | None, name: str) -> None:
    """Lock ``person``. Raises Refused, alike whatever it is, where number and name are not together those of
    somebody on record who is not in the book already."""
    if person is not None and not may_be_person(request.book_id, person, name):
        raise Refused(
            _("There is nobody of that number and name on record who could join here."),
            SILENT,
            _("Return it: without the number, the joiner is entered as somebody new."),
        )


def may_be_person(book: str, person: int, name: str) -> bool:
    """Lock ``person``; return whether that is somebody on record who is called ``name`` and not in ``book``
    already."""
    known = for_update(Person.select().where(Person.id == person)).get_or_none()
    return known is not None and name in names_of(person) and not is_in(book, person)


def bind_entry(request: Request, person: int, act: Act) -> None:
    """Make the waiting entry of ``request`` one of ``person``, seal what requests ask about it under that
    person's key, and notify them and the watchers of their other books. The entry's own person of before is
    kept with it, to be erased with them."""
    entry = int(request.entry_id or 0)
    with carried_over(entry):
        Entry.update(person=person, waited_as=Entry.person, bound_at=clock.now()).where(
            Entry.id == entry
        ).execute()
    act.note_facts(person=person)
    tell_bound(request.book_id, [person], request.clause, request.requester_id, act.permissions.account)


def is_in(book: str, person: int) -> bool:
    """Return whether ``person`` has an active entry in ``book``."""
    here = (Entry.person == person) & (Entry.book == book) & (Entry.state == "active")
    return bool(Entry.select().where(here).exists())


def tell_bound(book: str, persons: Iterable[int], clause: str, *hands: int) -> None:
    """Notify the accounts of each of ``persons``, and the watchers of their other books, in those books, that
    they are in ``book`` too; nobody for a person in no other book. ``hands``: the accounts that entered them,
    the author first; watchers who count as one with these are left out."""
    resolver, title = ApproverResolver(), Book.get_by_id(book)
    said = {"by": person_or_login(hands[0]), "zh": title.title_zh, "en": title.title_en}
    for person in persons:
        barred = resolver.linked_persons(*hands, person=person)
        theirs = Account.select().where((Account.person == person) & (Account.state != "disabled"))
        accounts = [row.id for row in theirs.order_by(Account.id)]
        detail = {"who": by_number(person), **said}
        for other, unit, entry in _other_places(book, person, accounts):
            told = [*accounts, *watchers_of(other, unit, barred, resolver, everybody=True)]
            accounts = []
            store_notice(BOUND, other, told, clause=clause, entry=entry, unit=unit, detail=detail)


def _other_places(book: str, person: int, accounts: list[int]) -> Iterator[tuple[str, int, int | None]]:
    """Yield the other books in which the person is something, each with the unit and entry there."""
    elsewhere = (Entry.person == person) & (Entry.state == "active") & (Entry.book != book)
    present = list(Entry.select().where(elsewhere).order_by(Entry.id))
    yield from ((row.book_id, row.unit_id, row.id) for row in present)
    known = {book, *(row.book_id for row in present)}
    for other in sorted({one for account in accounts for one in books_of(account)} - known):
        yield other, root_of(other), None
