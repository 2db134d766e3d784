"""Where a piece of syntax stands in a symbol, however it is laid out there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from tests.guards.symbols import NotOne

Nodes = Sequence[ast.AST]


@dataclass(frozen=True, slots=True)
class Place:
    """``nodes`` stand in ``parent``'s ``field``, from ``start`` on where that is a list. The "items" of a
    dictionary are its keys and values in turn."""

    parent: ast.AST
    field: str
    start: int
    nodes: Nodes


def place_of(piece: str, symbol: Nodes) -> Place:
    """The one place in ``symbol`` where ``piece`` stands: statements, an expression, some operands of an
    `and` or `or`, a keyword argument, an item of a dictionary; of a text that stands nowhere as it is, the
    text that holds it. Raises NotOne."""
    wanted = list(readings(piece))
    found = [place for nodes in wanted for place in _places(symbol, nodes)]
    if not found and (words := text_of(piece)):
        found = list(_texts(symbol, words))
    if len(found) == 1:
        return found[0]
    if found:
        lines = sorted(_line(place.nodes[0]) for place in found)
        raise NotOne(f"{piece!r} stands in lines {', '.join(map(str, lines))}")
    raise NotOne(f"there is no {piece!r}; {_nearest(symbol, piece)}")


def readings(piece: str) -> Iterator[Nodes]:
    """What ``piece`` can be."""
    with suppress(SyntaxError):
        body = ast.parse(piece).body
        yield [body[0].value] if len(body) == 1 and isinstance(body[0], ast.Expr) else body
    match expression(f"_({piece})"):
        case ast.Call(args=[], keywords=[keyword]):
            yield [keyword]
    match expression(f"{{{piece}}}"):
        case ast.Dict(keys=[ast.expr() as key], values=[value]):
            yield [key, value]


def expression(piece: str) -> ast.expr | None:
    with suppress(SyntaxError):
        return ast.parse(piece, mode="eval").body
    return None


def text_of(piece: str) -> str:
    """What ``piece`` says, where it is a text; otherwise ""."""
    match expression(piece):
        case ast.Constant(value=str() as text):
            return text
    return ""


def _places(symbol: Nodes, wanted: Nodes) -> Iterator[Place]:
    for parent, field, values in _fields(symbol):
        yield from _runs(parent, field, values, wanted)
        match parent, wanted:
            case ast.BoolOp(op=op, values=all_), [ast.BoolOp(values=some) as part] if (
                field == "values" and type(part.op) is type(op) and len(some) < len(all_)
            ):
                yield from _runs(parent, field, all_, some)
            case ast.Dict(keys=keys, values=contents), [ast.expr(), ast.expr()] if field == "keys":
                items = [node for item in zip(keys, contents, strict=True) for node in item]
                yield from _runs(parent, "items", items, wanted)


def _runs(parent: ast.AST, field: str, values: Sequence[object], wanted: Nodes) -> Iterator[Place]:
    for start in range(len(values) - len(wanted) + 1):
        run = [value for value in values[start : start + len(wanted)] if isinstance(value, ast.AST)]
        if len(run) == len(wanted) and all(map(_same, run, wanted)):
            yield Place(parent, field, start, run)


def _same(one: ast.AST, other: ast.AST) -> bool:
    return type(one) is type(other) and ast.dump(one) == ast.dump(other)


def _texts(symbol: Nodes, words: str) -> Iterator[Place]:
    """Once for each time that a text holds ``words``."""
    for parent, field, values in _fields(symbol):
        for start, value in enumerate(values):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield from [Place(parent, field, start, [value])] * value.value.count(words)


def _fields(symbol: Nodes) -> Iterator[tuple[ast.AST, str, Sequence[object]]]:
    for parent in (node for top in symbol for node in ast.walk(top)):
        for field, value in ast.iter_fields(parent):
            yield parent, field, value if isinstance(value, list) else [value]


def _nearest(symbol: Nodes, piece: str) -> str:
    """What stands there that is most like ``piece``."""
    parts = {ast.unparse(node): _line(node) for top in symbol for node in ast.walk(top) if _line(node)}
    [part] = get_close_matches(piece, parts, 1, 0)
    return f"the nearest, in line {parts[part]}: {part}"


def _line(node: ast.AST) -> int:
    return node.lineno if isinstance(node, ast.stmt | ast.expr | ast.keyword) else 0
