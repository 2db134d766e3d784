"""A request to be written, as plain values: its fields, who will decide by when, what has to be handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from db.desk.clockwork import Due
from db.desk.requests.change_form import Asks, FlowStep
from db.language import Label, Text

FieldKind = Literal["text", "choice", "date"]


@dataclass(frozen=True, slots=True)
class AskChoice:
    """A value that a field may have."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class AskField:
    """A field of the form. ``value`` is what the input starts with, ``now`` what is on record; ``choices``
    of a field of kind ``choice`` are all it may have."""

    name: str
    label: Text
    kind: FieldKind = "text"
    value: str = ""
    now: str = ""
    hint: Text = ""
    choices: tuple[AskChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """What happens once it is handed in."""

    steps: tuple[FlowStep, ...]
    due: Due | None
    due_days: int | None
    reason: Asks
    evidence: Asks
    clause: str


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
    """Everything that the form shows. ``amends`` is the returned request that is written anew, ``comment``
    what it came back with, ``evidence`` what was attached then. ``report``: whether the day since which it
    is so is asked for, and by which clause; ``report_days`` is within how many working days."""

    offer: OfferView
    fields: tuple[AskField, ...]
    way: Way
    report: Asks
    report_days: int = 0
    amends: int | None = None
    comment: str = ""
    reason: str = ""
    evidence: tuple[str, ...] = ()
    changed_on: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
