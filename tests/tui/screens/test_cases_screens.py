"""Cases through the screens, key by key: from the report to the end, and praise (A.18, B.7.1, C.12)."""

from __future__ import annotations

import re

import pytest

from db.desk.cases import parties
from db.desk.cases.cases import Cases
from db.desk.cases.parties import parties_of, party_name
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.language import Language, say
from db.store.clock import now
from db.store.tables import AuditRecord, CaseAttachment, CaseFile, CaseParty, Commendation, Entry, Grant
from db.store.transactions import writing
from tests.db.desk.casework import heard, judged, under_investigation
from tests.rules import put_under
from tests.tui.plain.running import answered
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.cases_stage import Bureau, bureau
from tests.tui.screens.class_stage import Classroom, school
from tests.tui.screens.stage import press
from tests.wider_world import employ
from tests.world import World
from tui.kit import DataList, TextInput, TextLine
from tui.kit.choosing import Choose
from tui.kit.refusal import Refusal
from tui.screens.cases.card import CaseCard
from tui.screens.cases.cases import CasesScreen
from tui.screens.cases.own_case import OwnCaseCard
from tui.screens.cases.ranking import Ranking
from tui.screens.cases.sentence import PickRungs
from tui.screens.cases.trail import CaseTrail
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.offices import DAY, OFFICES

__all__ = ["bureau", "school"]
SIZE = (80, 24)


def open_on(app: Bureau, case: int) -> None:
    """Put the cursor on a case of the list."""
    rows = app.screen.query_one(DataList)
    rows.go([one.row.id for one in rows.in_sight].index(case))


async def test_a_name_that_nobody_bears_stays_to_be_mended(bureau: World) -> None:
    app = Bureau(bureau, "ouyangxue")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11")
        open_on(app, 1)
        await press(pilot, "enter", "n", *"linxiaoo", "enter")
        assert "请核对姓名或登录名" in text_of(app)
        await press(pilot, "end", "backspace", "enter", "enter")
        assert isinstance(app.screen, CaseCard)
        assert CaseParty.select().where(CaseParty.case == 1).count() == 2


async def test_what_can_be_said_and_taken_out_stands_in_the_last_row(bureau: World) -> None:
    app = Bureau(bureau, "ouyangxue")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11")
        open_on(app, 1)
        await press(pilot, "enter")
        last = text_of(app).splitlines()[-1]
        assert (" c " in last, " o " in last) == (True, True), last


@pytest.mark.clause("C.12", "C.13")
async def test_a_case_is_handled_to_its_closure_key_by_key(bureau: World) -> None:
    """IT investigates, security judges, the management decides by the ladder, and the person hears it."""
    it = Bureau(bureau, "ouyangxue")
    async with it.run_test(size=SIZE) as pilot:
        await press(pilot, "f11")
        assert isinstance(it.screen, CasesScreen)
        open_on(it, 1)
        await press(pilot, "enter")
        assert isinstance(it.screen, CaseCard)
        await press(pilot, "n", *"linxiao", "enter", "enter")
        assert [party_name(party) for party in parties_of(1)] == ["唐雨", "林晓"]
        await press(pilot, "x", "2", *"no", "enter")
        assert CaseParty.select().where(CaseParty.case == 1).count() == 1
        await press(pilot, "v")
        assert isinstance(it.screen, CaseTrail)
        assert "default" not in text_of(it)
        await press(pilot, "enter", "escape")
        assert CaseAttachment.select().where(CaseAttachment.case == 1).count() == 2
        offered = {command.id for command in it.screen.offered_commands()}
        assert not offered & {"judge", "decide"}, "neither judging nor deciding is theirs"
        await press(pilot, "enter", *"he did", "enter")
    security = Bureau(bureau, "panlong", over=lambda app: CaseCard(Cases(app.desk).one(1)))
    async with security.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "待判定" in text_of(security)
        await press(pilot, "enter", "1", *"so it is", "enter")
    manager = Bureau(bureau, "cendong", over=lambda app: CaseCard(Cases(app.desk).one(1)))
    async with manager.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert isinstance(manager.screen, Refusal), "nobody has heard 唐雨 yet, and that is said first"
        assert "在处分前有权陈述" in text_of(manager)
    concerned = Bureau(bureau, "tangyu", over=lambda _app: CasesScreen())
    async with concerned.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        assert re.search("可陈述至.*剩 3 个工作日", text_of(concerned))
        await press(pilot, "c", *"was told to", "enter")
        assert "was told to" in text_of(concerned)
        await press(pilot, "c")
        assert isinstance(concerned.screen, OwnCaseCard), "once"
    manager = Bureau(bureau, "cendong", over=lambda app: CaseCard(Cases(app.desk).one(1)))
    async with manager.run_test(size=SIZE) as pilot:
        assert "was told to" in text_of(manager)
        await press(pilot, "enter", "space", "enter", *"true", "enter")
        assert CaseFile.get_by_id(1).outcome == "breach", "where no fine counts, nobody is asked how often"
        assert CaseParty.get(CaseParty.case == 1).sanctions == "warning"
    closing = Bureau(bureau, "panlong", over=lambda app: CaseCard(Cases(app.desk).one(1)))
    async with closing.run_test(size=SIZE) as pilot:
        await press(pilot, "x", "1", *"done", "enter")
    assert CaseFile.get_by_id(1).state == "closed"
    (told,) = heard(bureau.desk("tangyu"), "case-verdict")
    assert (told["outcome_en"], told["clause"]) == ("Warning", "C.12")


