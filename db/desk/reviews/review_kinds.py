"""What a review looks at, who runs it, and what can be said of each thing.

A campaign is one run of a rule of the policy's ``reviews``. All kinds go through the same steps; they
differ only in what is looked at (the shape), which follows from the rule.
"""

from __future__ import annotations

from typing import Literal

from db.desk.authority.permissions import policy_of
from db.language import Message, _
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite_period
from db.policy.schema.work import ReviewRule
from db.policy.vocabulary import DEFAULT, ReviewKind, Verdict
from db.store.tables import Campaign

Shape = Literal["entries", "units", "rights", "points"]

OF_WHOLE_UNITS: frozenset[ReviewKind] = frozenset({"collection", "sign-off"})
"""Kinds in which a department is answered for as a whole; in the others its entries are, one by one."""

SAYS: dict[str, tuple[Verdict, ...]] = {
    "entries": ("right", "corrected", "removed"),
    "units": ("right",),
    "rights": ("right", "removed"),
    "points": ("right", "corrected"),
}
"""What can be said of a thing of each shape."""

VERDICTS: dict[tuple[str, str], Message] = {
    ("entries", "right"): _("right"),
    ("entries", "corrected"): _("corrected"),
    ("entries", "removed"): _("gone"),
    ("units", "right"): _("signed off"),
    ("rights", "right"): _("still needed"),
    ("rights", "removed"): _("withdrawn"),
    ("points", "right"): _("in order"),
    ("points", "corrected"): _("finding"),
}


def shape_of(rule: ReviewRule) -> Shape:
    match rule.of:
        case "rights":
            return "rights"
        case "security":
            return "points"
        case "unit" if rule.kind in OF_WHOLE_UNITS:
            return "units"
    return "entries"


def runner_of(policy: EffectivePolicy, rule: ReviewRule) -> str:
    """Return who opens and closes it: its own role if that has a function, else the maintainer's."""
    functions = (policy.maintainer.role, policy.supervisor.role, policy.technical.role)
    return rule.by if rule.by in functions else policy.maintainer.role


def rule_of(policy: EffectivePolicy, campaign: Campaign) -> ReviewRule | None:
    """Return the rule that a campaign was opened under; None where the regulations dropped it since."""
    return next((r for r in policy.reviews if (r.kind, r.by) == (campaign.kind, campaign.by)), None)


def due_clause(campaign: Campaign) -> str:
    rule = rule_of(policy_of(campaign.book_id), campaign)
    return cite_period(campaign.clause, rule.clause_of("days") if rule is not None else DEFAULT)


def verdicts_of(policy: EffectivePolicy, campaign: Campaign) -> tuple[Verdict, ...]:
    """Return what can be said of each thing: what its shape allows, as far as the regulations do."""
    rule = rule_of(policy, campaign)
    return tuple(verdict for verdict in SAYS[campaign.of] if rule is None or verdict in rule.verdicts)


def label_of(kind: str) -> Message:
    return next((message for known, message in wording.REVIEWS.items() if known == kind), Message(kind))
