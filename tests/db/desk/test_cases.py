"""Cases from the report to the closure: who handles them, who may not, the ladder, fines, who hears what."""

from __future__ import annotations

import json
from functools import partial

import pytest

from db.desk import Invalid
from db.desk.audit.audit import AuditFilter
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.editions.editions import Editions
from db.desk.refusal import SILENT
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import AuditRecord, CaseFile, CaseParty, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import (
    decided,
    found,
    heard,
    judged,
    name_of,
    party,
    sentenced,
    turn,
    under_investigation,
)
from tests.db.desk.reviewing import last_record, refused
from tests.editions_world import assistant, build_editions_world
from tests.wider_world import build_wider_world
from tests.world import World

LEAK = "看到有人把通讯录发到群里"
BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


KINDS = [
    ("staff", "zhangwei", "guotao", "unlawful", "A.16"),
    ("staff", "zhangwei", "guotao", "leak", "A.18"),
    ("staff", "zhangwei", "guotao", "forwarding", "A.19"),
    ("safety", "dingyi", "kangle", "late", "B.7.2"),
    ("safety", "dingyi", "kangle", "wrong-data", "B.7.2"),
    ("subsidiary", "tangyu", "panlong", "leak", "C.9.1"),
    ("class", "shilaoshi", "yanlaoshi", "commercial-use", "D.6"),
    ("class", "shilaoshi", "yanlaoshi", "harassment", "D.7"),
    ("class", "shilaoshi", "yanlaoshi", "privacy", "D.10"),
    ("group", "majun", "luoyan", "leak", "E.8"),
    ("group", "majun", "luoyan", "harassment", "E.9"),
    ("group", "majun", "luoyan", "commercial-use", "E.11"),
    ("general", "lunan", "yuhr", "misuse", "F.6.1"),
    ("wecom", "shuqi", "xuhr", "leak", "G.6.1"),
    ("wecom", "shuqi", "xuhr", "marketing", "G.6.2"),
    ("wecom", "shuqi", "xuhr", "bad-content", "G.6.3"),
    ("wecom", "shuqi", "xuhr", "private-chat", "G.6.4"),
    ("secured", "qinyu", "xinan", "tampering", "H.3.3"),
    ("secured", "qinyu", "xinan", "leak", "H.5.2"),
]


@pytest.mark.clause(
    "A.16", "A.18", "A.19", "B.7.2", "C.9.1", "D.6", "D.7", "D.10", "E.8", "E.9", "E.11", "F.6.1", "G.6.1",
    "G.6.2", "G.6.3", "G.6.4", "H.3.3", "H.5.2",
)  # fmt: skip
@pytest.mark.parametrize(("book", "reporter", "handler", "kind", "clause"), KINDS)
def test_a_breach_of_any_kind_goes_to_whom_the_policy_names(
    wide: World, book: str, reporter: str, handler: str, kind: str, clause: str
) -> None:
    """Reported by anybody of the book, it waits for its handler with its clause, and for nobody else."""
    desk = wide.desk(reporter)
    channel = next(one for one in Cases(desk).channels() if one.book == book)
    told = next(one for one in channel.kinds if one.id == kind)
    assert clause in told.clause
    case = Cases(desk).report(book, LEAK, kind)
    record = last_record("cases.report")
    assert (record.outcome, record.book, record.account) == ("done", book, wide.accounts[reporter])
    assert clause in record.clause
    waiting = wide.desk(handler)
    (row,) = [one for one in Cases(waiting).queue() if one.id == case]
    assert say(told.who, "en") == ", ".join(say(one, "en") for one in Cases(waiting).one(case).waits_for)
    assert (row.state, row.kind) == ("reported", kind)
    assert clause in row.clause
    assert [one["case"] for one in heard(waiting, "case-reported")] == [case]
    assert [one.kind for one in waiting.tasks.mine().rows if one.kind == "case"] == ["case"]
    assert Cases(desk).queue() == ()
    assert refused(lambda: Cases(desk).one(case)).clause == "default"
    assert [one.id for one in Cases(desk).mine()] == [case]


