"""What no one hand does alone in a case: bring somebody in untold, open their acts to itself, speak in
another's name, or multiply a fine (C.12)."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Desk, Invalid
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.trail import is_open
from db.desk.cases.work import CaseWork
from db.desk.editions.editions import Editions
from db.desk.refusal import SILENT
from db.language import say
from db.store.tables import Account, CaseAppeal, CaseEvent, CaseFile, CaseParty, Entry, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import found, heard, judged, manage, party, turn, under_investigation
from tests.db.desk.reviewing import refused
from tests.editions_world import assistant, build_editions_world
from tests.wider_world import employ
from tests.world import World
from tui.sheets.notice_words import describe_notice

LEAK = "看到有人把通讯录发到群里"
WHY = "名单是按部门经理要求发送的"


@pytest.fixture
def copies(world: World) -> dict[str, str]:
    """The numbers of everybody's copy of an edition of the controlled book, by their holder's name."""
    build_editions_world(world)
    issue = Editions(assistant(world)).issue("controlled", "internal").id
    return {row.name: row.number for row in Editions(assistant(world)).copies(issue)}


def told(desk: Desk, kind: str) -> str:
    """The newest notice of ``kind`` in the words in which it is read."""
    return say(describe_notice(next(one for one in desk.notices.unread() if one.kind == kind)), "zh_CN")


@pytest.mark.threat(93)
@pytest.mark.clause("C.12")
def test_whose_copy_is_attached_is_named_before_all_who_decide(world: World, copies: dict[str, str]) -> None:
    case = Cases(world.desk("xiepi")).report("controlled", "有人外传名单", "forwarding")
    CaseWork(turn(world, case)).triage(case, "forwarding", "可以立案")
    investigator = turn(world, case)
    CaseWork(investigator).investigate(case, "开始")
    CaseWork(investigator).attach(case, "copy", copies["陶军"])
    (event,) = CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.act == "involved"))
    assert event.account_id == investigator.actor.account
    assert "将陶军列为当事人" in told(world.desk("tangceo"), "case-involved")
    assert not heard(world.desk("taojs"), "case-involved")


@pytest.mark.threat(93)
@pytest.mark.clause("A.18", "C.12")
def test_whom_a_found_copy_names_is_told_without_the_reporter(world: World, copies: dict[str, str]) -> None:
    """To all who decide; the reporter neither is named to them nor reads the case by it."""
    reporter = world.desk("xiepi")
    case = Cases(reporter).report("controlled", "打印室里找到", "forwarding", copies["陶军"])
    said = told(world.desk("tangceo"), "case-found")
    assert "陶军" in said
    assert "谢" not in said
    assert [one.act for one in CaseEvent.select().where(CaseEvent.case == case)] == ["reported", "named"]
    assert refused(lambda: Cases(reporter).one(case)).clause == "default"
    assert "陶军" not in repr(Cases(reporter).own(case))


@pytest.mark.threat(94)
@pytest.mark.clause("A.18", "C.6")
def test_the_trail_opens_while_a_case_is_investigated_and_no_longer(world: World, clock: Clock) -> None:
    """Of whom the investigator named, once they stood for a day; a pack holds nothing of later, and nothing
    at all where nothing was found."""
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    it = world.desk("guotao")
    CaseWork(it).involve(case, found(it, case, "张文"))
    clock.forward(days=2)
    assert refused(partial(CaseWork(world.desk("guotao")).trail, case)).clause == SILENT
    CaseWork(world.desk("guotao")).triage(case, "leak", "立案")
    CaseWork(world.desk("guotao")).investigate(case, "开始")
    world.desk("zhangwen").directory.card(world.entry("zhangwei"))
    seen = CaseWork(world.desk("guotao")).trail(case)
    assert {row.login for row in seen} == {"zhangwen"}
    CaseWork(world.desk("guotao")).conclude(case, "属实")
    clock.forward(days=60)
    world.desk("zhangwen").directory.card(world.entry("zhangwei"))
    packed = CaseWork(world.desk("guotao")).evidence(case)
    assert {one.row.seq for one in packed.records} == {row.seq for row in seen}
    CaseWork(world.desk("helei")).judge(case, "unfounded", "没有外泄")
    assert refused(partial(CaseWork(world.desk("guotao")).trail, case)).clause == SILENT
    assert CaseWork(world.desk("guotao")).evidence(case).records == ()


@pytest.mark.threat(94)
@pytest.mark.clause("A.18", "C.6")
def test_whom_the_investigator_named_alone_stands_for_a_day(world: World, clock: Clock) -> None:
    """Those who decide heard of it a day before; until then it says from when."""
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    it = under_investigation(world, case, "leak", "张文")
    seen = world.desk("zhangwen").directory
    seen.card(world.entry("zhangwei"))
    refusal = refused(partial(CaseWork(it).trail, case))
    assert "一天" in say(refusal.message, "zh_CN")
    assert CaseWork(it).evidence(case).records == ()
    with pytest.raises(Invalid):
        CaseWork(it).attach(case, "audit", "1")
    clock.forward(days=1)
    assert CaseWork(world.desk("guotao")).trail(case)


@pytest.mark.threat(94, 112)
def test_nor_does_a_day_off_open_what_whom_they_named_did(world: World, clock: Clock) -> None:
    """Named on a Friday evening, by Monday nobody who decides has read of it."""
    clock.set("2026-11-27T18:00+08:00")
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    it = under_investigation(world, case, "leak", "张文")
    world.desk("zhangwen").directory.card(world.entry("zhangwei"))
    clock.set("2026-11-30T17:59+08:00")
    refused(partial(CaseWork(it).trail, case))
    clock.set("2026-11-30T18:00+08:00")
    assert CaseWork(world.desk("guotao")).trail(case)


@pytest.mark.threat(94)
@pytest.mark.clause("A.18", "C.12")
def test_who_reports_and_investigates_does_not_sort_out_too(
    world: World, clock: Clock, copies: dict[str, str]
) -> None:
    """Somebody else does, and by that opens the trail of whom the found copy names; not its finder."""
    finder = world.desk("zhuli")
    case = Cases(finder).report("controlled", "打印室里找到", "forwarding", copies["陶军"])
    assert refused(partial(CaseWork(finder).trail, case))
    other = turn(world, case)
    assert other.actor.login != "zhuli"
    assert heard(other, "case-reported")
    assert not is_open(CaseParty.get(CaseParty.case == case), other.actor.account), "only the finder did"
    CaseWork(other).triage(case, "forwarding", "立案")
    CaseWork(turn(world, case)).investigate(case, "开始")
    world.desk("taojs").directory.card(world.entry("taojs", "controlled"))
    assert CaseWork(turn(world, case)).trail(case), "somebody else sorted it out"


@pytest.mark.threat(115)
@pytest.mark.clause("A.18", "C.12")
def test_a_handler_who_reports_leaves_it_to_others_to_its_end(world: World) -> None:
    """Sorting it out, investigating and closing; those for whom it waits are named without the reporter."""
    case = Cases(world.desk("guotao")).report("staff", LEAK, "leak")
    its = partial(CaseWork, world.desk("guotao"))
    assert "guotao" not in waits_for(world, case)
    assert refused(lambda: its().triage(case, "leak", "立案"))
    CaseWork(turn(world, case)).triage(case, "leak", "立案")
    assert "guotao" not in waits_for(world, case)
    assert refused(lambda: its().investigate(case, "开始"))
    CaseWork(turn(world, case)).investigate(case, "开始")
    CaseWork(turn(world, case)).involve(case, found(turn(world, case), case, "张文"))
    assert refused(lambda: its().conclude(case, "属实"))
    judged(world, case, "unfounded")
    assert "guotao" not in waits_for(world, case)
    assert refused(lambda: its().close(case, "结案"))
    CaseWork(turn(world, case)).close(case, "结案")


@pytest.mark.clause("C.12")
def test_who_alone_could_handle_it_does_so_though_they_reported_it(world: World) -> None:
    case = Cases(world.desk("guotao")).report("staff", LEAK, "leak")
    with writing():
        Grant.delete().where(Grant.account != world.accounts["guotao"]).execute()
    assert waits_for(world, case) == {"guotao"}


def waits_for(world: World, case: int) -> set[str]:
    waiting = CaseRoles().waiting_approvers(CaseFile.get_by_id(case))
    return {str(Account.get_by_id(one.account).login) for one in waiting}


@pytest.mark.threat(94)
@pytest.mark.clause("H.5.3")
def test_a_report_of_an_error_opens_nothing_of_the_audit(world: World) -> None:
    case = Cases(world.desk("zengqing")).error(world.entry("zhangwen"), "职务可能写错了")
    for login in ("zengqing", "liuyang"):
        assert refused(partial(CaseWork(world.desk(login)).trail, case))
        assert refused(partial(CaseWork(world.desk(login)).attach, case, "audit", "1"))


def found_guilty(world: World, *concerned: str) -> int:
    """A leak in which a breach by ``concerned`` was found, and nothing decided yet."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    CaseWork(under_investigation(world, case, "leak", *concerned)).conclude(case, "调查结束")
    manage(world, "subsidiary")
    CaseWork(turn(world, case)).judge(case, "breach", "属实")
    return case


