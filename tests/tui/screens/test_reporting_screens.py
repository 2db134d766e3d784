"""Reports of breaches and errors through the screens, key by key (A.18, H.5.3)."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from db.desk.cases.cases import Cases
from db.desk.cases.parties import party_name
from db.desk.cases.work import CaseWork
from db.desk.entry.units import close_unit, create_unit
from db.language import say
from db.store.tables import CaseFile, CaseParty, FormDraft
from db.store.transactions import writing
from tests.db.desk.casework import heard
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.cases_stage import Bureau, bureau
from tests.tui.screens.class_stage import Classroom, school
from tests.tui.screens.editions_stage import Issuing, issued
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import TextInput
from tui.kit.choosing import Choose
from tui.kit.fields import FormField
from tui.kit.help import Help
from tui.screens.cases.card import CaseCard
from tui.screens.cases.cases import CasesScreen
from tui.screens.cases.report import ReportBreach
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.editions.trace import TraceScreen

__all__ = ["bureau", "issued", "school"]
SIZE = (80, 24)


@pytest.mark.clause("A.18")
@pytest.mark.parametrize("mode", ["1", "2"])
async def test_a_breach_is_reported_from_any_screen(bureau: World, mode: str) -> None:
    """One key, a sentence, one key; an empty report is kept back with what is missing."""
    app = Bureau(bureau, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, mode, "f12")
        assert isinstance(app.screen, ReportBreach)
        await press(pilot, "ctrl+s")
        assert app.screen.query_one("#field-words", FormField).has_class("-wrong")
        await press(pilot, *"leaked")
        copy = app.screen.query_one("#field-copy", FormField)
        copy.query_one("Input", Input).value = "C0099-001"
        await press(pilot, "ctrl+s")
        assert copy.has_class("-wrong")
        assert copy.value == "C0099-001"
        copy.query_one("Input", Input).value = ""
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ReportBreach)
    row = CaseFile.select().order_by(CaseFile.id.desc()).get()
    assert (row.sort, row.book_id, row.kind, row.state) == ("incident", "staff", "", "reported")
    assert Cases(bureau.desk("guotao")).one(row.id).words == "leaked"


@pytest.mark.clause("A.18")
async def test_the_form_says_which_department_it_understood_also_a_closed_one(school: World) -> None:
    """Of those within reach alone: nobody learns by it what else there is."""
    with writing():
        closed = create_unit("class", "初三（1）班", school.unit("class"))
        close_unit(closed)
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(ReportBreach())
        await pilot.pause()
        whom = app.screen.query_one("#field-whom Input", Input)
        for typed, said in (("初三（1）班", "已识别：初三（1）班（已撤销，原属 "), ("某某班", "")):
            whom.value = typed
            await pilot.pause()
            assert said in text_of(app)
            assert said or "已识别" not in text_of(app)
    pupil = Classroom(school, "jiangtao")
    async with pupil.run_test(size=SIZE) as pilot:
        pupil.push_screen(ReportBreach())
        await pilot.pause()
        pupil.screen.query_one("#field-whom Input", Input).value = "初三（1）班"
        await pilot.pause()
        assert "已识别" not in text_of(pupil)


@pytest.mark.clause("D.11.2", "A.18")
async def test_the_form_says_who_gets_a_report_of_the_kind_that_is_chosen(school: World) -> None:
    """In a class nobody holds information security: what is of no kind goes to the school, a leak to the
    teacher."""
    app = Classroom(school, "shilaoshi")
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(ReportBreach())
        await pilot.pause()
        assert "报告给教务处（学校管理）" in text_of(app)
        await press(pilot, "tab", "tab", "enter", "5")
        assert "依 D.7、D.11.2，报告给严老师（班主任）" in text_of(app)
        await press(pilot, "shift+tab", "shift+tab", "x", "ctrl+s")
    (case,) = CaseFile.select()
    (handler,) = Cases(school.desk("yanlaoshi")).one(case.id).waits_for
    assert say(handler, "zh_CN") == "严老师（班主任）"


@pytest.mark.clause("A.18")
async def test_the_report_is_in_the_help_and_in_the_palette(bureau: World) -> None:
    app = Bureau(bureau, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        assert {"incident", "cases"} <= {command.id for command in app.screen.offered_commands()}  # type: ignore[attr-defined]
        await press(pilot, "question_mark")
        assert isinstance(app.screen, Help)
        await press(pilot, "escape", "ctrl+p", *"report a breach", "enter")
        assert isinstance(app.screen, ReportBreach)


@pytest.mark.clause("A.18")
async def test_a_typed_report_is_not_lost_by_one_key(bureau: World) -> None:
    app = Bureau(bureau, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "ctrl+r", "x", "escape")
        assert isinstance(app.screen, Choose)
        await press(pilot, "n")
        assert app.screen.query_one("#field-words TextInput", TextInput).value == "x"
        await press(pilot, "escape", "y")
        assert not isinstance(app.screen, ReportBreach)


@pytest.mark.clause("H.5.3")
async def test_an_error_is_reported_with_one_key_and_answered(bureau: World) -> None:
    app = Bureau(bureau, "qinyu")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        assert isinstance(app.screen, DirectoryScreen)
        await press_for(pilot, "c", "error")
        assert isinstance(app.screen, Choose)
        await press(pilot, "1", *"wrong", "enter")
    row = CaseFile.select().where(CaseFile.sort == "error").order_by(CaseFile.id.desc()).get()
    assert (row.book_id, row.clause) == ("secured", "H.5.3")
    answering = Bureau(bureau, "xinan")
    async with answering.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "enter", "c", "1", "1", *"fixed", "enter")
        assert isinstance(answering.screen, CaseCard)
    (told,) = heard(bureau.desk("qinyu"), "case-outcome")
    assert (told["outcome_en"], told["clause"]) == ("corrected", "H.5.3")


@pytest.mark.clause("H.5.3")
async def test_the_reporter_of_an_error_opens_it_and_reads_the_answer(bureau: World) -> None:
    entry = bureau.entry("qinyu", "secured")
    case = Cases(bureau.desk("qinyu")).error(entry, "座机已停用", "office_phone")
    CaseWork(bureau.desk("xinan")).answer(case, "corrected", "改为总机")
    app = Bureau(bureau, "qinyu")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f11", "enter")
        shown = text_of(app)
        for words in ("座机已停用", "改为总机", "已更正", "H.5.3"):
            assert words in shown, words
        await press(pilot, "escape")
        assert isinstance(app.screen, CasesScreen)


@pytest.mark.clause("A.19", "I.4.4.1")
async def test_a_traced_copy_becomes_a_case_by_one_key(issued: World) -> None:
    app = Issuing(issued, "wenmi", over=lambda _app: TraceScreen())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *"C0001-004", "enter", "f5", *"in a bin", "enter", "enter")
    row = CaseFile.get()
    assert (row.kind, row.book_id, "I.4.4.1" in row.clause) == ("forwarding", "controlled", True)
    assert party_name(CaseParty.get(CaseParty.case == row)) == "陶军"


@pytest.mark.clause("A.18")
@pytest.mark.threat(18)
async def test_a_report_that_was_typed_when_the_line_was_cut_is_there_again(school: World) -> None:
    """With its directory and kind, for its reporter alone; gone once it is handed in or thrown away."""
    app = Classroom(school, "shilaoshi")
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(ReportBreach())
        await press(pilot, *"leaked", "tab", "tab", "enter", "5")
        kind = app.screen.query_one("#field-kind", FormField).value
        app.exit()
    assert b"leaked" not in bytes(FormDraft.get().content)
    for other in ("yanlaoshi", "jiangtao"):
        assert school.desk(other).drafts.mine() == ()
    assert CaseFile.select().count() == 0
    again = Classroom(school, "shilaoshi")
    async with again.run_test(size=SIZE) as pilot:
        again.push_screen(ReportBreach())
        await press(pilot, "end")
        form = again.screen
        assert [form.query_one(f"#field-{one}", FormField).value for one in ("words", "kind")] == [
            "leaked",
            kind,
        ]
        assert "依 D.7、D.11.2，报告给严老师（班主任）" in text_of(again)
        await press(pilot, "ctrl+s")
    assert CaseFile.get().kind == kind
    assert FormDraft.select().count() == 0
    third = Classroom(school, "shilaoshi")
    async with third.run_test(size=SIZE) as pilot:
        third.push_screen(ReportBreach())
        await press(pilot, "x")
        third.exit()
    async with (last := Classroom(school, "shilaoshi")).run_test(size=SIZE) as pilot:
        last.push_screen(ReportBreach())
        await press(pilot, "escape", "y")
        assert not isinstance(last.screen, ReportBreach)
    assert FormDraft.select().count() == 0
