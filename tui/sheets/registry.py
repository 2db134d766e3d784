"""All lists that are declared once for every face: those of every file beside this one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from tui.sheets import __path__ as folder
from tui.sheets.sheet import Sheet

OF_A_SCREEN: Final = {"todo"}
"""Lists without commands: the queue's screen has tasks among its requests, `queue` and `tasks` have each."""


def _lists() -> Iterator[Sheet[Any]]:
    for file in iter_modules(folder, "tui.sheets."):
        if file.name != __name__:
            yield from (one for one in vars(import_module(file.name)).values() if type(one) is Sheet)


SHEETS: Final = tuple({sheet.id: sheet for sheet in _lists() if sheet.id not in OF_A_SCREEN}.values())
"""In the order of their files, in which their commands are listed."""
