"""A book under a regulation of the test's own, beside the staff book, with a handful of its people."""

from __future__ import annotations

from collections.abc import Mapping

from db.desk.authority.permissions import root_of
from db.desk.entry.units import create_unit
from db.language import Label
from db.store.transactions import writing
from tests.db.desk.test_policies import operator
from tests.db.policy.texts import text
from tests.rules import in_force, on_record
from tests.world import Somebody, World, build_world, settle

BOOK, WARD, CLINIC = "own", "心内科", "门诊部"
FIELDS = """
maintainer = { role = "hr", clause = "X.1" }
[[fields]]
name = "name"
required = true
clause = "X.2"
[[fields]]
name = "position"
clause = "X.2"
"""

PEOPLE = (
    Somebody("chenjing", "陈静", BOOK, CLINIC, "院长", "1", "13800001001"),
    Somebody("wangfang", "王芳", BOOK, WARD, "病区主任", "2", "13800001011", head=True),
    Somebody("zhangwei", "张伟", BOOK, WARD, "住院医师", "3", "13800002121"),
    Somebody("sunli", "孙丽", BOOK, CLINIC, "导医", "4", "13500008203"),
)
"""陈静 keeps the book."""


def own_book(body: str, values: Mapping[str, str] | None = None) -> World:
    """The staff book's world and, under the regulation of `FIELDS` and ``body``, the book of `PEOPLE`, whose
    entries have ``values`` besides what the regulation asks for of them."""
    world = build_world()
    desk = world.desk(operator(world))
    on_record(text(FIELDS + body, id="own-rules"))
    in_force(
        world,
        lambda: desk.policies.create_book(
            BOOK, ["own-rules"], title=Label("自订", "Own"), root=Label("医院", "Hospital"), decisions={},
            maintainer="chenjing",
        ),
    )  # fmt: skip
    world.units[BOOK, ""] = root_of(BOOK)
    with writing():
        for unit in (WARD, CLINIC):
            world.units[BOOK, unit] = create_unit(BOOK, unit, root_of(BOOK))
        for person in PEOPLE:
            settle(world, person, values or {})
    return world
