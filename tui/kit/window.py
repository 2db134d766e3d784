"""A list seen through a window: only the rows on the screen are asked for, only changed lines are sent."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message as TextualMessage
from textual.strip import Strip

from tui.kit.painted import Painted


class Window(Painted, can_focus=True):
    """Base of ``DataList`` and ``UnitTree``: a cursor over numbered rows of one line each.

    A subclass says how many rows there are (``reach``), whether a row exists (``load``), and draws
    one (``draw``). ``HEAD`` is the number of heading lines above the rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("home,less_than_sign", "first", show=False),
        Binding("end,greater_than_sign", "last", show=False),
        Binding("enter", "open", show=False),
    ]
    HEAD: ClassVar[int] = 0

    DEFAULT_CSS = """
    Window { height: 1fr; }
    """

    class Moved(TextualMessage):
        """The cursor came to another row (or the rows changed under it)."""

        def __init__(self, window: Window) -> None:
            super().__init__()
            self.window = window

        @property
        def control(self) -> Window:
            return self.window

    class Opened(Moved):
        """Enter was pressed, or the row under the cursor clicked."""

    class OpenedEmpty(Moved):
        """Enter was pressed where there is no row."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.top = 0

    def nearest_row(self, row: int) -> int:
        raise NotImplementedError

    def last(self) -> int:
        """Return the number of the last row, -1 for none; may fetch. Subclasses override it."""
        raise NotImplementedError

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        """Return the line of ``row``, blank if there is none. Subclasses override it."""
        raise NotImplementedError

    def head(self, y: int, width: int) -> Strip:
        raise NotImplementedError

    @property
    def rows_shown(self) -> int:
        """How many rows fit at once."""
        return max(self.size.height - self.HEAD, 1)

    def render_line(self, y: int) -> Strip:
        if y < self.HEAD:
            return self.head(y, self.size.width)
        row = self.top + y - self.HEAD
        return self.draw(row, self.size.width, cursor=row == self.cursor)

    def refresh_row(self, row: int) -> None:
        y = row - self.top + self.HEAD
        if self.HEAD <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def go(self, row: int) -> None:
        """Move the cursor to ``row``, or the nearest that exists, scroll it into view, and post `Moved`."""
        row = self.nearest_row(max(row, 0))
        if row < 0 or row == self.cursor:
            return
        before, self.cursor = self.cursor, row
        if not self._into_view():
            self.refresh_row(before)
            self.refresh_row(row)
        self.post_message(self.Moved(self))

    def _into_view(self) -> bool:
        """Scroll the cursor into view; return whether everything must be repainted."""
        top = min(self.top, self.cursor)
        top = max(top, self.cursor - self.rows_shown + 1)
        if top == self.top:
            return False
        self.top = top
        self.refresh()
        return True

    def action_move(self, by: int) -> None:
        self.go(self.cursor + by)

    def take_arrow(self, event: events.Key) -> None:
        """Move the cursor by an arrow typed in a field above, which then does not get it."""
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
        if event.key in steps:
            event.stop()
            self.action_move(steps[event.key])

    def action_page(self, by: int) -> None:
        self.go(self.cursor + by * max(self.rows_shown - 1, 1))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(self.last())

    def action_open(self) -> None:
        has_row = self.nearest_row(self.cursor) >= 0
        self.post_message(self.Opened(self) if has_row else self.OpenedEmpty(self))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row clicked on; open the row if the cursor is there."""
        event.stop()
        row = self.top + event.y - self.HEAD
        if event.y < self.HEAD or self.nearest_row(row) != row:
            return
        if row == self.cursor:
            self.action_open()
        else:
            self.go(row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.go(self.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.go(self.cursor - 3)

    def on_resize(self) -> None:
        """Keep the cursor in sight in a smaller window."""
        self._into_view()

    def on_focus(self) -> None:
        self.refresh_row(self.cursor)

    def on_blur(self) -> None:
        self.refresh_row(self.cursor)
