"""The form for a change, key by key: evidence, reason, drafts, what is told while typing (E.13, A.15)."""

from __future__ import annotations

import pytest
from textual import events
from textual.widget import Widget

from db.desk.entry.record import apply_values
from db.store.engine import Store
from db.store.tables import FormDraft, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import STORED_MOBILE, mobile_of
from tests.tui.conftest import View
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import Classroom, school
from tests.tui.screens.requests_stage import SIZE, Office, current, fill, office, typed
from tests.tui.screens.stage import press, settled
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import DataList, FormField, Look
from tui.kit.driver import LINE_LOST
from tui.kit.refusal import Refusal
from tui.screens.asking.change import MOBILE, ChangeScreen
from tui.screens.requests.mine import MyRequestsScreen

__all__ = ["office", "school"]


def form_of(world: World, login: str, book: str = "staff", of: str = "") -> Office:
    entry = world.entry(of or login, book)
    return Office(world, login, over=lambda app: ChangeScreen(app.desk.changes.form(entry)))


@pytest.mark.clause("E.13.1", "E.13.2", "E.13.3")
async def test_a_change_goes_through_three_pairs_of_hands(office: World) -> None:
    app = form_of(office, "majun", "group")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    request = Request.select().order_by(Request.id.desc()).get().id
    for login in ("huangbo", "luoyan"):
        assert mobile_of(office, "majun", "group") != STORED_MOBILE
        app = Office(office, login)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert current(app).id == request
            await press(pilot, "a")
            assert app.screen.query_one(DataList).current is None
    assert mobile_of(office, "majun", "group") == STORED_MOBILE


@pytest.mark.clause("A.15")
async def test_the_form_refuses_without_evidence_and_keeps_what_was_typed(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter")
        assert isinstance(app.screen, ChangeScreen)
        assert typed(app, "mobile") == "13900002121"
        await press(pilot, "f6", "space", "enter", "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.state, last.reason) == ("open", "new")


async def test_what_was_typed_when_the_line_was_cut_is_here_again(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121", reason="new")
        await press(pilot, "f6", "space", "enter")
        app.exit(LINE_LOST)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert (typed(app, "mobile"), typed(app, "reason")) == ("13900002121", "new")
        assert "已恢复" in text_of(app)
        await press(pilot, "f6", "escape")
        assert "已恢复" not in text_of(app), "whatever is done next takes away what was last said"
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.state, last.reason) == ("open", "new")
    assert not FormDraft.select().exists(), "handed in, it is a draft no more"


async def test_what_is_kept_of_forms_is_listed_by_a_key_where_anything_is(office: World) -> None:
    keeping = office.desk("zhangwei").drafts
    for kept in (False, True):
        if kept:
            keeping.save_form("change 17", "更正：张伟", {"mobile": "13900001111"})
        async with Office(office, "zhangwei", first="requests").run_test(size=(80, 24)) as pilot:
            assert isinstance(pilot.app.screen, MyRequestsScreen)
            assert pilot.app.screen.can("drafts") is kept
            if kept:
                await press_for(pilot, "v", "drafts")
                assert "更正：张伟" in text_of(pilot.app)


async def test_whoever_leaves_a_form_by_their_will_has_no_draft_of_it(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        app.exit(LINE_LOST)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "escape", "y")
        assert not isinstance(app.screen, ChangeScreen)
        app.exit(0)
    assert not FormDraft.select().exists()


@pytest.mark.clause("A.13")
async def test_who_left_out_the_reason_is_led_to_it(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter", *"new")
        assert typed(app, "reason") == "new"


@pytest.mark.clause("A.15")
async def test_evidence_that_was_chosen_can_be_taken_off_again(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        form = app.screen
        assert isinstance(form, ChangeScreen)
        await press(pilot, "f6", "enter")
        chosen = len(form.evidence)
        await press(pilot, "f6", "space", "enter")
        assert (chosen, len(form.evidence)) == (1, 0)


async def test_a_file_that_comes_in_while_one_chooses_is_selected(office: World) -> None:
    """It stands first, and Enter attaches it, not whatever the cursor was on; a key that was typed before it
    came does nothing."""
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        form = app.screen
        assert isinstance(form, ChangeScreen)
        await press(pilot, "f6")
        early = events.Key("enter", None)
        sent = office.desk("zhangwei").evidence.add("运营商回执.txt", "回执\n".encode())
        app.live._behind = True
        app.live.catch_up()
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        assert list(rows.marked) == [sent.id]
        assert rows.current == next(iter(rows.marked.values()))
        app.post_message(early)
        await app.type_ahead.wait_until_settled()
        await pilot.pause()
        assert app.screen is not form
        await press(pilot, "enter")
        assert form.evidence == (sent.id,)


async def test_the_place_of_evidence_shows_what_came_in(office: World) -> None:
    app = Office(office, "zhangwei", first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        office.desk("zhangwei").evidence.add("运营商回执.txt", "回执\n".encode())
        app.live._behind = True
        app.live.catch_up()
        await pilot.pause()
        assert "运营商回执" in text_of(app)


async def test_a_long_present_value_is_shown_whole(office: World) -> None:
    address = "wei.zhang@software.development.huaxing.example"
    entry = office.entry("zhangwei", "staff")
    with writing():
        apply_values(entry, {"email": (address,)}, source="导入", verifier=None)
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE):
        line = app.screen.query_one("#field-email", FormField)
        start, end = 14, line.editor_region(line.size.width).x
        drawn = [line.render_line(y).crop(start, end).text.strip() for y in range(line.size.height)]
        assert "".join(drawn) == address


async def test_an_unfit_value_is_told_while_typing_and_under_its_field(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="123")
        line = app.screen.query_one("#field-mobile")
        assert line.has_class("-wrong")
        await fill(pilot, mobile="13900002121")
        assert not line.has_class("-wrong")
        await fill(pilot, mobile="123", reason="new")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, ChangeScreen)
        assert line.has_class("-wrong")


async def test_a_value_that_was_refused_is_not_called_valid_beside_it(office: World) -> None:
    """Also by what is known only once it is handed in, such as copies that are out (H.5.4)."""
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        line = app.screen.query_one("#field-mobile", FormField)
        assert "✓" in line.render_line(0).text
        line.show_error("Not now.")
        assert "✓" not in line.render_line(0).text
        line.show_error("")
        assert "✓" in line.render_line(0).text


@pytest.mark.clause("H.4.3")
async def test_content_that_the_book_must_not_hold_is_told_at_the_field_and_refused(
    store: Store, clock: Clock
) -> None:
    app = form_of(build_wider_world("secured"), "fuhr", "secured", of="qinyu")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, position="1101 0119 9003 0744 77", reason="new")
        assert app.screen.query_one("#field-position").has_class("-wrong")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, Refusal)
        await press(pilot, "enter")
        assert app.focused is app.screen.query_one("#field-position TextInput"), "where it can be mended"
        await fill(pilot, position="Planner")
        assert not app.screen.query_one("#field-position").has_class("-wrong")
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, ChangeScreen)
    assert Request.select().count() == 1


