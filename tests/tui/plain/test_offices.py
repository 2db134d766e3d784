"""Offices by plain commands: who holds what, and what is asked for to change it."""

from __future__ import annotations

import pytest

from db.desk.authority.offices import end_headships
from db.desk.authority.permissions import permissions_of
from db.store.tables import Entry, Request
from db.store.transactions import writing
from tests.db.desk.asking import approve
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World

UNIT = "研发中心/研发一部"


@pytest.mark.clause("C.5", "E.7")
def test_a_head_is_replaced_acted_for_and_relieved_by_commands(ask: Ask, world: World) -> None:
    rows = {row["title"]: row for row in ask("zengqing", "offices --book staff --json").data}
    head = rows["head of 研发一部"] if "head of 研发一部" in rows else rows["研发一部负责人"]
    assert (head["holder"], head["capacity"], head["state"]) == ("王芳", "holder", "held")
    shown = ask("zengqing", "offices --book staff --search 王芳").text
    assert head["office"] in shown.split()
    given = f"offices appoint {head['office']} --book staff --whom 张文"
    assert ask("zengqing", given).status == 2, "as what, and why"
    assert ask("zengqing", f"{given} --as crown --reason 休假").status == 2
    assert ask("zengqing", f"{given} --as acting --until 2026-11-01 --reason 休假").status == 1
    made = ask("zengqing", f"{given} --as acting --until 2026-12-31 --reason 休假")
    assert (made.status, "申请" in made.text) == (0, True)
    approve(world, "liwei", 1)
    assert "head" in permissions_of(world.actor("zhangwen")).roles("staff")
    assert ask("zengqing", f"offices relieve {head['office']} --book staff --reason 调任").status == 0
    approve(world, "liwei", 2)
    assert "head" not in permissions_of(world.actor("wangfang")).roles("staff")
    refused = ask("zhangwei", f"offices relieve {head['office']} --book staff --reason 不服")
    assert refused.status == 1
    unknown = ask("zengqing", "offices appoint head@999999 --book staff --as holder --whom 张文 --reason 无")
    assert (unknown.status, "head@999999" in unknown.err) == (2, True)


def test_who_held_what_on_a_day_before(ask: Ask) -> None:
    rows = ask("liuyang", "offices --book staff --on 2026-11-01 --json").data
    assert rows == []
    assert ask("liuyang", "offices --book staff --on 2030-01-01").status == 1
    assert "王芳" in ask("liuyang", "offices --book staff --on 2026-11-23").text


def test_who_is_relieved_is_the_one_in_the_row_whoever_else_is_called_so(ask: Ask, world: World) -> None:
    with writing():
        Entry.update(name="王芳").where(Entry.id == world.entry("zhangwen")).execute()
    rows = {row["title"]: row for row in ask("zengqing", "offices --book staff --json").data}
    head = rows.get("head of 研发一部") or rows["研发一部负责人"]
    assert ask("zengqing", f"offices relieve {head['office']} --book staff --reason 调任").status == 0
    assert Request.get().entry_id == world.entry("wangfang")


def test_who_is_to_hold_an_office_is_relieved_before(ask: Ask, world: World) -> None:
    given = "offices appoint head@{} --book staff --as holder --whom 张文 --from 2026-12-10 --reason 接任"
    unit = world.unit("staff", UNIT)
    with writing():
        end_headships(unit=unit)
    assert ask("zengqing", given.format(unit)).status == 0
    approve(world, "liwei", 1)
    (coming,) = [
        row for row in ask("zengqing", "offices --book staff --json").data if row["state"] == "coming"
    ]
    assert ask("zengqing", f"offices relieve {coming['office']} --book staff --reason 改任").status == 0
    approve(world, "liwei", 2)
    assert not [
        row for row in ask("zengqing", "offices --book staff --json").data if row["state"] == "coming"
    ]


@pytest.mark.clause("D.3")
def test_a_teacher_is_replaced_by_a_command_that_names_the_next_deputy(ask: Ask, world: World) -> None:
    """Without it, it is said that there would be none."""
    build_wider_world("class", beside=world)
    rows = {row["role"]: row for row in ask("jiaowuchu", "offices --book class --json").data}
    teacher, deputy = rows["teacher"]["office"], rows["deputy-teacher"]["office"]
    relieve = f"offices relieve {deputy} --book class --reason 调离"
    warned = ask("jiaowuchu", relieve)
    assert (warned.status, "无" in warned.err or "none" in warned.err) == (1, True)
    appoint = f"offices appoint {teacher} --book class --as holder --whom shilaoshi --reason 更换"
    assert ask("jiaowuchu", appoint).status == 1
    assert ask("jiaowuchu", f"{appoint} --deputy yanlaoshi").status == 0
    assert permissions_of(world.actor("shilaoshi")).roles("class") == {"teacher"}
    assert permissions_of(world.actor("yanlaoshi")).roles("class") == {"deputy-teacher"}


@pytest.mark.clause("D.3")
def test_an_office_that_is_filled_at_once_is_said_to_be_done(ask: Ask, world: World) -> None:
    build_wider_world("class", beside=world)
    given = "ask office --book class what=holder role=teacher whom=shilaoshi deputy=none --reason 更换"
    done = ask("jiaowuchu", given)
    assert (done.status, done.text.strip().splitlines()[-1]) == (0, "已办理，并已告知所有相关人员。")
    assert "teacher" in permissions_of(world.actor("shilaoshi")).roles("class")


@pytest.mark.clause("G.3.1")
def test_a_direct_change_by_command_is_said_to_be_in_effect(ask: Ask, world: World) -> None:
    build_wider_world("wecom", beside=world)
    entry = world.entry("shuqi", "wecom")
    done = ask("caiming", f"change --entry {entry} position=主管 --reason 晋升")
    assert (done.status, "已生效" in done.text, "第 1 步" in done.text) == (0, True, False)


def test_a_number_that_is_no_office_is_told_with_the_list_that_has_them(ask: Ask) -> None:
    """Of one row, and of several."""
    for command in ("offices relieve 999999 --book staff --reason 调任", "notices 999999"):
        told = ask("zengqing", command)
        assert told.status == 1
        assert f"`{command.split()[0]}`" in told.err


@pytest.mark.parametrize("line", ["offices --book staff", "calendar --book staff", "calendar"])
def test_a_list_that_has_nothing_to_say_above_begins_with_its_heading(ask: Ask, line: str) -> None:
    assert not ask("liuyang", line).text.startswith("\n")
