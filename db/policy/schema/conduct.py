"""Breaches and merits: how they are reported, screened for, punished and praised."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from db.policy.schema.base import Id, Named, Role, Rule
from db.policy.vocabulary import Screen


class ReportingRule(Rule):
    """Where a leak or an error is reported; ``reply``: the reporter hears the outcome.

    ``days``: working days until a report is sorted out, an error answered. ``close_days``: until the case
    that came of it is closed."""

    KEY: ClassVar[tuple[str, ...]] = ("kind",)

    kind: Literal["incident", "error"]
    to: Role
    reply: bool = True
    days: int = Field(1, ge=0)
    close_days: int = Field(20, ge=1)


class CaseRule(Named):
    """A kind of case and who handles it."""

    to: Role = "supervisor"


class SanctionRule(Named):
    """A rung of the ladder; a larger ``severity`` is harsher."""

    severity: int = Field(ge=1)
    legal: bool = False
    """Taken to law: an evidence pack is made."""
    circulated: bool = False
    """Announced to the department of whom it strikes."""


CURRENCY = r"^[A-Z]{3}$"
"""How a currency is written, by ISO 4217."""


class FineRule(Rule):
    """A fine for each occurrence of a kind of case."""

    KEY: ClassVar[tuple[str, ...]] = ("case",)

    case: Id
    amount: int = Field(ge=1)
    currency: Annotated[str, StringConstraints(pattern=CURRENCY)] = "CNY"


class CommendationRule(Named):
    """Praise, for the units and people that come first in a ranking."""

    rank_by: tuple[Literal["timeliness", "accuracy"], ...] = ("timeliness", "accuracy")


class ScreeningRule(Rule):
    """Content that no entry may hold; refused on save and on import."""

    KEY: ClassVar[tuple[str, ...]] = ("what",)

    what: Screen
    words: tuple[str, ...] = ()
