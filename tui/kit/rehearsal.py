"""One screen with every kind of widget, drawn without a terminal to warm a process up."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.kit.base import KitApp
from tui.kit.datalist import Column, DataList
from tui.kit.dialogs import Option
from tui.kit.facts import Facts
from tui.kit.fields import Choice, TextInput
from tui.kit.frame import Frame
from tui.kit.looks import Look
from tui.kit.pane import Pane
from tui.kit.unittree import Node, UnitTree

ROWS = ("张伟", "周围")


class Rehearsal(Frame):
    """Every widget once."""

    def body(self) -> ComposeResult:
        """Tree and list, field and choice."""
        with Horizontal():
            yield UnitTree()
            with Pane("查找"):
                yield TextInput()
                yield Choice("", [Option("one", "一")])
                yield Facts([("字段", "值")])
                yield DataList[str]([Column("姓名", lambda row: row)], key=lambda row: row)

    def on_mount(self) -> None:
        """Fill them."""
        self.query_one(UnitTree).show(lambda parent: () if parent else (Node("1", "集团"),))
        self.query_one(DataList).show(lambda offset, limit: ROWS[offset : offset + limit])
        self.call_after_refresh(self.app.exit, 0)


class _Stage(KitApp):
    def on_mount(self) -> None:
        self.push_screen(Rehearsal())


def draw_once() -> None:
    """Draw the rehearsal in both languages. Raises what an application raised in it."""
    for language in ("zh_CN", "en"):
        stage = _Stage(language=language, look=Look())
        stage.run(headless=True, size=(80, 24))
        if stage.crash is not None:
            raise stage.crash
