"""Before a sanction and after it: who is heard, what is circulated when and to whom, what is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from db.desk.cases.appeals import appeal_until
from db.desk.cases.carrying import case_gap
from db.desk.cases.cases import Cases
from db.desk.cases.circulating import circulate_decision
from db.desk.cases.hearing import hearing_until
from db.desk.cases.parties import parties_of, party_name, written_name
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.due_dates import Due
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store import clock as store_clock
from db.store.personal import blank_person
from db.store.tables import CalendarChange, CalendarDay, CaseFile, CaseParty, Entry, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import (
    decided,
    heard,
    manage,
    party,
    turn,
    under_investigation,
)
from tests.db.desk.reviewing import last_record, refused
from tests.world import World

BOOKS_OF = {"wide": ("safety", "class", "secured")}
PLACE = RunnerPlace("host", "host:test")


@pytest.fixture
def wide(world: World) -> World:
    return world


def reported(world: World, *concerned: str) -> int:
    """A leak in which a breach by ``concerned`` was found, and nothing decided yet."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    desk = under_investigation(world, case, "leak", *concerned)
    CaseWork(desk).conclude(case, "调查结束")
    manage(world, "subsidiary")
    CaseWork(turn(world, case)).judge(case, "breach", "属实")
    return case


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_whoever_it_is_about_is_heard_before_the_sanction(world: World, clock: Clock) -> None:
    """They are told, see that it is about them, and speak; the decider reads it. Cited as a default rule."""
    case = reported(world, "唐雨")
    person = world.desk("tangyu")
    (told,) = heard(person, "case-hearing")
    (row,) = Cases(person).mine()
    assert (told["clause"], row.state, row.due and row.due.day) == ("default", "judged", told["until"])
    director = turn(world, case)
    sentence = [Sentence(party(case, "唐雨"), ("warning",))]
    assert (Cases(person).own(case).finding, Cases(world.desk("xuning")).own(case).finding) == ("属实", "")
    refusal = refused(partial(CaseWork(director).decide, case, "属实", sentence))
    assert (refusal.clause, str(told["until"]) in say(refusal.advice, "en")) == ("default", True)
    assert refused(lambda: Cases(world.desk("linxiao")).state(case, "与我无关")).clause == "default"
    assert refused(lambda: Cases(world.desk("xuning")).state(case, "我是报告人")).clause == "default"
    Cases(person).state(case, "是按部门经理要求发送的")
    assert refused(lambda: Cases(person).state(case, "再说一次")).clause == "default"
    (view,) = Cases(director).one(case).parties
    assert view.statement == "是按部门经理要求发送的"
    assert "statement" not in Cases(director).one(case).steps, "all have spoken"
    assert "按部门经理".encode() not in bytes(CaseParty.get().statement or b"")
    CaseWork(director).decide(case, "属实", sentence)
    assert heard(person, "case-verdict")
    assert Cases(person).own(case).statement == "是按部门经理要求发送的"
    assert refused(lambda: Cases(person).state(case, "已裁定")).clause == "default"


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "B.7.2", "C.12")
def test_what_is_noted_after_the_hearing_is_said_to_be_unheard_and_can_be_put_to_them(
    world: World, clock: Clock
) -> None:
    """The decider reads that, and has it put: they read it, have their days again, and what they said
    before stays. Nobody else of those who work on it puts anything to them."""
    case = reported(world, "唐雨")
    person, director = world.desk("tangyu"), turn(world, case)
    Cases(person).state(case, "是按部门经理要求发送的")
    assert Cases(director).one(case).unheard == ()
    clock.forward(days=1)
    investigator = world.desk("panlong")
    CaseWork(investigator).note(case, "外发名单中有身份证号")
    (when,) = Cases(director).one(case).unheard
    assert when.startswith("2026-11-24")
    assert Cases(person).own(case).finding == "属实", "a note is for those who handle the case"
    assert refused(lambda: CaseWork(investigator).note(case, "外发名单中有身份证号", put=True)).clause
    CaseWork(director).note(case, "名单里有身份证号，请说明", put=True)
    assert Cases(director).one(case).unheard == ()
    assert len(heard(person, "case-hearing")) == 2
    assert Cases(person).own(case).finding == "属实 / 名单里有身份证号，请说明"
    sentence = [Sentence(party(case, "唐雨"), ("warning",))]
    assert refused(partial(CaseWork(director).decide, case, "属实", sentence)).clause == "default"
    CaseWork(director).statement(case, party(case, "唐雨"), "电话里说不知情")
    Cases(person).state(case, "身份证号不是我加的")
    (view,) = Cases(director).one(case).parties
    assert view.statement == "是按部门经理要求发送的 / 身份证号不是我加的", (
        "their own word replaces the other"
    )
    CaseWork(director).decide(case, "属实", sentence)


