"""One definition of a command feeds its binding, the footer, the help screen and the palette."""

from __future__ import annotations

import pytest

from db.language import LANGUAGES, Message, catalogue, say
from tests.tui.kit.stage import Correction, Directory, Stage, directory
from tui.kit import ScreenCommand
from tui.kit.choosing import Choose
from tui.kit.command_palette import Palette
from tui.kit.commands import is_control, key_name
from tui.kit.common_keys import HOUSE, SEARCH
from tui.kit.dialogs import AskText, Say
from tui.kit.facts import FactList
from tui.kit.footer import Footer
from tui.kit.help import Help
from tui.kit.keyed import TO_OTHER_FIELDS, Keyed

SCREENS: tuple[type[Keyed], ...] = (Directory, Correction, Choose, AskText, Say, Help, Palette)

COMMANDS: set[ScreenCommand] = {command for screen in SCREENS for command in screen.commands()}
KIT_SCREENS = (Choose, AskText, Say, Help, Palette)
KIT_COMMANDS: set[ScreenCommand] = {c for screen in KIT_SCREENS for c in screen.commands()} | {*HOUSE, SEARCH}


class Opened(Directory):
    """A screen over another, without the bar of modes."""

    SHOWS_MODES = False


def in_order(commands: set[ScreenCommand]) -> list[ScreenCommand]:
    return sorted(commands, key=lambda command: (command.id, command.key))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_command_is_bound_once_and_can_be_done(screen: type[Keyed]) -> None:
    found = [binding for binding in screen.BINDINGS if not isinstance(binding, tuple)]
    bound = {binding.key: binding.action for binding in found if binding not in TO_OTHER_FIELDS}
    keys = [key for command in screen.commands() for key in command.keys]
    assert sorted(bound) == sorted(set(keys))
    for command in screen.commands():
        assert all(bound[key] == f"press('{key}')" for key in command.keys)
        assert callable(getattr(screen, command.method))


@pytest.mark.parametrize("command", in_order(KIT_COMMANDS))
def test_every_command_of_the_kit_is_said_in_chinese(command: ScreenCommand) -> None:
    for text in (command.label, command.help):
        assert isinstance(text, Message)
        assert text.text in catalogue("zh_CN")._catalog  # type: ignore[attr-defined]  # gettext has no query


@pytest.mark.parametrize("command", in_order(COMMANDS))
def test_a_key_that_a_terminal_may_eat_has_a_second(command: ScreenCommand) -> None:
    if command.key.startswith("ctrl+") and command in HOUSE:
        assert command.second or command.id in ("redraw", "stop_work")  # Esc stops it, too
    assert len({*command.keys}) == len(command.keys)


async def test_footer_help_and_palette_name_the_same_commands() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = directory(app)
        offered = screen.offered_commands()
        footer = {item[0] for item in screen.query_one(Footer).items()}
        assert footer == {command.id for command in offered if command.footer} | {"help"}
        await pilot.press("f1")
        keys = app.screen.query(FactList).first()
        lines = keys._lines(70)
        shown = [line[-1][0] for line in lines]
        assert [c for c in offered if not any(say(c.help, "zh_CN")[:6] in said for said in shown)] == []
        await pilot.press("escape", "ctrl+p")
        palette = app.screen
        assert isinstance(palette, Palette)
        listed = {found.id for found in palette._everything}
        assert listed == {c.id for c in offered} - {"palette"} | {mode.id for mode in app.modes}


@pytest.mark.parametrize("typed", ["bangzhu", "bz", "help"])
async def test_a_command_is_found_by_its_word_its_pinyin_and_its_initials(typed: str) -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("ctrl+p", *typed)
        palette = app.screen
        assert isinstance(palette, Palette)
        assert "help" in [found.id for found in palette._found if isinstance(found, ScreenCommand)]


async def test_what_cannot_be_done_now_is_neither_offered_nor_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Directory, "can", lambda _screen, command: command != "open")
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert directory(app).done == []
        assert "open" not in [item[0] for item in app.screen.query_one(Footer).items()]


async def test_enter_in_a_list_is_the_command_of_enter() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert directory(app).done == ["open"]


async def test_letters_do_not_fire_while_typing_and_the_footer_says_what_does() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = directory(app)
        await pilot.press("slash", "r", "e", "1")
        assert app.screen is screen
        items = screen.query_one(Footer).items()
        assert all(is_control_name(key) for _id, key, _word in items)
        await pilot.press("escape", "r")
        assert isinstance(app.screen, Choose)


def is_control_name(key: str) -> bool:
    return key in ("Enter", "Esc") or key.startswith(("Ctrl+", "F"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_footer_without_room_says_so(language: str) -> None:
    app = Stage()
    app.language = "zh_CN" if language == "zh_CN" else "en"
    async with app.run_test(size=(40, 12)):
        items = app.screen.query_one(Footer).items()
        assert [item[2] for item in items[-2:]] == ["…", {"zh_CN": "更多", "en": "More"}[language]]


async def test_digits_change_the_mode_and_esc_goes_back() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("2")
        assert app.current_mode == "queue"
        await pilot.press("e")
        assert isinstance(app.screen, Correction)
        await pilot.press("1")
        assert app.current_mode == "queue", "a form is not left by a digit"
        await pilot.press("escape")
        assert isinstance(app.screen, Directory)


async def test_the_digit_of_the_present_mode_leads_back_to_it() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        below = app.screen
        await app.push_screen(Directory())
        assert app.screen is not below
        await pilot.press("1")
        assert app.screen is below
        await pilot.press("1")
        assert app.screen is below
        for _ in range(3):
            await app.push_screen(Directory())
        await pilot.press("1")
        assert app.screen is below, "however much was opened from it"


async def test_digits_lead_from_what_was_opened_and_back_to_it() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        below, opened = app.screen, Opened()
        await app.push_screen(opened)
        await pilot.press("2")
        assert app.current_mode == "queue"
        await pilot.press("1")
        assert app.screen is opened
        await pilot.press("1")
        assert app.screen is below


async def test_the_digit_of_the_present_mode_stops_at_a_form() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await app.push_screen(Correction())
        for _ in range(2):
            await app.push_screen(Directory())
        await pilot.press("1")
        assert isinstance(app.screen, Correction)


async def test_f10_signs_out_from_anywhere() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("r", "f10")
    assert app.return_value == 0


def test_keys_are_named_as_they_stand_on_the_keyboard() -> None:
    keys = ("slash", "ctrl+s", "f1", "A", "escape", "equals_sign", "asterisk", "minus")
    names = {key: key_name(key) for key in keys}
    assert names == {
        "slash": "/", "ctrl+s": "Ctrl+S", "f1": "F1", "A": "A", "escape": "Esc", "equals_sign": "=",
        "asterisk": "*", "minus": "-",
    }  # fmt: skip
    assert [key for key in ("f", "f1", "full_stop", "ctrl+e") if is_control(key)] == ["f1", "ctrl+e"]


def test_textuals_own_commands_are_off() -> None:
    app = Stage()
    assert dict(app._bindings.key_to_bindings) == {}
    assert not app.use_command_palette
    assert set() == app.COMMANDS


def test_the_bar_of_long_work_may_move_while_a_screen_is_coming_up() -> None:
    Footer().refresh_keys()
