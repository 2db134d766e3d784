"""A command that the person is to type on their own machine: shown whole, and in one piece to copy.

    await tell_command(self, f"{self.app.desk.actor.ssh} evidence list", _("What comes of it."))

A box breaks a long line and puts its borders among what the mouse selects. So ``c`` shows the line on the
terminal's own screen, which wraps it without breaking it, and where it stays to be read after signing out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from db.language import Text, _, say
from tui.kit.commands import ScreenCommand
from tui.kit.dialog import BORDER
from tui.kit.dialogs import Say
from tui.kit.keyed import Keyed
from tui.kit.painted import TextLine
from tui.safe import cells

if TYPE_CHECKING:
    from tui.kit.base import KitApp

COPY = _("y shows the line alone on your terminal's own screen, in one piece, to be copied there.")


class ToType(Say):
    """The command, and what is to be said of it."""

    NAME = _("In your own terminal")
    ABOUT = _("Type the line in a terminal of your own machine, not here; it asks for password and code.")
    KEYS = (
        Say.KEYS[0],
        ScreenCommand("copy", "y", _("To copy"), COPY),
        *Say.KEYS[1:],
    )
    DEFAULT_CSS = "ToType > .box { max-width: 100%; }"

    def __init__(self, command: str, about: Text) -> None:
        super().__init__(_("Run this in a terminal of your own"))
        self._command = command
        self._about = about

    def body(self) -> ComposeResult:
        yield TextLine(self._command, "accent", id="command")
        yield TextLine()
        if self._about:
            yield TextLine(self._about)
        yield TextLine(COPY, "dim")

    def on_mount(self) -> None:
        """Make the box as wide as the command."""
        self.query_one(".box").styles.min_width = cells(self._command) + BORDER

    def do_copy(self) -> None:
        self.app.push_screen(Aside(self._command))


class Aside(ModalScreen[None]):
    """While it is there, the terminal shows its own screen with ``text`` on it. Any key comes back."""

    app: KitApp

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def on_mount(self) -> None:
        self.app.step_aside(self._text, say(_("Any key comes back to mingce."), self.app.language))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.app.come_back()
        self.dismiss(None)


async def tell_command(screen: Keyed, command: str, about: Text = "") -> None:
    await screen.app.push_screen_wait(ToType(command, about))
