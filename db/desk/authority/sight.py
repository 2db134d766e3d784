"""What a reader sees of the fields of an entry within reach: labels, masks, and what may be revealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, NamedTuple

from db.desk.authority.standing import Protected, Standing
from db.desk.notation.localtime import local
from db.desk.notation.values import MASK, NUMBERS, display, masked
from db.language import LANGUAGES, Label, Text, _, say
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import INSIDE_OWNER
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
        """All values on one line."""
        return joined(self.texts)


@dataclass(frozen=True, slots=True)
class Reader:
    """What matters of a reader for the fields of one entry."""

    protected: Protected
    relations: frozenset[str]
    """Roles held in the book, and ``self``, ``unit``, ``peer``, ``inside-owner`` where they hold towards the
    entry."""

    @property
    def is_shown(self) -> bool:
        """Whether protected values of somebody else are shown without being revealed."""
        return self.protected == "shown" and "self" not in self.relations

    def covered(self) -> Reader:
        """The same reader with protected values masked until they are revealed."""
        return replace(self, protected="reveal") if self.is_shown else self

    def sees(self, rule: FieldRule) -> bool:
        """Whether the field exists for the reader at all."""
        if "self" in self.relations:
            return True
        if rule.protected and self.protected == "hidden":
            return False
        return not rule.visible_to or not self.relations.isdisjoint(rule.visible_to)

    def look(self, rule: FieldRule) -> Look:
        """How the field's values look, if the reader sees it."""
        if not rule.protected:
            return "open"
        if "self" in self.relations or self.protected == "shown":
            return "shown"
        return "masked" if self.protected == "reveal" else "closed"


def relations(
    standing: Standing, policy: EffectivePolicy, *, entry: int, unit: int, kind: str, own_kind: str | None
) -> frozenset[str]:
    """The reader's roles in the book and relations to an entry."""
    found = set(standing.roles(policy.book))
    own = standing.own.get(policy.book)
    if own is not None:
        found.update(
            name
            for name, holds in (
                ("self", own[0] == entry),
                ("unit", own[1] == unit),
                ("peer", own_kind == kind),
            )
            if holds
        )
    if entry in standing.answers_for.get(policy.book, ()):
        found.add(INSIDE_OWNER)
    return frozenset(found)


def seen(
    rules: Iterable[FieldRule], values: Mapping[str, Sequence[str]], reader: Reader
) -> tuple[Shown, ...]:
    """The fields that have a value and exist for the reader, in the policy's order."""
    return tuple(
        shown(rule, values[rule.name], reader)
        for rule in rules
        if values.get(rule.name) and reader.sees(rule)
    )


def shown(rule: FieldRule, values: Sequence[str], reader: Reader) -> Shown:
    """One field with ``values``, which are masked unless they are open to the reader."""
    look = reader.look(rule)
    return Shown(
        rule.name,
        rule.label,
        rule.kind,
        tuple(map(drawer(rule, look), values)),
        look,
        rule.clauses,
    )


def drawer(rule: FieldRule, look: Look) -> Callable[[str], Text]:
    """What makes of a value of ``rule``'s field what its reader sees."""
    if look == "closed":
        return lambda _value: MASK
    if look == "masked":
        return partial(masked, rule.kind)
    if rule.kind in NUMBERS:
        return partial(display, rule.kind)
    return partial(in_words, rule) if rule.kind in WORDED else str


def joined(texts: Sequence[Text], by: str = ", ") -> Text:
    """Values side by side, in the reader's language where one of them is a word."""
    if all(isinstance(text, str) for text in texts):
        return by.join(map(str, texts))
    return Label(*(by.join(say(text, language) for text in texts) for language in LANGUAGES))


def in_words(rule: FieldRule, value: str) -> Text:
    """A value as a person reads it; a choice and a photo in the reader's language."""
    if rule.kind == "choice":
        return next((choice.label for choice in rule.choices if choice.id == value), value)
    return photo_of(value) if rule.kind == "photo" else display(rule.kind, value)


def photo_of(value: str) -> Text:
    """A photo in words: the day on which it was sent tells one from another, its number does not."""
    sent: Evidence | None = Evidence.get_or_none(Evidence.id == value)
    if sent is None:
        return display("photo", value)
    return _("photo of {day}", day=local(sent.added_at)[:10])


def covered_fields(policy: EffectivePolicy, numbers: bool) -> tuple[str, ...]:
    """Protected fields, of numbers or of other things, by which whoever may reveal them may also search."""
    return tuple(
        rule.name
        for rule in policy.fields
        if rule.protected and not rule.visible_to and (rule.kind in NUMBERS) == numbers
    )
