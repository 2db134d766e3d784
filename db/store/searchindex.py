"""The table of search keys, kept in step with the entries.

A key stands once in each *scope* of its entry: every unit above it, down to its own (a unit's id, the
book's root standing for the whole book), and once for the direct members of its unit alone (the
negative id). A question within any scope is then one range, and what lies outside is not even looked
at. Blind keys stand in the root's scope only. Beside the keys stands one line of each entry with all
that a list shows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from db.store.bulk import insert_many, insert_rows
from db.store.engine import database, store
from db.store.sealing import sealer as seal_with
from db.store.searchkeys import Findable, blind_keys, line_of, open_keys
from db.store.sql import is_among
from db.store.tables import Entry, SearchEntry, SearchKey, SearchLine

BULK = 500
"""From so many entries on, keys are spread over their scopes by the database itself."""
CHUNK = 20_000
"""Entries that are indexed at once: the more, the less is written again, and the more memory it takes."""

KEY_COLUMNS = ("scope", "key", "line")
LINE_COLUMNS = ("line", "content", "sealed")
ENTRY_COLUMNS = ("entry", "line", "scopes", "root", "keys")

Key = tuple[int, str]
Seal = Callable[[str, bytes], bytes]


@dataclass(frozen=True, slots=True)
class _Holding:
    """All that is held of one entry, and where its keys stand."""

    entry: int
    line: int
    scopes: frozenset[int]
    root: int
    open: frozenset[str]
    blind: frozenset[str]
    content: str = ""
    sealed: bytes | None = None

    def entry_row(self) -> tuple[object, ...]:
        scopes = ",".join(str(scope) for scope in sorted(self.scopes))
        return self.entry, self.line, scopes, self.root, "\n".join(sorted(self.open | self.blind))

    def line_row(self) -> tuple[object, ...]:
        return self.line, self.content, self.sealed

    def places(self) -> set[Key]:
        spread = {(scope, key) for scope in self.scopes for key in self.open}
        return spread | {(self.root, key) for key in self.blind}


def is_missing() -> bool:
    """Return whether there are active entries but no search keys at all."""
    return not SearchEntry.select().exists() and Entry.select().where(Entry.state == "active").exists()


def scope_of(unit: int, below: bool) -> int:
    """Return the number of the scope of ``unit``: positive with everything below it, negative for its direct
    members."""
    return unit if below else -unit


def refresh(findable: Findable) -> None:
    """Replace the search keys of one entry by those of ``findable``, in the running transaction."""
    held = _load_holding(findable.entry)
    wanted = _build_holding(findable, _scopes([findable.unit])[findable.unit], seal_with(store().keys))
    if held is not None and held.line != wanted.line:
        drop_entry(findable.entry)
        held = None
    before = held.places() if held else set()
    _delete(wanted.line, before - wanted.places())
    _insert(wanted.line, wanted.places() - before)
    SearchEntry.delete().where(SearchEntry.entry == findable.entry).execute()
    SearchLine.delete().where(SearchLine.line == wanted.line).execute()
    insert_rows(SearchEntry, ENTRY_COLUMNS, [wanted.entry_row()])
    insert_rows(SearchLine, LINE_COLUMNS, [wanted.line_row()])


def drop_entry(entry: int) -> None:
    held = _load_holding(entry)
    if held:
        _delete(held.line, held.places())
        SearchEntry.delete().where(SearchEntry.entry == entry).execute()
        SearchLine.delete().where(SearchLine.line == held.line).execute()


def keys_of(entry: int) -> set[Key]:
    """Return all search keys of an entry with their scopes, as stored; empty for none."""
    held = _load_holding(entry)
    if held is None:
        return set()
    rows = SearchKey.select(SearchKey.scope, SearchKey.key).where(SearchKey.line == held.line)
    return {(row.scope, row.key) for row in rows}


def index_entries(findables: Iterable[Findable]) -> None:
    waiting = iter(findables)
    while chunk := list(islice(waiting, CHUNK)):
        if len(chunk) < BULK:
            for findable in chunk:
                refresh(findable)
        else:
            _add_in_bulk(chunk)


def _add_in_bulk(findables: Sequence[Findable]) -> None:
    scopes = _scopes({findable.unit for findable in findables})
    text = 'TEXT COLLATE "C"' if store().is_postgresql else "TEXT"
    database.execute_sql("DROP TABLE IF EXISTS fresh_key")
    database.execute_sql(f"CREATE TEMPORARY TABLE fresh_key (unit INTEGER, key {text}, line BIGINT)")
    seal = seal_with(store().keys)
    lines: list[tuple[object, ...]] = []
    entries: list[tuple[object, ...]] = []

    def spread() -> Iterator[tuple[int, str, int]]:
        for findable in findables:
            held = _build_holding(findable, scopes[findable.unit], seal)
            lines.append(held.line_row())
            entries.append(held.entry_row())
            for key in held.open:
                yield findable.unit, key, held.line
            for key in held.blind:
                yield -held.root, key, held.line

    insert_many("fresh_key", ("unit", "key", "line"), spread())
    database.execute_sql(
        """
        INSERT INTO search_key (scope, key, line)
        SELECT s.scope, f.key, f.line
        FROM fresh_key f JOIN (
            SELECT unit_id AS unit, above_id AS scope FROM unit_above
            UNION ALL SELECT unit_id, -unit_id FROM unit_above WHERE distance = 0
            UNION ALL SELECT -unit_id, unit_id FROM unit_above WHERE distance = 0
        ) s ON s.unit = f.unit
        ORDER BY 1, 2, 3
        """
    )
    database.execute_sql("DROP TABLE fresh_key")
    insert_rows(SearchLine, LINE_COLUMNS, sorted(lines, key=itemgetter(0)))
    insert_rows(SearchEntry, ENTRY_COLUMNS, sorted(entries, key=itemgetter(0)))


def _build_holding(findable: Findable, scopes: tuple[frozenset[int], int], seal: Seal) -> _Holding:
    line = line_of(findable.entry, findable.name)
    sealed = seal(SearchLine.sealed.place(line), findable.hidden.encode("utf-8")) if findable.hidden else None
    return _Holding(
        entry=findable.entry,
        line=line,
        scopes=scopes[0],
        root=scopes[1],
        open=open_keys(findable),
        blind=blind_keys(findable, store().keys),
        content=findable.content,
        sealed=sealed,
    )


def _scopes(units: Iterable[int]) -> dict[int, tuple[frozenset[int], int]]:
    wanted = list(units)
    above: dict[int, list[tuple[int, int]]] = {unit: [] for unit in wanted}
    for start in range(0, len(wanted), 500):
        condition, given = is_among("unit_id", wanted[start : start + 500])
        rows = database.execute_sql(
            f"SELECT unit_id, above_id, distance FROM unit_above WHERE {condition}", given
        )
        for unit, over, distance in rows:
            above[unit].append((distance, over))
    return {
        unit: (frozenset({over for _distance, over in found} | {scope_of(unit, below=False)}), max(found)[1])
        for unit, found in above.items()
    }


def _load_holding(entry: int) -> _Holding | None:
    row = SearchEntry.get_or_none(SearchEntry.entry == entry)
    if row is None:
        return None
    keys = [key for key in row.keys.split("\n") if key]
    return _Holding(
        entry=entry,
        line=row.line,
        scopes=frozenset(int(scope) for scope in row.scopes.split(",")),
        root=row.root,
        open=frozenset(key for key in keys if key[0] not in "Zz"),
        blind=frozenset(key for key in keys if key[0] in "Zz"),
    )


def _insert(line: int, places: Iterable[Key]) -> None:
    insert_rows(SearchKey, KEY_COLUMNS, [(*place, line) for place in sorted(places)])


def _delete(line: int, places: Iterable[Key]) -> None:
    mark = database.param
    database.cursor().executemany(
        f"DELETE FROM search_key WHERE scope = {mark} AND key = {mark} AND line = {mark}",
        [(*place, line) for place in sorted(places)],
    )
