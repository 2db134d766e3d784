"""What is locked, what is declared, what is imported, and what that needs in turn."""

from __future__ import annotations

import ast
import platform
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TREE = Path(__file__).parents[2]
RUNTIME, DEVELOPMENT = TREE / "requirements.lock", TREE / "requirements-dev.lock"
ROOMS = ("tui", "db", "auth", "reports")


@dataclass(frozen=True, slots=True)
class Pin:
    """A version of a package that is locked; ``digests`` are SHA-256 in hex, one for each of its files.

    ``marker`` says on which machines it is installed; empty: on each."""

    name: str
    version: str
    marker: str
    digests: tuple[str, ...]

    def applies(self, python: str = platform.python_version()) -> bool:
        """Whether it is installed on this machine by that version of Python."""
        return not self.marker or Marker(self.marker).evaluate({"python_full_version": python})


def pins(lock: Path) -> tuple[Pin, ...]:
    """Every line of ``lock``, in its order."""
    found = []
    for line in lock.read_text("utf-8").replace("\\\n", "").splitlines():
        requirement = Requirement(line.partition("--hash")[0].strip())
        (pinned,) = requirement.specifier
        digests = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
        found.append(Pin(requirement.name, pinned.version, str(requirement.marker or ""), digests))
    return tuple(found)


@cache
def project() -> dict[str, Any]:
    """The table ``[project]`` of `pyproject.toml`."""
    read: dict[str, Any] = tomllib.loads((TREE / "pyproject.toml").read_text("utf-8"))["project"]
    return read


def declared(*extras: str) -> tuple[Requirement, ...]:
    """What `pyproject.toml` says the program needs, and what its ``extras`` do."""
    lists = [project()["dependencies"], *(project()["optional-dependencies"][extra] for extra in extras)]
    return tuple(Requirement(line) for lines in lists for line in lines)


def imported(*rooms: str) -> frozenset[str]:
    """The packages that provide the modules imported anywhere in ``rooms``, also inside functions.

    A module that no installed package provides stands there by its own name."""
    provided = packages_distributions()
    found: set[str] = set()
    for file in (file for room in rooms for file in (TREE / room).rglob("*.py")):
        for module in _imports(ast.parse(file.read_text("utf-8"))):
            if module not in sys.stdlib_module_names and module not in (*ROOMS, "tests"):
                found.update(canonicalize_name(name) for name in provided.get(module, [module]))
    return frozenset(found)


def needed_by(requirements: Iterable[Requirement]) -> dict[str, set[str]]:
    """The names of ``requirements`` and of whatever these need on this machine, as their metadata say.

    With each name stand the extras that are asked of it; the empty one is the package itself."""
    found: dict[str, set[str]] = {}
    left = list(requirements)
    while left:
        requirement = left.pop()
        extras = found.setdefault(canonicalize_name(requirement.name), set())
        new = {"", *requirement.extras} - extras
        extras |= new
        left += needs(requirement.name, new)
    return found


def needs(name: str, extras: Iterable[str] = ("",)) -> list[Requirement]:
    """What the installed package ``name`` needs on this machine for any of ``extras``."""
    lines = map(Requirement, requires(name) or [])
    return [
        one
        for one in lines
        if any(one.marker.evaluate({"extra": extra}) if one.marker else not extra for extra in extras)
    ]


def _imports(module: ast.Module) -> Iterator[str]:
    """The first part of every module that is imported."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
