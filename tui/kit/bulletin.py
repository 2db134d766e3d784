"""What everybody inside is told, under the top line of every screen."""

from __future__ import annotations

from textual.strip import Strip

from tui.kit.painted import TextLine
from tui.safe import cells, clip


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

    def render_line(self, y: int) -> Strip:
        """Draw one line; the last one there is room for ends in ``… F1`` if the text goes on."""
        if y + 1 == self.size.height < len(lines := self._lines(self.size.width)):
            rest = "… F1"
            last = "".join(text for text, _tone in lines[y])
            kept = clip(last, self.size.width - cells(rest)).rstrip("…")
            return self.paint([(f"{kept}{rest}", lines[y][0][1])], self.size.width)
        return super().render_line(y)

    def renew(self) -> None:
        told = self.app.told
        if told is not None:
            self.show(told.text, told.tone)
        self.set_class(told is not None, "-told")
