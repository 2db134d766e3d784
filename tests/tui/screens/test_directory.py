"""The directory at the keyboard: typing, opening, revealing, explaining, contacting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

import tui.screens
from db.desk import Refused
from db.desk.authority.sight import Shown
from db.desk.directory.directory import Directory as Look
from db.desk.entry.lines import EntryLine
from db.language import _
from db.store.tables import AuditRecord, Entry, Request
from tests.audited import purpose_of
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access
from tests.db.desk.lives import approved, leave
from tests.tui.conftest import View
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.directory_stage import Hall, hall
from tests.wider_world import build_wider_world
from tests.world import OUTSIDE, World
from tui.kit import DataList, FactList, KitApp, TextInput, UnitTree
from tui.kit.choosing import Choose
from tui.kit.common_keys import BACK, HOUSE, STOP_WORK
from tui.kit.help import Help
from tui.kit.keyed import Keyed
from tui.kit.refusal import Refusal
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.screens.directory import list as listing
from tui.screens.directory.book_rights import BookRights
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import CardScreen, CardView
from tui.screens.directory.contact import ContactCard
from tui.screens.directory.keys import ON_ENTRY
from tui.screens.directory.why import Explanation
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen

__all__ = ["hall"]
SMALL, LARGE = (80, 24), (120, 36)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def screens() -> Iterator[type[Keyed]]:
    """Every screen and dialog there is."""
    for module in iter_modules(tui.screens.__path__, "tui.screens."):
        for inner in iter_modules(getattr(import_module(module.name), "__path__", ()), f"{module.name}."):
            import_module(inner.name)
    waiting = [Keyed]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        yield one


def names(app: Hall) -> list[str]:
    """The names in the list, as far as it is shown."""
    shown: list[EntryLine] = [row for _number, row in sorted(app.screen.query_one(DataList)._rows.items())]
    return [row.name for row in shown]


def acts() -> list[tuple[str, str, str]]:
    """What the audit holds of the directory: act, outcome, purpose."""
    rows = AuditRecord.select().where(AuditRecord.act.startswith("directory.")).order_by(AuditRecord.seq)
    return [(row.act, row.outcome, purpose_of(row)) for row in rows]


def drawn(app: KitApp) -> str:
    """Everything on the screen, as text."""
    return "\n".join("".join(part.text for part in line) for line in app.screen._compositor.render_strips())


def places(app: KitApp, text: str) -> Iterator[tuple[int, int]]:
    """The first and the last cell of ``text`` wherever it stands on the screen, as column and row."""
    for y, line in enumerate(drawn(app).split("\n")):
        for found in re.finditer(re.escape(text), line):
            column = cell_len(line[: found.start()])
            yield column, y
            yield column + cell_len(text) - 1, y


async def test_a_search_narrows_with_every_key(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", "z")
        assert names(app) == ["曾晴", "张伟", "张文", "赵敏", "郑微", "周围"]
        await press(pilot, "h", "a")
        assert names(app) == ["张伟", "张文", "赵敏"]
        await press(pilot, *"ngwei")
        assert names(app) == ["张伟"]


async def test_a_new_search_takes_the_place_of_the_old_and_escape_ends_it(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        everybody = names(app)
        await press(pilot, "slash", *"zhangwei", "escape", "slash", *"zhouwei")
        assert names(app) == ["周围"]
        await press(pilot, "escape")
        assert names(app) == ["周围"]
        await press(pilot, "escape")
        assert names(app) == everybody
        assert isinstance(app.screen, DirectoryScreen)


async def test_chinese_typed_by_an_input_method_is_found(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", "研", "发", "space", "张")
        assert names(app) == ["张伟", "张文"]
        assert app.screen.query_one(TextInput).value == "研发 张"


def offered(app: Hall) -> set[str]:
    """What the directory offers now."""
    return {command.id for command in cast(DirectoryScreen, app.screen).offered()}


async def test_where_nobody_is_found_the_house_keys_still_work(hall: World) -> None:
    """Help, the palette, the language and signing out are about no entry."""
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        house = {command.id for command in HOUSE} & offered(app)
        assert {"help", "palette", "language", "sign-out"} <= house
        await press(pilot, "slash", *"nobody", "enter")
        assert names(app) == []
        assert offered(app) >= house
        assert not offered(app) & set(ON_ENTRY)
        assert "n 申请查阅" in drawn(app)
        await press(pilot, "f1")
        assert isinstance(app.screen, Help)


def test_no_screen_takes_the_keys_of_the_house_away() -> None:
    """A screen may say better what going back does here; x asks which where there is work to stop too; all
    else is the same everywhere."""
    house = {command.id: command.key for command in HOUSE if command is not BACK}
    shares = (BACK, STOP_WORK)
    taken = {key: command.id for command in HOUSE if command not in shares for key in command.keys}
    for screen in screens():
        shared = {command.id for command in screen.SHARED}
        for command in screen.KEYS:
            assert house.get(command.id, command.key) == command.key, (screen, command.id)
            for key in command.keys:
                assert taken.get(key, command.id) in {command.id} | house.keys() - shared, (screen, key)


async def test_down_from_the_field_goes_one_line_on_and_into_the_list(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhang", "down")
        people = app.screen.query_one(DataList)
        assert (people.cursor, app.focused) == (1, people)


async def test_what_was_searched_for_stays_while_one_is_in_another_place(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhang", "down")
        found = names(app)
        queue = next(mode.digit for mode in app.modes if mode.id == "requests")
        await press(pilot, queue)
        assert not isinstance(app.screen, DirectoryScreen)
        assert "第一屏" not in drawn(app)
        await press(pilot, "2")
        assert app.screen.query_one(TextInput).value == "zhang"
        assert names(app) == found


async def test_tags_and_regions_are_offered_where_the_regulations_know_them(hall: World) -> None:
    """A.* knows neither: whoever keeps that book would find an empty list, and a region nobody finds by."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL):
        assert isinstance(app.screen, DirectoryScreen)
        assert not app.screen.can("tags")
        assert not app.screen.can("region")
        book = app.screen._book
        assert book is not None
        app.screen._rights = BookRights(replace(book, tags=True))
        assert app.screen.can("tags")
        assert not app.screen.can("region")
        app.screen._rights = BookRights(replace(book, tags=False, regions=True))
        assert app.screen.can("region")
        assert not app.screen.can("tags")


