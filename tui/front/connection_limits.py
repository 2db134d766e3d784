"""Who may stand at the door: how many connections that have not signed in yet, and from where (threat 1).

A newcomer is always let in; where the door is full, somebody makes room for it. Held sockets, which
cost an attacker nothing, are the first to go: the one that makes room has come least far in signing
in, and among those is the oldest, within the newcomer's own source or else within the busiest one.
So a person who types a password is not pushed out by sockets that only wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum


class Stage(IntEnum):
    """How far a connection has come."""

    CONNECTED = 0
    ASKED = 1
    ANSWERED = 2


@dataclass(eq=False, slots=True)
class Visitor:
    """One connection that has not signed in. ``close`` ends it."""

    source: str
    close: Callable[[], None]
    stage: Stage = Stage.CONNECTED


class Gate:
    """Keeps to ``per_source`` and ``in_all`` unauthenticated connections."""

    def __init__(self, per_source: int = 10, in_all: int = 100) -> None:
        self._per_source = per_source
        self._in_all = in_all
        self._visitors: list[Visitor] = []

    def __len__(self) -> int:
        return len(self._visitors)

    def enter(self, visitor: Visitor) -> Visitor | None:
        """Let ``visitor`` in; whoever made room for it is closed and returned."""
        counts = Counter(other.source for other in self._visitors)
        leaver: Visitor | None = None
        if counts[visitor.source] >= self._per_source:
            leaver = self._least_advanced(visitor.source)
        elif len(self._visitors) >= self._in_all:
            leaver = self._least_advanced(max(counts, key=lambda source: counts[source]))
        if leaver is not None:
            self.leave(leaver)
            leaver.close()
        self._visitors.append(visitor)
        return leaver

    def leave(self, visitor: Visitor) -> None:
        """``visitor`` has signed in or gone; nothing happens if it had left before."""
        if visitor in self._visitors:
            self._visitors.remove(visitor)

    def empty(self) -> None:
        """Close everybody: nobody signs in any more."""
        for visitor in list(self._visitors):
            self.leave(visitor)
            visitor.close()

    def _least_advanced(self, source: str) -> Visitor:
        return min((v for v in self._visitors if v.source == source), key=lambda v: v.stage)
