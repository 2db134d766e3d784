"""What a reader of one format gathers."""

from __future__ import annotations

from dataclasses import dataclass, field

DAMAGED = (ArithmeticError, EOFError, LookupError, RuntimeError, TypeError, ValueError)
"""What the readers of formats raise for a damaged file, besides errors of their own."""


@dataclass(slots=True)
class Seen:
    """``texts`` are read for numbers, codes and blanks; ``votes`` are choices already told (label, bit)."""

    texts: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    votes: list[tuple[str, int]] = field(default_factory=list)
