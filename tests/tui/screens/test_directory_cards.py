"""Cards of the directory at the keyboard: opening, revealing, explaining, contacting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.cells import cell_len

from db.desk import Refused
from db.desk.authority.sight import Shown
from db.desk.directory.directory import Directory as Look
from db.desk.entry.lines import EntryLine
from db.desk.notation.localtime import time_after
from db.language import _
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access
from tests.tui.conftest import View
from tests.tui.screens.directory_stage import LARGE, SMALL, Hall, acts, drawn, hall, names
from tests.tui.screens.stage import press
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import DataList, FactList, KitApp
from tui.kit.choosing import Choose
from tui.kit.refusal import Refusal
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import CardScreen, CardView
from tui.screens.directory.contact import ContactCard
from tui.screens.directory.why import Explanation

__all__ = ["hall"]


def places(app: KitApp, text: str) -> Iterator[tuple[int, int]]:
    """The first and the last cell of ``text`` wherever it stands on the screen, as column and row."""
    for y, line in enumerate(drawn(app).split("\n")):
        for found in re.finditer(re.escape(text), line):
            column = cell_len(line[: found.start()])
            yield column, y
            yield column + cell_len(text) - 1, y


@pytest.mark.clause("A.11")
@pytest.mark.threat(15)
async def test_a_number_is_masked_until_a_purpose_of_work_is_chosen(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "down", "down", "enter")
        assert isinstance(app.screen, CardScreen)
        assert "139••••07" in drawn(app)
        assert "1507" not in drawn(app)
        await press(pilot, "r", "4")
        assert isinstance(app.screen, Refusal)
        assert "A.11" in drawn(app)
        await press(pilot, "enter", "r", "1")
        assert "139 0000 1507" in drawn(app)
    assert acts()[-2:] == [
        ("directory.reveal", "refused", "personal"),
        ("directory.reveal", "done", "work"),
    ]


async def test_a_reason_that_is_refused_stays_to_be_written_anew(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a regulation asks for a reason with each look-up."""
    shown = Look.reveal

    def screened(self: Look, entry: int, field: str, purpose: str, reason: str) -> Shown:
        if "6222" in reason:
            raise Refused(_("Names a bank card."), "H.4.3", _("Leave it out."), field="reason")
        return shown(self, entry, field, purpose, reason)

    monkeypatch.setattr(Look, "asks_reason", lambda _self, _book, _entry: "")
    monkeypatch.setattr(Look, "reveal", screened)
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "down", "down", "enter", "r", "1", *"6222", "enter")
        assert "H.4.3" in drawn(app)
        assert "6222" in drawn(app)
        await press(pilot, *"visit", "enter")
        assert "139 0000 1507" in drawn(app)


@pytest.mark.clause("A.11")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_revealed_number_stays_in_list_and_card_by_one_record(
    hall: World, clock: Clock, size: tuple[int, int]
) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=size) as pilot:
        await press(pilot, "down", "down", "r", "1")
        assert "139 0000 1507" in drawn(app)
        assert "研发一部的张伟" in drawn(app), "the words to say stand under it"
        await press(pilot, "escape", "up", "down")
        assert drawn(app).count("139 0000 1507") == 2, "in the list, and in the card of whom the cursor is on"
        await press(pilot, "enter")
        assert "139 0000 1507" in drawn(app)
        assert f"139 0000 1507  显示到 {time_after(30 * 60)}" in drawn(app), "it says how long"
        assert [act for act, _outcome, _purpose in acts()].count("directory.reveal") == 1
        clock.forward(minutes=30)
        await press(pilot, "escape", "slash", *"zhangwen", "escape", "down", "enter")
        assert "139 0000 1507" not in drawn(app)
        assert "显示到" not in drawn(app)


async def test_below_the_list_stands_the_card_of_who_is_under_the_cursor(hall: World) -> None:
    """With whom they report to, as far as the reader sees those: an employee their own head alone."""
    for login, chain in (("zhangwei", "王芳 [头] 8011"), ("liuyang", "王芳 [头] 8011 < 李伟 [头] 8010")):
        app = Hall(hall, login)
        async with app.run_test(size=SMALL) as pilot:
            await press(pilot, "slash", *"zhangwen")
            await pilot.pause(0.2)
            card = drawn(app).split("张文")[-1]
            assert "研发一部 < 研发中心 < 华星集团" in card
            assert chain in card
            assert ("李伟" in card) == (login == "liuyang")
            assert "139••••07" in card