@pytest.mark.clause("A.18")
def test_a_report_goes_through_its_states_with_a_note_on_each_step(world: World, clock: Clock) -> None:
    """IT sorts it out and investigates, security judges, IT closes; no step is left out or goes back."""
    case = Cases(world.desk("zhangwei")).report("staff", LEAK)
    it, security = world.desk("guotao"), partial(world.desk, "helei")
    assert refused(lambda: CaseWork(it).investigate(case, "先查")).clause == SILENT
    with pytest.raises(Invalid):
        CaseWork(it).triage(case, "leak", "  ")
    with pytest.raises(Invalid):
        CaseWork(it).triage(case, "no-such-kind", "立案")
    under_investigation(world, case, "leak", "张文")
    assert refused(lambda: CaseWork(it).judge(case, "breach", "属实")).clause == SILENT
    CaseWork(it).conclude(case, "确由其转发")
    with pytest.raises(Invalid):
        CaseWork(security()).judge(case, "corrected", "属实")
    CaseWork(security()).judge(case, "breach", "属实，已谈话")  # A has no ladder, so nothing more is decided
    entry = f"entry:{world.entry('zhangwen')}"
    assert refused(lambda: CaseWork(it).involve(case, entry)).clause == SILENT
    CaseWork(it).close(case, "已通报本人")
    view = Cases(it).one(case)
    assert (view.row.state, view.row.outcome) == ("closed", "breach")
    words = [line.word for line in view.history]
    assert {"可以立案", "开始调查", "确由其转发", "属实，已谈话", "已通报本人"} <= set(words)
    assert [one["outcome_en"] for one in heard(world.desk("zhangwei"), "case-outcome")] == ["breach found"]
    assert not Task.select().where((Task.kind == "case") & (Task.state == "open")).exists()
    assert refused(lambda: CaseWork(it).close(case, "再次")).clause


@pytest.mark.clause("A.18")
def test_reports_are_sorted_out_within_the_policys_days(world: World, clock: Clock) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", LEAK)
    clock.forward(days=4)
    run(RunnerPlace("host", "test"))
    it = world.desk("guotao")
    assert [one.task for one in it.notices.unread() if one.kind == "duty-overdue"]
    CaseWork(it).triage(case, "leak", "立案")
    task = Task.get(Task.duty == f"case:{case}:first")
    assert (task.state, task.late) == ("done", 3)
    assert Task.get(Task.duty == f"case:{case}:last").state == "open"


@pytest.mark.clause("A.18")
def test_what_is_reported_is_sealed_and_shown_to_nobody_else(world: World) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", LEAK)
    row = CaseFile.get_by_id(case)
    assert LEAK.encode() not in bytes(row.words)
    assert Cases(world.desk("guotao")).one(case).words == LEAK
    for login in ("wangfang", "liuyang", "helei"):
        desk = world.desk(login)
        assert [one.id for one in Cases(desk).queue()] == []
        foreign, none = (refused(partial(Cases(desk).one, number)) for number in (case, 99))
        assert say(foreign.message, "en") == say(none.message, "en")
    with pytest.raises(Invalid):
        Cases(world.desk("zhangwei")).report("staff", " ")
    assert refused(lambda: Cases(world.desk("tangyu")).report("staff", LEAK)).clause == "default"


LADDERS = [
    ("safety", "dingyi", "late", "牛二", ("circulated-criticism",), "B.7.2"),
    ("subsidiary", "xuning", "leak", "唐雨", ("warning", "circulated-criticism"), "C.12"),
    ("subsidiary", "xuning", "leak", "唐雨", ("termination",), "C.12"),
    ("subsidiary", "xuning", "leak", "唐雨", ("legal-action",), "C.13"),
    ("group", "majun", "harassment", "黄博", ("demerit",), "E.17"),
    ("group", "majun", "leak", "黄博", ("legal-action",), "E.18"),
    ("wecom", "shuqi", "marketing", "毛晓", ("dismissal",), "G.8"),
    ("secured", "shibu", "leak", "秦玉", ("demotion",), "H.7"),
]


