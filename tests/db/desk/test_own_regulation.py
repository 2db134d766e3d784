"""A regulation of an organisation's own, which combines parts that no built-in one combines, in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.desk import Refused
from db.desk.authority.permissions import policy_of, root_of
from db.desk.editions.timing import due_of
from db.desk.entry.units import create_unit
from db.desk.training.trainings import Trainings
from db.language import Label, say
from db.policy.explain import explain
from db.policy.loader import check
from db.store.engine import Store
from db.store.tables import Book
from db.store.transactions import writing
from tests.agreed import carried_through
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.test_policies import operator
from tests.rules import in_force
from tests.world import Somebody, World, build_world, settle

REGULATION = Path(__file__).with_name("hospital.toml")
BOOK, WARD = "oncall", "心内科"
PHONE = {"oncall_phone": "+861062001002", "shift": "night"}


@pytest.fixture
def hospital(store: Store, clock: Clock) -> World:
    """A book under the regulation: a head and a doctor in one ward, kept by who keeps the staff book."""
    world = build_world()
    desk = world.desk(operator(world))
    desk.policies.add(REGULATION.read_text("utf-8"))
    in_force(
        world,
        lambda: desk.policies.create_book(
            BOOK, ["hospital-oncall"], title=Label("值班", "On call"), root=Label("医院", "Hospital"),
            decisions={}, maintainer="chenjing",
        ),
    )  # fmt: skip
    with writing():
        world.units[BOOK, WARD] = create_unit(BOOK, WARD, root_of(BOOK))
        for login, name, position, head in (
            ("wangfang", "王芳", "病区主任", True),
            ("zhangwei", "张伟", "住院医师", False),
        ):
            person = Somebody(login, name, BOOK, WARD, position, "1", "13800002121", head=head, kind="doctor")
            settle(world, person, PHONE)
    return world


def test_the_file_passes_the_check_and_each_rule_is_told(hospital: World) -> None:
    assert check(REGULATION) == []
    told = {line.key: say(line.text, "en") for line in explain(policy_of(BOOK))}
    assert told["reviews.collection"].endswith("every two weeks")
    assert told["reviews.collection.days"].endswith("within 3 working days")
    assert told["fields.licence_level"] == (
        "Prescription level, choice, of Doctor only, one of: Full (full), Limited (limited)"
    )
    assert told["fields.licence_level.edited_by"] == "Prescription level: changed by the maintainer only"
    assert told["password"] == "changed every 60 days, warned 7 days before"
    assert told["editions.oncall-list.due"] == "due on the first day at 08:00"


def test_after_the_training_a_change_takes_two_steps_and_its_deadline_is_cited(hospital: World) -> None:
    Book.update(made_at="2026-01-01T00:00:00.000000Z").where(Book.id == BOOK).execute()
    with pytest.raises(Refused):
        change(hospital, "zhangwei", BOOK)
    ward = [hospital.entry(login, BOOK) for login in ("wangfang", "zhangwei")]
    keeper = hospital.desk("chenjing")
    carried_through(lambda: Trainings(keeper).record(BOOK, "oncall-rules", ward), keeper)
    asked = change(hospital, "zhangwei", BOOK, asked={"oncall_phone": "010-62001009", "shift": "standby"})
    due = hospital.desk("zhangwei").requests.one(asked).row.due
    assert due is not None
    assert due.clause == "O.6"
    approve(hospital, "wangfang", asked)
    approve(hospital, "chenjing", asked)
    assert hospital.desk("zhangwei").requests.one(asked).row.state == "applied"


def test_an_edition_of_every_second_day_is_due_on_the_first_of_the_two(hospital: World, clock: Clock) -> None:
    (edition,) = policy_of(BOOK).editions
    Book.update(made_at="2026-11-01T00:00:00.000000Z").where(Book.id == BOOK).execute()
    for now, due in (
        ("2026-11-23T07:00+08:00", "2026-11-23 08:00"),
        ("2026-11-24T07:00+08:00", "2026-11-23 08:00"),
        ("2026-11-25T07:00+08:00", "2026-11-25 08:00"),
        ("2026-11-28T07:00+08:00", "2026-11-27 08:00"),
    ):
        clock.set(now)
        found = due_of(BOOK, edition)
        assert found is not None
        assert found.local == due
