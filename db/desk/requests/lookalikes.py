"""Lines that say to whoever decides that a name is another person's too, or looks like theirs (UTS 39), and
whom on record a joiner is said to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from db.desk.authority.permissions import Permissions
from db.desk.entry.alike import looking_like
from db.desk.entry.colleagues import known_entries
from db.desk.requests.payload import open_payload
from db.desk.requests.request_kinds import DiffLine
from db.language import Message, Text, _, listed
from db.store.name_spelling import odd_name_warning
from db.store.tables import Entry, Request

NAMING: Final = frozenset({"change", "join"})
"""Kinds of request that may give somebody a name."""
ALIKE: Final = "alike"
CALLED: Final = "called"
UNUSUAL: Final = "unusual"
ON_RECORD: Final = "person"
KNOWN: Final = "known"


def lookalike_warnings(
    request: Request, lines: tuple[DiffLine, ...], permissions: Permissions
) -> tuple[DiffLine, ...]:
    """Return warning lines for a misspelt name, for a joiner who bears another active entry's name, and for a
    name that looks like another's in other letters; none for a request that is not open. The last two name
    another entry, so they are shown only to those who keep the whole book (C.10)."""
    if request.kind not in NAMING or request.state != "open":
        return ()
    names = [str(line.after) for line in lines if line.field == "name"]
    told = tuple(
        DiffLine(UNUSUAL, _("Look at the name"), "", odd, ("", odd))
        for name in names
        if (odd := odd_name_warning(name)) is not None
    )
    if any(line.field == ON_RECORD for line in lines):
        told += _person_on_record(request, permissions)
    return told + (_alike(request, names) if names and permissions.keeps_book(request.book_id) else ())


def _person_on_record(request: Request, permissions: Permissions) -> tuple[DiffLine, ...]:
    """Return the line that names whom on record a joiner is said to be, as far as the decider may know
    (C.10)."""
    rows = known_entries(permissions, request.book_id, int(open_payload(request)[ON_RECORD]))
    who: Text = listed(
        _("{name} ({unit}, {book})", name=row.name, unit=row.unit.name, book=row.book.title) for row in rows
    )
    return (DiffLine(KNOWN, _("Who that is"), "", who, ("", who)),) if rows else ()


def _alike(request: Request, names: Sequence[str]) -> tuple[DiffLine, ...]:
    others = [
        row
        for rows in looking_like(request.book_id, names).values()
        for row in rows
        if row.id != request.entry_id
    ]
    found = []
    if request.kind == "join" and (namesakes := _namesakes(request, names)):
        same: Text = listed(_("{name} ({unit})", name=row.name, unit=row.unit.name) for row in namesakes)
        found.append(DiffLine(CALLED, _("Same name"), "", same, ("", same)))
    if others:
        who: Text = listed(_name_and_unit(row) for row in others)
        found.append(DiffLine(ALIKE, _("Looks like"), "", who, ("", who)))
    return tuple(found)


def _namesakes(request: Request, names: Sequence[str]) -> list[Entry]:
    """Find active entries of the same name. Whether one is the same person is for the approver: a protected
    number that would tell is not held against what was typed."""
    here = (Entry.book == request.book_id) & (Entry.state == "active") & (Entry.id != request.entry_id)
    return list(Entry.select().where(here & Entry.name.in_(names)).order_by(Entry.id))


def _name_and_unit(row: Entry) -> Message:
    return _("{name} ({unit}), in other letters", name=row.name, unit=row.unit.name)
