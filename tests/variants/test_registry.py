"""Each clause has variants that are walked, and the page tells of them."""

from __future__ import annotations

import pytest

from tests.clauses.reading import IDS
from tests.variants.document import PAGE, written
from tests.variants.registry import DAYS, FEWEST, PERSONS, USUAL, by_clause, row, variant, walked


def test_each_clause_is_walked_as_others_or_on_other_days() -> None:
    found = by_clause(one for one in walked() if not one.broken)
    few = {clause: len({one.key for one in found.get(clause, ())}) for clause in IDS}
    assert {clause: count for clause, count in few.items() if count < FEWEST} == {}


def test_every_variant_is_of_a_clause_that_is_asked_for() -> None:
    assert {one.clause for one in walked()} - set(IDS) == set()


def test_every_person_and_day_is_tried() -> None:
    assert {one.person for one in walked()} == {USUAL, *PERSONS}
    assert {one.day for one in walked()} == {USUAL, *DAYS}


def test_a_usual_person_on_a_usual_day_is_no_variant() -> None:
    with pytest.raises(AssertionError):
        variant("A.5")
    with pytest.raises(AssertionError):
        variant("A.5", person="nobody")
    assert [mark.name for mark in row(1, of="A.5", person="deputy", broken="x").marks] == ["variant", "xfail"]


def test_the_page_shows_the_variants_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "make docs"
