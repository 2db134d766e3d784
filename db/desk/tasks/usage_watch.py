"""The watch over how a book is used: whoever opens unusually many entries within a day (D.11.2), or is listed
many. Not an operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

from db.desk.disclosure_limits import watch_of
from db.desk.due_dates import today
from db.desk.frame import operations_that
from db.desk.listed import LISTED, MOST
from db.desk.notifications.alarming import accounts_with
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import WatchRule
from db.store import clock
from db.store.engine import database
from db.store.record_words import words_of
from db.store.sql import fetch
from db.store.tables import AuditRecord

PERSON: Final = "COALESCE(a.person_id, -a.id)"
"""One number for all accounts of a person, in SQL."""


def watched_looks() -> tuple[str, ...]:
    """Return the operations that look at an entry and count for the watch."""
    return operations_that(lambda one: one.looks == "watched")


@dataclass(frozen=True, slots=True)
class Usage:
    """Somebody who looked at more entries in a day than allowed; ``what``: ``usage`` or ``listed``."""

    rule: WatchRule
    account: int
    entries: int
    day: str
    what: str = "usage"


def unusual_usage(policy: EffectivePolicy) -> Iterator[Usage]:
    """Yield the people whom the watch over ``policy``'s book reports: by how many people they listed or
    looked at within a day, all accounts of one person together."""
    since = clock.stamp(clock.moment(clock.now()) - timedelta(days=1))
    mark, day = database.param, today().isoformat()
    listed, all_of = Counter[int](), cache(accounts_with)
    theirs = (AuditRecord.book == policy.book) & (AuditRecord.act == LISTED) & (AuditRecord.at > since)
    for row in AuditRecord.select().where(theirs):
        if row.account is not None:
            listed[all_of(row.account)[0]] += words_of(row).detail.get("entries", 0)
    for account, count in sorted(listed.items()):
        if count > MOST:
            yield Usage(watch_of(policy), account, count, day, "listed")
    rule = next((one for one in policy.watches if one.what == "usage"), None)
    if rule is None:
        return
    looks = watched_looks()
    acts = ", ".join(mark for _act in looks)
    rows = fetch(
        "SELECT MIN(a.id), COUNT(DISTINCT r.entry) FROM audit_record r JOIN account a ON a.id = r.account"
        f" WHERE r.book = {mark} AND r.act IN ({acts}) AND r.outcome = {mark} AND r.at > {mark}"
        f" GROUP BY {PERSON} HAVING COUNT(DISTINCT r.entry) > {mark} ORDER BY 1",
        (policy.book, *looks, "done", since, rule.entries_a_day),
    )
    for account, count in rows:
        yield Usage(rule, account, count, day)
