"""The books of `tests.wider_world`: each under its regulations, and open to the people it is for."""

from __future__ import annotations

import pytest

from db.language import Label, say
from db.store.engine import Store
from tests.audited import purpose_of
from tests.conftest import Clock
from tests.db.desk.test_directory import last, refused
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


@pytest.mark.parametrize(
    ("login", "book", "of", "purpose", "clause"),
    [
        pytest.param("panan", "safety", "dingyi", "work", "B.6.3", marks=pytest.mark.clause("B.6.3")),
        pytest.param("panan", "safety", "dingyi", "commercial", "B.6.3", marks=pytest.mark.clause("B.6.3")),
        pytest.param("luzong", "wecom", "shuqi", "marketing", "G.7.2", marks=pytest.mark.clause("G.7.2")),
        pytest.param("luzong", "wecom", "shuqi", "personal", "G.7.2", marks=pytest.mark.clause("G.7.2")),
        pytest.param("xinan", "secured", "qinyu", "personal", "H.5.2", marks=pytest.mark.clause("H.5.2")),
    ],
)
def test_a_purpose_that_the_regulation_excludes_is_denied_by_its_clause(
    store: Store, clock: Clock, login: str, book: str, of: str, purpose: str, clause: str
) -> None:
    world = build_wider_world(book)
    directory, entry = world.desk(login).directory, world.entry(of, book)
    for act in (
        lambda: directory.reveal(entry, "mobile", purpose),
        lambda: directory.contact(entry, purpose),
    ):
        refusal = refused(act)
        assert clause in refusal.clause
        assert refusal.advice
        assert (last().outcome, last().clause) == ("refused", refusal.clause)
        assert purpose_of(last()) == purpose


@pytest.mark.clause("D.2.1")
def test_a_unit_is_called_what_the_books_own_regulation_calls_it(store: Store, clock: Clock) -> None:
    world = build_wider_world("class", beside=build_world())
    teacher, clerk = world.desk("yanlaoshi").me, world.desk("zhangwei").me
    assert teacher.unit_label("class") == teacher.unit_label() == Label("班级", "Class")
    assert say(clerk.unit_label(), "zh_CN") == say(clerk.unit_label("staff"), "zh_CN") == "部门"
    assert say(clerk.unit_label("class"), "en") == "Department"  # not a book of theirs
