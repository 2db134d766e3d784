"""Nothing differs from "no such person": a world with somebody out of reach answers as one without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.approval.capacity import ACTING
from db.desk import Desk, Refused
from db.desk.entry.record import create_entry, remove_entry
from db.store.engine import Store, database
from db.store.tables import Entry, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.world import World, build_world

READERS = (("zhangwei", "staff"), ("tangyu", "subsidiary"), ("gaoshan", "subsidiary"), ("majun", "group"))
FAR = {"staff": "销售中心", "subsidiary": "人事部", "group": "法务部"}
SURNAMES = st.sampled_from("张王李唐马单曾高")
GIVEN = st.text("伟芳军雨山", min_size=1, max_size=2)
NAMES = st.builds(str.__add__, SURNAMES, GIVEN)
NUMBERS = st.integers(13800000000, 13999999999).map(str)
EXTENSIONS = st.integers(6000, 8999).map(str)


@pytest.fixture
def shared(store: Store, clock: Clock) -> World:
    """One world; what an example adds is rolled back."""
    return build_world()


def questions(name: str, number: str, extension: str, unit: str) -> list[str]:
    """Everything by which the hidden person could be found."""
    return [
        name, name[0], name[1:], name[:2], extension, extension[-2:], number, number[-4:], number[-6:],
        f"{unit} {name[0]}", unit, "hidden@", "隐身顾问", "z", "wang", "zw", "1", "8",
    ]  # fmt: skip


def answers(desk: Desk, book: str, asked: list[str], nobody: int) -> list[Any]:
    """All that the directory says to these questions, in order."""
    directory = desk.directory
    said: list[Any] = [directory.search(book, text) for text in asked]
    said += [directory.search(book, text, side="external") for text in asked]
    said += [directory.list(book), directory.list(book, side="external"), directory.books()]
    said += _tree(desk, book, None)
    said.append(directory.why(nobody, book=book))
    for act in (
        lambda: directory.card(nobody, book),
        lambda: directory.reveal(nobody, "mobile", "work", book=book),
        lambda: directory.contact(nobody, "work", book=book),
    ):
        with pytest.raises(Refused) as caught:
            act()
        said.append((caught.value.message, caught.value.clause, caught.value.advice))
    return said


def _tree(desk: Desk, book: str, parent: int | None) -> list[Any]:
    nodes = desk.directory.units(book, parent, heads=True)
    return [nodes, *(found for node in nodes for found in _tree(desk, book, node.id))]


@pytest.mark.threat(23)
@pytest.mark.clause("C.10.1", "C.10.2")
@pytest.mark.parametrize(("login", "book"), READERS)
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(name=NAMES, number=NUMBERS, extension=EXTENSIONS, left=st.booleans())
def test_a_hidden_person_changes_no_answer(
    shared: World, login: str, book: str, name: str, number: str, extension: str, left: bool
) -> None:
    """The reader tries everything by which the person could be found, and the entry's own number."""
    desk = shared.desk(login)
    asked = questions(name, number, extension, FAR[book].rpartition("/")[2])
    without = answers(desk, book, asked, 10**6)
    with database.atomic() as example:
        hidden = create_entry(
            book,
            shared.unit(book, FAR[book]),
            "full-time",
            {
                "name": (name,),
                "position": ("隐身顾问",),
                "office_phone": (f"+861062345678;ext={extension}",),
                "mobile": (f"+86{number}",),
                "email": ("hidden@huaxing.example",),
            },
        )
        if left:
            remove_entry(hidden, "2026-11-23")
        said = answers(desk, book, asked, hidden)
        example.rollback()
    assert said == without


@pytest.mark.threat(23)
def test_a_covered_number_finds_nobody_for_whom_it_could_not_be_revealed(world: World) -> None:
    """A search by number must not tell a reader whose sight is masked what the number is."""
    from db.desk.authority.permissions import permissions_of
    from db.desk.authority.reach import search_scope_of
    from db.desk.directory.search import find_by_value, question, search

    permissions = permissions_of(world.actor("zhangwei"))
    ground = search_scope_of(permissions, "staff", "internal")
    whole = {"mobile": "13900001507"}
    assert len(find_by_value(ground, "staff", whole, 20)) == 1
    for text in ("1507", "13900001507"):
        assert search(ground, question(text, "internal"), None, 20, "staff") == []
    for level in ("masked", "hidden"):
        arms = tuple(replace(arm, protected=level) for arm in ground.arms)
        assert find_by_value(replace(ground, arms=arms), "staff", whole, 20) == []


def test_a_left_entry_leaves_the_tables_of_search(world: World) -> None:
    with writing():
        remove_entry(world.entry("sunli"), "2026-11-23")
    for table in ("search_key", "search_line", "search_entry"):
        column = "entry" if table == "search_entry" else "line & 268435455"
        count = f"SELECT COUNT(*) FROM {table} WHERE {column} = {world.entry('sunli')}"
        assert database.execute_sql(count).fetchone()[0] == 0


@pytest.mark.threat(23)
@pytest.mark.parametrize(("login", "book"), READERS)
def test_nothing_tells_in_what_capacity_somebody_out_of_sight_heads_a_unit(
    shared: World, login: str, book: str
) -> None:
    desk = shared.desk(login)
    before = _tree(desk, book, None)
    seen = {node.head[0] for nodes in before for node in nodes if node.head}
    persons = [row.person_id for row in Entry.select().where(Entry.id.in_(seen))]
    with writing():
        Grant.update(capacity=ACTING).where((Grant.role == "head") & Grant.person.not_in(persons)).execute()
    assert _tree(desk, book, None) == before
