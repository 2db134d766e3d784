"""The first line of every screen, and the modes under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from db.language import Text, _
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
        """What the top line says."""

    def reachable_modes(self) -> tuple[Mode, ...]:
        """The modes that digits lead to."""

    def go_to(self, mode: str) -> None:
        """Change to a mode."""


class TopLine(Painted):
    """Where I am and how that is classified at the left; who I am and what waits for me at the right."""

    PLACE = "top"
    DEFAULT_CSS = """
    TopLine { height: 1; background: $bar; color: $bar-text; }
    TopLine:nocolor { text-style: reverse; }
    """

    def render_line(self, y: int) -> Strip:
        """The line, shortened from the least important end."""
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
        if wanted + cells(right) + 1 > width:
            right = " │ ".join(part for part in (reader.name, waits) if part)
        right = f"{clip(self.words(right), max(width // 2, 0))} " if right else ""
        beside = cells(right) + cells(fresh)
        left = clip(place, max(width - beside - kept - 1, 0))
        room = width - cells(left) - beside - kept - 3
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
        """That of the book that the line names; where the data of several may stand on the screen, the
        strictest of all. Before the first mode there is nothing of a book to see."""
        classified = self.app.reader.classified
        named = set(map(self.words, where.details))
        of_book: Text = next((label for title, label in classified if self.words(title) in named), "")
        if of_book or not classified or not cast(Placed, self.screen).reachable_modes():
            return of_book
        return classified[0][1]


@dataclass(frozen=True, slots=True)
class Tab:
    """A mode where it stands in the bar: its line, its first cell and the one after its last."""

    mode: Mode
    label: str
    line: int
    start: int
    end: int


class ModeBar(Painted):
    """The modes with their digits and whole names; the one the reader is in stands in brackets.

    Where they find no room they move together, and then go on in another line: a key that can't be seen is
    not there, and a bare digit says nothing.
    """

    PLACE = "modes"
    DEFAULT_CSS = "ModeBar { height: auto; background: $surface; color: $muted; }"

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """The lines they take."""
        return max((tab.line for tab in self.tabs(width)), default=0) + 1

    def tabs(self, width: int) -> list[Tab]:
        """Every mode in its place; a bracket or a blank is at both sides of each."""
        apart = self._laid(width, " ", 3)
        return apart if all(tab.line == 0 for tab in apart) else self._laid(width, "", 1)

    def _laid(self, width: int, blank: str, between: int) -> list[Tab]:
        """``blank`` stands between digit and name, ``between`` cells from one mode to the next."""
        found: list[Tab] = []
        begin = 1 + between // 2
        line, start = 0, begin
        for mode in self.app.modes:
            label = f"{blank}{self.words(mode.label)}"
            if start > begin and start + 1 + cells(label) + 1 > width:
                line, start = line + 1, begin
            end = start + 1 + cells(label)
            found.append(Tab(mode, label, line, start, end))
            start = end + between
        return found

    def render_line(self, y: int) -> Strip:
        """A line of modes."""
        spans: list[tuple[str, Tone]] = []
        at, close = 0, ""
        for tab in (tab for tab in self.tabs(self.size.width) if tab.line == y):
            here = tab.mode.id == self.app.current_mode
            blank = (close + " " * (tab.start - at - len(close)))[: tab.start - at - here] + "[" * here
            spans.append((blank, "strong" if here else ""))
            spans += [(tab.mode.digit, "strong" if here else "accent"), (tab.label, "strong" if here else "")]
            at, close = tab.end, "]" * here
        return self.paint([*spans, (close, "strong")], self.size.width)

    def on_click(self, event: events.Click) -> None:
        """A click goes to the mode."""
        event.stop()
        for tab in self.tabs(self.size.width):
            if tab.line == event.y and tab.start - 1 <= event.x <= tab.end:
                cast(Placed, self.screen).go_to(tab.mode.id)
                return
