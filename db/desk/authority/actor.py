"""Who works at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.language import Language

Strength = Literal["full", "enrolling", "expired", "leaving", "pickup", "token"]
Front = Literal["ssh", "console", "host"]

NOT_SAID = "ssh HOST"
"""Begins a command of somebody who came by nothing that has a name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account. What it may do is read anew at every operation, never kept here.

    ``strength`` is what signing in reached: ``full``, or only enough to finish a first sign-in
    (``enrolling``), to replace a password past its age (``expired``), after the last day to hand copies
    back (``leaving``), for the one file of a pick-up code (``pickup``), or for a script's commands
    (``token``). ``ssh`` begins a plain
    command that is typed on the actor's own machine, as whoever let them in says it.
    """

    account: int
    login: str
    session: int
    source: str
    front: Front
    strength: Strength
    language: Language
    ssh: str = NOT_SAID
