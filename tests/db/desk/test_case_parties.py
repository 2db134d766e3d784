"""Whom a case can be about, and who is found by a name (B.7.2, D.7)."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Invalid
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.parties import speakers
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.language import say
from db.store.tables import Account, CaseFile, CaseParty, Entry, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve
from tests.db.desk.casework import heard, judged, keeps_out, party, sentenced, turn, under_investigation
from tests.db.desk.reviewing import refused
from tests.db.desk.test_case_naming import BOOKS_OF, wide
from tests.wider_world import employ
from tests.world import World

__all__ = ["BOOKS_OF", "wide"]


@pytest.mark.threat(108)
@pytest.mark.clause("G.3.1")
def test_who_is_renamed_after_the_report_is_found_by_the_name_it_says(wide: World, clock: Clock) -> None:
    """One hand changes a name, just after the report: whoever handles it knows the old one. Also where
    another is called so now; and where nobody is, by any name of before the report."""
    renamed(wide, "maoxiao", "毛筱")
    clock.forward(days=1)
    case = Cases(wide.desk("shuqi")).report("wecom", "毛筱把名单发到群里", "leak")
    clock.forward(days=1)
    renamed(wide, "maoxiao", "毛晓晓")
    investigator = under_investigation(wide, case, "leak")
    for words in ("毛晓晓", "毛筱", "毛晓", "maoxiao"):
        (one,) = CaseWork(investigator).people(case, words)
        assert (one.entry, one.name) == (wide.entry("maoxiao", "wecom"), "毛晓晓"), words
        assert one.once == (words if words == "毛筱" else ""), "and it is said by which name"
    with writing():
        Entry.update(name="毛筱").where(Entry.id == wide.entry("xuhr", "wecom")).execute()
    both = {one.entry for one in CaseWork(investigator).people(case, "毛筱")}
    assert both == {wide.entry("maoxiao", "wecom"), wide.entry("xuhr", "wecom")}
    assert CaseWork(investigator).people(case, "舒") == (), "the reporter is none of them, by no name"
    CaseWork(investigator).involve(case, f"entry:{wide.entry('maoxiao', 'wecom')}")
    (view,) = Cases(investigator).one(case).parties
    assert say(view.name, "zh_CN") == "毛晓晓（立案时名为毛筱）", "by both names, as who is renamed later"


@pytest.mark.threat(108)
@pytest.mark.clause("B.7.2")
def test_a_department_that_is_renamed_after_the_report_is_found_by_the_name_it_says(
    wide: World, clock: Clock
) -> None:
    case = Cases(wide.desk("dingyi")).report("safety", "一车间两次迟报", "late")
    clock.forward(days=1)
    workshop = wide.unit("safety", "一车间")
    asks = {"what": "rename", "unit": "一车间", "name": "总装车间"}
    request = wide.desk("kangle").asking.ask("structure", "safety", asks, "机构调整")
    for login in ("weiguo", "panan"):
        approve(wide, login, request)
    desk = under_investigation(wide, case, "late")
    for words, once in (("总装车间", ""), ("一车间", "一车间"), ("一车", "一车间")):
        (one,) = CaseWork(desk).people(case, words)
        assert (one.whom, one.name, one.once) == (f"unit:{workshop}", "总装车间", once), words
    CaseWork(desk).involve(case, f"unit:{workshop}")
    (view,) = Cases(desk).one(case).parties
    assert say(view.name, "zh_CN") == "总装车间（立案时名为一车间）"


def renamed(wide: World, login: str, name: str) -> None:
    """Change a name by one hand, as who manages the book may."""
    desk = wide.desk("luzong")
    form = desk.changes.form(wide.entry(login, "wecom"))
    desk.changes.submit(form.entry, form.version, {"name": name}, "更名")
    assert Entry.get_by_id(form.entry).name == name


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
def test_no_handler_makes_the_reporter_the_one_whom_it_is_about(wide: World) -> None:
    """By name, by login, as an office that the reporter alone holds, or by a copy of the reporter's."""
    case = Cases(wide.desk("jiaowuchu")).report("class", "有人把名单卖了", "leak")
    teacher = turn(wide, case)
    assert teacher.actor.login == "yanlaoshi"
    CaseWork(teacher).triage(case, "leak", "立案")
    for words in ("教务处", "jiaowuchu"):
        assert CaseWork(teacher).people(case, words) == ()
    for whom in (f"person:{wide.people['jiaowuchu']}", "office:school"):
        refusal = refused(partial(CaseWork(teacher).involve, case, whom))
        assert refusal.clause in ("D.11.2", "default"), whom
    assert not CaseParty.select().exists()


