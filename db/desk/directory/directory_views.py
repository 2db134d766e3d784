"""What the directory hands out: books, units, lines of a list and cards, as plain frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from db.approval.capacity import ACTING
from db.desk.authority.offices import head_of, heads_in
from db.desk.authority.permissions import GRANTED, Permissions, policy_of
from db.desk.authority.reach import SIDES, Arm, SearchScope, covering_reaches, search_scope_of
from db.desk.authority.sight import NOBODY, FieldReader, Shown, sights_of, visible_fields
from db.desk.directory.search import has_facet, values_of_facet
from db.desk.entry.colleagues import inside_owner_of, side_of
from db.desk.entry.facets import facet_named, label_of
from db.desk.entry.record import is_open, load_entry, origins, region_of, tags_of
from db.desk.entry.sources import source_text
from db.desk.entry.unit_contacts import contacts_of
from db.desk.entry.units import path_of
from db.desk.notation.values import clean, display, masked_value
from db.desk.requests.entitled import may_see
from db.desk.requests.proposing import may_propose
from db.desk.requests.request_kinds import is_of_pupils
from db.desk.requests.submitters import holds_own_role
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.loader import default
from db.policy.rules import FieldRule
from db.policy.vocabulary import DEFAULT, Side
from db.store.engine import database
from db.store.searchkeys import as_number
from db.store.sql import fetch, is_among
from db.store.tables import Account, Book, Entry, Grant, Unit

MOST_VALUES = 40
"""Values of a facet that are offered."""


@dataclass(frozen=True, slots=True)
class OfficeHead:
    """An office at the head of a book, with its own contacts."""

    label: Label
    unit: str
    contacts: tuple[tuple[Label, str], ...]
    clause: str


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit itself: where it stands, who heads it, its region and its own contacts (I.4.2.3)."""

    path: tuple[str, ...]
    head: Text
    region: str
    contacts: tuple[tuple[Label, str], ...]
    clause: str


