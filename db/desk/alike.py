"""Names on record that look like another one and are spelt in other letters (UTS 39, 4). Not an operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from db.desk.standing import root_of
from db.store.lookalikes import skeleton
from db.store.searchkeys import alike, entry_of, folded
from db.store.tables import Entry, SearchKey, Unit

CHUNK = 500


def look(name: str) -> str:
    """What two names have in common that can't be told apart."""
    return skeleton(folded(name))


def differ(name: str, other: str) -> bool:
    """Whether two names are written in other letters."""
    return folded(name) != folded(other)


def looking_like(book: str, names: Collection[str]) -> Mapping[str, Sequence[Entry]]:
    """Those of ``names`` that look like an active entry's of ``book`` and are spelt otherwise, each with
    these entries, their units read along."""
    keys = {alike(name, side): look(name) for name in names for side in ("internal", "external")}
    ordered, by_look = sorted(keys), defaultdict(set)
    for start in range(0, len(ordered), CHUNK):
        rows = SearchKey.select(SearchKey.line, SearchKey.key).where(
            (SearchKey.scope == root_of(book)) & SearchKey.key.in_(ordered[start : start + CHUNK])
        )
        for row in rows:
            by_look[keys[row.key]].add(entry_of(row.line))
    found: dict[str, Sequence[Entry]] = {}
    for name in names:
        numbers = by_look.get(look(name))
        if numbers:
            rows = Entry.select(Entry, Unit).join(Unit).where(Entry.id.in_(numbers)).order_by(Entry.id)
            others = [row for row in rows if differ(row.name, name) and look(row.name) == look(name)]
            if others:
                found[name] = others
    return found
