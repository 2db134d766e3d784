"""The list of guards, and what it must agree with in the source and the tests."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.guards.symbols import NotOne, file_of
from tests.guards.taking import without

TREE = Path(__file__).parents[2]
LIST = Path(__file__).with_name("guards.toml")
ROWS = frozenset(range(1, 117))
"""Rows of the threat table that must have a guard with a named test. What is interrupted
half-way (row 30) is not a line that could be taken away."""


@dataclass(frozen=True, slots=True)
class Guard:
    """``take`` in ``symbol``, or in ``file`` where that isn't Python, is the guard; with ``put`` in its
    place, ``test`` must fail. It is run ``on`` the embedded database, or on ``postgresql`` where only that
    needs the guard."""

    threat: int
    says: str
    test: str
    symbol: str = ""
    file: str = ""
    take: str = ""
    put: str = ""
    on: str = "sqlite"

    def taken_away(self, tree: Path = TREE) -> tuple[str, str]:
        """The guard's file, and what it holds without the guard. Raises ValueError with what stands there
        where that isn't the guard exactly once."""
        try:
            file = self.file or file_of(self.symbol, tree)
            source = (tree / file).read_text("utf-8")
            if not self.file:
                return file, without(source, self.symbol, self.take, self.put)
            if source.count(self.take) != 1:
                raise NotOne(f"{self.take!r} stands {source.count(self.take)} times")
            return file, source.replace(self.take, self.put)
        except ValueError as error:
            where = self.symbol or self.file
            raise ValueError(f"row {self.threat}, {self.says}, in {where}: {error}") from error


def guards() -> tuple[Guard, ...]:
    """All guards, in the order of the list."""
    rows = tomllib.loads(LIST.read_text("utf-8"))["guard"]
    return tuple(Guard(**{"symbol" if key == "in" else key: row[key] for key in row}) for row in rows)


@cache
def marked_rows(file: str) -> dict[str, frozenset[int]]:
    """The threat rows that each test function of ``file`` is marked with, the module's mark included."""
    module = ast.parse((TREE / file).read_text("utf-8"))
    of_module: frozenset[int] = frozenset()
    found: dict[str, frozenset[int]] = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            of_module = frozenset(_rows(node.value))
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            rows = [row for decorator in node.decorator_list for row in _rows(decorator)]
            found[node.name] = of_module | frozenset(rows)
    return found


def _rows(node: ast.expr) -> list[int]:
    """The arguments of every ``pytest.mark.threat(…)`` in ``node``."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "threat"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
    ]
