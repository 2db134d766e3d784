"""What is kept of refusals at the door: a bounded number, whoever comes how often (threat 40).

Some of each source and hour are recorded one by one, and some of all sources together; those beyond are
counted, and one record tells how many they were when the hour is over. Owners hear of the failures in their
name: on their first screen at the next sign-in, and by mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from peewee import Case

from auth import delays
from db.desk.accounts.account_notices import FAILED, mail_owner, tell_owner
from db.desk.refusal import SILENT
from db.store import audit, clock
from db.store.addresses import source_of
from db.store.tables import Account, FailedSignIns, RefusalTally
from db.store.transactions import writing

PER_SOURCE, IN_ALL = 20, 500
"""Refusals of one hour that are recorded one by one: of one source, and of all together."""
ELSEWHERE = ""
"""Stands for all sources together, and for those that came when `IN_ALL` was reached."""
HOUR = len("2026-11-23T01")
TOLD_FROM = 5
"""Failures in their name that owners are told of."""
KNEW = ("code", "codes", "source", "used")
"""Why somebody was refused whose password was right."""
NOBODY = 0
"""Whose failures those of names that nobody has are: they cost the same."""
BURST_OVER = timedelta(hours=24)
"""A burst is over when nothing failed for so long."""


@dataclass(frozen=True, slots=True)
class RefusedSignIn:
    """One refusal: of a name (a digest) that may be nobody's, and why."""

    name: str
    account: int | None
    source: str
    front: str
    why: str


def record_refusal(refusal: RefusedSignIn) -> None:
    """Record a refusal in the audit, or only count it where its source had its records of this hour; in the
    running transaction. First records what past hours counted. Counts it for the account too, for
    `tell_of_failures`."""
    record_counted()
    hour, group = clock.now()[:HOUR], source_of(refusal.source)
    in_all, mine = _tally(hour, ELSEWHERE), _tally(hour, group)
    if in_all.recorded < IN_ALL and mine.recorded < PER_SOURCE:
        _record(refusal)
        _add_to_tally(hour, ELSEWHERE, recorded=1)
        _add_to_tally(hour, group, recorded=1)
    else:
        _add_to_tally(hour, group if mine.recorded else ELSEWHERE, beyond=1)
    count_failure(NOBODY if refusal.account is None else refusal.account, int(refusal.why in KNEW))


def record_counted() -> None:
    """Delete the tallies of hours that are over, in the running transaction, and append one audit record for
    each source that had refusals beyond those recorded one by one."""
    over = RefusalTally.hour < clock.now()[:HOUR]
    rows = list(RefusalTally.select().where(over).order_by(RefusalTally.hour, RefusalTally.source))
    if not rows:
        return
    RefusalTally.delete().where(over).execute()
    for row in rows:
        if row.beyond:
            audit.append(
                act="auth.sign_in",
                outcome="failed",
                source=row.source,
                detail={"why": "many", "count": row.beyond, "hour": f"{row.hour}:00:00.000000Z"},
            )


def tell_of_failures(account: Account) -> None:
    """Delete the failures counted for an owner who has signed in, in the running transaction; announce them
    by notice, without mail, if there were `TOLD_FROM` or more."""
    row = FailedSignIns.get_or_none(FailedSignIns.account == account.id)
    if row is None:
        return
    row.delete_instance()
    if row.since >= TOLD_FROM:
        detail = {"count": row.since, "knowing": row.knowing}
        tell_owner(account, FAILED, SILENT, detail=detail, mail=False)


def keep_watch() -> int:
    """Record what past hours counted, delete forgotten counts, and queue a mail to each owner whose name
    failed `TOLD_FROM` times, once a burst; in a transaction of its own. Return the number of mails. Called by
    the clock."""
    with writing():
        record_counted()
        delays.delete_forgotten()
        written = 0
        failed = FailedSignIns.select().where(
            (FailedSignIns.burst >= TOLD_FROM) & ~FailedSignIns.mailed & (FailedSignIns.account != NOBODY)
        )
        for row in list(failed):
            account = Account.get_or_none((Account.id == row.account) & (Account.state != "disabled"))
            detail = {"count": row.burst, "knowing": min(row.knowing, row.burst)}
            written += account is not None and mail_owner(account, FAILED, detail)
            FailedSignIns.update(mailed=True).where(FailedSignIns.account == row.account).execute()
    return written


def _record(refusal: RefusedSignIn) -> None:
    detail = {"why": refusal.why} | ({"name": refusal.name} if refusal.account is None else {})
    audit.append(
        act="auth.sign_in",
        outcome="failed",
        account=refusal.account,
        source=refusal.source,
        front=refusal.front,
        detail=detail,
    )


def _tally(hour: str, source: str) -> RefusalTally:
    found = RefusalTally.get_or_none((RefusalTally.hour == hour) & (RefusalTally.source == source))
    return RefusalTally(hour=hour, source=source) if found is None else found


def _add_to_tally(hour: str, source: str, *, recorded: int = 0, beyond: int = 0) -> None:
    RefusalTally.insert(hour=hour, source=source, recorded=recorded, beyond=beyond).on_conflict(
        conflict_target=[RefusalTally.hour, RefusalTally.source],
        update={
            RefusalTally.recorded: RefusalTally.recorded + recorded,
            RefusalTally.beyond: RefusalTally.beyond + beyond,
        },
    ).execute()


def count_failure(account: int, knowing: int = 0) -> None:
    """Count a failure for ``account``, in the running transaction, for `tell_of_failures` and `keep_watch`.
    ``knowing``: 1 where the password was right."""
    is_over = FailedSignIns.last_at <= clock.stamp(clock.utcnow() - BURST_OVER)
    FailedSignIns.insert(account=account, since=1, knowing=knowing, burst=1, last_at=clock.now()).on_conflict(
        conflict_target=[FailedSignIns.account],
        update={
            FailedSignIns.since: FailedSignIns.since + 1,
            FailedSignIns.knowing: FailedSignIns.knowing + knowing,
            FailedSignIns.burst: Case(None, [(is_over, 1)], FailedSignIns.burst + 1),
            FailedSignIns.mailed: Case(None, [(is_over, False)], FailedSignIns.mailed),
            FailedSignIns.last_at: clock.now(),
        },
    ).execute()