@pytest.mark.threat(95)
@pytest.mark.clause("C.12")
def test_what_is_said_in_anothers_name_is_told_and_their_own_word_replaces_it(
    world: World, clock: Clock
) -> None:
    """It shortens nobody's days; what was written down stays in the history."""
    case = found_guilty(world, "唐雨")
    manager, person = turn(world, case), world.desk("tangyu")
    CaseWork(manager).statement(case, party(case, "唐雨"), "本人承认，无异议")
    assert "代您记下" in told(person, "case-spoken-for")
    assert Cases(person).own(case).statement == "本人承认，无异议"
    sentence = [Sentence(party(case, "唐雨"), ("warning",))]
    refusal = refused(partial(CaseWork(manager).decide, case, "属实", sentence))
    assert refusal.clause == "default"
    assert Cases(person).own(case).hearing_until is not None
    Cases(person).state(case, "我没有外传")
    view = Cases(manager).one(case)
    assert view.parties[0].statement == "我没有外传"
    assert "本人承认，无异议" in repr(view.history)
    CaseWork(manager).decide(case, "属实", sentence)


@pytest.mark.threat(95)
@pytest.mark.clause("C.12")
def test_an_account_that_is_shut_after_it_was_asked_shortens_no_days(world: World, clock: Clock) -> None:
    case = found_guilty(world, "唐雨")
    with writing():
        Account.update(state="disabled").where(Account.id == world.accounts["tangyu"]).execute()
    manager, sentence = turn(world, case), [Sentence(party(case, "唐雨"), ("warning",))]
    CaseWork(manager).statement(case, party(case, "唐雨"), "本人承认")
    decide = partial(CaseWork(manager).decide, case, "属实", sentence)
    assert refused(decide).clause == "default"
    clock.forward(days=6)
    CaseWork(turn(world, case)).decide(case, "属实", sentence)


