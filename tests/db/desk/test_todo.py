"""Requests to decide and tasks to do in one list: whose, in which order, and what chips count."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.today.todo import KEPT, Chosen, Facet
from db.language import say
from db.store.tables import Account, Request
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


def test_each_matter_is_under_one_chip_of_due_days_as_on_today(world: World, clock: Clock) -> None:
    clock.set("2026-11-16T09:00+08:00")
    change(world, "zhangwei")
    for day in (
        "2026-11-17T09:00+08:00",
        "2026-11-19T09:00+08:00",
        "2026-11-22T09:00+08:00",
        "2026-11-24T09:00+08:00",
    ):
        clock.set(day)
        chips, tally = counts(world, "wangfang", "due"), world.desk("wangfang").waiting.tally()
        spans = {"overdue": tally.overdue, "today": tally.today, "week": tally.week, "later": tally.later}
        assert chips == {span: count for span, count in spans.items() if count}, day
        assert sum(chips.values()) == 1


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


def kept(world: World, login: str) -> list[tuple[str, int]]:
    chips = world.desk(login).todo.window().chips
    return [(say(chip.label, "zh_CN"), chip.count) for chip in chips if chip.facet == "kept"]


def test_what_is_kept_of_the_chips_is_the_reader_s_own_and_goes_by_the_same_act(world: World) -> None:
    change(world, "zhangwei")
    unit = str(world.unit("staff", "研发中心/研发一部"))
    chosen: Chosen = {"kind": frozenset({"change"}), "unit": frozenset({unit})}
    assert world.desk("wangfang").todo.toggle_filter(chosen)
    assert kept(world, "wangfang") == [("更正、研发一部", 1)]
    assert kept(world, "liuyang") == kept(world, "zengqing") == []
    with pytest.raises(Invalid):
        world.desk("wangfang").todo.toggle_filter()
    assert not world.desk("wangfang").todo.toggle_filter(chosen)
    assert kept(world, "wangfang") == []


def test_a_kept_filter_names_nothing_that_is_the_reader_s_no_more(world: World) -> None:
    """Its unit is told only as long as something of it waits for them."""
    request = change(world, "zhangwei")
    unit = str(world.unit("staff", "研发中心/研发一部"))
    world.desk("wangfang").todo.toggle_filter({"unit": frozenset({unit})})
    approve(world, "wangfang", request)
    assert kept(world, "wangfang") == []
    change(world, "zhangwen")
    assert kept(world, "wangfang") == [("研发一部", 1)]


@pytest.mark.threat(58)
def test_what_is_kept_of_the_chips_fits_its_place(world: World) -> None:
    """The oldest goes for what is too long beside it; what is too long by itself is refused in words."""
    desk = world.desk("wangfang")
    for first in (1000, 2000, 3000):
        assert desk.todo.toggle_filter({"unit": frozenset(map(str, range(first, first + 100)))})
        assert len(Account.get_by_id(world.accounts["wangfang"]).filters or "") <= 2000
    with pytest.raises(Invalid):
        desk.todo.toggle_filter({"unit": frozenset(map(str, range(1000, 1400)))})


def test_of_many_kept_filters_the_oldest_goes(world: World) -> None:
    change(world, "zhangwei")
    for number in range(KEPT + 1):
        world.desk("wangfang").todo.toggle_filter({"kind": frozenset({"change", *map(str, range(number))})})
    assert kept(world, "wangfang") == [], "the one whose values are all there is gone"
