"""Writing and reading whole entries: values sealed where their field is protected, search keys kept in
step, each value's source and verifier noted (C.8). Not an operation.

These run within the transaction of the operation that needs them; who may do what, and whether it was
approved, is that operation's to know. Values come normalised (`db.desk.notation.values`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from db.desk.authority.offices import end_headships
from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_unfit
from db.desk.entry.facets import sorted_under
from db.desk.entry.lines import line_parts
from db.desk.entry.noting import note_change, note_entered, note_joined
from db.desk.entry.persons import name_person
from db.desk.notation.values import NUMBERS, make_national_digits
from db.desk.refusal import Invalid, Problem
from db.language import _
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule
from db.store import clock, searchindex
from db.store.engine import store
from db.store.sealing import opener, seal, unseal
from db.store.searchkeys import Findable, Side
from db.store.sql import fetch, for_update, is_among
from db.store.tables import Entry, EntryField, EntryTag, Person, Unit, UnitAbove

Values = Mapping[str, Sequence[str]]
"""Field name -> its values; ``name``, ``position``, ``unit`` (an id) and the like are fields as well."""

COLUMNS = ("name", "position", "unit", "organisation", "inside_owner")
"""Fields that are columns of the entry itself and hold one value, never a protected one."""

PERSONAL: Final = ("mobile", "email", "student_number")
"""Fields whose values tell people of one name apart."""

BATCH: Final = 500
"""So many entries are read by one statement."""

REGION = "region"
"""The field that says where an entry is, besides its unit's region."""

ADDRESSES = frozenset({"email", "wechat"})


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry with all its values in clear; a reader must be shown less."""

    id: int
    book: str
    person: int
    unit: int
    kind: str
    state: str
    version: int
    joined: str | None
    left: str | None
    updated_at: str
    verified_at: str | None
    values: Mapping[str, tuple[str, ...]]

    def first(self, field: str) -> str:
        return next(iter(self.values.get(field, ())), "")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from and which account checked it (C.8)."""

    source: str
    verifier: int | None
    verified_at: str | None


def load_entry(entry: int) -> RecordedEntry:
    """Decrypt an entry. Raises Entry.DoesNotExist, or SealBroken where a value was tampered with."""
    return load_row(Entry.get_by_id(entry))


def load_row(row: Entry) -> RecordedEntry:
    """Decrypt the values of a row that was read already. Raises SealBroken."""
    return load_rows([row])[row.id]


def load_rows(rows: Collection[Entry]) -> dict[int, RecordedEntry]:
    """Decrypt the values of many rows, by their numbers. Raises SealBroken."""
    more = values_of_many([row.id for row in rows])
    return {row.id: _recorded(row, more[row.id]) for row in rows}


def origins(entry: int) -> dict[str, Origin]:
    """Return where the first value of each field comes from, who verified it and when."""
    # In a certain order: a server's own tells which field was written last.
    ordered = (EntryField.ord.desc(), EntryField.name)
    rows = EntryField.select().where(EntryField.entry == entry).order_by(*ordered)
    return {row.name: Origin(row.source, row.verifier, row.verified_at) for row in rows}


def create_entry(
    book: str,
    unit: int,
    kind: str,
    values: Values,
    *,
    person: int | None = None,
    state: str = "active",
    joined: str | None = None,
    source: str = "",
) -> int:
    """Create an entry of ``kind`` in ``unit``, index it where it is active, and run the hooks; return its
    number. ``person`` absent: of someone who is in no book yet, who is created. ``values`` holds at least the
    ``name``. Raises Invalid where the kind and the unit are not of the same side (E.5), Refused for content
    that the book must not hold (H.4.3), KeyError for a field that the book does not have."""
    policy, place = policy_of(book), Unit.get_by_id(unit)
    refuse_unfit(policy, values)
    if _side_of(policy, kind) != place.side:
        raise Invalid(Problem("unit", _("Colleagues and outside contacts are kept in separate units.")))
    name = values["name"][0]
    row = Entry.create(
        book=book,
        person=person if person is not None else Person.create(name=name).id,
        unit=unit,
        name=name,
        kind=kind,
        state=state,
        joined=joined,
        updated_at=clock.now(),
    )
    _write(row, policy, {**values, "unit": (str(unit),)}, Origin(source, None, None))
    _find_again(row)
    if state == "active":
        note_change(row, "join")
        note_joined(row.book_id, [row.id])
    return int(row.id)


def apply_values(
    entry: int,
    values: Values,
    *,
    source: str,
    verifier: int | None,
    names_person: bool = False,
    kind: str | None = None,
) -> int:
    """Lock the entry, replace the values of the fields named in ``values`` and its kind where one is given,
    index it anew and run the hooks; return its new version. With ``names_person`` a changed name is what the
    person is called in every book, where this is their first; else it is that of the entry alone. An empty
    sequence takes a field away. Raises KeyError for a field that the book does not have, Invalid where unit
    and kind would not be of the same side, Refused for content that the book must not hold (H.4.3)."""
    row = _lock_entry(entry)
    policy = policy_of(row.book_id)
    refuse_unfit(policy, values)
    moment = clock.now()
    unit, row.kind = next(iter(values.get("unit", ())), row.unit_id), kind or row.kind
    if _side_of(policy, row.kind) != Unit.get_by_id(int(unit)).side:
        raise Invalid(Problem("unit", _("Colleagues and outside contacts are kept in separate units.")))
    row.version += 1
    row.updated_at = moment
    if verifier is not None:
        row.verified_at = moment
    _write(row, policy, values, Origin(source, verifier, moment if verifier is not None else None))
    if names_person and "name" in values:
        name_person(row)
    _find_again(row)
    if row.state == "active":
        note_change(row, "change", values)
    return int(row.version)


