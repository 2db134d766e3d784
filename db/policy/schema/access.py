"""Who holds which function, who sees what and for which purpose, and on what terms."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from db.language import Label
from db.policy.schema.base import (
    Clause,
    Holder,
    Id,
    NamedRule,
    Office,
    PolicyPart,
    Role,
    Rule,
    Stricter,
    Whom,
)
from db.policy.vocabulary import INSIDE_OWNER, Control, Level, Operation, PowerWord, Protected, Reach, Side


class Classification(Rule):
    """How confidential the book and its copies are; shown on every screen and copy."""

    level: Level
    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)


class RoleRule(NamedRule):
    """A role that the regulation speaks of."""


class FunctionRule(Rule):
    """The role that has a function: maintainer, supervisor, technical."""

    role: Holder


class AnsweringRule(FunctionRule):
    """The role that interprets the regulation, or owns the book; it may be whichever has a function."""

    role: Annotated[Id, Whom(functions=("maintainer", "supervisor", "technical"))]


class OwnerRule(AnsweringRule):
    """Who answers for the book; ``per_unit``: each unit has its own named owner too."""

    per_unit: bool = False


class DeputyRule(FunctionRule):
    """Who stands in for the owner; ``required``: the book can't be used before one is named."""

    required: bool = False


class StatedScope(Rule):
    """What a role sees and may do, counted from the person's own unit (or the unit of the grant)."""

    KEY: ClassVar[tuple[str, ...]] = ("role", "side")

    role: Annotated[Id, Whom(("head", "employee", INSIDE_OWNER))]
    side: Side | None = None
    """Only entries of this side; absent: both."""
    reach: Reach
    protected: Protected = "reveal"
    propose: Reach = "self"
    """For whose entries the role may propose changes."""
    maintain: Reach = "none"
    """For whose entries the role may act in the maintainer's place."""


class PurposeRule(NamedRule):
    """A purpose of a look-up. ``allowed = false`` in any regulation bans it."""

    allowed: Annotated[bool, Stricter.BOTH] = True


class LookupRule(Rule):
    """What a look-up of protected fields takes, and how long a granted access lasts (days)."""

    purpose: bool = True
    reason: bool = False
    grant_days: int = Field(default=30, ge=1)


class DenialRule(Rule):
    """Acts that a role may never do, whatever its other rights; ``everyone`` is any role."""

    KEY: ClassVar[tuple[str, ...]] = ("role", "operations")

    role: Annotated[Id, Whom(("head", "employee", INSIDE_OWNER, "everyone"))]
    operations: tuple[Operation, ...]


class RightsRule(Rule):
    """How rights are given: by whom, and withdrawn when unused (days). A second office agrees to each."""

    by: Role = "maintainer"
    alone: bool = False
    """Whether they fill offices alone, at once; all whom it concerns are told (D.3)."""
    unused_days: int = Field(default=90, ge=1)


class DisclosureRule(Rule):
    """Entries given to another department; silence within ``answer_days`` working days is a no."""

    by: Office = "maintainer"
    consent: bool = False
    answer_days: int = Field(default=3, ge=1)


TOKEN_DAYS = 90
"""How many days ahead a token ends at the most where no regulation says so."""


class CopiesRule(Rule):
    """Terms for every copy that leaves the book."""

    numbered: bool = False
    marked: bool = False
    acknowledge: bool = False
    no_forwarding: bool = False
    encrypted: bool = False
    """Whether whatever leaves as a file does so under a password."""
    no_contact_copy: bool = False
    """Whether nobody copies a number or an address from the screen, or lets a phone scan it."""
    no_pickup: bool = False
    """Whether files come and go by password and one-time code alone, never by a pick-up code."""
    token_days: int = Field(default=TOKEN_DAYS, ge=0)
    """How many days ahead a script's token may end at the most; 0: there are none."""


class PasswordRule(Rule):
    """Age and warning in days; ``history`` passwords may not come back. No age: no forced change."""

    max_age_days: int | None = Field(default=None, ge=1)
    warn_days: Annotated[int, Stricter.LARGER] = Field(default=14, ge=0)
    history: Annotated[int, Stricter.LARGER] = Field(default=0, ge=0)


class ResetRule(Rule):
    """How an owner who lost password or authenticator gets back (see `db.desk.accounts.resets`).

    Somebody of ``ask`` asks and a second office agrees (`SecondRule`). For who holds a ``privileged`` role it
    takes ``wait_hours`` more, and the second holds such a role too.
    """

    ask: Annotated[tuple[Role, ...], Stricter.BOTH] = ()
    privileged: tuple[Office, ...] = ()
    wait_hours: Annotated[int | None, Stricter.LARGER] = Field(default=None, ge=0)


class SecondRule(Rule):
    """Who can be the second of an act that takes two: whoever of ``by`` is of another office than who asks.

    ``of`` names kinds of power that take a second by this regulation, beyond the acts that always do; of
    ``"entry"`` that is what whoever keeps the book changes by themselves, too.
    """

    by: Annotated[tuple[Role, ...], Stricter.BOTH] = ()
    of: tuple[PowerWord, ...] = ()


class Undertaking(Rule):
    """A text each person accepts before first use, and again when it changes."""

    zh: str
    en: str
    again_when_changed: bool = True


class ControlRule(Rule):
    """A safeguard of the product that the regulation asks for."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: Control


class ClauseSummary(PolicyPart):
    """One clause in our own words."""

    clause: Clause
    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)


class Overrides(Rule):
    """The regulation replaces rules of earlier ones instead of being composed with them.

    Earlier: an earlier effective date, or the same date and an earlier place in the book's list.
    ``keys`` narrows it to these top-level keys; empty: every key the file states.
    """

    keys: tuple[str, ...] = ()