async def test_where_nobody_is_found_nothing_of_whom_was_there_before_stays(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhangwen")
        await pilot.pause(0.2)
        assert "139••••07" in drawn(app)
        await press(pilot, *"nobody")
        await pilot.pause(0.2)
        assert (names(app), "139••••07" in drawn(app)) == ([], False)


@pytest.mark.clause("A.13")
async def test_a_card_that_was_granted_does_not_outlast_its_end_on_the_screen(hall: World) -> None:
    """The cursor may rest on it with the number shown; who looks up finds nothing but that it is over."""
    desk = hall.desk("zhangwei")
    approve(hall, "zhaomin", ask_access(desk, "staff", "客户现场对接", name="赵敏", days=1))
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=LARGE) as pilot:
        await press(pilot, "/", *"赵敏", "enter", "enter")
        shown = app.screen.query_one(CardView).card
        assert shown is not None
        assert "Granted until" in drawn(app) or "获准查阅至" in drawn(app)
        view = app.screen.query_one(CardView)
        view.show(replace(shown, until="2026-11-23T01:00:00.100000Z"))
        await pilot.pause(0.3)
        assert view.card is None
        assert "A.13" in drawn(app)


async def test_enter_opens_one_card_and_in_the_tree_none(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, CardScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, DirectoryScreen)
        assert [act for act, _outcome, _purpose in acts()].count("directory.card") == 1
        await press(pilot, "u", "2", "down", "enter")
        assert isinstance(app.screen, DirectoryScreen)
        assert isinstance(app.focused, DataList)


async def test_a_wide_screen_shows_the_card_beside_the_list(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=LARGE) as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, DirectoryScreen)
        assert "华星集团 / 总经理办公室" in drawn(app)
        assert app.screen.query_one(FactList).region.width > 0


async def test_why_cites_the_clause(hall: World) -> None:
    app = Hall(hall, "tangyu")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "w")
        assert isinstance(app.screen, Explanation)
        assert "C.10.1" in drawn(app)


@pytest.mark.clause("C.10.1", "C.10.2", "C.10.3")
async def test_why_nobody_is_found_says_how_far_one_sees(hall: World) -> None:
    app = Hall(hall, "tangyu")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "/", *"高珊", "escape")
        assert "w: 为何" in drawn(app) or "w 原因" in drawn(app)
        await press(pilot, "w")
        assert isinstance(app.screen, Explanation)
        assert "为何不可见" in drawn(app)
        assert "C.10.1" in drawn(app)


@pytest.mark.clause("C.11")
async def test_a_card_beside_the_list_says_why_of_a_field_too(hall: World) -> None:
    app = Hall(hall, "tangyu")
    async with app.run_test(size=LARGE) as pilot:
        other = next(place for place, name in enumerate(names(app)) if name != "唐雨")
        await press(pilot, *["down"] * other, "enter", "w")
        assert "整个条目" in drawn(app)
        await press(pilot, "3")
        assert isinstance(app.screen, Explanation)
        assert "C.11" in drawn(app)


@pytest.mark.clause("A.11", "A.14")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_who_revealed_a_number_contacts_for_the_same_purpose(
    hall: World, size: tuple[int, int]
) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=size) as pilot:
        await press(pilot, "down", "down", "enter", "r", "1", "c", "1")
        assert isinstance(app.screen, ContactCard)
        assert "139 0000 1507" in drawn(app)
    looked = [(act, purpose) for act, _outcome, purpose in acts() if purpose]
    assert looked == [("directory.reveal", "work"), ("directory.contact", "work")]


@pytest.mark.clause("A.11", "A.14")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_mobile_is_revealed_where_one_calls_it(hall: World, size: tuple[int, int]) -> None:
    """For the purpose that was just given, on record like any other, and known to the card afterwards."""
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=size) as pilot:
        await press(pilot, "down", "down", "c", "1", "1")
        assert isinstance(app.screen, ContactCard)
        assert "139••••07" in drawn(app)
        assert "139 0000 1507" not in drawn(app)
        assert "r " in drawn(app).splitlines()[-1]
        await press(pilot, "r")
        assert isinstance(app.screen, ContactCard)
        assert "139 0000 1507" in drawn(app)
        await press(pilot, "r", "escape")
        assert not isinstance(app.screen, ContactCard)
        assert "139 0000 1507" in drawn(app)
    looked = [(act, purpose) for act, _outcome, purpose in acts() if purpose]
    assert looked == [("directory.contact", "work"), ("directory.reveal", "work")]


