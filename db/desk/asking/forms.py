"""A request to be written, as plain values: its fields, who will decide by when, what has to be handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.desk.requests.way import Amended, Way
from db.language import Label, Text

FieldKind = Literal["text", "choice", "date"]


@dataclass(frozen=True, slots=True)
class AskChoice:
    """A value that a field may have."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class AskField:
    """A field of the form. ``value`` is what the input starts with; ``now`` what is on record, None where
    nothing is compared; ``choices`` of a field of kind ``choice`` are all it may have."""

    name: str
    label: Text
    kind: FieldKind = "text"
    value: str = ""
    now: str | None = None
    hint: Text = ""
    choices: tuple[AskChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferView:
    """Something that the actor may ask for in a book."""

    id: str
    kind: str
    label: Text
    help: Text
    book: str
    book_label: Label
    clause: str


@dataclass(frozen=True, slots=True)
class AskForm:
    """Everything that the form shows. ``amends`` is the returned request that is written anew."""

    offer: OfferView
    fields: tuple[AskField, ...]
    way: Way
    amends: Amended | None = None
