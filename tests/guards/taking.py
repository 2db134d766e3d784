"""Takes a piece of syntax out of a source; all else of the source stays to the byte."""

from __future__ import annotations

import ast
from itertools import accumulate
from textwrap import indent
from typing import Any

from tests.guards.places import Nodes, Place, expression, place_of, readings, text_of
from tests.guards.symbols import NotOne, nodes_of


def without(source: str, symbol: str, take: str, put: str) -> str:
    """``source`` with ``put`` in place of ``take``, which stands once in ``symbol``; of the whole symbol
    where ``take`` is "". Raises NotOne, and ValueError where ``put`` can't stand there."""
    module = ast.parse(source)
    symbols = nodes_of(symbol, module)
    if not take and len(symbols) != 1:
        raise NotOne(f"{symbol} is several, as a property with its setter is: say which part by `take`")
    place = place_of(take, symbols) if take else Place(module, "body", 0, symbols)
    taken = _Source(source, symbols).changed(place, take, put)
    try:
        ast.parse(taken)
    except SyntaxError as error:
        raise ValueError(f"{put!r} can't stand in place of {take!r}: {error}") from error
    return taken


class _Source:
    def __init__(self, text: str, symbols: Nodes) -> None:
        self._text = text.encode()
        self._lines = [0, *accumulate(map(len, self._text.splitlines(keepends=True)))]
        parents = (node for symbol in symbols for node in ast.walk(symbol))
        self._above = {node: parent for parent in parents for node in ast.iter_child_nodes(parent)}

    def changed(self, place: Place, take: str, put: str) -> str:
        """With ``put`` in ``place``; in a text that only holds ``take``, in place of that part."""
        first, last = place.nodes[0], place.nodes[-1]
        match place.parent, place.field, first:
            case _, _, ast.Constant(value=str() as text) if (part := text_of(take)) not in ("", text):
                return self._with_nodes(place, [ast.Constant(text.replace(part, text_of(put)))])
            case ast.Expr() as statement, _, _ if expression(put) is None:
                return self._with_statements(statement, statement, put)
            case _, _, ast.stmt():
                return self._with_statements(first, last, put)
            case _ if put:
                return self._with_nodes(place, _like(place, put))
            case ast.If() | ast.While() | ast.IfExp(), "test", _:
                return self._with_nodes(place, [ast.Constant(False)])
            case ast.BinOp(left=left, right=right) as both, _, _:
                return self._with_nodes(self._place(both), [right if first is left else left])
            case ast.withitem() as item, _, _:
                return self._without_with(self._above[item], item)
            case _, "decorator_list", _:
                start, end = self._span(first)
                return self._spliced(self._text.rindex(b"@", 0, start), end, "")
            case (ast.BoolOp(), "values", _) | (_, "elts" | "args" | "keywords" | "ifs" | "items", _):
                return self._with_nodes(place, [])
        raise ValueError(f"say what stands in place of {take!r}")

    def _with_statements(self, first: ast.AST, last: ast.AST, put: str) -> str:
        start, end = self._span(first)[0], self._span(last)[1]
        return self._spliced(start, end, indent(put or "pass", " " * getattr(first, "col_offset", 0)).strip())

    def _without_with(self, statement: ast.AST, item: ast.withitem) -> str:
        match statement:
            case ast.With(items=[_]) | ast.AsyncWith(items=[_]):
                colon = self._text.index(b":", self._span(item.optional_vars or item.context_expr)[1])
                return self._spliced(self._span(statement)[0], colon, "if True")
        raise ValueError("of several that a `with` enters, say what stands in place of one")

    def _with_nodes(self, place: Place, nodes: Nodes) -> str:
        """With ``nodes`` in ``place``. The smallest expression around it that is a piece of the source is
        written anew."""
        old = place.nodes[0] if len(place.nodes) == len(nodes) == 1 else place.parent
        anchor = self._anchor(old)
        start, end = self._span(anchor)
        if anchor is place.nodes[0]:
            [anchor] = nodes
        else:
            _put(place, nodes)
        code = ast.unparse(anchor)
        is_whole = isinstance(anchor, ast.keyword | ast.Starred)
        return self._spliced(start, end, code if is_whole else f"({code})")

    def _anchor(self, node: ast.AST) -> ast.AST:
        """The smallest expression around ``node``, itself included, that says where in the source it stands:
        a part of an f-string doesn't before Python 3.12."""
        found: ast.AST | None = None
        while not isinstance(node, ast.stmt):
            if isinstance(node, ast.JoinedStr) or (not found and isinstance(node, ast.expr | ast.keyword)):
                found = node
            node = self._above[node]
        if found is None:
            raise ValueError(f"no expression: {ast.unparse(node)}")
        return found

    def _place(self, node: ast.AST) -> Place:
        parent = self._above[node]
        for field, value in ast.iter_fields(parent):
            values = value if isinstance(value, list) else [value]
            if node in values:
                return Place(parent, field, values.index(node), [node])
        raise LookupError(node)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Where ``node`` begins and ends in bytes, with its decorators."""
        assert isinstance(node, ast.stmt | ast.expr | ast.keyword)
        start = self._lines[node.lineno - 1] + node.col_offset
        for decorator in getattr(node, "decorator_list", [])[:1]:
            start = self._text.rindex(b"@", 0, self._span(decorator)[0])
        return start, self._lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def _spliced(self, start: int, end: int, code: str) -> str:
        return (self._text[:start] + code.encode() + self._text[end:]).decode()


def _like(place: Place, put: str) -> Nodes:
    """The nodes that ``put`` is in ``place``. Raises ValueError."""
    for nodes in readings(put):
        if place.field == "items":
            fits = len(nodes) == 2
        elif place.field == "keywords":
            fits = isinstance(nodes[0], ast.keyword)
        else:
            fits = len(nodes) == 1 and isinstance(nodes[0], ast.expr)
        if fits:
            return nodes
    raise ValueError(f"{put!r} can't stand in {place.field} of {ast.unparse(place.parent).splitlines()[0]}")


def _put(place: Place, nodes: Nodes) -> None:
    """Change the tree."""
    parent: Any = place.parent
    start, stop = place.start, place.start + len(place.nodes)
    if place.field == "items":
        parent.keys[start // 2 : stop // 2] = nodes[::2]
        parent.values[start // 2 : stop // 2] = nodes[1::2]
    elif isinstance(values := getattr(parent, place.field), list):
        values[start:stop] = nodes
    else:
        setattr(parent, place.field, nodes[0])