@dataclass(frozen=True, slots=True)
class BookView:
    """A book the reader may open. ``sides`` are those on which anything is within reach."""

    id: str
    title: Label
    policies: tuple[Label, ...]
    classification: Label
    sides: tuple[Side, ...]
    own_unit: int | None
    own_entry: int | None
    unit_label: Label | None
    """What a unit is called here, where it is not the usual word: a class."""
    fields: Mapping[Side, Mapping[str, Label]]
    """By side: the names and the kinds of all fields that the regulations give entries there and that the
    reader sees of others, each with the label of the first such field."""
    facets: tuple[str, ...] = ()
    """By what its lists can be narrowed besides the unit and the side."""
    header: tuple[OfficeHead, ...] = ()
    """The offices whose contacts stand at the head of the book."""
    tags: bool = False
    """Whether the reader says who carries a tag, where the regulations have tags."""
    regions: bool = False
    """Whether the reader says in which region a unit is, where the regulations sort by region."""
    of_pupils: bool = False
    """Whether those who join and leave are pupils."""
    undertaking: Literal["", "own", "everyone"] = ""
    """Whose undertaking the reader may draw up to be signed."""


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit of the tree. ``count``: active entries within reach in it and below.

    ``within`` is false where it only leads to units within reach. ``head``: the entry and the name of whoever
    heads it, where that was asked for and the reader sees them; ``acting``: for the time being.
    """

    id: int
    name: str
    name_en: str
    count: int
    leaf: bool
    within: bool
    own: bool
    head: tuple[int, str] | None = None
    acting: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to narrow by: ``facet`` is what `Directory.list` takes, ``count`` how many have it."""

    facet: str
    label: Label
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A property to narrow by, with the clause that asks for it."""

    by: str
    values: tuple[FacetValue, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Card:
    """An entry as its reader may see it. ``clause`` is what opens it, ``until`` when that ends."""

    entry: int
    book: str
    title: Label
    name: str
    position: str
    unit: int
    unit_label: Label
    path: tuple[str, ...]
    kind: Text
    side: Side
    organisation: str
    inside_owner: str
    own: bool
    fields: tuple[Shown, ...]
    sources: Mapping[str, tuple[Text, str | None]]
    """field -> (source, day of verification) of its value (C.8)"""
    updated_at: str
    verified_at: str | None
    clause: str
    until: str | None
    may_propose: bool
    may_draw_undertaking: bool
    tags: tuple[Label, ...] = ()
    region: str = ""

    def field(self, name: str) -> Shown | None:
        return next((field for field in self.fields if field.name == name), None)


def _fields_of(permissions: Permissions, policy: EffectivePolicy, side: Side) -> Mapping[str, Label]:
    kinds = {kind.id for kind in policy.kinds if kind.side == side}
    reader = {*permissions.roles(policy.book), "unit", "peer"}
    found: dict[str, Label] = {}
    for rule in policy.fields:
        applies = not rule.applies_to or kinds & set(rule.applies_to)
        seen = not rule.visible_to or reader & set(rule.visible_to)
        if rule.clauses != (DEFAULT,) and applies and seen:
            found.setdefault(rule.name, rule.label)
            found.setdefault(rule.kind, rule.label)
    return found


def books_of(permissions: Permissions) -> tuple[BookView, ...]:
    """Return the books in which anything is within reach, in their order, with what their lists show."""
    found = []
    for book in permissions.books:
        sides = tuple(side for side in SIDES if _inhabited(permissions, book, side))
        if sides:
            row, policy = Book.get_by_id(book), policy_of(book)
            entry, unit = permissions.own.get(book, (None, None))
            keeps = any(permissions.own_holdings(role, book) for role in policy.keepers)
            found.append(
                BookView(
                    id=book,
                    title=row.title,
                    policies=tuple(ref.title for ref in policy.policies),
                    classification=policy.classification,
                    sides=sides,
                    own_unit=unit,
                    own_entry=entry,
                    unit_label=_own_word(policy),
                    fields={side: _fields_of(permissions, policy, side) for side in sides},
                    facets=tuple(rule.by for rule in policy.facets if rule.by not in ("unit", "side")),
                    header=offices_of(policy),
                    tags=keeps and bool(policy.tags),
                    regions=keeps and any(rule.by == "region" for rule in policy.facets),
                    of_pupils=is_of_pupils(book, "join"),
                    undertaking=("everyone" if keeps else "own") if policy.undertakings else "",
                )
            )
    return tuple(found)


def _own_word(policy: EffectivePolicy) -> Label | None:
    label = policy.field("unit").label
    return None if label in [rule.label for rule in default().file.fields] else label


def units_below(
    permissions: Permissions, book: str, parent: int | None, side: Side, *, heads: bool = False
) -> tuple[UnitNode, ...]:
    """Return the root (``parent`` None) or the units below one, as far as the reader may know of them,
    counted within reach."""
    if book not in permissions.books:
        return ()
    ground = search_scope_of(permissions, book, side)
    here = Unit.parent.is_null() if parent is None else (Unit.parent == parent)
    kept = (Unit.side == side) | Unit.parent.is_null()
    rows = list(
        Unit.select().where((Unit.book == book) & here & kept & Unit.active).order_by(Unit.sort, Unit.id)
    )
    ground.read_ancestors([row.id for row in rows])
    parents = {
        row.parent_id
        for row in Unit.select(Unit.parent).where(
            Unit.parent.in_([row.id for row in rows]) & (Unit.side == side) & Unit.active
        )
    }
    own = permissions.own.get(book, (None, None))[1]
    parts_of = {row.id: ground.part_within(row.id) for row in rows}
    counts = _counts({arm for parts in parts_of.values() for arm in parts.arms}, side)
    headed = heads_in(book, [row.id for row in rows]) if heads and side == "internal" else {}
    seen = {
        one.id: one.name
        for one in Entry.select().where(Entry.id.in_([head.entry for head in headed.values()]))
        if may_see(permissions, one)
    }
    found = []
    for row in rows:
        head = headed.get(row.id)
        if head is not None and head.entry not in seen:
            head = None
        inside = ground.arm_around(row.id) is not None
        parts = parts_of[row.id]
        if inside or parts.arms or parts.contacts:
            found.append(
                UnitNode(
                    id=row.id,
                    name=row.name,
                    name_en=row.name_en,
                    count=sum(counts.get((arm.unit, arm.below), 0) for arm in parts.arms)
                    + sum(ground.arm_around(unit) is None for unit in parts.contacts.values()),
                    leaf=row.id not in parents or not _deeper(parts, row.id),
                    within=inside,
                    own=row.id == own,
                    head=(head.entry, seen[head.entry]) if head is not None else None,
                    acting=head is not None and head.capacity == ACTING,
                )
            )
    return tuple(found)


def reader_of(permissions: Permissions, row: Entry) -> FieldReader:
    """Return how ``permissions`` sees the fields of ``row``, within reach or not."""
    sights = sights_of(permissions, row.book_id, side_of(row))
    return sights.field_reader(row.id, row.unit_id, row.kind) or NOBODY


def values_of(row: Entry) -> Mapping[str, tuple[str, ...]]:
    """Decrypt all values of ``row``."""
    return load_entry(row.id).values


def card_of(permissions: Permissions, row: Entry, reader: FieldReader) -> Card:
    """Draw ``row``, which is within reach, as ``reader`` sees it; nothing is recorded."""
    policy, book, side = policy_of(row.book_id), Book.get_by_id(row.book_id), side_of(row)
    reach = covering_reaches(permissions, row.book_id, side, row.id, row.unit_id)[0]
    recorded = load_entry(row.id)
    rules = [rule for rule in policy.fields if not rule.applies_to or row.kind in rule.applies_to]
    fields = tuple(
        field for field in visible_fields(rules, recorded.values, reader) if field.name not in _OWN_PLACE
    )
    return Card(
        entry=row.id,
        book=row.book_id,
        title=book.title,
        name=row.name,
        position=row.position,
        unit=row.unit_id,
        unit_label=policy.field("unit").label,
        path=path_of(row.unit_id),
        kind=next((kind.label for kind in policy.kinds if kind.id == row.kind), row.kind),
        side=side,
        organisation=row.organisation,
        inside_owner=inside_owner_of(permissions, row),
        own=reader.own,
        fields=fields,
        sources={
            name: (source_text(origin.source), origin.verified_at)
            for name, origin in origins(row.id).items()
            if any(field.name == name for field in fields)
        },
        updated_at=row.updated_at,
        verified_at=row.verified_at,
        clause=policy.term_citation(reach.clause) if reach.role == GRANTED else reach.clause,
        until=reach.until,
        may_propose=may_propose(permissions, row),
        may_draw_undertaking=bool(policy.undertakings)
        and (reader.own or holds_own_role(permissions, policy, policy.keepers, row.unit_id)),
        tags=tuple(rule.label for rule in policy.tags if rule.id in tags_of(row.id)),
        region=region_of(row.unit_id) if any(rule.by == "region" for rule in policy.facets) else "",
    )


def offices_of(policy: EffectivePolicy) -> tuple[OfficeHead, ...]:
    """Return the offices at the head of the book: each the unit of those who hold its role, with its
    contacts. A field that the unit lacks is filled from its head's entry, as far as everybody may see that
    (B.4.3)."""
    found = []
    for rule in policy.header:
        unit = _office(policy.book, rule.role)
        if unit is None:
            continue
        values = contacts_of(unit.id)
        leader = head_of(unit)
        head = load_entry(leader.entry).values if leader is not None else {}
        contacts = []
        for name in rule.fields:
            field = _field(policy, name)
            value = values.get(name) or (next(iter(head.get(name, ())), "") if is_open(field) else "")
            if value:
                contacts.append((field.label, display(field.kind, value)))
        found.append(OfficeHead(policy.role(rule.role).label, unit.name, tuple(contacts), rule.clause))
    return tuple(found)


def unit_card(policy: EffectivePolicy, ground: SearchScope, unit: int) -> UnitCard | None:
    """Return the card of the unit; None if nothing of it is within reach."""
    row = Unit.get_or_none((Unit.id == unit) & (Unit.book == policy.book) & Unit.active)
    if row is None or not (
        ground.part_within(unit).arms or ground.part_within(unit).contacts or ground.arm_around(unit)
    ):
        return None
    values = contacts_of(unit)
    return UnitCard(
        path_of(unit),
        _head_within(ground, row),
        region_of(unit),
        tuple(
            (rule.label, display(rule.kind, values[rule.name]))
            for rule in policy.unit_fields
            if values.get(rule.name) and is_open(rule)
        ),
        ", ".join(dict.fromkeys(clause for rule in policy.unit_fields for clause in rule.clauses)),
    )


def _head_within(ground: SearchScope, unit: Unit) -> Text:
    """Name the head of ``unit``, if within reach, and whether for the time being."""
    head = head_of(unit)
    entry = Entry.get_by_id(head.entry) if head is not None else None
    if head is None or entry is None or ground.arm_around(entry.unit_id) is None:
        return ""
    return _("{name} (acting)", name=entry.name) if head.capacity == ACTING else str(entry.name)


def _office(book: str, role: str) -> Unit | None:
    """Return the unit of those who hold ``role`` in ``book``; of several the first one's."""
    row = (
        Entry.select(Entry.unit)
        .join(Account, on=(Account.person == Entry.person))
        .join(Grant, on=Grant.is_of())
        .where(
            (Entry.book == book)
            & (Entry.state == "active")
            & (Grant.role == role)
            & (Grant.book.is_null() | (Grant.book == book))
            & Grant.in_force()
        )
        .order_by(Grant.id)
        .first()
    )
    return Unit.get_by_id(row.unit_id) if row is not None else None