@pytest.mark.clause("B.7.2", "C.12", "C.13", "E.17", "E.18", "G.8", "H.7")
@pytest.mark.parametrize(("book", "reporter", "kind", "whom", "sanctions", "clause"), LADDERS)
def test_the_books_ladder_decides_and_the_person_hears_it_with_the_clause(
    wide: World, book: str, reporter: str, kind: str, whom: str, sanctions: tuple[str, ...], clause: str
) -> None:
    case = Cases(wide.desk(reporter)).report(book, LEAK, kind)
    desk = decided(wide, case, kind, whom, *sanctions)
    party = CaseParty.get(CaseParty.case == case)
    assert party.sanctions.split(",") == list(sanctions)
    assert party.clause == clause
    rungs = [policy_of(book).rung(one) for one in sanctions]
    by_two = any(rung.severity >= policy_of(book).discipline.second_from for rung in rungs)
    record = last_record("casework.confirm" if by_two else "casework.decide")
    assert (record.outcome, record.clause) == ("done", clause)
    login = next(login for login in wide.people if login != reporter and name_of(wide, login) == whom)
    (told,) = heard(wide.desk(login), "case-verdict")
    assert told["clause"] == clause
    assert Cases(desk).one(case).parties[0].sanctions


@pytest.mark.clause("G.8", "H.7")
def test_a_rung_of_another_ladder_is_not_to_be_had(wide: World) -> None:
    case = Cases(wide.desk("shuqi")).report("wecom", LEAK, "leak")
    under_investigation(wide, case, "leak", "毛晓")
    desk = judged(wide, case)
    with pytest.raises(Invalid):
        CaseWork(desk).decide(case, "属实", [Sentence(party(case, "毛晓"), ("removal",))])
    with pytest.raises(Invalid):
        CaseWork(desk).decide(case, "属实", [])
    assert CaseParty.get(CaseParty.case == case).sanctions == ""
    assert CaseFile.get_by_id(case).state == "judged"


@pytest.mark.clause("B.7.2")
def test_criticism_is_circulated_and_a_fine_without_a_tariff_is_named(wide: World) -> None:
    """The department hears it, and who decides says how much; a second confirms that it was twice."""
    case = Cases(wide.desk("dingyi")).report("safety", "两次迟报", "late")
    under_investigation(wide, case, "late", "任和")
    desk = judged(wide, case)
    entry = party(case, "任和")
    with pytest.raises(Invalid):
        CaseWork(desk).decide(case, "属实", [Sentence(entry, ("fine",))])
    with pytest.raises(Invalid) as beyond:
        CaseWork(desk).decide(case, "属实", [Sentence(entry, ("fine",), 1000, 9_000_000)])
    assert "10000000 at most" in say(beyond.value.problems[0].message, "en")
    sentence = Sentence(entry, ("circulated-criticism", "fine"), occurrences=2, amount=50)
    CaseWork(desk).decide(case, "属实", [sentence])
    CaseWork(turn(wide, case)).confirm(case, True, "同意")
    (told,) = heard(wide.desk("renhe"), "case-verdict")
    assert (told["amount"], told["occurrences"], told["currency"]) == (100, 2, "CNY")
    assert heard(wide.desk("renhe"), "case-circulated") == []


@pytest.mark.clause("C.12")
@pytest.mark.parametrize(
    ("book", "reporter", "kind", "whom", "sanction", "clause"),
    [
        ("subsidiary", "xuning", "leak", "唐雨", "warning", "C.12, C.13"),
        ("safety", "dingyi", "late", "任和", "circulated-criticism", "B.7.2"),
        ("combined", "geyuan", "forwarding", "雷钧", "fine", "I.4.4.1"),
    ],
)
def test_a_fine_that_would_come_to_nothing_is_refused_by_its_clause(
    wide: World, book: str, reporter: str, kind: str, whom: str, sanction: str, clause: str
) -> None:
    """Of a ladder without one, without deciding one, and of another amount than the regulation's."""
    if book == "combined":
        build_wider_world("combined", beside=wide)
    case = Cases(wide.desk(reporter)).report(book, "外传名册", kind)
    under_investigation(wide, case, kind, whom)
    desk = judged(wide, case)
    entry = party(case, whom)
    refusal = refused(lambda: CaseWork(desk).decide(case, "属实", [Sentence(entry, (sanction,), amount=77)]))
    assert refusal.clause == clause
    assert CaseFile.get_by_id(case).state == "judged"


