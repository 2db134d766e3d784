"""Which imports that were asked for hold somebody's row: it goes with the person. Not an operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.desk.authority.permissions import policy_of
from db.desk.entry.persons import names_of
from db.desk.importing.begun import SUBMIT
from db.desk.importing.rows import RowReading
from db.desk.requests.payload import open_payload
from db.desk.requests.putting_off import KIND
from db.store.engine import store
from db.store.subjects import Destroyed
from db.store.tables import Entry, Request


def imports_naming(person: int) -> Iterator[Request]:
    """Decrypt requests for imports in the person's books; yield those with somebody of their name."""
    named = names_of(person) - {""}
    books = Entry.select(Entry.book).where(Entry.person == person).distinct()
    for request in list(Request.select().where((Request.kind == KIND) & Request.book.in_(books))):
        try:
            asks = open_payload(request)
        except Destroyed:
            continue
        if asks.get("operation") == SUBMIT and named & _names(request.book_id, asks["arguments"]["rows"]):
            yield request


def _names(book: str, rows: Sequence[Sequence[str]]) -> set[str]:
    """Return everybody's name, and every cell, as a name may stand in another column."""
    reading = RowReading(policy_of(book), store().settings.phone_region, ())
    return {one.name for one in reading.read(rows)} | {cell.strip() for row in rows for cell in row}
