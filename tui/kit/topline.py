"""The first line of every screen, and the modes under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import events
from textual.strip import Strip

from db.language import Text, _
from tui.kit.mode import Mode
from tui.kit.painted import Painted
from tui.kit.safe import cells, clip
from tui.kit.tones import Tone

if TYPE_CHECKING:
    from tui.kit.frame import Frame


@dataclass(frozen=True, slots=True)
class Where:
    """Where the reader is: the place, then book, regulation and classification in this order."""

    place: Text
    details: tuple[Text, ...] = ()


class TopLine(Painted):
    """Where I am at the left; who I am and what waits for me at the right."""

    PLACE = "top"
    DEFAULT_CSS = """
    TopLine { height: 1; background: $bar; color: $bar-text; }
    TopLine:nocolor { text-style: reverse; }
    """

    def render_line(self, y: int) -> Strip:
        """The line, shortened from the least important end."""
        width = self.size.width
        where = cast("Frame", self.screen).where()
        place = f" {self.words(where.place)}"
        details = " · ".join(self.words(detail) for detail in where.details)
        reader = self.app.reader
        waits = self.words(_("{count} waiting", count=self.app.waiting)) if self.app.waiting else ""
        right = " │ ".join(part for part in (f"{reader.name} {reader.unit}".strip(), waits) if part)
        wanted = cells(place) + (cells(details) + 2 if details else 0) + 2
        if wanted + cells(right) + 1 > width:
            right = " │ ".join(part for part in (reader.name, waits) if part)
        right = f"{clip(self.words(right), max(width // 2, 0))} " if right else ""
        left = clip(place, width - cells(right) - 1)
        room = width - cells(left) - cells(right) - 3
        spans: list[tuple[str, Tone]] = [(left, "strong")]
        if details and room > 4:
            spans += [("  ", ""), (clip(details, room), "dim")]
        used = sum(cells(text) for text, _tone in spans)
        spans += [(" " * max(width - used - cells(right), 0), ""), (right, "")]
        return self.paint(spans, width)


class ModeBar(Painted):
    """The modes with their digits; the one the reader is in is marked."""

    PLACE = "modes"
    DEFAULT_CSS = "ModeBar { height: 1; background: $surface; color: $muted; }"

    def items(self) -> list[tuple[Mode, str]]:
        """Every mode with its label. Where they find no room, the last ones but the reader's go by their
        digit alone: a key that can't be seen is not there."""
        labels = {mode.id: self.words(mode.label) for mode in self.app.modes}
        for mode in reversed(self.app.modes):
            if self._end(labels) <= self.size.width:
                break
            if mode.id != self.app.current_mode:
                labels[mode.id] = ""
        return [(mode, labels[mode.id]) for mode in self.app.modes]

    def _end(self, labels: Mapping[str, str]) -> int:
        """Where the last one ends."""
        return sum(1 + _width(label) for label in labels.values())

    def places(self) -> list[tuple[int, int, str]]:
        """Start, end and mode of every item, in cells."""
        found = []
        start = 1
        for mode, label in self.items():
            end = start + _width(label)
            found.append((start, end, mode.id))
            start = end + 1
        return found

    def render_line(self, y: int) -> Strip:
        """The line of modes."""
        spans: list[tuple[str, Tone]] = [(" ", "")]
        for mode, label in self.items():
            if mode.id == self.app.current_mode:
                spans.append((f"[{mode.digit} {label}]", "strong"))
            else:
                spans += [(f" {mode.digit}", "accent"), (f" {label} " if label else " ", "")]
            spans.append((" ", ""))
        return self.paint(spans, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """A click goes to the mode."""
        event.stop()
        for start, end, mode_id in self.places():
            if start <= event.x < end:
                cast("Frame", self.screen).go_to(mode_id)


def _width(label: str) -> int:
    """Cells that an item takes: its digit and its label, with a blank or a bracket on both sides."""
    return cells(f" 1 {label} ") if label else cells(" 1 ")
