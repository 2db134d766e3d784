"""Protected values that a person was shown: of how many people within the hour, and what holds beyond what
the watch over the book allows. Not an operation.

Whatever shows protected values of somebody else counts alike, in all sessions and accounts of one person and
in all books; whoever was shown once within the hour is no further one. Beyond the watch everything is masked,
and revealing takes a reason for each. Calls in an emergency count, and are never held up (D.9.3).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from db.desk.act import Act
from db.desk.frame import operations_that
from db.desk.notation.values import said_in
from db.desk.notifications.alarming import accounts_with, alert_role, person_or_login
from db.desk.refusal import SILENT, Refused
from db.language import _, _n
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite_period
from db.policy.schema.work import WatchRule
from db.store import clock
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.waiting_records import waiting_records

SHOWN = "directory.shown"
"""The act that is on record beside another one which showed protected values of an entry."""
MISSED = "directory.missed"
"""What the record calls a question for a whole protected value that found nobody."""
MOST_MISSES = 30
"""So many of these are answered to one person within a day."""
ALARM = "directory.alarm"
WITHIN = timedelta(hours=1)
DAY = timedelta(days=1)


def watch_of(policy: EffectivePolicy) -> WatchRule:
    return next(rule for rule in policy.watches if rule.what == "reveal")


def is_beyond(act: Act, policy: EffectivePolicy, entry: int) -> bool:
    """Return whether showing ``entry`` to the actor would exceed the hourly limit of the watch. In a recorded
    operation, locks the audit chain until the transaction ends, and shuts out those whose records wait, so
    that acts at the same moment are counted."""
    act.hold_counts()
    seen = _entries_shown(accounts_with(act.permissions.account))
    return entry not in seen and len(seen) >= watch_of(policy).people_an_hour


def was_shown(act: Act, entry: int) -> bool:
    """Return whether any account of the actor's was shown protected values of ``entry`` within the hour."""
    return entry in _entries_shown(accounts_with(act.permissions.account))


def check_reason(act: Act, policy: EffectivePolicy, entry: int, reason: str) -> None:
    """Raise Refused if ``entry`` is beyond the watch's limit and ``reason`` empty. Locks as `is_beyond`
    does."""
    if is_beyond(act, policy, entry) and not said_in(reason):
        raise reason_required(policy)


def reason_required(policy: EffectivePolicy) -> Refused:
    rule = watch_of(policy)
    said = _n(
        "Within an hour you were shown protected values of {count} person; each further takes its reason.",
        "Within an hour you were shown protected values of {count} people; each further takes its reason.",
        count=rule.people_an_hour,
    )
    return Refused(
        said,
        cite_period(rule.clause, rule.clause_of("people_an_hour")),
        _("Say in a few words what you need this one for; in a plain command, with --reason."),
    )


def misses_left(act: Act) -> int:
    """Return how many more questions for a whole protected value may find nobody today."""
    by, whose = is_among("account", sorted(accounts_with(act.permissions.account)))
    mark = database.param
    ((made,),) = fetch(
        f"SELECT COUNT(*) FROM audit_record WHERE {by} AND at > {mark} AND act = {mark}",
        (*whose, clock.stamp(clock.moment(clock.now()) - DAY), MISSED),
    )
    return MOST_MISSES - int(made)


def too_many_misses() -> Refused:
    """Build the refusal to an asker for too many protected values that nobody has."""
    said = _n(
        "Within a day you asked for {count} protected value that nobody has; that is the limit.",
        "Within a day you asked for {count} protected values that nobody has; that is the limit.",
        count=MOST_MISSES,
    )
    return Refused(said, SILENT, _("Look people up by name, or ask again tomorrow."))


def note_shown(act: Act, policy: EffectivePolicy, entry: int) -> None:
    """Record, beside the act's own record, that it shows protected values of ``entry``."""
    clause = str(act.facts.get("clause", ""))
    detail: dict[str, object] = {
        "by": act.operation.name,
        "looks_from": act.permissions.own_unit(policy.book),
    }
    act.record_beside(SHOWN, policy.book, detail, clause, entry)


def tell_watch(act: Act, policy: EffectivePolicy, *entries: int) -> None:
    """Notify the watchers of the book, by notice and mail once an hour and recorded beside the act, where the
    actor is shown more people's protected values than allowed: those recorded, and ``entries`` by the running
    act. Raises TurnNeeded where its records wait for the chain."""
    rule, accounts = watch_of(policy), accounts_with(act.permissions.account)
    people = len(_entries_shown(accounts) | set(entries))
    if people <= rule.people_an_hour or (policy.book,) in _acts(accounts, (ALARM,), "book"):
        return
    act.needs_turn()
    about = {"who": person_or_login(act.permissions.account), "people": people}
    clause = cite_period(rule.clause, rule.clause_of("people_an_hour"))
    told = alert_role("reveal", policy, rule.to, accounts, clause=clause, detail=about)
    act.record_beside(ALARM, policy.book, {"people": people, "told": told}, rule.clause)


def _entries_shown(accounts: Collection[int]) -> set[int]:
    """Return the entries of which ``accounts`` were shown protected values within the hour, also by records
    that wait for the chain."""
    showing = (SHOWN, *operations_that(lambda one: one.shows))
    done = (one for one in waiting_records() if one["outcome"] == "done" and one["act"] in showing)
    waiting = {one["entry"] for one in done if one["account"] in accounts}
    return waiting | {entry for (entry,) in _acts(accounts, showing, "entry")}


def _acts(accounts: Collection[int], acts: Collection[str], column: str) -> list[tuple[Any, ...]]:
    by, whose = is_among("account", sorted(accounts))
    which, named = is_among("act", list(acts))
    since = clock.stamp(clock.moment(clock.now()) - WITHIN)
    mark = database.param
    return [
        tuple(row)
        for row in fetch(
            f"SELECT DISTINCT {column} FROM audit_record WHERE {by} AND at > {mark} AND {which}"
            f" AND outcome = {mark}",
            (*whose, since, *named, "done"),
        )
    ]
