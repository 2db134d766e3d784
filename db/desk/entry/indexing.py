"""All search keys made from the entries: after a migration that changed how they are made, and after a
restore, as no backup holds them. Not an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from db.desk.authority.permissions import policy_of
from db.desk.entry.record import SearchKeys, place_of, values_of_many
from db.store import searchindex
from db.store.engine import database
from db.store.searchkeys import Findable
from db.store.sql import fetch, is_among
from db.store.tables import Book, SearchEntry

AT_ONCE = 500


def index_all() -> None:
    """Index every active entry of all books if the search tables are empty; else do nothing. The caller's
    transaction is kept."""
    if SearchEntry.select().exists():
        return  # another process made them while this one waited for its turn
    for book in Book.select().order_by(Book.id):
        searchindex.index_entries(_findables(book.id))


def _findables(book: str) -> Iterator[Findable]:
    """Yield by what each active entry is found, unit by unit: the search tables lie in that order."""
    finding, place = SearchKeys(policy_of(book)), cache(place_of)
    rows = fetch(
        "SELECT id, unit_id, name, position, kind, organisation FROM entry "
        f"WHERE book_id = {database.param} AND state = 'active' ORDER BY unit_id, id",
        (book,),
    )
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        entries = [row[0] for row in some]
        values, tags = values_of_many(entries), _tags(entries)
        for entry, unit, name, position, kind, organisation in some:
            yield finding.of(
                entry,
                place(unit),
                values[entry],
                name=name,
                position=position,
                kind=kind,
                organisation=organisation,
                tags=tags[entry],
            )


def _tags(entries: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    where, given = is_among("entry_id", entries)
    for entry, tag in fetch(f"SELECT entry_id, tag FROM entry_tag WHERE {where}", given):
        found[entry].append(tag)
    return found
