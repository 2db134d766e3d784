"""The line that says to whoever decides that a name looks like another person's (UTS 39)."""

from __future__ import annotations

from typing import Final

from db.desk.authority.standing import Standing
from db.desk.entry.alike import looking_like
from db.desk.requests.request_kinds import DiffLine
from db.language import Message, Text, _, listed
from db.store.tables import Entry, Request

NAMING: Final = frozenset({"change", "join"})
"""Kinds of request that may give somebody a name."""
ALIKE: Final = "alike"


def lookalikes(request: Request, lines: tuple[DiffLine, ...], standing: Standing) -> tuple[DiffLine, ...]:
    """A line where the name among ``lines`` looks like that of another active entry, in other letters; for
    whoever keeps the whole book alone, since others must not learn who is in it (C.10)."""
    if request.kind not in NAMING or request.state != "open" or not standing.keeps(request.book_id):
        return ()
    names = [str(line.after) for line in lines if line.field == "name"]
    others = [
        row
        for rows in looking_like(request.book_id, names).values()
        for row in rows
        if row.id != request.entry_id
    ]
    if not others:
        return ()
    who: Text = listed(_named(row) for row in others)
    return (DiffLine(ALIKE, _("Looks like"), "", who, ("", who)),)


def _named(row: Entry) -> Message:
    return _("{name} ({unit}), in other letters", name=row.name, unit=row.unit.name)
