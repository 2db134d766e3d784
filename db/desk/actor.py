"""Who works at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.language import Language

Strength = Literal["full", "enrolling", "expired"]
Front = Literal["ssh", "console", "host"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account. What it may do is read anew at every operation, never kept here.

    ``strength`` is what signing in reached: ``full``, or only enough to finish a first sign-in
    (``enrolling``) or to replace a password past its age (``expired``).
    """

    account: int
    login: str
    session: int
    source: str
    front: Front
    strength: Strength
    language: Language
