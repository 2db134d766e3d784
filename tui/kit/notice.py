"""A sentence above the footer that stays until the next key; under it, what can still be taken back. No timer
runs for the first, so an idle session sends nothing."""

from __future__ import annotations

from db.language import Message, Text
from tui.kit.application import NoticeTone
from tui.kit.painted import TextLine

SIGNS = {"": "·", "good": "✓", "warn": "!", "bad": "✗"}


class NoticeArea(TextLine):
    """Hidden until something is told, or can be taken back."""

    DEFAULT_CSS = """
    NoticeArea {
        dock: bottom; layer: notice; offset-y: -1; height: auto; max-height: 3; width: 100%;
        padding: 0 1; background: $panel; color: $foreground; display: none;
    }
    NoticeArea.-told { display: block; }
    NoticeArea:nocolor { text-style: reverse; }
    """

    is_telling = False

    def on_mount(self) -> None:
        """A screen that opens later tells what can be taken back too."""
        self.renew()

    def tell(self, text: Text, tone: NoticeTone) -> None:
        """Show ``text`` with the sign of its tone."""
        self.is_telling = True
        self._say(text, tone)

    def hush(self) -> None:
        self.is_telling = False
        self.renew()

    def renew(self) -> None:
        """Show what can be taken back, unless something is told; hide where there is nothing."""
        if self.is_telling:
            return
        held = self.app.held_words
        if held is not None:
            self._say(held, "good")
        else:
            self.remove_class("-told")

    def _say(self, text: Text, tone: NoticeTone) -> None:
        self.show(Message("{sign} {text}", {"sign": SIGNS[tone], "text": text}), tone)
        self.add_class("-told")
