"""Sanctions that a second person of the management confirms (C.12), and those that no ladder names."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.refusal import SILENT
from db.desk.requests.approvers import account_name
from db.language import say
from db.store.tables import Account, CaseFile, CaseParty
from db.store.transactions import writing
from tests.db.desk.casework import decided, heard, judged, name_of, spoken, turn, under_investigation
from tests.db.desk.reviewing import last_record, refused
from tests.world import World

LEAK = "看到有人把通讯录发到群里"
BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


@pytest.mark.threat(18)
@pytest.mark.clause("C.12", "E.17", "G.8", "H.7")
@pytest.mark.parametrize(
    ("book", "reporter", "whom", "sanction", "clause"),
    [
        ("subsidiary", "xuning", "唐雨", "downgrade", "C.12"),
        ("group", "majun", "黄博", "termination", "E.17"),
        ("wecom", "shuqi", "毛晓", "dismissal", "G.8"),
        ("secured", "shibu", "秦玉", "demotion", "H.7"),
    ],
)
def test_from_demotion_up_a_second_person_of_the_management_confirms(
    wide: World, book: str, reporter: str, whom: str, sanction: str, clause: str
) -> None:
    """Until then the person hears nothing; the first is not the second; what is declined is decided anew."""
    case = Cases(wide.desk(reporter)).report(book, LEAK, "leak")
    under_investigation(wide, case, "leak", whom)
    first = judged(wide, case)
    sentence = [Sentence(CaseParty.get(CaseParty.case == case).id, (sanction,))]
    CaseWork(first).decide(case, "情节严重", sentence)
    assert CaseFile.get_by_id(case).state == "proposed"
    assert clause in refused(lambda: CaseWork(first).confirm(case, True, "同意")).clause
    login = next(login for login in wide.people if login != reporter and name_of(wide, login) == whom)
    ((mine,), own) = (Cases(wide.desk(login)).mine(), Cases(wide.desk(login)).own(case))
    assert (mine.state, own.verdicts) == ("judged", ()), "who was heard knows the case alone"
    second = turn(wide, case)
    assert second.actor.login != first.actor.login
    assert heard(second, "case-reported")
    (task,) = [one for one in second.tasks.mine().rows if one.thing == case]
    assert say(task.about, "zh_CN").endswith("待复核")
    CaseWork(second).confirm(case, False, "先核实影响")
    assert (CaseFile.get_by_id(case).state, CaseParty.get(CaseParty.case == case).sanctions) == ("judged", "")
    assert deciders_of(second, case) & {first.actor.login, second.actor.login} == set(), "nothing holds"
    CaseWork(first).decide(case, "影响已核实", sentence)
    assert deciders_of(second, case) >= {first.actor.login}, "what waits to be confirmed is told by whom"
    assert clause in refused(lambda: CaseWork(first).confirm(case, True, "同意")).clause
    CaseWork(second).confirm(case, True, "同意")
    assert CaseFile.get_by_id(case).state == "decided"
    assert deciders_of(second, case) >= {first.actor.login, second.actor.login}


def deciders_of(desk: Desk, case: int) -> set[str]:
    """The logins of those by whom the case says that it was judged and decided."""
    said = " ".join(say(one, "zh_CN") for one in Cases(desk).one(case).decided_by)
    return {one.login for one in Account.select() if account_name(one.id) in said}


@pytest.mark.clause("C.12")
def test_who_confirms_hears_who_has_no_account_and_is_told_on_paper(world: World) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    under_investigation(world, case, "leak", "唐雨")
    first = judged(world, case)
    with writing():
        Account.update(state="disabled").where(Account.login == "tangyu").execute()
    party = CaseParty.get(CaseParty.case == case).id
    assert CaseWork(first).decide(case, "情节严重", [Sentence(party, ("downgrade",))]) == ()
    assert CaseWork(turn(world, case)).confirm(case, True, "同意") == ("唐雨",)


@pytest.mark.clause("C.12")
def test_a_grave_sanction_is_confirmed_and_then_heard_of(world: World) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    decided(world, case, "leak", "唐雨", "downgrade")
    assert last_record("casework.confirm").clause == "C.12"
    (told,) = heard(world.desk("tangyu"), "case-verdict")
    assert told["outcome_en"] == "Lower grade or pay"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_a_sanction_that_nobody_could_confirm_is_refused_when_it_is_decided(world: World) -> None:
    """And a breach that nobody could sanction, when it is judged; each says who is to be appointed."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    CaseWork(under_investigation(world, case, "leak", "唐雨")).conclude(case, "属实")
    refusal = refused(lambda: CaseWork(world.desk("panlong")).judge(case, "breach", "属实"))
    assert refusal.clause == SILENT
    assert "首席执行官" in say(refusal.advice, "zh_CN")
    assert CaseFile.get_by_id(case).state == "investigated"
    world.grant("gaoshan", "director", "subsidiary")
    CaseWork(world.desk("panlong")).judge(case, "breach", "属实")
    spoken(world, case)
    alone, entry = world.desk("gaoshan"), CaseParty.get(CaseParty.case == case).id
    refusal = refused(lambda: CaseWork(alone).decide(case, "严重", [Sentence(entry, ("downgrade",))]))
    assert refusal.clause == SILENT
    assert CaseParty.get(CaseParty.case == case).sanctions == ""
    CaseWork(alone).decide(case, "首次", [Sentence(entry, ("warning",))])
    assert CaseFile.get_by_id(case).state == "decided"


@pytest.mark.clause("B.7.2", "E.17", "H.7")
@pytest.mark.parametrize(
    ("book", "reporter", "kind", "whom", "clause"),
    [
        ("safety", "dingyi", "late", "任和", "B.7.2"),
        ("group", "majun", "leak", "黄博", "E.17"),
        ("secured", "shibu", "leak", "秦玉", "H.7"),
    ],
)
def test_what_the_source_leaves_open_is_written_with_its_reason_and_a_second_person(
    wide: World, book: str, reporter: str, kind: str, whom: str, clause: str
) -> None:
    case = Cases(wide.desk(reporter)).report(book, LEAK, kind)
    under_investigation(wide, case, kind, whom)
    first = judged(wide, case)
    entry = CaseParty.get(CaseParty.case == case).id
    written = [Sentence(entry, further="书面检讨并停用批量查询三个月")]
    with pytest.raises(Invalid):
        CaseWork(first).decide(case, " ", written)
    CaseWork(first).decide(case, "屡次发生，批量查询与其工作无关", written)
    assert CaseFile.get_by_id(case).state == "proposed"
    CaseWork(turn(wide, case)).confirm(case, True, "同意")
    party = CaseParty.get(CaseParty.case == case)
    assert (party.clause, "检讨".encode() in (party.further or b"")) == (clause, False)
    login = next(login for login in wide.people if login != reporter and name_of(wide, login) == whom)
    (told,) = heard(wide.desk(login), "case-verdict")
    assert (told["outcome_en"], told["clause"]) == ("another sanction", clause)
    (verdict,) = Cases(wide.desk(login)).own(case).verdicts
    assert verdict.further == "书面检讨并停用批量查询三个月"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12", "G.8")
def test_no_other_sanction_is_written_where_the_regulation_names_them_all(world: World) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    under_investigation(world, case, "leak", "唐雨")
    manager = judged(world, case)
    entry = CaseParty.get(CaseParty.case == case).id
    refusal = refused(
        lambda: CaseWork(manager).decide(case, "另行处理", [Sentence(entry, further="停职反省")])
    )
    assert "C.12" in refusal.clause
    assert CaseFile.get_by_id(case).state == "judged"
