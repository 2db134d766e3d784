"""What failed tries cost the next one: time, never a lock (threats 2 and 38).

A lock would let anyone shut anyone out. So the answer is held: longer and longer for one name from
one source, a little for the name from anywhere. A name that was failed a hundred times is answered
only where it has signed in before. Names that nobody has are treated alike.

A try is counted as failed before it is checked, and taken off again where it was right. So of any number
at once, in any process of any host, the database lets one through for a name and a source, and the next one
waits as if they had come one after the other. A source is `db.store.addresses.source_of`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from peewee import Case

from auth import totp
from auth.login_names import name_digest
from db.desk import Desk
from db.store import clock
from db.store.binding import binding_digest, is_bound
from db.store.engine import database, store
from db.store.sql import for_update
from db.store.tables import Account, FailureCount, KnownSource
from db.store.transactions import reading, writing

LONGEST_HERE = 60.0
"""Seconds, for one name from one source."""
LONGEST_ANYWHERE = 10.0
"""Seconds, for one name from any source: what a stranger can cost the owner at the most."""
TRUST_ONLY_KNOWN = 100
KNOWN_FOR = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(hours=24)
"""A count that nothing was added to for so long starts anew."""
CODES = 10
"""Wrong one-time codes that are checked for one account within `CODES_PER`, whoever types them and where:
only who has the password comes so far."""
CODES_ELSEWHERE = 5
"""Of these, from sources that the account is not known from: a thief leaves the owner the rest."""
CODES_PER = timedelta(hours=1)
MOST = 20_000
"""Counts that are kept at the most; those of the fewest failures go first."""
AT_ONCE = 2_000
"""Counts that are let go together."""


class TooEarly(Exception):
    """This is not the turn of the try, of which nothing was checked; there is one in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.1f} s")
        self.seconds = seconds


def delay(name: str, source: str) -> float:
    """Return the seconds to hold the answer to this name from this source, less those passed since the last
    failure. Counts nothing."""
    return max(_seconds_to_wait(_pair(name, source), LONGEST_HERE), _seconds_to_wait(name, LONGEST_ANYWHERE))


@dataclass(frozen=True, slots=True)
class Turn:
    """A try that was counted as failed ahead; ``before`` says when what it was added to had last failed."""

    before: Mapping[str, str]


def take_turn(name: str, source: str) -> Turn:
    """Lock the counts of the name, count a try as failed ahead of its check, and delete forgotten counts; in
    a transaction of its own.

    - `uncount_try` takes a right try off again.
    - Raises TooEarly, with nothing counted, during the delay of this name and source.
    - The caller asks for the delay of the name from all sources: strangers who never stop would keep the
      owner waiting here for ever.
    """
    pair, before = _pair(name, source), {}
    with writing():
        is_new = _lock(pair)
        _bring_back(pair, name)
        if (held := _seconds_to_wait(pair, LONGEST_HERE)) <= 0:
            for subject in (pair, name):
                count = _count(subject, FORGOTTEN_AFTER)
                before[subject] = clock.now() if count is None else count.last_at
                count_failure(subject)
            if is_new:
                delete_forgotten()
    if held > 0:  # out here, so that what was brought back stays so
        raise TooEarly(held)
    return Turn(before)


def is_welcome(name: str, account: int, source: str) -> bool:
    """Return whether ``source`` may try ``name``. Beyond `TRUST_ONLY_KNOWN` failures from anywhere, only a
    source from which ``account`` has signed in lately may. The try must be counted already."""
    return failure_count(name) <= TRUST_ONLY_KNOWN or is_known(account, source)


def is_known(account: int, source: str) -> bool:
    """Return whether ``account`` has signed in from ``source`` within `KNOWN_FOR`; False for a row edited
    past the program (checked under a key)."""
    since = clock.stamp(clock.utcnow() - KNOWN_FOR)
    row = KnownSource.get_or_none(
        (KnownSource.account == account) & (KnownSource.source == source) & (KnownSource.last_at >= since)
    )
    return row is not None and is_bound(
        store().keys, *KnownSource.binds(account, source, row.last_at), row.bound
    )


def known_sources() -> frozenset[str]:
    """Return the sources from which anybody has signed in within `KNOWN_FOR`. Checks no key."""
    since = clock.stamp(clock.utcnow() - KNOWN_FOR)
    with reading():
        rows = KnownSource.select(KnownSource.source).where(KnownSource.last_at >= since).distinct()
        return frozenset(row.source for row in rows)


def remember_success(name: str, account: int, source: str) -> bool:
    """Delete the failures of ``name`` and store ``source`` as known to ``account``, bound under a key, in the
    running transaction. Return whether it is new beside others known already. Wrong codes stay counted: they
    limit a thief who has the password."""
    rows = KnownSource.select(KnownSource.source).where(KnownSource.account == account)
    known = {row.source for row in rows}
    for subject in (_pair(name, source), name):
        FailureCount.delete().where(FailureCount.subject == subject).execute()
    moment = clock.now()
    digest = binding_digest(store().keys, *KnownSource.binds(account, source, moment))
    KnownSource.insert(account=account, source=source, last_at=moment, bound=digest).on_conflict(
        conflict_target=[KnownSource.account, KnownSource.source],
        update={KnownSource.last_at: moment, KnownSource.bound: digest},
    ).execute()
    return bool(known) and source not in known


