"""What the marks of a copy look like, for those who make them and for who finds them.

Small choices that mean nothing to a reader tell copies apart (`db.desk.editions.marks`). Each has a label,
made of what the reader sees there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = re.compile(r"\bC(\d{1,9})-(\d{1,6})\b")
"""The number of an edition's copy."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that can't be taken for one another when a mark is read from paper."""
MARK = re.compile(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b")
"""The mark of a report that was taken out."""
CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""The hidden mark where it stands whole."""

SHIFT = 0.25
"""Points by which a cell of a page begins further right where its bit is 1. Columns begin at whole points."""
POINTS_A_PIXEL = 0.75
PIXELS_A_CHARACTER = 7
"""How workbooks measure rows and columns; one is a pixel higher or wider where its bit is 1."""
BLANKS = (" ", "\u00a0")
"""The two kinds of blank inside a number: they look alike."""

RUN = re.compile(r"\+?\d[\d-]*+(?:[ \u00a0]\d[\d-]*+)*+")
"""Digits as they stand together, with blanks in between or without; nothing of it is tried twice."""
LONGEST_RUN = 128
"""Characters; a longer run is no telephone number, and bears no choices."""
_NO_DIGIT = re.compile(r"\D")


def labels_in(run: str) -> tuple[str, ...]:
    """Return the labels of the blanks in ``run``, in order; none if it is too long for a phone number."""
    if len(run) > LONGEST_RUN:
        return ()
    digits = _NO_DIGIT.sub("", run)
    return tuple(f"t:{digits}:{place}" for place in range(sum(map(run.count, BLANKS))))


def blanks_in(text: str) -> Iterable[tuple[str, int]]:
    """Yield the label and bit (0 plain, 1 no-break) of each blank inside a number of ``text``."""
    for run in RUN.findall(text):
        if (" " in run or "\u00a0" in run) and (labels := labels_in(run)):
            yield from zip(labels, (BLANKS.index(char) for char in run if char in BLANKS), strict=True)


def row_label(text: str) -> str:
    """Return the label for the height of the row that shows ``text``."""
    return f"h:{text}"


def column_label(text: str) -> str:
    return f"w:{text}"


def place_label(text: str) -> str:
    """Return the label for the horizontal position of ``text`` on a page."""
    return f"p:{text}"
