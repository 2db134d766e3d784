"""What the application (`KitApp`) is told of its reader, and what it tells everybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from db.language import Text
from tui.sheets.cell import Tone

NoticeTone = Literal["", "good", "warn", "bad"]
SIGNED_OUT: Final = 0
SESSION_OVER: Final = 3
READ_AFTER: Final = 10.0
"""Seconds after which a key hides what may be hidden: whoever is typing has had time to read it."""


@dataclass(frozen=True, slots=True)
class HouseNotice:
    """One thing that everybody inside is told. ``stays``: no key hides it."""

    text: Text
    tone: Tone = "warn"
    stays: bool = False
    at: float = field(default_factory=time.monotonic)

    def is_read(self) -> bool:
        return not self.stays and time.monotonic() - self.at >= READ_AFTER


@dataclass(frozen=True, slots=True)
class Reader:
    """Who sits at the screen, as the top line shows it. ``classified`` are the titles of their books, each
    with how it is classified; the strictest first."""

    name: str = ""
    unit: str = ""
    classified: tuple[tuple[Text, Text], ...] = ()


NOBODY: Final = Reader()


def _forget(_value: str) -> None:
    """Do nothing: stands for remembering before anyone has signed in."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where choices made inside are kept for the next session; ``remember_*`` take the value chosen.
    ``drawing`` was chosen before."""

    remember_language: Callable[[str], None] = field(default=_forget)
    remember_look: Callable[[str], None] = field(default=_forget)
    remember_drawing: Callable[[str], None] = field(default=_forget)
    drawing: str | None = None


NO_MEMORY: Final = Memory()
