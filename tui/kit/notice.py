"""A sentence above the footer that stays until the next key: no timer, so an idle session sends nothing."""

from __future__ import annotations

from db.language import Message, Text
from tui.kit.application import NoticeTone
from tui.kit.painted import TextLine

SIGNS = {"": "·", "good": "✓", "warn": "!", "bad": "✗"}


class NoticeArea(TextLine):
    """Hidden until something is told."""

    DEFAULT_CSS = """
    NoticeArea {
        dock: bottom; layer: notice; offset-y: -1; height: auto; max-height: 3; width: 100%;
        padding: 0 1; background: $panel; color: $foreground; display: none;
    }
    NoticeArea.-told { display: block; }
    NoticeArea:nocolor { text-style: reverse; }
    """

    def tell(self, text: Text, tone: NoticeTone) -> None:
        """Show ``text`` with the sign of its tone."""
        self.show(Message("{sign} {text}", {"sign": SIGNS[tone], "text": text}), tone)
        self.add_class("-told")

    def hush(self) -> None:
        self.remove_class("-told")