async def test_nobody_out_of_reach_is_drawn(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=LARGE) as pilot:
        await press(pilot, "slash", *"zhaomin")
        assert names(app) == []
        for text in ("赵敏", "8201", "销售"):
            assert text not in drawn(app)


@pytest.mark.clause("A.5")
async def test_a_look_up_is_recorded_once_it_has_settled(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        monkeypatch.setattr(listing, "SETTLED", 600.0)
        await press(pilot, "slash", *"zhan")
        assert acts() == []
        monkeypatch.setattr(listing, "SETTLED", 0.1)
        await press(pilot, "g")
        while not acts():
            await pilot.pause()
        assert acts() == [("directory.settled", "done", "")]
        await press(pilot, "enter", "enter")
        assert acts() == [
            ("directory.settled", "done", ""),
            ("directory.shown", "done", ""),
            ("directory.card", "done", ""),
        ]


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
        assert [act for act, _outcome, _purpose in acts()].count("directory.reveal") == 1
        clock.forward(minutes=30)
        await press(pilot, "escape", "slash", *"zhangwen", "escape", "down", "enter")
        assert "139 0000 1507" not in drawn(app)


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


async def test_the_tree_says_its_own_keys_and_a_card_how_to_copy(hall: World) -> None:
    """In the place of the list letters are part of a name: what is left is to choose or to go back."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2")
        assert [line for line in drawn(app).splitlines() if "Enter 选定" in line and "Esc 返回" in line]
        await press(pilot, "escape", "enter")
        assert "y 复制" in drawn(app).splitlines()[-1]


async def test_help_finds_a_key_by_the_word_that_it_has(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "question_mark", *"报错")
        assert "报告条目有误" in drawn(app), "its sentence has not that word"


async def test_f_says_that_a_directory_has_nothing_to_narrow_by(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "f")
        assert "这里没有可筛选的标签、类别或地区" in drawn(app)


@pytest.mark.clause("A.6")
@pytest.mark.parametrize(
    ("login", "seen"), [("liuyang", {"李伟", "王芳"}), ("liwei", {"李伟", "王芳"}), ("zhangwei", {"王芳"})]
)
async def test_the_tree_is_an_org_chart_as_far_as_the_reader_s_sight_goes(
    hall: World, login: str, seen: set[str]
) -> None:
    """A head out of sight is left out, as a vacant office is."""
    app = Hall(hall, login)
    async with app.run_test(size=LARGE) as pilot:
        tree = app.screen.query_one(UnitTree)
        assert "[头]" not in lines_of(tree), "nobody is looked up before it is opened"
        await press(pilot, "u", "2")
        assert {name for name in ("李伟", "王芳") if f"{name} [头]" in lines_of(tree)} == seen


def lines_of(tree: UnitTree) -> str:
    return "\n".join(tree.render_line(y).text for y in range(tree.size.height))


@pytest.mark.parametrize("typed", ["yfyb", "研发一", "yanfayi"])
async def test_letters_in_the_tree_narrow_it_and_do_nothing_to_who_is_behind_it(
    hall: World, typed: str
) -> None:
    """By initials, as written, or in full pinyin; Enter shows the people of the unit, Esc the tree again."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2", *typed)
        tree = app.screen.query_one(UnitTree)
        assert app.focused is tree, "y copies nobody, n begins nothing"
        assert [tree.nearest_row(9), tree.current.label if tree.current else ""] == [0, "研发一部"]
        assert "研发中心" in drawn(app)
        await press(pilot, "escape")
        assert app.focused is tree
        assert tree.current is not None
        assert tree.current.label != "研发一部"
        assert tree.last() > 0
        await press(pilot, "x", "q")
        assert "这里没有这个名称" in drawn(app)
        await press(pilot, "escape")
        assert "这里没有这个名称" not in drawn(app)
        await press(pilot, *typed, "backspace", *typed[-1:], "enter")
        assert isinstance(app.focused, DataList)
        assert {row.unit_name for row in app.focused.in_sight} == {"研发一部"}


