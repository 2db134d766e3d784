"""The marks of a copy: the number that anyone can read, and the hidden one that survives its removal.

The hidden mark is spread over the file in many small choices that mean nothing to a reader (one kind of
blank or another inside a number, a row a hair higher or lower). Each choice has a label, made of what the
reader sees there, and the copy's secret says which way it goes. So it needs no place of its own: rows may
be sorted, left out or pasted elsewhere, and what is left still speaks for one copy.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

from db.confined.marks import BLANKS, NUMBER, RUN, blanks_in, column_label, labels_in, place_label, row_label
from db.language import LANGUAGES, Language, Text, say

WAYS: Final = [way for count in (1, 2) for way in permutations(LANGUAGES, count)]
"""The languages that a copy may be written in, its recipient's own before the other."""
_RELIABLE = 0.95
"""How often a choice is still read as it was written, in a file that was saved anew."""


def number_of(issue: int, ord: int) -> str:
    """Return the number of a copy as printed on every page: ``C0012-003``."""
    return f"{copies_of(issue)}-{ord:03d}"


def copies_of(issue: int) -> str:
    """Return how the numbers of an issue's copies begin: ``C0012``."""
    return f"C{issue:04d}"


def read_number(text: str) -> tuple[int, int] | None:
    """Read the issue and the copy's place in it out of ``text``; None where it has no number of a copy."""
    found = NUMBER.search(text.strip().upper())
    return (int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class CopyMark:
    """The hidden mark of one copy."""

    code: str
    """32 hex digits, where the mark can stand whole."""
    secret: bytes = field(repr=False)

    def bit(self, label: str) -> int:
        """Return which way the choice called ``label`` goes in this copy: 0 or 1."""
        return hashlib.blake2b(label.encode("utf-8"), key=self.secret, digest_size=1).digest()[0] & 1

    def blanks(self, text: str) -> str:
        """Choose the blanks inside the numbers of ``text`` by this mark."""

        def chosen(found: re.Match[str]) -> str:
            kinds = iter([BLANKS[self.bit(label)] for label in labels_in(found[0])])
            return "".join(next(kinds, char) if char in BLANKS else char for char in found[0])

        return RUN.sub(chosen, text)


def in_languages(text: Text, languages: Sequence[Language]) -> str:
    """Return ``text`` in each of ``languages``, once where they are the same."""
    if isinstance(text, str):
        return text
    return " / ".join(dict.fromkeys(say(text, language) for language in languages))


def ways_of(text: Text) -> set[str]:
    """Return ``text`` as any copy can have it."""
    return {in_languages(text, languages) for languages in WAYS}


def labels_of(columns: Iterable[Text], rows: Iterable[tuple[str, Iterable[Text]]]) -> frozenset[str]:
    """Return all labels that a copy with these column heads and rows (name, cells) can have."""
    found = {column_label(head) for column in columns for head in ways_of(column)}
    for name, cells in rows:
        found.add(row_label(name))
        for text in (way for cell in cells for way in ways_of(cell)):
            found.add(place_label(text))
            found.update(label for label, _bit in blanks_in(text))
    return frozenset(found)


def likeness(marking: CopyMark, seen: Mapping[str, int]) -> float:
    """Return in bits how much more likely ``seen`` (label -> bit) is in this copy than by chance. Each way of
    marking counts by itself and never against a copy: evening out the blanks, say, removes only what these
    told."""
    fitting: dict[str, int] = defaultdict(int)
    legible: dict[str, int] = defaultdict(int)
    for label, bit in seen.items():
        way = label[0]
        legible[way] += 1
        fitting[way] += marking.bit(label) == bit
    return sum(max(0.0, _bits(fitting[way], count)) for way, count in legible.items())


def _bits(fitting: int, legible: int) -> float:
    return fitting * math.log2(2 * _RELIABLE) + (legible - fitting) * math.log2(2 * (1 - _RELIABLE))