@pytest.mark.clause("C.12")
async def test_a_second_person_confirms_and_the_person_appeals_key_by_key(bureau: World) -> None:
    """The second person finds it on their list; the person sees till when, appeals once, and hears of it."""
    judged(bureau, 1)
    with writing():
        employ(bureau, "cenlai", "岑来", "subsidiary", ("chief-executive",))
    entry = CaseParty.get(CaseParty.case == 1).id
    CaseWork(bureau.desk("cendong")).decide(1, "再次发生", [Sentence(entry, ("downgrade",))])
    second = Bureau(bureau, "cenzong")
    async with second.run_test(size=SIZE) as pilot:
        await press(pilot, "f11")
        assert "待复核" in text_of(second)
        await press(pilot, "enter", "enter")
        asked = text_of(second)
        assert "唐雨  降级" in asked, "who is concerned, and what is confirmed"
        await press(pilot, "1", *"agreed", "enter")
    assert CaseFile.get_by_id(1).state == "decided"
    concerned = Bureau(bureau, "tangyu")
    async with concerned.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "enter")
        assert "申诉期至" in text_of(concerned)
        await press(pilot, "n", *"not me", "enter")
        assert "not me" in text_of(concerned)
        await press(pilot, "n")
        assert isinstance(concerned.screen, OwnCaseCard), "once"
    third = Bureau(bureau, "cenlai", over=lambda _app: CasesScreen())
    async with third.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "申诉中" in text_of(third)
        await press(pilot, "enter", "enter", "2", "end", "up", "space", "enter")
        assert "不得因当事人申诉而加重处分" in text_of(third), "the harshest is above what was decided"
        await press(pilot, "escape")
        assert isinstance(third.screen, PickRungs)
        await press(pilot, "escape", "enter", "2", "space", "enter", *"first time", "enter")
        assert "变更处分" in text_of(third)
    assert CaseParty.get(CaseParty.case == 1).sanctions == "warning"
    (told,) = heard(bureau.desk("tangyu"), "case-heard")
    assert (told["heard_en"], told["outcome_en"]) == ("decision changed", "Warning")


@pytest.mark.clause("A.18")
async def test_whoever_sorts_a_case_out_is_offered_first_what_it_was_reported_as(bureau: World) -> None:
    desk = bureau.desk("zhangwei")
    last = next(one for one in Cases(desk).channels() if one.book == "staff").kinds[-1]
    case = Cases(desk).report("staff", "有人转发", last.id)
    app = Bureau(bureau, "guotao", over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "1", "enter", *"seen", "enter")
    assert CaseFile.get_by_id(case).kind == last.id


