"""What a terminal is asked as a session begins, and what follows from its answers.

How wide it draws characters of ambiguous width, whether UTF-8 reaches it, and how light its background is.
Keys typed in between are kept; a report that comes later is never one (`tui.kit.terminal_input`).
"""

from __future__ import annotations

import os
import re
import select
import termios
import time
import tty
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from db.language import _, say
from tui.front.incident import terminal_lines
from tui.front.ticket import UTF_8, charset_of, locale_of

PROBED: Final = "─→…“★"
"""One of each kind that screens and names draw; fonts differ in which they have wide."""
PATIENCE: Final = 0.3
"""Seconds that a terminal has for all its answers, counted from the question."""
QUESTION: Final = (
    "\x1b[?1049h\x1b[H\x1b]11;?\x1b\\" + "".join(f"\r{mark}\x1b[6n" for mark in PROBED) + "\r\x1b[K"
)
POSITION: Final = re.compile(rb"\x1b\[\d+;(\d+)R")
BACKGROUND: Final = re.compile(
    rb"\x1b\]11;rgb:([\da-fA-F]{1,4})/([\da-fA-F]{1,4})/([\da-fA-F]{1,4})(?:\x07|\x1b\\)"
)
NARROW, WIDE = 2, 3
"""The columns after a character in the first one."""


@dataclass(frozen=True, slots=True)
class TerminalAnswers:
    """``is_light`` is None where it did not say; ``typed`` came in between and is no answer."""

    is_wide: bool = False
    is_utf8: bool = True
    is_light: bool | None = None
    typed: bytes = b""


KNOWN: Final = TerminalAnswers()
"""One that draws everything as it is meant."""


def ask_terminal() -> float:
    """Set raw mode for good and send the terminal its questions; return when."""
    with suppress(termios.error, OSError):  # one that is gone is noticed by whoever reads it
        tty.setraw(0, termios.TCSANOW)
        os.write(1, QUESTION.encode())
    return time.monotonic()


def hear_terminal(asked: float) -> TerminalAnswers:
    """Read the terminal's answers until all are there, or for `PATIENCE` seconds after it was ``asked``."""
    came = b""
    while len(POSITION.findall(came)) < len(PROBED):
        left = max(asked + PATIENCE - time.monotonic(), 0.0)
        if not select.select([0], [], [], left)[0]:
            break
        try:
            piece = os.read(0, 4096)
        except OSError:
            break
        if not piece:
            break
        came += piece
    return read_answers(came)


def read_answers(came: bytes) -> TerminalAnswers:
    """Return what the bytes ``came`` answer; ambiguous characters count as wide unless all were narrow."""
    columns = [int(column) for column in POSITION.findall(came)]
    colour = BACKGROUND.search(came)
    return TerminalAnswers(
        is_wide=columns != [NARROW] * len(PROBED),
        is_utf8=all(column <= WIDE for column in columns),
        is_light=_is_light(colour) if colour else None,
        typed=POSITION.sub(b"", BACKGROUND.sub(b"", came)),
    )


def _is_light(colour: re.Match[bytes]) -> bool:
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in colour.groups())
    brightness: float = 0.299 * red + 0.587 * green + 0.114 * blue
    return brightness > 0.5


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Return whether the client's locale names UTF-8 or no character set."""
    return charset_of(environment) in ("", *UTF_8)


def charset_advice(environment: Mapping[str, str]) -> bytes:
    """Return advice to set UTF-8, in the client's own character set: Chinese where that can, and English."""
    charset = charset_of(environment)
    if charset in ("", *UTF_8):
        charset = "gbk"
    advice = _(
        "Your terminal or its locale ({locale}) does not use UTF-8, so the screens\n"
        "would be unreadable. Set UTF-8 and sign in again:\n"
        "  PuTTY: Window > Translation > Remote character set: UTF-8\n"
        "  Xshell: File > Properties > Terminal > Encoding: UTF-8\n"
        "  Linux, macOS: export LC_ALL=en_US.UTF-8    tmux: tmux -u\n"
        "  Windows: chcp 65001\n"
        "Enter goes on all the same; any other key signs you out.",
        locale=locale_of(environment) or "-",
    )
    spoken = [say(advice, "en")] if charset == "ascii" else [say(advice, "zh_CN"), "", say(advice, "en")]
    return terminal_lines("\n".join(spoken)).decode().encode(charset, "replace")
