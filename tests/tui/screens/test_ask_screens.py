"""Asking, answering and reading the rules through the screens, key by key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

from db.desk.entry.unit_contacts import put_contacts
from db.desk.refusal import SILENT
from db.desk.requests.route_preview import FlowStep, FormRequirement
from db.language import Label, say
from db.store.tables import AccessGrant, Consent, RegulationText, Request
from db.store.transactions import writing
from tests.db.desk.test_policies import revision
from tests.rules import issue
from tests.tui.conftest import View
from tests.tui.screens.ask_stage import offices
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.requests_stage import Office
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import ChoiceField, DataList, FormField, TextInput, TextLine
from tui.kit.choosing import Choose
from tui.kit.refusal import Refusal
from tui.screens.asking.ask import AskScreen
from tui.screens.asking.form import AskForm
from tui.screens.asking.request_form import requirement_words
from tui.screens.asking.rules import RuleChanges, RulesScreen
from tui.screens.privacy.consents import ConsentsScreen
from tui.screens.requests.kept_forms import KeptForms
from tui.screens.sheets.list import screen_of
from tui.sheets.consents import RECEIVED

__all__ = ["offices"]
SIZE = (80, 24)


async def open_form(pilot: Pilot[int], offer: str) -> AskForm:
    """From My requests to the form of ``offer``."""
    await press(pilot, "n", "2")
    assert isinstance(pilot.app.screen, AskScreen)
    for _row in range(12):
        row = pilot.app.screen.query_one(DataList).current
        if row is not None and row.kind == offer:
            break
        await press(pilot, "down")
    await press(pilot, "enter")
    form = pilot.app.screen
    assert isinstance(form, AskForm)
    return form


def put(form: AskForm, **values: str) -> None:
    """Put values into the fields of a form."""
    for name, value in values.items():
        editor = form.query_one(f"#field-{name}", FormField).editor
        if isinstance(editor, ChoiceField):
            editor.choose_value(value)
        elif isinstance(editor, TextInput):
            editor.value = value


@pytest.mark.clause("I.4.4.2")
async def test_a_copy_is_asked_for_by_hand_and_a_missing_reason_loses_nothing(offices: World) -> None:
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "copy")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter")
        assert "-wrong" in form.query_one("#field-reason").classes
        await press(pilot, *"AGM")
        assert "-wrong" not in form.query_one("#field-reason").classes
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, AskForm | AskScreen)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.kind, last.reason, last.clause) == ("copy", "AGM", "I.4.4.2")


async def test_too_long_a_reason_is_said_and_stays(offices: World) -> None:
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "copy")
        reason = form.query_one("#field-reason TextInput", TextInput)
        reason.focus()
        reason.post_message(events.Paste("因" * 600))
        await press(pilot, "ctrl+s")
        assert form.query_one("#field-reason").has_class("-wrong")
        assert (len(reason.value), app.focused) == (600, reason)


async def test_a_kept_form_opens_from_the_list_with_what_was_typed(offices: World) -> None:
    office = Office(offices, "xiepi", first="requests")
    async with office.run_test(size=SIZE) as pilot:
        put(await open_form(pilot, "copy"), reason="AGM")
        await pilot.pause()
        office.exit()
    again = Office(offices, "xiepi", first="requests")
    async with again.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "3")
        assert isinstance(again.screen, KeptForms), text_of(again)
        assert "Enter 打开  x 丢弃" in text_of(again)
        await press(pilot, "enter")
        form = again.screen
        assert isinstance(form, AskForm)
        assert form.reason == "AGM"
        await press(pilot, "escape", "y")
        assert isinstance(again.screen, KeptForms)
        assert again.screen.current is None


@pytest.mark.clause("I.4.2.4")
async def test_the_assistant_asks_for_a_new_unit_and_unfit_fields_are_marked(offices: World) -> None:
    app = Office(offices, "zhuli", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "structure")
        put(form, name="甲/乙", reason="机构调整")
        await press(pilot, "ctrl+s")
        assert form.query_one("#field-name").has_class("-wrong")
        put(form, name="数据组")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, AskForm)
    assert Request.select().order_by(Request.id.desc()).get().kind == "structure"


@pytest.mark.clause("I.4.2.3")
async def test_the_form_asks_since_when_a_departments_contact_is_so(offices: World) -> None:
    app = Office(offices, "taojs", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "unit-contact")
        put(form, fax="021 5888 0024", changed_on="2026-11-20")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, AskForm)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.changed_on, last.report_due) == ("2026-11-20", "2026-11-25")


@pytest.mark.clause("B.6.2")
async def test_a_consent_is_given_in_part_and_taken_back(offices: World) -> None:
    app = Office(offices, "niuer", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "1")
        assert isinstance(app.screen, ConsentsScreen)
        await press(pilot, "a", "2")
        mine = Consent.get(Consent.account == offices.accounts["niuer"])
        assert mine.state == "given"
        assert "mobile" not in mine.fields
        await press(pilot, "x", "y")
        assert Consent.get_by_id(mine.id).state == "withdrawn"
        assert "已撤回" in text_of(app).splitlines()[2], "in the word of the key that did it"
        await press(pilot, "v")
        assert type(app.screen) is screen_of(RECEIVED)
        await press(pilot, "escape", "escape")
        assert not isinstance(app.screen, ConsentsScreen)


@pytest.mark.clause("B.6.2")
async def test_a_consent_is_refused_by_one_key(offices: World) -> None:
    app = Office(offices, "niuer", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v", "1", "a", "3")
    assert Consent.get(Consent.account == offices.accounts["niuer"]).state == "refused"


@pytest.mark.clause("B.8")
async def test_the_rules_name_who_interprets_them(offices: World) -> None:
    app = Office(offices, "renhe", first="requests")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "w")
        assert isinstance(app.screen, RulesScreen)
        assert app.screen.current is not None
        first = app.screen.current
        await press(pilot, "slash", *"B.3", "escape")
        assert app.screen.current is not None
        assert "B.3" in app.screen.current.clause
        await press(pilot, "escape")
        assert isinstance(app.screen, RulesScreen), "Esc takes one step at a time"
        await press(pilot, "home")
        assert app.screen.current == first


@pytest.mark.clause("G.9")
async def test_what_a_revision_changes_is_read_where_the_rules_are(offices: World) -> None:
    reader = Office(offices, "renhe", first="requests")
    async with reader.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        assert isinstance(reader.screen, RulesScreen)
        assert not reader.screen.can("changes")
    sooner = ("duty.filing = { days = 3", "duty.filing = { days = 2")
    issue(offices, "kangle", revision("safety-officers", "2", "2026-12-01", sooner))
    reader = Office(offices, "renhe", first="requests")
    async with reader.run_test(size=SIZE) as pilot:
        await press(pilot, "w", "v", "1")
        assert isinstance(reader.screen, RuleChanges)
        await pilot.pause()
        shown = text_of(reader)
        assert "2026-12-01" in shown
        assert "开始" in shown
        assert "终止" in shown
        await press(pilot, "enter", "escape", "escape")
        assert isinstance(reader.screen, RulesScreen)


@pytest.mark.clause("B.8", "G.9")
async def test_who_revises_the_rules_withdraws_what_is_to_come_there(offices: World) -> None:
    issue(offices, "kangle", revision("safety-officers", "2", "2026-12-01"))
    reader = Office(offices, "renhe", first="requests")
    async with reader.run_test(size=SIZE) as pilot:
        await press(pilot, "w", "v", "2")
        assert "2026-12-01" in text_of(reader)
        await press(pilot, "x")
        assert not RegulationText.select().where(RegulationText.withdrawn_at.is_null(False)).exists()
    keeper = Office(offices, "panan", first="requests")
    async with keeper.run_test(size=SIZE) as pilot:
        await press(pilot, "w", "v", "2", "x", "y")
        await pilot.pause()
        gone = RegulationText.get(RegulationText.version == "2")
        assert gone.withdrawn_by_id == offices.accounts["panan"]
        await press(pilot, "escape")
        assert isinstance(keeper.screen, RulesScreen)
        assert not keeper.screen.can("coming"), "it says what holds now, not what did when it was opened"
        assert "待生效" not in text_of(keeper)


async def test_a_rule_that_the_list_has_to_cut_is_shown_in_full(offices: World) -> None:
    app = Office(offices, "renhe", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "w")
        rules = app.screen.query_one(DataList)
        lines = offices.desk("renhe").policies.rules("safety").lines
        longest = max(range(len(lines)), key=lambda number: len(say(lines[number].text, "zh_CN")))
        rules.go(longest)
        end = f"{say(lines[longest].text, 'zh_CN')[-5:]} "
        assert end not in text_of(app)
        await press(pilot, "enter")
        assert end in text_of(app)


async def test_a_returned_request_opens_its_own_form(offices: World) -> None:
    desk = offices.desk("xiepi")
    request = desk.asking.ask("copy", "controlled", {"unit": "技术部"}, "会议")
    head = offices.desk("fengdir")
    head.queue.return_(request, head.queue.one(request).digest, "请写明用途")
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "e")
        form = app.screen
        assert isinstance(form, AskForm)
        put(form, reason="供应商大会接待")
        await press(pilot, "ctrl+s")
    row = Request.get_by_id(request)
    assert (row.state, row.reason) == ("open", "供应商大会接待")


async def test_leaving_a_form_asks_only_where_something_was_typed(offices: World) -> None:
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "copy")
        await press(pilot, "escape")
        assert isinstance(app.screen, AskScreen)
        form = await open_form_again(pilot)
        put(form, reason="想要")
        await press(pilot, "escape", "n")
        top: object = app.screen
        assert top is form
        await press(pilot, "escape", "y")
        assert isinstance(app.screen, AskScreen)


async def open_form_again(pilot: Pilot[int]) -> AskForm:
    """The form of the line that the cursor still is on."""
    await press(pilot, "enter")
    form = pilot.app.screen
    assert isinstance(form, AskForm)
    return form


@pytest.mark.clause("A.13")
async def test_the_form_for_access_asks_before_what_was_typed_is_lost(offices: World) -> None:
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "access")
        put(form, name="丁一")
        await press(pilot, "escape")
        assert isinstance(app.screen, Choose)
        await press(pilot, "n")
        assert form.line("name").value == "丁一"


@pytest.mark.clause("A.13")
async def test_the_form_for_access_says_how_to_write_which_of_two_is_meant(offices: World) -> None:
    """At the department, where it is written; the hint says so before."""
    offices.hire("xiepi2", "解平", "技术部/平台组", book="controlled", values={"position": "运维"})
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "access")
        assert "同名时写 部门/职务，如 研发一部/工程师；或分机" in text_of(app)
        put(form, name="解 平", unit="平台组", reason="对接")
        await press(pilot, "ctrl+s")
        assert [line.id for line in form.query(".-wrong")] == ["field-unit"]
        assert "技术部/平台组/工程师、技术部/平台组/运维" in text_of(app).replace("\n", "").replace(" ", "")
        put(form, unit="平台组/运维")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, AskForm)
    request = Request.select().order_by(Request.id.desc()).get()
    head = offices.desk("taojs")
    head.queue.approve(request.id, head.queue.one(request.id).digest)
    assert AccessGrant.get().entry_id == offices.entry("xiepi2", "controlled")


async def test_who_decides_on_access_is_said_once(offices: World) -> None:
    """Nobody is named to whoever asks for it: the office stood there, and what it is told by."""
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "access")
        app.set_language("en")
        await pilot.pause()
        assert "Once submitted: the head of your department or of theirs" in text_of(app)
        office = Label("人力资源", "Human resources")
        form.show_route(replace(form._route, steps=(FlowStep(office, (office,), "A.13"),)))
        await pilot.pause()
        assert text_of(app).count("Human resources") == 1


async def test_the_form_says_who_decides_on_what_is_typed(offices: World) -> None:
    """A right over one department has its head decide, one over the whole directory the head of all."""
    app = Office(offices, "xiepi", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "right")
        says = []
        for unit in ("", "技术部", "没有的部门"):
            put(form, unit=unit)
            await pilot.pause()
            line = form.query_one(".next", TextLine)
            says.append("".join(row.text for row in line.render_lines(Region(0, 0, *line.size))))
    assert ["陶军" in text for text in says] == [False, True, False]


async def test_what_an_offer_is_about_stands_whole_with_its_clause_in_80_columns(offices: World) -> None:
    app = Office(offices, "zhuli", View("en"), first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "2")
        rows = app.screen.query_one(DataList)
        for _row in range(12):
            if rows.current is not None and rows.current.kind == "delete":
                break
            await press(pilot, "down")
        assert "By default" in " ".join(text_of(app).split())


@pytest.mark.clause("I.4.2.3")
async def test_a_departments_present_contacts_stand_beside_the_new_ones(offices: World) -> None:
    book = "controlled"
    units = {name: offices.unit(book, name) for name in ("技术部", "技术部/平台组")}
    with writing():
        put_contacts(units["技术部"], {"fax": "02158880024"}, source="test", verifier=None)
        put_contacts(units["技术部/平台组"], {"fax": "02158880099"}, source="test", verifier=None)
    app = Office(offices, "taojs", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        form = await open_form(pilot, "unit-contact")
        for name, fax in (("技术部", "0024"), ("技术部/平台组", "0099")):
            put(form, unit=str(units[name]))
            await pilot.pause(0.2)
            shown = form.query_one("#field-fax", FormField).region
            assert fax in text_of(app).splitlines()[shown.y]


def test_what_has_to_be_filled_in_by_no_clause_says_just_that() -> None:
    assert say(requirement_words(FormRequirement(required=True, clause=SILENT)), "zh_CN") == "必填"
    assert say(requirement_words(FormRequirement(required=True, clause="A.13")), "zh_CN") == "必须，依 A.13"
