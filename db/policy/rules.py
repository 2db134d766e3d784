"""The composed rules, as plain frozen values; each carries the citation that a person is shown.

A citation is clause IDs joined by ``", "`` (``"A.9, E.12"``), or ``"default"``; ``"own"`` stands last where
the clauses leave open how soon, how often or how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from db.language import Label, Message, Text
from db.policy.request_kinds import RequestKindName
from db.policy.schema.access import Overrides
from db.policy.schema.base import Rule
from db.policy.schema.book import Choice
from db.policy.vocabulary import (
    DEFAULT,
    Audience,
    DutyKind,
    EditedBy,
    PowerWord,
    Proof,
    Protected,
    Reach,
    Side,
    Start,
    ValueKind,
)


@dataclass(frozen=True, slots=True)
class FunctionRole:
    """The role that has a function over the book."""

    role: str
    clause: str


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """A regulation in force over a book, in the version that was composed; ``effective`` since (ISO).
    ``overrides``: it replaces rules of earlier ones. ``commencement``: it says itself since when.
    ``interpreter``: it says itself who interprets it, and no later one replaces that."""

    id: str
    version: str
    title: Label
    effective: str
    overrides: Overrides | None = None
    commencement: Rule | None = None
    interpreter: FunctionRole | None = None


@dataclass(frozen=True, slots=True)
class Displaced:
    """A rule of the earlier regulation ``policy`` that no longer holds, in whole or in part, ``by`` a clause
    of a later one. ``key`` is the policy file's, with the rule's own name after a dot."""

    policy: str
    key: str
    label: Label | None
    clause: str
    by: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of the book. ``visible_to`` empty: whoever has the entry in scope."""

    name: str
    label: Label
    kind: ValueKind
    required: bool
    protected: bool
    private: bool
    multiple: bool
    edited_by: EditedBy
    visible_to: tuple[str, ...]
    applies_to: tuple[str, ...]
    choices: tuple[Choice, ...]
    clauses: tuple[str, ...]
    consent: bool = False
    """Whether it is kept on the person's consent alone (PIPL 15)."""
    edited_clause: str = DEFAULT
    """Keeps new values to the maintainer, where ``edited_by`` says so."""
    required_clause: str = DEFAULT
    """Asks for a value, where ``required`` says so."""
    protected_clause: str = DEFAULT
    """Masks it, where ``protected`` says so."""
    visible_clause: str = DEFAULT
    """Keeps it to some, where ``visible_to`` says to whom."""


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """What a role sees of one side of the book, and for whom it may propose or maintain."""

    role: str
    side: Side
    reach: Reach
    protected: Protected
    propose: Reach
    maintain: Reach
    clause: str
    reach_clause: str
    """Ends with ``own`` where the clause asks for levels of sight and the organisation set this one."""
    terms_clause: str
    """Says how what is protected is seen, and for whom to propose or maintain."""

    @property
    def own_terms(self) -> bool:
        """Whether a clause says whom the role sees, but none on which terms."""
        return self.terms_clause == DEFAULT != self.reach_clause


@dataclass(frozen=True, slots=True)
class Step:
    """One decision in a flow, by a holder of ``role``."""

    role: str
    clause: str


@dataclass(frozen=True, slots=True)
class Need:
    """Whether something is asked for. True in a condition exactly when it is."""

    required: bool
    clause: str

    def __bool__(self) -> bool:
        return self.required


@dataclass(frozen=True, slots=True)
class SecondOf:
    """A kind of power that takes a second by a regulation."""

    power: PowerWord
    clause: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """The roles whose holders can be the second of an act, and what takes two by a regulation."""

    by: tuple[str, ...]
    clause: str
    of: tuple[SecondOf, ...]

    def need(self, power: str) -> Need:
        """Return whether an act of the kind ``power`` takes a second person by a regulation, and by which
        clause."""
        clause = next((one.clause for one in self.of if one.power == power), "")
        return Need(bool(clause), clause)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Working days, counted from the ``start`` date."""

    days: int
    start: Start
    clause: str


@dataclass(frozen=True, slots=True)
class Flow:
    """How a kind of request is decided. ``submit`` empty: whoever may propose for the entry; else
    ``submit_clause`` says who."""

    kind: RequestKindName
    steps: tuple[Step, ...]
    submit: tuple[str, ...]
    evidence: Need
    reason: Need
    deadline: Deadline | None
    announce: Need
    clause: str
    submit_clause: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must be present before a duty is completed."""

    what: Proof
    clause: str


@dataclass(frozen=True, slots=True)
class DutyRule:
    """A task with a clock of ``days`` working days from the ``start`` date."""

    kind: DutyKind
    days: int
    start: Start
    by: str
    requires: tuple[Requirement, ...]
    announce: tuple[Audience, ...]
    hands_out: bool
    remind_days: int
    escalate: str
    clause: str
    received_by: str = "maintainer"
    due_clause: str = DEFAULT
    """Sets the clock."""
    remind_clause: str = DEFAULT
    announce_clause: str = DEFAULT
    hands_out_clause: str = DEFAULT
    or_by: tuple[str, ...] = ()

    @property
    def doers(self) -> tuple[str, ...]:
        """The roles of which any may do it."""
        return (self.by, *self.or_by)


@dataclass(frozen=True, slots=True)
class UndertakingRule:
    """A text to accept, by the version of the regulation that asks for it."""

    policy: str
    version: str
    text: Label
    again_when_changed: bool
    clause: str
    again_clause: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a policy file or between several: where, which key, and why in words.
    ``warning``: it can be used nevertheless, and may not mean what its author meant."""

    line: int
    key: str
    message: Message
    path: str = ""
    warning: bool = False

    @property
    def where(self) -> str:
        """Return the key as people count, to begin a message with: ``"editions #1 due: "``."""
        if not self.key:
            return ""
        parts = self.key.split(".")
        return " ".join(f"#{int(part) + 1}" if part.isdigit() else part for part in parts) + ": "


class RuleText(NamedTuple):
    """One effective rule in words. ``key`` is the policy file's, with the rule's own name after a dot."""

    key: str
    text: Text
    clause: str
