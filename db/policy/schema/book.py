"""What a book holds and what is issued from it: kinds of entry, fields, categories, editions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from db.language import Label
from db.policy.schema.base import (
    TIME,
    Clause,
    FieldName,
    Id,
    NamedRule,
    Office,
    PolicyPart,
    Role,
    Rule,
    Text,
    Whom,
)
from db.policy.vocabulary import INSIDE_OWNER, RELATIONS, Cycle, EditedBy, Side, ValueKind, Weekday


class KindRule(NamedRule):
    """A kind of entry: full-time, intern, student, supplier…"""

    side: Side
    inside_owner: bool = False
    """An external contact of this kind names a colleague who answers for it."""
    office: Role | None = None
    """The role that comes with an entry of this kind, in its own unit."""


class Choice(PolicyPart):
    """One value of a field of kind ``choice``."""

    id: Id
    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)


Seer = Annotated[Id, Whom(("head", "employee", INSIDE_OWNER, "everyone", "person", *RELATIONS))]
"""Who sees a field: by a role, or by what they are to the entry."""


class StatedField(Rule):
    """A field as one regulation states it."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)

    name: FieldName
    zh: str
    en: str
    kind: ValueKind
    required: bool = False
    protected: bool = False
    private: bool = False
    """A matter of private life (birth date, home address), which another regulation may ban."""
    multiple: bool = False
    consent: bool = False
    """Whether it is kept on the person's consent alone, who takes it out by themselves (PIPL 15); never what
    is ``required``."""
    edited_by: EditedBy = "person"
    visible_to: tuple[Seer, ...] | None = None
    """Who may see it; absent: everyone whose scope has the entry, but of what is private the person and
    whoever keeps the book."""
    applies_to: tuple[str, ...] = ()
    """Kinds of entry that have it; empty: all."""
    choices: tuple[Choice, ...] = ()

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)


USUAL_RANK = 100
"""Rank of a tag that marks without putting first; untagged entries have it too."""


class CategoryRule(NamedRule):
    """A main category under which entries are kept and browsed."""

    kinds: tuple[Id, ...] = ()
    """The kinds of entry that it holds."""
    units: bool = False
    """It holds the contacts of the departments themselves."""


class UnitKindRule(NamedRule):
    """A kind of unit, such as headquarters or an office elsewhere, that editions tell apart."""


class PostRule(NamedRule):
    """A post that editions are made for; an entry with one of these position ``titles`` holds it."""

    titles: tuple[str, ...]


class FacetRule(Rule):
    """A property by which browsing and search can be narrowed."""

    KEY: ClassVar[tuple[str, ...]] = ("by",)

    by: Literal["unit", "position", "region", "category", "kind", "side", "tag"]


class TagRule(NamedRule):
    """A tag; entries with a smaller ``rank`` come first in lists and results."""

    rank: int = Field(default=USUAL_RANK, ge=1)


class HeaderRule(Rule):
    """Contacts of an office that stand at the head of the book."""

    KEY: ClassVar[tuple[str, ...]] = ("role",)

    role: Office
    fields: tuple[FieldName, ...]


class Selector(PolicyPart):
    """Who is in an edition: a rule over units and posts, so that no list is kept by hand."""

    everyone: bool = False
    units: tuple[Id, ...] = ()
    """Kinds of unit, such as ``headquarters`` or ``office``."""
    posts: tuple[Id, ...] = ()
    """Posts, such as ``division-director``."""
    roles: tuple[Annotated[Id, Whom(("head", "employee"))], ...] = ()
    tags: tuple[Id, ...] = ()


class Recipients(Selector):
    """Who receives an edition; nobody else may."""

    clause: Annotated[str, StringConstraints(min_length=1)]


class HandsOut(PolicyPart):
    """Columns of an edition that its recipients get whatever they may see otherwise, of everybody in it."""

    columns: tuple[FieldName, ...]
    clause: Clause


class IssueTime(Rule):
    """When an edition is due each cycle. Where that day is a holiday, the next working day counts."""

    weekday: Weekday | None = None
    """The cycle's first such day; absent: its first day."""
    time: Annotated[str, StringConstraints(pattern=TIME)]


class EditionRule(NamedRule):
    """An edition issued from the book."""

    include: Selector
    for_units: tuple[Id, ...] = ()
    """Kinds of unit the edition is meant for."""
    columns: tuple[FieldName, ...]
    headings: tuple[Text, ...] = ()
    """What the columns are called in it, one for each in their order; without it as the fields are."""
    order_by: tuple[FieldName, ...] = ("unit",)
    hands_out: tuple[HandsOut, ...] = ()
    """What goes beyond its recipients' sight; of everything else they get what they may see."""
    recipients: Recipients
    every: Cycle
    due: IssueTime
    numbered: bool = True
    marked: bool = True
    acknowledge: bool = True
    record: bool = True
    """Every issue is kept, sealed, with its digest."""
    both_languages: bool = False
    """Copies are in both languages; else each is in its recipient's."""


class WhoseNumber(PolicyPart):
    """Which fields say who answers at the values of ``number``: the first name at the first, and so on."""

    number: FieldName
    names: tuple[FieldName, ...]


class EmergencyRule(Rule):
    """The emergency call list: numbers in calling order, each attempt and outcome noted."""

    fields: tuple[FieldName, ...]
    whose: tuple[WhoseNumber, ...] = ()
    note_attempts: bool = True


class SyncRule(Rule):
    """A system outside that is kept in step with the book."""

    KEY: ClassVar[tuple[str, ...]] = ("system",)

    system: Literal["wecom"]
    fields: tuple[FieldName, ...]
    on: tuple[Literal["join", "change", "leave"], ...]
