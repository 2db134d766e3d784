"""What everybody inside is told, under the top line of every screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from db.language import Text
from tui.kit.painted import Line
from tui.sheets.cell import Tone

if TYPE_CHECKING:
    from tui.kit.base import KitApp

READ_AFTER = 10.0
"""Seconds after which a key hides what may be hidden: whoever is typing has had time to read it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is told. ``stays``: no key hides it."""

    text: Text
    tone: Tone = "warn"
    stays: bool = False
    at: float = field(default_factory=time.monotonic)

    def is_read(self) -> bool:
        """Whether the next key may hide it."""
        return not self.stays and time.monotonic() - self.at >= READ_AFTER


class Bulletin(Line):
    """Not there until something is told."""

    app: KitApp

    DEFAULT_CSS = """
    Bulletin {
        height: auto; max-height: 3; padding: 0 1; background: $panel; color: $foreground; display: none;
    }
    Bulletin.-told { display: block; }
    Bulletin:nocolor { text-style: reverse; }
    """

    def on_mount(self) -> None:
        """A screen that opens later says it too."""
        self.renew()

    def renew(self) -> None:
        """Show what is told now, or nothing."""
        told = self.app.told
        if told is not None:
            self.show(told.text, told.tone)
        self.set_class(told is not None, "-told")
