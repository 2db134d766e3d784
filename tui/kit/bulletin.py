"""What everybody inside is told, under the top line of every screen."""

from __future__ import annotations

from tui.kit.painted import TextLine


class Bulletin(TextLine):
    """A line for what is told to everybody; hidden until something is."""

    DEFAULT_CSS = """
    Bulletin {
        height: auto; max-height: 3; padding: 0 1; background: $panel; color: $foreground; display: none;
    }
    Bulletin.-told { display: block; }
    Bulletin:nocolor { text-style: reverse; }
    """

    def on_mount(self) -> None:
        self.renew()

    def renew(self) -> None:
        told = self.app.told
        if told is not None:
            self.show(told.text, told.tone)
        self.set_class(told is not None, "-told")
