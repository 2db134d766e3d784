"""Imports every module of the program, and refuses the modules that its arguments name.

Runs by itself in any environment, with nothing but the standard library: ``python -I alone.py [MODULE…]``.
Prints how many modules were imported.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

ROOMS = ("tui", "db", "auth", "reports")


class Refusing:
    """Knows the modules that are refused before any finder that would find them."""

    def __init__(self, refused: Sequence[str]) -> None:
        self._refused = frozenset(refused)

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._refused:
            raise ModuleNotFoundError(f"{name} is no part of what the program runs with", name=name)
        return None


def main(refused: Sequence[str]) -> None:
    sys.meta_path.insert(0, Refusing(refused))
    names = [
        found.name
        for room in ROOMS
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}.")
    ]
    for name in names:
        importlib.import_module(name)
    print(len(names))


if __name__ == "__main__":
    main(sys.argv[1:])
