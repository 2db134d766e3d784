"""How many entries somebody was listed. Not an operation.

Lists show nobody's protected values and take no right, but page after page they are a copy of the directory
too (threat 64). So each entry that a session is listed for the first time counts, but for those who keep the
book: a screen is on record each `STEP` entries, a plain command each time before it says anything. Whoever is
listed more than `MOST` within a day is told of by the watch (`tasks.usage_watch`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.desk.act import Act

LISTED = "directory.listed"
STEP = 100
MOST = 1000


class Listings:
    """What one session was listed: entries by book, and of how many of these nothing is on record yet."""

    def __init__(self) -> None:
        self.step = STEP
        self._seen: dict[str, set[int]] = defaultdict(set)
        self._unsaid: dict[str, int] = defaultdict(int)

    def count_entries(self, act: Act, book: str, entries: Iterable[int]) -> None:
        """Count ``entries`` as listed by ``act``; the counts are recorded when the act ends."""
        if act.permissions.keeps_book(book):
            return
        fresh = set(entries) - self._seen[book]
        self._seen[book] |= fresh
        self._unsaid[book] += len(fresh)
        if self._unsaid[book] >= self.step:
            act.with_record.append(partial(self._put_on_record, act, book))

    def _put_on_record(self, act: Act, book: str) -> None:
        act.record_beside(LISTED, book, {"entries": self._unsaid[book]})
        del self._unsaid[book]
