"""Years that deadlines reach into and of which the holidays are not known yet. Not an operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from peewee import fn

from db.desk.due_dates import calendar, declared, has_calendar
from db.desk.notifications.alarming import holders
from db.desk.notifications.notices import store_notice
from db.desk.tasks.duties import Alarm
from db.desk.tasks.opening import mark_once
from db.policy.effective import EffectivePolicy
from db.store.tables import Request, Task

UNKNOWN = "calendar-unknown"


def unknown_years(book: str) -> dict[int, int]:
    """Return years that deadlines reach and whose holidays nobody has given, each with how many do."""
    years: Counter[int] = Counter()
    for table, states in ((Task, ("open",)), (Request, ("open", "returned"))):
        waiting = (table.book == book) & table.state.in_(states) & table.due.is_null(False)
        rows: Any = table.select(table.due, fn.COUNT(table.id)).where(waiting).group_by(table.due).tuples()
        for day, count in rows:
            years[int(day[:4])] += count
    known = {day.year for day in declared(None)}
    days = calendar()
    return {year: years[year] for year in sorted(years) if year not in known and not days.is_announced(year)}


def alarm_unknown(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Tell the keepers of the book, once for each such year; yield what was told."""
    for year, count in (unknown_years(policy.book) if has_calendar() else {}).items():
        if mark_once(f"calendar:{policy.book}:{year}"):
            whom = [one for role in sorted(policy.keepers) for one in holders(policy, role)]
            clause, figures = policy.maintainer.clause, {"year": year, "count": count}
            told = store_notice(UNKNOWN, policy.book, whom, clause=clause, detail=figures)
            yield Alarm("duties.calendar", clause, {**figures, "told": told})
