"""Announcements by plain commands: read, noted, acknowledged."""

from __future__ import annotations

import pytest

from tests.agreed import settle
from tests.db.desk.asking import approve, change
from tests.db.desk.test_policies import TWO_STEPS, operator, revision
from tests.rules import issue
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World


def test_what_was_announced_is_read_and_noted(ask: Ask, world: World) -> None:
    assert ask("zengqing", "accounts grant zhangwei --role it").status == 0
    settle(world.desk("helei"))
    notice, asked_before = ask("zhangwei", "notices --json").data
    assert "曾晴申请过授予张伟“信息技术”角色" in asked_before["what"]
    assert ask("zhangwei", f"notices seen {asked_before['notice']}").status == 0
    assert "曾晴授予您角色" in notice["what"]
    assert "曾晴授予您角色" in ask("zhangwei", f"notices {notice['notice']}").text
    assert ask("zhangwei", "notices seen").status == 2
    assert ask("zhangwei", f"notices seen {notice['notice']}").status == 0
    assert ask("zhangwei", "notices --json").data == []


@pytest.mark.clause("G.9")
def test_a_revision_stays_until_it_is_acknowledged(ask: Ask, world: World) -> None:
    build_wider_world("wecom", beside=world)
    operator(world)
    issue(world, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    (notice,) = ask("shuqi", "notices --json").data
    assert (notice["acknowledge"], notice["clause"]) == (True, "G.9")
    assert ask("shuqi", f"notices seen {notice['notice']}").status == 0
    assert len(ask("shuqi", "notices --json").data) == 1
    refused = ask("zhangwei", f"notices acknowledge {notice['notice']}")
    assert (refused.status, "没有需要您确认" in refused.err) == (1, True)
    assert ask("shuqi", f"notices acknowledge {notice['notice']}").status == 0
    assert ask("shuqi", "notices --json").data == []


@pytest.mark.clause("A.9")
def test_an_announcement_says_the_command_that_takes_its_directory_out(ask: Ask, world: World) -> None:
    request = change(world, "zhangwei")
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    (notice,) = ask("zhangwen", "notices --json").data
    shown = ask("zhangwen", f"notices {notice['notice']}").text
    command = next(line for line in shown.splitlines() if "report directory" in line)
    taken = ask("zhangwen", command[command.index("report directory") :].strip())
    assert (taken.status, taken.out[:2]) == (0, b"PK")
    assert "report directory" not in ask("zhangwen", f"notices {notice['notice']}").text


@pytest.mark.clause("G.3.1")
def test_an_objection_to_a_leaders_change_says_that_another_decides(world: World, ask: Ask) -> None:
    build_wider_world("wecom", beside=world)
    change(world, "caiming", "wecom", of="shuqi")
    (told,) = [one for one in world.desk("shuqi").notices.unread() if one.kind == "direct-change"]
    answer = ask("shuqi", f"notices object {told.id}")
    assert (answer.status, "由他人决定是否恢复原值" in answer.text + answer.err) == (0, True)
