"""What an act changed, row by row, taken down beside the product's own journal, which is not asked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from db.store.engine import database
from db.store.journal import capture

CHANGES = "CREATE TEMP TABLE siege_change (n INTEGER PRIMARY KEY, name, before, after)"
TRIGGER = """
CREATE TEMP TRIGGER "siege_{name}_{event}" AFTER {event} ON main."{name}" BEGIN
    INSERT INTO siege_change (name, before, after) VALUES ('{name}', {before}, {after});
END
"""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row before and after; empty where there was or is none."""

    table: str
    before: Values
    after: Values

    def changed(self) -> frozenset[str]:
        """Names of the columns that differ."""
        names = {*self.before, *self.after}
        return frozenset(name for name in names if self.before.get(name) != self.after.get(name))

    def value(self, column: str) -> Any:
        """What stands in ``column``, or stood there."""
        return self.after.get(column, self.before.get(column))


@dataclass(frozen=True, slots=True)
class Declared:
    """What a table is: power, personal, plain, telling, trace or derived; and for power what moves with it.

    ``way``: two (never by one person), flow (as the request's steps go), told (by one, who tells).
    ``of``: columns that say whose it is, each as ``what:column``. ``columns`` are those that matter: all
    unless said, ``but`` some. ``told_by``: operations by which one may move it who tells; ``own_by``: by
    which everybody moves their own. ``idle``: column -> values of a row that moves nothing yet, or nothing
    more. ``made``: whether a new row moves anything. ``watched``: whether somebody who holds an office has to
    hear of it, who need not have had a part in it before.
    """

    name: str
    kind: str
    moves: str = ""
    way: str = "told"
    of: tuple[str, ...] = ()
    book: str = ""
    columns: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    told_by: frozenset[str] = frozenset()
    own_by: frozenset[str] = frozenset()
    made: bool = True
    watched: bool = True
    idle: Mapping[str, Any] = field(default_factory=dict)


@cache
def declared() -> Mapping[str, Declared]:
    """Every table by its name."""
    raw = tomllib.loads((Path(__file__).parent / "tables.toml").read_text("utf-8"))
    found: dict[str, Declared] = {}
    for kind, tables in raw.items():
        if isinstance(tables, list):
            found |= {name: Declared(name, kind) for name in tables}
            continue
        for name, said in tables.items():
            sets = {key: frozenset(said.get(key, ())) for key in ("columns", "but", "told_by", "own_by")}
            found[name] = Declared(
                name,
                kind,
                said["moves"],
                said["way"],
                tuple(said["of"]),
                said.get("book", ""),
                idle=said.get("idle", {}),
                made=said.get("made", True),
                watched=said.get("watched", True),
                **sets,
            )
    return found


def watch_rows(of: Any) -> None:
    """Take down what changes on this connection, but where a table is made anew from others."""
    connection = of.connection()
    connection.execute(CHANGES)
    for name in of.get_tables():
        if (known := declared().get(name)) is not None and known.kind == "derived":
            continue
        text = capture.text_of(of, name)
        old, new = text.replace('one."', 'OLD."'), text.replace('one."', 'NEW."')
        for event, before, after in (("INSERT", "NULL", new), ("UPDATE", old, new), ("DELETE", old, "NULL")):
            connection.execute(TRIGGER.format(name=name, event=event, before=before, after=after))
    for name in of.get_tables():
        capture.watch_table(of, name)  # so that no attempt undoes what the journal sets up


def forget_rows() -> None:
    """Take nothing down any more."""
    connection: Any = database.connection()
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_temp_master WHERE name LIKE 'siege_%' AND type = 'trigger'"
    ).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("DROP TABLE siege_change")


def taken() -> tuple[Row, ...]:
    """What changed since this was last asked, in order; rows that are as they were are left out."""
    connection: Any = database.connection()
    found = connection.execute("SELECT name, before, after FROM siege_change ORDER BY n").fetchall()
    connection.execute("DELETE FROM siege_change")
    return tuple(_merged(found))


def _merged(found: list[tuple[str, str | None, str | None]]) -> Iterator[Row]:
    """Each row once, as it was at first and as it is in the end; those that came and went are left out."""
    rows: dict[tuple[str, object], tuple[Values, Values]] = {}
    for number, (name, before, after) in enumerate(found):
        was, now = _values(before), _values(after)
        key = name, (now or was).get("id", f"change {number}")
        rows[key] = rows[key][0] if key in rows else was, now
    for (name, _key), (was, now) in rows.items():
        if was != now:
            yield Row(name, was, now)


def _values(text: str | None) -> Values:
    values: Values = json.loads(text) if text is not None else {}
    return values
