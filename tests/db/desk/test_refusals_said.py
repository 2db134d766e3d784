"""An operation says in its docstring which failures it raises itself: who calls it sees no body."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

DESK = Path(__file__).parents[3] / "db/desk"
SAID = {"Refused": "refused|anyone but", "Invalid": "invalid", "Overtaken": "overtaken", "BadRows": "badrows"}


def test_operations_say_what_they_raise() -> None:
    files = sorted(DESK.rglob("*.py"))
    silent = [
        f"{file.relative_to(DESK)}: {one.name} raises {failure}"
        for file in files
        for one in _operations(ast.parse(file.read_text("utf-8")))
        for failure in sorted(_raised(one) & SAID.keys())
        if not re.search(f"{SAID[failure]}|raises as", (ast.get_docstring(one) or "").lower())
    ]
    assert silent == []


def _operations(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "operation"
            for one in node.decorator_list
        ):
            yield node


def _raised(operation: ast.FunctionDef) -> set[str]:
    return {
        node.exc.func.id
        for node in ast.walk(operation)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
