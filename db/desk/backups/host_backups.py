"""Backups that the host makes of everything, as whoever answers for them sees them (F.4.1, H.6.4).

What is on record of them is all that is known here: where one lies, that it was restored on trial, or why it
failed. One that is asked for is made by the duty runner, within minutes: a backup opens stores of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from db.desk.audit.record_views import said_by
from db.desk.backups.backup_rules import DAYS, GRACE
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.tables import AuditRecord

RUN, ORDER = "backups.run", "backups.order"
MOST = 200


@dataclass(frozen=True, slots=True)
class HostBackup:
    """A backup at one place; ``problem`` is empty where it lies there, restored on trial and checked."""

    seq: int
    at: str
    place: str
    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class HostShelf:
    """The host's backups, newest first. ``late``: the newest good one is older than the regulation lets it
    be; ``ordered``: one was asked for and is to be made yet."""

    backups: tuple[HostBackup, ...]
    late: bool
    ordered: bool
    clause: str


def shelf(policy: EffectivePolicy) -> HostShelf:
    """What is on record, held against ``policy``."""
    backups = tuple(_backups())
    good = next((one.at for one in backups if not one.problem), None)
    limit = timedelta(days=DAYS[policy.backups.every]) + GRACE
    late = good is None or clock.moment(good) + limit < clock.utcnow()
    return HostShelf(backups, late, is_ordered(), policy.backups.clause)


def is_ordered() -> bool:
    """Whether a backup was asked for at a desk and none was tried since."""
    ordered, made = _last(ORDER, "done"), _last(RUN)
    return ordered is not None and (made is None or made.seq < ordered.seq)


def _backups() -> Iterator[HostBackup]:
    rows = AuditRecord.select().where(AuditRecord.act == RUN).order_by(AuditRecord.seq.desc()).limit(MOST)
    for row in rows:
        told = said_by(row).detail
        place, file, problem = (str(told.get(name, "")) for name in ("place", "file", "problem"))
        yield HostBackup(row.seq, row.at, place, file, problem)


def _last(act: str, *outcomes: str) -> Any:
    rows = AuditRecord.select().where(AuditRecord.act == act)
    if outcomes:
        rows = rows.where(AuditRecord.outcome.in_(outcomes))
    return rows.order_by(AuditRecord.seq.desc()).first()
