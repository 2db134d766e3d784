"""Persons in what is told to many: on record by number, and by name when it is read, so that nobody who was
erased is named there. Not an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.language import Text, _
from db.store.tables import Person

KEY = "person"
OPERATOR = "host"
"""The login of the account as which the host's operator acts, who is no person."""


def actor_name(name: str) -> Text:
    """Return what an actor is called to people: the recorded name, or for the host's operator words."""
    return _("the host's operator") if name == OPERATOR else name


def by_number(person: int) -> dict[str, int]:
    """Return ``person`` in the form in which notices and records keep them, ``{KEY: person}``, which
    `with_names` turns into a name."""
    return {KEY: person}


def with_names(told: Any) -> Any:
    """Return ``told`` with names for the people numbered in it; of erased ones the number stays."""
    if isinstance(told, Mapping):
        if told.keys() == {KEY}:
            return Person.get_by_id(told[KEY]).name
        return {name: with_names(one) for name, one in told.items()}
    if isinstance(told, list):
        return [with_names(one) for one in told]
    return told