def mark_verified(entry: int, verifier: int) -> None:
    """Store that ``verifier`` found the entry and each of its values right (C.8); its version is
    unchanged."""
    moment = clock.now()
    Entry.update(verified_at=moment).where(Entry.id == entry).execute()
    EntryField.update(verifier=verifier, verified_at=moment).where(EntryField.entry == entry).execute()


def activate(entry: int) -> int:
    """Lock a pending entry, make it active, index it and run the hooks; return its new version. Notifies
    nobody."""
    row = _lock_entry(entry)
    row.state, row.updated_at = "active", clock.now()
    row.version += 1
    row.save()
    _find_again(row)
    note_change(row, "join")
    note_entered(row.book_id, [row.id])
    return int(row.version)


def remove_entry(entry: int, day: str) -> int:
    """Lock an entry, remove it from every list and search as of ``day`` (A.10), end headships that its person
    holds in the book and run the hooks; return its new version. The record itself is kept for the archive.
    Notifies nobody."""
    row = _lock_entry(entry)
    row.state, row.left, row.updated_at = "left", day, clock.now()
    row.version += 1
    row.save()
    end_headships(book=row.book_id, person=row.person_id)
    searchindex.drop_entry(entry)
    note_change(row, "leave")
    return int(row.version)


def reindex_entry(entry: int) -> None:
    """Lock an entry and index it anew by its present facets."""
    _find_again(_lock_entry(entry))


def reindex_units(units: Sequence[int]) -> None:
    """Lock and index anew every active entry in one of ``units``, which the caller has locked."""
    in_them = Entry.select().where(Entry.unit.in_(units) & (Entry.state == "active"))
    for row in for_update(in_them.order_by(Entry.id)):
        _find_again(row)


class Place(NamedTuple):
    """A unit as its entries are found by it: ``path`` are the names of those above it, without the root, and
    its own; ``region`` is its own or the nearest above."""

    unit: int
    name: str
    side: Side
    path: tuple[str, ...]
    region: str


class SearchKeys:
    """By what entries of a book are found: open values in clear, protected and restricted ones covered."""

    def __init__(self, policy: EffectivePolicy) -> None:
        self._policy = policy
        self._rules = {
            rule.name: (rule.kind, is_open(rule)) for rule in policy.fields if rule.name not in COLUMNS
        }
        self._digits = make_national_digits(store().settings.phone_region)

    def of(
        self,
        entry: int,
        place: Place,
        values: Values,
        *,
        name: str,
        position: str,
        kind: str,
        organisation: str,
        tags: Sequence[str],
    ) -> Findable:
        addresses: list[str] = []
        numbers: list[str] = []
        covered: list[tuple[str, str]] = []
        for field, given in values.items():
            rule = self._rules.get(field)
            if rule is None:
                continue
            sort, opened = rule
            texts = [self._digits(value) for value in given] if sort in NUMBERS else given
            if not opened:
                covered += [(field, text) for text in texts]
            elif sort in NUMBERS or sort == "qq":
                numbers += texts
            elif sort in ADDRESSES:
                addresses += texts
        policy, ordered = self._policy, sorted(tags)
        under = sorted_under(policy, kind, position, (place.region, *open_regions(policy, values)), ordered)
        head = (name, position, place.unit, place.name, kind, organisation, " ".join(ordered))
        return Findable(
            entry,
            policy.book,
            place.unit,
            place.side,
            name,
            position,
            tuple(addresses),
            tuple(numbers),
            tuple(covered),
            *line_parts(policy, head, values),
            place.path,
            under.facets,
            under.words,
            under.rank,
        )


def place_of(unit: int) -> Place:
    row = Unit.get_by_id(unit)
    above = (
        Unit.select(Unit.name)
        .join(UnitAbove, on=(UnitAbove.above == Unit.id))
        .where((UnitAbove.unit == unit) & Unit.parent.is_null(False))
    )
    side: Side = "external" if row.side == "external" else "internal"
    return Place(unit, row.name, side, tuple(over.name for over in above), region_of(unit))


def open_regions(policy: EffectivePolicy, values: Values) -> tuple[str, ...]:
    """Return the entry's own regions, where everybody who sees the entry sees them."""
    shown = any(rule.name == REGION and is_open(rule) for rule in policy.fields)
    return tuple(values.get(REGION, ())) if shown else ()


