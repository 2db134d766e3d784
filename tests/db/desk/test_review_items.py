"""What is decided in a review, in lists: whose, in which order, found by index, counted for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from db.desk.reviews import review_approvers
from db.desk.reviews.reviews import Reviews, Which
from db.desk.reviews.status import not_told
from db.desk.today.waiting import WaitingFilter
from db.store.engine import database, store
from db.store.sql import fetch
from db.store.tables import Campaign, ReviewItem
from tests.db.desk.reviewing import (
    all_right,
    last_record,
    open_all,
    own_right,
    things,
)
from tests.world import World

BOOKS_OF = {"wide": ("safety", "general")}


@pytest.fixture
def wide(world: World) -> World:
    """Books with reviews: officers (B), the company's (E), and a general one (F)."""
    return world


@pytest.mark.clause("B.5.3")
def test_the_next_open_entry_is_found_wherever_it_stands(wide: World) -> None:
    """Past what is decided, and round to the beginning; in the list of what is undecided as well."""
    campaign = open_all("safety")["full-review"]
    own_right(wide, campaign, "kangle")
    desk = wide.desk("kangle")
    rows = list(Reviews(desk).items(campaign))
    for row in (rows[0], rows[2]):
        Reviews(desk).decide(campaign, row.id, "right", row.version)
    assert Reviews(desk).next_open(campaign) == 1
    assert Reviews(desk).next_open(campaign, after=rows[1].id) == 3
    assert Reviews(desk).next_open(campaign, "undecided", after=rows[1].id) == 1
    assert Reviews(desk).next_open(campaign, after=rows[-1].id) == 1
    all_right(desk, campaign)
    assert Reviews(desk).next_open(campaign, after=rows[1].id) is None


def test_a_list_masks_what_is_protected_and_the_open_one_is_recorded(wide: World) -> None:
    campaign = open_all("group")["check"]
    desk = wide.desk("luoyan")
    row = things(desk, campaign)["马军"]
    assert {field.name: field.text for field in row.facts}["mobile"] == "138••••04"
    view = Reviews(desk).one(campaign, row.id)
    assert {field.name: field.text for field in view.fields}["mobile"] == "138 0000 6004"
    record = last_record("reviews.one")
    assert (record.entry, record.outcome) == (row.entry, "done")


@pytest.mark.clause("E.5")
def test_who_answers_for_an_outside_contact_is_named(wide: World) -> None:
    campaign, desk = open_all("group")["check"], wide.desk("luoyan")
    view = Reviews(desk).one(campaign, things(desk, campaign)["谢军"].id)
    assert {field.name: field.text for field in view.fields}["inside_owner"] == "宋佳"


@pytest.mark.clause("C.10", "B.3.2")
def test_counts_tell_nobody_how_much_there_is_beyond_their_own(wide: World) -> None:
    """An officer learns of three entries, the safety department of all six."""
    campaign = open_all("safety")["self-check"]
    seen = {
        login: next(row.count.total for row in Reviews(wide.desk(login)).campaigns() if row.id == campaign)
        for login in ("dingyi", "niuer", "panan")
    }
    assert seen == {"dingyi": 3, "niuer": 1, "panan": 6}
    assert {row.name for row in Reviews(wide.desk("niuer")).progress(campaign)} == {"二车间"}


@pytest.mark.parametrize("which", ["mine", "undecided", "all"])
def test_a_list_goes_on_behind_any_of_its_things(wide: World, which: Which) -> None:
    campaign, desk = open_all("safety")["self-check"], wide.desk("panan")
    whole = Reviews(desk).items(campaign, which)
    for number, one in enumerate(whole, start=1):
        assert Reviews(desk).items(campaign, which, after=one.id) == whole[number:]
        assert Reviews(desk).items(campaign, which, limit=1, after=one.id) == whole[number : number + 1]
    beyond = ReviewItem.get(ReviewItem.campaign != campaign).id
    assert Reviews(desk).items(campaign, which, after=beyond) == (), "of another review"
    assert len(whole) > 1 or which == "mine"


def test_what_is_wrong_or_gone_is_found_by_index(wide: World) -> None:
    campaign = Campaign.get_by_id(open_all("safety")["full-review"])
    if not store().is_postgresql:  # which decides by how many there are
        statement, values = ReviewItem.select().where(not_told(campaign)).sql()
        plan = str(database.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
        assert "INDEX review_item_judged" in plan
        assert "INDEX entry_gone" in plan


def test_what_depends_on_the_person_is_found_by_index(wide: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A review has as many things as there are people, and this is asked whenever the reviews are listed."""
    asked: list[tuple[str, Sequence[object]]] = []

    def noted(statement: str, values: Sequence[object] = ()) -> list[Any]:
        asked.append((statement, values))
        return fetch(statement, values)

    monkeypatch.setattr(review_approvers, "fetch", noted)
    open_all("safety")
    Reviews(wide.desk("panan")).campaigns()
    statements = [one for one in asked if one[0].startswith("SELECT i.id, i.unit_id, i.entry_id")]
    assert statements
    for statement, values in () if store().is_postgresql else statements:
        plan = str(database.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
        assert "INDEX review_item_entry_id" in plan
        assert "review_item_campaign" not in plan


def test_whether_one_s_own_thing_is_decided_is_told_by_index(wide: World) -> None:
    """A task says it on everybody's first screen."""
    open_all("safety")
    desk = wide.desk("kangle")
    if not store().is_postgresql:
        said: list[str] = []
        database.connection().set_trace_callback(said.append)
        assert desk.waiting.page("mine", WaitingFilter(), 0, 20).rows
        database.connection().set_trace_callback(None)
        counts = [one for one in said if one.startswith('SELECT (SELECT COUNT(*) FROM "review_item"')]
        own = [one for one in counts if '"t1"."id" IN' in one or '"t1"."entry_id" =' in one]
        plans = [str(database.execute_sql(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in own]
        assert plans
        assert [plan for plan in plans if "(campaign_id=?)" in plan] == [], "all that the campaign has"


def test_a_review_is_searched_by_names_and_spread_over_its_units(wide: World) -> None:
    campaign = open_all("group")["check"]
    desk = wide.desk("luoyan")
    rows = Reviews(desk).items(campaign)
    spread = Reviews(desk).spread(campaign)
    assert sum(part.count.total for part in spread.parts) == len(rows)
    for part in spread.parts:
        there = Reviews(desk).items(campaign, unit=part.unit)
        assert len(there) == part.count.total
        assert {row.unit for row in there} == {part.name}
    name = str(rows[-1].name)
    assert [row.id for row in Reviews(desk).items(campaign, words=name)] == [rows[-1].id]
    assert sum(part.count.total for part in Reviews(desk).spread(campaign, words=name).parts) == 1
    assert Reviews(desk).items(campaign, words="%") == ()
