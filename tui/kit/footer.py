"""The keys, at the bottom of every screen and dialog, drawn from the commands that make sense now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual import events
from textual.strip import Strip

from db.language import _
from tui.kit.commands import ScreenCommand, key_name
from tui.kit.keyed import Keyed
from tui.kit.letters import LETTERS
from tui.kit.painted import Painted
from tui.safe import cells
from tui.sheets.cell import Tone

Item = tuple[str, str, str]
"""A command's id, its key and its word."""


class Footer(Painted):
    """One line of keys. What finds no room is announced by an ellipsis and the key that shows it all."""

    PLACE = "footer"
    DEFAULT_CSS = "Footer { height: 1; dock: bottom; background: $surface; color: $foreground; }"

    def on_mount(self) -> None:
        """Redraw the keys whenever the focus moves: others work while a person is typing in a field."""
        self.watch(self.screen, "focused", self.refresh_keys, init=False)
        self._drawn: Sequence[Item] = ()
        self._found: tuple[object, Sequence[Item]] | None = None
        """What is drawn next, if it is known, and in which width and words."""

    def refresh_keys(self) -> None:
        if not self.is_mounted:  # the bar of long work is drawn anew on screens that are only just coming up
            return
        items = self.items()
        self._found = (self._room_and_words(), items) if items != self._drawn else None
        if self._found is not None:
            self.refresh()

    def _room_and_words(self) -> object:
        return self.size.width, self.app.wording

    def items(self) -> list[Item]:
        """Return the keys to draw, in order; those that don't fit are behind More."""
        keyed = cast(Keyed, self.screen)
        if isinstance(keyed.focused, Painted) and keyed.focused.OWN_KEYS:
            return [("", key_name(key), self.words(word)) for key, word in keyed.focused.OWN_KEYS]
        shown: dict[str, list[ScreenCommand]] = {}
        offered = keyed.offered_commands()
        for command in offered:
            shown.setdefault(keyed.key_now(command), []).append(command)
        wanted = [
            (found[0].id, key_name(key), self._word(key, found))
            for key, found in shown.items()
            if key and any(map(keyed.in_footer, found))
        ]
        more = "F1" if keyed.is_typing() else "?"
        room = self.size.width - 1
        if not any(command.id == "help" for command in offered):
            return wanted
        everything = [*wanted, ("help", more, self.words(_("Help")))]
        if sum(_cells_of(item) for item in everything) <= room:
            return everything
        rest = [("", "", "…"), ("help", more, self.words(_("More")))]
        room -= sum(_cells_of(item) for item in rest)
        fitting = []
        for item in wanted:
            room -= _cells_of(item)
            if room < 0:
                break
            fitting.append(item)
        return fitting + rest

    def _word(self, key: str, found: Sequence[ScreenCommand]) -> str:
        """Return the label of the command of ``key``; of several, the letter's own word."""
        return self.words(found[0].label) if len(found) == 1 else f"{self.words(LETTERS[key].word)}…"

    def render_line(self, y: int) -> Strip:
        found, self._found = self._found, None
        is_known = found is not None and found[0] == self._room_and_words()
        items = self._drawn = found[1] if found is not None and is_known else self.items()
        spans: list[tuple[str, Tone]] = [(" ", "")]
        for _command, key, word in items:
            spans += [(key, "accent"), (f" {word}  " if key else f"{word}  ", "")]
        return self.paint(spans, self.size.width)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        start = 1
        for item in self.items():
            end = start + _cells_of(item)
            if item[0] and start <= event.x < end:
                self._press(item[0])
                return
            start = end

    def _press(self, command_id: str) -> None:
        keyed = cast(Keyed, self.screen)
        for command in keyed.offered_commands():
            if command.id == command_id:
                keyed.press_key(keyed.key_now(command))


def _cells_of(item: Item) -> int:
    _command, key, word = item
    return cells(key) + cells(word) + (3 if key else 2)
