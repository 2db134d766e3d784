"""Reading the journal back: what was committed after a position, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.store.journal import frames
from db.store.journal.frames import LAST, TAKEN_BACK

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a table, before and after."""

    table: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """What was committed as one. ``seq`` and ``hash`` are the audit chain's end after it."""

    position: int
    at: str
    seq: int
    hash: str
    changes: tuple[RowChange, ...] = field(repr=False)


def transactions(folder: Path, key: bytes, after: int) -> Iterator[Transaction]:
    """The transactions of every file of ``folder`` from the position after ``after`` on, without a gap.

    Where a position was used twice, because the first was not committed, the later one counts.
    """
    found: dict[int, Transaction] = {}
    for file in sorted(folder.glob(f"*{frames.SUFFIX}")):
        parts: dict[int, list[bytes]] = {}
        for frame in frames.read(file, key):
            if frame.position <= after:
                continue
            if frame.kind == TAKEN_BACK:
                found.pop(frame.position, None)
                continue
            held = parts.setdefault(frame.position, [])
            del held[frame.part :]
            if len(held) != frame.part:
                continue
            held.append(frame.content)
            if frame.kind == LAST:
                made = _transaction(frame.position, parts.pop(frame.position))
                other = found.get(frame.position)
                if other is None or other.at <= made.at:
                    found[frame.position] = made
    while (after := after + 1) in found:
        yield found.pop(after)


def _transaction(position: int, parts: list[bytes]) -> Transaction:
    end, _newline, parts[-1] = parts[-1].partition(b"\n")
    told = json.loads(end)
    lines = [line for part in parts for line in part.decode("utf-8").split("\n")]
    changes = (json.loads(line) for line in lines)
    return Transaction(
        position,
        told["at"],
        told["seq"],
        told["hash"],
        tuple(RowChange(name, _row(before), _row(after)) for name, before, after in changes),
    )


def _row(text: str | None) -> Row | None:
    return None if text is None else json.loads(text)