@pytest.mark.clause("H.7")
async def test_another_sanction_is_written_below_the_ladder(bureau: World) -> None:
    case = Cases(bureau.desk("shibu")).report("secured", "名册外泄", "leak")
    under_investigation(bureau, case, "leak", "秦玉")
    manager = judged(bureau, case)
    app = Bureau(bureau, manager.actor.login, over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "end", "space")
        (last,) = app.screen.query_one(DataList).marked.values()
        assert last.clause == "H.7"
        await press(pilot, "enter", *"apology", "enter", "escape", "enter", "end", "space", "enter")
        assert "apology" in text_of(app), "what was written stays where the decision did not come about"
        await press(pilot, "enter", "1", "enter", *"again", "enter")
    row = CaseFile.get_by_id(case)
    assert row.state == "proposed"
    assert "apology" in {one.further for one in Cases(bureau.desk("cenzong")).one(case).parties}


@pytest.mark.clause("H.7", "C.12")
async def test_what_nobody_could_confirm_is_refused_when_it_is_chosen(bureau: World) -> None:
    """Another sanction takes a second person: without one nothing is written of it first."""
    case = Cases(bureau.desk("shibu")).report("secured", "名册外泄", "leak")
    under_investigation(bureau, case, "leak", "秦玉")
    manager = judged(bureau, case).actor
    others = (Grant.book == "secured") & Grant.role.in_(("director", "chief-executive", "general-manager"))
    with writing():
        Grant.update(revoked_at=now()).where(others & (Grant.account != manager.account)).execute()
    app = Bureau(bureau, manager.login, over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "end", "space", "enter")
        assert "无人可以继续办理" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, PickRungs)
        await press(pilot, "space", "home", "space", "enter", "1", "enter", *"once", "enter")
    assert CaseFile.get_by_id(case).state == "decided", "a warning takes nobody else"


@pytest.mark.clause("C.3")
async def test_a_question_that_was_called_off_is_no_look_on_record(bureau: World) -> None:
    app = Bureau(bureau, "ouyangxue")
    looks = AuditRecord.select().where(AuditRecord.act == "cases.one")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11")
        open_on(app, 1)
        before = looks.count()
        await press(pilot, "enter", "n", "escape", "enter", "escape", "c", "escape")
        await press(pilot, "i", "1", "escape", "i", "2", "escape")
        assert isinstance(app.screen, CaseCard)
        assert looks.count() == before + 1


