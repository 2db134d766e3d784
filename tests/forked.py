"""A process that a test forks has its parent's store."""

from __future__ import annotations

from db.store import engine


def forget_connections() -> None:
    """Drop it in the child without closing the parent's connection."""
    engine._open = None
