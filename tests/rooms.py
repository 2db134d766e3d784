"""The rooms and their imports as a picture of text: ``python -m tests.rooms [TREE]``. The storeys and
circles are at the end of CONTRIBUTING.md by ``make docs``.

A row imports the columns in which it has a mark: ``●`` from a room further down, ``▲`` from one above it, in
the order that has few of these. Below are the storeys of the desk as its contract in ``pyproject.toml`` has
them, and the circles in which files import each other.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from grimp import ImportGraph, build_graph

ROOTS = ("db", "auth", "reports", "tui")
TREE = Path(__file__).parents[1]
PAGE = TREE / "CONTRIBUTING.md"
FENCE = "```"
DOWN, UP, NONE = "●", "▲", "·"
Imports = Mapping[str, set[str]]
"""Of each room those that it imports from."""


def drawn(tree: Path) -> str:
    """The packages in ``tree``, none of which is run."""
    sys.path.insert(0, str(tree))
    try:
        graph = build_graph(*ROOTS, cache_dir=None, exclude_type_checking_imports=True)
    finally:
        sys.path.remove(str(tree))
    circles = [f"{len(files)} files of {room}" for room, files in _circles(graph)]
    told = f"Circles of files: {', '.join(circles) or 'none'}."
    return "\n\n".join([_matrix(_imports(graph, ("db", "tui"))), _storeys(tree), told])


def _storeys(tree: Path) -> str:
    """The layers of the desk's contract, the highest first, each with what it is for."""
    contracts = (tree / "pyproject.toml").read_text("utf-8")
    layers = contracts.partition('containers = ["db.desk"]')[2].partition("layers = [")[2].partition("\n]")[0]
    found = re.findall(r'^    "(.*)", +# (.*)$', layers, re.MULTILINE)
    widest = max(len(rooms) for rooms, _use in found)
    return "\n".join(f"{rooms.replace(' |', ','):<{widest}}  {use}" for rooms, use in found)


def _imports(graph: ImportGraph, divided: tuple[str, ...]) -> Imports:
    """Between the rooms; those that are ``divided`` count as the packages in them."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            room, to = _room(module, divided), _room(other, divided)
            if room != to and not {room, to} & {*divided}:
                found[room].add(to)
                found[to]
    return found


def _room(module: str, divided: tuple[str, ...]) -> str:
    """``db.store`` of ``db.store.tables.people``, where ``db`` is divided."""
    room, *inside = module.split(".")
    while inside and any(f"{package}.".startswith(f"{room}.") for package in divided):
        room = f"{room}.{inside.pop(0)}"
    return room


def _matrix(imports: Imports) -> str:
    order = _order(imports)
    widest = max(map(len, order))
    lines = [" " * (widest + 3) + "".join(f"{number:>3}" for number in range(1, len(order) + 1))]
    for row, room in enumerate(order):
        marks = [_mark(row, column, other in imports[room]) for column, other in enumerate(order)]
        line = "".join(f"{mark:>3}" for mark in marks)
        lines.append(f"{row + 1:>2} {order[row]:<{widest}}{line}".rstrip())
    return "\n".join(lines)


def _mark(row: int, column: int, is_imported: bool) -> str:
    if row == column:
        return ""
    return NONE if not is_imported else DOWN if column > row else UP


def _order(imports: Imports) -> list[str]:
    """Importers before what they import, but for few."""
    graph = ImportGraph()
    graph.add_module("all")
    names = {f"all.{room.replace('.', '_')}": room for room in imports}
    modules = {room: module for module, room in names.items()}
    for module in sorted(names):
        graph.add_module(module)
    for room in sorted(imports):
        for other in sorted(imports[room]):
            graph.add_import(importer=modules[room], imported=modules[other])
    back = graph.nominate_cycle_breakers("all")
    sorter = TopologicalSorter[str]()
    for room in sorted(imports):
        kept = {other for other in imports[room] if (modules[room], modules[other]) not in back}
        sorter.add(room, *sorted(kept))
    return list(sorter.static_order())[::-1]


def _circles(graph: ImportGraph) -> Iterator[tuple[str, frozenset[str]]]:
    """Files that import each other round about, with the room of the first; the largest first."""
    found = {
        frozenset(graph.find_upstream_modules(module) & graph.find_downstream_modules(module) | {module})
        for module in graph.modules
    }
    for files in sorted(
        (files for files in found if len(files) > 1), key=lambda files: (-len(files), min(files))
    ):
        yield _room(min(files), ("db", "tui")), files


def written(page: str, picture: str) -> str:
    """The ``page`` with ``picture`` in its last block, but for the matrix on top."""
    picture = picture.partition("\n\n")[2]
    head, _, _ = page.removesuffix(f"{FENCE}\n").rpartition(FENCE)
    return f"{head}{FENCE}\n{picture}\n{FENCE}\n"


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            PAGE.write_text(written(PAGE.read_text("utf-8"), drawn(TREE)), "utf-8")
        case [tree]:
            print(drawn(Path(tree).resolve()))
