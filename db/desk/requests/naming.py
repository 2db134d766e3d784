"""Which requests name somebody by what was typed, such as look-ups and disclosures. Not an operation."""

from __future__ import annotations

from collections.abc import Iterator

from db.desk.entry.persons import names_of
from db.desk.requests.payload import open_payload
from db.desk.requests.request_kinds import KINDS
from db.store.searchkeys import fold_text
from db.store.subjects import Destroyed
from db.store.tables import Entry, Request


def requests_naming(person: int) -> Iterator[Request]:
    """Decrypt all requests that name people, in books that ``person`` was ever in, and yield those that name
    them. Passes over requests whose content is destroyed."""
    named = {fold_text(name) for name in names_of(person)}
    entries = {row.id: row.book_id for row in Entry.select().where(Entry.person == person)}
    asked = Request.kind.in_([kind.id for kind in KINDS.values() if kind.names is not None])
    in_books = Request.book.in_(set(entries.values()))
    for request in list(Request.select().where(asked & in_books).order_by(Request.id)):
        try:
            asks = open_payload(request)
        except Destroyed:
            continue
        names = KINDS[request.kind].names
        for entry, typed in names(asks) if names is not None else ():
            name, _slash, _place = typed.replace("／", "/").partition("/")
            if entry in entries or fold_text(name) in named:
                yield request
                break
