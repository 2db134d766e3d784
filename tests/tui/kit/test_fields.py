"""A field is edited with the keys of a shell's line."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.kit.stage import Correction, Stage
from tests.tui.screens.at_the_door import text_of
from tui.kit import TextInput


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("ctrl+w",), "one "),
        (("alt+backspace",), "one "),
        (("ctrl+backspace",), "one "),
        (("home", "ctrl+delete"), "two"),
        (("home", "alt+d"), "two"),
        (("ctrl+a", "ctrl+f", "ctrl+k"), "o"),
        (("ctrl+e", "ctrl+b", "ctrl+d"), "one tw"),
        (("alt+left", "ctrl+u"), "two"),
        (("ctrl+a", "ctrl+right", "ctrl+u"), "two"),
        (("backspace", "left", "delete"), "one t"),
    ],
)
async def test_the_keys_of_a_shell(keys: tuple[str, ...], left: str) -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e")
        field = app.screen.query_one(TextInput)
        field.value = "one two"
        await pilot.press("end", *keys)
        assert field.value == left
        assert isinstance(app.screen, Correction)


async def test_what_is_too_long_to_be_pasted_is_refused_in_words() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("e")
        field = app.screen.query_one(TextInput)
        field.value = ""
        app.post_message(events.Paste("长" * 201))
        await pilot.pause()
        assert field.value == ""
        assert "200" in text_of(app)
        app.post_message(events.Paste("一行\n又一行\n"))
        await pilot.pause()
        assert field.value == "一行 又一行"
        assert "200" not in text_of(app), "the warning goes with what is taken"


async def test_what_is_pasted_where_no_field_is_is_told() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.post_message(events.Paste("张伟"))
        await pilot.pause()
        assert "粘贴" in text_of(app)


async def test_a_dialog_says_too_that_it_is_too_long() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("w")
        app.post_message(events.Paste("长" * 501))
        await pilot.pause()
        assert "500" in text_of(app)
