"""A key that asks which of its commands is meant."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tui.kit.choosing import Choose, Options


async def press_for(pilot: Pilot[Any], key: str, command: str) -> None:
    """Press ``key`` and, where it asks, the digit of ``command``."""
    before = pilot.app.screen
    await pilot.press(key)
    await pilot.pause()
    asked = pilot.app.screen
    if isinstance(asked, Choose) and asked is not before:
        picks = asked.query_one(Options).options
        await pilot.press(next(digit for digit, pick in picks if pick.id == command))
        await pilot.pause()
