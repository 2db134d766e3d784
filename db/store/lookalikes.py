"""Letters of other scripts that look like a Latin letter or an ideograph (UTS 39, 4)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = "lookalikes.txt"


def skeleton(text: str) -> str:
    """Return the folded ``text`` with look-alike characters replaced: names with the same skeleton look the
    same."""
    return text if text.isascii() else text.translate(_alike())


@cache
def _alike() -> dict[int, str]:
    found: dict[int, str] = {}
    for line in Path(__file__).with_name(TABLE).read_text("utf-8").splitlines():
        letter, _blank, alike = line.partition(" ")
        if letter != "#":
            found |= dict.fromkeys(map(ord, alike), letter)
    return found
