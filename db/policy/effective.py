"""A book's effective policy: what all its regulations together ask for.

It is frozen and can be pickled; ``version`` is a digest of everything but the book's name, so equal
rules have equal versions on every host and at every time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TypeVar

from pydantic import BaseModel

from db.language import Label
from db.policy.rules import (
    Displaced,
    DutyRule,
    FieldRule,
    Flow,
    FunctionRole,
    PolicyRef,
    ScopeRule,
    Seconds,
    UndertakingRule,
)
from db.policy.schema.access import (
    Classification,
    ClauseSummary,
    ControlRule,
    CopiesRule,
    DisclosureRule,
    LookupRule,
    OwnerRule,
    PasswordRule,
    PurposeRule,
    ResetRule,
    RightsRule,
    RoleRule,
)
from db.policy.schema.base import cite_period, clause_ids
from db.policy.schema.conduct import CaseRule, DisciplineRule, FineRule, ReportingRule, SanctionRule
from db.policy.schema.parts import Parts
from db.policy.schema.work import BackupRule, ErasureRule, RetentionRule
from db.policy.vocabulary import DEFAULT, FINE, FUNCTIONS, INSIDE_OWNER, Passing, Side

Rule = TypeVar("Rule")


class EffectivePolicy(Parts):
    """The rules in force over one book. Lists keep the order of the book's regulations."""

    book: str
    version: str
    policies: tuple[PolicyRef, ...]
    displaced: tuple[Displaced, ...]
    title: Label
    summary: tuple[ClauseSummary, ...]
    classification_rule: Classification

    # what a regulation says in another form
    maintainer: FunctionRole
    supervisor: FunctionRole
    technical: FunctionRole
    interpreters: tuple[FunctionRole, ...]
    owners: tuple[OwnerRule, ...]
    second: Seconds
    fields: tuple[FieldRule, ...]
    unit_fields: tuple[FieldRule, ...]
    scopes: tuple[ScopeRule, ...]
    undertakings: tuple[UndertakingRule, ...]
    flows: tuple[Flow, ...]
    duties: tuple[DutyRule, ...]
    ladder: tuple[SanctionRule, ...]

    # what there is in any case: the default's, where no regulation says it
    lookup: LookupRule
    rights: RightsRule
    disclosure: DisclosureRule
    copies: CopiesRule
    password: PasswordRule
    reset: ResetRule
    backups: BackupRule
    discipline: DisciplineRule

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that keep the book: the maintainer's, and its deputy's where one is named (D.3) and the
        maintainer's is an owner's role, too."""
        if self.deputy is None or self.maintainer.role not in self.holders("owner"):
            return (self.maintainer.role,)
        return (self.maintainer.role, self.deputy.role)

    @property
    def functionaries(self) -> frozenset[str]:
        """The roles with a function over the book, which every regulation of it knows."""
        return frozenset((*self.keepers, self.supervisor.role, self.technical.role))

    @property
    def managers(self) -> tuple[str, ...]:
        """The roles that look after departments: heads, where they have a say (D.4), and whoever acts in the
        maintainer's place for all of them (G.3.2)."""
        everywhere = [rule.role for rule in self.scopes if rule.maintain == "book"]
        heads = ["head"] if self.scope("head").propose != "none" else []
        return tuple(dict.fromkeys([*heads, *everywhere]))

    @property
    def privileged(self) -> frozenset[str]:
        """Roles whose holders can do more than others of their department: those that the regulations call
        so, those with a function or that give rights, and each that sees or maintains the whole book where
        an employee does not."""
        named = {*self.reset.privileged, *self.functionaries, self.rights.by, self.disclosure.by}
        for rule in self.scopes:
            whole = rule.reach == "book" and self.scope("employee", rule.side).reach != "book"
            if whole or rule.maintain == "book":
                named.add(rule.role)
        return frozenset(named - {"employee", "head", INSIDE_OWNER, "everyone"})

    @property
    def naming_tags(self) -> frozenset[str]:
        """Tags by which somebody receives copies of an edition, each named by a decision (I.4.3.1)."""
        return frozenset(tag for edition in self.editions for tag in edition.recipients.tags)

    @property
    def out_of_reach(self) -> str:
        """Return the clause to cite where an entry is out of reach: that of what employees see (A.13), else
        that by which access may be asked for (C.10) or may not (B.6.2); `DEFAULT` where no regulation speaks
        of either."""
        further = self.denial("ask-access", "everyone") or self.flow("access").clause
        stated = (self.scope("employee").clause, further)
        return next((clause for clause in stated if clause != DEFAULT), DEFAULT)

    def term_citation(self, clause: str) -> str:
        """Return the citation of access opened for a time under ``clause``, with that of the days where a
        clause of its own gives them."""
        return cite_period(clause, self.lookup.clause_of("grant_days"))

    @property
    def classification(self) -> Label:
        """How the book and its copies are classified."""
        return self.classification_rule.label

    def field(self, name: str) -> FieldRule:
        """Return the rule of a field. Raises KeyError where the book has no such field."""
        return _only(self.fields, "name", name)

    def role(self, role: str) -> RoleRule:
        """Return the role with its label. Raises KeyError for an unknown one."""
        return _only(self.roles, "id", role)

    def purpose(self, purpose: str) -> PurposeRule:
        """Return a purpose, allowed or not. Raises KeyError for an unknown one."""
        return _only(self.purposes, "id", purpose)

    def role_behind(self, word: str) -> str:
        """Return the role behind a function's word, of several owners the first; else the word itself."""
        return self.holders(word)[0]

    def holders(self, word: str) -> tuple[str, ...]:
        """Return every role behind a function's word: the roles of all owners, the maintainer's for a
        function that nobody holds. Any other word is a role itself."""
        if word == "owner":
            return tuple(rule.role for rule in self.owners)
        if word in FUNCTIONS:
            held = getattr(self, word)
            return (self.maintainer.role if held is None else str(held.role),)
        return (word,)

    def interpreters_of(self, regulation: str) -> tuple[FunctionRole, ...]:
        """Return who interprets and revises a regulation: whom it names, else whom the others name."""
        own = next((ref.interpreter for ref in self.policies if ref.id == regulation), None)
        return (own,) if own is not None else self.interpreters

    def scope(self, role: str, side: Side = "internal") -> ScopeRule:
        """Return what ``role`` sees of one side of the book. A role no rule speaks of sees nothing."""
        for rule in self.scopes:
            if rule.role == role and rule.side == side:
                return rule
        return ScopeRule(role, side, "none", "hidden", "none", "none", DEFAULT, DEFAULT, DEFAULT)

    def flow(self, kind: str) -> Flow:
        """Return how a kind of request is decided. Raises KeyError for an unknown kind."""
        return _only(self.flows, "kind", kind)

    def duty(self, kind: str) -> DutyRule | None:
        return next((duty for duty in self.duties if duty.kind == kind), None)

    def control(self, control: str) -> ControlRule | None:
        """Return the safeguard, if a regulation asks for it."""
        return next((rule for rule in self.controls if rule.id == control), None)

    def erased_after(self, what: Passing) -> ErasureRule:
        """Return when something is erased. There is a rule for everything that is."""
        return _only(self.erasure, "what", what)

    def retention_of(self, what: str) -> RetentionRule | None:
        """Return the rule on how long ``what`` (a kind of record) must be kept; None where no regulation
        asks."""
        return next((rule for rule in self.retention if rule.what == what), None)

    def allowed_purposes(self) -> tuple[PurposeRule, ...]:
        """Return the purposes a look-up may be made for, in the order to offer them."""
        return tuple(purpose for purpose in self.purposes if purpose.allowed)

    def reporting_of(self, kind: str) -> ReportingRule:
        """Return where incidents or errors are reported. Raises KeyError for anything else."""
        return _only(self.reporting, "kind", kind)

    def case(self, kind: str) -> CaseRule | None:
        return next((rule for rule in self.cases if rule.id == kind), None)

    def rung(self, sanction: str) -> SanctionRule:
        """Return a rung of the ladder. Raises KeyError for one that the book does not have."""
        return _only(self.ladder, "id", sanction)

    def fine_for(self, case: str) -> FineRule | None:
        """Return what each occurrence of a kind of case costs; None where no regulation says so."""
        return next((rule for rule in self.fines if rule.case == case), None)

    def ladder_for(self, case: str) -> tuple[SanctionRule, ...]:
        """Return the ladder of sanctions for a kind of case, without a fine that the regulations set for
        other kinds alone (I.4.4.1)."""
        known = {single for rule in self.fines for single in clause_ids(rule.clause)}
        if self.fine_for(case) is not None or not known:
            return self.ladder
        return tuple(one for one in self.ladder if one.id != FINE or set(clause_ids(one.clause)) - known)

    def denial(self, operation: str, role: str | None = None) -> str | None:
        """Return the clause that forbids ``operation`` to ``role`` (or to the technical role); None where
        none does."""
        whom = {role or self.technical.role, "everyone"}
        for rule in self.denials:
            if rule.role in whom and operation in rule.operations:
                return rule.clause
        return None

    def kept_in(self, role: str) -> str | None:
        """Return the clause that forbids ``role`` to take a copy out of the book; None where none does."""
        return self.denial("export", role) or self.denial("copy", role)


def digest(policy: EffectivePolicy) -> str:
    """Return 32 hex digits of a digest of all rules; the book's name and the policy's version don't count."""
    content = plain(policy.model_copy(update={"book": "", "version": ""}))
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(single) for single in value]
    return value


def _only(rules: tuple[Rule, ...], key: str, wanted: str) -> Rule:
    for rule in rules:
        if getattr(rule, key) == wanted:
            return rule
    raise KeyError(wanted)
