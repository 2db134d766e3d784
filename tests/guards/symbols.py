"""Where the names of the product stand: functions, methods, classes, and what classes and modules assign."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path

ROOMS = ("db", "auth", "reports", "tui", "tests/supply")


class NotOne(ValueError):
    """What was looked for does not stand there exactly once."""


def file_of(symbol: str, tree: Path) -> str:
    """The file of ``tree`` with the one ``symbol``: a dotted name, with a colon and the end of its module's
    name in front where other modules have it too; the colon alone is the module. Raises NotOne."""
    module, _colon, name = symbol.rpartition(":")
    end = f".{module}" if module else ""
    known = _files(tree)
    found = [file for file in known.get(name, ()) if f".{_module(file)}".endswith(end)]
    if len(found) == 1:
        return found[0]
    if found:
        example = f"{_module(found[0])}:{name}"
        raise NotOne(f"{symbol} stands in {', '.join(found)}: say of which module, as in {example}")
    alike = [f"{_module(file)}:{one}" for one in get_close_matches(name, known, 3) for file in known[one]]
    raise NotOne(f"there is no {symbol}; the nearest: {', '.join(alike) or 'none'}")


def nodes_of(symbol: str, module: ast.Module) -> list[ast.AST]:
    """What ``symbol`` is in its module: several for a property and its setter."""
    name = symbol.rpartition(":")[2]
    return [node for known, node in _named(module) if known == name] if name else [module]


@cache
def _files(tree: Path) -> Mapping[str, Sequence[str]]:
    """The dotted names of the product, each with the files that have it; "" is every module's own."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for room in ROOMS for file in (tree / room).rglob("*.py")):
        for name in {"", *(name for name, _node in _named(ast.parse(file.read_bytes())))}:
            found.setdefault(name, []).append(file.relative_to(tree).as_posix())
    return found


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _named(scope: ast.AST, above: str = "", local: bool = False) -> Iterator[tuple[str, ast.AST]]:
    """All names in ``scope`` but the variables of functions."""
    for node in ast.iter_child_nodes(scope):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield above + name, node
                yield from _named(node, f"{above}{name}.", not isinstance(node, ast.ClassDef))
            case ast.Assign(targets=targets) if not local:
                yield from ((above + name, node) for target in targets for name in _bound(target))
            case ast.AnnAssign(target=target) if not local:
                yield from ((above + name, node) for name in _bound(target))
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                yield from _named(node, above, local)


def _bound(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to ``target`` binds."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
