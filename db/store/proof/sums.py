"""Sums over the rows of a table: what one row adds, and what two sums that differ tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

PRIME = 2**255 - 19
BYTES = 32
ELEMENTS = b"mingce elements"
Element = Callable[[str], int]
"""Of a row's text, its hash under the proving key for one table."""


@dataclass(slots=True)
class Sum:
    """``rows`` of a table, the sum of their hashes, and that of their hashes times their places."""

    rows: int = 0
    plain: int = 0
    placed: int = 0

    def add(self, element: int, place: int, times: int = 1) -> None:
        """Add a row to this sum in place; with ``times`` −1, subtract it."""
        self.rows += times
        self.plain = (self.plain + times * element) % PRIME
        self.placed = (self.placed + times * element * place) % PRIME

    def plus(self, other: Sum, times: int = 1) -> Sum:
        """Return the sum of both; with ``times`` −1, this one less ``other``."""
        return Sum(
            self.rows + times * other.rows,
            (self.plain + times * other.plain) % PRIME,
            (self.placed + times * other.placed) % PRIME,
        )


def element_of(key: bytes, table: str) -> Element:
    """Return a function from a row's text to its element in ``table``, under the proving key ``key``."""
    began = blake2b(key=key, digest_size=BYTES, person=ELEMENTS)
    began.update(table.encode("utf-8") + b"\0")

    def element(text: str) -> int:
        made = began.copy()
        made.update(text.encode("utf-8"))
        return int.from_bytes(made.digest(), "big")

    return element


def placer(columns: Sequence[str], is_number: bool) -> Callable[[str], int]:
    """Return a function from a row's text to its place: the key where it is one whole number, else a hash of
    the ``columns`` of the key. The text begins with its first column."""
    if is_number:
        begin = len(f'{{"{columns[0]}":')

        def number(text: str) -> int:
            return int(text[begin : text.find(",", begin)].rstrip("}")) % PRIME

        return number

    def hashed(text: str) -> int:
        return place_of(key_of(json.loads(text), columns))

    return hashed


def place_of(key: Sequence[object]) -> int:
    """Return the hash by which a row with a non-numeric key is located. It need not be secret."""
    text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=BYTES).digest(), "big") % PRIME


def key_of(row: Mapping[str, object], columns: Sequence[str]) -> list[object]:
    return [row[name] for name in columns]


def place_between(one: Sum, other: Sum) -> int | None:
    """Return the place of the row in which the two differ, if it is a single one; None if they are equal.
    Meaningless where several differ."""
    left = one.plus(other, -1)
    if not left.plain:
        return None
    return left.placed * pow(left.plain, -1, PRIME) % PRIME
