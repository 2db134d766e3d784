"""Dialogs and forms, and keys that are typed ahead of them."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tests.tui.kit.stage import Correction, Directory, Stage, directory, shown
from tui.kit import DataList, TextInput
from tui.kit.dialogs import AskText
from tui.kit.fields import ChoiceField, FormField


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("1", "client"), ("2", "ops"), ("down,enter", "ops"), ("escape", None), ("运,维,enter", "ops"),
        ("人,enter", "client"),
    ],
)  # fmt: skip
async def test_a_choice_is_made_by_one_key(keys: str, answer: str | None) -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("r", *keys.split(","))
        assert directory(app).answers == [answer]


async def test_keys_pressed_faster_than_a_dialog_closes_answer_it_once() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("r")
        dialog = app.screen
        for key in ("2", "1", "1", "enter"):
            dialog.post_message(events.Key(key, key if key != "enter" else None))
        while app.screen is dialog:
            await pilot.pause()
        await pilot.pause()
        assert directory(app).answers == ["ops"]
        assert app.screen is directory(app)


async def test_a_required_text_is_not_taken_blank() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("w", "space", "enter")
        assert isinstance(app.screen, AskText)
        assert "不能为空" in shown(app)
        await pilot.press("o")
        assert "不能为空" not in shown(app)
        await pilot.press("k", "space", "enter")
        assert directory(app).answers == ["ok"]


async def test_typing_replaces_a_proposed_text_and_the_arrows_keep_it() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        screen = directory(app)
        for keys, answer in ((("b",), "b"), (("end", "b"), "ab")):
            screen.run_worker(screen.ask("a"))
            await pilot.pause()
            await pilot.press(*keys, "enter")
            assert screen.answers[-1] == answer


async def test_what_a_check_refuses_stays_to_be_mended() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        screen = directory(app)
        screen.run_worker(screen.ask("a"))
        await pilot.pause()
        await pilot.press("x", "x", "x", "enter")
        assert isinstance(app.screen, AskText)
        assert app.screen.query_one(TextInput).value == "xxx"
        assert "too long" in shown(app)
        await pilot.press("end", "backspace", "enter")
        assert screen.answers == ["xx"]


async def test_problems_stand_under_their_fields_and_the_cursor_in_the_first() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e", "tab", "ctrl+s")
        screen = app.screen
        wrong = [field.field for field in screen.query(FormField) if field.has_class("-wrong")]
        assert wrong == ["mobile", "reason"]
        assert app.focused is screen.query_one("#field-mobile TextInput")


async def test_problems_of_no_field_are_listed() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e")
        assert isinstance(app.screen, Correction)
        await app.screen.query_one("#field-reason").remove()
        await pilot.press("ctrl+s")
        assert not isinstance(app.screen, Correction)


async def test_enter_goes_to_the_next_field_and_left_right_change_a_choice() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e", "enter")
        assert app.focused is app.screen.query_one("#field-ext TextInput")
        await pilot.press("enter", "right")
        assert app.screen.query_one(ChoiceField).value == "other"
        await pilot.press("enter", "1")
        assert app.screen.query_one(ChoiceField).value == "new"


async def test_arrows_lead_from_field_to_field() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e", "down")
        assert app.focused is app.screen.query_one("#field-ext TextInput")
        await pilot.press("up")
        assert app.focused is app.screen.query_one("#field-mobile TextInput")
        await pilot.press("down", "down", "up")
        assert app.focused is app.screen.query_one("#field-ext TextInput"), "a choice is passed as any field"
        await pilot.press("down", "enter", "2")
        assert app.screen.query_one(ChoiceField).value == "other"


@pytest.mark.threat(13)
async def test_a_key_that_comes_before_its_screen_waits_for_it() -> None:
    """Keys that are typed ahead, or pasted, reach a screen that has no widgets yet."""

    class Slow(Directory):
        def can(self, command_id: str) -> bool:
            return super().can(command_id) and bool(self.query_one(DataList))

        async def do_why(self) -> None:
            self.done.append("why")

    app = Stage()
    async with app.run_test() as pilot:
        with app._context():  # as a key comes
            screen = Slow()
            app.push_screen(screen)
            screen.perform("why")
        assert screen.done == []
        await pilot.pause()
        assert screen.done == ["why"]


@pytest.mark.parametrize(("on", "back"), [("tab", "shift+tab"), ("down", "up")])
async def test_what_is_typed_ahead_goes_into_the_field_it_is_meant_for(on: str, back: str) -> None:
    """On a slow line a field's last letters, Tab, the next field's text and Ctrl+S come all at once."""
    taken: list[list[str]] = []

    class Form(Correction):
        def do_submit(self) -> None:
            taken.append([field.value for field in self.query(TextInput)][:2])

    app = Stage()
    async with app.run_test() as pilot:
        app.push_screen(Form())
        await pilot.pause()
        await burst(app, "1", "2", on, "3", "4", back, "end", "5", on, "end", "6", "ctrl+s")
    assert taken == [["139 0000 2121125", "8012346"]]


async def burst(app: Stage, *keys: str) -> None:
    """Keys that come all at once; returns when each had its effect."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))
    heard = asyncio.Event()
    app.call_later(heard.set)
    await heard.wait()
    await app.type_ahead.wait_until_settled()


@pytest.mark.parametrize("before", [(), ("2",), ("r", "escape"), ("f1", "escape"), ("2", "1")])
async def test_what_is_searched_for_on_a_slow_line_is_no_command(before: tuple[str, ...]) -> None:
    """The letters come before the field has the focus, or is there at all."""
    app = Stage()
    async with app.run_test():
        await burst(app, *before, "slash", "r", "e", "1")
        assert isinstance(app.screen, Directory)
        assert app.current_mode == ("queue" if before == ("2",) else "directory")
        assert app.screen.query_one(TextInput).value == "re1"
        assert app.screen.done == []


async def test_what_is_typed_ahead_of_a_question_answers_it() -> None:
    app = Stage()
    async with app.run_test():
        await burst(app, "r", "down", "enter", "slash", "z")
        assert isinstance(app.screen, Directory)
        assert app.screen.query_one(TextInput).value == "z"


async def test_a_key_waits_for_a_command_that_goes_on_after_it_asked() -> None:
    done: list[str] = []

    class Asking(Directory):
        async def do_reveal(self) -> None:
            await super().do_reveal()
            await asyncio.sleep(0.2)
            done.append("revealed")

        def do_correct(self) -> None:
            done.append("corrected")

    app = Stage()
    async with app.run_test():
        await app.push_screen(Asking())
        await burst(app, "r", "down", "enter", "e")
    assert done == ["revealed", "corrected"]
