"""The real application, and a note of what its process had to load after the fork."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import tui.app
from tui.app import rehearse
from tui.front.ticket import Ticket

__all__ = ["rehearse", "run_session"]

NOTED_AFTER = 3.0
"""Seconds; by then the first screen has long been drawn and a search been done."""


def run_session(ticket: Ticket) -> int:
    """Run the application; the names of modules loaded on the way go to ``late.json`` in its home."""
    before = set(sys.modules)
    late = Path(ticket.home) / "late.json"

    def note() -> None:
        written = late.with_suffix(".part")
        written.write_text(json.dumps(sorted(set(sys.modules) - before)))
        written.rename(late)

    threading.Timer(NOTED_AFTER, note).start()
    return tui.app.run_session(ticket)
