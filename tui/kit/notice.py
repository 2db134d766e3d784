"""A sentence above the footer that stays until the next key; under it, what can still be taken back, and the
work that goes on. No timer runs for the first, so an idle session sends nothing."""

from __future__ import annotations

from db.language import Message, Text
from tui.kit.application import NoticeTone
from tui.kit.painted import TextLine

SIGNS = {"": "·", "good": "✓", "warn": "!", "bad": "✗"}


class NoticeArea(TextLine):
    """A line of its own, kept empty so that nothing moves when something is told; in a short screen it is
    there only while something is. It covers nothing: more lines than one push the rest up."""

    DEFAULT_CSS = """
    NoticeArea {
        dock: bottom; margin-bottom: 1; height: auto; max-height: 3; padding: 0 1;
        color: $foreground; display: none;
    }
    NoticeArea.-told { display: block; background: $panel; }
    NoticeArea.-told:nocolor { text-style: reverse; }
    """

    _told: tuple[Text, NoticeTone] | None = None

    def on_mount(self) -> None:
        """Show running work and what can be undone on a newly opened screen too."""
        self.renew()

    def tell(self, text: Text, tone: NoticeTone) -> None:
        self._told = text, tone
        self.renew()

    def hush(self) -> None:
        self._told = None
        self.renew()

    def goes_on(self) -> tuple[Text | None, Text | None]:
        """Return words for what can be undone, and for running work; None for none."""
        return self.app.held_words, self.app.work_words

    def renew(self) -> None:
        """Show the notice, else what can be undone, and running work below. Below a warning, what can be
        undone stays: the key before it may have decided."""
        held, work = self.goes_on()
        still: tuple[Text, NoticeTone] | None = (held, "good") if held is not None else None
        said = self._told or still
        lines: list[Text] = [_sign_text(*said)] if said is not None else []
        if self._told and self._told[1] == "warn" and still is not None:
            lines.append(_sign_text(*still))
        if work is not None:
            lines.append(_sign_text(work, ""))
        self.set_class(bool(lines), "-told")
        parts = {f"line{place}": line for place, line in enumerate(lines)}
        words = Message("\n".join(f"{{{name}}}" for name in parts), parts)
        self.show(words if lines else "", said[1] if said is not None else "")


class DialogNotice(NoticeArea):
    """Shows what is said to a dialog, over that of the screen under it, which shows long work."""

    DEFAULT_CSS = "DialogNotice { layer: notice; background: $panel; }"

    def goes_on(self) -> tuple[None, None]:
        return None, None


def _sign_text(text: Text, tone: NoticeTone) -> Message:
    return Message("{sign} {text}", {"sign": SIGNS[tone], "text": text})
