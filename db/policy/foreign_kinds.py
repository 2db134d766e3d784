"""Kinds of entry that one regulation of a book doesn't know, and of which it asks for fields nevertheless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import Label, _, listed
from db.policy.effective import EffectivePolicy
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.base import cite

EVERYBODYS = frozenset({"name", "unit"})
"""Fields that an entry of any kind has."""


def find_asked_of_foreign_kinds(
    policy: EffectivePolicy, regulations: Sequence[Regulation], files: Sequence[PolicyFile]
) -> Iterator[Fault]:
    """Yield one warning for each regulation that requires fields of every kind of entry where another
    regulation brings kinds that the first doesn't know: no pupil has an e-mail address of the company's (C.7
    beside D.2). It names all such fields, except those that the other regulation states too."""
    for regulation, file in zip(regulations, files, strict=True):
        known = {kind.id for kind in file.kinds}
        foreign = [kind for kind in policy.kinds if known and kind.id not in known]
        stated = {
            field.name
            for other in files
            if other is not file and {kind.id for kind in foreign} & {kind.id for kind in other.kinds}
            for field in other.fields
        }
        asked = [
            field
            for field in file.fields
            if field.required and not field.applies_to and field.name not in stated | EVERYBODYS
        ]
        if not (foreign and asked):
            continue
        message = _(
            "{clause} asks for {fields} of every kind of entry, so of {kinds} too, of which that regulation "
            "doesn't know: none can be entered without. Name the kinds that have the field in applies_to.",
            clause=cite(*(field.clause for field in asked)),
            fields=listed(Label(field.zh, field.en) for field in asked),
            kinds=listed(kind.label for kind in foreign),
        )
        yield regulation.fault(message, "fields", file.fields.index(asked[0]), warning=True)
