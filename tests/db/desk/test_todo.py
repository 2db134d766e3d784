"""Requests to decide and tasks to do in one list: whose, in which order, and what chips count."""

from __future__ import annotations

import pytest

from db.desk.today.todo import Chosen, Facet
from db.store.tables import Request
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import joiner
from tests.world import World


def listed(world: World, login: str, chosen: Chosen | None = None) -> list[int]:
    return [row.id for row in world.desk(login).todo.window(chosen or {}).rows]


def counts(world: World, login: str, facet: Facet, chosen: Chosen | None = None) -> dict[str, int]:
    chips = world.desk(login).todo.window(chosen or {}).chips
    return {chip.value: chip.count for chip in chips if chip.facet == facet}


@pytest.mark.clause("E.13.2", "E.13.3")
def test_what_waits_is_listed_for_those_who_decide_and_for_nobody_else(world: World) -> None:
    request, own = change(world, "majun", "group"), change(world, "huangbo", "group")
    assert request in listed(world, "huangbo")
    assert own not in listed(world, "huangbo"), "nobody decides on their own"
    for login in ("majun", "luoyan"):
        assert listed(world, login) == []
    approve(world, "huangbo", request)
    assert listed(world, "luoyan") == listed(world, "liuyang") == [request]


@pytest.mark.clause("E.13.2")
def test_a_stand_in_has_what_waits_for_the_one_they_stand_in_for(world: World, clock: Clock) -> None:
    request = change(world, "zhangwei")
    assert listed(world, "zhangwen") == []
    to = world.actor("zhangwen").account
    world.desk("wangfang").delegation.delegate("head", "staff", to, "2026-11-24", "2026-11-27", "休假")
    clock.forward(days=1)
    assert listed(world, "zhangwen") == [request]
    clock.set("2026-11-30T09:00+08:00")  # the day after the last
    assert listed(world, "zhangwen") == []


def test_chips_count_beside_what_is_chosen_elsewhere(world: World, clock: Clock) -> None:
    clock.set("2026-11-16T09:00+08:00")
    late = change(world, "zhangwei")
    clock.set("2026-11-23T09:00+08:00")
    fresh = change(world, "zhangwen")
    world.desk("liuyang").lifecycle.expect(joiner(world, "研发中心/研发一部", values={"name": "新来"}))
    assert listed(world, "wangfang") == [late, fresh]
    assert counts(world, "wangfang", "due")["overdue"] == 1
    only: Chosen = {"due": frozenset({"overdue"})}
    assert listed(world, "wangfang", only) == [late]
    assert counts(world, "wangfang", "kind", only) == {"change": 1}
    assert counts(world, "wangfang", "kind") == {"change": 2}
    assert counts(world, "liuyang", "kind") == {"task/joiner": 1}
    assert listed(world, "wangfang", {"request": frozenset({str(fresh)})}) == [fresh]


@pytest.mark.threat(18)
def test_a_chip_names_no_unit_in_which_nothing_is_the_readers(world: World) -> None:
    """Whoever made up the number of a unit, or kept it from a former office, is not told its name."""
    request = change(world, "majun", "group")
    elsewhere = str(world.unit("staff", "研发中心/研发一部"))
    chosen: Chosen = {"unit": frozenset({elsewhere, "999999", "x"})}
    window = world.desk("huangbo").todo.window(chosen)
    assert window.rows == ()
    assert {chip.value for chip in window.chips if chip.facet == "unit"} == {
        str(Request.get_by_id(request).unit_id)
    }
