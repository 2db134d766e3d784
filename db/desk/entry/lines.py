"""The line that a list shows of an entry: written beside its search keys, read again in one piece.

What is open stands joined by U+001F, which no value can hold: name, position, unit, the unit's name,
kind, organisation, tags, then field names and values in turn. What is protected is sealed, in the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from db.desk.authority.permissions import Permissions, Protected
from db.desk.authority.reach import SearchScope, wider_sight
from db.desk.authority.sight import LISTED, FieldReader, Look, Shown, sights_of, value_drawer
from db.language import Text
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.schema.book import USUAL_RANK
from db.policy.vocabulary import Side
from db.store.engine import store
from db.store.sealing import opener
from db.store.searchkeys import entry_of
from db.store.tables import SearchLine

JOINT = "\x1f"
UNIT = 2
LineHead = tuple[str, str, int, str, str, str, str]


class FoundLine(NamedTuple):
    """A line as it is on record, and the sight of its protected fields where it was found."""

    line: int
    protected: Protected
    content: str
    sealed: bytes | None

    @property
    def unit(self) -> int:
        return int(self.content.split(JOINT, UNIT + 1)[UNIT])


class EntryLine(NamedTuple):
    """An entry as a line of a list; ``fields`` are its numbers and addresses, masked where protected."""

    entry: int
    name: str
    position: str
    unit: int
    unit_name: str
    kind: str
    organisation: str
    own: bool
    fields: tuple[Shown, ...]
    tags: tuple[str, ...] = ()
    first: bool = False
    """Whether one of the tags puts it before others."""
    marks: tuple[Text, ...] = ()
    """What stands behind the name: that the person heads a unit, deputises, or leaves on a day."""

    def text(self, *kinds: str) -> str:
        """Return the value of the first field of one of ``kinds``, or nothing."""
        for kind in kinds:
            for field in self.fields:
                if field.kind == kind:
                    return str(field.texts[0])
        return ""


def line_parts(
    policy: EffectivePolicy,
    head: LineHead,
    values: Mapping[str, Sequence[str]],
) -> tuple[str, str]:
    """Compose the open and the protected parts of a stored line. ``head``: name, position, unit, its name,
    kind, organisation, tags joined by blanks. Of a field with several values the first is taken."""
    shown: list[str] = [str(part) for part in head]
    hidden: list[str] = []
    for rule in listed_rules(policy):
        value = next(iter(values.get(rule.name, ())), "")
        if value:
            shown += (rule.name, "" if rule.protected else value)
            hidden += (rule.name, value) if rule.protected else ()
    return JOINT.join(shown), JOINT.join(hidden)


def listed_rules(policy: EffectivePolicy) -> tuple[FieldRule, ...]:
    return tuple(rule for rule in policy.fields if rule.kind in LISTED)


def lines_of(
    permissions: Permissions, book: str, ground: SearchScope, found: Sequence[FoundLine]
) -> tuple[EntryLine, ...]:
    """Return the list lines of ``found``, in the same order, as far as the reader sees them; what is needed
    to draw them is cached in ``permissions``."""
    if not found:
        return ()
    finer: Mapping[int, Protected] = {}
    if ground.finer:
        finer = ground.sights(one.unit for one in found)
    drawing: _Drawing | None = permissions.derived.get((_Drawing, book, ground.side))
    if drawing is None:
        made = _Drawing(permissions, permissions.policy(book), ground.side)
        drawing = permissions.derived[_Drawing, book, ground.side] = made
    return tuple([drawing.line(*one, finer) for one in found])


class _Field(NamedTuple):
    """How one field is drawn for one kind of sight."""

    name: str
    label: Text
    kind: str
    draw: Callable[[str], Text]
    look: Look
    clauses: tuple[str, ...]


class _Drawing:
    """How lines of one side of a book are drawn for one reader: worked out once for each kind of sight."""

    def __init__(self, permissions: Permissions, policy: EffectivePolicy, side: Side) -> None:
        self._rules = listed_rules(policy)
        self._own = permissions.own.get(policy.book, (0, 0))[0]
        self._sights = sights_of(permissions, policy.book, side)
        self._related = any(rule.visible_to for rule in self._rules)
        self._readers: dict[tuple[Protected, bool], FieldReader] = {}
        self._plans: dict[FieldReader, tuple[list[_Field], bool]] = {}
        self._first = {rule.id for rule in policy.tags if rule.rank < USUAL_RANK}
        self._open = opener(store().keys)

    def line(
        self,
        number: int,
        protected: Protected,
        content: str,
        sealed: bytes | None,
        finer: Mapping[int, Protected],
    ) -> EntryLine:
        name, position, place, unit_name, kind, organisation, tags, *given = content.split(JOINT)
        entry, unit = entry_of(number), int(place)
        own = entry == self._own
        if unit in finer:
            protected = wider_sight(protected, finer[unit])
        reader = self._sights.field_reader(entry, unit, kind) if self._related else None
        if reader is None:
            reader = self._readers.get((protected, own)) or self._reader(protected, own)
        plan, opens = self._plans.get(reader) or self._plan(reader)
        pairs = iter(given)
        values = dict(zip(pairs, pairs, strict=True))
        if opens and sealed is not None:
            pairs = iter(self._open(SearchLine.sealed.place(number), sealed).decode("utf-8").split(JOINT))
            values.update(zip(pairs, pairs, strict=True))
        fields = [
            Shown(field, label, sort, (draw(values[field]),), look, clauses)
            for field, label, sort, draw, look, clauses in plan
            if field in values
        ]
        carried = tuple(tags.split())
        return EntryLine(
            entry, name, position, unit, unit_name, kind, organisation, own, tuple(fields), carried,
            not self._first.isdisjoint(carried),
        )  # fmt: skip

    def _reader(self, protected: Protected, own: bool) -> FieldReader:
        """Return the cached reader for lines in which no field is kept to anybody, for whom the widest sight
        is enough."""
        found = self._readers[protected, own] = FieldReader(protected, own=own)
        return found

    def _plan(self, towards: FieldReader) -> tuple[list[_Field], bool]:
        """Return the fields that are seen, and whether anything sealed must be decrypted for them; cached.
        Protected values of others are masked in a list: a card shows and counts them
        (`db.desk.disclosure_limits`)."""
        reader = towards.masked_reader()
        looks = [(rule, reader.field_look(rule)) for rule in self._rules if reader.sees_field(rule)]
        plan = [
            _Field(rule.name, rule.label, rule.kind, value_drawer(rule, look), look, rule.clauses)
            for rule, look in looks
        ]
        opens = any(look in ("masked", "shown") for _rule, look in looks)
        found = self._plans[towards] = plan, opens
        return found
