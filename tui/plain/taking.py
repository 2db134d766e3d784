"""More than a screenful at once: a copy that takes the right to one, marked and on record (A.12, C.9.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from db.language import Text, _
from tui.plain.room import Room
from tui.sheets.cell import Cell

SCREENFUL: Final = 20
"""Rows that are looked at; whoever has more of them at once takes a copy."""


def take_data(
    room: Room, report: str, book: str, unit: int | None, rows: Sequence[Mapping[str, object]]
) -> None:
    """Write ``rows`` as JSON, each with the mark of the copy, after recording it as a copy that leaves.
    Raises Refused."""
    mark = room.desk.overview.mark()
    content = room.as_json([{**row, "copy": mark} for row in rows])
    _hand_out(room, report, book, unit, "json", content, len(rows), mark)


def take_table(
    room: Room, report: str, book: str, unit: int, heads: Sequence[Text], rows: Sequence[Sequence[Cell]]
) -> None:
    """Write a table with the mark of the copy below it, after recording it as a copy that leaves. Raises
    Refused."""
    mark = room.desk.overview.mark()
    lines = [*room.tabulate(heads, rows), room.words(_("Copy {mark}", mark=mark))]
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    _hand_out(room, report, book, unit, "text", content, len(rows), mark)


def _hand_out(
    room: Room, report: str, book: str, unit: int | None, format: str, content: bytes, rows: int, mark: str
) -> None:
    """Record the copy, then write the file and its mark: what can't be recorded does not leave. Raises
    Refused."""
    digest = hashlib.sha256(content).hexdigest()
    room.desk.overview.export(
        report, book, unit, format=format, sha256=digest, size=len(content), rows=rows, mark=mark,
        parameters={},
    )  # fmt: skip
    room.write_file(content)
    room.tell_copy(mark, digest)
