"""Search keys made from the entries, all at once."""

from __future__ import annotations

import pytest

from db.desk.entry.indexing import index_all
from db.store import searchindex
from db.store.engine import database, store
from db.store.migrations import STEPS, migrate
from db.store.sealing import blind_digest
from db.store.searchindex import is_missing
from db.store.sql import fetch
from db.store.tables import SearchEntry
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.world import World

TABLES = {
    "search_key": "scope, key, line",
    "search_line": "line, content",
    "search_entry": "entry, line, scopes, root, keys",
}


def held() -> dict[str, list[tuple[object, ...]]]:
    return {
        table: [tuple(row) for row in fetch(f"SELECT {columns} FROM {table} ORDER BY {columns}", ())]
        for table, columns in TABLES.items()
    }


def empty() -> None:
    for table in TABLES:
        database.execute_sql(f"DELETE FROM {table}")


def test_keys_made_anew_are_those_that_there_were(world: World) -> None:
    before = held()
    with writing():
        empty()
        assert is_missing()
        index_all()
    assert not is_missing()
    assert held() == before


def test_of_two_processes_that_find_none_the_second_leaves_what_the_first_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searchindex, "BULK", 1)
    before = held()
    with writing():
        index_all()
    assert held() == before


@pytest.mark.threat(48)
def test_keys_that_an_older_version_made_are_made_anew(world: World) -> None:
    before, search = held(), store().keys.search
    step = next(number for number, one in enumerate(STEPS, start=1) if one.__name__ == "drop_search_keys")
    older = f"Z{blind_digest(search, 'mobile:2121')}"
    with writing():
        row = SearchEntry.get(SearchEntry.entry == world.entry("zhangwei"))
        database.execute_sql(
            f"INSERT INTO search_key (scope, key, line) VALUES ({row.root}, '{older}', {row.line})"
        )
        SchemaVersion.delete().where(SchemaVersion.version >= step).execute()
    migrate()
    assert is_missing()
    with writing():
        index_all()
    assert held() == before
    found = world.desk("liuyang").directory.by_value("staff", "13800002121")
    assert [line.name for line in found.lines] == ["张伟"]
