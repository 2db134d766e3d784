"""The look follows from what the client says of its terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tui.kit import Look, look_for
from tui.kit.looks import DARK, LIGHT


@pytest.mark.parametrize(
    ("term", "colorterm", "name"),
    [
        ("xterm-256color", "truecolor", "dark"),
        ("xterm-256color", "", "256"),
        ("xterm", "", "256"),
        ("tmux-256color", "24bit", "dark"),
        ("xterm-kitty", "", "dark"),
        ("alacritty", "", "dark"),
        ("screen", "", "256"),
        ("linux", "", "256"),
        ("vt100", "", "mono"),
        ("dumb", "truecolor", "mono"),
        ("", "", "mono"),
    ],
)
def test_the_clients_terminal_chooses_the_look(term: str, colorterm: str, name: str) -> None:
    assert look_for({"TERM": term, "COLORTERM": colorterm}).name == name


def test_no_color_is_kept() -> None:
    assert look_for({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}) == Look(depth=None)


def test_sixteen_colours_are_not_sent_256() -> None:
    assert look_for({"TERM": "linux"}).depth == "standard"


def test_a_light_background_is_seen_where_the_client_says_it() -> None:
    assert look_for({"TERM": "xterm-256color", "COLORFGBG": "0;15"}).light
    assert not look_for({"TERM": "xterm-256color", "COLORFGBG": "15;0"}).light


def colours() -> list[str]:
    found = []
    for theme in (DARK, LIGHT):
        named = (theme.primary, theme.accent, theme.success, theme.warning, theme.error, theme.background)
        found += [colour for colour in (*named, *theme.variables.values()) if colour]
    return found


@pytest.mark.parametrize("colour", sorted(set(colours())))
def test_every_colour_is_one_of_the_256(colour: str) -> None:
    levels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    cube = all(level in (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF) for level in levels)
    grey = len(set(levels)) == 1 and (levels[0] - 8) % 10 == 0
    assert cube or grey


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_can_be_read(theme: object) -> None:
    """WCAG 2.1, 1.4.3: contrast of at least 4.5 to 1 on the background and on a bar."""
    assert theme in (DARK, LIGHT)
    chosen = DARK if theme is DARK else LIGHT
    muted, bar = chosen.variables["muted"], chosen.variables["bar"]
    pairs = [(text, chosen.background) for text in (muted, chosen.success, chosen.warning, chosen.error)]
    pairs += [
        (chosen.variables["bar-muted"], bar),
        (chosen.variables["cursor-text"], chosen.variables["cursor-row"]),
    ]
    for text, background in pairs:
        assert text
        assert background
        bright, dim = sorted((luminance(text), luminance(background)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, (text, background)


@pytest.mark.threat(14)
def test_textuals_environment_is_not_taken() -> None:
    """TEXTUAL_LOG would write a file, TEXTUAL_DRIVER load a class, TEXTUAL_PRESS press keys."""
    given = {
        "TEXTUAL_LOG": "/tmp/x.log",
        "TEXTUAL_PRESS": "x",
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL": "devtools",
    }
    program = (
        "import tui.kit\nfrom textual import constants as c\n"
        "assert (c.LOG_FILE, c.PRESS, c.DRIVER) == (None, '', None), c.LOG_FILE"
    )
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **given}, check=True)