def _field(policy: EffectivePolicy, name: str) -> FieldRule:
    return next(rule for rule in (*policy.unit_fields, *policy.fields) if rule.name == name)


def facets_of(policy: EffectivePolicy, ground: SearchScope) -> tuple[Facet, ...]:
    """Return the facets of the book that have a value on ``ground``, the most frequent values first."""
    found = []
    for rule in policy.facets:
        if rule.by in ("unit", "side"):  # the tree, and the two sides of the book
            continue
        counts = values_of_facet(ground, rule.by)
        most = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES]
        values = tuple(
            FacetValue(f"{rule.by}={value}", label_of(policy, rule.by, value), counts[value])
            for value in most
        )
        if values:
            found.append(Facet(rule.by, values, rule.clause))
    return tuple(found)


def split_facets(policy: EffectivePolicy, ground: SearchScope, text: str) -> tuple[str, tuple[str, ...]]:
    """Split several words into the text still to search for and the facets that the other words name; the
    last word is always searched."""
    words = clean(text).split()
    if len(words) < 2 or not policy.facets:
        return text, ()
    by = [rule.by for rule in policy.facets if rule.by in ("region", "position")]
    left: list[str] = []
    facets: list[str] = []
    for word in words:
        facet = facet_named(policy, word) or next(
            (named for name in by if has_facet(ground, named := f"{name}={word}")), None
        )
        if facet is None:
            left.append(word)
        else:
            facets.append(facet)
    return " ".join(left or words[:1]), tuple(facets)


