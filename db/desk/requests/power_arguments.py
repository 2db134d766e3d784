"""The arguments of an operation that was put off, as JSON and back, by the types that its signature says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from db.desk.frame import METHODS
from db.desk.power.declaration import Asked

SECRET = frozenset({"activation", "digest"})
"""Digests of codes: whoever is told of an act is not told these."""
LONGEST = 80
"""Characters of an argument that is told."""


def as_json(operation: str, asked: Asked) -> dict[str, Any]:
    return {name: _adapter(operation, name).dump_python(one, mode="json") for name, one in asked.items()}


def from_json(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Read the arguments that `as_json` wrote. Raises pydantic's ValidationError for what the signature does
    not take."""
    return {name: _adapter(operation, name).validate_python(one) for name, one in arguments.items()}


NAMED = frozenset({"policies"})
"""Lists that are told, of names that are on record."""


def to_be_told(operation: str, asked: Asked) -> dict[str, Any]:
    """Return those arguments that the notified may read: numbers, days and words; of lists only `NAMED`, and
    no files."""
    short = {
        name: one
        for name, one in asked.items()
        if name in NAMED
        or (name not in SECRET and isinstance(one, int | date | None | str) and len(str(one)) <= LONGEST)
    }
    return as_json(operation, short)


@cache
def _adapter(operation: str, name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(METHODS[operation])[name])
