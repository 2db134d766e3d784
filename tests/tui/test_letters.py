"""No letter has a second meaning on any screen, and none is silent."""

from __future__ import annotations

import importlib
import pkgutil
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.events import Key

import tui.kit
import tui.screens
from db.language import Label
from tests.tui.kit.stage import Directory, Stage, directory
from tui.kit.choosing import Choose
from tui.kit.commands import ScreenCommand, is_control
from tui.kit.facts import FactList
from tui.kit.fields import TextInput
from tui.kit.footer import Footer
from tui.kit.keyed import Keyed
from tui.kit.letters import LETTERS, fold
from tui.kit.moved_keys import MOVED
from tui.kit.notice import NoticeArea
from tui.screens.sheets.list import SheetScreen, command_of, screen_of
from tui.sheets.registry import SHEETS

DOES = tomllib.loads(Path(__file__).with_name("letters.toml").read_text("utf-8"))


def screens(of: type[Keyed] = Keyed) -> Iterator[type[Keyed]]:
    for one in of.__subclasses__():
        yield one
        yield from screens(one)


def all_screens() -> set[type[Keyed]]:
    for room in (tui.kit, tui.screens):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(found.name)
    for sheet in SHEETS:
        screen_of(sheet)
    return {one for one in screens() if one.__module__.startswith("tui.")}


def of_everywhere() -> set[tuple[str, str]]:
    """Each key that no field takes, with what it does."""
    commands = [command for screen in all_screens() for command in screen.commands()]
    commands += [command_of(verb) for sheet in SHEETS for verb in sheet.verbs]
    return {(key, one.id) for one in commands for key in one.keys if not is_control(key)}


def test_what_a_letter_does_is_of_its_one_kind() -> None:
    """Whoever adds a command enters it at its letter, and reads there what else that does."""
    assert {key for key, _id in of_everywhere()} <= set(LETTERS), "take a letter of tui/kit/letters.py"
    entered = {(key, command) for key, does in DOES.items() for command in does}
    assert of_everywhere() == entered, "enter its id at its letter in tests/tui/letters.toml, or take it out"


@pytest.mark.parametrize(
    "key", sorted({*string.ascii_lowercase, "plus", "semicolon", "5", "f4"} - {"j", "k", "x"})
)
async def test_no_key_is_silent(key: str) -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = directory(app)
        await pilot.press(key)
        done = app.screen is not screen or screen.done or screen.answers or app.current_mode != "directory"
        assert done or screen.query_one(NoticeArea).has_class("-told")


@pytest.mark.parametrize(
    ("typed", "meant"), [("A", "a"), ("ａ", "a"), ("１", "1"), ("／", "slash"), ("？", "question_mark"),
                         ("、", "slash"), ("【", "left_square_bracket"), ("　", "space"), ("é", "é")]
)  # fmt: skip
def test_what_an_input_method_makes_of_a_key_counts_as_that_key(typed: str, meant: str) -> None:
    event = Key(typed, typed)
    fold(event)
    assert event.key == meant


async def test_a_han_character_where_a_key_was_due_says_that_the_input_method_is_on() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("王")
        assert "输入法开着" in said(app)
        await pilot.press("slash", "王")
        assert directory(app).query_one(TextInput).value == "王"


async def test_a_capital_counts_as_its_small_letter_but_in_a_field() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("R")
        assert isinstance(app.screen, Choose)
        await pilot.press("escape", "slash", "R")
        assert directory(app).query_one(TextInput).value == "R"


class Several(Directory):
    """Two things can be begun on it."""

    KEYS = (
        ScreenCommand("why", "n", Label("入职", "Joiner"), Label("入职。", "Joiner.")),
        ScreenCommand("correct", "n", Label("调动", "Move"), Label("调动。", "Move.")),
    )
    able = frozenset({"why", "correct"})

    def can(self, command_id: str) -> bool:
        return command_id in self.able

    async def do_why(self) -> None:
        self.done.append("why")


async def test_a_letter_of_several_commands_asks_which() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = Several()
        await app.push_screen(screen)
        assert screen.query_one(Footer).items()[0][1:] == ("n", "新增…")
        await pilot.press("n")
        assert isinstance(app.screen, Choose)
        await pilot.press("1")
        assert screen.done == ["why"]


async def test_a_letter_of_one_command_that_makes_sense_does_it() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = Several()
        screen.able = frozenset({"why"})
        await app.push_screen(screen)
        assert screen.query_one(Footer).items()[0][1:] == ("n", "入职")
        await pilot.press("n")
        assert screen.done == ["why"]


async def test_a_letter_of_none_that_makes_sense_says_so() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = Several()
        screen.able = frozenset()
        await app.push_screen(screen)
        await pilot.press("n")
        assert "不能使用" in said(app)


def said(app: Stage) -> str:
    notice = app.screen.query_one(NoticeArea)
    assert notice.has_class("-told")
    return str(notice.render_line(0).text)


def test_a_key_that_moved_says_where_its_command_went() -> None:
    """Only where it would be silent otherwise."""
    found = {one.__name__: one for one in all_screens() if one.__module__ != SheetScreen.__module__}
    for name, moved in MOVED.items():
        commands = found[name].commands()
        assert set(moved.values()) <= {command.id for command in commands}
        assert not set(moved) & {key for command in commands for key in command.keys}


async def test_q_leaves_no_more() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(Several())
        await pilot.press("q")
        assert isinstance(app.screen, Several)
        assert "F10" in said(app)


async def test_help_groups_the_keys_as_the_table_does_and_narrows_as_one_types() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("question_mark")
        assert "查找和排列" in shown(app)
        await pilot.press(*"propose")
        assert "提出更正" in shown(app)
        assert "打开名片" not in shown(app)
        await pilot.press("escape")
        assert app.screen is directory(app)


def shown(app: Stage) -> str:
    lines = app.screen.query_one(FactList)._lines(70)
    return " ".join(text for line in lines for text, _tone in line)
