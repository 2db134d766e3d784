"""What a column that holds words, a day or something sealed says of itself: that it is personal, with what
stands in its place once its person is erased; or why it is not. Numbers, moments and references tell nothing
without the rest. `db.store.personal` goes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NewType

NUMBER: Final = "#number"
"""Stands for the person's number, as an erased person is called."""
LOGIN: Final = "erased-id"
"""Stands for a login that nobody else has."""
ROW: Final = "#row"
"""Stands for nothing: the whole row is personal, and goes."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Kept under its person's own key in backups and journal; ``instead`` replaces it after that."""

    instead: str | None


Reason = NewType("Reason", str)
"""Why a column is not personal."""

ORGANISATION = Reason("the organisation's own: books, units, regulations, reviews")
WORD = Reason("one of the policy's or the program's own words")
MARK = Reason("a number, a mark or a keyed digest that tells nothing without the rest")
DAY = Reason("of an act, a duty or a right, which tells nothing without the rest")
OWN_KEY = Reason("sealed under a key that goes with the person already")
LASTS = Reason("kept beyond the person, sealed under a field key: it is of several, or of an offence")
AUDIT = Reason("the chain covers it; what is personal in it is sealed already")
UNKEPT = Reason("in this database alone: its table is in no backup and in no journal")

Fact = Personal | Reason
