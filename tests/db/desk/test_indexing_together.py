"""Two who change what people are found by, at the same time: one comes after the other, and search keys are
those of what both left on record."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest

from db.desk.entry import record
from db.desk.entry.units import create_unit, move_unit, rename_unit
from db.store.tables import Entry, EntryTag, Unit
from db.store.transactions import writing
from tests.db.desk.test_indexing import empty, held
from tests.world import World

Change = Callable[[World], object]


def phone(world: World) -> None:
    record.apply_values(world.entry("zhangwei"), {"mobile": ("13900139000",)}, source="", verifier=None)


def name(world: World) -> None:
    record.apply_values(world.entry("zhangwei"), {"name": ("张伟伟",)}, source="", verifier=None)


def unit_name(world: World) -> None:
    rename_unit(Entry.get_by_id(world.entry("zhangwei")).unit_id, "改名部")


def leaving(world: World) -> None:
    record.remove(world.entry("zhangwei"), "2026-11-24")


def tag(world: World) -> None:
    EntryTag.insert(entry=world.entry("zhangwei"), tag="fire").on_conflict_ignore().execute()
    record.reindex_entry(world.entry("zhangwei"))


def other_unit(world: World) -> None:
    to = Unit.get(Unit.name == "甲组").id
    record.apply_values(world.entry("zhangwei"), {"unit": (str(to),)}, source="", verifier=None)


def unit_above_other(world: World) -> None:
    rename_unit(Unit.get(Unit.name == "上级部").id, "改名部")


def unit_moved(world: World) -> None:
    move_unit(Unit.get(Unit.name == "上级部").id, Unit.get(Unit.name == "另一部").id)


def unit_made(world: World) -> None:
    made = create_unit("staff", "新组", Unit.get(Unit.name == "甲组").id)
    record.apply_values(world.entry("zhangwei"), {"unit": (str(made),)}, source="", verifier=None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (phone, unit_name), (unit_name, phone), (phone, tag), (tag, name), (tag, tag), (name, phone),
        (leaving, unit_name), (unit_name, leaving), (leaving, tag), (other_unit, unit_above_other),
        (unit_above_other, other_unit), (other_unit, unit_moved), (unit_moved, unit_made),
        (unit_made, unit_above_other), (unit_above_other, unit_made),
    ],
)  # fmt: skip
def test_people_are_found_by_what_both_left_on_record(world: World, first: Change, second: Change) -> None:
    with writing():
        above = create_unit("staff", "上级部", world.unit("staff"))
        create_unit("staff", "甲组", above)
        create_unit("staff", "另一部", world.unit("staff"))
    failed = list[Exception]()

    def meanwhile() -> None:
        try:
            with writing():
                second(world)
        except Exception as error:
            failed.append(error)

    other = Thread(target=meanwhile)
    with writing():
        first(world)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert not failed
    found = held()
    with writing():
        empty()
        record.reindex_units([unit.id for unit in Unit.select()])
    assert held() == found