async def test_what_no_unit_in_sight_is_called_narrows_the_tree_to_nothing(hall: World) -> None:
    """An employee learns no unit's name that they may not see."""
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2", *"rlzyb", "enter")
        tree = app.screen.query_one(UnitTree)
        assert tree.current is None
        await press(pilot, "escape", "escape")
        assert isinstance(app.focused, DataList)
        assert app.focused.in_sight


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


async def test_the_tree_narrows_list_and_search(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        tree = app.screen.query_one(UnitTree)
        await press(pilot, "u", "2", "down", "down")
        assert tree.current is not None
        assert tree.current.label.zh == "研发中心"  # type: ignore[union-attr]
        assert set(names(app)) == {"李伟", "王芳", "张伟", "张文", "郑微", "周围", "单宏"}
        await press(pilot, "slash", *"wei")
        assert set(names(app)) == {"李伟", "张伟", "郑微", "周围"}


@pytest.mark.clause("E.5")
async def test_outside_contacts_are_a_list_of_their_own(hall: World) -> None:
    app = Hall(hall, "luoyan")
    async with app.run_test(size=SMALL) as pilot:
        assert "谢军" not in names(app)
        await press(pilot, "f", "3")
        assert names(app) == ["韩梅", "谢军"]
        assert "北辰科技" in drawn(app)
        assert " 单位 " in app.screen.query_one(DataList).head(0, 60).text
        await press(pilot, "f", "3")
        assert "谢军" not in names(app)


@pytest.mark.clause("E.5")
async def test_an_outside_contact_is_entered_by_keys_from_their_list(hall: World) -> None:
    app = Hall(hall, "luoyan")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "f", "3", "n", "1")
        assert isinstance(app.screen, JoinScreen)
        await press(pilot, *"秦岚", "ctrl+s")
        assert isinstance(app.screen, JoinScreen), "nobody is kept waiting: no clock runs for a contact"
        given = {
            "name": "秦岚", "position": "采购总监", "office_phone": "021 6888 1001",
            "mobile": "139 0000 9103", "email": "qinlan@dongfang.example", "organisation": "东方贸易",
            "inside_owner": "马军/会计部",
        }  # fmt: skip
        for name, text in given.items():
            app.screen.query_one(f"#field-{name} TextInput").focus()
            await press(pilot, "ctrl+u", *text)
        await press(pilot, "ctrl+s")
        await pilot.pause()
        assert not isinstance(app.screen, JoinScreen)
    request = Request.get(Request.kind == "join")
    assert request.unit_id == hall.unit("group", OUTSIDE)
    approved(hall, "liuyang", request.id)
    assert Entry.get_by_id(request.entry_id).inside_owner == hall.entry("majun", "group")


