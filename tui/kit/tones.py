"""The styles of tones and of marked rows, made once for each look.

They are no component classes of Textual's style sheets: each of those costs every widget a node of its
own, which came to some 600 nodes and 4 MB a session.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from rich.style import Style

from tui.kit.looks import Look
from tui.sheets.cell import Tone

RowKind = Literal["", "cursor", "idle"]
Place = Literal["", "top", "modes", "footer"]
"""Where a tone is drawn: the lines around the screen have colours of their own."""

LOOKS: Final = 10


@lru_cache(LOOKS * 4)
def tones(look: Look, place: Place = "") -> Mapping[Tone, Style]:
    theme, more = look.theme, look.theme.variables
    styles: dict[Tone, Style] = {
        "": Style.null(),
        "dim": Style(color=more["muted"]),
        "strong": Style(color=more["strong"], bold=True),
        "accent": Style(color=theme.accent),
        "good": Style(color=theme.success),
        "warn": Style(color=theme.warning),
        "bad": Style(color=theme.error, bold=True),
        "head": Style(color=theme.secondary, bold=True),
    }
    match place:
        case "top":
            styles["dim"] = Style(color=more["bar-muted"])
            styles["strong"] = Style(color=more["bar-text"], bold=True)
        case "modes" if look.depth is None:
            styles["strong"] = Style(bold=True, reverse=True)
        case "footer":
            styles["accent"] = Style(color=theme.accent, bold=True)
    return MappingProxyType(styles)


@lru_cache(LOOKS)
def rows(look: Look) -> Mapping[RowKind, Style]:
    """Return the style of each kind of row: under the cursor, with and without the focus, and any other.
    Cached."""
    mono, more = look.depth is None, look.theme.variables
    return MappingProxyType(
        {
            "": Style.null(),
            "cursor": Style(color=more["cursor-text"], bgcolor=more["cursor-row"], reverse=mono or None),
            "idle": Style(bgcolor=look.theme.panel, underline=mono or None),
        }
    )
