"""The books of `tests.wider_world`: each under its regulations, and open to the people it is for."""

from __future__ import annotations

import pytest

from db.store.engine import Store
from tests.conftest import Clock
from tests.wider_world import PLANS, build_wider_world
from tests.world import build_world


def test_every_book_is_open_to_its_people(store: Store, clock: Clock) -> None:
    world = build_wider_world(beside=build_world())
    for book, login in (
        ("safety", "dingyi"), ("class", "yanlaoshi"), ("wecom", "shuqi"), ("general", "lunan"),
        ("secured", "qinyu"), ("partners", "fuhr"), ("controlled", "xiepi"), ("combined", "geyuan"),
    ):  # fmt: skip
        assert book in {mine.id for mine in world.desk(login).directory.books()}
        assert "staff" not in {mine.id for mine in world.desk(login).directory.books()}


@pytest.mark.clause("H.2")
def test_several_books_stand_under_one_regulation(store: Store, clock: Clock) -> None:
    world = build_wider_world("secured", "partners")
    who = world.desk("shibu").me.who()
    assert {book.id for book in who.books} == {"secured", "partners"}
    assert who.books[0].policies == who.books[1].policies
    assert PLANS["secured"].policies == PLANS["partners"].policies
