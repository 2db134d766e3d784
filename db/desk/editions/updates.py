"""Update notices: what changed in each department since the last one, to the department itself (E.6.5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import fn

from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import root_of
from db.desk.due_dates import calendar, today
from db.desk.editions.comparing import What
from db.desk.entry.naming import by_number
from db.desk.notation.localtime import day_begins, local
from db.desk.notifications.notices import store_notice
from db.desk.notifications.post import queue_mail
from db.desk.requests.payload import open_payload
from db.desk.tasks.opening import mark_once
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import NoticeRule
from db.store import audit
from db.store.engine import store
from db.store.sql import unindexed
from db.store.tables import Account, DutyMark, Entry, Notice, Request, Task, Unit, UnitAbove

KIND = "update"
MOST = 50
"""Changes that one notice names; it says how many more there were."""
KINDS: dict[str, What] = {"join": "joined", "leave": "left", "move": "moved", "change": "changed"}


@dataclass(frozen=True, slots=True)
class UpdatedEntry:
    """One entry that changed in a department, and in which fields; never the values."""

    what: What
    person: int
    fields: tuple[str, ...]


def rule_of(policy: EffectivePolicy) -> NoticeRule | None:
    """Return the rule by which departments are regularly notified of changes; None without one."""
    found = [
        rule
        for rule in policy.notices
        if rule.about == "changes" and rule.to in ("departments", "unit", "everyone") and rule.every != "once"
    ]
    return found[0] if found else None


def send_updates(policy: EffectivePolicy) -> list[Task]:
    """Notify each department of its changes, by notice and mail, once a cycle and on a working day; recorded.
    Returns no task."""
    rule = rule_of(policy)
    if rule is None:
        return []
    period = calendar().period(rule.every, today())
    before = calendar().period(rule.every, period.first - timedelta(days=1))
    since = _last(policy.book) or day_begins(before.first)
    working = calendar(policy.book).is_working_day(today())
    if not working or not mark_once(f"{_mark_prefix(policy.book)}:{period.first}"):
        return []
    for unit, changes in changes_since(policy.book, since).items():
        _send(policy, rule, unit, changes, since)
    return []


def changes_since(book: str, since: str) -> dict[int, tuple[UpdatedEntry, ...]]:
    """Return by unit what changed there since the stored time ``since``. A move is listed in both units."""
    found: dict[int, dict[int, UpdatedEntry]] = defaultdict(dict)
    told: set[int] = set()
    requests = (
        Request.select()
        .where(
            (Request.book == book)
            & Request.kind.in_(list(KINDS))
            & Request.entry.is_null(False)
            & (Request.state == "applied")
            & (Request.closed_at > since)
        )
        .order_by(Request.closed_at, Request.id)
    )
    for request in requests:
        entry = Entry.get_by_id(request.entry_id)
        if request.kind == "leave" and entry.state != "left":
            continue  # approved ahead of the day, or called off again
        told.add(entry.id)
        fields = _fields(request)
        for unit in dict.fromkeys((request.unit_id, entry.unit_id)):
            before = found[unit].get(entry.id)
            what: What = KINDS[request.kind]
            if before is not None:
                fields = tuple(dict.fromkeys((*before.fields, *fields)))
                what = before.what if what == "changed" else what
            found[unit][entry.id] = UpdatedEntry(what, entry.person_id, fields)
    others: Any = Entry.select(Entry.id, Entry.unit, Entry.person, Entry.state, Entry.version).where(
        (Entry.book == book) & (Entry.updated_at > since) & (Entry.state != "pending")
    )
    for entry, unit, person, state, version in others.order_by(Entry.id).tuples():
        if entry not in told:
            found[unit][entry] = UpdatedEntry(_unasked(state, version), person, ())
    return {unit: tuple(changes.values()) for unit, changes in found.items()}


def _unasked(state: str, version: int) -> What:
    """Return what happened to an entry that no request is about, such as an imported one."""
    if state == "left":
        return "left"
    return "joined" if version == 1 else "changed"


def _fields(request: Request) -> tuple[str, ...]:
    if request.kind != "change":
        return ()
    return tuple(open_payload(request).get("after", ()))


def _send(
    policy: EffectivePolicy, rule: NoticeRule, unit: int, changes: tuple[UpdatedEntry, ...], since: str
) -> None:
    detail: dict[str, object] = {
        "since": local(since)[:10],
        "changes": [[one.what, by_number(one.person), list(one.fields)] for one in changes[:MOST]],
        "fields": list(dict.fromkeys(field for one in changes[:MOST] for field in one.fields)),
        "more": max(0, len(changes) - MOST),
    }
    readers = _readers(policy.book, unit)
    told = store_notice(
        KIND,
        policy.book,
        [account for account, _entry in readers],
        clause=rule.clause,
        unit=unit,
        detail=detail,
    )
    mail = store().settings.mail
    if mail is not None and mail.notices:
        name = Unit.get_by_id(unit).name
        for _account, entry in readers:
            queue_mail(KIND, policy.book, entry, detail={**detail, "unit": name})
    audit.append(
        act="editions.update_notice",
        outcome="done",
        book=policy.book,
        unit=unit,
        clause=rule.clause,
        detail={"entries": len(changes), "told": told, "first": local(since)[:10]},
    )


def _readers(book: str, unit: int) -> list[tuple[int, int]]:
    """Return (account, entry) of everyone in the department and of the heads above it, short of the root."""
    above = UnitAbove.select(UnitAbove.above).where(
        (UnitAbove.unit == unit) & (UnitAbove.above != root_of(book))
    )
    heads = [head.entry for head in heads_in(book, [row.above_id for row in above]).values()]
    on = Account.person == Entry.person
    rows: Any = Entry.select(Account.id, Entry.id).join(Account, on=on)
    theirs = (Entry.unit == unit) | Entry.id.in_(heads)
    # Not by the index on the book: all of it would be read for each department.
    rows = rows.where(theirs & (unindexed(Entry.book) == book) & (Entry.state == "active"))
    first: dict[int, int] = {}
    for account, entry in rows.where(Account.state != "disabled").tuples():
        first[account] = min(entry, first.get(account, entry))
    return sorted(first.items())


def _last(book: str) -> str | None:
    """Return when update notices last went out; if none ever did, when changes were last looked for."""
    told: Any = Notice.select(fn.MAX(Notice.at)).where((Notice.book == book) & (Notice.kind == KIND))
    looked: Any = DutyMark.select(fn.MAX(DutyMark.at)).where(
        DutyMark.key.startswith(f"{_mark_prefix(book)}:")
    )
    at = told.scalar() or looked.scalar()
    return None if at is None else str(at)


def _mark_prefix(book: str) -> str:
    """Return the prefix of the duty marks for looking for updates in ``book``."""
    return f"updates:{book}"