def as_recorded(text: str) -> str:
    """Return a question as the audit keeps it: a number of seven digits or more masked, another text cut at
    64 characters."""
    number = as_number(text)
    return masked_value("phone", number) if len(number) >= 7 else text.strip()[:64]


_OWN_PLACE = frozenset({"name", "position", "unit", "organisation", "inside_owner"})
"""Fields that a card shows in a place of their own."""


def _inhabited(permissions: Permissions, book: str, side: Side) -> bool:
    """Return whether anything of that side can be within reach at all."""
    ground = search_scope_of(permissions, book, side)
    condition, given = is_among("a.above_id", [arm.unit for arm in ground.arms])
    row = database.execute_sql(
        "SELECT 1 FROM unit_above a JOIN unit u ON u.id = a.unit_id"
        f" WHERE {condition} AND u.side = {database.param} LIMIT 1",
        (*given, side),
    ).fetchone()
    return row is not None or bool(ground.contacts) or bool(ground.entries and side == "internal")


def _counts(arms: Iterable[Arm], side: Side) -> Mapping[tuple[int, bool], int]:
    """Count the active entries of ``side`` in each of ``arms``, by its unit and whether it reaches below
    that; one without any is left out."""
    found: dict[tuple[int, bool], int] = {}
    for below, at, tables in (
        (True, "a.above_id", "unit_above a JOIN unit u ON u.id = a.unit_id JOIN entry e ON e.unit_id = u.id"),
        (False, "e.unit_id", "entry e JOIN unit u ON u.id = e.unit_id"),
    ):
        units = {arm.unit for arm in arms if arm.below == below}
        if not units:
            continue
        where, given = is_among(at, units)
        counted = f"SELECT {at}, COUNT(*) FROM {tables} WHERE {where} AND e.state = 'active' AND u.side = "
        rows = fetch(f"{counted}{database.param} GROUP BY {at}", (*given, side))
        found.update(((unit, below), count) for unit, count in rows)
    return found


def _deeper(parts: SearchScope, unit: int) -> bool:
    return any(arm.below or arm.unit != unit for arm in parts.arms) or any(
        place != unit for place in parts.contacts.values()
    )
