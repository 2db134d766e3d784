"""The entries of a scope as a table, each value as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from db.desk.authority.reach import SIDES
from db.desk.authority.sight import Reader, shown, sights_of
from db.desk.authority.standing import Standing, policy_of
from db.desk.entry.record import COLUMNS, values_of_many
from db.desk.entry.units import path_of
from db.desk.extracts.report_rights import Extent, units_below
from db.language import Label, Text
from db.store.engine import database
from db.store.sql import among, fetch
from db.store.tables import Entry

NO_TEXT = ("photo",)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DirectoryColumn:
    """A field of the book that the table shows."""

    name: str
    label: Label
    is_day: bool


class ActiveEntry(NamedTuple):
    """An entry with the name and the side of its unit."""

    id: int
    unit_id: int
    kind: str
    name: str
    position: str
    organisation: str
    inside_owner: int | None
    unit: str
    side: str


ACTIVE = """
SELECT e.id, e.unit_id, e.kind, e.name, e.position, e.organisation, e.inside_owner, u.name, u.side
FROM entry e JOIN unit u ON u.id = e.unit_id WHERE e.book_id = {book} AND e.state = 'active'
"""


class DirectoryRow(NamedTuple):
    """One entry. ``above`` are the units above its own, below the root, with / between them. ``masked`` says
    that at least one value is not shown in full, ``shown`` that a protected one of somebody else is."""

    entry: int
    kind: Label
    above: str
    values: tuple[Text, ...]
    masked: bool
    shown: bool


def columns_of(standing: Standing, place: Extent) -> tuple[DirectoryColumn, ...]:
    """The fields that the reader may see of at least one entry."""
    known = standing.roles(place.book) | {"self", "unit", "peer"}
    return tuple(
        DirectoryColumn(rule.name, rule.label, rule.kind == "date")
        for rule in policy_of(place.book).fields
        if rule.kind not in NO_TEXT and (not rule.visible_to or known & set(rule.visible_to))
    )


def directory(
    standing: Standing, place: Extent, columns: Sequence[DirectoryColumn]
) -> tuple[DirectoryRow, ...]:
    """Active entries from ``place`` down that the reader reaches, in the order of the units."""
    policy = policy_of(place.book)
    rules = {column.name: policy.field(column.name) for column in columns}
    kinds = {rule.id: rule.label for rule in policy.kinds}
    sights = {str(side): sights_of(standing, place.book, side) for side in SIDES}
    grounds = [one.ground for one in sights.values()]
    # A copy that was granted shows everybody in its part, protected values only as far as the own scope does.
    granted = Reader("masked") if place.beyond else None
    anybody = granted is not None or any(ground.arms or ground.entries for ground in grounds)
    entries = active_entries(place) if anybody else []
    for ground in grounds:
        ground.learn({entry.unit_id for entry in entries})
    reached = [
        (entry, reader)
        for entry in entries
        if (reader := sights[entry.side].towards(entry.id, entry.unit_id, entry.kind) or granted) is not None
    ]
    above: dict[int, str] = {}
    found = []
    for entry, reader, values in _valued(reached):
        covered = clear = False
        cells: list[Text] = []
        for name, rule in rules.items():
            given = values[name]
            if not given or not reader.sees(rule):
                cells.append("")
                continue
            seen = shown(rule, given, reader)
            covered = covered or seen.look in ("masked", "closed")
            clear = clear or (seen.look == "shown" and not reader.own)
            cells.append(seen.text)
        kind = kinds.get(entry.kind, Label(entry.kind, entry.kind))
        if entry.unit_id not in above:
            above[entry.unit_id] = "/".join(path_of(entry.unit_id)[1:-1])
        found.append(DirectoryRow(entry.id, kind, above[entry.unit_id], tuple(cells), covered, clear))
    return tuple(found)


def active_entries(place: Extent) -> list[ActiveEntry]:
    """Active entries from ``place`` down, in the order of the tree."""
    order = {option.id: at for at, option in enumerate(units_below(place.book, {place.unit}))}
    where, given = among("e.unit_id", order)
    rows = fetch(f"{ACTIVE} AND {where}".replace("{book}", database.param), (place.book, *given))
    return sorted(map(ActiveEntry._make, rows), key=lambda entry: (order[entry.unit_id], entry.id))


def _valued(
    reached: Sequence[tuple[ActiveEntry, Reader]],
) -> Iterator[tuple[ActiveEntry, Reader, Mapping[str, list[str]]]]:
    """Each with its values, of which some are read at a time: of everybody they take more memory than the
    table that comes of them."""
    for start in range(0, len(reached), AT_ONCE):
        some = reached[start : start + AT_ONCE]
        values = _values([entry for entry, _reader in some])
        for entry, reader in some:
            yield entry, reader, values[entry.id]


def _values(entries: Sequence[ActiveEntry]) -> Mapping[int, Mapping[str, list[str]]]:
    """Every value of ``entries`` in its one spelling; units and inside owners by name."""
    found = values_of_many([entry.id for entry in entries])
    owners = {entry.inside_owner for entry in entries if entry.inside_owner}
    names: dict[int | None, str] = {
        row.id: row.name for row in Entry.select(Entry.id, Entry.name).where(Entry.id.in_(list(owners)))
    }
    for entry in entries:
        for name in COLUMNS:
            value = names.get(entry.inside_owner, "") if name == "inside_owner" else getattr(entry, name)
            found[entry.id][name] = [value] if value else []
    return found
