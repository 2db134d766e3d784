"""What has to be done, by whom and by when: request flows, duties, reviews, notices, upkeep."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from db.language import Label
from db.policy.schema.access import ClauseSummary
from db.policy.schema.base import (
    Clause,
    Id,
    NamedRule,
    Office,
    PolicyPart,
    Role,
    Rule,
    Stricter,
    Text,
    Whom,
)
from db.policy.vocabulary import (
    Audience,
    Check,
    Cycle,
    Passing,
    Proof,
    ReviewKind,
    ReviewOf,
    Start,
    Verdict,
    Watch,
)

Doer = Annotated[Id, Whom(("head", "person"))]
"""Who does something, which may be the person concerned."""


class StatedStep(PolicyPart):
    """An approval step; without a clause of its own it stands under the flow's."""

    role: Role
    clause: Clause | None = None


class StatedNeed(PolicyPart):
    """Whether something is asked for, as ``true`` or as ``{ required = true, clause = "…" }``."""

    required: bool
    clause: Clause | None = None


class StatedDeadline(PolicyPart):
    """Working days from a date: ``{ days = 3, from = "report" }``."""

    days: int = Field(ge=0)
    start: Start = Field(alias="from")
    clause: Clause | None = None


class StatedProof(PolicyPart):
    """Something that must be present, as its word or as ``{ what = "…", clause = "…" }``."""

    what: Proof
    clause: Clause | None = None


def _step(value: object) -> object:
    return {"role": value} if isinstance(value, str) else value


def _need(value: object) -> object:
    return {"required": value} if isinstance(value, bool) else value


def _proof(value: object) -> object:
    return {"what": value} if isinstance(value, str) else value


StepText = Annotated[StatedStep, BeforeValidator(_step)]
NeedText = Annotated[StatedNeed, BeforeValidator(_need)]
ProofText = Annotated[StatedProof, BeforeValidator(_proof)]


class StatedFlow(Rule):
    """How a kind of request is decided. What is left out is left to other regulations or the default."""

    steps: tuple[StepText, ...] = ()
    to: StepText | None = None
    """Whom one applies to, where the regulation leaves open whether others decide too."""
    submit: tuple[Annotated[Id, Whom(("head", "employee"))], ...] = ()
    """Roles that may submit it; empty: whoever may propose for the entry."""
    evidence: NeedText | None = None
    reason: NeedText | None = None
    deadline: StatedDeadline | None = None
    announce: NeedText | None = None

    def named_steps(self) -> tuple[tuple[tuple[str | int, ...], StatedStep], ...]:
        """Return the steps, and that of whom one applies to, each with the path of its key."""
        steps = tuple((("steps", number), step) for number, step in enumerate(self.steps))
        return (*steps, (("to",), self.to)) if self.to is not None else steps


class StatedDuty(Rule):
    """A task with a clock."""

    days: int = Field(ge=0)
    start: Start = Field(alias="from")
    by: Doer = "maintainer"
    or_by: tuple[Role, ...] = ()
    """Who may report it instead; only where a change is reported, for a task is one office's."""
    requires: tuple[ProofText, ...] = ()
    announce: tuple[Audience, ...] = ()
    hands_out: bool = False
    """Whether whoever is told gets the present directory, as far as they may see it."""
    received_by: Office = "maintainer"
    """Who confirms the receipt of what is handed in, and signs for each copy that is handed back."""
    remind_days: Annotated[int, Stricter.LARGER] = Field(default=1, ge=0)
    escalate: Doer = "head"


class ReviewRule(Rule):
    """A recurring review; ``days`` working days to finish it, nothing left undecided at the end."""

    KEY: ClassVar[tuple[str, ...]] = ("kind", "by")

    kind: ReviewKind = "check"
    every: Cycle
    by: Doer = "maintainer"
    of: ReviewOf = "all"
    days: int = Field(default=10, ge=1)
    verdicts: tuple[Verdict, ...] = ("right", "corrected", "removed")
    checks: tuple[Check, ...] = ()
    """Points of an inspection besides the book's controls."""


class NoticeRule(Rule):
    """A notice that goes out by itself."""

    KEY: ClassVar[tuple[str, ...]] = ("about", "to")

    about: Annotated[str, Field(pattern="^(changes|revision|announcement)$")] = "changes"
    every: Cycle = "once"
    """``once``: when the occasion arises."""
    to: Audience
    acknowledge: bool = False
    posted: bool = False
    """Of a revision: whether it is posted to everybody in the system outside, too."""


class CourseQuestion(ClauseSummary):
    """A question at the end of a course; ``right`` is the place of the right answer, counted from 1."""

    answers: tuple[Text, ...] = Field(min_length=2)
    right: int = Field(ge=1)


class TrainingRule(NamedRule):
    """A training topic; ``blocks``: no use of the book while it is overdue. ``lessons`` and ``questions`` are
    its course; without them it is made from the rules of the book."""

    every: Cycle
    blocks: bool = False
    lessons: tuple[ClauseSummary, ...] = ()
    questions: tuple[CourseQuestion, ...] = ()


class BackupRule(Rule):
    """Backups of the book; each destination is reported by itself."""

    every: Cycle
    by: Office = "technical"
    destinations: Annotated[int, Stricter.LARGER] = Field(default=1, ge=1)
    verify: bool = True


class WatchRule(Rule):
    """Something that is watched, and whom it alarms."""

    KEY: ClassVar[tuple[str, ...]] = ("what",)

    what: Watch
    to: Office
    acts_instead: Role | None = None
    """Who does the missing person's duties while a vacancy lasts."""
    entries_a_day: int = Field(default=30, ge=1)
    """Usage: as soon as one person has opened more entries than this within a day, the watch alarms."""
    people_an_hour: int = Field(default=30, ge=1)
    """Reveal: of so many people one person is shown protected values within an hour without a reason for
    each. With the next one the watch alarms."""


class StaleRule(Rule):
    """When an entry counts as stale: unverified for ``days``, or one of the signs."""

    days: int = Field(ge=1)
    bounced_mail: bool = True
    dead_number: bool = True


class ErasureRule(Rule):
    """When something is erased, ``months`` after its end at the latest: of a leaver the day of leaving, of
    evidence the end of the last request that rests on it, of the audit's words the end of their month."""

    KEY: ClassVar[tuple[str, ...]] = ("what",)

    what: Passing
    months: int = Field(ge=1, le=1200)


class KeepingReason(PolicyPart):
    """Why something is kept so long."""

    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)


class RetentionRule(Rule):
    """How long something must be kept at least, whatever `ErasureRule` says; no ``years``: for good, but
    of an archive for as long as the default says. ``reason``: why so long."""

    KEY: ClassVar[tuple[str, ...]] = ("what",)

    what: Annotated[str, Field(pattern="^(archive|issue|evidence|audit)$")]
    years: Annotated[int | None, Stricter.LARGER_OR_NONE] = Field(default=None, ge=1)
    sealed: bool = True
    reason: KeepingReason | None = None
