"""Cases without the screen: reported, handled to closure, answered, packed."""

from __future__ import annotations

import io
import zipfile
from unittest.mock import patch

import pytest

from db.desk.cases.cases import Cases
from db.desk.cases.work import CaseWork
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import CaseFile
from tests.conftest import Clock
from tests.db.desk.casework import decided, judged, manage, under_investigation
from tests.db.desk.reviewing import all_right, open_all
from tests.editions_world import build_editions_world
from tests.tui.plain.conftest import Ask
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.date_words import day


@pytest.mark.clause("C.13")
def test_who_only_reads_a_case_is_told_so_in_the_list_and_by_the_pack(world: World, ask: Ask) -> None:
    """Who investigated reads the case to its end, and others take its evidence."""
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    it = under_investigation(world, case, "leak", "唐雨")
    (handling,) = ask("ouyangxue", "case --json").data
    CaseWork(it).conclude(case, "属实")
    (reading,) = ask("ouyangxue", "case --json").data
    assert (handling["part"], reading["part"]) == ("handler", "reader")
    assert "查阅人" in ask("ouyangxue", "case").text
    refused = ask("ouyangxue", f"case pack {case}")
    assert (refused.status, refused.out) == (1, b"")
    assert "可查阅，现由别人处理" in refused.err
    assert "潘龙" in refused.err, "who handles it"
    assert ask("panlong", f"case pack {case}").status == 0
    assert [one["part"] for one in ask("panlong", "case --json").data] == ["handler"]


@pytest.mark.clause("A.18", "C.12", "C.13")
def test_a_case_goes_from_report_to_pack(world: World, ask: Ask, clock: Clock) -> None:
    assert ask("xuning", "case report --words 名册外泄 --book subsidiary --kind leak").status == 0
    (mine,) = ask("xuning", "case --json").data
    case = mine["case"]
    (row,) = ask("panlong", "case --json").data
    assert (row["case"], row["state"], row["part"], mine["part"]) == (case, "reported", "handler", "reporter")
    for line, told in (
        (f"case triage {case} --kind nothing --word 立案", "leak"),
        (f"case triage {case} --word 立案", "leak"),
        (f"case judge {case} --outcome guilty --word 属实", "breach"),
        (f"case judge {case} --outcome unfounded", "--word"),
        (f"case attach {case} --what letter --number 1", "copy"),
    ):
        wrong = ask("panlong", line)
        assert (wrong.status, wrong.out) == (2, b""), line
        assert told in wrong.err, "who types sees no list, so the words are named"
    nobody = ask("ouyangxue", f"case person {case} --name 无此人")
    assert (nobody.status, nobody.out, "请核对姓名或登录名" in nobody.err) == (1, b"", True)
    assert "须作出裁定" in ask("panlong", f"case answer {case} --outcome right --word 属实").err
    manage(world, "subsidiary")
    for login, line in (
        ("panlong", f"case triage {case} --kind leak --word 立案"),
        ("ouyangxue", f"case person {case} --name 唐雨"),
        ("ouyangxue", f"case person {case} --name linxiao --whom 林晓"),
        ("ouyangxue", f"case release {case} --person 林晓 --word 同名"),
        ("ouyangxue", f"case investigate {case} --word 开始"),
    ):
        assert ask(login, line).status == 0, line
    assert "满一天" in ask("ouyangxue", f"case trail --case {case}").err
    clock.forward(days=1)
    for login, line in (
        ("ouyangxue", f"case trail --case {case}"),
        ("ouyangxue", f"case note {case} --word 约谈"),
        ("ouyangxue", f"case conclude {case} --word 属其所为"),
        ("panlong", f"case judge {case} --outcome breach --word 属实"),
        ("cendong", f"case statement {case} --person 唐雨 --words 承认"),
        ("tangyu", f"case speak {case} --words 系误发"),
        ("panlong", f"case note {case} --word 另有附件"),
        ("cendong", f"case put {case} --word 请说明附件"),
        ("cendong", f"case statement {case} --person 唐雨 --words 未作说明"),
        ("tangyu", f"case speak {case} --words 附件不是我加的"),
        ("cendong", f"case decide {case} --word 情节严重 --sanction warning,termination"),
        ("cenzong", f"case confirm {case} --answer yes --word 同意"),
        ("panlong", f"case close {case} --word 已执行"),
    ):
        assert ask(login, line).status == 0, line
    shown = ask("panlong", f"case {case} --json").data
    assert (shown["state"], shown["outcome"]) == ("closed", "breach")
    assert len(shown["persons"][0]["sanctions"]) == 2
    assert ask("panlong", f"case trail --case {case}").status == 1, "nobody reads on in a closed case"
    for words in ("唐雨", "属实"):
        assert words in ask("panlong", f"case {case}").text
    pack = ask("panlong", f"case pack {case}")
    with zipfile.ZipFile(io.BytesIO(pack.out)) as zipped:
        assert "MANIFEST.sig" in zipped.namelist()
    for line in (f"case pack {case}", f"case close {case} --word 完"):
        refused = ask("tangyu", line)
        assert (refused.status, refused.out) == (1, b"")
    refused = ask("gaoshan", f"case {case}")
    assert (refused.status, refused.out) == (1, b"")
    (own,) = ask("tangyu", "case --json").data
    assert (own["case"], own["part"]) == (case, "concerned")
    about_me = ask("tangyu", f"case {case}").text
    assert "C.12" in about_me
    for words in ("名册外泄", "许宁", "约谈", "属实，"):
        assert words not in about_me, words
    assert ask("panlong", "case x").status == 2


