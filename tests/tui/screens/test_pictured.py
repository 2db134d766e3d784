"""Every screen has a picture, in both languages and both sizes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from textual.screen import Screen

import tui.screens
from tests.tui.conftest import PICTURED, SIZES
from tui.screens.sheets.list import screen_of
from tui.sheets.registry import DRAWN


def screens(of: type[Screen[object]] = Screen) -> Iterator[type[Screen[object]]]:
    """The classes of screens that stand for no others."""
    for made in of.__subclasses__():
        if made.__module__.startswith("tui.screens.") and not made.__subclasses__():
            yield made
        yield from screens(made)


def test_every_screen_has_a_picture() -> None:
    """A new one gets a picture test (see `tests.tui.conftest`) and its line in ``pictured.txt``."""
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    assert all(map(screen_of, DRAWN)), "their classes are there"
    drawn = {line.split()[1] for line in PICTURED.read_text("utf-8").splitlines()}
    without = {screen.__name__ for screen in screens()} - drawn
    assert not without


def test_every_picture_that_is_listed_is_there() -> None:
    """In the four of language and size: none is counted whose test is gone."""
    there = {f"{path.parent.name}::{path.stem}" for path in PICTURED.parent.glob("*/__snapshots__/*/*.svg")}
    for line in PICTURED.read_text("utf-8").splitlines():
        test = line.split()[0]
        assert {f"{test}[{view.id}]" for view in SIZES} <= there, test