@pytest.mark.clause("C.12")
def test_who_says_nothing_in_time_is_decided_about(world: World, clock: Clock) -> None:
    case = reported(world, "唐雨")
    sentence = [Sentence(party(case, "唐雨"), ("warning",))]
    decide = partial(CaseWork(turn(world, case)).decide, case, "属实", sentence)
    clock.forward(days=3)
    assert refused(decide).clause == "default", "the last of three working days"
    clock.forward(days=3)
    assert refused(lambda: Cases(world.desk("tangyu")).state(case, "晚了")).clause == "default"
    decide()


@pytest.mark.clause("C.12")
def test_who_has_no_account_is_heard_outside_and_it_is_written_down(world: World, clock: Clock) -> None:
    """Silence of somebody who could not be told is no hearing."""
    case = reported(world, "唐雨", "吴昊")
    clock.forward(days=30)
    sentences = [Sentence(party(case, name), ("warning",)) for name in ("唐雨", "吴昊")]
    director = turn(world, case)
    refusal = refused(partial(CaseWork(director).decide, case, "属实", sentences))
    assert "吴昊" in say(refusal.message, "zh_CN")
    assert "唐雨" not in say(refusal.message, "zh_CN"), "whose time is over"
    CaseWork(director).statement(case, party(case, "吴昊"), "本人承认，系误操作")
    assert last_record("casework.statement").outcome == "done"
    CaseWork(director).decide(case, "属实", sentences)


@pytest.mark.clause("C.12")
def test_a_case_judged_by_an_earlier_version_asks_at_the_next_run(world: World) -> None:
    case = reported(world, "唐雨")
    CaseParty.update(asked_at=None).execute()
    assert refused(
        lambda: CaseWork(turn(world, case)).decide(
            case, "属实", [Sentence(party(case, "唐雨"), ("warning",))]
        )
    )
    run(PLACE)
    assert len(heard(world.desk("tangyu"), "case-hearing")) == 2


@pytest.mark.threat(18)
@pytest.mark.clause("B.7.2", "C.12")
@pytest.mark.parametrize("appealed", [False, True])
def test_criticism_is_circulated_when_it_is_final(world: World, clock: Clock, appealed: bool) -> None:
    """Not before the time to appeal is over, nor before an appeal is decided; never one that was lifted."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    colleague = world.desk("linxiao")
    clock.forward(days=5)
    run(PLACE)
    assert heard(colleague, "case-circulated") == []
    if appealed:
        Cases(world.desk("tangyu")).appeal(case, "不服")
    clock.forward(days=30)
    run(PLACE)
    assert len(heard(colleague, "case-circulated")) == (0 if appealed else 1)
    if appealed:
        CaseWork(turn(world, case)).hear(case, party(case, "唐雨"), "lifted", "证据不足")
        run(PLACE)
        assert heard(colleague, "case-circulated") == heard(colleague, "case-uncirculated") == []
    run(PLACE)
    assert len(heard(colleague, "case-circulated")) == (0 if appealed else 1), "once"


@pytest.mark.clause("C.12")
def test_criticism_that_an_appeal_upheld_is_circulated_then(world: World) -> None:
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    Cases(world.desk("tangyu")).appeal(case, "不服")
    CaseWork(turn(world, case)).hear(case, party(case, "唐雨"), "upheld", "维持")
    assert len(heard(world.desk("linxiao"), "case-circulated")) == 1


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_what_was_circulated_is_taken_back_as_widely(world: World) -> None:
    """From all who heard it, also who has moved since: an earlier version circulated at once."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    with writing():
        told = circulate_decision(CaseParty.get(CaseParty.case == case))
    Cases(world.desk("tangyu")).appeal(case, "不服")
    milder = Sentence(party(case, "唐雨"), ("warning",))
    CaseWork(turn(world, case)).hear(case, milder.party, "changed", "证据不足", milder)
    (back,) = heard(world.desk("linxiao"), "case-uncirculated")
    assert back["case"] == case
    assert told > 0


