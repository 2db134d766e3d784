"""What is personal of a person in the tables, and how it is kept in backups and in the journal: under the
person's own key, so that neither tells it any more once that is destroyed (`db.store.subjects`).

Each column says so where it stands (`db.store.tables.facts`), and so does each reference that leads to the
person. What stands in the place of a column once the key is gone is what erasing leaves in the database
itself. A row that leads to nobody, such as an announcement to a whole unit, is kept as it is; it has persons
by number (`db.desk.entry.naming`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from db.store.engine import database
from db.store.tables import ALL
from db.store.tables.base import Table
from db.store.tables.facts import LOGIN, NUMBER, ROW, Personal

Row = dict[str, Any]

PERSON = "person"


def _table_name(table: type[Table]) -> str:
    return str(table._meta.table_name)


def _ways(table: type[Table]) -> Iterator[tuple[str, str]]:
    """Yield the columns that lead from a row of ``table`` to its person, with the tables they refer to."""
    if _table_name(table) == PERSON:
        yield "id", PERSON
    leading = [field for field in table._meta.refs if field.to_person]
    for field in sorted(leading, key=lambda field: field.to_person):
        yield field.column_name, _table_name(field.rel_model)


def _facts(table: type[Table]) -> Iterator[tuple[str, str | None]]:
    """Yield the personal columns of ``table``, each with its substitute after an erasure."""
    for field in table._meta.sorted_fields:
        if isinstance(fact := getattr(field, "fact", None), Personal):
            yield field.column_name, fact.instead


WAYS: Mapping[str, Mapping[str, str]] = {
    _table_name(table): ways for table in ALL if (ways := dict(_ways(table)))
}
"""For each table whose rows lead to a person the columns that do, each with the table it refers to. The first
that is not null counts."""
PERSONAL: Mapping[str, Mapping[str, str | None]] = {
    _table_name(table): {column: instead for column, instead in facts.items() if instead != ROW}
    for table in ALL
    if (facts := dict(_facts(table)))
}
"""The personal columns of each table that has such, each with what stands in its place; of one without any
named, whole rows are personal, of which nothing stays."""


def _all_ways(table: str) -> Collection[str]:
    return WAYS[table]


def person_of(table: str, there: Callable[[str], Collection[str]] = _all_ways) -> str:
    """Return an SQL expression for the person of a row of ``table``; NULL for nobody's. ``there`` returns the
    columns of a table in a store of an earlier version."""
    found = [
        f'"{table}"."{column}"'
        if of == PERSON
        else f'(SELECT {person_of(of, there)} FROM "{of}" WHERE "{of}".id = "{table}"."{column}")'
        for column, of in WAYS[table].items()
        if column in there(table)
    ]
    return found[0] if len(found) == 1 else f"COALESCE({', '.join(found)})"


def blank_person(person: int, but: Collection[str] = ()) -> None:
    """Overwrite everything personal of ``person`` with substitutes, and delete rows that are wholly personal,
    in the running transaction; except in the tables ``but``."""
    for table, personal in PERSONAL.items():
        if table in but:
            continue
        where, mark = _rows_of(table, database.param), database.param
        values = (person,) * where.count(mark)
        if not personal:
            database.execute_sql(f'DELETE FROM "{table}" WHERE {where}', values)
            continue
        changes, given = [], []
        for column, instead in personal.items():
            changes.append(f'"{column}" = ' + ("'erased-' || id" if instead == LOGIN else mark))
            given += [] if instead == LOGIN else [_instead(instead, person, {})]
        database.execute_sql(f'UPDATE "{table}" SET {", ".join(changes)} WHERE {where}', (*given, *values))


def instead(table: str, person: int, row: Row) -> Row:
    return {name: _instead(given, person, row) for name, given in PERSONAL[table].items()}


def _instead(given: str | None, person: int, row: Row) -> str | None:
    if given == LOGIN:
        return f"erased-{row['id']}"
    return f"#{person}" if given == NUMBER else given


def _rows_of(table: str, mark: str) -> str:
    """Return the SQL condition for a row of ``table`` being of the person given by ``mark``."""
    found, before = [], ""
    for column, of in WAYS[table].items():
        inner = f"= {mark}" if of == PERSON else f'IN (SELECT id FROM "{of}" WHERE {_rows_of(of, mark)})'
        found.append(f'{before}"{column}" {inner}')
        before += f'"{column}" IS NULL AND '
    return " OR ".join(found)
