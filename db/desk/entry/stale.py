"""Entries that may be out of date: unverified for long, mail that came back, dead numbers (E.14).

A sign holds for the very value it was seen on: once the value is another, it is no sign any more. It is
also over when somebody finds the entry right. Not an operation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from peewee import fn

from db.desk.due_dates import today
from db.desk.entry import record
from db.desk.notation.localtime import day_begins
from db.desk.notation.values import NUMBERS
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.schema.work import StaleRule
from db.store import clock
from db.store.engine import store
from db.store.sealing import blind_digest
from db.store.tables import Entry, EntryField, StaleSign, Unit

UNVERIFIED: Final = "unverified"
BOUNCED: Final = "bounced-mail"
DEAD: Final = "dead-number"

SIGNS: dict[str, Message] = {
    UNVERIFIED: _("not verified for long"),
    BOUNCED: _("mail came back"),
    DEAD: _("number is dead"),
}


@dataclass(frozen=True, slots=True)
class StaleEntry:
    """An entry with the signs it bears. ``since``: stored time of the last verification, or of the entry."""

    entry: int
    name: str
    unit: int
    unit_name: str
    since: str
    signs: tuple[str, ...]


def stale_entries(policy: EffectivePolicy) -> tuple[StaleEntry, ...]:
    """Find active entries of the policy's book that bear a sign of being out of date, the longest unverified
    first; none where no regulation asks for it."""
    rule = policy.stale
    if rule is None:
        return ()
    signed = _signs(policy.book, rule)
    limit = day_begins(today() - timedelta(days=rule.days))
    rows = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where((Entry.book == policy.book) & (Entry.state == "active"))
        .where(
            Entry.verified_at.is_null(True) & (Entry.updated_at < limit)
            | (Entry.verified_at < limit)
            | Entry.id.in_(list(signed))
        )
    )
    found = []
    for row in rows:
        since = str(row.verified_at or row.updated_at)
        signs = ((UNVERIFIED,) if since < limit else ()) + tuple(sorted(signed.get(row.id, ())))
        found.append(StaleEntry(row.id, row.name, row.unit_id, row.unit.name, since, signs))
    return tuple(sorted(found, key=lambda one: (one.since, one.entry)))


def note_sign(entry: int, field: str, sign: str, account: int | None) -> bool:
    """Store that the present value of ``field`` did not reach its person; False where there is none."""
    values = record.load_entry(entry).values.get(field, ())
    for value in values:
        mark = _value_digest(value)
        known = StaleSign.select().where(
            (StaleSign.entry == entry) & (StaleSign.mark == mark) & StaleSign.cleared_at.is_null()
        )
        if not known.exists():
            StaleSign.create(
                entry=entry, field=field, sign=sign, mark=mark, at=clock.now(), reported_by=account
            )
    return bool(values)


def note_bounce(address: str) -> int:
    """Store on every entry that holds ``address``, the protected too, which are decrypted, that mail to it
    came back for good; return how many."""
    known = EntryField.select().where(EntryField.name == "email")
    wanted, count = address.strip().lower(), 0
    for row in known.where(EntryField.value == wanted):
        count += note_sign(row.entry_id, "email", BOUNCED, None)
    for row in known.where(EntryField.sealed.is_null(False)):
        if record.open_value(row.entry_id, row.name, row.ord, row.value, row.sealed) == wanted:
            count += note_sign(row.entry_id, "email", BOUNCED, None)
    return count


def fields_signed(entry: int) -> Mapping[str, tuple[str, ...]]:
    """Return by sign the fields of an entry on which it was seen and not ended."""
    rows = StaleSign.select().where((StaleSign.entry == entry) & StaleSign.cleared_at.is_null())
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in rows.order_by(StaleSign.id):
        if row.field not in found[row.sign]:
            found[row.sign] += (row.field,)
    return found


def end_signs(entry: int, *, right: bool) -> dict[int, list[str]]:
    """End the signs on values that changed since, or all if the entry was found ``right``; return the fields
    by the account that reported them. Notifies nobody."""
    found: dict[int, list[str]] = defaultdict(list)
    seen = list(StaleSign.select().where((StaleSign.entry == entry) & StaleSign.cleared_at.is_null()))
    if not seen:
        return found
    held = record.load_entry(entry)
    for row in seen:
        if right or row.mark not in map(_value_digest, held.values.get(row.field, ())):
            StaleSign.update(cleared_at=clock.now()).where(StaleSign.id == row.id).execute()
            if row.reported_by_id is not None and row.field not in found[row.reported_by_id]:
                found[row.reported_by_id].append(row.field)
    return found


def sign_of(policy: EffectivePolicy, field: str) -> str | None:
    kind = policy.field(field).kind
    if kind == "email":
        return BOUNCED
    return DEAD if kind in NUMBERS else None


def _signs(book: str, rule: StaleRule) -> Mapping[int, set[str]]:
    counted = [sign for sign, counts in ((BOUNCED, rule.bounced_mail), (DEAD, rule.dead_number)) if counts]
    here = Entry.select(Entry.id).where(
        (Entry.id == StaleSign.entry) & (Entry.book == book) & (Entry.state == "active")
    )
    rows = StaleSign.select().where(StaleSign.cleared_at.is_null() & StaleSign.sign.in_(counted))
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows.where(fn.EXISTS(here)):
        values = record.load_entry(row.entry_id).values.get(row.field, ())
        if row.mark in map(_value_digest, values):
            found[row.entry_id].add(row.sign)
    return found


def _value_digest(value: str) -> str:
    return blind_digest(store().keys.search, value)