@pytest.mark.threat(18)
@pytest.mark.clause("C.12")
def test_what_is_lifted_when_it_is_opened_again_is_taken_back_as_widely(world: World, clock: Clock) -> None:
    """Long after it was final, by another office; what stays is not circulated before its time."""
    case = Cases(world.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(world, case, "leak", "唐雨", "circulated-criticism")
    whom, colleague = party(case, "唐雨"), world.desk("linxiao")
    CaseWork(world.desk("cenzong")).reopen(case, whom, "先核实")
    CaseWork(turn(world, case)).hear(case, whom, "upheld", "属实")
    assert heard(colleague, "case-circulated") == []
    clock.forward(days=60)
    run(PLACE)
    assert len(heard(colleague, "case-circulated")) == 1
    CaseWork(world.desk("cenzong")).reopen(case, whom, "另有其人")
    assert heard(colleague, "case-uncirculated") == []
    CaseWork(turn(world, case)).hear(case, whom, "lifted", "另有其人")
    assert len(heard(colleague, "case-uncirculated")) == 1
    run(PLACE)
    assert len(heard(colleague, "case-circulated")) == 1, "never again"


@pytest.mark.clause("B.7.2")
def test_the_policy_names_whom_a_criticism_reaches(wide: World, clock: Clock) -> None:
    """Under B everybody of the book: a department has one officer, whom nobody would hear of."""
    case = Cases(wide.desk("dingyi")).report("safety", "两次迟报", "late")
    decided(wide, case, "late", "任和", "circulated-criticism")
    clock.forward(days=30)
    run(PLACE)
    assert len(heard(wide.desk("weiguo"), "case-circulated")) == 1
    assert heard(wide.desk("renhe"), "case-circulated") == []


@pytest.mark.clause("D.11.2")
def test_who_stands_in_for_the_judge_carries_a_case_too(wide: World) -> None:
    """The deputy judges what the school investigated, so nobody is said to be missing."""
    assert case_gap("class") is None
    with writing():
        Grant.delete().where((Grant.book == "class") & (Grant.role != "school")).execute()
    gap = case_gap("class")
    assert gap is not None
    assert gap.step == "judge"


@pytest.mark.clause("C.12")
def test_a_book_whose_offices_cannot_carry_a_case_says_so(world: World) -> None:
    """Director and chief executive do, as a meeting decides the appeal; a director alone confirms nothing."""
    manage(world, "subsidiary")
    assert case_gap("subsidiary") is None
    with writing():
        Grant.delete().where(Grant.role == "chief-executive").execute()
    gap = Cases(world.desk("panlong")).gap("subsidiary")
    assert gap is not None
    assert (gap.step, gap.roles[-1]) == ("confirm", "chief-executive")
    assert Cases(world.desk("linxiao")).gap("subsidiary") is None, (
        "it is for who keeps or supervises the book"
    )
    with writing():
        Grant.delete().where(Grant.role == "director").execute()
    gap = case_gap("subsidiary")
    assert gap is not None
    assert gap.step == "decide"
    assert CaseFile.select().count() == 0


@pytest.mark.threat(108)
def test_who_is_renamed_after_the_report_is_decided_on_by_both_names(world: World) -> None:
    """One hand changes a name (G.3.1), just before the decision: else it is on another name than the case."""
    case = reported(world, "唐雨")
    director = turn(world, case)
    with writing():
        Entry.update(name="唐禹").where(Entry.id == world.entry("tangyu", "subsidiary")).execute()
    (view,) = Cases(director).one(case).parties
    assert [say(view.name, language) for language in ("zh_CN", "en")] == [
        "唐禹（立案时名为唐雨）",
        "唐禹 (唐雨 when the case began)",
    ]
    (row,) = parties_of(CaseFile.get_by_id(case))
    assert written_name(row) == "唐禹（立案时名为唐雨） 唐禹 (唐雨 when the case began)"
    with writing():
        blank_person(world.people["tangyu"])
    (erased,) = parties_of(CaseFile.get_by_id(case))
    assert "唐雨" not in say(party_name(erased), "zh_CN"), "who was erased is a number"


def work_every_day(book: str, first: str, days: int) -> None:
    """Declare days of ``book`` as worked, as two offices may."""
    with writing():
        change = CalendarChange.create(book=book, at=store_clock.now(), account=1, source="", digest=first)
        for number in range(days):
            day = (date.fromisoformat(first) + timedelta(days=number)).isoformat()
            CalendarDay.create(change=change, day=day, kind="workday", name="补班")


def day_of(due: Due | None) -> str:
    assert due is not None
    return due.day


@pytest.mark.threat(109)
def test_nobody_has_fewer_days_to_speak_or_to_appeal_by_days_declared_since(
    world: World, clock: Clock
) -> None:
    """Whoever judges them may be one of the two who declare a weekend as worked."""
    clock.set("2026-11-26T09:00+08:00")
    case = reported(world, "唐雨")
    (one,) = parties_of(CaseFile.get_by_id(case))
    to_speak = hearing_until(one)
    clock.forward(hours=1)
    work_every_day("subsidiary", "2026-11-27", 5)
    assert day_of(hearing_until(one)) == day_of(to_speak)
    clock.set("2026-12-02T09:00+08:00")
    CaseWork(turn(world, case)).decide(case, "属实", [Sentence(party(case, "唐雨"), ("warning",))])
    row = CaseFile.get_by_id(case)
    to_appeal = appeal_until(row)
    clock.forward(hours=1)
    work_every_day("subsidiary", "2026-12-03", 14)
    assert day_of(appeal_until(row)) == day_of(to_appeal)
