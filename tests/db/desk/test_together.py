"""Two at the same time, where several write at once: the second follows the first and sees what it did."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from db.desk import Invalid, Refused
from db.desk.entry import record
from db.desk.entry.units import create_unit, move_unit, rename_unit
from db.desk.importing.importing import Source
from db.desk.importing.outcome import ImportReport
from db.store.tables import Account, Delegation, Entry, EntryTag, Request, Unit
from db.store.transactions import writing
from db.store.unavailable import CROSSED, Unavailable
from tests.at_once import Act, second_of_two
from tests.db.desk.lives import VALUES, approved, joiner, leave
from tests.db.desk.test_indexing import empty, held
from tests.world import World

ROOM = "研发中心/研发一部"

Change = Callable[[World], object]
Prepared = Callable[[World], Act]
"""An act of somebody who has signed in."""


def phone(world: World) -> None:
    record.apply_values(world.entry("zhangwei"), {"mobile": ("13900139000",)}, source="", verifier=None)


def name(world: World) -> None:
    record.apply_values(world.entry("zhangwei"), {"name": ("张伟伟",)}, source="", verifier=None)


def unit_name(world: World) -> None:
    rename_unit(Entry.get_by_id(world.entry("zhangwei")).unit_id, "改名部")


def leaving(world: World) -> None:
    record.remove_entry(world.entry("zhangwei"), "2026-11-24")


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


@pytest.mark.threat(49)
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
    assert not isinstance(second_of_two(partial(first, world), partial(second, world)), Exception)
    found = held()
    with writing():
        empty()
        record.reindex_units([unit.id for unit in Unit.select()])
    assert held() == found


def account_of(whom: str, login: str) -> Prepared:
    def prepared(world: World) -> Act:
        entry, it = Entry.get(Entry.name == whom).id, world.desk("guotao")
        return lambda: it.accounts.create(entry, login, "0" * 64, "2027-01-01T00:00:00.000000Z")

    return prepared


def back(world: World) -> Act:
    """Somebody who left comes back, in either of two requests that are decided at once."""
    number, second = Request.select().count(), world.desk("zengqing")
    values = {
        **VALUES,
        "name": "张文",
        "mobile": f"138000077{number:02}",
        "email": f"w{number}@huaxing.example",
    }
    asked = joiner(world, ROOM, values=values, person=world.people["zhangwen"])
    request = world.desk("liuyang").lifecycle.join(asked)
    digest = second.queue.one(request).digest
    return lambda: second.queue.approve(request, digest)


def joining(world: World) -> Act:
    hr = world.desk("liuyang")
    asked = joiner(world, ROOM)
    return lambda: hr.lifecycle.join(asked)


def importing(world: World) -> Act:
    hr = world.desk("liuyang")
    headings = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱"]
    row = [VALUES["name"], "销售中心", "客户经理", "010-88886666", VALUES["mobile"], VALUES["email"]]
    return lambda: hr.importing.load("staff", [headings, row], Source("新.csv", "0" * 64))


def standing_in(world: World) -> Act:
    head, to = world.desk("wangfang"), world.accounts["zhengwei"]
    return lambda: head.delegation.delegate("head", "staff", to, "2026-11-23", "2026-11-27", "休假")


@pytest.mark.threat(49)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (account_of("甲", "jia"), account_of("甲", "other")),
        (account_of("甲", "same"), account_of("乙", "same")),
        (back, back),
        (importing, importing),
        (importing, joining),
        (standing_in, standing_in),
    ],
    ids=[
        "two accounts for one person",
        "one login for two",
        "one person entered twice",
        "one file twice",
        "in a file and entered",
        "a stand-in twice",
    ],
)
def test_what_somebody_else_did_meanwhile_is_not_done_twice(
    world: World, first: Prepared, second: Prepared
) -> None:
    unit = world.unit("staff", ROOM)
    with writing():
        for name in ("甲", "乙"):
            record.create_entry("staff", unit, "full-time", {"name": (name,)}, source="")
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    ended = second_of_two(first(world), second(world))
    if isinstance(ended, ImportReport):  # whoever came in meanwhile is there and stays as they are
        assert (ended.entries, ended.known) == (0, 1)
        assert Entry.select().where(Entry.name == VALUES["name"]).count() == 1
        return
    assert isinstance(ended, Invalid | Refused | Unavailable), ended
    if isinstance(ended, Unavailable):
        assert ended.message is CROSSED
    assert Account.select().where(Account.login.in_(["jia", "other", "same"])).count() <= 1
    there = Entry.select().where((Entry.person == world.people["zhangwen"]) & (Entry.state != "left"))
    assert there.count() == (first is back)
    assert Entry.select().where(Entry.name == VALUES["name"]).count() == (first is importing)
    assert Delegation.select().count() == (first is standing_in)