@pytest.mark.clause("C.12")
def test_a_united_ladder_has_the_rungs_of_all_regulations(world: World) -> None:
    wide = build_wider_world("combined", beside=world)
    case = Cases(wide.desk("geyuan")).report("combined", "转发通讯录", "forwarding")
    handler = wide.desk("tianhr")
    rungs = Cases(handler).one(case).ladder
    assert [one.id for one in rungs][:3] == ["warning", "circulated-criticism", "fine"]
    assert {clause for one in rungs for clause in one.clause.split(", ")} == {"C.12", "C.13", "I.4.4.1"}


@pytest.mark.clause("A.19", "I.4.4.1")
def test_a_found_copy_becomes_a_case_with_a_fine_for_each_time(world: World, clock: Clock) -> None:
    """The number on it is enough: the recipient is the person concerned, and each copy counts 200 yuan."""
    build_editions_world(world)
    first = Editions(assistant(world)).issue("controlled", "internal").id
    copies = {row.name: row.number for row in Editions(assistant(world)).copies(first)}
    clock.forward(days=7)
    second = Editions(assistant(world)).issue("controlled", "internal").id
    again = {row.name: row.number for row in Editions(assistant(world)).copies(second)}
    reporter = world.desk("xiepi")
    case = Cases(reporter).report("controlled", "打印室里找到", "forwarding", copies["陶军"])
    assert "陶军" not in json.dumps([str(one) for one in Cases(reporter).mine()], ensure_ascii=False)
    desk = world.desk("fengdir")
    (party,) = Cases(desk).one(case).parties
    assert (party.name, party.copies) == ("陶军", 1)
    CaseWork(desk).triage(case, "forwarding", "确为其副本")
    investigator = turn(world, case)
    CaseWork(investigator).investigate(case, "又找到一份")
    CaseWork(investigator).attach(case, "copy", again["陶军"])
    (party,) = Cases(desk).one(case).parties
    assert party.copies == 2
    judged(world, case)
    sentenced(world, case, Sentence(party.id, ("fine",), party.copies))
    decided_on = CaseParty.get(CaseParty.case == case)
    assert (decided_on.amount, decided_on.currency, decided_on.clause) == (400, "CNY", "I.4.4.1")
    (told,) = heard(world.desk("taojs"), "case-verdict")
    assert (told["amount"], told["occurrences"], told["clause"]) == (400, 2, "I.4.4.1")
    later = Cases(reporter).report("controlled", "又一次", "forwarding", copies["陶军"])
    (party,) = Cases(world.desk("fengdir")).one(later).parties
    assert (party.earlier, party.earlier_amount) == (2, 400)


@pytest.mark.clause("I.4.4.1")
def test_a_number_that_no_copy_of_the_book_bears_is_said_at_once(world: World) -> None:
    """It may be mistyped; whoever can't read it leaves it out. Of another book's copies nothing is told."""
    build_editions_world(world)
    issue = Editions(assistant(world)).issue("controlled", "internal").id
    number = Editions(assistant(world)).copies(issue)[0].number
    said = set()
    for login, book, wrong in (
        ("xiepi", "controlled", "C0099-001"),
        ("xiepi", "controlled", "看不清"),
        ("zhangwei", "staff", number),
    ):
        with pytest.raises(Invalid) as caught:
            Cases(world.desk(login)).report(book, "打印室里找到", copy=wrong)
        said |= {(problem.field, say(problem.message, "en")) for problem in caught.value.problems}
    ((field, _message),) = said
    assert field == "copy"
    assert Cases(world.desk("xiepi")).report("controlled", "打印室里找到", copy=number.lower())


