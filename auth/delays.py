"""What failed sign-ins cost the next one: time, never a lock (threat 2).

A lock would let anyone shut anyone out. So the answer is held: longer and longer for one name from
one source, a little for the name from anywhere. A name that was failed a hundred times is answered
only where it has signed in before. Names that nobody has are treated alike.
"""

from __future__ import annotations

from datetime import timedelta

from peewee import Case

from db.store import clock
from db.store.tables import FailureCount, KnownSource

LONGEST_HERE = 60.0
"""Seconds, for one name from one source."""
LONGEST_ANYWHERE = 10.0
"""Seconds, for one name from any source: what a stranger can cost the owner at the most."""
TRUST_ONLY_KNOWN = 100
KNOWN_FOR = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(hours=24)
"""A count that nothing was added to for so long starts anew."""


def delay(name: str, source: str) -> float:
    """Seconds to hold the answer to whoever says to be ``name`` (a digest) from ``source``, less
    those that have passed since the last failure."""
    return max(_held(_pair(name, source), LONGEST_HERE), _held(name, LONGEST_ANYWHERE))


def is_welcome(name: str, account: int | None, source: str) -> bool:
    """Whether ``source`` may sign in as ``name`` at all, after what has failed elsewhere."""
    count = _count(name)
    if count is None or count.failures < TRUST_ONLY_KNOWN:
        return True
    since = clock.stamp(clock.utcnow() - KNOWN_FOR)
    return bool(
        KnownSource.select()
        .where((KnownSource.account == account) & (KnownSource.source == source))
        .where(KnownSource.last_at >= since)
        .exists()
    )


def failed(name: str, source: str) -> None:
    """Count a failure. Within a transaction that has appended to the audit chain already: the
    chain's head keeps two hosts from counting at once."""
    for subject in (_pair(name, source), name):
        FailureCount.insert(subject=subject, failures=1, last_at=clock.now()).on_conflict(
            conflict_target=[FailureCount.subject],
            update={
                FailureCount.failures: Case(
                    None, [(FailureCount.last_at <= _forgotten(), 1)], FailureCount.failures + 1
                ),
                FailureCount.last_at: clock.now(),
            },
        ).execute()


def succeeded(name: str, account: int, source: str) -> bool:
    """Forget the failures of ``name`` and remember the source; whether it is new beside others known
    already. Within a transaction as in `failed`."""
    known = {row.source for row in KnownSource.select().where(KnownSource.account == account)}
    FailureCount.delete().where(
        FailureCount.subject.in_([name, _pair(name, source)]) | (FailureCount.last_at <= _forgotten())
    ).execute()
    KnownSource.insert(account=account, source=source, last_at=clock.now()).on_conflict(
        conflict_target=[KnownSource.account, KnownSource.source],
        update={KnownSource.last_at: clock.now()},
    ).execute()
    return bool(known) and source not in known


def _pair(name: str, source: str) -> str:
    return f"{name} {source}"


def _count(subject: str) -> FailureCount | None:
    return FailureCount.get_or_none((FailureCount.subject == subject) & (FailureCount.last_at > _forgotten()))


def _held(subject: str, longest: float) -> float:
    """1 s after the first failure, then doubling up to ``longest``."""
    count = _count(subject)
    if count is None:
        return 0.0
    passed = (clock.utcnow() - clock.moment(count.last_at)).total_seconds()
    doublings = min(count.failures - 1, 10)
    return max(0.0, min(longest, 2.0**doublings) - passed)


def _forgotten() -> str:
    return clock.stamp(clock.utcnow() - FORGOTTEN_AFTER)
