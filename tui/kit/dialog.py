"""A box over the screen, which its kinds fill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from db.language import Text
from tui.kit.commands import ScreenCommand
from tui.kit.common_keys import BACK, LANGUAGE, LOOK, MOUSE, REDRAW, SIGN_OUT, STOP_WORK
from tui.kit.datalist import DataList
from tui.kit.footer import Footer
from tui.kit.keyed import Keyed
from tui.kit.notice import DialogNotice
from tui.kit.painted import TextLine

Answer = TypeVar("Answer")
BORDER = 4
"""Cells of a box beside what it holds: its lines, and a blank at each side."""


class Dialog(Keyed, ModalScreen[Answer | None], Generic[Answer]):
    """A box over the screen. Esc closes it with None."""

    SHARED: ClassVar[tuple[ScreenCommand, ...]] = (BACK, STOP_WORK, MOUSE, LOOK, LANGUAGE, REDRAW, SIGN_OUT)
    DEFAULT_CSS = """
    Dialog { layers: base notice; align: center middle; background: transparent; }
    Dialog > .box {
        width: 64; max-width: 96%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 0 1;
    }
    Dialog > .box > .title { color: $strong; text-style: bold; padding-bottom: 1; }
    Dialog > .box > .text { height: auto; max-height: 12; }
    """

    def __init__(self, title: Text, text: Text = "") -> None:
        super().__init__()
        self._title_text = title
        self._text = text

    @property
    def yes(self) -> Text:
        """The word for what Enter does in this dialog; "" where all of its kind do the same."""
        return ""

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        found = super().offered_commands()
        if not self.yes:
            return found
        return tuple(replace(one, label=self.yes) if one.id == "take" else one for one in found)

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return True: an answer may be typed ahead of most questions."""
        return True

    def body(self) -> ComposeResult:
        yield from ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield TextLine(self._title_text, "strong", classes="title")
            if self._text:
                with VerticalScroll(can_focus=False, classes="text"):
                    yield TextLine(self._text)
            yield from self.body()
        yield DialogNotice()
        yield Footer()

    def on_key(self, event: events.Key) -> None:
        """Hide the notice at any key."""
        self.clear_notice()

    def clear_notice(self) -> None:
        for notice in self.query_children(DialogNotice):
            notice.hush()

    def do_back(self) -> None:
        """Close the dialog with None."""
        self.dismiss(None)