@pytest.mark.clause("C.12")
def test_an_appeal_goes_from_its_words_to_its_answer(world: World, ask: Ask) -> None:
    """By who was sanctioned, once; heard by who had no part; and shown to both with what it was."""
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    until = ask("tangyu", f"case {case} --json").data["appeal_until"]
    assert say(day(until), "zh_CN") in ask("tangyu", "notices").text
    refused = ask("xuning", f"case appeal {case} --words 不服")
    assert (refused.status, refused.out) == (1, b"")
    assert ask("tangyu", f"case appeal {case} --words 应上级要求发送").status == 0
    again = ask("tangyu", f"case appeal {case} --words 再次申诉")
    assert (again.status, "默认规则" in again.err) == (1, True)
    (row,) = ask("cenzong", "case --json").data
    assert (row["case"], row["waits_for"]) == (case, ["岑总"])
    barred = ask("cendong", f"case hear {case} --outcome lifted --word 撤销")
    assert (barred.status, "C.12" in barred.err) == (1, True)
    harsher = f"case hear {case} --outcome changed --sanction downgrade --word 从严"
    assert ask("cenzong", harsher).status == 1
    assert (
        ask("cenzong", f"case hear {case} --outcome changed --sanction warning --word 情有可原").status == 0
    )
    (one,) = ask("tangyu", f"case {case} --json").data["decided"]
    assert (one["appeal"]["outcome"], one["appeal"]["reason"]) == ("changed", "情有可原")
    with zipfile.ZipFile(io.BytesIO(ask("panlong", f"case pack {case}").out)) as zipped:
        assert "情有可原" in zipped.read("case.zh_CN.txt").decode()
    for login in ("tangyu", "panlong"):
        shown = ask(login, f"case {case}").text
        for words in ("警告", "通报批评", "情有可原"):
            assert words in shown, (login, words)


@pytest.mark.clause("C.12")
def test_a_closed_case_under_appeal_is_listed_once_above_the_open_ones(world: World, ask: Ask) -> None:
    """As one that waits, though closed cases came after it; to the hearer, whose turn it is, on top."""
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    assert ask("panlong", f"case close {case} --word 已执行").status == 0
    assert ask("tangyu", f"case appeal {case} --words 应上级要求发送").status == 0
    other = Cases(world.desk("xuning")).report("subsidiary", "又一次外泄", "leak")
    decided(world, other, "leak", "唐雨", "circulated-criticism")
    with patch("db.desk.cases.cases.CLOSED_SHOWN", 0):
        assert [row["case"] for row in ask("cenzong", "case --json").data] == [case, other]
    assert ask("panlong", f"case close {other} --word 已执行").status == 0
    assert [row["case"] for row in ask("cenzong", "case --json").data] == [case, other]


@pytest.mark.clause("C.12")
def test_what_was_lifted_stands_no_more(world: World, ask: Ask) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    decided(world, case, "leak", "唐雨", "warning")
    assert ask("tangyu", f"case appeal {case} --words 并无此事").status == 0
    assert ask("cenzong", f"case hear {case} --outcome lifted --word 证据不足").status == 0
    assert "申诉期至" not in ask("cenzong", f"case {case}").text, "the appeal was heard"
    (line,) = [line for line in ask("tangyu", f"case {case}").text.splitlines() if "对您的裁定" in line]
    assert "撤销处分" in line


