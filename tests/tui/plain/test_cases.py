"""Cases without the screen: reported, handled to closure, answered, packed."""

from __future__ import annotations

import io
import zipfile

import pytest

from db.desk.tasks.duties import RunnerPlace, run
from db.store.tables import CaseFile
from tests.conftest import Clock
from tests.db.desk.reviewing import all_right, open_all
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.mark.clause("A.18", "C.12", "C.13")
def test_a_case_goes_from_report_to_pack(world: World, ask: Ask) -> None:
    assert ask("xuning", "case report 名册外泄 --book subsidiary --kind leak").status == 0
    (mine,) = ask("xuning", "cases --json").data["mine"]
    case = mine["case"]
    (row,) = ask("panlong", "cases --json").data["queue"]
    assert (row["case"], row["state"]) == (case, "reported")
    unknown = ask("panlong", f"case triage {case} nothing 立案")
    assert unknown.status == 1
    assert "leak" in unknown.err, "who types sees no list, so the words are named"
    nobody = ask("panlong", f"case person {case} 无此人")
    assert (nobody.status, nobody.out) == (1, b"")
    assert "“无此人”" in nobody.err
    unheard = ask("panlong", f"case decide {case} guilty 属实")
    assert (unheard.status, unheard.out) == (1, b"")
    assert "breach, unfounded" in unheard.err
    assert "须作出裁定" in ask("panlong", f"case answer {case} right 属实").err
    for line in (
        f"case triage {case} leak 立案",
        f"case person {case} 唐雨",
        f"case investigate {case} 开始",
        f"case note {case} 约谈",
        f"case decide {case} breach 属实 --sanction warning,termination",
        f"case close {case} 已执行",
    ):
        assert ask("panlong", line).status == 0, line
    shown = ask("panlong", f"case {case} --json").data
    assert (shown["state"], shown["outcome"]) == ("closed", "breach")
    assert len(shown["persons"][0]["sanctions"]) == 2
    assert ask("panlong", f"case trail {case}").status == 0
    for words in ("唐雨", "属实"):
        assert words in ask("panlong", f"case {case}").text
    pack = ask("panlong", f"case pack {case}")
    with zipfile.ZipFile(io.BytesIO(pack.out)) as zipped:
        assert "MANIFEST.sig" in zipped.namelist()
    for line in (f"case pack {case}", f"case close {case} 完"):
        refused = ask("tangyu", line)
        assert (refused.status, refused.out) == (1, b"")
    refused = ask("gaoshan", f"case {case}")
    assert (refused.status, refused.out) == (1, b"")
    about_me = ask("tangyu", f"case {case}").text
    assert "C.12" in about_me
    for words in ("名册外泄", "许宁", "约谈", "属实，"):
        assert words not in about_me, words
    assert ask("panlong", f"case attach {case} letter 1").status == 2
    assert ask("panlong", "case x").status == 2


@pytest.mark.clause("H.5.3")
def test_an_error_is_reported_and_answered(world: World, ask: Ask) -> None:
    entry = world.entry("zhangwen")
    assert ask("zhangwei", f"case error {entry} 分机不对 --field extension").status == 0
    case = CaseFile.get().id
    assert ask("liuyang", f"case answer {case} corrected 已改").status == 0
    (mine,) = ask("zhangwei", "cases --json").data["mine"]
    assert mine["outcome"] == "corrected"
    assert "已改" in ask("zhangwei", f"case {case}").text
    assert ask("zhangwei", f"case {case} --json").data["answer"] == "已改"
    assert ask("wangfang", f"case {case}").status == 1


@pytest.mark.clause("B.7.1")
def test_who_comes_out_well_is_commended_and_everybody_sees_it(world: World, ask: Ask, clock: Clock) -> None:
    build_wider_world("safety", beside=world)
    all_right(world.desk("dingyi"), open_all("safety")["collection"])
    clock.set("2027-01-04T09:00+08:00")
    run(RunnerPlace("host", "test"))
    first, *others = ask("panan", "ranking --period 2026-Q4 --json").data
    late = next(row for row in others if row["name"] == "二车间")
    assert (first["place"], late["place"] > 1, late["in_time"]) == (1, True, 0)
    line = f"ranking commend {first['whom']} --period 2026-Q4 --word 报送及时"
    assert ask("panan", line).status == 0
    again = ask("panan", line)
    assert (again.status, again.out) == (1, b""), "once for a period"
    assert ask("panan", "ranking commend 一车间 --period 2026-Q4").status == 1
    assert ask("panan", "ranking --period soon").status == 2
    (row,) = ask("dingyi", "commendations --json").data
    assert (row["whom"], row["word"], row["by"]) == (first["name"], "报送及时", "潘安")
    refused = ask("dingyi", line)
    assert (refused.status, refused.out) == (1, b"")
    assert "B.7.1" in refused.err