@pytest.mark.clause("E.5")
async def test_who_answers_for_a_contact_corrects_it_from_their_own_list(hall: World) -> None:
    app = Hall(hall, "huangbo")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "f", "2")
        assert names(app) == ["韩梅"]
        await press(pilot, "e")
        assert isinstance(app.screen, ChangeScreen)


async def test_another_book_is_one_key_away(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "1")
        assert isinstance(app.screen, Choose)
        await press(pilot, "2")
        assert names(app) == ["张伟"]
        assert "法务部" in drawn(app)


async def test_the_change_form_and_the_access_form_open_from_here(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "down", "e")
        assert isinstance(app.screen, ChangeScreen)
        await press(pilot, "ctrl+g")
        await press(pilot, "n")
        assert isinstance(app.screen, AskForm)


@pytest.mark.clause("A.6")
async def test_who_only_sees_an_entry_is_told_by_which_clause_others_keep_it(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"张文", "enter", "e")
        assert not isinstance(app.screen, ChangeScreen)
        assert "A.6" in drawn(app)


@pytest.mark.clause("A.13")
@pytest.mark.parametrize(("searched", "name"), [("李娜", "李娜"), ("8801", "")])
async def test_the_access_form_takes_over_the_name_that_was_looked_for(
    hall: World, searched: str, name: str
) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *searched, "enter", "n")
        assert app.screen.query_one("#field-name TextInput", TextInput).value == name


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


@pytest.mark.clause("F.3.1", "E.6.3", "C.7")
async def test_f_narrows_the_list_and_shows_everybody_again(hall: World) -> None:
    app = Hall(hall, "fangmin")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "f", "1", "1", "1")
        assert len(names(app)) == 9
        await press(pilot, "f", "2")
        assert names(app) == ["吴昊"]
        await press(pilot, "f", "1", "1")
        assert "合作伙伴" in drawn(app)
        await press(pilot, "1", "f", "1", "0")
        assert names(app) == ["吴昊"]


@pytest.mark.clause("I.4.2.3")
async def test_i_says_how_the_unit_itself_is_reached(hall: World) -> None:
    app = Hall(hall, "fangmin")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "v", "4")
        assert "没有登记部门自己的联系方式" in drawn(app)


async def test_a_list_has_no_column_that_is_empty_throughout(hall: World) -> None:
    """Pupils have neither positions nor extensions."""
    build_wider_world("class", beside=hall)
    app = Hall(hall, "yanlaoshi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "家长电话" in shown, "the number is not the pupil's"
        assert "手机" not in shown
        assert "职务" not in shown
        assert "分机" not in shown


@pytest.mark.parametrize("keys", [("down", "escape"), ("enter", "escape", "escape"), ("escape", "escape")])
async def test_whoever_was_found_stays_under_the_cursor_when_the_search_ends(
    hall: World, keys: tuple[str, ...]
) -> None:
    """A unit chosen, somebody found in it, the search left: the leaver is they, not the first of the unit."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2", "down", "down", "slash", *"zhengwei", *keys)
        rows = app.screen.query_one(DataList)
        assert not app.screen.query_one(TextInput).value
        assert len(names(app)) > 1
        assert rows.cursor > 0
        await press(pilot, "n", "3")
        assert isinstance(app.screen, LeaveScreen)
        assert app.screen._form.name == "郑微"


async def test_whoever_was_chosen_is_under_the_cursor_again_after_another_screen(hall: World) -> None:
    """Or, once they have left, nobody is: the next act asks."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        rows = app.screen.query_one(DataList)
        rows.go(names(app).index("郑微"))
        for leaver, under in (("zhangwei", "郑微"), ("zhengwei", None)):
            await press(pilot, "4")
            approved(hall, "zengqing", leave(hall, "liuyang", leaver))
            await press(pilot, "2")
            assert (rows.current.name if rows.current is not None else None) == under
        await press(pilot, "n", "3")
        assert isinstance(app.screen, Choose)
        assert "郑微已不在此列表中" in drawn(app)


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


async def test_a_mistyped_name_is_found_where_nothing_fits(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhangwie")
        assert names(app) == ["张伟"]
        await press(pilot, *["backspace"] * 8, *"zhangwei")
        assert names(app) == ["张伟"], "who fits exactly hides who fits nearly: 张文"


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
