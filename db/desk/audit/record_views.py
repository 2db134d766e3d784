"""Records of the chain as plain values: names instead of numbers, protected values only where shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from db.desk.audit.act_names import act_label, detail_label, value_words
from db.desk.audit.scope import books_of
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.sight import NOBODY, FieldReader, sights_of
from db.desk.entry.record import is_open
from db.desk.notation.localtime import local
from db.desk.notation.values import masked_value
from db.language import Label, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side
from db.store import subjects
from db.store.audit import SubjectErased, journal_of
from db.store.record_words import TOLD, WHY, RecordWords, words_of
from db.store.sealing import SealBroken
from db.store.tables import Account, AuditRecord, Book, Entry, Person, Unit

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""A time as it is stored (`db.store.clock`)."""
TIMES = {"hour", "opens_at"}
"""Particulars that are such a time: of any other a person may have typed what looks like one."""

KeyOf = Callable[[str], bytes | None]

LET_GO = _("deleted at the end of its time")
"""Stands for what was sealed under a key that retention had destroyed."""

OPEN_COLUMNS = ("name", "position", "unit", "kind", "state")
"""Columns of an entry that no policy protects; they may stand in a journal beside its fields."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act in one line. ``at`` is local time; ``outcome``: done, refused or failed."""

    seq: int
    at: str
    account: int | None
    login: str
    who: str
    on_behalf_of: str
    act: str
    label: Text
    outcome: str
    clause: str
    book: str
    book_label: Label
    unit: str
    entry: int | None
    whom: str
    request: int | None
    purpose: Text
    source: str
    front: str


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value of an entry before and after; ``masked_value`` where the reader may not see it."""

    label: Text
    before: str
    after: str
    masked: bool


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """One act with all that was recorded of it."""

    row: AuditRow
    details: tuple[tuple[Text, Text], ...]
    changes: tuple[ChangedValue, ...]
    hash: str
    previous: str


def rows_of(records: Sequence[AuditRecord], books: Collection[str]) -> tuple[AuditRow, ...]:
    """Build the rows of ``records`` with the names of everyone and everything in them, in four queries for
    all. Entries and units are named only in ``books``, those that the reader supervises: somebody may have
    tried an entry of another book."""
    accounts = _accounts({r.account for r in records} | {r.on_behalf_of for r in records})
    entries = {
        row.id: row
        for row in Entry.select().where(
            Entry.id.in_([r.entry for r in records if r.entry]) & Entry.book.in_(list(books))
        )
    }
    units = {r.unit for r in records if r.unit} | {entry.unit_id for entry in entries.values()}
    named = Unit.select(Unit.id, Unit.name).where(Unit.id.in_(list(units)) & Unit.book.in_(list(books)))
    names = {row.id: row.name for row in named}
    titles = titles_of({r.book for r in records if r.book})
    keys, policies = subjects.keys_at_hand(), cache(policy_of)
    found = []
    for record in records:
        login, who = accounts.get(record.account, ("", ""))
        entry = entries.get(record.entry or 0)
        found.append(
            AuditRow(
                seq=record.seq,
                at=local(record.at),
                account=record.account,
                login=login,
                who=who,
                on_behalf_of=accounts.get(record.on_behalf_of, ("", ""))[1],
                act=record.act,
                label=act_label(record.act),
                outcome=record.outcome,
                clause=record.clause,
                book=record.book or "",
                book_label=titles.get(record.book or "", Label("", "")),
                unit=names.get(record.unit or (entry.unit_id if entry else 0), ""),
                entry=record.entry,
                whom=entry.name if entry else "",
                request=record.request,
                purpose=purpose_of(record, said_by(record, keys), policies),
                source=record.source,
                front=record.front,
            )
        )
    return tuple(found)


def titles_of(books: Collection[str]) -> dict[str, Label]:
    return {row.id: row.title for row in Book.select().where(Book.id.in_(list(books)))}


def detail_of(record: AuditRecord, permissions: Permissions) -> AuditDetail:
    """Decrypt everything about ``record`` that ``permissions`` may see."""
    said = said_by(record)
    details = list(_details(said.detail, record.book))
    if TOLD in said.gone:
        details.append((_("particulars"), LET_GO))
    return AuditDetail(
        row=rows_of([record], books_of(permissions))[0],
        details=tuple(details),
        changes=tuple(_changes(record, permissions)),
        hash=record.hash,
        previous=record.prev,
    )


def _details(said: Mapping[str, object], book: str | None) -> Iterable[tuple[Text, Text]]:
    """Yield label and value of each detail; a nested dictionary is flattened."""
    for name, value in said.items():
        if name == "refusal" and isinstance(value, dict):
            yield detail_label(name), Label(value["zh_CN"], value["en"])
        elif isinstance(value, dict):
            yield from _details(value, book)
        elif value not in (None, "", []):
            yield detail_label(name), _value(name, value, book)


def _value(name: str, value: object, book: str | None) -> Text:
    if isinstance(value, list | tuple):
        return listed(_value(name, one, book) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "looks_from":
        return next((row.name for row in Unit.select(Unit.name).where(Unit.id == value)), "–")
    if not isinstance(value, str):
        return in_words(value)
    if name in ("act", "by"):
        return act_label(value)
    known = value_words(name)
    if value in known:
        return known[value]
    if book is not None and name in ("field", "fields"):
        usual = {"kind": _("Kind")}.get(value, value)
        return next((rule.label for rule in policy_of(book).fields if rule.name == value), usual)
    if book is not None and name in ("role", "office"):
        return next((rule.label for rule in policy_of(book).roles if rule.id == value), value)
    return local(value) if name in TIMES and STAMP.fullmatch(value) else value


def in_words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(in_words(part) for part in value)
    return str(value)


def _reader(permissions: Permissions, book: str, entry: int | None, unit: int | None) -> FieldReader:
    found = Entry.get_or_none(Entry.id == entry)
    place = Unit.get_or_none(Unit.id == (found.unit_id if found is not None else unit))
    if place is None:
        return NOBODY
    side: Side = "external" if place.side == "external" else "internal"
    kind = found.kind if found is not None else ""
    return sights_of(permissions, book, side).field_reader(entry or 0, place.id, kind) or NOBODY


def _changes(record: AuditRecord, permissions: Permissions) -> Iterable[ChangedValue]:
    if record.journal is None or record.book is None:
        return
    try:
        journal: dict[str, Any] = journal_of(record)
    except SubjectErased:
        yield ChangedValue(_("What changed was erased with the person's data."), "", "", True)
        return
    except SealBroken:
        yield ChangedValue(_("The sealed journal does not open: the record was tampered with."), "", "", True)
        return
    before, after = journal.get("before") or {}, journal.get("after") or {}
    reader = _reader(permissions, record.book, record.entry, record.unit)
    rules = {field.name: field for field in policy_of(record.book).fields}
    for name in dict.fromkeys([*before, *after]):
        rule = rules.get(name)
        lies_open = name in OPEN_COLUMNS or (rule is not None and is_open(rule) and not rule.private)
        level = reader.field_sight(rule) if rule is not None else reader.protected
        label: Text = rule.label if rule is not None else detail_label(name)
        old, new = in_words(before.get(name)), in_words(after.get(name))
        if lies_open or level == "shown":
            if old != new:
                yield ChangedValue(label, old, new, False)
        elif old or new:
            # Whether what was typed differs from a covered value is not told either.
            kind = rule.kind if rule is not None and level == "reveal" else ""
            yield ChangedValue(label, masked_value(kind, old), masked_value(kind, new), True)


def said_by(record: AuditRecord, keys: KeyOf = subjects.key_of) -> RecordWords:
    """Decrypt the words of ``record``; empty ones where it was tampered with, which checking the chain
    shows."""
    try:
        return words_of(record, keys)
    except SealBroken:
        return RecordWords("", {})


def purpose_of(
    record: AuditRecord, said: RecordWords, policies: Callable[[str], EffectivePolicy] = policy_of
) -> Text:
    """Return the purpose of ``record`` by its label in the book's regulations; a note that it was deleted
    where its time is over."""
    if WHY in said.gone:
        return LET_GO
    if not said.purpose or record.book is None:
        return said.purpose
    for rule in policies(record.book).purposes:
        if rule.id == said.purpose:
            return rule.label
    return Label(said.purpose, said.purpose)


def _accounts(numbers: set[int | None]) -> dict[int | None, tuple[str, str]]:
    rows: Any = (
        Account.select(Account.id, Account.login, Person.name)
        .left_outer_join(Person)
        .where(Account.id.in_([number for number in numbers if number is not None]))
        .tuples()
    )
    return {number: (login, name or login) for number, login, name in rows}