def region_of(unit: int) -> str:
    """Return the region of a unit: its own, or that of the nearest unit above which has one."""
    row = (
        Unit.select(Unit.region)
        .join(UnitAbove, on=(UnitAbove.above == Unit.id))
        .where((UnitAbove.unit == unit) & (Unit.region != ""))
        .order_by(UnitAbove.distance)
        .first()
    )
    return str(row.region) if row is not None else ""


def tags_of(entry: int) -> tuple[str, ...]:
    rows = EntryTag.select(EntryTag.tag).where(EntryTag.entry == entry).order_by(EntryTag.tag)
    return tuple(row.tag for row in rows)


def personal_fields(policy: EffectivePolicy) -> tuple[str, ...]:
    """Return the fields by which two entries of one name are told to be one person, as far as they are open.
    A protected one would tell whether its value was guessed."""
    return tuple(rule.name for rule in policy.fields if rule.name in PERSONAL and is_open(rule))


def is_open(rule: FieldRule) -> bool:
    """Return whether everyone who has an entry within reach sees this field of it."""
    return not rule.protected and not rule.visible_to


def _lock_entry(entry: int) -> Entry:
    """Read and lock an entry: two who change it at the same time come one after the other."""
    row: Entry = for_update(Entry.select().where(Entry.id == entry)).get()
    return row


def _find_again(row: Entry) -> None:
    if row.state == "active":
        found = SearchKeys(policy_of(row.book_id)).of(
            row.id,
            place_of(row.unit_id),
            load_row(row).values,
            name=row.name,
            position=row.position,
            kind=row.kind,
            organisation=row.organisation,
            tags=tags_of(row.id),
        )
        searchindex.refresh(found)


def _side_of(policy: EffectivePolicy, kind: str) -> str:
    for rule in policy.kinds:
        if rule.id == kind:
            return rule.side
    raise KeyError(kind)


def _write(row: Entry, policy: EffectivePolicy, values: Values, origin: Origin) -> None:
    for name, given in values.items():
        rule = policy.field(name) if name not in COLUMNS else None
        if name == "unit":
            row.unit_id = int(given[0])
        elif name == "inside_owner":
            row.inside_owner = int(given[0]) if given and given[0] else None
        elif rule is None:
            setattr(row, name, given[0] if given else "")
        else:
            _write_field(row.id, rule, [value for value in given if value], origin)
    row.save()


def _write_field(entry: int, rule: FieldRule, given: Sequence[str], origin: Origin) -> None:
    EntryField.delete().where((EntryField.entry == entry) & (EntryField.name == rule.name)).execute()
    for ord, value in enumerate(given):
        place = EntryField.sealed.place(entry, rule.name, ord)
        EntryField.create(
            entry=entry,
            name=rule.name,
            ord=ord,
            value=None if rule.protected else value,
            sealed=seal(store().keys, place, value.encode("utf-8")) if rule.protected else None,
            source=origin.source,
            verifier=origin.verifier,
            verified_at=origin.verified_at,
        )


def values_of_many(entries: Sequence[int], fields: Sequence[str] = ()) -> dict[int, dict[str, list[str]]]:
    """Decrypt what is on record of ``entries`` besides `COLUMNS`, or of their ``fields`` alone. Raises
    SealBroken."""
    found: dict[int, dict[str, list[str]]] = {entry: defaultdict(list) for entry in entries}
    unseal_one = opener(store().keys)
    named, names = is_among("name", fields) if fields else ("TRUE", [])
    for start in range(0, len(entries), BATCH):
        where, given = is_among("entry_id", entries[start : start + BATCH])
        stored = f"SELECT entry_id, name, ord, value, sealed FROM entry_field WHERE {where} AND {named}"
        rows = fetch(f"{stored} ORDER BY entry_id, name, ord", [*given, *names])
        for entry, name, order, value, sealed in rows:
            if sealed is not None:
                value = unseal_one(EntryField.sealed.place(entry, name, order), bytes(sealed)).decode("utf-8")
            found[entry][name].append(value or "")
    return found


def open_value(entry: int, name: str, ord: int, value: str | None, sealed: bytes | None) -> str:
    """Return a stored value: ``sealed`` decrypted, or ``value`` where nothing is sealed. Raises
    SealBroken."""
    if sealed is None:
        return value or ""
    return unseal(store().keys, EntryField.sealed.place(entry, name, ord), bytes(sealed)).decode("utf-8")


def _recorded(row: Entry, more: Mapping[str, Sequence[str]]) -> RecordedEntry:
    own: dict[str, Sequence[str]] = {
        "name": [row.name],
        "position": [row.position] if row.position else [],
        "unit": [str(row.unit_id)],
        "organisation": [row.organisation] if row.organisation else [],
        "inside_owner": [str(row.inside_owner)] if row.inside_owner else [],
    }
    return RecordedEntry(
        id=row.id,
        book=row.book_id,
        person=row.person_id,
        unit=row.unit_id,
        kind=row.kind,
        state=row.state,
        version=row.version,
        joined=row.joined,
        left=row.left,
        updated_at=row.updated_at,
        verified_at=row.verified_at,
        values={name: tuple(values) for name, values in (own | dict(more)).items()},
    )
