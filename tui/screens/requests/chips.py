"""Chips over a list: each says how many rows it leaves, and narrows the list where it is set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message as TextualMessage
from textual.strip import Strip

from db.desk.today.todo import NONE, Chip, Chosen, read_selection
from db.language import _
from tui.kit.painted import Painted
from tui.safe import cells
from tui.sheets.cell import Tone

Span = tuple[str, Tone]
_GAP = "  "


class Chips(Painted, can_focus=True):
    """One line. Arrows move among the chips, Space or Enter sets or takes one, s keeps what is set, f or Esc
    leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", show=False),
        Binding("right,l", "move(1)", show=False),
        Binding("space,enter", "turn", show=False),
        Binding("s", "keep", show=False),
        Binding("f,escape", "leave", show=False),
    ]
    OWN_KEYS = (
        ("space", _("Set or take")),
        ("left", _("Before")),
        ("right", _("Next")),
        ("s", _("Keep what is set")),
        ("escape", _("Back")),
    )
    DEFAULT_CSS = "Chips { height: 1; padding: 0 1; }"

    class Turned(TextualMessage):
        """A chip was set or taken: what is chosen then."""

        def __init__(self, chosen: Chosen) -> None:
            super().__init__()
            self.chosen = chosen

    class Kept(TextualMessage):
        """The reader wants what is set kept as a chip of its own, or no longer."""

    class Left(TextualMessage):
        """The cursor goes back to the list."""

    def __init__(self) -> None:
        super().__init__()
        self.chips: Sequence[Chip] = ()
        self._chosen: Chosen = NONE
        self._at: tuple[str, str] = ("", "")

    def show(self, chips: Sequence[Chip], chosen: Chosen) -> None:
        """Show other counts and choices; the cursor stays on its chip."""
        self.chips, self._chosen = chips, chosen
        self.refresh()

    @property
    def is_kept(self) -> bool:
        """Whether the present choice is one that the reader keeps as a chip."""
        return any(chip.facet == "kept" and self._is_set(chip) for chip in self.chips)

    def _is_set(self, chip: Chip) -> bool:
        if chip.facet == "kept":
            return read_selection(chip.value) == {one: held for one, held in self._chosen.items() if held}
        return chip.value in self._chosen.get(chip.facet, ())

    @property
    def _place(self) -> int:
        keys = [(chip.facet, chip.value) for chip in self.chips]
        return keys.index(self._at) if self._at in keys else 0

    def action_move(self, by: int) -> None:
        if self.chips:
            chip = self.chips[max(0, min(self._place + by, len(self.chips) - 1))]
            self._at = (chip.facet, chip.value)
            self.refresh()

    def action_turn(self) -> None:
        """Post `Turned` with the chip under the cursor set or unset."""
        if self.chips:
            chip = self.chips[self._place]
            self._at = (chip.facet, chip.value)
            if chip.facet == "kept":
                self.post_message(self.Turned(NONE if self._is_set(chip) else read_selection(chip.value)))
                return
            held = self._chosen.get(chip.facet, frozenset()) ^ {chip.value}
            self.post_message(self.Turned({**self._chosen, chip.facet: held}))

    def action_keep(self) -> None:
        self.post_message(self.Kept())

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the chips, from the first one that leaves the cursor in view."""
        first = 0
        while self.has_focus and first < self._place and self._reach(first) > self.size.width:
            first += 1
        return self.paint(self._from(first, len(self.chips)), self.size.width)

    def _reach(self, first: int) -> int:
        """Return the cells from the chip ``first`` to the one under the cursor, with the sign for more."""
        return cells(_text(self._from(first, self._place + 1))) - len(_GAP) + 1

    def _from(self, first: int, last: int) -> list[Span]:
        spans: list[Span] = []
        for _facet, group in groupby(range(first, last), key=lambda place: self.chips[place].facet):
            spans += [("│ ", "dim")] if spans else []
            spans += [span for place in group for span in self._draw_chip(place, self.chips[place])]
        return spans

    def _draw_chip(self, place: int, chip: Chip) -> list[Span]:
        is_set, words = self._is_set(chip), f"{self.words(chip.label)} {chip.count}"
        mark = "▸" if self.has_focus and place == self._place else ""
        tone: Tone = "accent" if is_set else "" if chip.count else "dim"
        if chip.value == "overdue" and chip.count and not is_set:
            tone = "bad"
        return [(mark, "strong"), (f"[{words}]" if is_set else words, tone), (_GAP, "")]


def _text(spans: Sequence[Span]) -> str:
    return "".join(text for text, _tone in spans)