@pytest.mark.threat(108)
@pytest.mark.clause("G.3.1")
async def test_who_is_found_by_a_name_of_before_is_shown_with_it_and_chosen(
    bureau: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the report says and what they are called now is not the same: whoever handles it says so."""
    once = parties._Once({bureau.people["linxiao"]: "林小"}, {})
    monkeypatch.setattr(parties, "_renamed", lambda _start, _since: once)
    case = Cases(bureau.desk("xuning")).report("subsidiary", "林小把名册发到群里", "leak")
    desk = under_investigation(bureau, case, "leak")
    app = Bureau(bureau, desk.actor.login, over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", *"林小", "enter")
        assert isinstance(app.screen, Choose)
        assert "曾用名林小" in text_of(app)
        await press(pilot, "enter")
    (party,) = parties_of(CaseFile.get_by_id(case))
    assert party_name(party) == "林晓"


@pytest.mark.clause("A.18", "C.12")
async def test_nobody_is_named_who_was_not_shown_first(bureau: World) -> None:
    """Who alone begins so may be another than was meant, and the reporter is never offered."""
    with writing():
        other = bureau.entry("linxiao", "subsidiary")
        Entry.update(name="许宁宁").where(Entry.id == other).execute()
    case = Cases(bureau.desk("xuning")).report("subsidiary", "打印机旁有一份名册", "leak")
    desk = under_investigation(bureau, case, "leak")
    line = f"case person {case} --name 许宁"
    asked = answered(bureau, desk.actor.login, line)
    assert (asked.status, f"entry:{other}" in asked.err) == (2, True), asked.err
    app = Bureau(bureau, desk.actor.login, over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", *"许宁", "enter")
        assert isinstance(app.screen, Choose)
        assert "许宁宁" in text_of(app)
        await press(pilot, "escape")
        assert not parties_of(CaseFile.get_by_id(case))
        await press(pilot, "n", *"许宁宁", "enter", "enter")
    assert [party_name(one) for one in parties_of(CaseFile.get_by_id(case))] == ["许宁宁"]


@pytest.mark.clause("C.12")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_what_a_case_would_lack_is_read_whole_above_the_offices(
    bureau: World, language: Language
) -> None:
    """On two lines where one is too narrow: what is wrong stands first, and what to do is not cut."""
    with writing():
        Grant.delete().where(Grant.role.in_(["director", "chief-executive", "general-manager"])).execute()
    app = Bureau(bureau, "panlong")
    app.language = language
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(screen_of(OFFICES)({BOOK.id: "subsidiary", DAY.id: ""}))
        await pilot.pause()
        said = app.screen.query_one("#said", TextLine)
        lines = "".join(said.render_line(y).text.strip() + " " for y in range(said.size.height))
        gap = Cases(app.desk).gap("subsidiary")
    assert gap is not None
    last = say(gap.offices, language)[-10:]
    assert last.replace(" ", "") in lines.replace(" ", ""), lines
    assert say(gap.what, language) in lines


async def test_a_breach_of_nobody_is_not_judged(bureau: World) -> None:
    """What was typed stays, with what is missing."""
    case = Cases(bureau.desk("xuning")).report("subsidiary", "打印机旁有一份名册", "leak")
    CaseWork(under_investigation(bureau, case, "leak")).conclude(case, "无法查明是谁的")
    app = Bureau(bureau, "panlong", over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "1", *"so", "enter")
        assert "尚未指明当事人" in text_of(app)
    assert CaseFile.get_by_id(case).state == "investigated"
    app = Bureau(bureau, "panlong", over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", *"whose", "enter")
    assert CaseFile.get_by_id(case).state == "investigating"


@pytest.mark.clause("A.18")
async def test_who_reported_a_case_is_told_at_once_for_whom_it_waits(bureau: World) -> None:
    """They would else write the grounds before it is refused."""
    case = Cases(bureau.desk("panlong")).report("subsidiary", "自己看见的", "leak")
    CaseWork(under_investigation(bureau, case, "leak", "唐雨")).conclude(case, "属实")
    app = Bureau(bureau, "panlong", over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "方敏" in text_of(app)
        assert "j 判定" not in text_of(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseCard)


async def test_a_closed_case_says_that_it_is_closed(bureau: World) -> None:
    """It stands below those that wait for something, and its outcome alone would not tell it from them."""
    row = next(row for row in Cases(bureau.desk("panlong")).queue() if row.state == "reported")
    under_investigation(bureau, row.id, "leak")
    CaseWork(judged(bureau, row.id, "unfounded")).close(row.id, "完")
    app = Bureau(bureau, "panlong", over=lambda _app: CasesScreen())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        line = next(line for line in text_of(app).splitlines() if "不构成违规" in line)
        assert "已结" in line


@pytest.mark.clause("A.16", "A.18")
async def test_where_the_regulations_have_no_ladder_the_word_decides(bureau: World) -> None:
    """There is nothing for the management to choose from."""
    case = Cases(bureau.desk("zhangwei")).report("staff", "名册被转发", "leak")
    CaseWork(under_investigation(bureau, case, "leak", "张文")).conclude(case, "属实")
    app = Bureau(bureau, "helei", over=lambda app: CaseCard(Cases(app.desk).one(case)))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "1", *"warned", "enter")
    row = CaseFile.get_by_id(case)
    assert (row.state, row.outcome) == ("decided", "breach")


@pytest.mark.clause("A.18")
async def test_a_report_is_sorted_out_and_begun(bureau: World) -> None:
    app = Bureau(bureau, "panlong")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "enter")
        assert isinstance(app.screen, CaseCard)
        assert not app.screen.can("investigate")
        await press(pilot, "enter", "3", *"ok", "enter")
    it = Bureau(bureau, "ouyangxue", over=lambda app: CaseCard(Cases(app.desk).one(4)))
    async with it.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "1", *"begin", "enter", "c", *"call", "enter")
    row = CaseFile.get_by_id(4)
    assert (row.kind, row.state) == ("misuse", "investigating")
    assert "call" in {line.word for line in Cases(bureau.desk("panlong")).one(4).history}


@pytest.mark.clause("I.4.4.1")
async def test_who_was_fined_opens_the_case_and_sees_the_fine_with_its_clause(bureau: World) -> None:
    app = Bureau(bureau, "taojs")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "enter")
        shown = text_of(app)
        for words in ("罚款", "共 200 元，1 次", "I.4.4.1"):
            assert words in shown, words
        for words in ("打印室", "解平", "本人承认"):
            assert words not in shown, words


@pytest.mark.clause("B.7.1")
async def test_the_first_of_the_ranking_is_commended(bureau: World) -> None:
    app = Bureau(bureau, "panan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "v")
        assert isinstance(app.screen, Ranking)
        await press(pilot, "n", *"good", "enter")
    row = Commendation.get()
    assert (row.unit.name, row.entry_id, row.word, row.clause) == ("一车间", None, "good", "B.7.1")


@pytest.mark.clause("B.7.1")
async def test_praise_against_the_figures_is_warned_of_before_a_word_is_typed(bureau: World) -> None:
    app = Bureau(bureau, "panan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "v", "end", "n")
        assert "与数据不符（B.7.1）" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Ranking)
        assert Commendation.select().count() == 0
        await press(pilot, "n", "y", *"good", "enter")
        assert Commendation.get().word == "good"
        await press(pilot, "tab", "x", "y")
    assert Commendation.select().count() == 0


@pytest.mark.clause("H.4.3")
async def test_a_word_of_praise_that_is_refused_stays_where_it_was_typed(bureau: World) -> None:
    put_under("safety", "safety-officers", "information-security")
    app = Bureau(bureau, "panan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "v", "n", *"11010519491231002x", "enter")
        assert app.screen.query_one(TextInput).value == "11010519491231002x"
        assert "H.4.3" in text_of(app)
        assert Commendation.select().count() == 0
        await press(pilot, *"good", "enter")
    assert Commendation.get().word == "good"


async def test_who_names_themselves_is_asked_before_the_case_leaves_their_hands(school: World) -> None:
    case = Cases(school.desk("shilaoshi")).report("class", "有人把名单发到群外")
    without = answered(school, "jiaowuchu", f"case person {case} --name 学校管理")
    assert (without.status, "--yes" in without.err, CaseParty.select().count()) == (1, True, 0), without.err
    app = Classroom(school, "jiaowuchu")
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CaseCard(Cases(app.desk).one(case)))
        await press(pilot, "n", *"学校", "enter", "enter")
        assert "不再由您办理" in text_of(app)
        await press(pilot, "n")
        assert CaseParty.select().count() == 0
        await press(pilot, "n", *"学校", "enter", "enter", "y")
        assert not isinstance(app.screen, CaseCard)
    assert CaseParty.select().count() == 1


async def test_a_long_case_is_read_to_its_end_by_arrows(bureau: World) -> None:
    """Its history comes last, and is what one opens it for."""
    for n in range(12):
        judged(bureau, 1) if n == 0 else CaseWork(bureau.desk("cendong")).note(1, f"第{n}条记录")
    app = Bureau(bureau, "cendong", over=lambda _app: CasesScreen())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, CaseCard)
        assert "第11条记录" not in text_of(app)
        await press(pilot, "pagedown")
        assert "第11条记录" in text_of(app)
        await press(pilot, "home")
        assert "第11条记录" not in text_of(app)
        app.screen.set_focus(None)
        await press(pilot, "end")
        assert "第11条记录" in text_of(app), "whatever has the focus"