@pytest.mark.clause("C.12")
def test_a_time_to_appeal_that_went_by_is_over(world: World, ask: Ask, clock: Clock) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    decided(world, case, "leak", "唐雨", "warning")
    clock.forward(days=21)
    for login in ("tangyu", "cenzong"):
        (line,) = [line for line in ask(login, f"case {case}").text.splitlines() if "申诉期至" in line]
        assert ("已结束" in line, "逾期" in line) == (True, False)


@pytest.mark.clause("A.18")
def test_nothing_is_decided_about_anybody_without_a_breach(world: World, ask: Ask) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", "名册外泄", "leak")
    under_investigation(world, case, "leak", "唐雨")
    assert ask("ouyangxue", f"case conclude {case} --word 查无此事").status == 0
    assert ask("panlong", f"case judge {case} --outcome unfounded --word 查无此事").status == 0
    refused = ask("panlong", f"case decide {case} --word 另有说法 --sanction warning")
    assert (refused.status, CaseFile.get_by_id(case).state) == (1, "decided")


@pytest.mark.clause("A.18")
def test_who_reported_a_case_is_refused_its_decision_by_command(world: World, ask: Ask) -> None:
    case = Cases(world.desk("panlong")).report("subsidiary", "自己看见的", "leak")
    CaseWork(under_investigation(world, case, "leak", "唐雨")).conclude(case, "属实")
    refused = ask("panlong", f"case judge {case} --outcome breach --word 属实")
    assert (refused.status, "依 " in refused.err) == (1, True)


@pytest.mark.clause("H.5.3")
def test_an_error_is_reported_and_answered(world: World, ask: Ask) -> None:
    entry = world.entry("zhangwen")
    assert ask("zhangwei", f"case error --entry {entry} --words 分机不对 --field extension").status == 0
    case = CaseFile.get().id
    assert ask("liuyang", f"case answer {case} --outcome corrected --word 已改").status == 0
    (mine,) = ask("zhangwei", "case --json").data
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
    against = f"ranking commend {late['whom']} --period 2026-Q4 --word 带头整改"
    warned = ask("panan", against)
    assert (warned.status, warned.out) == (1, b"")
    assert "→ --anyway：" in warned.err
    assert ask("panan", f"{against} --anyway").status == 0
    refused = ask("dingyi", line)
    assert (refused.status, refused.out) == (1, b"")
    assert "B.7.1" in refused.err
    assert ask("panan", f"commendations strike {row['commendation']}").status == 0
    assert row not in ask("dingyi", "commendations --json").data


@pytest.mark.clause("I.4.4.1")
def test_what_the_decider_said_is_never_replaced_by_something_else(world: World, ask: Ask) -> None:
    """A fine of nought is refused with the clause, no sanction is no decision, and not to punish is one."""
    build_editions_world(world)
    case = Cases(world.desk("xiepi")).report("controlled", "转发通讯录", "forwarding")
    under_investigation(world, case, "forwarding", "陶军")
    login = judged(world, case).actor.login
    naught = ask(login, f"case decide {case} --sanction fine --fine 0 --word 初犯")
    assert (naught.status, "I.4.4.1" in naught.err) == (1, True)
    alone = ask(login, f"case decide {case} --fine 0 --word 初犯").err
    assert ("空格" in alone, "--sanction none" in alone, "I.4.4.1" in alone) == (False, True, True)
    unsaid = ask(login, f"case decide {case} --word 初犯").err
    assert ("空格" in unsaid, "--sanction" in unsaid) == (False, True)
    judging = ask(login, f"case {case}").text
    assert ("判定人" in judging, "裁定人" in judging) == (True, False), "nothing is decided yet"
    for line in ("--word 初犯", "--sanction none,fine --word 初犯", "--sanction none --fine 0 --word 初犯"):
        assert ask(login, f"case decide {case} {line}").status != 0, line
    assert CaseFile.get_by_id(case).state == "judged"
    assert ask(login, f"case decide {case} --sanction none --word 初犯").status == 0
    (told,) = [line for line in ask("taojs", f"case {case}").text.splitlines() if "不予处罚" in line]
    assert "I.4.4.1" not in told, "which does not say so"
