"""The stage of the story: a clock that only goes forward, and the people who sign in on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from auth import sessions
from db.desk import Desk, open_desk
from db.policy.clock import WorkingCalendar
from db.store import clock
from db.store.tables import Account
from db.store.transactions import writing

SOURCES = ("10.20.3.{}", "10.20.7.{}", "10.31.0.{}", "172.16.8.{}")
When = tuple[int, str]
"""How many working days ago, and the time of that day, ``HH:MM``."""


def later_by(when: When, minutes: int) -> When:
    ago, hour = when
    hours, _colon, rest = hour.partition(":")
    total = int(hours) * 60 + int(rest) + minutes
    return ago, f"{total // 60:02d}:{total % 60:02d}"


@dataclass
class Stage:
    """Acts happen at ``When``; each moves the clock on by some seconds. Days are of the organisation."""

    present: datetime
    zone: str
    country: str
    random: Random
    _now: datetime = field(init=False)
    _open: dict[str, Desk] = field(default_factory=dict)
    _waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._calendar = WorkingCalendar(self.country, self.zone)
        self._days = [self._calendar.local_date(self.present)]
        self._now = datetime.min.replace(tzinfo=ZoneInfo("UTC"))

    def day(self, ago: int) -> date:
        while len(self._days) <= ago:
            before = self._days[-1] - timedelta(days=1)
            while not self._calendar.is_working_day(before):
                before -= timedelta(days=1)
            self._days.append(before)
        return self._days[ago]

    def week(self, before: int) -> int:
        """Return how many working days ago the first working day was of the week ``before`` weeks ago,
        skipping weeks of holidays."""
        today = self.day(0)
        monday = today - timedelta(days=today.weekday())
        while before:
            monday -= timedelta(days=7)
            first = self._calendar.next_working_day(monday)
            before -= first < monday + timedelta(days=7)
        return next(ago for ago in count() if self.day(ago) <= first)

    def ahead(self, days: int) -> date:
        return self._calendar.add_days(self._calendar.local_date(self._now), days)

    def schedule_act(self, when: When, act: Callable[[], None]) -> None:
        ago, hour = when
        moment = datetime.combine(self.day(ago), time.fromisoformat(hour), ZoneInfo(self.zone))
        self._waiting.append((moment, len(self._waiting), act))

    def play(self) -> None:
        """Run all scheduled acts in order under a shifted clock; everybody's session ends with their day.
        Raises ValueError for an act after the present."""
        clock.use_source(self._next_moment)
        try:
            day = None
            for moment, _number, act in sorted(self._waiting, key=lambda one: one[:2]):
                if moment >= self.present:
                    raise ValueError(f"{moment} has not come yet")
                if moment.date() != day:
                    self._all_leave()
                    day = moment.date()
                self._now = max(self._now, moment.astimezone(ZoneInfo("UTC")))
                act()
            self._all_leave()
        finally:
            clock.use_source(None)
            self._waiting.clear()

    def desk(self, login: str) -> Desk:
        """Return the desk of ``login``, beginning a recorded session on the first act of a day."""
        if login not in self._open:
            self._open[login] = open_desk(sessions.resume(self._sign_in(login)))
        return self._open[login]

    def _sign_in(self, login: str) -> int:
        """Begin and record a session like a sign-in over SSH, without a password; return its number."""
        account = Account.get(Account.login == login)
        source = SOURCES[account.id % len(SOURCES)].format(10 + account.id)
        with writing():
            detail: dict[str, object] = {"strength": "full", "factor": "code"}
            return sessions.start_recorded(account.id, source, "ssh", "full", detail)

    def _all_leave(self) -> None:
        for desk in self._open.values():
            sessions.end_session(desk.actor.session, "closed")
        self._open.clear()

    def _next_moment(self) -> datetime:
        self._now += timedelta(milliseconds=self.random.randrange(40, 2500))
        return self._now
