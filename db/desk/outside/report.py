"""The report on whom a book and the system outside differ in (G.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from db.desk.authority.permissions import root_of
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import MAINTAINER, SUPERVISOR, Extent, Numbers, units_below
from db.desk.outside.drift_views import DriftRow, drift_of, findings_of, survey_of
from db.language import _
from db.store.tables import Entry


def _count(place: Extent, *_days: date) -> Numbers:
    """Count the differences, and whether it was ever compared."""
    survey, is_shown = survey_of(place.book), _visible_below(place)
    found = sum(is_shown(one.entry_id) for one in findings_of(survey))
    return found, int(survey is not None and survey.at is not None)


class DriftReport(ReportGroup):
    @report("sync", _("Differences from WeCom"), MAINTAINER, SUPERVISOR, rests_on="sync", numbers=_count)
    def sync(self, book: str, unit: int | None = None) -> ReportRows[DriftRow]:
        """Return in whom the book and the system outside differ, as the last comparison found it (G.4)."""
        return self._draw("sync", _differences, book, unit)


def _differences(place: Extent) -> tuple[DriftRow, ...]:
    """Return the differences below a unit; below the root also people whom only the system knows."""
    is_shown = _visible_below(place)
    return tuple(row for row in drift_of(place.book, "").rows if is_shown(row.entry))


def _visible_below(place: Extent) -> Callable[[int | None], bool]:
    """Return whether a difference is shown below ``place``, by the entry in which it is."""
    within = {unit.id for unit in units_below(place.book, {place.unit})}
    whole = place.unit == root_of(place.book)
    entries = Entry.select(Entry.id, Entry.unit).where(Entry.book == place.book)
    units = {row.id: row.unit_id for row in entries}
    return lambda entry: whole or units.get(entry or 0) in within