def uncount_try(turn: Turn) -> None:
    """Take one try off the counts of failures, in the running transaction. Earlier failures stay counted:
    `remember_success` deletes them."""
    for subject, last in turn.before.items():
        FailureCount.update(failures=FailureCount.failures - 1, last_at=last).where(
            (FailureCount.subject == subject) & (FailureCount.failures > 0)
        ).execute()


def may_check_code(account: int, source: str) -> bool:
    """Lock the count of wrong codes for the transaction; return whether one more may be checked. From a
    source that the account never signed in from, a second and lower count holds too."""
    _lock(_codes(account))
    _bring_back(_codes(account), _codes_elsewhere(account))
    if failure_count(_codes(account), CODES_PER) >= CODES:
        return False
    return failure_count(_codes_elsewhere(account), CODES_PER) < CODES_ELSEWHERE or is_known(account, source)


def count_wrong_code(account: int, source: str) -> None:
    """Count a wrong code, from an unknown source on both counts, within the transaction of
    `may_check_code`."""
    count_failure(_codes(account), CODES_PER)
    if not is_known(account, source):
        count_failure(_codes_elsewhere(account), CODES_PER)


def failure_count(subject: str, forgotten_after: timedelta = FORGOTTEN_AFTER) -> int:
    """Return how many failures of ``subject`` are counted and not yet forgotten."""
    count = _count(subject, forgotten_after)
    return 0 if count is None else int(count.failures)


def count_failure(subject: str, forgotten_after: timedelta = FORGOTTEN_AFTER) -> None:
    """Add one failure to the count of ``subject``, or begin it at 1 where it was forgotten; in the running
    transaction."""
    forgotten = clock.stamp(clock.utcnow() - forgotten_after)
    FailureCount.insert(subject=subject, failures=1, last_at=clock.now()).on_conflict(
        conflict_target=[FailureCount.subject],
        update={
            FailureCount.failures: Case(
                None, [(FailureCount.last_at <= forgotten, 1)], FailureCount.failures + 1
            ),
            FailureCount.last_at: clock.now(),
        },
    ).execute()


def count_future_times(by: timedelta) -> int:
    """Return the number of failure counts and used codes dated more than ``by`` ahead: signs that the clock
    was ahead."""
    later, step = clock.utcnow() + by, totp.present_step() + int(by.total_seconds()) // totp.STEP
    failed = (FailureCount.failures > 0) & (FailureCount.last_at > clock.stamp(later))
    counts = FailureCount.select().where(failed).count()
    return int(counts + Account.select().where(Account.totp_step > step).count())


def clear_delays(desk: Desk, account: int, login: str) -> int:
    """Delete the failures of ``login`` everywhere, as the host, and record it. Return the number of counts.
    Where a code of the future was used, today's codes count as used too: the owner waits up to a minute."""
    name, codes = name_digest(login), (_codes(account), _codes_elsewhere(account))
    return desk.accounts.lift_delays(
        account, (name, *codes), _pair(name, ""), totp.present_step() + totp.WINDOW
    )


def _bring_back(*subjects: str) -> None:
    """Set counts dated in the future to now, in the running transaction: the clock was ahead, and no delay is
    to last longer for it (threat 70)."""
    FailureCount.update(last_at=clock.now()).where(
        FailureCount.subject.in_(subjects) & (FailureCount.last_at > clock.now())
    ).execute()


def _pair(name: str, source: str) -> str:
    return f"{name} {source}"


def _codes(account: int) -> str:
    return f"codes of {account}"


def _codes_elsewhere(account: int) -> str:
    return f"codes of {account} elsewhere"


def _count(subject: str, forgotten_after: timedelta) -> FailureCount | None:
    forgotten = clock.stamp(clock.utcnow() - forgotten_after)
    return FailureCount.get_or_none((FailureCount.subject == subject) & (FailureCount.last_at > forgotten))


def _seconds_to_wait(subject: str, longest: float) -> float:
    """Return the seconds still to wait: 1 s after the first failure, then doubling up to ``longest``."""
    count = _count(subject, FORGOTTEN_AFTER)
    if count is None or count.failures < 1:
        return 0.0
    passed = max(0.0, (clock.utcnow() - clock.moment(count.last_at)).total_seconds())
    doublings = min(count.failures - 1, 10)
    return max(0.0, min(longest, 2.0**doublings) - passed)


def _lock(subject: str) -> bool:
    """Create the count of ``subject`` if there is none, and lock it until the running transaction ends (on
    SQLite, any writer has the lock). Return whether it was created."""
    made = (
        FailureCount.insert(subject=subject, failures=0, last_at=clock.now())
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if store().is_postgresql:
        database.execute_sql("SELECT 1 FROM failure_count WHERE subject = %s FOR UPDATE", (subject,))
    return bool(made)


def delete_forgotten() -> None:
    """Delete up to `AT_ONCE` forgotten counts and, beyond `MOST`, as many with the fewest failures; in the
    running transaction. Skips rows that others hold locked, so that nobody deadlocks."""
    forgotten = FailureCount.last_at <= clock.stamp(clock.utcnow() - FORGOTTEN_AFTER)
    chosen = [FailureCount.select(FailureCount.subject).where(forgotten).limit(AT_ONCE)]
    if FailureCount.select().count() > MOST:
        weakest = FailureCount.select(FailureCount.subject).where(FailureCount.last_at < clock.now())
        chosen.append(weakest.order_by(FailureCount.failures, FailureCount.last_at).limit(AT_ONCE))
    for rows in chosen:
        found = for_update(rows, skip_locked=True)
        FailureCount.delete().where(FailureCount.subject.in_([row.subject for row in found])).execute()