@pytest.mark.threat(18)
@pytest.mark.clause("A.18", "C.12")
def test_a_reporter_follows_a_case_without_learning_whom_it_is_about(world: World) -> None:
    """Nor the grounds, nor who works on it; and whom it is about sees what is theirs alone."""
    case = Cases(world.desk("xuning")).report("subsidiary", LEAK, "leak")
    assert refused(lambda: Cases(world.desk("tangyu")).own(case)).clause == "default"
    under_investigation(world, case, "leak", "唐雨", "林晓")
    assert refused(lambda: Cases(world.desk("tangyu")).own(case)).clause == "default"
    judged(world, case)
    sentences = [
        Sentence(party(case, "唐雨"), ("warning",)),
        Sentence(party(case, "林晓"), ("termination",)),
    ]
    assert Cases(world.desk("xuning")).own(case).row.state == "investigating", (
        "how far it is inside stays there"
    )
    sentenced(world, case, *sentences, word="唐雨当众承认")
    own = Cases(world.desk("xuning")).own(case)
    assert (own.words, own.row.outcome, own.verdicts) == (LEAK, "breach", ())
    for name in ("唐雨", "林晓", "潘龙", "承认"):
        assert name not in repr(own)
    about_me = Cases(world.desk("tangyu")).own(case)
    (verdict,) = about_me.verdicts
    assert ([rung.en for rung in verdict.sanctions], verdict.clause) == (["Warning"], "C.12")
    assert (about_me.words, about_me.answer) == ("", "")
    for name in ("林晓", "许宁", LEAK, "承认"):
        assert name not in repr(about_me)


@pytest.mark.threat(18)
@pytest.mark.clause("A.18")
def test_who_is_told_of_a_late_case_learns_what_it_is_about_only_if_it_is_theirs(
    world: World, clock: Clock
) -> None:
    """A handler reads the kind on Today; above them, where a person concerned may be, there is a number."""
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    kind = say(Cases(world.desk("guotao")).one(case).row.kind_label, "zh_CN")
    (task,) = [one for one in world.desk("guotao").tasks.mine().rows if one.kind == "case"]
    assert say(task.about, "zh_CN") == f"#{case} {kind} · 已报告"
    clock.forward(days=4)
    run(RunnerPlace("host", "test"))
    for login in world.accounts:
        for one in world.desk(login).notices.unread():
            if one.kind in ("duty-overdue", "duty-escalated") and f"#{case}" in say(one.task, "zh_CN"):
                assert (kind in say(one.task, "zh_CN")) == (login == "guotao"), login


@pytest.mark.clause("A.18", "C.6")
def test_the_trail_is_of_the_persons_concerned_and_of_this_book(world: World, clock: Clock) -> None:
    """Who handles the case sees their acts in it and attaches them by number; nothing of anybody else."""
    culprit = world.desk("zhangwei")
    culprit.directory.reveal(world.entry("zhangwen"), "mobile", "work")
    seen = last_record("directory.reveal").seq
    culprit.directory.settled("group", "谢")
    elsewhere = last_record("directory.settled").seq
    world.desk("zhengwei").directory.settled("staff", "张")
    others = last_record("directory.settled").seq
    case = Cases(world.desk("zhengwei")).report("staff", LEAK, "leak")
    it = world.desk("guotao")
    under_investigation(world, case, "leak")
    assert CaseWork(it).trail(case) == ()
    CaseWork(it).involve(case, found(it, case, "张伟"))
    clock.forward(days=1)
    it = world.desk("guotao")
    numbers = [row.seq for row in CaseWork(it).trail(case)]
    assert seen in numbers
    assert not {elsewhere, others} & set(numbers)
    CaseWork(it).attach(case, "audit", str(seen))
    for number in (others, elsewhere, 0, "x"):
        with pytest.raises(Invalid):
            CaseWork(it).attach(case, "audit", str(number))
    with pytest.raises(Invalid):
        CaseWork(it).attach(case, "audit", str(seen))
    (attached,) = Cases(it).one(case).attached
    assert attached.record is not None
    assert (attached.number, attached.record.who) == (str(seen), "张伟")
    assert refused(lambda: it.audit.window(AuditFilter())).clause


@pytest.mark.clause("A.18")
def test_a_file_of_evidence_is_opened_by_who_handles_the_case_and_stays(world: World) -> None:
    it = world.desk("guotao")
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    file = it.evidence.add("截图.txt", "群聊记录".encode())
    CaseWork(it).attach(case, "file", file.id)
    assert refused(lambda: it.evidence.remove(file.id)).clause == "default"
    CaseWork(it).triage(case, "leak", "立案")
    CaseWork(it).involve(case, found(it, case, "郭涛"))  # from here on it is human resources' case
    assert world.desk("liuyang").evidence.open(file.id) == "群聊记录".encode()
    assert refused(lambda: world.desk("wangfang").evidence.open(file.id)).clause == "default"


