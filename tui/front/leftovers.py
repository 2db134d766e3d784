"""Sessions that are open on record though the process that ran them was killed."""

from __future__ import annotations

from auth import sessions
from db.store.settings import Home
from tui.front.control import ask_all


def left_over(home: Home, at_start: bool = False) -> set[int]:
    """Ask this host's processes, and return the open sessions on record that none of them runs; end
    nothing."""
    on_record = sessions.left_here(at_start)
    answers = ask_all(home, {"ask": "who"})
    return on_record - {int(one["session"]) for heard in answers for one in heard.said["sessions"]}


def end_left(home: Home, at_start: bool = False) -> None:
    """End and record, as crashed, the open sessions that no process runs here, or of hosts that are gone.
    ``at_start``: of a server."""
    sessions.end_left(left_over(home, at_start) | sessions.left_elsewhere())
