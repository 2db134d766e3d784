"""What a reader of one format gathers of a found copy."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

DAMAGED = (ArithmeticError, AttributeError, EOFError, LookupError, RuntimeError, TypeError, ValueError)
"""What the readers of formats raise for a damaged file, besides errors of their own."""
LOOK_FOR = 2.5
"""Seconds of processor time after which nothing more is looked at: what was found until then counts."""
LONGEST_LABELLED = 400
"""Characters of a text that can tell copies apart; a longer one is no cell of a directory."""
ALL_TEXTS = 8 << 20
"""Characters of all texts; what comes after them is not looked at."""


@dataclass(slots=True)
class Seen:
    """``texts`` are read for numbers, codes and blanks; ``votes`` are choices already told (label, bit)."""

    texts: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    votes: list[tuple[str, int]] = field(default_factory=list)
    _left: int = ALL_TEXTS

    def text(self, text: str) -> None:
        """Keep ``text``, cut to the room that is left."""
        if text and self._left > 0:
            self.texts.append(text[: self._left])
            self._left -= len(text) + 1

    def vote(self, label: str, bit: int) -> None:
        """Add a choice to the votes, unless its label is too long."""
        if len(label) <= LONGEST_LABELLED:
            self.votes.append((label, bit))

    @property
    def is_enough(self) -> bool:
        """Whether the time is over, or there is no room for more."""
        return self._left <= 0 or time.process_time() > LOOK_FOR
