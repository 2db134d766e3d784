"""The first line of every screen, and the modes under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from db.language import Text, _
from tui.kit.common_keys import MORE
from tui.kit.mode import Mode
from tui.kit.painted import Painted
from tui.safe import cells, clip
from tui.sheets.cell import Tone


@dataclass(frozen=True, slots=True)
class Location:
    """Where the reader is: the place, then book and regulation in this order."""

    place: Text
    details: tuple[Text, ...] = ()


class Placed(Protocol):
    """What the lines at the top ask of their screen."""

    def where(self) -> Location:
        """Return what the top line shows."""

    def reachable_modes(self) -> tuple[Mode, ...]:
        """Return the modes that digits lead to."""

    def go_to(self, mode: str) -> None:
        """Change to a mode."""

    def perform(self, command_id: str) -> None:
        """Do a command by its id."""


class TopLine(Painted):
    """Where I am and how that is classified at the left; who I am and what waits for me at the right."""

    PLACE = "top"
    is_cut = False
    """Whether what was drawn last is shorter than what there is to say of where the reader is."""
    DEFAULT_CSS = """
    TopLine { height: 1; background: $bar; color: $bar-text; }
    TopLine:nocolor { text-style: reverse; }
    """

    def render_line(self, y: int) -> Strip:
        """Draw place, details, classification, reader and waiting items, shortened from the least
        important."""
        width = self.size.width
        where = cast(Placed, self.screen).where()
        place = f" {self.words(where.place)}"
        details = " · ".join(self.words(detail) for detail in where.details)
        secret = self.words(self._classification(where))
        kept = cells(secret) + 2 if secret else 0
        reader = self.app.reader
        waits = self.words(_("{count} waiting", count=self.app.waiting)) if self.app.waiting else ""
        fresh = f" {self.words(_('{count} new', count=len(self.app.fresh)))} " if self.app.fresh else ""
        right = " │ ".join(part for part in (f"{reader.name} {reader.unit}".strip(), waits) if part)
        wanted = cells(place) + (cells(details) + 2 if details else 0) + kept + 2
        if wanted + cells(right) + 1 > width or cells(right) > width // 2:
            right = " │ ".join(part for part in (reader.name, waits) if part)
        right = f"{clip(self.words(right), max(width // 2, 0))} " if right else ""
        beside = cells(right) + cells(fresh)
        left = clip(place, max(width - beside - kept - 1, 0))
        room = width - cells(left) - beside - kept - 3
        self.is_cut = left != place or cells(details) > max(room, 0)
        spans: list[tuple[str, Tone]] = [(left, "strong")]
        if details and room > 4:
            spans += [("  ", ""), (clip(details, room), "dim")]
        if secret:
            spans += [("  ", ""), (secret, "strong")]
        used = sum(cells(text) for text, _tone in spans)
        spans += [(" " * max(width - used - beside, 0), ""), (right, "")]
        line = self.paint(spans, width - cells(fresh))
        return (
            Strip([*line, Segment(fresh, self.rich_style + Style(reverse=True, bold=True))], width)
            if fresh
            else line
        )

    def _classification(self, where: Location) -> Text:
        """Return the classification of the book that the line names; without one, the strictest of all the
        reader's. "" before the first mode."""
        classified = self.app.reader.classified
        named = set(map(self.words, where.details))
        of_book: Text = next((label for title, label in classified if self.words(title) in named), "")
        if of_book or not classified or not cast(Placed, self.screen).reachable_modes():
            return of_book
        return classified[0][1]


@dataclass(frozen=True, slots=True)
class Tab:
    """A mode where it stands in the bar: its key and label, from its first cell to the one after its last.

    The one without a mode leads to those that find no room."""

    mode: Mode | None
    key: str
    label: str
    start: int
    end: int


class ModeBar(Painted):
    """The modes with their digits and whole names in one line; the one the reader is in stands in brackets.

    What finds no room keeps its digit and goes into More from the right, but for the mode the reader is in.
    """

    PLACE = "modes"
    DEFAULT_CSS = "ModeBar { height: 1; background: $surface; color: $muted; }"

    def tabs(self, width: int) -> list[Tab]:
        """Return the place of every mode that fits in the bar; the rest goes into More, but for the present
        one."""
        modes = [mode for mode in self.app.modes if mode.in_bar or mode.id == self.app.current_mode]
        more = [None] if len(modes) < len(self.app.modes) or not all(mode.in_bar for mode in modes) else []
        kept = len(modes)
        for between in (3, 2):
            found = self._laid((*modes, *more), between)
            if not found or found[-1].end < width:
                return found
        while kept and found[-1].end >= width:
            kept -= 1
            here = (mode for mode in modes[kept:] if mode.id == self.app.current_mode)
            found = self._laid((*modes[:kept], *here, None), 2)
        return found

    def _laid(self, modes: Sequence[Mode | None], between: int) -> list[Tab]:
        """Return the places of ``modes`` with ``between`` cells between them."""
        found: list[Tab] = []
        start = 1 + between // 2
        for mode in modes:
            key, name = (mode.digit, mode.label) if mode is not None else (MORE.key, MORE.label)
            label = f" {self.words(name)}"
            end = start + len(key) + cells(label)
            found.append(Tab(mode, key, label, start, end))
            start = end + between
        return found

    def render_line(self, y: int) -> Strip:
        spans: list[tuple[str, Tone]] = []
        at = 0
        for tab in self.tabs(self.size.width):
            here = tab.mode is not None and tab.mode.id == self.app.current_mode
            spans.append((" " * (tab.start - at - here), ""))
            if here:
                spans.append((f"[{tab.key}{tab.label}]", "strong"))
            else:
                spans += [(tab.key, "accent"), (tab.label, "")]
            at = tab.end + here
        return self.paint(spans, self.size.width)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        for tab in self.tabs(self.size.width):
            if tab.start - 1 <= event.x <= tab.end:
                if tab.mode is not None:
                    cast(Placed, self.screen).go_to(tab.mode.id)
                else:
                    cast(Placed, self.screen).perform("more")
                return
