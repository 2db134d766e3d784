"""Breaches and merits: how they are reported, screened for, punished and praised."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from db.policy.schema.base import Id, NamedRule, Roles, Rule, Stricter
from db.policy.vocabulary import MANAGEMENT, Screen


class ReportingRule(Rule):
    """Where a leak or an error is reported, one office or several; ``reply``: the reporter hears the outcome.

    ``days``: working days until a report is sorted out, an error answered. ``close_days``: until the case
    that came of it is closed."""

    KEY: ClassVar[tuple[str, ...]] = ("kind",)

    kind: Literal["incident", "error"]
    to: Roles
    reply: bool = True
    days: int = Field(1, ge=0)
    close_days: int = Field(20, ge=1)


class CaseRule(NamedRule):
    """A kind of case and who handles it; those of several regulations each in their own step."""

    to: Roles = ("supervisor",)


class DisciplineRule(Rule):
    """Who decides what follows from a breach. Whoever investigated it neither judges nor sanctions it."""

    judge: Roles = ("supervisor",)
    """Whether it was one; of several regulations each judge by itself, and what one of them finds stands."""
    management: Roles = MANAGEMENT
    """What follows from it, by one of these, who did not judge it; the lowest first: an appeal is decided by
    none below who decided."""
    second_from: int = Field(50, ge=1)
    """From a rung of this severity on a second person of the management confirms it."""
    further: bool = False
    """Whether a sanction that the ladder doesn't name may be written, with a second person in any case."""
    elsewhere: Roles = ()
    """To whom a report goes that names all those who usually handle it, before whoever keeps the book."""
    hearing_days: Annotated[int, Stricter.LARGER] = Field(3, ge=1)
    """Working days in which whoever it is about may speak before the sanction."""
    appeal_days: Annotated[int, Stricter.LARGER] = Field(10, ge=1)
    """Working days from the decision on in which the person concerned may appeal."""
    hear_days: int = Field(10, ge=1)
    """Working days until an appeal is decided."""


class SanctionRule(NamedRule):
    """A rung of the ladder; a larger ``severity`` is harsher."""

    severity: int = Field(ge=1)
    legal: bool = False
    """Taken to law: an evidence pack is made."""
    circulated: bool = False
    """Announced to others once nobody can appeal against it any more."""
    reach: Literal["unit", "book"] = "unit"
    """To the department of whom it strikes, or to everybody of the book."""


CURRENCY = r"^[A-Z]{3}$"
"""How a currency is written, by ISO 4217."""


class FineRule(Rule):
    """A fine for each occurrence of a kind of case."""

    KEY: ClassVar[tuple[str, ...]] = ("case",)

    case: Id
    amount: int = Field(ge=1)
    currency: Annotated[str, StringConstraints(pattern=CURRENCY)] = "CNY"


class CommendationRule(NamedRule):
    """Praise, for the units and people that come first in a ranking."""

    rank_by: tuple[Literal["timeliness", "accuracy"], ...] = ("timeliness", "accuracy")


class ScreeningRule(Rule):
    """Content that no entry may hold; refused on save and on import."""

    KEY: ClassVar[tuple[str, ...]] = ("what",)

    what: Screen
    words: tuple[str, ...] = ()
