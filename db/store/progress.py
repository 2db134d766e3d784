"""How far long work is, told to whoever waits: nobody, but where a process does it beside a session."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Takes how many are done, and of how many."""
_hears: Progress | None = None


def hear_progress(hears: Progress) -> None:
    """Have ``hears`` told, from now on and for this whole process."""
    global _hears
    _hears = hears


def tell_progress(done: int, of: int) -> None:
    """Tell the process's progress listener, if any, that ``done`` of ``of`` is done."""
    if _hears is not None:
        _hears(done, of)
