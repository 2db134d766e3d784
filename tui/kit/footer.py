"""The keys, at the bottom of every screen and dialog, drawn from the commands that make sense now."""

from __future__ import annotations

from typing import cast

from textual import events
from textual.strip import Strip

from db.language import _
from tui.kit.commands import key_name
from tui.kit.keyed import Keyed
from tui.kit.painted import Painted
from tui.safe import cells
from tui.sheets.cell import Tone


class Footer(Painted):
    """One line of keys. What finds no room is announced by an ellipsis and the key that shows it all."""

    PLACE = "footer"
    DEFAULT_CSS = "Footer { height: 1; dock: bottom; background: $surface; color: $foreground; }"

    def on_mount(self) -> None:
        """Other keys work while a person is typing in a field."""
        self.watch(self.screen, "focused", self.refresh_keys, init=False)
        self._drawn: tuple[object, ...] = ()

    def refresh_keys(self) -> None:
        """Repaint if the keys have changed."""
        items = tuple(self.items())
        if items != self._drawn:
            self.refresh()

    def items(self) -> list[tuple[str, str, str]]:
        """Command id, key and word of everything shown, in order, fitted to the width."""
        keyed = cast(Keyed, self.screen)
        wanted = [
            (command.id, key_name(key), self.words(command.label))
            for command in keyed.offered()
            if keyed.in_footer(command) and (key := keyed.key_now(command))
        ]
        more = "F1" if keyed.typing() else "?"
        room = self.size.width - 1
        if not any(command.id == "help" for command in keyed.offered()):
            return wanted
        everything = [*wanted, ("help", more, self.words(_("Help")))]
        if sum(_cells_of(item) for item in everything) <= room:
            return everything
        rest = [("", "", "…"), ("help", more, self.words(_("More")))]
        room -= sum(_cells_of(item) for item in rest)
        shown = []
        for item in wanted:
            room -= _cells_of(item)
            if room < 0:
                break
            shown.append(item)
        return shown + rest

    def render_line(self, y: int) -> Strip:
        """The line of keys."""
        items = self.items()
        self._drawn = tuple(items)
        spans: list[tuple[str, Tone]] = [(" ", "")]
        for _command, key, word in items:
            spans += [(key, "accent"), (f" {word}  " if key else f"{word}  ", "")]
        return self.paint(spans, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        event.stop()
        start = 1
        for item in self.items():
            end = start + _cells_of(item)
            if item[0] and start <= event.x < end:
                cast(Keyed, self.screen).perform(item[0])
                return
            start = end


def _cells_of(item: tuple[str, str, str]) -> int:
    _command, key, word = item
    return cells(key) + cells(word) + (3 if key else 2)
