"""What a reader sees of the fields of an entry within reach: labels, masks, and what may be revealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, NamedTuple

from db.desk.authority.permissions import GRANTED, Permissions, Protected, Reach
from db.desk.authority.reach import search_scope_of, wider_sight, widest_of
from db.desk.notation.localtime import local
from db.desk.notation.values import MASK, NUMBERS, display, masked_value
from db.language import LANGUAGES, Label, Text, _, say
from db.policy.private_roles import EMPLOYEE
from db.policy.rules import FieldRule
from db.policy.vocabulary import Side
from db.store.tables import Evidence

LISTED = ("extension", "phone", "mobile", "email")
"""Kinds of field that a line of a list has room for."""

WORDED = frozenset({"choice", "photo"})
"""Kinds of field whose values are drawn otherwise than they are kept, numbers aside."""

Look = Literal["open", "shown", "masked", "closed"]
"""Of a value: open to all who see the entry; protected and shown; masked until revealed with a purpose;
masked until an access request is granted."""


class Shown(NamedTuple):
    """A field as its reader sees it. ``texts`` are ready to be drawn; masked where ``look`` says so."""

    name: str
    label: Text
    kind: str
    texts: tuple[Text, ...]
    look: Look
    clauses: tuple[str, ...]

    @property
    def text(self) -> Text:
        return joined_texts(self.texts)


@dataclass(frozen=True, slots=True)
class FieldReader:
    """How one reader sees the fields of one entry."""

    protected: Protected
    """The widest sight of all reaches that cover the entry; it holds for fields that are kept to nobody."""
    roles: frozenset[tuple[str, Protected]] = frozenset()
    """Each role and relation whose own reach covers the entry, with its own sight."""
    own: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether protected values of somebody else are shown without being revealed."""
        return not self.own and "shown" in (self.protected, *(level for _role, level in self.roles))

    def masked_reader(self) -> FieldReader:
        """Return the same reader with protected values masked until they are revealed."""
        if not self.is_shown:
            return self
        return FieldReader(
            _capped(self.protected), frozenset((role, _capped(level)) for role, level in self.roles)
        )

    def field_sight(self, rule: FieldRule) -> Protected | None:
        """Return the widest sight of the roles that the field is kept to; None if none covers the entry."""
        if self.own:
            return "shown"
        if not rule.visible_to:
            return self.protected
        levels = [level for role, level in self.roles if role in rule.visible_to]
        return widest_of(levels) if levels else None

    def is_named_by(self, rule: FieldRule) -> bool:
        """Return whether the field is kept to some, and the reader is one of them."""
        held = {role for role, _level in self.roles} | ({"self"} if self.own else set())
        return not held.isdisjoint(rule.visible_to)

    def sees_field(self, rule: FieldRule) -> bool:
        """Return whether the field exists for the reader at all."""
        level = self.field_sight(rule)
        return level is not None and (level != "hidden" or not rule.protected)

    def field_look(self, rule: FieldRule) -> Look:
        """Return how the field's values look, if the reader sees it."""
        if not rule.protected:
            return "open"
        level = self.field_sight(rule)
        if level == "shown":
            return "shown"
        return "masked" if level == "reveal" else "closed"

    def shows_values(self, rule: FieldRule) -> bool:
        return self.sees_field(rule) and self.field_look(rule) in ("open", "shown")


NOBODY: Final = FieldReader("hidden")
"""Whoever has the entry out of reach: of what is shown to them all the same, they see the open fields."""


def reader_by(
    held: Iterable[tuple[str, Protected]], *, own: bool = False, unit: bool = False, peer: bool = False
) -> FieldReader:
    """Build the reader who holds the roles ``held``, each with its own sight. ``unit`` and ``peer``: the
    reader, as an employee, is in the same unit, or of the same kind, as the entry.

    A granted access is not named by any field. It lets the roles that cover the entry reveal what they see
    masked (A.13)."""
    roles: dict[str, Protected] = {}
    for role, level in held:
        roles[role] = wider_sight(roles.get(role), level)
    widest = widest_of(roles.values())
    employee = roles.get(EMPLOYEE)
    if employee is not None:
        roles |= {name: employee for name, holds in (("unit", unit), ("peer", peer)) if holds}
    if roles.pop(GRANTED, None) is not None:
        roles = {role: "reveal" if level == "masked" else level for role, level in roles.items()}
    return FieldReader(widest, frozenset(roles.items()), own)


