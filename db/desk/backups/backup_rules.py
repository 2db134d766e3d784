"""What the regulations of all books together ask of backups, and how the destinations stand to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from db.desk.authority.permissions import active_policies
from db.desk.notation.localtime import local
from db.language import Text, _
from db.policy.vocabulary import Cycle
from db.store import clock, subjects
from db.store.backups.backup_store import MARK, Manifest, NotStored, is_away, is_whole, manifests
from db.store.backups.vault import opens_with
from db.store.keys import KeyRingError, read_backup_keys
from db.store.settings import Home, Settings
from db.store.tables import AuditRecord

DAYS: dict[Cycle, int] = {
    "day": 1, "two-days": 2, "week": 7, "two-weeks": 14,
    "month": 30, "quarter": 90, "half-year": 180, "year": 365, "once": 365,
}  # fmt: skip
GRACE = timedelta(hours=6)
"""So long after it was due, a backup that is not there is an alarm."""
AWAY = _(
    "it had backups before and holds none now: is it mounted? A new disk there needs an empty file `{mark}`",
    mark=MARK,
)

LOCKED = _(
    "its backups were made with another key `backup` than the one in keys/: put that one back from where the "
    "keys are kept; if it is lost, move what lies there away"
)


@dataclass(frozen=True, slots=True)
class BackupDuty:
    """The strictest of all: at least every ``days`` days, to at least ``destinations``, by these clauses."""

    days: int
    destinations: int
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """One place and its newest backup. ``problem`` says what is wrong with it, if anything."""

    place: Path
    newest: Manifest | None
    count: int
    due: bool
    problem: Text = ""


def backup_duty() -> BackupDuty:
    """Return the strictest of what the regulations of active books ask; daily, where those of one can't be
    read."""
    policies, unreadable = active_policies()
    rules = [policy.backups for policy in policies]
    if not rules:
        return BackupDuty(1, 1, ())
    return BackupDuty(
        1 if unreadable else min(DAYS[rule.every] for rule in rules),
        max(rule.destinations for rule in rules),
        tuple(dict.fromkeys(rule.clause for rule in rules)),
    )


def destinations(home: Home, settings: Settings, wanted: BackupDuty) -> list[Destination]:
    """Return each place with its newest backup and what is wrong there. Reads the places and tries the keys
    on their backups (F.4.1); a place that is not mounted is not read."""
    return [
        Destination(place, None, 0, False, AWAY)
        if is_away(home, place)
        else _destination(home, place, wanted)
        for place in home.backups_to(settings)
    ]


def shortage(found: Sequence[Destination], wanted: BackupDuty) -> Text:
    """Return the complaint that there are fewer places than the regulations ask for; "" for enough."""
    devices = len({one.place for one in found})
    if devices >= wanted.destinations:
        return ""
    return _(
        "{count} destinations are named, {clauses} ask for {wanted}",
        count=devices,
        clauses=", ".join(wanted.clauses),
        wanted=wanted.destinations,
    )


def why_locked(home: Home, place: Path) -> Text:
    """Return why the keys open no backup in ``place``; empty where they open one, and where none is whole, as
    that is reported elsewhere. Raises NotStored for a place that can't be read."""
    found = manifests(place) if place.exists() else []
    if not found:
        return ""
    try:
        keys = read_backup_keys(home.keys)
    except KeyRingError as error:
        return error.message
    for one in found:
        if opens_with(place / one.name, keys):
            return ""
        if is_whole(place, one):
            return LOCKED
    return ""  # they are damaged, which is told of each where it is looked into


def _destination(home: Home, place: Path, wanted: BackupDuty) -> Destination:
    try:
        found = manifests(place) if place.exists() else []
        shut = why_locked(home, place)
    except NotStored as error:
        return Destination(place, None, 0, True, _("it can't be read ({reason})", reason=error.reason))
    newest = found[0] if found else None
    if shut:
        return Destination(place, newest, len(found), False, shut)
    since = newest.at if newest is not None else _first_record_at()
    late = clock.utcnow() - clock.moment(since) - timedelta(days=wanted.days)
    keyless = newest is not None and not (place / subjects.COPY).exists()
    due = newest is None or keyless or late >= -timedelta(minutes=15)
    problem: Text = ""
    if late > GRACE:
        problem = (
            _("there is no backup in it")
            if newest is None
            else _("its newest backup is of {at}", at=local(newest.at)[:16])
        )
    elif keyless:
        problem = _("`subjects.keys` does not lie beside its backups; `mingce backup run` writes it again")
    return Destination(place, newest, len(found), due, problem)


def _first_record_at() -> str:
    first = AuditRecord.select(AuditRecord.at).order_by(AuditRecord.seq).first()
    return first.at if first is not None else clock.now()
