"""What the system knows already of the points of an inspection: availability and loose ends (H.6.1).

Whoever inspects reads it beside the point and judges; nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from db.desk.due_dates import today
from db.desk.notation.localtime import local
from db.desk.reviews.rights import is_unused, last_uses, rights_in_force
from db.desk.tasks.finishing import HAND_BACK
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Check
from db.policy.wording import CYCLES
from db.store import audit
from db.store.tables import AuditRecord, CopyGrant, EditionCopy, EditionIssue, Task

STRETCH = 300


def check_facts(policy: EffectivePolicy, check: str) -> Text:
    """Return what is on record about ``check`` at this moment; empty for an unknown point."""
    return KNOWN[check](policy) if check in KNOWN else ""


def _backups(policy: EffectivePolicy) -> Text:
    newest, every = _last("backups.run", "done"), CYCLES[policy.backups.every]
    failed = _last("backups.run", "failed")
    if newest is None:
        return _("no backup is on record; asked for: {every}", every=every)
    age = _age(newest)
    if failed is not None and failed.seq > newest.seq:
        return _("the newest of {day} failed; the last good one is {age} days old", day=_day(failed), age=age)
    return _("newest: {day}, {age} days old; asked for: {every}", day=_day(newest), age=age, every=every)


def _audit_proof(_policy: EffectivePolicy) -> Text:
    """Verify the last ``STRETCH`` records of the audit chain now, and return the result in words."""
    last, _hash = audit.head()
    verdict = audit.verify(max(1, last - STRETCH + 1), STRETCH)
    if verdict.bad is not None:
        return _("the audit does not hold from record {record} on", record=verdict.bad)
    return _("the last {count} of {all} records of the audit hold", count=verdict.records, all=last)


def _restore(_policy: EffectivePolicy) -> Text:
    """Return when a backup was last restored, on trial and in earnest. Each backup is restored on trial when
    made, which is the drill."""
    drill, restored = _last("backups.run", "done"), _last("restore.done", "done")
    if drill is None:
        return _("nothing was restored yet, on trial or in earnest")
    if restored is None:
        return _("restored on trial with each backup, last on {day}", day=_day(drill))
    return _(
        "restored on trial last on {day}, in earnest on {restored}", day=_day(drill), restored=_day(restored)
    )


def _unused_rights(policy: EffectivePolicy) -> Text:
    rights = rights_in_force(policy.book)
    last = last_uses(policy.book, [one.holder.id for one in rights])
    unused = sum(is_unused(policy, one, last.get(one.holder.id)) for one in rights)
    return _("{unused} of {count} rights were not used for {days} days", unused=unused, count=len(rights),
             days=policy.rights.unused_days)  # fmt: skip


def _hand_backs(policy: EffectivePolicy) -> Text:
    waiting = Task.select().where(
        (Task.book == policy.book) & (Task.kind == HAND_BACK) & (Task.state == "open")
    )
    late = waiting.where(Task.due < today().isoformat()).count()
    return _("{late} of {count} hand-backs are overdue", late=late, count=waiting.count())


def _copies(policy: EffectivePolicy) -> Text:
    issued = EditionCopy.select().join(EditionIssue).where(EditionIssue.book == policy.book)
    over = EditionCopy.recalled_at.is_null(False) | EditionCopy.closed_at.is_null(False)
    unread = issued.where(EditionCopy.acknowledged_at.is_null() & ~over).count()
    taken = CopyGrant.select().where((CopyGrant.book == policy.book) & CopyGrant.taken_at.is_null(False))
    return _(
        "copies of editions without a receipt: {unread}; copies taken by right: {taken}",
        unread=unread,
        taken=taken.count(),
    )


def _last(act: str, outcome: str) -> Any:
    rows = AuditRecord.select().where((AuditRecord.act == act) & (AuditRecord.outcome == outcome))
    return rows.order_by(AuditRecord.seq.desc()).first()


def _day(record: Any) -> str:
    return local(record.at)[:10]


def _age(record: Any) -> int:
    return (today() - date.fromisoformat(_day(record))).days


KNOWN: dict[Check, Callable[[EffectivePolicy], Text]] = {
    "backups": _backups,
    "audit-proof": _audit_proof,
    "restore-drills": _restore,
    "unused-rights": _unused_rights,
    "overdue-hand-backs": _hand_backs,
    "copies-outstanding": _copies,
}
