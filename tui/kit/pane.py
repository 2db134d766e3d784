"""A part of a screen under a title of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from db.language import Text, say
from tui.kit.painted import Spoken
from tui.safe import plain

if TYPE_CHECKING:
    from tui.kit.base import KitApp


class Pane(Spoken, Vertical):
    """``with Pane(_("Units")): ...``; its title is marked while the focus is inside. It has a line above,
    no frame: only questions have one, because only they hold everything else up."""

    app: KitApp

    DEFAULT_CSS = """
    Pane { border-top: solid $rule; border-title-color: $muted; }
    Pane:focus-within { border-title-color: $accent; border-title-style: bold; }
    Pane:nocolor:focus-within { border-top: heavy $accent; }
    """

    def __init__(
        self, title: Text = "", *widgets: Widget, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(*widgets, id=id, classes=classes)
        self._title = title

    def on_mount(self) -> None:
        self.respeak()

    def entitle(self, title: Text) -> None:
        if title != self._title:
            self._title = title
            self.respeak()

    def respeak(self) -> None:
        """Draw the title again, in the present language."""
        self.border_title = Content(plain(say(self._title, self.app.language))).pad(1, 1)
