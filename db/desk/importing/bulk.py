"""Writing a plan down: units, persons, entries, their values and search keys, table by table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from db.desk.authority.offices import set_head
from db.desk.entry.noting import note_entered
from db.desk.entry.record import SearchKeys, place_of
from db.desk.entry.sources import of_import
from db.desk.entry.units import create_unit
from db.desk.importing.plan import Plan
from db.desk.importing.rows import Planned, UnitPath
from db.policy.compose import EffectivePolicy
from db.store import clock, searchindex
from db.store.bulk import insert_rows, reserve_ids
from db.store.engine import store
from db.store.sealing import sealer
from db.store.searchkeys import Findable, Side
from db.store.tables import Entry, EntryField, EntryTag, Person

Progress = Callable[[str, int, int], None]
"""Told the phase (``read``, ``check``, ``write``, ``taken``), how much of it is done, and of how much. Who
was ``taken`` in stays, whatever becomes of the rest."""
STEP = 2_000

PERSON = ("id", "name")
ENTRY = (
    "id", "book_id", "person_id", "unit_id", "name", "position", "kind", "state", "organisation",
    "inside_owner", "joined", "bound_at", "version", "updated_at",
)  # fmt: skip
TAG = ("entry_id", "tag")
VALUE = ("entry_id", "name", "ord", "value", "sealed", "source")


def write_plan(book: str, policy: EffectivePolicy, plan: Plan, source: str, progress: Progress) -> range:
    """Store the units, heads, persons and entries of ``plan`` in bulk within the running transaction, index
    them and run the hooks for joiners; return the entries. ``source`` names where the values came from (C.8).
    Notifies nobody and records nothing."""
    units = _make_units(book, plan)
    count = len(plan.entries)
    new = [planned for planned in plan.entries if planned.row not in plan.persons]
    made, entries = reserve_ids(Person, len(new)), reserve_ids(Entry, count)
    persons = plan.persons | {planned.row: person for planned, person in zip(new, made, strict=True)}
    ids = {planned.row: entry for planned, entry in zip(plan.entries, entries, strict=True)}
    progress("write", 0, count)
    insert_rows(Person, PERSON, ((persons[planned.row], planned.name) for planned in new))
    moment = clock.now()
    insert_rows(
        Entry,
        ENTRY,
        (
            (
                entry, book, persons[planned.row], units[planned.unit], planned.name, planned.position,
                planned.kind, "active", planned.organisation, _owner(plan, planned, ids), planned.joined,
                moment if planned.row in plan.persons else None, 1, moment,
            )
            for entry, planned in zip(entries, plan.entries, strict=True)
        ),
    )  # fmt: skip
    protected = {rule.name for rule in policy.fields if rule.protected}
    insert_rows(EntryField, VALUE, _values(plan.entries, entries, protected, of_import(source), progress))
    insert_rows(EntryTag, TAG, ((ids[planned.row], tag) for planned in plan.entries for tag in planned.tags))
    _mark_heads(plan.entries, ids, units)
    searchindex.index_entries(_findables(plan.entries, entries, units, policy))
    note_entered(book, entries)
    return entries


def _values(
    planned: Sequence[Planned], entries: range, protected: set[str], source: str, progress: Progress
) -> Iterator[tuple[object, ...]]:
    seal = sealer(store().keys)
    for done, (entry, row) in enumerate(zip(entries, planned, strict=True)):
        if done % STEP == 0:
            progress("write", done, len(planned))
        for name, ord, value in row.values:
            if name in protected:
                sealed = seal(EntryField.sealed.place(entry, name, ord), value.encode("utf-8"))
                yield entry, name, ord, None, sealed, source
            else:
                yield entry, name, ord, value, None, source


def _owner(plan: Plan, planned: Planned, ids: dict[int, int]) -> int | None:
    owner = plan.owners.get(planned.row)
    return ids[owner.row] if isinstance(owner, Planned) else owner


def _make_units(book: str, plan: Plan) -> dict[UnitPath, int]:
    """Create the new units, parents first; return the ids of all by path."""
    made = {path: unit for path, unit in plan.units.items() if unit is not None}
    for path in plan.new_units:
        parent = made[path[:-1]]
        made[path] = create_unit(
            book,
            path[-1],
            parent,
            side=_side(plan.sides[path]),
            region=plan.regions.get(path, ""),
            kind=plan.unit_kinds.get(path, ""),
        )
    return made


def _mark_heads(planned: Sequence[Planned], ids: dict[int, int], units: dict[UnitPath, int]) -> None:
    for row in planned:
        if row.heads:
            set_head(units[row.unit], ids[row.row])


def _findables(
    planned: Sequence[Planned], entries: range, units: dict[UnitPath, int], policy: EffectivePolicy
) -> Iterator[Findable]:
    """Yield what each entry is found by, without a model for each."""
    finding, place = SearchKeys(policy), cache(place_of)
    for entry, row in zip(entries, planned, strict=True):
        values: dict[str, list[str]] = {}
        for name, _ord, value in row.values:
            values.setdefault(name, []).append(value)
        yield finding.of(
            entry,
            place(units[row.unit]),
            values,
            name=row.name,
            position=row.position,
            kind=row.kind,
            organisation=row.organisation,
            tags=row.tags,
        )


def _side(side: str) -> Side:
    return "external" if side == "external" else "internal"
