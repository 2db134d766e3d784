"""The report on whom a book and the system outside differ in (G.4)."""

from __future__ import annotations

from db.desk.authority.permissions import root_of
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import MAINTAINER, SUPERVISOR, Extent, units_below
from db.desk.outside.drift_views import DriftRow, drift_of
from db.language import _
from db.store.tables import Entry


class DriftReport(ReportGroup):
    @report("sync", _("Differences from WeCom"), MAINTAINER, SUPERVISOR, rests_on="sync")
    def sync(self, book: str, unit: int | None = None) -> ReportRows[DriftRow]:
        """Return in whom the book and the system outside differ, as the last comparison found it (G.4)."""
        return self._draw("sync", _differences, book, unit)


def _differences(place: Extent) -> tuple[DriftRow, ...]:
    """Return the differences below a unit; below the root also people whom only the system knows."""
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    whole = place.unit == root_of(place.book)
    entries = Entry.select(Entry.id, Entry.unit).where(Entry.book == place.book)
    units = {row.id: row.unit_id for row in entries}
    return tuple(row for row in drift_of(place.book, "").rows if whole or units.get(row.entry or 0) in within)
