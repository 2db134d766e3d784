"""What the journal has lost, held against the backups that are there. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence

from db.language import Text, listed
from db.store.backups.backup_store import NotStored, manifests
from db.store.engine import store
from db.store.journal.reading import Hole
from db.store.settings import Home
from db.store.verifying import holes_of


def lost_of_journal(home: Home) -> tuple[tuple[Hole, ...], tuple[Hole, ...]]:
    """Read the whole journal; return the gaps since the oldest backup in any place, and those of them that no
    backup covers. Returns nothing where there is no backup."""
    found: list[int] = []
    for place in home.backups_to(store().settings):
        try:
            found += [manifest.position for manifest in manifests(place)]
        # The backups of the other places count.
        except NotStored:
            continue
    lost = holes_of(min(found)) if found else ()
    return lost, tuple(one for one in lost if one.last > max(found))


def spans_of(holes: Sequence[Hole]) -> Text:
    """Return the lost stretches as ranges of the journal's own numbers."""
    return listed(f"{one.first}–{one.last}" if one.last > one.first else str(one.first) for one in holes)
