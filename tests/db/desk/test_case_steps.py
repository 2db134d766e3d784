"""Who takes which step of a case: none that follows one that they took, and none about themselves (C.12)."""

from __future__ import annotations

from functools import partial

import pytest

from db.desk import Invalid, Refused
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.refusal import SILENT
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.clock import now as clock_now
from db.store.tables import CaseFile, CaseParty, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import found, heard, judged, manage, spoken, turn, under_investigation
from tests.db.desk.reviewing import last_record, refused
from tests.db.policy.texts import text
from tests.rules import on_record, put_under
from tests.wider_world import build_wider_world, employ
from tests.world import World
from tui.sheets.notice_words import describe_notice

MANAGERS = ("director", "chief-executive")
LEAK = "看到有人把通讯录发到群里"
BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "C.6")
def test_nobody_handles_a_case_about_themselves(world: World) -> None:
    """Once IT itself is concerned it is human resources', and IT sees nothing of it until it is decided."""
    case = Cases(world.desk("zhangwei")).report("staff", "运维导出了通讯录")
    it = world.desk("guotao")
    CaseWork(it).triage(case, "leak", "立案")
    CaseWork(it).involve(case, found(it, case, "郭涛"))
    again = world.desk("guotao")
    assert refused(lambda: Cases(again).one(case)).clause == "default"
    assert refused(lambda: CaseWork(again).judge(case, "unfounded", "没有此事")).clause == "default"
    assert Cases(again).queue() == Cases(again).mine() == ()
    assert not [one for one in again.tasks.mine().rows if one.kind == "case"]
    hr = world.desk("liuyang")
    CaseWork(hr).investigate(case, "接手")
    CaseWork(hr).conclude(case, "确由其导出")
    CaseWork(world.desk("helei")).judge(case, "breach", "属实")
    (told,) = heard(world.desk("guotao"), "case-verdict")
    assert told["clause"]
    (row,) = Cases(world.desk("guotao")).mine()
    assert (row.id, row.outcome) == (case, "breach")


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "C.12")
def test_nobody_decides_a_case_that_they_reported(world: World) -> None:
    """Neither as the judge nor as the management; another of the ladder decides."""
    manage(world, "subsidiary")
    security = world.desk("panlong")
    case = Cases(security).report("subsidiary", LEAK, "leak")
    CaseWork(under_investigation(world, case, "leak", "唐雨")).conclude(case, "属实")
    refusal = refused(lambda: CaseWork(security).judge(case, "breach", "属实"))
    assert {"C.9.1", "C.12"} <= set(refusal.clause.split(", "))
    assert last_record("casework.judge").outcome == "refused"
    assert CaseFile.get_by_id(case).state == "investigated"
    assert "judge" not in Cases(security).one(case).steps
    other = turn(world, case)
    assert other.actor.login in ("fangmin", "yeqing")
    assert case in [row.id for row in Cases(other).queue()]
    assert heard(other, "case-reported")
    CaseWork(other).judge(case, "breach", "属实")
    assert CaseFile.get_by_id(case).state == "judged"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12", "E.17", "G.8", "H.7")
@pytest.mark.parametrize(
    ("book", "reporter", "it", "judge", "whom", "clause"),
    [
        ("subsidiary", "xuning", "ouyangxue", "panlong", "唐雨", "C.12"),
        ("group", "majun", "luoyan", "helei", "黄博", "E.17"),
        ("wecom", "shuqi", "huanghr", "xuhr", "毛晓", "G.8"),
        ("secured", "shibu", "fuhr", "xinan", "秦玉", "H.7"),
    ],
)
def test_who_investigates_is_not_who_judges_nor_who_sanctions(
    wide: World, book: str, reporter: str, it: str, judge: str, whom: str, clause: str
) -> None:
    """Each step is another person's, refused by its clause to who took an earlier one, whatever they hold."""
    manage(wide, book)
    wide.grant(it, "director", book)
    wide.grant(judge, "general-manager", book)
    case = Cases(wide.desk(reporter)).report(book, LEAK, "leak")
    CaseWork(turn(wide, case)).triage(case, "leak", "立案")
    investigator = wide.desk(it)
    CaseWork(investigator).investigate(case, "开始")
    CaseWork(investigator).involve(case, found(investigator, case, whom))
    CaseWork(investigator).note(case, "核对了导出记录")
    CaseWork(investigator).conclude(case, "确由其外传")
    for outcome in ("breach", "unfounded"):
        assert clause in refused(partial(CaseWork(investigator).judge, case, outcome, "属实")).clause
    assert heard(wide.desk(judge), "case-reported")
    assert [one.kind for one in wide.desk(judge).tasks.mine().rows if one.thing == case] == ["case"]
    CaseWork(wide.desk(judge)).judge(case, "breach", "属实")
    sentence = [Sentence(CaseParty.get(CaseParty.case == case).id, ("warning",))]
    for login in (it, judge):
        refusal = refused(partial(CaseWork(wide.desk(login)).decide, case, "属实", sentence))
        assert clause in refusal.clause
    manager = spoken(wide, case)
    (row,) = [row for row in Cases(manager).queue() if row.id == case]
    assert (row.turn, say(row.state_label, "zh_CN")) == (True, "待处分")
    CaseWork(manager).decide(case, "首次", sentence)
    record = last_record("casework.decide")
    assert (record.outcome, record.clause) == ("done", clause)
    view = Cases(wide.desk(manager.actor.login)).one(case)
    offices = [say(one, "zh_CN") for one in view.decided_by]
    assert len(offices) == 2
    assert all("（" in one for one in offices), "each with the office in which it was decided"


