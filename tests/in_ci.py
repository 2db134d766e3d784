"""What only CI has the time for: ``CI=true make check`` is what it runs."""

from __future__ import annotations

import os

IN_CI = "CI" in os.environ


def times(here: int, in_ci: int) -> int:
    """How often something is tried that could be tried for ever."""
    return in_ci if IN_CI else here
