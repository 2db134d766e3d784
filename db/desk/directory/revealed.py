"""What one session revealed: protected values that stay in clear for a while, so that nobody asks again for
what they were shown a moment ago. Not an operation.

A value stays on the screen's card and in its lists until the session ends or `LASTS` is over, by the one
record of its revealing. It is held against the reader's present sight each time, and against the entry: what
the reader may no longer reveal, and what was changed meanwhile, is masked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.desk.authority.permissions import policy_of
from db.desk.authority.sight import Shown, in_words
from db.desk.entry.lines import EntryLine
from db.desk.entry.record import load_entry
from db.store import clock

LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class StatedPurpose:
    """The id of the purpose that a look-up is for, and the reason where one was asked for."""

    purpose: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RevealedValue:
    """A value as it was revealed."""

    texts: tuple[str, ...]
    stated: StatedPurpose
    since: str


class Revealed:
    """The values that one session revealed, by entry and field."""

    def __init__(self) -> None:
        self._values: dict[int, dict[str, RevealedValue]] = {}

    def keep_revealed(self, entry: int, field: str, texts: Sequence[str], stated: StatedPurpose) -> None:
        self._values.setdefault(entry, {})[field] = RevealedValue(tuple(texts), stated, clock.now())

    def last_purpose(self, entry: int) -> StatedPurpose | None:
        """Return what something of ``entry`` was last revealed for; None where nothing is in clear."""
        lasting = self._lasting(entry).values()
        return max(lasting, key=lambda value: value.since).stated if lasting else None

    def open_fields(self, entry: int) -> tuple[frozenset[str], float]:
        """Return the fields of ``entry`` that are in clear, and the seconds until the first is masked."""
        lasting = self._lasting(entry)
        now = clock.moment(clock.now())
        ends = [clock.moment(value.since) + LASTS for value in lasting.values()]
        return frozenset(lasting), min(((end - now).total_seconds() for end in ends), default=0.0)

    def uncover(self, book: str, entry: int, fields: tuple[Shown, ...]) -> tuple[Shown, ...]:
        """Return ``fields`` with revealed values in clear again, where they are still the same and the reader
        may still see them."""
        lasting = self._lasting(entry)
        if not lasting:
            return fields
        held = load_entry(entry).values
        rules = {rule.name: rule for rule in policy_of(book).fields if rule.name in lasting}
        found = []
        for one in fields:
            value = lasting.get(one.name)
            if value is not None and one.look == "masked" and tuple(held.get(one.name, ())) == value.texts:
                texts = tuple(in_words(rules[one.name], text) for text in value.texts)
                one = one._replace(texts=texts[: len(one.texts)], look="shown")
            found.append(one)
        return tuple(found)

    def uncover_lines(self, book: str, lines: Iterable[EntryLine]) -> tuple[EntryLine, ...]:
        if not self._values:
            return tuple(lines)
        return tuple(
            line._replace(fields=self.uncover(book, line.entry, line.fields))
            if line.entry in self._values
            else line
            for line in lines
        )

    def _lasting(self, entry: int) -> dict[str, RevealedValue]:
        kept = self._values.get(entry)
        if not kept:
            return {}
        begins = clock.stamp(clock.moment(clock.now()) - LASTS)
        for field in [field for field, value in kept.items() if value.since <= begins]:
            del kept[field]
        return kept
