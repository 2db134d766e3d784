"""The line that says to whoever decides that a name looks like another person's (UTS 39)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from db.desk.authority.standing import Standing
from db.desk.entry.alike import looking_like
from db.desk.requests.request_kinds import DiffLine
from db.language import Message, Text, _, listed
from db.store.name_spelling import unusual
from db.store.tables import Entry, Request

NAMING: Final = frozenset({"change", "join"})
"""Kinds of request that may give somebody a name."""
ALIKE: Final = "alike"
UNUSUAL: Final = "unusual"


def lookalikes(request: Request, lines: tuple[DiffLine, ...], standing: Standing) -> tuple[DiffLine, ...]:
    """A line where the name among ``lines`` is spelt as no name is, and one where it looks like another's.

    That one names another active entry, so it is for whoever keeps the whole book alone (C.10).
    """
    if request.kind not in NAMING or request.state != "open":
        return ()
    names = [str(line.after) for line in lines if line.field == "name"]
    told = tuple(
        DiffLine(UNUSUAL, _("Look at the name"), "", odd, ("", odd))
        for name in names
        if (odd := unusual(name)) is not None
    )
    return told + (_alike(request, names) if standing.keeps(request.book_id) else ())


def _alike(request: Request, names: Sequence[str]) -> tuple[DiffLine, ...]:
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
