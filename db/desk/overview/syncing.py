"""In whom a book and the system outside differ, as a table."""

from __future__ import annotations

from db.desk.authority.permissions import root_of
from db.desk.extracts.report_rights import Extent, units_below
from db.desk.outside.drift_views import DriftRow, drift_of
from db.store.tables import Entry


def differences(place: Extent) -> tuple[DriftRow, ...]:
    """The differences below a unit; below the root also those whom only the system knows."""
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    whole = place.unit == root_of(place.book)
    entries = Entry.select(Entry.id, Entry.unit).where(Entry.book == place.book)
    units = {row.id: row.unit_id for row in entries}
    return tuple(row for row in drift_of(place.book, "").rows if whole or units.get(row.entry or 0) in within)
