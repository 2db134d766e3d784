"""The entries of a scope as a table, each value as its reader may see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from db.approval.capacity import HOLDER
from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.reach import SIDES
from db.desk.authority.sight import FieldReader, joined_texts, shown_field, sights_of
from db.desk.entry.record import COLUMNS, values_of_many
from db.desk.entry.units import path_of
from db.desk.extracts.report_rights import Extent, Numbers, units_below
from db.language import Label, Text
from db.store.engine import database
from db.store.progress import tell_progress
from db.store.sql import fetch, is_among
from db.store.tables import Entry, Unit

NO_TEXT = ("photo",)
YES = Label("是", "yes")
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
    """One entry. ``more`` are the cells by which an import tells what no field of the book says, by the
    import's name of their column. ``masked`` says that at least one value is not shown in full, ``shown``
    that a protected one of somebody else is."""

    entry: int
    values: tuple[Text, ...]
    more: Mapping[str, Text]
    masked: bool
    shown: bool


def columns_of(permissions: Permissions, place: Extent) -> tuple[DirectoryColumn, ...]:
    """Return the fields, but for photos, that the reader may see of at least one entry."""
    known = permissions.roles(place.book) | {"self", "unit", "peer"}
    return tuple(
        DirectoryColumn(rule.name, rule.label, rule.kind == "date")
        for rule in policy_of(place.book).fields
        if rule.kind not in NO_TEXT and (not rule.visible_to or known & set(rule.visible_to))
    )


def directory(
    permissions: Permissions, place: Extent, columns: Sequence[DirectoryColumn]
) -> tuple[DirectoryRow, ...]:
    """Decrypt active entries from ``place`` down that the reader reaches, in the order of the units. A copy
    that was granted shows everybody in its part, protected values only as far as the reader's own scope
    does."""
    policy = policy_of(place.book)
    rules = {column.name: policy.field(column.name) for column in columns}
    reached = _reached(permissions, place)
    more = _More(permissions, place, [entry.id for entry, _reader in reached])
    found = []
    for entry, reader, values in _valued(reached):
        covered = clear = False
        cells: list[Text] = []
        for name, rule in rules.items():
            given = values[name]
            if not given or not reader.sees_field(rule):
                cells.append("")
                continue
            seen = shown_field(rule, given, reader)
            covered = covered or seen.look in ("masked", "closed")
            clear = clear or (seen.look == "shown" and not reader.own)
            cells.append(joined_texts(seen.texts, "; "))  # a value may hold a comma
        found.append(DirectoryRow(entry.id, tuple(cells), more.of(entry), covered, clear))
    return tuple(found)


def directory_numbers(place: Extent, *_days: date) -> Numbers:
    """Count active entries from ``place`` down that its reader reaches."""
    return (len(_reached(place.permissions, place)),)


def _reached(permissions: Permissions, place: Extent) -> list[tuple[ActiveEntry, FieldReader]]:
    sights = {str(side): sights_of(permissions, place.book, side) for side in SIDES}
    grounds = [one.ground for one in sights.values()]
    # A copy that was granted shows everybody in its part, protected values only as far as the own scope does.
    granted = FieldReader("masked") if place.beyond else None
    anybody = granted is not None or any(ground.arms or ground.entries for ground in grounds)
    entries = active_entries(place) if anybody else []
    for ground in grounds:
        ground.read_ancestors({entry.unit_id for entry in entries})
    return [
        (entry, reader)
        for entry in entries
        if (reader := sights[entry.side].field_reader(entry.id, entry.unit_id, entry.kind) or granted)
        is not None
    ]


class _More:
    """What an import tells of ``entries`` beside the fields of the book."""

    def __init__(self, permissions: Permissions, place: Extent, entries: Sequence[int]) -> None:
        policy = policy_of(place.book)
        self.kinds = {rule.id: rule.label for rule in policy.kinds}
        self.tags = {rule.id: rule.label for rule in policy.tags}
        self.unit_kinds = {rule.id: rule.label for rule in policy.unit_kinds}
        self.units = {row.id: row for row in Unit.select().where(Unit.book == place.book)}
        self.heads = {
            (unit, head.entry) for unit, head in heads_in(place.book).items() if head.capacity == HOLDER
        }
        self.above: dict[int, str] = {}
        self.joined: dict[int, str] = {}
        self.carried: dict[int, list[Label]] = defaultdict(list)
        for start in range(0, len(entries), AT_ONCE):
            some = entries[start : start + AT_ONCE]
            where, given = is_among("entry_id", some)
            for entry, tag in fetch(f"SELECT entry_id, tag FROM entry_tag WHERE {where} ORDER BY tag", given):
                self.carried[entry].append(self.tags.get(tag, Label(tag, tag)))
            if permissions.keeps_book(place.book):  # the day is shown to nobody else, on no screen either
                where, given = is_among("id", some)
                self.joined.update(
                    fetch(f"SELECT id, joined FROM entry WHERE {where} AND joined IS NOT NULL", given)
                )

    def of(self, entry: ActiveEntry) -> Mapping[str, Text]:
        unit = self.units[entry.unit_id]
        if unit.id not in self.above:
            self.above[unit.id] = "/".join(path_of(unit.id)[1:-1])
        return {
            "kind": self.kinds.get(entry.kind, Label(entry.kind, entry.kind)),
            "unit_above": self.above[unit.id],
            "head": YES if (unit.id, entry.id) in self.heads else "",
            "joined": self.joined.get(entry.id, ""),
            "tags": joined_texts(self.carried[entry.id], "; "),
            "unit_region": unit.region,
            "unit_kind": self.unit_kinds.get(unit.kind, unit.kind),
        }


def active_entries(place: Extent, narrowed: str = "TRUE", values: Sequence[object] = ()) -> list[ActiveEntry]:
    """Read active entries from ``place`` down that meet ``narrowed``, an SQL condition with ``values``, in
    the order of the tree."""
    order = {option.id: at for at, option in enumerate(units_below(place.book, {place.unit}))}
    where, given = is_among("e.unit_id", order)
    asked = f"{ACTIVE} AND {where} AND ({narrowed})".replace("{book}", database.param)
    rows = fetch(asked, (place.book, *given, *values))
    return sorted(map(ActiveEntry._make, rows), key=lambda entry: (order[entry.unit_id], entry.id))


def _valued(
    reached: Sequence[tuple[ActiveEntry, FieldReader]],
) -> Iterator[tuple[ActiveEntry, FieldReader, Mapping[str, list[str]]]]:
    """Yield each with its values, read in batches: all at once take more memory than the table made of them.
    Reports progress."""
    for start in range(0, len(reached), AT_ONCE):
        some = reached[start : start + AT_ONCE]
        values = _values([entry for entry, _reader in some])
        tell_progress(start, len(reached))
        for entry, reader in some:
            yield entry, reader, values[entry.id]


def _values(entries: Sequence[ActiveEntry]) -> Mapping[int, Mapping[str, list[str]]]:
    """Return every value of ``entries`` in its one spelling; units and inside owners by name."""
    found = values_of_many([entry.id for entry in entries])
    names = _names_of_owners({entry.inside_owner for entry in entries if entry.inside_owner})
    for entry in entries:
        for name in COLUMNS:
            value = names.get(entry.inside_owner, "") if name == "inside_owner" else getattr(entry, name)
            found[entry.id][name] = [value] if value else []
    return found


def _names_of_owners(owners: Collection[int]) -> Mapping[int | None, str]:
    """Return the name of each of ``owners``, as an import takes it: with the unit behind it where several
    colleagues bear it, and the position where several of them are in that unit."""
    rows = list(Entry.select().where(Entry.id.in_(list(owners))))
    named = {row.name for row in rows}
    colleagues: Any = Entry.select(Entry.book, Entry.name, Entry.unit).where(
        Entry.name.in_(list(named)) & (Entry.state == "active") & (Entry.organisation == "")
    )
    there = Counter(colleagues.tuples())
    bearing = Counter((book, name) for book, name, _unit in there.elements())
    found: dict[int | None, str] = {}
    for row in rows:
        parts = [*path_of(row.unit_id)[1:]]
        if there[row.book_id, row.name, row.unit_id] > 1 and row.position:
            parts.append(row.position)
        found[row.id] = row.name if bearing[row.book_id, row.name] < 2 else f"{row.name}（{'/'.join(parts)}）"
    return found
