"""By which country's holidays and in which time zone days are counted. Not an operation.

The settings say it, a file that one person can edit unseen; what counts is on record. Whoever opens the store
on the host puts the settings' word there: the first one as it is; a later one sets the deadlines under way
anew, and is told to those who watch.
"""

from __future__ import annotations

from db.desk.authority.permissions import active_policies
from db.desk.calendars.recounting import Recounting
from db.desk.notifications.alarming import watching_host
from db.desk.notifications.notices import DAYS_COUNTED, store_notice
from db.desk.refusal import SILENT
from db.language import Message, _
from db.policy.clock import WorkingCalendar
from db.store import audit, clock
from db.store.engine import counts_by
from db.store.settings import Settings
from db.store.tables import DayBasis

COUNTED = "days.counted"


def recorded_basis() -> DayBasis | None:
    last: DayBasis | None = DayBasis.select().order_by(DayBasis.id.desc()).first()
    return last


def is_to_take_over(settings: Settings) -> bool:
    """Return whether ``settings`` count days by another country or time zone than is on record."""
    last = recorded_basis()
    return last is None or (last.country, last.time_zone) != (settings.country, settings.time_zone)


def basis_problem(settings: Settings) -> Message | None:
    """Return why days can't be counted by ``settings``; None if they can."""
    try:
        WorkingCalendar(settings.country, settings.time_zone)
    except ValueError:
        return _("nothing is known of the holidays of {country}", country=settings.country)
    return None


def take_over(settings: Settings, source: str) -> int:
    """Store, within the running transaction, that days are counted by ``settings``, and record it. Where
    another basis was stored, recount every open deadline, notify those whose deadlines moved and the watchers
    of each directory. Return how many deadlines moved."""
    last, policies, moved = recorded_basis(), active_policies()[0], 0
    recounting = Recounting(one.book for one in policies) if last is not None else None
    country, zone = settings.country, settings.time_zone
    DayBasis.create(at=clock.now(), country=country, time_zone=zone, source=source)
    counts_by(country, zone)
    detail = {"country": country, "time_zone": zone}
    if last is not None and recounting is not None:
        detail |= {"was": f"{last.country}, {last.time_zone}", "source": source}
        moved = recounting.move_deadlines().deadlines
        for policy in policies:
            store_notice(
                DAYS_COUNTED,
                policy.book,
                watching_host(policy),
                clause=SILENT,
                detail=detail,
                acknowledge=True,
            )
    audit.append(act=COUNTED, outcome="done", source=source, front="host", detail=detail | {"moved": moved})
    return moved