async def test_what_is_typed_while_the_form_opens_is_never_written_into_another_field(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    focused: list[str | None] = []
    set_focus = ChangeScreen.set_focus

    def noted(form: ChangeScreen, widget: Widget | None, **how: bool) -> None:
        focused.extend(one.id for one in widget.ancestors if isinstance(one, FormField)) if widget else None
        set_focus(form, widget, **how)

    monkeypatch.setattr(ChangeScreen, "set_focus", noted)
    entry = office.entry("zhangwei")
    app = Office(office, "zhangwei", over=lambda app: ChangeScreen(app.desk.changes.form(entry), MOBILE))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert set(focused) == {"field-mobile"}


async def test_leaving_a_form_asks_first(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await fill(pilot, mobile="13900002121")
        await press(pilot, "escape", "n")
        assert isinstance(app.screen, ChangeScreen)
        await press(pilot, "escape", "y")
        assert not isinstance(app.screen, ChangeScreen)


async def test_an_untouched_form_closes_at_once(office: World) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "escape")
        assert not isinstance(app.screen, ChangeScreen)


async def test_access_is_asked_for_by_name(office: World) -> None:
    app = Office(office, "zhangwen", first="requests")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "n", "3")
        await fill(pilot, name="zhaomin", reason="call")
        await press(pilot, "ctrl+s")
    last = Request.select().order_by(Request.id.desc()).get()
    assert (last.kind, last.reason, last.state) == ("access", "call", "open")


async def test_who_has_no_entry_is_offered_no_change_of_it(school: World) -> None:
    class OfTeacher(Classroom):
        SHOWN = ("requests",)

    app = OfTeacher(school, "yanlaoshi", View("en", Look()))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "n New change" not in text_of(app)
        assert "n New…" in text_of(app)


@pytest.mark.parametrize("size", [(40, 10), (60, 15)])
async def test_a_field_is_seen_whole_with_its_label_on_a_small_terminal(
    office: World, size: tuple[int, int]
) -> None:
    app = form_of(office, "zhangwei")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for _field in range(8):
            field = app.focused
            line = next(above for above in field.ancestors if isinstance(above, FormField)) if field else None
            if line is None or line.field == "reason":
                break
            await pilot.pause()
            seen = text_of(app)
            assert app.screen.find_widget(line).visible_region.height == line.size.height, line.field
            assert "138 0000 2121" in seen or line.field != "mobile"
            await press(pilot, "down")
