"""In which capacity an office is held."""

from __future__ import annotations

from typing import Literal

Capacity = Literal["holder", "acting", "deputy"]
HOLDER: Capacity = "holder"
ACTING: Capacity = "acting"
"""For the time being, while there is no holder or the holder is away."""
DEPUTY: Capacity = "deputy"
"""Named to decide beside the holder."""
CAPACITIES: tuple[Capacity, ...] = (HOLDER, ACTING, DEPUTY)


def capacity_of(word: str) -> Capacity:
    """Return the capacity that is on record as ``word``. Raises StopIteration for another word."""
    return next(one for one in CAPACITIES if one == word)
