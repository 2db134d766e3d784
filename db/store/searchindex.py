"""The table of search keys, kept in step with the entries.

A key stands once in each *scope* of its entry: every unit above it, down to its own (a unit's id, the
book's root standing for the whole book), and once for the direct members of its unit alone (the
negative id). A question within any scope is then one range, and what lies outside is not even looked
at. Blind keys stand in the root's scope only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from db.store.engine import database, store
from db.store.searchkeys import Findable, blind_keys, open_keys
from db.store.tables import SearchEntry

BULK = 500
"""From so many entries on, keys are spread over their scopes by the database itself."""
CHUNK = 100_000

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Holding:
    """The keys of one entry and where they stand."""

    scopes: frozenset[int]
    root: int
    open: frozenset[str]
    blind: frozenset[str]

    def places(self) -> set[Key]:
        spread = {(scope, key) for scope in self.scopes for key in self.open}
        return spread | {(self.root, key) for key in self.blind}


def scope_of(unit: int, below: bool) -> int:
    """The scope of ``unit`` with everything below it, or of its direct members alone."""
    return unit if below else -unit


def refresh(findable: Findable) -> None:
    """Make the entry found by what ``findable`` says and by nothing else."""
    held = _held(findable.entry)
    before = held.places() if held else set()
    wanted = _wanted(findable, _scopes([findable.unit])[findable.unit])
    _delete(findable.entry, before - wanted.places())
    _insert(findable.entry, wanted.places() - before)
    _remember(findable.entry, wanted)


def drop(entry: int) -> None:
    """Make the entry found by nothing."""
    held = _held(entry)
    if held:
        _delete(entry, held.places())
        SearchEntry.delete().where(SearchEntry.entry == entry).execute()


def add(findables: Iterable[Findable]) -> None:
    """Index entries that have not been indexed yet, many at once."""
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
    database.execute_sql(f"CREATE TEMPORARY TABLE fresh_key (unit INTEGER, key {text}, entry INTEGER)")
    keys = store().keys
    blinds: list[tuple[int, str, int]] = []
    holdings: list[tuple[int, str, int, str]] = []

    def spread() -> Iterator[tuple[int, str, int]]:
        for findable in findables:
            scope_ids, root = scopes[findable.unit]
            held = _Holding(scope_ids, root, open_keys(findable), blind_keys(findable, keys))
            blinds.extend((root, key, findable.entry) for key in held.blind)
            holdings.append(_row(findable.entry, held))
            for key in held.open:
                yield findable.unit, key, findable.entry

    _fill("fresh_key", ("unit", "key", "entry"), spread())
    database.execute_sql(
        """
        INSERT INTO search_key (scope, key, entry)
        SELECT s.scope, f.key, f.entry
        FROM fresh_key f JOIN (
            SELECT unit_id AS unit, above_id AS scope FROM unit_above
            UNION ALL SELECT unit_id, -unit_id FROM unit_above WHERE distance = 0
        ) s ON s.unit = f.unit
        ORDER BY 1, 2, 3
        """
    )
    database.execute_sql("DROP TABLE fresh_key")
    _fill("search_key", ("scope", "key", "entry"), sorted(blinds))
    _fill("search_entry", ("entry", "scopes", "root", "keys"), holdings)


def _wanted(findable: Findable, scopes: tuple[frozenset[int], int]) -> _Holding:
    return _Holding(scopes[0], scopes[1], open_keys(findable), blind_keys(findable, store().keys))


def _scopes(units: Iterable[int]) -> dict[int, tuple[frozenset[int], int]]:
    """For each unit the scopes of its entries, and its root."""
    wanted = list(units)
    above: dict[int, list[tuple[int, int]]] = {unit: [] for unit in wanted}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ", ".join(database.param for _unit in some)
        rows = database.execute_sql(
            f"SELECT unit_id, above_id, distance FROM unit_above WHERE unit_id IN ({marks})", some
        )
        for unit, over, distance in rows:
            above[unit].append((distance, over))
    return {
        unit: (frozenset({over for _distance, over in found} | {scope_of(unit, below=False)}), max(found)[1])
        for unit, found in above.items()
    }


def _held(entry: int) -> _Holding | None:
    row = SearchEntry.get_or_none(SearchEntry.entry == entry)
    if row is None:
        return None
    keys = row.keys.split("\n")
    return _Holding(
        frozenset(int(scope) for scope in row.scopes.split(",")),
        row.root,
        frozenset(key for key in keys if key[:1] not in "Zz"),
        frozenset(key for key in keys if key[:1] in "Zz" and key),
    )


def _row(entry: int, held: _Holding) -> tuple[int, str, int, str]:
    scopes = ",".join(str(scope) for scope in sorted(held.scopes))
    return entry, scopes, held.root, "\n".join(sorted(held.open | held.blind))


def _remember(entry: int, held: _Holding) -> None:
    SearchEntry.delete().where(SearchEntry.entry == entry).execute()
    _fill("search_entry", ("entry", "scopes", "root", "keys"), [_row(entry, held)])


def _insert(entry: int, places: Iterable[Key]) -> None:
    _fill("search_key", ("scope", "key", "entry"), [(*place, entry) for place in sorted(places)])


def _delete(entry: int, places: Iterable[Key]) -> None:
    mark = database.param
    database.cursor().executemany(
        f"DELETE FROM search_key WHERE scope = {mark} AND key = {mark} AND entry = {mark}",
        [(*place, entry) for place in sorted(places)],
    )


def _fill(table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Insert ``rows`` the quickest way the engine has."""
    names = ", ".join(columns)
    if store().is_postgresql:
        with database.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" for _column in columns)
        database.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