async def test_another_person_is_contacted_for_a_purpose_of_their_own(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=LARGE) as pilot:
        await press(pilot, "down", "down", "r", "1", "down", "y")
        assert isinstance(app.screen, Choose)


@pytest.mark.clause("A.14")
async def test_the_contact_card_has_the_words_and_fits_a_small_screen(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "down", "down", "c", "1", "2")
        assert isinstance(app.screen, ContactCard)
        text = drawn(app)
        for words in ("我是研发一部的张伟", "安排会议", "张文，您好", "A.14"):
            assert words in text


@pytest.mark.clause("A.14")
async def test_the_contact_card_fits_a_small_screen_in_english_too(hall: World) -> None:
    app = Hall(hall, "liuyang", View("en"))
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, *["down"] * names(app).index("张文"), "c", "1", "1")
        text = drawn(app)
        for words in ("Extension", "I am 刘洋 from 人力资源部, about: Contact about work.", "Under A.14"):
            assert words in text


@pytest.mark.threat(11, 12)
@pytest.mark.parametrize("text", ["[@click=app.quit()]x[/]", "[/]", "[b]", "\\[", "$x", "{name}", "%s"])
async def test_data_is_never_markup(hall: World, text: str) -> None:
    """Someone puts markup into their own name; every cell that shows it is clicked."""
    from db.desk.entry.record import apply_values
    from db.store.transactions import writing

    with writing():
        apply_values(
            hall.entry("zhangwei"), {"name": (text,), "position": (text,)}, source=text, verifier=None
        )
    app = Hall(hall, "liuyang")
    async with app.run_test(size=LARGE) as pilot:
        await press(pilot, "slash", *"8012", "enter", "enter")
        cells = list(places(app, text))
        assert len(cells) > 2, "in the list, as the card's heading, and beside it"
        for cell in cells:
            await pilot.click(offset=cell)
        assert isinstance(app.screen, DirectoryScreen)
        assert app.is_running
    assert app.crash is None


@pytest.mark.clause("I.4.2.3")
async def test_i_says_how_the_unit_itself_is_reached(hall: World) -> None:
    app = Hall(hall, "fangmin")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "v", "4")
        assert "没有登记部门自己的联系方式" in drawn(app)


@pytest.mark.clause("A.11")
async def test_a_colleague_s_number_takes_two_keys_and_what_one_types(hall: World) -> None:
    """From the directory: / and F6, whose name says the purpose that is put on record."""
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhangwen")
        assert "F6 号码：工作" in drawn(app)
        await press(pilot, "f6")
        assert "139 0000 1507" in drawn(app)
    assert acts()[-1] == ("directory.reveal", "done", "work")


async def test_brackets_lead_from_card_to_card_of_the_list(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        everybody = names(app)
        await press(pilot, "enter", "right_square_bracket")
        assert f"名片：{everybody[1]}" in drawn(app)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert f"名片：{everybody[0]}" in drawn(app)
        assert "列表到此为止" in drawn(app)
        await press(pilot, "right_square_bracket", "escape")
        row: EntryLine | None = app.screen.query_one(DataList).current
        assert row is not None
        assert row.name == everybody[1]
    assert [act for act, _outcome, _purpose in acts()].count("directory.card") == 4


@pytest.mark.clause("G.3.1")
async def test_a_card_shows_at_once_what_its_reader_changed_there(hall: World) -> None:
    """On a screen of its own, and beside the list."""
    build_wider_world("wecom", beside=hall)
    for size, words in ((SMALL, "运营助理"), ((120, 36), "运营主管")):
        app = Hall(hall, "caiming")
        async with app.run_test(size=size) as pilot:
            await press(pilot, "slash", *"shuqi", "enter", "e", "down", "ctrl+u", *words, "ctrl+s")
            assert "已生效" in drawn(app)
            card = app.screen.query_one(CardView).card
            assert card is not None
            assert card.position == words
