"""What a look-up asks of the database: all its ranges at once, none cut short, and it lets go of them; and
of those found, what marks stand behind their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from db.desk import Desk
from db.desk.entry.record import create_entry
from db.store.engine import database, store
from db.store.tables import Account, Book, Entry
from db.store.transactions import writing
from tests.world import World


def found(desk: Desk, text: str, limit: int = 20) -> list[str]:
    return [line.name for line in desk.directory.search("subsidiary", text, limit=limit)]


def statements(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[str]:
    """What ``act`` has the driver execute."""
    said: list[str] = []
    if store().is_postgresql:
        execute = psycopg.Cursor.execute

        def told(cursor: Any, query: str, *more: Any, **named: Any) -> Any:
            said.append(query)
            return execute(cursor, query, *more, **named)

        monkeypatch.setattr(psycopg.Cursor, "execute", told)
        act()
        monkeypatch.undo()
    else:
        database.connection().set_trace_callback(said.append)
        act()
        database.connection().set_trace_callback(None)
    return said


@pytest.mark.parametrize("text", ["l", "linx", "8012", "研发 张"])
def test_a_look_up_is_one_statement_and_one_for_marks_and_whether_anything_has_changed(
    world: World, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    desk = world.desk("panlong")
    hits = found(desk, text)
    said = statements(monkeypatch, lambda: found(desk, text))
    assert len([one for one in said if "search_key" in one]) == 1
    assert len([one for one in said if "last_day" in one]) == bool(hits)
    assert len([one for one in said if one not in ("BEGIN", "COMMIT")]) == 2 + bool(hits), said


def test_who_has_many_fitting_keys_hides_nobody_behind(world: World) -> None:
    desk = world.desk("panlong")
    with writing():
        for name, addresses in (("安一", 30), ("安二", 1)):
            create_entry(
                "subsidiary",
                world.unit("subsidiary", "人事部"),
                "full-time",
                {
                    "name": (name,),
                    "position": ("顾问",),
                    "email": tuple(f"query{number:02d}{name == '安二'}@a.cn" for number in range(addresses)),
                },
            )
    for limit in (1, 2, 3, 20):
        assert found(desk, "query", limit) == ["安一", "安二"][:limit]


def test_what_was_not_read_to_its_end_holds_no_view(world: World) -> None:
    """On SQLite a statement that is left open would keep the record as it was for whoever asks next."""
    desk = world.desk("panlong")
    assert len(found(desk, "l", 1)) == 1
    with writing():
        unit = world.unit("subsidiary", "人事部")
        create_entry("subsidiary", unit, "full-time", {"name": ("安新",), "position": ("顾问",)})
    assert found(desk, "安新") == ["安新"]


def test_the_place_of_somebody_is_where_the_list_has_them_and_others_have_none(world: World) -> None:
    """For everybody, in each book, on both sides, by unit and by facet: outside contacts of one's own too."""
    entries = [row.id for row in Entry.select(Entry.id)]
    tried = 0
    for login in (row.login for row in Account.select().where(Account.state == "active")):
        desk = world.desk(login)
        for book in (row.id for row in Book.select()):
            for side in ("internal", "external"):
                by = desk.directory.facets(book, side=side)
                facets = [value.facet for facet in by for value in facet.values]
                units = [unit.id for unit in desk.directory.units(book, None, side)]
                for given in ({}, *({"unit": one} for one in units), *({"facets": [one]} for one in facets)):
                    rows = desk.directory.list(book, side=side, limit=200, **given)  # type: ignore[arg-type]
                    wanted = {row.entry: number for number, row in enumerate(rows)}
                    tried += len(wanted)
                    places = {one: desk.directory.place(book, one, side=side, **given) for one in entries}  # type: ignore[arg-type]
                    assert places == dict.fromkeys(entries) | wanted, (login, book, side, given)
    assert tried > 300


def test_the_marks_of_a_page_are_read_from_the_page_on_however_many_heads_and_leavers_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store().is_postgresql:
        pytest.skip("a server has figures of its own to plan by")
    desk = world.desk("panlong")
    said = statements(monkeypatch, lambda: found(desk, "l"))
    [asked] = [one for one in said if one.startswith("SELECT e.id, 0")]
    plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {asked}").fetchall()]
    assert [step for step in plan if "grant_role" in step or "request_state" in step] == []
    assert any("SEARCH g USING INDEX grant_person_id" in step for step in plan), plan
