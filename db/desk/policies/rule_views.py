"""A book's rules as plain values, for everybody whom they bind (B.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.authority.rules_on_record import (
    VersionOnRecord,
    policy_on,
    regulation_of,
    regulations_of,
    rules_on_record,
    today_on_record,
)
from db.desk.policies.rule_words import DISPLACED, rule_subject
from db.language import Label, Text, _, listed
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.policy.request_kinds import REQUESTS
from db.policy.rules import Displaced
from db.policy.telling import Teller
from db.store.tables import Book

NAMES: Mapping[str, Mapping[Any, Text]] = {
    "flow": REQUESTS,
    "duty": wording.DUTIES,
    "reviews": wording.REVIEWS,
    "watches": wording.WATCHES,
    "screening": wording.SCREENS,
    "reporting": wording.REPORTED,
    "facets": wording.FACETS,
    "erasure": wording.PASSING,
    "retention": wording.RETAINED,
}
"""What the rules of a list are called that have no label of their own; of what is left, roles."""


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
    """An announced version: to how many, and who has not acknowledged it yet, where ``asked`` to."""

    id: int
    regulation: str
    title: Label
    version: str
    effective: str
    told: int
    asked: bool
    missing: tuple[str, ...]
    posted: Text = ""
    """What came of posting it in the system outside; empty where no rule has it posted."""

    @property
    def state(self) -> Text:
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
class RegulationDocument:
    """A version of a regulation as a document. ``number`` is the organisation's own, where the text says one;
    ``signed_by`` those who decided it, or put it on record; ``before``: the version whose place it takes, of
    which ``changes`` tell what it changes in the directory ``book``."""

    book: Label
    id: str
    title: Label
    number: str
    version: str
    effective: str
    issued: str
    signed_by: tuple[Text, ...]
    organisation: str
    classification: Label
    headings: tuple[tuple[str, Text], ...]
    before: str
    changes: tuple[RuleChange, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """What is on record and not in force yet: a ``version`` of the regulation ``id``, or of a whole book the
    regulations that it is under from that day on, which have no ``id``."""

    day: str
    title: Text
    id: str = ""
    version: str = ""
    is_yours: bool = False
    """Whether the reader may withdraw it."""


@dataclass(frozen=True, slots=True)
class RulesView:
    """What is in force over a book. ``interpreters`` explain and revise it; ``overrides`` are clauses by
    which one of the regulations replaces earlier ones; ``lines`` are all rules in words."""

    book: str
    title: Label
    classification: Label
    regulations: tuple[InForce, ...]
    maintainer: Holder
    supervisor: Holder
    interpreters: tuple[Holder, ...]
    owners: tuple[Holder, ...]
    overrides: tuple[str, ...]
    summary: tuple[tuple[str, Text], ...]
    lines: tuple[RuleLine, ...]
    coming: tuple[Coming, ...]
    """What can be withdrawn still, the earliest first."""
    changes: tuple[RuleChange, ...]
    """What versions changed and will change, the newest first, so that it can be read before it is
    acknowledged (G.9)."""
    revisions: tuple[Revision, ...] = ()
    """What was announced, newest first, for those who may know who has not acknowledged it."""


def rules_of(
    book: str,
    changes: tuple[RuleChange, ...],
    revisions: tuple[Revision, ...],
    coming: tuple[Coming, ...],
) -> RulesView:
    policy, row = policy_of(book), Book.get_by_id(book)
    return RulesView(
        book=book,
        title=row.title,
        classification=policy.classification,
        regulations=tuple(InForce(ref.id, ref.version, ref.title, ref.effective) for ref in policy.policies),
        maintainer=_holder(policy, policy.maintainer.role, policy.maintainer.clause),
        supervisor=_holder(policy, policy.supervisor.role, policy.supervisor.clause),
        interpreters=tuple(_holder(policy, one.role, one.clause) for one in policy.interpreters),
        owners=tuple(_holder(policy, one.role, one.clause_of("role")) for one in policy.owners),
        overrides=tuple(ref.overrides.clause for ref in policy.policies if ref.overrides is not None),
        summary=tuple((one.clause, one.label) for one in policy.summary),
        lines=lines_of(policy),
        coming=coming,
        changes=changes,
        revisions=revisions,
    )


def coming_to(book: str) -> tuple[Coming, ...]:
    """Return the regulations and versions on record for ``book`` from a later day on, the next first."""
    known, day = rules_on_record(), today_on_record()
    later = [one for one in known.books.get(book, ()) if one.from_day > day]
    under = {name for one in (regulations_of(book), *later) for name in one.regulations}
    versions = [one for name in under for one in known.versions.get(name, ()) if one.from_day > day]
    return tuple(
        sorted(
            [
                *(Coming(one.from_day, _title(one), one.regulation, one.version) for one in versions),
                *(Coming(one.from_day, _together(book, one.from_day)) for one in later),
            ],
            key=lambda one: (one.day, one.id, one.version),
        )
    )


def _title(version: VersionOnRecord) -> Label:
    title = regulation_of(version.digest, version.from_day).file.title
    return Label(title.zh, title.en)


def _together(book: str, day: str) -> Text:
    return listed(ref.title for ref in policy_on(book, day).policies)


def lines_of(policy: EffectivePolicy) -> tuple[RuleLine, ...]:
    told = [RuleLine(*line) for line in explain(policy)]
    begins = next((place for place, line in enumerate(told) if not line.key.startswith("overrides.")), 0)
    return (*told[:begins], *map(partial(_displaced, policy), policy.displaced), *told[begins:])


def _displaced(policy: EffectivePolicy, rule: Displaced) -> RuleLine:
    title = next(ref.title for ref in policy.policies if ref.id == rule.policy)
    section, name, *_rest = *rule.key.split("."), ""
    known = NAMES.get(section, {})
    what = rule_subject(section)
    if name:
        called = rule.label or known.get(name) or Teller(policy).role(name)
        what = _("{what}: {name}", what=what, name=called)
    text = _("{title}, {clause}: {said}", title=title, clause=rule.clause, said=what)
    return RuleLine(f"{DISPLACED}.{rule.policy}.{rule.key}", text, rule.by)


def _holder(policy: EffectivePolicy, role: str, clause: str) -> Holder:
    return Holder(policy.role(role).label, clause)
