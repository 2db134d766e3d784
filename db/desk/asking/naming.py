"""Which requests name somebody by what was typed: look-ups and disclosures. Not an operation."""

from __future__ import annotations

from collections.abc import Iterator

from db.desk.asking import disclosure
from db.desk.entry.persons import names_of
from db.desk.requests import access
from db.desk.requests.payload import open_payload
from db.store.searchkeys import fold_text
from db.store.subjects import Destroyed
from db.store.tables import Entry, Request


def requests_naming(person: int) -> Iterator[Request]:
    """Decrypt all look-ups and disclosures in books that ``person`` was ever in, and yield those that name
    them. Passes over requests whose content is destroyed."""
    named = {fold_text(name) for name in names_of(person)}
    entries = {row.id: row.book_id for row in Entry.select().where(Entry.person == person)}
    asked = Request.kind.in_((access.KIND, disclosure.KIND)) & Request.book.in_(set(entries.values()))
    for request in list(Request.select().where(asked).order_by(Request.id)):
        try:
            asks = open_payload(request)
        except Destroyed:
            continue
        people = (
            asks["people"] if request.kind == disclosure.KIND else [{"entry": None, "typed": asks["name"]}]
        )
        for one in people:
            typed, _slash, _place = str(one["typed"]).replace("／", "/").partition("/")
            if one["entry"] in entries or fold_text(typed) in named:
                yield request
                break
