"""The fields of every form that is handed in for decision, whatever it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from db.language import Text


@dataclass(frozen=True, slots=True)
class AskChoice:
    """A value that a field may have."""

    id: str
    label: Text


BLANK = AskChoice("", "–")
"""No value, where a field that is chosen may have none."""


@dataclass(frozen=True, slots=True)
class RequestField:
    """A field of a form. ``value`` is what the input starts with; ``now`` what of the record may be shown
    beside it, None where nothing is compared. ``covered``: what is on record is masked, and a blank input
    leaves it as it is. ``choices`` are all that it may have, where it is chosen and not typed.

    Where it stands for a field of the book: ``kinds`` of entry have it (none: all), and who may not set it is
    told by whom it is ``maintained_by``. A ``photo`` is a picture of the tray, by its number.
    """

    name: str
    label: Text
    value: str = ""
    now: Text | None = None
    hint: Text = ""
    choices: tuple[AskChoice, ...] = ()
    required: bool = False
    covered: bool = False
    editable: bool = True
    maintained_by: Text = ""
    kinds: tuple[str, ...] = ()
    photo: bool = False


def values_of(fields: tuple[RequestField, ...]) -> dict[str, str]:
    return {field.name: field.value for field in fields if field.editable}
