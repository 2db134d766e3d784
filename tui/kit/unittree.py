"""A tree drawn through a window, narrowed by typing; the children of a node are asked for at its opening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from db.language import Text, _
from tui.kit.window import Window
from tui.safe import cells, clip
from tui.sheets.cell import Tone

ROOMY = 20
"""Cells from which a level is indented by two; below, every cell is the name's."""

NOTHING_SO = _("Nothing here is called so. Backspace takes a letter back.")


@dataclass(frozen=True, slots=True)
class Node:
    """A node: ``note`` stands at the right end (a count), ``leaf`` has no children to ask for."""

    id: str
    label: Text
    note: Text = ""
    leaf: bool = False


@dataclass(slots=True)
class _Branch:
    node: Node
    depth: int
    open: bool = False


Find = Callable[[str], Sequence[Node]]
"""``find(text)``: the nodes that ``text`` means, from the whole tree."""
Children = Callable[[str | None], Sequence[Node]]
"""``children(id)``: the nodes under one, ``children(None)``: the roots."""


class UnitTree(Window):
    """``UnitTree()``, filled by ``show(children)``. Right opens, left closes or goes to the parent. With
    ``find``, letters narrow it to what is ``typed``, a flat list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "unfold", show=False),
        Binding("left", "fold", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._children: Children = lambda _parent: ()
        self._branches: list[_Branch] = []
        self._unasked: set[str] = set()
        """Nodes that were open when the tree was last seen, and were not asked for again since."""
        self._find: Find | None = None
        self._whole: tuple[list[_Branch], int] = ([], 0)
        """The tree and its cursor before it was narrowed."""
        self.typed = ""

    def show(self, children: Children, *, open_levels: int = 1, find: Find | None = None) -> None:
        """Show another tree, its first ``open_levels`` levels open. Posts `Moved`."""
        self._children, self._find, self.typed = children, find, ""
        self._branches = [_Branch(node, 0) for node in children(None)]
        self._unasked.clear()
        self.cursor = self.top = 0
        row = 0
        while row < len(self._branches):
            if self._branches[row].depth < open_levels:
                self._open_branch(row)
            row += 1
        self.refresh()
        self.post_message(self.Moved(self))

    def on_key(self, event: events.Key) -> None:
        """Narrow the tree by a typed letter, widen it by Backspace."""
        if self._find is None:
            return
        if event.character is not None and event.character.isalpha():
            event.stop()
            event.prevent_default()
            self.narrow(self.typed + event.character)
        elif event.key == "backspace" and self.typed:
            event.stop()
            self.narrow(self.typed[:-1])

    def narrow(self, typed: str) -> None:
        """Show the flat list of nodes found by ``typed``; "" shows the tree again. Posts `Moved`."""
        if not self.typed:
            self._whole = self._branches, self.cursor
        self.typed = typed
        if typed and self._find is not None:
            self._branches, self.cursor = [_Branch(node, 0) for node in self._find(typed)], 0
        else:
            self._branches, self.cursor = self._whole
        self.top = 0
        self._into_view()
        self.refresh()
        self.post_message(self.Moved(self))

    def lead_to(self, path: Sequence[str]) -> None:
        """Open the nodes of ``path``, from a root on, and move the cursor to its last one. Posts `Moved`."""
        for node_id in path:
            row = next((row for row, one in enumerate(self._branches) if one.node.id == node_id), None)
            if row is None:
                break
            self.cursor = row
            if node_id != path[-1]:
                self._open_branch(row)
        self._into_view()
        self.refresh()
        self.post_message(self.Moved(self))

    def reload(self, *, unseen: bool = False) -> None:
        """Fetch the same tree again and show it whole: drop what was typed, keep open nodes open and the
        cursor on its node. Posts `Moved` if that is gone. For an ``unseen`` tree, fetch only the way there
        until it has the focus."""
        if self.typed:
            self.narrow("")
        opened = {branch.node.id for branch in self._branches if branch.open} | self._unasked
        self._unasked = opened - {node.id for node in self.path} if unseen else set()
        opened -= self._unasked
        before, self._branches = self.current, [_Branch(node, 0) for node in self._children(None)]
        row = 0
        while row < len(self._branches):
            if self._branches[row].node.id in opened:
                self._open_branch(row)
            row += 1
        places = [row for row, one in enumerate(self._branches) if before and one.node.id == before.id]
        self.cursor = places[0] if places else max(self.nearest_row(self.cursor), 0)
        self._into_view()
        self.refresh()
        if not places:
            self.post_message(self.Moved(self))

    def on_focus(self) -> None:
        """Fetch what was left out while the tree was out of sight."""
        if self._unasked:
            self.reload()

    @property
    def current(self) -> Node | None:
        return self._branches[self.cursor].node if self._branches else None

    @property
    def path(self) -> tuple[Node, ...]:
        trail: list[Node] = []
        depth = len(self._branches)
        for branch in reversed(self._branches[: self.cursor + 1]):
            if branch.depth < depth or not trail:
                depth = branch.depth
                trail.append(branch.node)
        return tuple(reversed(trail))

    def nearest_row(self, row: int) -> int:
        return min(row, len(self._branches) - 1)

    def last(self) -> int:
        return len(self._branches) - 1

    def head(self, y: int, width: int) -> Strip:
        return self.paint((), width)

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        if row >= len(self._branches):
            told = self.words(NOTHING_SO) if row == 0 and self.typed else ""
            return self.paint([(f"  {told}", "dim")], width)
        branch = self._branches[row]
        sign = " " if branch.node.leaf else "▾" if branch.open else "▸"
        note = self.words(branch.node.note)
        narrow = width < ROOMY
        note = (f" {note}" if narrow else f" {note} ") if note else ""
        indent = (" " if narrow else "  ") * branch.depth
        label = clip(f"{indent}{sign} {self.words(branch.node.label)}", width - cells(note))
        blank = " " * (width - cells(note) - cells(label))
        spans: list[tuple[str, Tone]] = [(label, ""), (blank, ""), (note, "dim")]
        return self.paint(spans, width, ("cursor" if self.has_focus else "idle") if cursor else "")

    def _open_branch(self, row: int) -> None:
        branch = self._branches[row]
        if branch.open or branch.node.leaf:
            return
        branch.open = True
        below = [_Branch(node, branch.depth + 1) for node in self._children(branch.node.id)]
        self._branches[row + 1 : row + 1] = below

    def _close_branch(self, row: int) -> None:
        branch = self._branches[row]
        branch.open = False
        end = row + 1
        while end < len(self._branches) and self._branches[end].depth > branch.depth:
            end += 1
        del self._branches[row + 1 : end]

    def action_unfold(self) -> None:
        """Open the node; if it is open, move to its first child."""
        if not self._branches:
            return
        branch = self._branches[self.cursor]
        if branch.open:
            if self.cursor + 1 < len(self._branches) and self._branches[self.cursor + 1].depth > branch.depth:
                self.go(self.cursor + 1)
        else:
            self._open_branch(self.cursor)
            self.refresh()

    def action_fold(self) -> None:
        """Close the node; if it is closed, move to its parent."""
        if not self._branches:
            return
        branch = self._branches[self.cursor]
        if branch.open:
            self._close_branch(self.cursor)
            self.refresh()
            return
        for row in range(self.cursor - 1, -1, -1):
            if self._branches[row].depth < branch.depth:
                self.go(row)
                return
