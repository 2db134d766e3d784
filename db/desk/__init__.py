"""The one door: everything that screens, plain commands and reports do, they ask of a desk.

``open_desk(actor)`` gives a desk whose subjects are its attributes. A desk hands out frozen values
that the actor may see, never a table or a query, and refuses the rest with the clause that says so.

Its rooms stand on each other in one order, which the import contracts hold (`pyproject.toml`):

- ``refusal``, ``due_dates``, ``notation``, ``content_filter``: how an operation ends, and what may be written
  how;
- ``authority``: who may what; ``entry``: the entry itself; ``frame``: what every operation runs in;
- ``extracts``, ``notifications``: what subjects share, drawn columns and what people are told;
- the subjects, each with its operations in the file that is called as their class is, from ``requests`` up to
  ``overview``, which reports on all the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db.desk.authority.actor import Actor
from db.desk.refusal import Invalid, Overtaken, Pending, Problem, Refused, SessionOver
from db.policy.vocabulary import Side
from db.store.unavailable import Unavailable

if TYPE_CHECKING:
    from db.desk.desk import Desk, open_desk


def __getattr__(name: str) -> Any:
    """Load the desk, with every module that adds operations, on first use; many commands never need it."""
    if name not in ("Desk", "open_desk"):
        raise AttributeError(name)
    from db.desk import desk

    return getattr(desk, name)