@pytest.mark.clause("A.18")
def test_a_report_that_comes_to_nothing_is_decided_as_unfounded(world: World) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", "可能是误会")
    it = world.desk("guotao")
    CaseWork(it).conclude(case, "核对后没有外泄")
    with pytest.raises(Invalid):
        CaseWork(world.desk("helei")).judge(case, "breach", "属实")
    CaseWork(world.desk("helei")).judge(case, "unfounded", "没有外泄")
    (told,) = heard(world.desk("zhangwei"), "case-outcome")
    assert (told["kind_en"], told["outcome_en"]) == ("report of a breach", "no breach")
    CaseWork(it).close(case, "归档")
    assert CaseFile.get_by_id(case).state == "closed"


@pytest.mark.clause("A.18")
def test_a_wrongly_named_person_is_taken_off_with_a_word(world: World) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", LEAK, "leak")
    it = world.desk("guotao")
    entry = found(it, case, "张文")
    CaseWork(it).involve(case, entry)
    with pytest.raises(Invalid):
        CaseWork(it).involve(case, entry)
    with pytest.raises(Invalid):
        CaseWork(it).involve(case, f"entry:{world.entry('tangyu', 'subsidiary')}")
    with pytest.raises(Invalid):
        CaseWork(it).release(case, party(case, "张文"), "")
    CaseWork(it).release(case, party(case, "张文"), "同名误报")
    assert Cases(it).one(case).parties == ()
    CaseWork(it).note(case, "继续查")
    assert Cases(it).one(case).history[-1].word == "继续查"


def everything_recorded() -> set[str]:
    return {row.act for row in AuditRecord.select(AuditRecord.act)}


@pytest.mark.clause("A.18", "A.5")
def test_every_step_is_in_the_audit_without_naming_whom_it_is_about(world: World) -> None:
    case = Cases(world.desk("zhangwei")).report("staff", LEAK)
    decided(world, case, "leak", "张文")
    steps = ("triage", "involve", "investigate", "conclude", "judge")
    assert {f"casework.{step}" for step in steps} <= everything_recorded()
    with writing():
        about = AuditRecord.select().where(
            AuditRecord.act.startswith("casework") & AuditRecord.entry.is_null(False)
        )
        assert not about.exists()


@pytest.mark.clause("I.4.4.1")
@pytest.mark.parametrize("amount", [0, 100, -200])
def test_an_amount_that_a_regulation_states_is_never_overruled_in_silence(world: World, amount: int) -> None:
    """Nought is an amount: it was said, and the fine of the clause is not put in its place."""
    build_editions_world(world)
    case = Cases(world.desk("xiepi")).report("controlled", "转发通讯录", "forwarding")
    under_investigation(world, case, "forwarding", "陶军")
    desk = judged(world, case)
    entry = party(case, "陶军")
    refusal = refused(lambda: CaseWork(desk).decide(case, "初犯", [Sentence(entry, ("fine",), 1, amount)]))
    assert refusal.clause == "I.4.4.1"
    assert "不予处罚" in say(refusal.advice, "zh_CN")
    assert CaseFile.get_by_id(case).state == "judged"


@pytest.mark.clause("B.7.2")
def test_not_to_punish_is_a_decision_and_told_as_one(wide: World) -> None:
    case = Cases(wide.desk("dingyi")).report("safety", "两次迟报", "late")
    under_investigation(wide, case, "late", "任和")
    desk = judged(wide, case)
    entry = party(case, "任和")
    for naught in (0, 30):
        refusal = refused(partial(CaseWork(desk).decide, case, "首次", [Sentence(entry, amount=naught)]))
        assert refusal.clause == "B.7.2", "an amount without a fine"
    with pytest.raises(Invalid):
        CaseWork(desk).decide(case, "首次", [Sentence(entry, ("fine",), amount=0)])
    CaseWork(desk).decide(case, "首次，已补报", [Sentence(entry)])
    (told,) = heard(wide.desk("renhe"), "case-verdict")
    assert (told["outcome_zh"], told["outcome_en"]) == ("不予处罚", "not punished")
    (verdict,) = Cases(wide.desk("renhe")).own(case).verdicts
    assert (verdict.unpunished, verdict.sanctions) == (True, ())
    assert verdict.clause == "default", "no clause says not to punish"
