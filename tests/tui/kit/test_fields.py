"""A field is edited with the keys of a shell's line."""

from __future__ import annotations

import pytest

from tests.tui.kit.stage import Correction, Stage
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
