"""A terminal that draws every character of ambiguous width in two columns, or every one in one."""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any
from unittest.mock import patch

import pyte
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual._compositor import LayoutUpdate
from textual.app import App
from wcwidth import wcwidth

from tui.kit.canvas import Canvas
from tui.safe import as_drawn, plain


def show(app: App[Any], columns: int) -> tuple[pyte.Screen, list[str]]:
    """Return what a terminal shows that is sent the screen of ``app`` and draws ambiguous characters in
    ``columns``, and its lines. Fails where any stands elsewhere than the screen has it."""
    update = app.screen._compositor.render_update(full=True)
    assert isinstance(update, LayoutUpdate)
    screen = pyte.Screen(*app.size)
    screen.reset_mode(7)
    with patch("pyte.screens.wcwidth", lambda character: wcwidth(character, ambiguous_width=columns)):
        pyte.Stream(screen).feed(Canvas().draw(update, app.size, (0, 0), ColorSystem.TRUECOLOR))
        meant = [as_drawn(plain("".join(s.text for strip in line for s in strip))) for line in update.strips]
        lines = [line.rstrip() for line in screen.display]
        assert columns == 1 or lines == [line.rstrip() for line in meant], "\n".join(
            f"{line!r}\n{other!r}" for line, other in zip(lines, meant, strict=True) if line != other.rstrip()
        )
    return screen, lines


def draw_wide(app: App[Any]) -> str:
    """Return a picture of the screen of ``app`` on a terminal that draws ambiguous characters wide."""
    screen, _lines = show(app, 2)
    console = Console(
        width=app.size.width, height=app.size.height, file=io.StringIO(), record=True,
        force_terminal=True, color_system="truecolor", legacy_windows=False,
    )  # fmt: skip
    for y in range(app.size.height):
        line = Text(end="\n", no_wrap=True)
        cells = (screen.buffer[y][x] for x in range(app.size.width))
        for style, run in groupby(cells, _style):
            line.append("".join(cell.data for cell in run), style)
        console.print(line)
    return console.export_svg(title="wide")


def _style(cell: pyte.screens.Char) -> Style:
    foreground, background = (None if one == "default" else f"#{one}" for one in (cell.fg, cell.bg))
    return Style(
        color=foreground, bgcolor=background, bold=cell.bold, reverse=cell.reverse, underline=cell.underscore
    )