@pytest.mark.clause("D.7")
def test_a_teacher_and_the_school_can_be_parties(wide: World) -> None:
    """Neither has an entry in the class; both are kept out of the case, and hear what was decided."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("jiangtao")).report("class", "群里有人骂人", "harassment")
    school = wide.desk("yanlaoshi")
    CaseWork(school).triage(case, "harassment", "立案")
    (deputy,) = CaseWork(school).people(case, "施")
    CaseWork(school).involve(case, deputy.whom)
    assert [say(one, "zh_CN") for one in Cases(school).one(case).row.concerned] == ["施老师"]
    keeps_out(wide, "shilaoshi", case)
    (office,) = CaseWork(school).people(case, "学校管理")
    CaseWork(school).involve(case, office.whom)
    keeps_out(wide, "jiaowuchu", case)
    with pytest.raises(Invalid):
        CaseWork(school).involve(case, "office:nothing")
    with pytest.raises(Invalid):
        CaseWork(school).involve(case, office.whom)


@pytest.mark.clause("D.7")
def test_who_names_their_own_office_hears_who_goes_on(wide: World) -> None:
    """The case leaves their hands by that; refused where nobody is left."""
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    first, second = (Cases(wide.desk("jiangtao")).report("class", "群里有人骂人") for _time in range(2))
    school = wide.desk("jiaowuchu")
    with pytest.raises(Invalid) as asked:
        CaseWork(school).involve(first, "office:school", leaves=False)
    assert [one.field for one in asked.value.problems] == ["yes"]
    assert not CaseParty.select().where(CaseParty.case == first).exists()
    others = CaseWork(school).involve(first, "office:school")
    assert others
    assert others == tuple(one.name for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(first)))
    assert first not in [row.id for row in Cases(school).queue()]
    with writing():
        Grant.delete().where((Grant.book == "class") & (Grant.role != "school")).execute()
    assert refused(lambda: CaseWork(school).involve(second, "office:school")).clause == "D.11.2"
    assert not CaseParty.select().where(CaseParty.case == second).exists()


@pytest.mark.clause("B.7.2")
def test_a_department_is_the_party_also_where_only_its_reporter_works_there(wide: World) -> None:
    case = Cases(wide.desk("renhe")).report("safety", "装配班三个月未报", "late")
    desk = under_investigation(wide, case, "late")
    (unit,) = [one for one in CaseWork(desk).people(case, "装配班") if one.whom.startswith("unit:")]
    CaseWork(desk).involve(case, unit.whom)
    assert party(case, "装配班")


@pytest.mark.clause("B.7.2")
def test_a_department_can_be_the_party_and_its_head_answers_for_it(wide: World) -> None:
    """Its own people handle nothing of it; the head reads the decision and appeals."""
    case = Cases(wide.desk("dingyi")).report("safety", "该部门两次迟报", "late")
    desk = under_investigation(wide, case, "late")
    (unit,) = [one for one in CaseWork(desk).people(case, "一车间") if one.whom.startswith("unit:")]
    CaseWork(desk).involve(case, unit.whom)
    judged(wide, case)
    number = party(case, "一车间")
    sentenced(wide, case, Sentence(number, ("circulated-criticism", "fine"), 1, 300))
    head = speakers(CaseParty.get_by_id(number))
    logins = [one.login for one in Account.select().where(Account.person.in_(list(head)))]
    assert logins, "somebody heads it"
    for login in logins:
        (told,) = heard(wide.desk(login), "case-verdict")
        assert (told["amount"], told["clause"]) == (300, "B.7.2")
        (verdict,) = Cases(wide.desk(login)).own(case).verdicts
        assert verdict.name == "一车间"
        Cases(wide.desk(login)).appeal(case, "数据当日已报")