@pytest.mark.clause("A.18", "C.12", "I.4.4.1")
def test_the_handlers_of_all_regulations_of_a_book_take_part_each_in_their_own_step(world: World) -> None:
    """A hands a forwarding to IT, I to the director, and C has information security judge: IT investigates,
    security judges, the director or the chief executive sanctions."""
    wide = build_wider_world("combined", beside=world)
    with writing():
        employ(wide, "ruanyun", "阮运", "combined", ("it",))
    case = Cases(wide.desk("geyuan")).report("combined", "转发通讯录", "forwarding")
    for login in ("ruanyun", "nidir"):
        assert [row.id for row in Cases(wide.desk(login)).queue()] == [case], login
        assert heard(wide.desk(login), "case-reported"), login
    under_investigation(wide, case, "forwarding", "雷钧")
    taken = [turn(wide, case).actor.login]
    CaseWork(turn(wide, case)).conclude(case, "属实")
    taken.append(turn(wide, case).actor.login)
    CaseWork(turn(wide, case)).judge(case, "breach", "属实")
    taken.append(turn(wide, case).actor.login)
    entry = CaseParty.get(CaseParty.case == case).id
    CaseWork(spoken(wide, case)).decide(case, "一次", [Sentence(entry, ("fine",))])
    assert taken == ["ruanyun", "linan", "nidir"]
    assert CaseParty.get(CaseParty.case == case).amount == 200


@pytest.mark.clause("I.4.4.1")
def test_a_fine_for_one_kind_of_case_is_no_fine_for_another(world: World) -> None:
    """I knows 200 yuan for forwarding, and of a leak nothing: neither its amount nor another."""
    wide = build_wider_world("combined", beside=world)
    with writing():
        employ(wide, "ruanyun", "阮运", "combined", ("it",))
    case = Cases(wide.desk("geyuan")).report("combined", "泄露通讯录", "leak")
    under_investigation(wide, case, "leak", "雷钧")
    CaseWork(turn(wide, case)).conclude(case, "属实")
    CaseWork(turn(wide, case)).judge(case, "breach", "属实")
    entry, desk = CaseParty.get(CaseParty.case == case).id, spoken(wide, case)
    assert "fine" not in {rung.id for rung in Cases(desk).one(case).ladder}
    for sentence in (
        Sentence(entry, ("fine",)),
        Sentence(entry, ("fine",), amount=50),
        Sentence(entry, amount=50),
    ):
        with pytest.raises(Refused) as refused:
            CaseWork(desk).decide(case, "一次", [sentence])
        assert refused.value.clause == "I.4.4.1"
        assert "none" in say(refused.value.advice, "en"), "not to punish is a choice"
    CaseWork(desk).decide(case, "不予处分", [Sentence(entry)])
    assert CaseParty.get(CaseParty.case == case).amount == 0


@pytest.fixture
def two_judges(world: World) -> World:
    """The combined book, of which a regulation of its own hears reports and judges by the director too."""
    wide = build_wider_world("combined", beside=world)
    rules = """
reporting = [{ kind = "incident", to = "director", clause = "X.8" }]
discipline = { judge = "director", clause = "X.9" }
"""
    on_record(text(rules, id="second-judge"))
    put_under("combined", "enterprise", "directory-security", "controlled-document", "second-judge")
    with writing():
        employ(wide, "ruanyun", "阮运", "combined", ("it",))
    return wide