def warned(world: World) -> int:
    """A case in which 唐雨 was warned, while she had an account."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    under_investigation(world, case, "leak", "唐雨")
    judged(world, case)
    CaseWork(turn(world, case)).decide(case, "属实", [Sentence(party(case, "唐雨"), ("warning",))])
    return case


@pytest.mark.threat(95)
@pytest.mark.clause("C.12")
def test_no_appeal_is_made_in_the_name_of_who_was_told_of_the_decision(world: World, clock: Clock) -> None:
    """Shutting their account for a minute uses up nothing; who left since has their letter taken in."""
    case = warned(world)
    whom, handler = party(case, "唐雨"), turn(world, case)
    with writing():
        Account.update(state="disabled").where(Account.id == world.accounts["tangyu"]).execute()
    refusal = refused(partial(CaseWork(handler).lodge, case, whom, "没有什么要说的"))
    assert (refusal.clause, CaseAppeal.select().count()) == ("default", 0)
    with writing():
        Entry.update(state="left").where(Entry.person == world.people["tangyu"]).execute()
    CaseWork(handler).lodge(case, whom, "12月1日来信")
    assert CaseAppeal.get().lodged


@pytest.mark.threat(95)
@pytest.mark.clause("C.12")
@pytest.mark.parametrize("answered", [False, True])
def test_their_own_appeal_takes_the_place_of_one_that_was_written_down(
    world: World, clock: Clock, answered: bool
) -> None:
    case = warned(world)
    with writing():
        employ(world, "cenlai", "岑来", "subsidiary", ("chief-executive",))
        Account.update(state="disabled").where(Account.id == world.accounts["tangyu"]).execute()
        CaseParty.update(reached=False).execute()
    whom, handler = party(case, "唐雨"), world.desk("panlong")
    CaseWork(handler).lodge(case, whom, "没有什么要说的")
    with writing():
        Account.update(state="active").where(Account.id == world.accounts["tangyu"]).execute()
    person = world.desk("tangyu")
    assert "代您记下" in told(person, "case-lodged")
    if answered:
        CaseWork(turn(world, case)).hear(case, whom, "upheld", "无新理由")
    Cases(person).appeal(case, WHY)
    (verdict,) = Cases(person).own(case).verdicts
    assert verdict.appeal is not None
    assert (verdict.appeal.words, verdict.appeal.lodged, verdict.appeal.outcome) == (WHY, False, "")
    assert CaseAppeal.select().count() == 1 + answered
    assert "没有什么要说的" in repr(Cases(handler).one(case).history)
    assert refused(partial(Cases(person).appeal, case, WHY)).clause == "default", "once"
    CaseWork(turn(world, case)).hear(case, whom, "lifted", "有理")
    assert CaseParty.get_by_id(whom).sanctions == ""


@pytest.mark.threat(93)
@pytest.mark.clause("I.4.4.1", "C.12")
def test_more_fines_than_copies_take_a_second(world: World, copies: dict[str, str]) -> None:
    """Each copy that is attached counts once; what goes beyond them somebody else confirms."""
    case = Cases(world.desk("xiepi")).report("controlled", "打印室里找到", "forwarding", copies["陶军"])
    under_investigation(world, case, "forwarding")
    first = judged(world, case)
    whom = party(case, "陶军")
    CaseWork(first).decide(case, "多次", [Sentence(whom, ("fine",), 5)])
    assert (CaseFile.get_by_id(case).state, heard(world.desk("taojs"), "case-verdict")) == ("proposed", [])
    CaseWork(turn(world, case)).confirm(case, False, "只有一份")
    CaseWork(first).decide(case, "一份", [Sentence(whom, ("fine",), 1)])
    assert CaseFile.get_by_id(case).state == "decided"
