"""The forms for joining, moving and leaving, as plain values, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from db.desk.lifecycle.closing import Ending
from db.desk.lifecycle.event_route import EventRoute
from db.desk.lifecycle.typed import fields_of
from db.desk.refusal import SILENT, Invalid, Problem
from db.desk.requests.ask_fields import AskChoice, RequestField
from db.desk.requests.change_form import choices_of, typed_values
from db.desk.requests.request_kinds import is_of_pupils
from db.desk.requests.route_preview import ReturnedDraft
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import Side
from db.store.searchkeys import fold_text, initials_of, pinyin_of


@dataclass(frozen=True, slots=True)
class JoinAsked:
    """A joiner as typed. ``values`` by field; ``expected`` is the entry that waits to be completed;
    ``person`` somebody who is on record already; days are ISO."""

    book: str
    kind: str
    unit: int | None
    joined: str
    values: Mapping[str, str]
    reason: str = ""
    evidence: Sequence[str] = ()
    expected: int | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class MoveAsked:
    """A move as typed: to which unit and position, as of which day, and of which kind they are then, blank as
    before. ``version`` is the form's."""

    entry: int
    version: int
    unit: int
    position: str
    day: str
    reason: str = ""
    evidence: Sequence[str] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    """A leaver as typed: the last day, and the colleague who answers for their outside contacts from then on
    (a name, or name/department). ``everywhere``: it is the organisation that they leave. ``stays``: a leave
    that was approved is called off."""

    entry: int
    day: str
    reason: str = ""
    evidence: Sequence[str] = ()
    successor: str = ""
    everywhere: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit to choose, by its path below the root. ``divided``: others stand below it."""

    id: int
    name: str
    path: str
    divided: bool


def units_called(units: Sequence[UnitChoice], typed: str) -> list[UnitChoice]:
    """Return units with ``typed`` in their written path or its initials; if there is none, in its pinyin, for
    which a dictionary of 52 MB is loaded."""
    wanted = fold_text(typed)
    found = [one for one in units if wanted in fold_text(one.path) or wanted in initials_of(one.path)]
    if found or not wanted.isascii():
        return found
    return [one for one in units if any(wanted in text for text in pinyin_of(one.path))]


UNIT, JOINED, KIND, POSITION, DAY, SUCCESSOR = "unit", "joined", "kind", "position", "day", "successor"
LEAVES, ORGANISATION, DIRECTORY, STAYS = "leaves", "organisation", "directory", "nothing"
"""Fields of these forms besides those of the book."""
COLLEAGUE = _("a colleague: name, or name/department")


def kinds_of(policy: EffectivePolicy, side: Side) -> tuple[AskChoice, ...]:
    """Return the kinds of entry on ``side`` of the book."""
    return tuple(AskChoice(kind.id, kind.label) for kind in policy.kinds if kind.side == side)


@dataclass(frozen=True, slots=True)
class JoinForm:
    """The form of a joiner, a colleague or an outside contact by its ``side``. ``unit`` and the ``fields``,
    place, day and kind of entry among them, start as they are on record, where anything is."""

    route: EventRoute
    side: Side
    kind: str
    units: tuple[UnitChoice, ...]
    unit: int | None
    fields: tuple[RequestField, ...]
    expected: int | None = None
    person: int | None = None
    may_wait: bool = True
    """Whether a task would remind of somebody who is kept waiting."""
    amends: ReturnedDraft | None = None

    @property
    def values(self) -> tuple[RequestField, ...]:
        return tuple(field for field in self.fields if field.name not in (UNIT, JOINED, KIND))

    def request_of(
        self, typed: Mapping[str, str], reason: str, evidence: Sequence[str], person: int | None
    ) -> JoinAsked:
        """Read what was ``typed``, by field; fields of another kind of entry are dropped. Raises Invalid for
        a unit that is none of these."""
        kind = typed.get(KIND) or self.kind
        fitting = [field.name for field in self.values if not field.kinds or kind in field.kinds]
        return JoinAsked(
            book=self.route.book,
            kind=kind,
            unit=_unit_named(self.units, typed[UNIT]),
            joined=typed[JOINED],
            values={name: typed[name] for name in fitting},
            reason=reason,
            evidence=evidence,
            expected=self.expected,
            person=person,
        )


@dataclass(frozen=True, slots=True)
class MoveForm:
    route: EventRoute
    entry: int
    version: int
    name: str
    unit_name: str
    fields: tuple[RequestField, ...]
    """Place and day; the position where a regulation asks for positions, or this person has one; the kind of
    entry where the book has several."""
    units: tuple[UnitChoice, ...]
    to_unit: int
    copies: int
    amends: ReturnedDraft | None = None

    def request_of(self, typed: Mapping[str, str], reason: str, evidence: Sequence[str]) -> MoveAsked:
        """Read what was ``typed``, by field. Raises Invalid for a unit that is none of these."""
        return MoveAsked(
            entry=self.entry,
            version=self.version,
            unit=_unit_named(self.units, typed[UNIT]) or 0,
            position=typed.get(POSITION, ""),
            day=typed[DAY],
            reason=reason,
            evidence=evidence,
            kind=typed.get(KIND, ""),
        )


@dataclass(frozen=True, slots=True)
class LeaveForm:
    """The form of a leaver: what ends with the entry, and the copies to hand back. ``entered_in`` is the
    directory in which it is entered that they leave the organisation, where this one alone is left here."""

    route: EventRoute
    entry: int
    name: str
    unit_name: str
    fields: tuple[RequestField, ...]
    """The last day; where there is more of the person in other books, whether they leave the organisation or
    this book alone; where they have outside contacts, who is to answer for them."""
    ending: Ending
    copies: tuple[str, ...]
    entered_in: Text = ""
    amends: ReturnedDraft | None = None

    def request_of(self, typed: Mapping[str, str], reason: str, evidence: Sequence[str]) -> LeaveAsked:
        leaves = typed.get(LEAVES)
        return LeaveAsked(
            self.entry, typed[DAY], reason, evidence, typed.get(SUCCESSOR, ""),
            everywhere=leaves == ORGANISATION, stays=leaves == STAYS,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Namesake:
    """Somebody on record by that name: in another book, or archived when they left this one."""

    person: int
    name: str
    book_label: Label
    unit: str
    left: str | None = None
    archive: int | None = None


@dataclass(frozen=True, slots=True)
class FoundArchive:
    """What an archive holds, as one would type it."""

    archive: int
    person: int
    kind: str
    values: Mapping[str, str] = field(repr=False)


def _unit_named(units: Sequence[UnitChoice], text: str) -> int | None:
    """Return the unit that is written by its number, its name or its path; None for nothing. Raises Invalid
    for a name that none of ``units`` has, or several; a number is looked at once it is submitted."""
    wanted = text.strip()
    if not wanted or (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        return int(wanted) if wanted else None
    written = [one for one in units if wanted in (one.path, one.path.replace(" / ", "/"))]
    found = written or [one for one in units if one.name == wanted]
    if len(found) == 1:
        return found[0].id
    several = _("There are several of that name; write the path, as in 研发中心/研发一部.")
    raise Invalid(Problem(UNIT, several if found else _("There is no such unit in this directory.")))


def unit_field(
    label: Text, units: Sequence[UnitChoice], unit: int | None, now: Text | None = None
) -> RequestField:
    choices = tuple(AskChoice(str(one.id), one.path) for one in units)
    return RequestField(UNIT, label, value=str(unit or ""), now=now, choices=choices, required=True)


def fields_asked(
    policy: EffectivePolicy, side: Side, values: Mapping[str, tuple[str, ...]]
) -> tuple[RequestField, ...]:
    """Return every field that one types for a joiner of any kind of ``side``, each once, the name first; of
    pupils no position, which no regulation gives them."""
    pupils = is_of_pupils(policy.book, "join")
    kinds = [kind for kind in policy.kinds if kind.side == side]
    wanted = {rule.name for kind in kinds for rule in fields_of(policy, kind.id)}
    return tuple(
        RequestField(
            name=rule.name,
            label=rule.label,
            value=typed_values(rule, values.get(rule.name, ())),
            hint=_hint(rule),
            choices=choices_of(rule, blank=not values.get(rule.name)),
            required=rule.required,
            kinds=rule.applies_to,
        )
        for rule in sorted(policy.fields, key=lambda rule: rule.name != "name")
        if rule.name in wanted and not (pupils and rule.name == "position" and set(rule.clauses) == {SILENT})
    )


def _hint(rule: FieldRule) -> Text:
    if rule.kind == "person":
        return COLLEAGUE
    return _("several: put ; between them") if rule.multiple else ""
