"""How the application is drawn on the reader's terminal: its look, its cursor, its mouse, its clipboard."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import chain
from typing import Any

from rich.console import COLOR_SYSTEMS, RenderableType
from textual._compositor import CompositorUpdate
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.widgets import Input

from tui.kit.canvas import Canvas
from tui.kit.contained import ContainedApp
from tui.kit.driver import CURSOR_OFF, CURSOR_ON, LineDriver
from tui.kit.looks import CONTRAST, DARK, LIGHT, Colourless, Look
from tui.kit.stylesheet import KeptStylesheet
from tui.kit.window import Window
from tui.safe import plain


class DrawnApp(ContainedApp, inherit_bindings=False):
    """Base of the application: draws it through a `Canvas`, in one `Look`."""

    def __init__(self, driver: type[Driver], look: Look) -> None:
        super().__init__(driver)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.animation_level = "none"
        self.features = frozenset()
        self._colourless: list[LineFilter] = [Colourless()]
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.register_theme(CONTRAST)
        self.mouse_on = True
        self._is_aside = False
        self._canvas = Canvas()
        self._shows_cursor: bool | None = None
        self.set_look(look)

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """Load and parse a new screen's CSS, and set its size classes, before its widgets are mounted.
        Textual does it afterwards, and would style everything three times."""
        if isinstance(screen, Screen) and not screen.is_running:
            super()._load_screen_css(screen)
            across, down = screen.HORIZONTAL_BREAKPOINTS or [], screen.VERTICAL_BREAKPOINTS or []
            screen._classes |= screen._get_breakpoint_classes(self.size.width, across)
            screen._classes |= screen._get_breakpoint_classes(self.size.height, down)
        return super()._get_screen(screen)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Do nothing but mark it as loaded: `_get_screen` has loaded it."""
        screen._css_update_count = self._css_update_count

    def redraw(self) -> None:
        """Forget what the terminal shows, and send everything again."""
        self._canvas.forget()
        self._shows_cursor = None
        self.refresh()

    def set_look(self, look: Look) -> None:
        """Draw everything in another look; stores nothing."""
        self.look = look
        self.no_color = look.depth is None
        self._colors = COLOR_SYSTEMS[look.depth or "standard"]
        self.theme = look.theme.name
        if self.is_running:
            self._invalidate_css()  # for other modes' screens, where two looks share a theme
            self.refresh_css(animate=False)
            for screen in chain.from_iterable(self._screen_stacks.values()):
                for widget in screen.walk_children(with_self=True):
                    widget.refresh()  # two looks can share a theme, and then no style changes

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return a filter that removes all colours if the look is mono; else none."""
        return self._colourless if self.look.depth is None else ()

    def set_mouse(self, on: bool) -> None:
        """Use the mouse, or leave it to the terminal, so that it can select text. Says nothing."""
        self.mouse_on = on
        if isinstance(self._driver, LineDriver):
            self._driver.use_mouse(on)

    def step_aside(self, *lines: str) -> None:
        """Show the terminal's own screen with ``lines``; draw nothing until `come_back`."""
        self._is_aside = True
        if isinstance(self._driver, LineDriver):
            self._driver.step_aside([plain(line) for line in lines])

    def come_back(self) -> None:
        self._is_aside = False
        if isinstance(self._driver, LineDriver):
            self._driver.come_back(self.mouse_on)
        self.redraw()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        try:
            driver = self._driver
            if (
                driver is not None
                and isinstance(renderable, CompositorUpdate)
                and self._running
                and not (self._batch_count or self._closed or self._is_aside or self.is_headless)
            ):
                cursor = self.screen.outer_size.clamp_offset(self._cursor_at())
                text = self._canvas.draw(renderable, self.size, (cursor.x, cursor.y), self._colors)
                text += self._show_cursor()
                if text:
                    self._begin_update()
                    driver.write(text)
                    self._end_update()
        finally:
            self.post_display_hook()

    def _cursor_at(self) -> Offset:
        """Return where the terminal's cursor belongs, for input methods and screen readers: in the field, or
        at the list's row."""
        match self.screen.focused:
            case Input() as field:
                return field.cursor_screen_offset - Offset(int(field.cursor_at_end), 0)
            case Window() as window:
                line = window.HEAD + window.cursor - window.top
                return window.content_region.offset + Offset(0, line)
            case _:
                return self.cursor_position

    def _show_cursor(self) -> str:
        """Return the sequence that shows the terminal's cursor in a field, or hides it elsewhere; "" if
        nothing changed."""
        before, self._shows_cursor = self._shows_cursor, isinstance(self.screen.focused, Input)
        if before == self._shows_cursor:
            return ""
        return CURSOR_ON if self._shows_cursor else CURSOR_OFF

    def send_to_clipboard(self, text: str) -> None:
        """Send ``text`` to the terminal's clipboard (OSC 52), which may ignore it. Records nothing: the
        caller has."""
        packed = base64.b64encode(text.encode("utf-8")).decode("ascii")
        if self._driver is not None:
            self._driver.write(f"\x1b]52;c;{packed}\x07")
            self._driver.flush()
