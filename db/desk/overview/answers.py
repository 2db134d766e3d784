"""What reports come to today, in numbers alone: what a gallery of them says before one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from db.desk.extracts.report_rights import Extent, units_below
from db.desk.overview.changes import changes
from db.desk.overview.gaps import coverage, incomplete
from db.desk.overview.movements import movements
from db.desk.overview.reviewing import reviews, stale
from db.desk.overview.unreached import unreached
from db.desk.tasks.deadlines import deadlines

Numbers = tuple[int, ...]


def _deadlines(place: Extent, first: date, last: date) -> Numbers:
    """Overdue now, kept, and come to their end."""
    rows = deadlines(place.book, units_below(place.book, {place.unit}), first, last)
    overdue, kept = sum(row.overdue for row in rows), sum(row.on_time for row in rows)
    return overdue, kept, overdue + kept + sum(row.late for row in rows)


def _movements(place: Extent, first: date, last: date) -> Numbers:
    """Joined, moved, left, and how many of all wait."""
    rows = movements(place, first, last)
    events = (sum(row.event == event for row in rows) for event in ("join", "move", "leave"))
    return (*events, sum(not row.entered for row in rows))


def _reviews(place: Extent, first: date, last: date) -> Numbers:
    rows = reviews(place, first, last)
    return sum(row.undecided for row in rows), sum(row.late for row in rows)


ANSWERS: Final[Mapping[str, Callable[[Extent, date, date], Numbers]]] = {
    "compliance": _deadlines,
    "incomplete": lambda place, _first, _last: (len(incomplete(place)),),
    "coverage": lambda place, _first, _last: (len(coverage(place)),),
    "stale": lambda place, _first, _last: (len(stale(place)),),
    "unreached": lambda place, _first, _last: (len(unreached(place)),),
    "movements": _movements,
    "changes": lambda place, first, last: (len(changes(place, first, last)),),
    "reviews": _reviews,
}
"""The numbers of each report that has some, of a period or of today."""
