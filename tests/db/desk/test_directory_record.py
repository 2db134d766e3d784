"""Entries as they are written: sealed where the field is protected, found by what is open."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.authority.offices import head_of
from db.desk.entry.record import activate, apply_values, create_entry, load_entry, origins, remove_entry
from db.store import searchindex
from db.store.engine import database
from db.store.tables import Unit
from db.store.transactions import writing
from tests.world import World


def keys_of(entry: int) -> set[str]:
    return {key for _scope, key in searchindex.keys_of(entry)}


def test_what_was_written_is_read_again(world: World) -> None:
    entry = load_entry(world.entry("zhangwei"))
    assert entry.first("name") == "张伟"
    assert entry.first("mobile") == "+8613800002121"
    assert entry.first("unit") == str(world.unit("staff", "研发中心/研发一部"))
    assert entry.version == 1


@pytest.mark.clause("C.8")
def test_each_value_keeps_its_source_and_verifier(world: World) -> None:
    entry = world.entry("tangyu", "subsidiary")
    with writing():
        apply_values(entry, {"mobile": ("+8613900000000",)}, source="变更单 7", verifier=3)
    assert (origins(entry)["mobile"].source, origins(entry)["mobile"].verifier) == ("变更单 7", 3)
    assert origins(entry)["email"].source == "入职登记表"


def test_a_change_is_found_at_once_and_what_it_replaced_no_more(world: World) -> None:
    entry = world.entry("zhangwei")
    with writing():
        assert apply_values(entry, {"name": ("张维",), "extension": ("8999",)}, source="", verifier=None) == 2
    found = keys_of(entry)
    assert {"A张维", "G8999", "H9998"} <= found
    assert not {"A张伟", "G8012", "H2108"} & found


def test_a_move_takes_the_keys_along(world: World) -> None:
    entry, unit = world.entry("zhangwei"), world.unit("staff", "销售中心")
    with writing():
        apply_values(entry, {"unit": (str(unit),)}, source="", verifier=None)
    scopes = {scope for scope, key in searchindex.keys_of(entry) if key[0] != "Z"}
    assert scopes == {world.unit("staff"), unit, -unit}


@pytest.mark.clause("A.10")
def test_a_removed_entry_has_no_key_left(world: World) -> None:
    entry = world.entry("wangfang")
    with writing():
        remove_entry(entry, "2026-11-23")
    assert keys_of(entry) == set()
    assert head_of(Unit.get_by_id(world.unit("staff", "研发中心/研发一部"))) is None
    assert load_entry(entry).first("mobile") == "+8613800001011"


def test_a_pending_entry_is_found_once_it_is_active(world: World) -> None:
    unit = world.unit("staff", "销售中心")
    with writing():
        entry = create_entry("staff", unit, "full-time", {"name": ("新来",)}, state="pending")
    assert keys_of(entry) == set()
    with writing():
        activate(entry)
    assert "A新来" in keys_of(entry)


@pytest.mark.clause("E.5")
def test_outside_contacts_are_kept_apart_from_colleagues(world: World) -> None:
    with pytest.raises(Invalid), writing():
        create_entry("group", world.unit("group", "法务部"), "customer", {"name": ("某客户",)})
    unit = str(world.unit("group", "外部联系人"))
    with pytest.raises(Invalid), writing():
        apply_values(world.entry("majun", "group"), {"unit": (unit,)}, source="", verifier=None)


def in_clear(value: object) -> str:
    """``value`` as someone who reads a dump sees it."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


@pytest.mark.threat(27)
def test_protected_values_are_nowhere_in_the_tables(world: World) -> None:
    """Whoever dumps the tables finds no protected number, whole, reversed or its ending."""
    number = load_entry(world.entry("zhangwei")).first("mobile").removeprefix("+86")
    assert number == "13800002121"
    for table in database.get_tables():
        for row in database.execute_sql(f'SELECT * FROM "{table}"').fetchall():
            dumped = "|".join(in_clear(value) for value in row)
            assert number not in dumped
            assert number[::-1] not in dumped
            assert number[-7:] not in dumped
