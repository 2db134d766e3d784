"""The directory's list at the keyboard: typing, searching, narrowing, what opens from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import pytest

import tui.screens
from db.store.tables import Entry, Request
from tests.db.desk.lives import approved, leave
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.directory_stage import LARGE, SMALL, Hall, acts, drawn, hall, names
from tests.tui.screens.stage import press
from tests.wider_world import build_wider_world
from tests.world import OUTSIDE, World
from tui.kit import DataList, TextInput
from tui.kit.choosing import Choose
from tui.kit.common_keys import BACK, HOUSE, STOP_WORK
from tui.kit.help import Help
from tui.kit.keyed import Keyed
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.screens.directory import list as listing
from tui.screens.directory.book_rights import BookRights
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import RESTS, CardView
from tui.screens.directory.keys import ON_ENTRY
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen

__all__ = ["hall"]


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


def offered(app: Hall) -> set[str]:
    """What the directory offers now."""
    return {command.id for command in cast(DirectoryScreen, app.screen).offered_commands()}


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


async def test_below_the_list_an_extension_leaves_its_room_to_the_address(hall: World) -> None:
    """Where the office phone ends in it."""
    values = {"office_phone": "010 8866 8999", "email": "yuxuan.cheng@huaxing.example.com"}
    hall.hire("chengyuxuan", "程宇轩", "研发中心/研发一部", values=values)
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"chengyuxuan")
        below = next(line for line in drawn(app).splitlines() if "8866" in line)
        assert values["email"] in below
        assert "分机" not in below


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
        await press(pilot, "escape")
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


async def test_whoever_leaves_while_the_cursor_comes_to_rest_on_them_disturbs_nobody(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        app.screen.query_one(DataList).go(names(app).index("郑微"))
        approved(hall, "zengqing", leave(hall, "liuyang", "zhengwei"))
        await pilot.pause(RESTS + 0.2)
        assert "郑微" in drawn(app)


async def test_a_number_of_somebody_who_left_meanwhile_is_masked_again_all_the_same(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        app.screen.query_one(DataList).go(names(app).index("郑微"))
        await press(pilot, "enter")
        view = app.screen.query_one(CardView)
        shown = view.card
        assert shown is not None
        approved(hall, "zengqing", leave(hall, "liuyang", "zhengwei"))
        view._mask(shown)
        await pilot.pause()
        assert "您可查阅的范围内没有这个条目" in drawn(app)
        assert "手机" not in drawn(app)


async def test_a_mistyped_name_is_found_where_nothing_fits(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "slash", *"zhangwie")
        assert names(app) == ["张伟"]
        await press(pilot, *["backspace"] * 8, *"zhangwei")
        assert names(app) == ["张伟"], "who fits exactly hides who fits nearly: 张文"
