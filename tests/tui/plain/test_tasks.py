"""Tasks by commands: listed, shown with what they lack, ticked off, done."""

from __future__ import annotations

import pytest

from db.store.tables import Task
from tests.db.desk.lives import leave
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.mark.clause("A.10", "G.4")
def test_a_task_is_looked_at_ticked_off_and_done(world: World, ask: Ask) -> None:
    build_wider_world("wecom", beside=world)
    leave(world, "huanghr", "caiming", "wecom")
    rows = ask("huanghr", "tasks --json").data
    row = next(row for row in rows if row["kind"] == "leaver")
    number = row["task"]
    assert (row["name"], row["unit"], row["to_confirm"]) == ("蔡明", "产品部", False)
    assert "全部 " in ask("huanghr", "tasks").text
    shown = ask("huanghr", f"tasks {number}").text
    assert "蔡明" in shown
    assert "外部系统同步：○ 尚缺" in shown
    refused = ask("huanghr", f"tasks done {number}")
    assert (refused.status, refused.out, "依 " in refused.err) == (1, b"", True)
    unknown = ask("huanghr", f"tasks tick {number} --step nothing")
    assert (unknown.status, "sync" in unknown.err) == (2, True)
    ticked = ask("huanghr", f"tasks tick {number} --comment 已删除")
    assert ticked.status == 0, "there is only one step to tick off"
    steps = {one["step"]: one["done_at"] for one in ask("huanghr", f"tasks {number} --json").data["steps"]}
    assert steps["sync"]


@pytest.mark.threat(18)
def test_another_persons_task_is_refused_like_none(world: World, ask: Ask) -> None:
    leave(world, "liuyang", "zhangwen")
    task = Task.get().id
    for line in ("tasks {}", "tasks done {}", "tasks tick {} --step sync"):
        refused, none = ask("zhangwei", line.format(task)), ask("zhangwei", line.format(99999))
        assert (refused.status, refused.out, refused.err) == (1, b"", none.err)
