"""Narrowing, photos and emergency calls without the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.desk.editions.tagging import Sorting
from db.desk.entry.record import apply_values
from db.store.transactions import writing
from tests.tui.plain.conftest import Ask
from tests.tui.plain.running import Answer
from tests.wider_world import build_wider_world
from tests.world import World

PNG = (Path(__file__).parents[1] / "screens" / "badge.png").read_bytes()


def names(answer: Answer) -> list[str]:
    """Who was found."""
    return [line["name"] for line in answer.data]


@pytest.mark.clause("F.3.1", "F.3.2", "G.2")
def test_find_narrows_by_tag_kind_and_region(world: World, ask: Ask) -> None:
    build_wider_world("general", "wecom", beside=world)
    Sorting(world.desk("jinhr")).tag(world.entry("vipke", "general"), "vip", True)
    assert names(ask("jinhr", "find --tag VIP --json")) == ["韦贵"]
    assert names(ask("jinhr", "find --region 华南 --book general --json")) == ["鲁南"]
    assert names(ask("jinhr", "find jin --region 华北 --json")) == ["金瑞"]
    assert names(ask("huanghr", "find --kind 实习生 --json")) == ["毛晓"]
    assert ask("jinhr", "find").status == 2


def test_find_says_who_is_outside_of_what_was_chosen(world: World, ask: Ask) -> None:
    answer = ask("liuyang", "find 赵敏 --unit 信息安全部")
    assert answer.err.splitlines() == [
        "所选范围内没有符合“赵敏”的人。",
        "整个“员工通讯录”中有：赵敏（销售中心）。",
    ]
    assert "马军（会计部）" in ask("liuyang", "find 马军 --book staff").err
    (said,) = ask("zhangwei", "find 赵敏 --unit 研发一部").err.splitlines()
    (nobody,) = ask("zhangwei", "find 赵民 --unit 研发一部").err.splitlines()
    assert said.replace("赵敏", "") == nobody.replace("赵民", "")


@pytest.mark.clause("F.3.1")
def test_find_says_by_what_a_directory_is_sorted(world: World, ask: Ask) -> None:
    build_wider_world("general", beside=world)
    answer = ask("jinhr", "find --kind partner --book general")
    assert answer.err.splitlines()[-1] == (
        "“综合通讯录”不按 --kind 分类，可用 --position、--region、--tag、--category。"
    )
    assert names(ask("jinhr", "find --category partner --book general --json")) == ["何左", "韦贵"]
    assert ask("zhangwei", "find --kind partner --book staff").err.splitlines()[-1] == (
        "“员工通讯录”不按 --kind 分类。"
    )
    assert "“集团公司通讯录”的 --kind 有：" in ask("luoyan", "find --kind partnr").err


@pytest.mark.clause("D.9.3")
def test_a_call_is_noted_and_the_next_number_said(world: World, ask: Ask) -> None:
    build_wider_world("class", beside=world)
    pupil = world.entry("jiangtao", "class")
    assert "现在拨打：家长甲 136 0000 1234" in ask("yanlaoshi", f"emergency {pupil}").text
    answer = ask("shilaoshi", f"emergency called {pupil} --number 1 --outcome no-answer")
    assert "现在拨打：家长乙 · 祖父 136 0000 5678" in answer.text
    roll = ask("yanlaoshi", "emergency --json").data
    assert [(line["name"], line["calls"]) for line in roll] == [("江涛", 1), ("罗茜", 0), ("孟飞", 0)]
    missing = ask("yanlaoshi", f"emergency called {pupil} --number 1")
    assert (missing.status, "no-answer" in missing.err) == (2, True)
    assert ask("yanlaoshi", f"emergency called {pupil} --number 1 --outcome perhaps").status == 2
    assert ask("yanlaoshi", f"emergency called {pupil} --number 9 --outcome reached").status == 1
    assert ask("yanlaoshi", "emergency --unit 高一（4）班 --json").data[0]["name"] == "孟飞"
    assert ask("yanlaoshi", "emergency --unit 高一（9）班").status == 2
    refused = ask("luoxi", f"emergency {pupil}")
    assert (refused.status, "D.9.3" in refused.err) == (1, True)
    assert ask("zhangwei", "emergency").status == 1


@pytest.mark.clause("D.2.1")
def test_a_class_is_called_one(world: World, ask: Ask) -> None:
    build_wider_world("class", beside=world)
    pupil = world.entry("jiangtao", "class")
    for words in ("emergency", f"card {pupil}", "find 江", "whoami"):
        text = ask("yanlaoshi", words).text
        assert ("班级" in text, "部门" in text) == (True, False), words
    assert "部门" in ask("zhangwei", "find 张").text


@pytest.mark.clause("E.4")
def test_a_photo_comes_out_as_it_went_in(world: World, ask: Ask) -> None:
    file = world.desk("majun").evidence.add("me.png", PNG)
    entry = world.entry("majun", "group")
    with writing():
        apply_values(entry, {"photo": (file.id,)}, source="本人", verifier=None)
    assert ask("huangbo", f"photo {entry}").out == PNG
    assert ask("zhangwei", f"photo {entry}").status == 1
    none = ask("huangbo", f"photo {world.entry('huangbo', 'group')}")
    assert (none.status, none.out, none.err) == (1, b"", "此条目没有照片。\n")
