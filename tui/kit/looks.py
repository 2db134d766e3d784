"""The looks, chosen from what the client says of its terminal: dark, light, high contrast, mono.

All colours are members of the xterm 256-colour palette, so that a terminal with 256 colours shows
the same picture. Nothing is said by colour alone, so mono loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

Depth = Literal["truecolor", "256", "standard"]

_TRUE: Final = ("alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "rio", "wezterm")
_SIXTEEN: Final = ("ansi", "cygwin", "linux", "putty", "rxvt", "screen", "xterm-16color", "xterm-color")

DARK: Final = Theme(
    name="mingce-dark",
    dark=True,
    background="#121212",
    surface="#1c1c1c",
    panel="#303030",
    foreground="#d0d0d0",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#5fafd7",
    success="#87af5f",
    warning="#d7af5f",
    error="#ff8787",
    variables={
        "muted": "#8a8a8a",
        "rule": "#444444",
        "bar": "#005f87",
        "bar-text": "#ffffff",
        "bar-muted": "#afd7ff",
        "cursor-row": "#005f87",
        "cursor-text": "#ffffff",
        "field": "#262626",
        "strong": "#ffffff",
        "input-selection-background": "#005f87",
    },
)
LIGHT: Final = Theme(
    name="mingce-light",
    dark=False,
    background="#ffffff",
    surface="#eeeeee",
    panel="#dadada",
    foreground="#262626",
    primary="#005f87",
    secondary="#005f5f",
    accent="#005faf",
    success="#005f00",
    warning="#875f00",
    error="#af0000",
    variables={
        "muted": "#626262",
        "rule": "#bcbcbc",
        "bar": "#005f87",
        "bar-text": "#ffffff",
        "bar-muted": "#d7ffff",
        "cursor-row": "#afd7ff",
        "cursor-text": "#000000",
        "field": "#eeeeee",
        "strong": "#000000",
        "input-selection-background": "#afd7ff",
    },
)

CONTRAST: Final = Theme(
    name="mingce-contrast",
    dark=True,
    background="#000000",
    surface="#000000",
    panel="#444444",
    foreground="#ffffff",
    primary="#00ffff",
    secondary="#00ffff",
    accent="#ffff00",
    success="#5fff5f",
    warning="#ffff00",
    error="#ff8787",
    variables={
        "muted": "#ffffff",
        "rule": "#ffffff",
        "bar": "#ffffff",
        "bar-text": "#000000",
        "bar-muted": "#000000",
        "cursor-row": "#ffff00",
        "cursor-text": "#000000",
        "field": "#444444",
        "strong": "#ffffff",
        "input-selection-background": "#0000ff",
    },
)
"""White on black, and nothing dim: seven to one at the least."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the screen is coloured: ``light``, or else dark, in high contrast where ``strong``. ``depth`` is
    None where no colour may be sent (mono)."""

    light: bool = False
    depth: Depth | None = "truecolor"
    strong: bool = False

    @property
    def name(self) -> str:
        """``dark``, ``light``, ``256``, ``256-light``, ``contrast`` or ``mono``."""
        if self.strong and self.depth is not None:
            return "contrast"
        shade = "light" if self.light else "dark"
        if self.depth == "truecolor":
            return shade
        if self.depth is None:
            return "mono"
        return "256-light" if self.light else "256"

    @property
    def theme(self) -> Theme:
        """The Textual theme that carries its colours."""
        if self.strong:
            return CONTRAST
        return LIGHT if self.light else DARK

    @property
    def choice(self) -> Literal["dark", "light", "contrast", "mono"]:
        """The look to store with the account, without the terminal's colour depth."""
        if self.depth is None:
            return "mono"
        if self.strong:
            return "contrast"
        return "light" if self.light else "dark"


def look_for(environment: Mapping[str, str]) -> Look:
    """Return the look for a client's TERM, COLORTERM, NO_COLOR and COLORFGBG; dark by default."""
    term, colorterm = environment.get("TERM", "").lower(), environment.get("COLORTERM", "").lower()
    light = environment.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    return Look(light, None if "NO_COLOR" in environment else _depth(term, colorterm))


def _depth(term: str, colorterm: str) -> Depth | None:
    if term in ("", "dumb", "unknown") or term.startswith(("vt", "xterm-mono")) or term.endswith("-m"):
        return None
    if colorterm in ("truecolor", "24bit") or "direct" in term or any(name in term for name in _TRUE):
        return "truecolor"
    if "256color" in term or term == "xterm":
        return "256"
    return "standard" if term.startswith(_SIXTEEN) else "256"


@lru_cache(1024)
def _bare(style: Style) -> Style:
    return style.without_color


class Colourless(LineFilter):
    """Takes every colour away and leaves bold, underline, dim and reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, style and _bare(style), control) for text, style, control in segments]
