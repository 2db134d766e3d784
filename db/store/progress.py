"""How far long work is, told to whoever waits: nobody, but where a process does it beside a session."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Takes how many are done, and of how many."""
_hears: Progress | None = None


def hear_progress(hears: Progress) -> None:
    """Call ``hears`` with all progress of this process from now on."""
    global _hears
    _hears = hears


def tell_progress(done: int, of: int) -> None:
    """Call the listener of `hear_progress`, if any: ``done`` of ``of`` is done."""
    if _hears is not None:
        _hears(done, of)
