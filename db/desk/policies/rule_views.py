"""A book's rules as plain values, for everybody whom they bind (B.8)."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.standing import policy_of
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.store.tables import Book


@dataclass(frozen=True, slots=True)
class InForce:
    """A regulation over a book: its version, and since which day (ISO) it is in force."""

    id: str
    version: str
    title: Label
    effective: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The role that has a function over a book, and the clause that gives it."""

    role: Label
    clause: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words, with the clause that binds."""

    key: str
    text: Text
    clause: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that ``begins``, or else ends, with a version that takes effect on ``day`` (ISO)."""

    day: str
    begins: bool
    rule: RuleLine


@dataclass(frozen=True, slots=True)
class Revision:
    """A new version that was announced: to how many, and who of them has not acknowledged it yet, where
    that is ``asked`` of them."""

    regulation: str
    version: str
    effective: str
    announced_at: str
    told: int
    asked: bool
    missing: tuple[str, ...]
    posted: Text = ""
    """What came of posting it in the system outside; empty where it was not tried."""

    @property
    def state(self) -> Text:
        """How far it is acknowledged."""
        if not self.asked:
            return _(
                "version {version} from {day} on: announced to {told}",
                version=self.version,
                day=self.effective,
                told=self.told,
            )
        return _(
            "version {version} from {day} on: {missing} of {told} have not acknowledged it",
            version=self.version,
            day=self.effective,
            missing=len(self.missing),
            told=self.told,
        )


@dataclass(frozen=True, slots=True)
class RulesView:
    """What is in force over a book. ``interpreter`` explains and revises it; ``overrides`` are clauses by
    which one of the regulations replaces earlier ones; ``lines`` are all rules in words."""

    book: str
    title: Label
    classification: Label
    regulations: tuple[InForce, ...]
    maintainer: Holder
    supervisor: Holder
    interpreter: Holder
    overrides: tuple[str, ...]
    summary: tuple[tuple[str, Text], ...]
    lines: tuple[RuleLine, ...]
    changes: tuple[RuleChange, ...]
    """What versions changed and will change, the newest first, so that it can be read before it is
    acknowledged (G.9)."""
    revisions: tuple[Revision, ...] = ()
    """What was announced, newest first, for those who may know who has not acknowledged it."""


def rules_of(
    book: str,
    changes: tuple[RuleChange, ...],
    revisions: tuple[Revision, ...],
) -> RulesView:
    """The view of ``book``."""
    policy, row = policy_of(book), Book.get_by_id(book)
    return RulesView(
        book=book,
        title=Label(row.title_zh, row.title_en),
        classification=policy.classification,
        regulations=tuple(InForce(ref.id, ref.version, ref.title, ref.effective) for ref in policy.policies),
        maintainer=_holder(policy, policy.maintainer.role, policy.maintainer.clause),
        supervisor=_holder(policy, policy.supervisor.role, policy.supervisor.clause),
        interpreter=_holder(policy, policy.interpreter.role, policy.interpreter.clause),
        overrides=tuple(ref.overrides.clause for ref in policy.policies if ref.overrides is not None),
        summary=tuple((one.clause, one.label) for one in policy.summary),
        lines=lines_of(policy),
        changes=changes,
        revisions=revisions,
    )


def lines_of(policy: EffectivePolicy) -> tuple[RuleLine, ...]:
    """All rules of ``policy`` in words."""
    return tuple(RuleLine(*line) for line in explain(policy))


def _holder(policy: EffectivePolicy, role: str, clause: str) -> Holder:
    return Holder(policy.role(role).label, clause)