class Sights:
    """How one reader sees the entries of one side of a book. Caches the reaches that cover a unit."""

    def __init__(self, permissions: Permissions, book: str, side: Side) -> None:
        self.ground = search_scope_of(permissions, book, side)
        self._own, self._own_unit = permissions.own.get(book, (0, 0))
        self._own_kind = permissions.own_kinds.get(book)
        self._by_entry: dict[int, list[Reach]] = {}
        self._by_place: list[Reach] = []
        for reach in permissions.reaches(book, side):
            if reach.entry is not None:
                self._by_entry.setdefault(reach.entry, []).append(reach)
            else:
                self._by_place.append(reach)
        self._covering: dict[int, list[Reach]] = {}
        self._readers: dict[tuple[int, str], FieldReader | None] = {}

    def field_reader(self, entry: int, unit: int, kind: str) -> FieldReader | None:
        """Return how the reader sees an entry; None where it is out of reach."""
        if entry == self._own or entry in self._by_entry:
            return self._reader(self.covering_reaches(entry, unit), entry, unit, kind)
        if (unit, kind) not in self._readers:
            self._readers[unit, kind] = self._reader(self.covering_reaches(entry, unit), entry, unit, kind)
        return self._readers[unit, kind]

    def covering_reaches(self, entry: int, unit: int) -> list[Reach]:
        if unit not in self._covering:
            self.ground.read_ancestors([unit])
            above = self.ground.above[unit]
            self._covering[unit] = [
                reach for reach in self._by_place
                if reach.unit == unit or (reach.below and reach.unit in above)
            ]  # fmt: skip
        return [*self._by_entry.get(entry, ()), *self._covering[unit]]

    def _reader(self, reaches: Sequence[Reach], entry: int, unit: int, kind: str) -> FieldReader | None:
        if not reaches:
            return None
        return reader_by(
            ((reach.role, reach.protected) for reach in reaches),
            own=entry == self._own,
            unit=unit == self._own_unit,
            peer=kind == self._own_kind,
        )


def sights_of(permissions: Permissions, book: str, side: Side) -> Sights:
    """Return how ``permissions`` sees one side of ``book``; kept for as long as nothing changes on record."""
    sights: Sights | None = permissions.derived.get((Sights, book, side))
    if sights is None:
        sights = permissions.derived[Sights, book, side] = Sights(permissions, book, side)
    return sights


def _capped(level: Protected) -> Protected:
    return "reveal" if level == "shown" else level


def visible_fields(
    rules: Iterable[FieldRule], values: Mapping[str, Sequence[str]], reader: FieldReader
) -> tuple[Shown, ...]:
    """Draw the fields that have a value and exist for the reader, in the policy's order."""
    return tuple(
        shown_field(rule, values[rule.name], reader)
        for rule in rules
        if values.get(rule.name) and reader.sees_field(rule)
    )


def shown_field(rule: FieldRule, values: Sequence[str], reader: FieldReader) -> Shown:
    """Draw ``values``, masked unless they are open to the reader; whether the field exists for them is not
    checked."""
    look = reader.field_look(rule)
    return Shown(
        rule.name,
        rule.label,
        rule.kind,
        tuple(map(value_drawer(rule, look), values)),
        look,
        rule.clauses,
    )


def value_drawer(rule: FieldRule, look: Look) -> Callable[[str], Text]:
    """Return a function that draws a value for its reader: covered, masked, or in words."""
    if look == "closed":
        return lambda _value: MASK
    if look == "masked":
        return partial(masked_value, rule.kind)
    if rule.kind in NUMBERS:
        return partial(display, rule.kind)
    return partial(in_words, rule) if rule.kind in WORDED else str


def joined_texts(texts: Sequence[Text], by: str = ", ") -> Text:
    """Return values side by side, in the reader's language where one of them is a word."""
    if all(isinstance(text, str) for text in texts):
        return by.join(map(str, texts))
    return Label(*(by.join(say(text, language) for text in texts) for language in LANGUAGES))


def in_words(rule: FieldRule, value: str) -> Text:
    """Draw a value in clear; a choice and a photo in the reader's language."""
    if rule.kind == "choice":
        return next((choice.label for choice in rule.choices if choice.id == value), value)
    return photo_of(value) if rule.kind == "photo" else display(rule.kind, value)


def photo_of(value: str) -> Text:
    """Return a photo's label, by the day on which it was sent: its number tells a reader nothing."""
    sent: Evidence | None = Evidence.get_or_none(Evidence.id == value)
    if sent is None:
        return display("photo", value)
    return _("photo of {day}", day=local(sent.added_at)[:10])