@pytest.mark.clause("A.18", "C.12")
def test_what_is_reported_reaches_the_channels_of_all_regulations(two_judges: World) -> None:
    case = Cases(two_judges.desk("geyuan")).report("combined", LEAK)
    for login in ("ruanyun", "nidir"):
        assert [row.id for row in Cases(two_judges.desk(login)).queue()] == [case], login
        (told,) = heard(two_judges.desk(login), "case-reported")
        assert told["clause"] == "A.18, X.8"
    (channel,) = Cases(two_judges.desk("geyuan")).channels()
    assert {"阮运 (IT)", "倪岚 (Admin-HR director)"} <= set(say(channel.who, "en").split(", "))


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("unfounded", "breach", "judged"),
        ("breach", "unfounded", "judged"),
        ("unfounded", "unfounded", "decided"),
    ],
)
def test_the_judges_of_all_regulations_judge_each_by_themselves(
    two_judges: World, first: str, second: str, state: str
) -> None:
    """None swallows another: what one of them finds is sanctioned, by who neither investigated nor judged."""
    case = Cases(two_judges.desk("geyuan")).report("combined", "转发通讯录", "forwarding")
    CaseWork(under_investigation(two_judges, case, "forwarding", "雷钧")).conclude(case, "属实")
    judges = []
    for outcome in (first, second):
        desk = turn(two_judges, case)
        judges.append(desk.actor.login)
        assert CaseFile.get_by_id(case).state == "investigated"
        CaseWork(desk).judge(case, outcome, "已核对")
        assert refused(partial(CaseWork(desk).judge, case, outcome, "再判"))
    assert (judges, CaseFile.get_by_id(case).state) == (["linan", "nidir"], state)
    if state == "judged":
        assert turn(two_judges, case).actor.login == "gaoceo"
    else:
        assert CaseFile.get_by_id(case).outcome == "unfounded"


@pytest.mark.clause("A.18", "E.8")
def test_two_who_investigate_do_so_one_after_the_other(world: World) -> None:
    """IT by A.18, human resources by E.8; the judge has it when both have said what they found."""
    put_under("staff", "enterprise", "company")
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    assert Cases(world.desk("guotao")).one(case).row.turn
    under_investigation(world, case, "leak", "张文")
    CaseWork(world.desk("guotao")).conclude(case, "导出记录一致")
    assert CaseFile.get_by_id(case).state == "investigating"
    hr = turn(world, case)
    assert hr.actor.login in ("liuyang", "zengqing")
    assert heard(hr, "case-reported")
    assert "E.17" in refused(lambda: CaseWork(world.desk("guotao")).conclude(case, "再查")).clause
    CaseWork(hr).conclude(case, "本人承认")
    assert CaseFile.get_by_id(case).state == "investigated"
    assert turn(world, case).actor.login == "helei"


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_who_investigated_reads_the_case_later_and_no_more(world: World, clock: Clock) -> None:
    """Neither the book's audit nor its people are open to them once it is another's turn."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    it = under_investigation(world, case, "leak", "唐雨")
    clock.forward(days=1)
    it = world.desk(it.actor.login)
    CaseWork(it).trail(case)
    CaseWork(it).conclude(case, "属实")
    assert Cases(it).one(case).row.state == "investigated"
    for look in (
        lambda: CaseWork(it).trail(case),
        lambda: CaseWork(it).people(case, "林"),
        lambda: CaseWork(it).note(case, "补充"),
        lambda: CaseWork(it).evidence(case),
    ):
        assert "C.12" in refused(look).clause, "as of judging it"
    assert "C.12" in refused(lambda: CaseWork(it).judge(case, "unfounded", "无据")).clause


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_the_deputy_of_whoever_decided_is_no_second_person(world: World) -> None:
    """An office counts once, whoever decides in it; the holder of another one is asked."""
    with writing():
        employ(world, "cendong", "岑董", "subsidiary", ("director",))
        Grant.create(
            account=world.accounts["dengchao"], role="director", book="subsidiary", capacity="deputy",
            granted_at=clock_now(),
        )  # fmt: skip
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    CaseWork(under_investigation(world, case, "leak", "唐雨")).conclude(case, "属实")
    CaseWork(world.desk("panlong")).judge(case, "breach", "属实")
    spoken(world, case)
    sentence = [Sentence(CaseParty.get(CaseParty.case == case).id, ("downgrade",))]
    for login in ("cendong", "dengchao"):
        assert refused(partial(CaseWork(world.desk(login)).decide, case, "严重", sentence)).clause == SILENT
    manage(world, "subsidiary")
    CaseWork(world.desk("dengchao")).decide(case, "严重", sentence)
    view = Cases(world.desk("panlong")).one(case)
    assert say(view.decided_by[-1], "en") == "邓超 (deputy: Admin-HR director)"
    assert [say(one, "en") for one in view.waits_for] == ["岑总 (Chief executive)"]


@pytest.mark.clause("C.12")
def test_a_case_that_comes_to_wait_for_nobody_is_told_to_who_fills_the_offices(world: World) -> None:
    """Once, by its number alone."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    under_investigation(world, case, "leak", "唐雨")
    judged(world, case)
    Grant.update(revoked_at=clock_now()).where(
        (Grant.book == "subsidiary") & Grant.role.in_(MANAGERS)
    ).execute()
    run(RunnerPlace("host", "test"))
    run(RunnerPlace("host", "test"))
    for login in ("fangmin", "yeqing"):
        (told,) = heard(world.desk(login), "case-stuck")
        assert (told["case"], "C.12" in str(told["clause"])) == (case, True)
    assert last_record("duties.case-stuck").outcome == "done"
    assert not heard(world.desk("tangyu"), "case-stuck")


