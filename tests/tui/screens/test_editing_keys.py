"""A key that edits text elsewhere edits text here, or does nothing: nobody acts by a slip of the fingers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.binding import BindingsMap
from textual.widgets import Input

import tui.screens
from db.store.tables import Entry
from tests.tui.screens.lives_stage import Lives, lives
from tests.world import World
from tui.kit import TextInput
from tui.kit.choosing import Choose
from tui.kit.keyed import Keyed
from tui.screens.lifecycle.join import JoinScreen

__all__ = ["lives"]
SHELL = (
    *(f"ctrl+{letter}" for letter in "abdefhktuvwxyz"),
    *(f"alt+{letter}" for letter in "bcdfltuy"),
    *(f"{held}+{key}" for held in ("ctrl", "alt") for key in ("backspace", "delete", "left", "right")),
    "ctrl+underscore",
    *("backspace", "delete", "insert", "home", "end", "left", "right"),
)
"""What a shell's line and a form in a browser are edited with."""
FIELD = {key for of in (Input, TextInput) for key, one in BindingsMap(of.BINDINGS) if one.action != "submit"}
"""What our own field is edited with."""


def screens(of: type[Keyed] = Keyed) -> Iterator[type[Keyed]]:
    for made in of.__subclasses__():
        yield made
        yield from screens(made)


def test_no_command_of_any_screen_has_a_key_that_edits_text() -> None:
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    acts = {
        (command.id, key)
        for screen in screens()
        for command in screen.commands()
        for key in command.keys
        if key in {*SHELL, *FIELD}
    }
    assert acts == set()


async def test_no_key_that_edits_text_leads_out_of_the_form_of_a_joiner(lives: World) -> None:
    """Ctrl+W would register the joiner there, with the clock running."""
    app = Lives(lives, "liuyang", first="directory")
    async with app.run_test() as pilot:
        await pilot.press("n", "1", *"new")
        for key in SHELL:
            await pilot.press(key)
            assert isinstance(app.screen, JoinScreen), key
            assert isinstance(app.screen.focused, Input), key
    assert not Entry.select().where(Entry.name.contains("n")).exists()


@pytest.mark.parametrize("key", ["ctrl+q", "f10"])
async def test_who_signs_out_of_a_form_is_asked_before_what_was_typed_is_gone(lives: World, key: str) -> None:
    app = Lives(lives, "liuyang", first="directory")
    async with app.run_test() as pilot:
        await pilot.press("n", "1", *"new", key)
        assert isinstance(app.screen, Choose)
        await pilot.press("n", "ctrl+u", key)
        assert not app.is_running
