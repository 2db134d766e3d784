"""Years that deadlines reach into and of which the holidays are not known yet. Not an operation."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from peewee import SQL, fn

from db.desk.due_dates import calendar, declared_days, has_calendar, today
from db.desk.notifications.alarming import role_accounts
from db.desk.notifications.notices import store_notice
from db.desk.tasks.duties import Alarm
from db.desk.tasks.opening import mark_once
from db.policy.effective import EffectivePolicy
from db.store.tables import Request, Task

UNKNOWN = "calendar-unknown"


def unknown_years(book: str) -> dict[int, int]:
    """Return the years that open deadlines reach and whose holidays are not declared, with the number of
    deadlines in each."""
    known, days = {day.year for day in declared_days(None)}, calendar()

    def is_unknown(year: int) -> bool:
        return year not in known and not days.is_announced(year)

    first = next(filter(is_unknown, itertools.count(today().year - 1)))
    years: Counter[int] = Counter()
    for table, states in ((Task, ("open",)), (Request, ("open", "returned"))):
        # Most are due before: those are passed over where they lie, and not counted.
        waiting = (table.book == book) & table.state.in_(states) & (table.due >= f"{first}-01-01")
        rows: Any = table.select(table.due, fn.COUNT(SQL("*"))).where(waiting).group_by(table.due).tuples()
        for day, deadlines in rows:
            years[int(day[:4])] += deadlines
    return {year: years[year] for year in filter(is_unknown, sorted(years))}


def alarm_unknown(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Notify the keepers of the book, once for each year that deadlines reach and whose holidays are not
    declared; yield an alarm for each."""
    for year, count in (unknown_years(policy.book) if has_calendar() else {}).items():
        if mark_once(f"calendar:{policy.book}:{year}"):
            whom = [one for role in sorted(policy.keepers) for one in role_accounts(policy, role)]
            clause, figures = policy.maintainer.clause, {"year": year, "count": count}
            told = store_notice(UNKNOWN, policy.book, whom, clause=clause, detail=figures)
            yield Alarm("duties.calendar", clause, {**figures, "told": told})
