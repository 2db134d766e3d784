"""What changed from one issue to the next: who joined, left, moved or has other particulars (I.4.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.desk.editions.content import Cell, EditionRow, IssueContent
from db.language import LANGUAGES, Label, Message, _, say

What = Literal["joined", "left", "moved", "changed"]
WORDS: dict[What, Message] = {
    "joined": _("joined"),
    "left": _("left"),
    "moved": _("moved"),
    "changed": _("changed"),
}


@dataclass(frozen=True, slots=True)
class EditionDifference:
    """One person: ``fields`` are columns with the value before and after; ``row`` as it is (or was)."""

    what: What
    row: EditionRow
    fields: tuple[tuple[Label, Cell, Cell], ...] = ()


def differences(before: IssueContent | None, after: IssueContent) -> tuple[EditionDifference, ...]:
    """Return what joined, left, moved, changed, in that order; none where there was nothing before."""
    if before is None:
        return ()
    was = {row.entry: row for row in before.rows}
    now = {row.entry: row for row in after.rows}
    found = [EditionDifference("joined", row) for entry, row in now.items() if entry not in was]
    found += [EditionDifference("left", row) for entry, row in was.items() if entry not in now]
    stayed = [(was[entry], row) for entry, row in now.items() if entry in was]
    labels = {column.name: column.label for column in after.columns}
    old_place = {column.name: place for place, column in enumerate(before.columns)}
    for old, new in stayed:
        fields = tuple(
            (labels[column.name], _at(old, old_place.get(column.name)), new.cells[place])
            for place, column in enumerate(after.columns)
            if _differ(_at(old, old_place.get(column.name)), new.cells[place])
        )
        if old.unit != new.unit:
            found.append(EditionDifference("moved", new, fields))
        elif fields:
            found.append(EditionDifference("changed", new, fields))
    order = list(WORDS)
    return tuple(sorted(found, key=lambda one: order.index(one.what)))


def _differ(before: Cell, after: Cell) -> bool:
    """Return whether two cells differ in the first language; older issues have no other one."""
    return say(before, LANGUAGES[0]) != say(after, LANGUAGES[0])


def _at(row: EditionRow, place: int | None) -> Cell:
    return row.cells[place] if place is not None else ""
