"""A private field that a regulation keeps to the person and the maintainer: who sees it at the desk."""

from __future__ import annotations

import pytest

from db.desk.authority.permissions import root_of
from db.desk.entry.unit_contacts import put_contacts
from db.desk.entry.units import create_unit
from db.language import Label
from db.store.engine import Store
from db.store.tables import AuditRecord
from db.store.transactions import writing
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.test_policies import operator
from tests.rules import on_record
from tests.world import Somebody, World, build_world, settle

BOOK, WARD = "ward", "心内科"
REGULATION = """id = "ward"
effective = 2026-01-01
title = { zh = "病区通讯录", en = "Ward directory" }
roles = [
  { id = "registry", zh = "档案室", en = "Registry", clause = "W.2" },
  { id = "clerk", zh = "文员", en = "Clerk", clause = "W.2" },
]
maintainer = { role = "registry", clause = "W.2" }
deputy = { role = "clerk", clause = "W.2" }
fields = [
  { name = "name", required = true, clause = "W.3" },
  { name = "birth_date", private = true%s, clause = "W.3" },
]
unit_fields = [{ name = "fax", clause = "W.4" }, { name = "landline"%s, clause = "W.4" }]
[[scopes]]
role = "head"
reach = "book"
protected = "shown"
propose = "book"
maintain = "book"
clause = "W.5"
"""
WATCHED = """
[[scopes]]
role = "supervisor"
reach = "book"
protected = "shown"
clause = "W.5"
"""
KEPT = REGULATION % (', visible_to = ["self", "maintainer"]', "")


def a_ward(text: str, *, in_force: bool = False) -> World:
    """A registrar, their deputy, a head and a colleague in one ward. ``in_force``: the regulation is on
    record since before the check looked at it."""
    world = build_world()
    desk = world.desk(operator(world))
    if in_force:
        on_record(text)
    else:
        desk.policies.add(text)
    carried_through(
        lambda: desk.policies.create_book(
            BOOK, ["ward"], title=Label("病区", "Ward"), root=Label("医院", "Hospital"), decisions={},
            maintainer="chenjing", deputy="liwei",
        ),
        world.desk("helei"),
    )  # fmt: skip
    with writing():
        world.units[BOOK, ""] = root_of(BOOK)
        world.units[BOOK, WARD] = create_unit(BOOK, WARD, root_of(BOOK))
        for login, name, head in (("wangfang", "王芳", True), ("zhangwei", "张伟", False)):
            somebody = Somebody(login, name, BOOK, WARD, "医师", "1", "13800002121", head=head)
            settle(world, somebody, {"birth_date": "1990-05-17"})
    return world


def sees(world: World, login: str) -> bool:
    return world.desk(login).directory.card(world.entry("zhangwei", BOOK)).field("birth_date") is not None


@pytest.mark.clause("D.3", "D.9.2")
def test_who_keeps_the_book_sees_what_is_kept_to_the_maintainer_and_nobody_beside_them(
    store: Store, clock: Clock
) -> None:
    world = a_ward(KEPT)
    assert {login: sees(world, login) for login in ("zhangwei", "chenjing", "liwei", "wangfang")} == {
        "zhangwei": True, "chenjing": True, "liwei": True, "wangfang": False,
    }  # fmt: skip


@pytest.mark.clause("D.9.2")
@pytest.mark.parametrize(
    ("said", "seers"), [("", {"zhangwei", "chenjing", "liwei"}), (", visible_to = []", {"zhangwei"})]
)
def test_a_regulation_in_force_that_lets_nobody_see_a_private_field_opens_it_to_nobody(
    store: Store, clock: Clock, said: str, seers: set[str]
) -> None:
    world = a_ward(REGULATION % (said, ""), in_force=True)
    assert {one for one in ("zhangwei", "chenjing", "liwei", "wangfang") if sees(world, one)} == seers


def test_a_departments_contact_that_is_kept_to_some_is_shown_to_nobody_in_the_list_of_contacts(
    store: Store, clock: Clock
) -> None:
    world = a_ward(REGULATION % (', visible_to = ["self"]', ', visible_to = ["registry"]'), in_force=True)
    unit = world.unit(BOOK, WARD)
    with writing():
        values = {"fax": "+861062001111", "landline": "+861062002222"}
        put_contacts(unit, values, source="", verifier=None)
    shown = world.desk("zhangwei").asking.contacts(BOOK, unit)
    assert [label.en for label, _value in shown] == ["Fax"]


@pytest.mark.clause("D.9.2")
def test_what_is_kept_to_others_is_covered_in_a_form_in_lists_and_in_the_audit(
    store: Store, clock: Clock
) -> None:
    """From whoever acts in the maintainer's place, and from who supervises: neither is named."""
    world = a_ward(KEPT + WATCHED)
    world.grant("wangfang", "security", BOOK)
    form = world.desk("wangfang").changes.form(world.entry("zhangwei", BOOK))
    (field,) = [one for one in form.fields if one.name == "birth_date"]
    assert (field.covered, field.value) == (True, "")
    asked = change(world, "zhangwei", BOOK, asked={"birth_date": "1991-06-18"})
    (row,) = [one for one in world.desk("wangfang").queue.window().rows if one.id == asked]
    assert "1991" not in str(row.summary)
    for login in ("wangfang", "chenjing"):
        approve(world, login, asked)
    record = AuditRecord.select().where(AuditRecord.entry == world.entry("zhangwei", BOOK))
    last = record.where(AuditRecord.journal.is_null(False)).order_by(AuditRecord.seq.desc()).get()
    changes = world.desk("wangfang").audit.one(last.seq).changes
    assert [change.masked for change in changes] == [True]
    assert "1991" not in str(changes)
