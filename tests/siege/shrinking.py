"""What is left of a walk that still shows the same: acts are left out, halves of them first (delta
debugging)."""

from __future__ import annotations

import math
import time

from tests.siege.actors import Gang, Holder
from tests.siege.oracle import Find
from tests.siege.rows import taken
from tests.siege.stage import Stage
from tests.siege.walking import Siege, Tally, Tolerated, Walk


def minimised(
    stage: Stage,
    find: Find,
    holder: Holder,
    walk: Walk,
    tolerated: Tolerated | None = None,
    until: float = math.inf,
) -> Walk:
    """The shortest part of ``walk`` that shows the same (delta debugging), as far as one comes ``until``
    then."""
    rest = list(walk[:-1])
    size = max(1, len(rest) // 2)
    while rest:
        for first in range(0, len(rest), size):
            if time.process_time() > until:
                return (*rest, *walk[-1:])
            fewer = rest[:first] + rest[first + size :]
            if shows(stage, find, holder, (*fewer, walk[-1]), tolerated):
                rest = fewer
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
            continue
        size = max(1, min(size, len(rest) // 2))
    return (*rest, *walk[-1:])


def shows(stage: Stage, find: Find, holder: Holder, walk: Walk, tolerated: Tolerated | None = None) -> bool:
    """Whether ``walk`` still ends in ``find``."""
    with stage.attempt():
        taken()
        siege = Siege(stage, Gang.of(stage, holder), Tally(), tolerated)
        for act in walk[:-1]:
            siege.step(act, again=True)
        _came, found = siege.step(walk[-1], again=True)
    return any(one.key == find.key for one in found)
