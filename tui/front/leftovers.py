"""Sessions that are open on record though the process that ran them was killed."""

from __future__ import annotations

from auth import sessions
from db.store.settings import Home
from tui.front.control import ask_all


def left_over(home: Home, at_start: bool = False) -> set[int]:
    """Return the sessions of the open store that no process of this host and state folder knows of."""
    on_record = sessions.left_here(at_start)
    answers = ask_all(home, {"ask": "who"})
    return on_record - {int(one["session"]) for heard in answers for one in heard.said["sessions"]}


def end_left(home: Home, at_start: bool = False) -> None:
    """End and record sessions without a process here or of gone hosts; ``at_start``: of a server."""
    sessions.end_left(left_over(home, at_start) | sessions.left_elsewhere())