@pytest.mark.threat(88)
@pytest.mark.clause("C.12")
def test_whom_an_investigator_names_is_told_to_those_who_decide_and_not_to_them(world: World) -> None:
    """Also whom they take off again: naming somebody opens their acts to whoever investigates."""
    Cases(world.desk("zhangwen")).report("staff", "有人转发通讯录")
    case, work = CaseFile.get().id, CaseWork(world.desk("guotao"))
    work.triage(case, "leak", "可以立案")
    work.investigate(case, "开始调查")
    (found,) = work.people(case, "刘洋")
    work.involve(case, found.whom)
    assert heard(world.desk("helei"), "case-involved")
    assert not heard(world.desk("liuyang"), "case-involved")
    notice = next(one for one in world.desk("helei").notices.unread() if one.kind == "case-involved")
    assert "将刘洋列为当事人" in say(describe_notice(notice), "zh_CN")
    work.release(case, CaseParty.get(CaseParty.case == case).id, "无关")
    assert heard(world.desk("helei"), "case-released")


def test_a_whole_name_finds_its_owner_alone(world: World) -> None:
    world.hire("zhangweiming", "张伟明", "研发中心/研发一部")
    case = Cases(world.desk("wangfang")).report("staff", "有人把名单卖了", "leak")
    work = CaseWork(turn(world, case))
    assert [one.name for one in work.people(case, "张伟")] == ["张伟"]
    assert {one.name for one in work.people(case, "张")} >= {"张伟", "张伟明", "张文"}


def test_whoever_may_be_meant_stands_by_how_the_name_is_said_and_leavers_last(world: World) -> None:
    for login, name in (("wangzhu", "王竹"), ("wangbie", "王别"), ("wangan", "王安")):
        world.hire(login, name, "研发中心/研发一部")
    case = Cases(world.desk("zhangwei")).report("staff", "有人把名单卖了", "leak")
    work = CaseWork(turn(world, case))
    assert [one.name for one in work.people(case, "王")][:4] == ["王安", "王别", "王芳", "王竹"]


@pytest.mark.clause("C.12")
@pytest.mark.parametrize("kind", ["leak", ""])
def test_a_judge_gives_back_what_names_nobody(world: World, kind: str) -> None:
    """To those who investigate, or sort it out first; the judge still judges it then."""
    case = Cases(world.desk("wangfang")).report("staff", "有人把名单卖了")
    if kind:
        CaseWork(turn(world, case)).triage(case, kind, "立案")
    while CaseFile.get_by_id(case).state != "investigated":
        CaseWork(turn(world, case)).conclude(case, "没有查到是谁")
    judge = turn(world, case)
    with pytest.raises(Invalid):
        CaseWork(judge).judge(case, "breach", "属实")
    assert "investigate" in Cases(judge).one(case).steps
    CaseWork(judge).investigate(case, "请补查是谁")
    row = CaseFile.get_by_id(case)
    assert (row.state, row.concluded) == ("investigating" if kind else "reported", 0)
    assert refused(lambda: CaseWork(judge).judge(case, "unfounded", "没有"))
    if not kind:
        assert heard(turn(world, case), "case-reported")[0]["case"] == case
        CaseWork(turn(world, case)).triage(case, "leak", "立案")
        CaseWork(turn(world, case)).investigate(case, "开始")
    desk = turn(world, case)
    CaseWork(desk).involve(case, found(desk, case, "张文"))
    while CaseFile.get_by_id(case).state != "investigated":
        CaseWork(turn(world, case)).conclude(case, "是张文")
    assert turn(world, case).actor.login == judge.actor.login
    CaseWork(turn(world, case)).judge(case, "breach", "属实")


@pytest.mark.threat(88)
@pytest.mark.clause("C.12")
@pytest.mark.parametrize("office", ["security", "chief-executive"])
def test_nobody_bars_all_who_judge_or_decide_by_naming_their_office(world: World, office: str) -> None:
    Cases(world.desk("zhangwen")).report("staff", "有人转发通讯录")
    case, work = CaseFile.get().id, CaseWork(world.desk("guotao"))
    work.triage(case, "leak", "可以立案")
    work.investigate(case, "开始调查")
    with pytest.raises(Refused) as refusal:
        work.involve(case, f"office:{office}")
    assert "逐一写明" in say(refusal.value.advice, "zh_CN")
    assert not CaseParty.select().exists()
