"""Whom a reader keeps at hand: favourites, and those whose cards they opened in the last 30 days. Not an
operation.

Both are sealed, theirs alone, and name nobody whom the reader does not see any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from db.desk.authority.permissions import Permissions
from db.desk.authority.reach import covering_reaches, search_scope_of, widest_of
from db.desk.entry.colleagues import side_of
from db.desk.entry.lines import EntryLine, FoundLine, lines_of
from db.store import clock
from db.store.engine import database, store
from db.store.sealing import seal, unseal
from db.store.sql import fetch
from db.store.tables import Entry, KeptPeople

KeptKind = Literal["favourite", "recent"]
KINDS: Final[tuple[KeptKind, KeptKind]] = ("favourite", "recent")
LASTS: Final = timedelta(days=30)
FAVOURITE: Final = "+"
"""Marks a favourite behind the name, in the lists of whoever chose them."""
MOST: Final = {"favourite": 50, "recent": 10}
"""How many are kept; the oldest goes."""


class KeptLines(NamedTuple):
    """Favourites, and whom one opened lately, each with the book."""

    favourites: tuple[tuple[str, EntryLine], ...]
    recent: tuple[tuple[str, EntryLine], ...]


def kept_entries(account: int, kind: KeptKind) -> list[int]:
    """Decrypt which entries the account keeps, the newest first."""
    return [entry for entry, _at in _read(account, kind)]


def favourites_of(permissions: Permissions) -> frozenset[int]:
    """Decrypt which entries are the actor's favourites; cached for as long as nothing changes on record."""
    cached = permissions.derived
    if favourites_of not in cached:
        cached[favourites_of] = frozenset(kept_entries(permissions.account, "favourite"))
    found: frozenset[int] = cached[favourites_of]
    return found


def keep_entry(account: int, kind: KeptKind, entry: int) -> None:
    """Put ``entry`` first in the account's encrypted list of ``kind``; the oldest beyond `MOST` is
    dropped."""
    rows = [row for row in _read(account, kind) if row[0] != entry]
    _write(account, kind, [(entry, clock.now()), *rows][: MOST[kind]])


def drop_entry(account: int, kind: KeptKind, entry: int | None = None) -> None:
    """Take ``entry``, or (None) all, off the account's encrypted list of ``kind``."""
    rows = [] if entry is None else [row for row in _read(account, kind) if row[0] != entry]
    _write(account, kind, rows)


def forget_old() -> int:
    """Delete, in the running transaction, the lists of people opened lately of accounts that opened nobody
    for `LASTS`; return how many."""
    before = clock.stamp(clock.moment(clock.now()) - LASTS)
    old = (KeptPeople.kind == "recent") & (KeptPeople.kept_at < before)
    return int(KeptPeople.delete().where(old).execute())


def lines_kept(permissions: Permissions, entries: Sequence[int]) -> tuple[tuple[str, EntryLine], ...]:
    """Return list lines, with their books, of the ``entries`` that are active and within reach."""
    found: list[tuple[str, EntryLine]] = []
    for entry in entries:
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        if row is None or row.book_id not in permissions.books:
            continue
        side = side_of(row)
        reaches = covering_reaches(permissions, row.book_id, side, row.id, row.unit_id)
        if not reaches:
            continue
        level = widest_of(reach.protected for reach in reaches)
        for line, content, sealed in fetch(
            "SELECT l.line, l.content, l.sealed FROM search_entry s JOIN search_line l ON l.line = s.line"
            f" WHERE s.entry = {database.param}",
            (entry,),
        ):
            ground = search_scope_of(permissions, row.book_id, side)
            drawn = lines_of(permissions, row.book_id, ground, [FoundLine(line, level, content, sealed)])
            found += [(row.book_id, one) for one in drawn]
    return tuple(found)


def _read(account: int, kind: KeptKind) -> list[tuple[int, str]]:
    row = KeptPeople.get_or_none((KeptPeople.account == account) & (KeptPeople.kind == kind))
    if row is None:
        return []
    place = KeptPeople.content.place(account, kind)
    rows: list[tuple[int, str]] = [
        (entry, at) for entry, at in json.loads(unseal(store().keys, place, bytes(row.content)))
    ]
    since = clock.stamp(clock.moment(clock.now()) - LASTS)
    return [(entry, at) for entry, at in rows if kind == "favourite" or at > since]


def _write(account: int, kind: KeptKind, rows: Sequence[tuple[int, str]]) -> None:
    KeptPeople.delete().where((KeptPeople.account == account) & (KeptPeople.kind == kind)).execute()
    if rows:
        content = seal(store().keys, KeptPeople.content.place(account, kind), json.dumps(rows).encode())
        KeptPeople.create(account=account, kind=kind, content=content, kept_at=clock.now())
