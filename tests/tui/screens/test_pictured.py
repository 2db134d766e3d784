"""Every screen has a picture, in both languages and both sizes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from textual.screen import Screen

import tui.screens
from tests.tui import conftest
from tests.tui.conftest import PICTURED, SIZES
from tui.screens.sheets.list import screen_of
from tui.sheets.registry import SHEETS
from tui.sheets.sheet import Sheet

OTHERWISE = {
    "access", "accounts inside", "accounts tokens", "case trail", "consents register", "contacts", "joiners",
    "namesakes", "notices", "queue", "resets", "stale", "tags", "tasks copies", "units", "wecom",
}  # fmt: skip
"""Lists that are commands' alone: on a screen a card, a form or another list has the same."""


def screens(of: type[Screen[object]] = Screen) -> Iterator[type[Screen[object]]]:
    """The classes of screens that stand for no others."""
    for made in of.__subclasses__():
        if made.__module__.startswith("tui.screens.") and not made.__subclasses__():
            yield made
        yield from screens(made)


def modules(room: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(one.name) for one in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    ]


def with_inner(sheets: Iterable[Sheet[Any]]) -> Iterator[Sheet[Any]]:
    for sheet in sheets:
        yield sheet
        if sheet.inside is not None:
            yield from with_inner([sheet.inside.sheet])


def lists_of(module: ModuleType) -> list[Sheet[Any]]:
    return [one for one in vars(module).values() if type(one) is Sheet]


def test_every_list_is_opened_by_a_key_of_some_screen() -> None:
    """One that none opens would be for those alone who know its command."""
    opened = {sheet.id for module in modules(tui.screens) for sheet in with_inner(lists_of(module))}
    told = "let a ScreenCommand push screen_of(LIST)() where it belongs; or name the list in OTHERWISE of "
    assert {sheet.id for sheet in SHEETS} - opened - OTHERWISE == set(), told + __file__


def test_every_screen_has_a_picture() -> None:
    opened: set[type[Any]] = set()
    for module in modules(tui.screens):
        drawn = re.findall(r"screen_of\(([A-Z_]+)\)", Path(str(module.__file__)).read_text("utf-8"))
        opened |= {screen_of(sheet) for sheet in with_inner([vars(module)[name] for name in drawn])}
    pictured = {line.split()[1] for line in PICTURED.read_text("utf-8").splitlines()}
    written = {screen for screen in screens() if screen.__module__ != screen_of.__module__}
    without = {screen.__name__ for screen in written | opened} - pictured
    assert not without, f"draw each in a test with `snap_matrix` ({conftest.__file__}); its line: {PICTURED}"


def test_every_picture_that_is_listed_is_there() -> None:
    """In the four of language and size: none is counted whose test is gone."""
    there = {f"{path.parent.name}::{path.stem}" for path in PICTURED.parent.glob("*/__snapshots__/*/*.svg")}
    for line in PICTURED.read_text("utf-8").splitlines():
        test = line.split()[0]
        assert {f"{test}[{view.id}]" for view in SIZES} <= there, f"draw {test}: pytest … --snapshot-update"
