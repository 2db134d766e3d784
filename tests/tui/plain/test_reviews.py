"""Reviews without the screen: opened, gone through one by one, corrected, signed for, closed."""

from __future__ import annotations

from typing import Any

import pytest

from db.desk.tasks.duties import RunnerPlace, run
from db.store.tables import Campaign, Finding, ReviewItem
from tests.conftest import Clock
from tests.db.desk.reviewing import open_all, own_right
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World


def review(ask: Ask, login: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = ask(login, f"reviews {number} --json").data
    return found


@pytest.mark.clause("E.12")
def test_a_review_outside_its_cycle_says_why(ask: Ask) -> None:
    assert "group/check" in ask("luoyan", "reviews new --reason 搬迁").err
    silent = ask("luoyan", "reviews new --kind group/check")
    assert (silent.status, silent.out) == (1, b"")
    assert "E.12" in silent.err
    assert ask("luoyan", "reviews new --kind group/check --reason 搬迁").status == 0
    made = Campaign.select().order_by(Campaign.id.desc()).get()
    assert (made.kind, made.reason) == ("check", "搬迁")
    assert "搬迁" in ask("luoyan", f"reviews {made.id}").text
    assert ask("majun", "reviews new --kind group/check --reason 搬迁").status == 2


@pytest.mark.clause("E.6.2", "B.5.3")
def test_every_entry_is_decided_on_what_was_seen_then_the_review_closes(ask: Ask, world: World) -> None:
    number = open_all("group")["check"]
    assert own_right(world, number, "luoyan") == 1
    left = review(ask, "luoyan", number)["mine"]
    for _each in range(left):
        shown = ask("luoyan", f"reviews items next --review {number}").text
        item = ReviewItem.get((ReviewItem.campaign == number) & ReviewItem.verdict.is_null())
        assert f"编号：{item.id}\n" in shown, "the first that is open"
        (row,) = [ask("luoyan", f"reviews items {item.id} --review {number} --json").data]
        line = f"reviews items decide {item.id} --review {number} --verdict right"
        unseen = ask("luoyan", f"{line} --version {row['version'] + 1}")
        assert (unseen.status, "E.6.2" in unseen.err) == (1, True)
        early = ask("luoyan", f"reviews close {number}")
        assert (early.status, "E.6.2" in early.err) == (1, True)
        assert ask("luoyan", f"{line} --version {row['version']}").status == 0
    assert "没有" in ask("luoyan", f"reviews items next --review {number}").text
    assert review(ask, "luoyan", number)["decided"] == {
        "total": left + 1,
        "decided": left + 1,
        "under_way": 0,
    }
    assert ask("luoyan", f"reviews close {number}").status == 0
    assert Campaign.get_by_id(number).closed_at is not None


@pytest.mark.clause("B.5.3")
def test_what_is_wrong_is_corrected_by_a_change(ask: Ask, world: World) -> None:
    number, entry = open_all("group")["check"], world.entry("majun", "group")
    rows = ask("luoyan", f"reviews items --review {number} --json").data
    (row,) = [one for one in rows if one["entry"] == entry]
    line = f"reviews items decide {row['item']} --review {number} --verdict corrected"
    line += f" --version {row['version']}"
    assert ask("luoyan", line).status == 1, "the correction comes first"
    assert ask("luoyan", f"change qq=100200 --entry {entry} --reason 核查").status == 0
    (request,) = ask("luoyan", "requests --json").data
    assert ask("luoyan", f"{line} --request {request['request']}").status == 0
    assert ask("luoyan", f"{line} --request x").status == 2
    after = ask("luoyan", f"reviews items {row['item']} --review {number} --json").data
    assert after["state"] == "under-way"


@pytest.mark.clause("E.7")
def test_a_head_reads_what_is_missing_and_signs_with_a_word(ask: Ask, world: World) -> None:
    number = open_all("group")["sign-off"]
    (row,) = ask("huangbo", f"reviews items --review {number} --json").data
    shown = ask("huangbo", f"reviews items view {row['item']} --review {number}").text
    assert "马军" in shown
    line = f"reviews items decide {row['item']} --review {number} --verdict right --word 已逐条核对"
    assert ask("huangbo", line).status == 0
    item = ReviewItem.get_by_id(row["item"])
    assert (item.verdict, item.comment) == ("right", "已逐条核对")
    waits = ask("luoyan", f"reviews progress --review {number} --json").data
    assert {one["state"] for one in waits if one["name"] == "会计部"} == {"decided"}
    assert any(one["who"] for one in waits if one["undecided"])
    nobody = ask("tangyu", "reviews progress")
    assert (nobody.status, nobody.out) == (1, b"")


@pytest.mark.clause("C.6", "H.6.1")
def test_an_inspector_goes_through_the_safeguards(ask: Ask, world: World) -> None:
    build_wider_world("secured", beside=world)
    number = open_all("secured")["inspection"]
    first, second, *_rest = ask("xinan", f"reviews items --review {number} --json").data
    assert ask("xinan", f"reviews items decide {first['item']} --review {number} --verdict right").status == 0
    bare = ask("xinan", f"reviews items decide {second['item']} --review {number} --verdict corrected")
    assert (bare.status, bare.out) == (1, b""), "what was found is written down first"
    owner = world.accounts["ganhr"]
    line = f"findings add --point {second['item']} --what 名册未上锁 --owner {owner} --due 2026-12-07"
    assert ask("xinan", line).status == 0
    assert Finding.get().item_id == second["item"]
    after = ask("xinan", f"reviews items {second['item']} --review {number} --json").data
    assert after["state"] == "under-way"


@pytest.mark.clause("E.14", "E.6.1")
def test_a_dead_number_is_reported_and_listed_for_who_cleans_up(ask: Ask, world: World) -> None:
    entry = world.entry("huangbo", "group")
    assert "mobile" in ask("majun", f"stale report {entry}").err
    assert ask("majun", f"stale report {entry} --field position").status == 2
    assert ask("majun", f"stale report {entry} --field 手机").status == 0
    (row,) = ask("luoyan", "stale --book group --json").data
    assert (row["entry"], row["name"], row["signs"]) == (entry, "黄博", ["dead-number"])
    assert "号码失效" in ask("luoyan", f"stale {entry} --book group").text
    refused = ask("majun", "stale --book group")
    assert (refused.status, refused.out) == (1, b"")
    assert "E.6.1" in refused.err
    away = ask("tangyu", f"stale report {entry} --field mobile")
    assert (away.status, away.out) == (1, b"")


@pytest.mark.clause("F.5.1")
def test_a_right_that_ended_by_silence_is_told_as_nobodys_doing(world: World, ask: Ask, clock: Clock) -> None:
    build_wider_world("general", beside=world)
    clock.forward(days=100)
    open_all("general")
    clock.forward(days=30)
    for _ in range(2):
        run(RunnerPlace("host", "test"))
    told = ask("jinhr", "notices").text
    assert "您的一项权限已收回" in told
    (line, *_rest) = [line for line in told.splitlines() if "已收回：长期闲置" in line and "的角色" in line]
    assert "–" not in line
