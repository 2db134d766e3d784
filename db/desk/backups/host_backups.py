"""Backups that the host makes of everything, as whoever answers for them sees them (F.4.1, H.6.4).

What is on record of them is all that is known here: where one lies, that it was restored on trial, or why it
failed. One that is asked for is made by the duty runner, within minutes: a backup opens stores of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from db.desk.audit.record_views import said_by
from db.desk.backups.backup_rules import DAYS, GRACE
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.engine import store
from db.store.settings import BackupSettings
from db.store.tables import AuditRecord

RUN, ORDER = "backups.run", "backups.order"
VERIFY, VERIFIED = "backups.verify", "backups.verified"
MOST = 200


@dataclass(frozen=True, slots=True)
class HostBackup:
    """A backup at one place; ``problem`` is empty where it came to lie there, restored on trial and checked.

    ``kept``: no newer ones took its place. ``doubted``: somebody asked to have it verified, which is to be
    done yet. ``verified``: when it was last, with what was ``found`` wrong.
    """

    seq: int
    at: str
    place: str
    file: str
    problem: str
    kept: bool
    doubted: bool
    verified: str
    found: str

    @property
    def is_good(self) -> bool:
        """Whether nothing is known against it."""
        return not (self.problem or self.found)


@dataclass(frozen=True, slots=True)
class HostBackupList:
    """The host's backups, newest first. ``late``: the newest good one is older than the regulation lets it
    be; ``ordered``: one was asked for and is to be made yet."""

    backups: tuple[HostBackup, ...]
    late: bool
    ordered: bool
    clause: str


def listed_backups(policy: EffectivePolicy) -> HostBackupList:
    """Return the host's backups on record, and whether the newest good one is late by ``policy``."""
    backups = tuple(_backups())
    good = next((one.at for one in backups if one.is_good), None)
    limit = timedelta(days=DAYS[policy.backups.every]) + GRACE
    late = good is None or clock.moment(good) + limit < clock.utcnow()
    return HostBackupList(backups, late, is_ordered(), policy.backups.clause_of("every"))


def is_ordered() -> bool:
    """Return whether a backup was asked for at a desk and none was tried since."""
    ordered, made = _last(ORDER, "done"), _last(RUN)
    return ordered is not None and (made is None or made.seq < ordered.seq)


def to_verify() -> tuple[HostBackup, ...]:
    """Return the backups that somebody at a desk asked to have verified and that were not verified since."""
    return tuple(one for one in _backups() if one.doubted)


def _backups() -> Iterator[HostBackup]:
    keep = (store().settings.backups or BackupSettings()).keep
    doubts, results = _newest(VERIFY), _newest(VERIFIED)
    whole: Counter[str] = Counter()
    for row, told in _newest_records(RUN):
        place, file, problem = (str(told.get(name, "")) for name in ("place", "file", "problem"))
        doubt, result = doubts.get(row.seq), results.get(row.seq)
        whole[place] += not problem
        yield HostBackup(
            row.seq,
            row.at,
            place,
            file,
            problem,
            kept=not problem and whole[place] <= keep,
            doubted=doubt is not None and (result is None or result[0].seq < doubt[0].seq),
            verified=result[0].at if result is not None else "",
            found=str(result[1].get("problem", "")) if result is not None else "",
        )


def _newest(act: str) -> dict[int, tuple[AuditRecord, Mapping[str, object]]]:
    """Return the last record of ``act`` on each backup, by the number of the record it was made under."""
    found: dict[int, tuple[AuditRecord, Mapping[str, object]]] = {}
    for row, told in _newest_records(act):
        found.setdefault(int(str(told.get("seq", 0))), (row, told))
    return found


def _newest_records(act: str) -> Iterator[tuple[AuditRecord, Mapping[str, object]]]:
    """Yield the newest records of ``act`` that were not refused, with what they say."""
    rows = AuditRecord.select().where((AuditRecord.act == act) & (AuditRecord.outcome != "refused"))
    for row in rows.order_by(AuditRecord.seq.desc()).limit(MOST):
        yield row, said_by(row).detail


def _last(act: str, *outcomes: str) -> Any:
    rows = AuditRecord.select().where(AuditRecord.act == act)
    if outcomes:
        rows = rows.where(AuditRecord.outcome.in_(outcomes))
    return rows.order_by(AuditRecord.seq.desc()).first()
