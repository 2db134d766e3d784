"""All search keys made from the entries: after a migration that changed how they are made, and after a
restore, as no backup holds them. Not an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from db.desk.authority.standing import policy_of
from db.desk.entry.record import findable, region_of, values_of_many
from db.store import searchindex
from db.store.searchkeys import Findable
from db.store.tables import Book, Entry, EntryTag, SearchEntry, Unit, UnitAbove

AT_ONCE = 500


def is_missing() -> bool:
    """Whether there are entries, and no search key of any."""
    return not SearchEntry.select().exists() and Entry.select().where(Entry.state == "active").exists()


def index_all() -> None:
    """Make every active entry found, where none is yet. Within one transaction."""
    if SearchEntry.select().exists():
        return  # another process made them while this one waited for its turn
    for book in Book.select().order_by(Book.id):
        searchindex.add(_findables(book.id))


def _findables(book: str) -> Iterator[Findable]:
    policy = policy_of(book)

    @cache
    def place(unit: int) -> tuple[Unit, tuple[str, ...], str]:
        above = (
            Unit.select(Unit.name)
            .join(UnitAbove, on=(UnitAbove.above == Unit.id))
            .where((UnitAbove.unit == unit) & Unit.parent.is_null(False))
        )
        return Unit.get_by_id(unit), tuple(over.name for over in above), region_of(unit)

    last = 0
    while True:
        rows = list(
            Entry.select()
            .where((Entry.book == book) & (Entry.state == "active") & (Entry.id > last))
            .order_by(Entry.id)
            .limit(AT_ONCE)
        )
        if not rows:
            return
        last = rows[-1].id
        values, tags = values_of_many([row.id for row in rows]), _tags([row.id for row in rows])
        for row in rows:
            unit, units, region = place(row.unit_id)
            yield findable(row, policy, values[row.id], unit, units, region=region, tags=tuple(tags[row.id]))


def _tags(entries: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in EntryTag.select().where(EntryTag.entry.in_(entries)).order_by(EntryTag.entry, EntryTag.tag):
        found[row.entry_id].append(row.tag)
    return found
