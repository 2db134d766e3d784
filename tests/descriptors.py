"""Which descriptors this process has open."""

from __future__ import annotations

import os


def open_descriptors() -> frozenset[str]:
    """Their numbers, with that of this very listing.

    Compare what is there afterwards with ``<=``: what an earlier test left open may be closed at any time.
    """
    return frozenset(os.listdir("/proc/self/fd"))
