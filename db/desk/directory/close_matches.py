"""People whose name is nearly what was typed, where nothing fits exactly: Chinese characters and pinyin mixed
(``wang志``, ``王zhi``), or pinyin with one wrong letter (``wnag``). Not an operation.

It looks through the same ranges of keys within reach as `search` does, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from db.desk.authority.reach import Arm, SearchScope
from db.desk.directory.scans import scan_lines
from db.desk.entry.lines import FoundLine
from db.store.engine import database
from db.store.searchkeys import (
    ENTRY_MASK,
    GIVEN,
    GIVEN_PINYIN,
    INITIALS,
    NAME,
    PINYIN,
    Range,
    fold_text,
    kind_range,
)
from db.store.sql import fetch

SHORTEST = 4
"""Letters from which one may be wrong."""
_MIXED = re.compile(r"([a-z]+)([^\x00-\x7f]+)|([^\x00-\x7f]+)([a-z]+)")


def close_matches(ground: SearchScope, text: str, limit: int) -> list[FoundLine]:
    """Find up to ``limit`` entries whose name is nearly ``text``: pinyin mixed with characters, else pinyin
    with one letter swapped, lacking, wrong or too many, the first of these that finds anybody."""
    term = fold_text(text)
    found: dict[int, FoundLine] = {}
    mixed = _MIXED.fullmatch(term)
    if mixed is not None:
        letters, characters = mixed[1] or mixed[4], mixed[2] or mixed[3]
        kind = GIVEN if mixed[1] else NAME
        kinds = (PINYIN, INITIALS) if mixed[1] else (GIVEN_PINYIN,)
        keys = [kind_range(one, letters, ground.side).low for one in kinds]
        for arm in ground.arms:
            _with_key(found, arm, kind_range(kind, characters, ground.side), keys, limit)
    elif term.isascii() and term.isalpha() and len(term) >= SHORTEST:
        for variants in (_swapped(term), _lacking(term), _replaced(term), _longer(term)):
            spans = [kind_range(PINYIN, one, ground.side) for one in dict.fromkeys(variants)]
            scan_lines(found, [(arm, span) for span in spans for arm in ground.arms], limit)
            if found:
                break
    return list(found.values())[:limit]


def _with_key(found: dict[int, FoundLine], arm: Arm, span: Range, begins: Sequence[str], limit: int) -> None:
    mark = database.param
    also = " OR ".join([f"s.keys LIKE {mark} OR s.keys LIKE {mark}"] * len(begins))
    rows = fetch(
        "SELECT l.line, l.content, l.sealed FROM search_key k"
        f" JOIN search_entry s ON s.entry = (k.line & {ENTRY_MASK}) JOIN search_line l ON l.line = k.line"
        f" WHERE k.scope = {mark} AND k.key >= {mark} AND k.key < {mark} AND ({also})"
        f" ORDER BY k.key, k.line LIMIT {mark} + 0",
        (
            arm.scope,
            span.low,
            span.high,
            *(like for key in begins for like in (f"{key}%", f"%\n{key}%")),
            limit,
        ),
    )
    for line, content, sealed in rows:
        found.setdefault(line, FoundLine(line, arm.protected, content, sealed))


def _swapped(term: str) -> Iterator[str]:
    """Yield ``term`` with two neighbours exchanged."""
    for at in range(len(term) - 1):
        yield term[:at] + term[at + 1] + term[at] + term[at + 2 :]


def _lacking(term: str) -> Iterator[str]:
    """Yield ``term`` without one of its letters."""
    for at in range(len(term)):
        yield term[:at] + term[at + 1 :]


def _replaced(term: str) -> Iterator[str]:
    """Yield ``term`` with another letter in the place of one."""
    for at in range(len(term)):
        for letter in ascii_lowercase:
            yield term[:at] + letter + term[at + 1 :]


def _longer(term: str) -> Iterator[str]:
    """Yield ``term`` with each letter inserted at each place."""
    for at in range(len(term)):
        for letter in ascii_lowercase:
            yield term[:at] + letter + term[at:]
