"""Who may stand at the door: how many connections that have not signed in yet, and whence (threats 1, 57).

Where the door is full, somebody makes room for a newcomer: a held socket, which costs an attacker nothing and
has not even agreed on keys, or else who has stood there longest and come least far, but nobody who was asked
for a password less than `YOUNG` seconds ago, for they may be typing it. Where nobody can make room, the
newcomer is turned away. So is whoever comes from a source that sends more than its rate and signs nobody in.

Behind one address there may be a whole office. A source from which somebody has signed in lately has more
places, and none of those that strangers fill.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

YOUNG = 20.0
"""Seconds in which nobody who was asked for a password makes room for a newcomer."""
KNOWN_PLACES = 60
"""Places of a source from which somebody has signed in lately."""
RATE, BURST = 10.0, 30.0
"""Connections of one source that do not sign in: a second, and at once."""
KNOWN_RATE = 6
"""How many times as many a source has from which somebody has signed in lately."""

MOST_SOURCES = 10_000
"""Sources whose rate is remembered before those that came back to their burst are forgotten."""


class ConnectionStage(IntEnum):
    """How far a connection has come."""

    CONNECTED = 0
    ASKED = 1
    ANSWERED = 2


@dataclass(eq=False, slots=True)
class Visitor:
    """One connection that has not signed in. ``close`` ends it; ``since`` is when it came to its stage."""

    source: str
    close: Callable[[], None]
    stage: ConnectionStage = ConnectionStage.CONNECTED
    since: float = field(default_factory=time.monotonic)


class TurnedAway(Enum):
    """Why a newcomer has no place."""

    FULL = "full"
    RATE = "rate"


class ConnectionGate:
    """Keeps to ``per_source`` and ``in_all`` unauthenticated connections, and as many again of known sources,
    of which each has ``known_places``. ``known`` says which sources these are; ``rate`` is in connections a
    second; ``left`` is what another gate's `left` said, to go on from."""

    def __init__(
        self,
        per_source: int = 10,
        in_all: int = 100,
        *,
        known_places: int = KNOWN_PLACES,
        known: Collection[str] = (),
        rate: float = RATE,
        left: Mapping[str, tuple[float, float]] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_source = per_source
        self._in_all = in_all
        self._known_places = known_places
        self.known = frozenset(known)
        self._rates = Rates(rate, BURST, now)
        self._known_rates = Rates(KNOWN_RATE * rate, KNOWN_RATE * BURST, now)
        for source, one in (left or {}).items():
            (self._known_rates if source in self.known else self._rates).left[source] = one
        self._now = now
        self._visitors: list[Visitor] = []

    def __len__(self) -> int:
        return len(self._visitors)

    @property
    def connections_left(self) -> dict[str, tuple[float, float]]:
        """Each source's remaining connections without a sign-in, with the time of the count."""
        return self._rates.left | self._known_rates.left

    def let_in(self, visitor: Visitor) -> Visitor | TurnedAway | None:
        """Count ``visitor`` as waiting; return None, or the one who was closed to make room, or why there is
        no room."""
        is_known = visitor.source in self.known
        if not (self._known_rates if is_known else self._rates).count_one(visitor.source):
            return TurnedAway.RATE
        alike = [other for other in self._visitors if (other.source in self.known) == is_known]
        counts = Counter(other.source for other in alike)
        leaver: Visitor | None = None
        if counts[visitor.source] >= (self._known_places if is_known else self._per_source):
            leaver = self._least_advanced(other for other in alike if other.source == visitor.source)
        elif len(alike) >= self._in_all:
            leaver = self._of_the_busiest(alike, counts, counts[visitor.source])
        else:
            self._visitors.append(visitor)
            return None
        if leaver is None:
            return TurnedAway.FULL
        self.let_out(leaver)
        leaver.close()
        self._visitors.append(visitor)
        return leaver

    def count_visitor(self, visitor: Visitor) -> None:
        """Count ``visitor``, who was let in before, against no limit."""
        self._visitors.append(visitor)

    def advance(self, visitor: Visitor, stage: ConnectionStage) -> None:
        """Note that ``visitor`` has come to ``stage``; earlier stages are ignored."""
        if stage > visitor.stage:
            visitor.stage, visitor.since = stage, self._now()

    def let_out(self, visitor: Visitor, *, signed_in: bool = False) -> None:
        """Stop counting ``visitor``, who has signed in (the connection is given back to its source) or gone.
        Repeatable."""
        if visitor in self._visitors:
            self._visitors.remove(visitor)
            if signed_in:
                (self._known_rates if visitor.source in self.known else self._rates).give_back(visitor.source)

    def close_all(self) -> None:
        """Close the connections of everybody who waits."""
        for visitor in list(self._visitors):
            self.let_out(visitor)
            visitor.close()

    def _of_the_busiest(self, alike: list[Visitor], counts: Counter[str], own: int) -> Visitor | None:
        """Return somebody of the busiest source to make room; None if no source has more than ``own``."""
        for source, count in counts.most_common():
            if count > own:
                leaver = self._least_advanced(other for other in alike if other.source == source)
                if leaver is not None:
                    return leaver
        return None

    def _least_advanced(self, visitors: Iterable[Visitor]) -> Visitor | None:
        """Return the visitor at the earliest stage, the longest waiting of these; None if all may be
        typing."""
        old = self._now() - YOUNG
        may_go = [one for one in visitors if one.stage is ConnectionStage.CONNECTED or one.since <= old]
        return min(may_go, key=lambda one: one.stage, default=None)


class Rates:
    """How many connections of a source are left that need not sign in: ``burst``, and ``rate`` a second."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self.left: dict[str, tuple[float, float]] = {}

    def count_one(self, source: str) -> bool:
        """Use up one connection of ``source``; return False if it has none left."""
        left = self._left_of(source)
        if left < 1:
            return False
        self.left[source] = (left - 1, self._now())
        return True

    def give_back(self, source: str) -> None:
        """Give one connection back to ``source``, as somebody signed in by it."""
        self.left[source] = (min(self._burst, self._left_of(source) + 1), self._now())

    def _left_of(self, source: str) -> float:
        now = self._now()
        if source not in self.left and len(self.left) > MOST_SOURCES:
            full = self._burst / self._rate
            self.left = {one: found for one, found in self.left.items() if now - found[1] < full}
        left, at = self.left.get(source, (self._burst, now))
        return min(self._burst, left + max(0.0, now - at) * self._rate)
