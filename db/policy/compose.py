"""A book's ordered list of regulations composed into one effective policy.

Fields, obligations, editions and ladders are united; scopes are intersected, so that a no wins; a
reason, evidence or approval is asked for where any regulation asks; the shortest deadline, cycle and
password age win. Where all are silent the rules of ``default.toml`` hold. What regulations can't
settle between themselves comes back as findings, for the organisation to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import attrgetter
from typing import Any, TypeVar

from db.language import Label
from db.policy.compose_access import compose_fields, compose_scopes
from db.policy.compose_work import compose_duties, compose_flows
from db.policy.conflicts import find_conflicts
from db.policy.edition_content import find_withheld
from db.policy.effective import EffectivePolicy, digest
from db.policy.foreign_kinds import find_asked_of_foreign_kinds
from db.policy.functions import Functions, assign_roles, by_its_own_answerers
from db.policy.loader import builtin, default, read_decisions
from db.policy.merge import key_of, strictest, unite_rules, with_holders
from db.policy.overrides import apply_overrides, find_displaced
from db.policy.private_roles import find_counted_as_employee
from db.policy.regulation import PolicyError, Regulation
from db.policy.rules import (
    Displaced,
    Fault,
    FieldRule,
    FunctionRole,
    PolicyRef,
    SecondOf,
    Seconds,
    UndertakingRule,
)
from db.policy.schema import PolicyFile
from db.policy.schema.access import AnsweringRule, Classification, FunctionRule, PurposeRule, ResetRule
from db.policy.schema.base import Rule, Silent, cite
from db.policy.schema.book import StatedField
from db.policy.schema.decisions import Decisions
from db.policy.schema.parts import Parts
from db.policy.schema.work import ErasureRule, RetentionRule
from db.policy.vocabulary import DEFAULT, LEVELS

__all__ = ["Composition", "EffectivePolicy", "compose", "try_compose"]

R = TypeVar("R", bound=Rule)
A = TypeVar("A", bound=AnsweringRule)


@dataclass(frozen=True)
class Composition:
    """The effective policy, and what the organisation still has to decide about it.

    With findings, ``policy`` follows the first regulation on each open point; no book should be run
    under it before they are settled. ``warnings`` keep nobody from anything.
    """

    policy: EffectivePolicy
    findings: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()


def compose(
    book: str, regulations: Sequence[Regulation], decisions: Decisions | Mapping[str, object] | None = None
) -> EffectivePolicy:
    """Compose the policy of a book under ``regulations``, in the book's order.

    Raises PolicyError where they leave something for the organisation to decide or a decision isn't
    one, ValueError where the list is empty.
    """
    decided = decisions.model_dump(exclude_defaults=True) if isinstance(decisions, Decisions) else decisions
    try:
        composed = try_compose(book, regulations, decisions)
    except PolicyError as error:
        raise PolicyError(error.findings, _together(regulations), decided) from error
    if composed.findings:
        raise PolicyError(composed.findings, _together(regulations), decided)
    return composed.policy


def _together(regulations: Sequence[Regulation]) -> list[str]:
    return [one.id if builtin().get(one.id) is one else one.path for one in regulations]


def try_compose(
    book: str, regulations: Sequence[Regulation], decisions: Decisions | Mapping[str, object] | None = None
) -> Composition:
    """Compose as `compose` does, but return what is left for the organisation to decide beside the policy,
    with warnings. Raises PolicyError for decisions that can't be read, ValueError where the list of
    regulations is empty."""
    if not regulations:
        raise ValueError("a book needs at least one regulation")
    decided = decisions if isinstance(decisions, Decisions) else read_decisions(decisions or {})
    left, displaced = apply_overrides([regulation.file for regulation in regulations])
    files = list(map(by_its_own_answerers, left))
    functions = assign_roles(files, default().file, decided)
    policy = _Composer(files, default().file, functions, decided).policy(regulations, book, displaced)
    policy = policy.model_copy(update={"version": digest(policy)})
    return Composition(
        policy,
        tuple(find_conflicts(policy, regulations, files, functions, decided)),
        (
            *find_displaced(displaced, regulations),
            *find_counted_as_employee(policy, regulations, files, functions.role_behind),
            *find_withheld(policy, regulations),
            *find_asked_of_foreign_kinds(policy, regulations, files),
        ),
    )


class _Composer:
    """Picks each part of the policy from the regulations, or from the default where they are silent."""

    def __init__(
        self, files: Sequence[PolicyFile], default: PolicyFile, functions: Functions, decided: Decisions
    ) -> None:
        self.files = files
        self.default = default
        self.functions = functions
        self.decided = decided

    def policy(
        self, regulations: Sequence[Regulation], book: str, displaced: tuple[Displaced, ...]
    ) -> EffectivePolicy:
        usual: dict[str, Any] = {name: self._usual(name) for name in Parts.model_fields}
        in_their_way = {
            "purposes": self._purposes(),
            "reset": self._reset(),
            "erasure": self._erasure(),
            "retention": self._retention(),
        }
        return EffectivePolicy(
            book=book,
            version="",
            displaced=displaced,
            policies=tuple(
                PolicyRef(
                    r.id,
                    r.version,
                    r.file.title,
                    r.file.effective.isoformat(),
                    r.file.overrides,
                    r.file.commencement,
                    self._function_role(file.interpreter),
                )
                for r, file in zip(regulations, self.files, strict=True)
            ),
            title=Label(
                zh=" + ".join(file.title.zh for file in self.files),
                en=" + ".join(file.title.en for file in self.files),
            ),
            summary=tuple(clause for file in self.files for clause in file.summary),
            classification_rule=self._classification(),
            maintainer=self.functions.maintainer,
            supervisor=self.functions.supervisor,
            technical=self.functions.technical,
            interpreters=tuple(
                FunctionRole(rule.role, rule.clause)
                for rule in self._side_by_side(lambda file: file.interpreter)
            ),
            second=self._second(),
            owners=self._side_by_side(lambda file: file.owner),
            fields=self._fields(),
            unit_fields=tuple(
                replace(field, consent=False)
                for field in self._fields_of([file.unit_fields for file in self.files])
            ),
            scopes=compose_scopes(
                self.files,
                self.default,
                [role.id for role in usual["roles"]],
                self.functions.role_behind,
                self._keepers(),
            ),
            undertakings=self._undertakings(),
            flows=compose_flows(self.files, self.default, self.functions.role_behind),
            duties=compose_duties(self.files, self.functions.role_behind, self.decided),
            ladder=tuple(sorted(self._list(lambda file: file.sanctions), key=lambda rung: rung.severity)),
            **(usual | in_their_way),
        )

    def _usual(self, name: str) -> object:
        """Compose the part ``name`` as its declaration asks: `Parts` says whether it is a list or one rule
        and which of the default's rules stand beside it, `EffectivePolicy` whether the default's holds where
        all are silent."""
        part, pick = EffectivePolicy.model_fields[name], attrgetter(name)
        if part.is_required():
            return self._one_or_default(pick)
        if part.default is None:
            return self._strictest_of(pick)
        stated = self._list(pick)
        if Silent.REST in part.metadata:
            known = {key_of(rule) for rule in stated}
            return stated + tuple(rule for rule in self._defaults(pick) if key_of(rule) not in known)
        return stated or (self._defaults(pick) if Silent.ALL in part.metadata else ())

    def _reset(self) -> ResetRule:
        """Compose the rules of a reset, with the default's values for what is not stated and its privileged
        roles in any case."""
        default = with_holders(self._default(lambda file: file.reset), self.functions.role_behind)
        stated = self._strictest_of(lambda file: file.reset)
        if stated is None:
            return default
        given = {name: getattr(stated, name) for name in type(stated).model_fields}
        silent = {name: getattr(default, name) for name, value in given.items() if value in ((), None)}
        privileged = tuple(dict.fromkeys(stated.privileged + default.privileged))
        return stated.model_copy(update=silent | {"privileged": privileged})

    def _second(self) -> Seconds:
        """Return who is a second, by the strictest union of the rules that name somebody, else the default's,
        and all acts that take one, each cited by the rules that say so."""
        stated = [rule for file in self.files if (rule := file.second) is not None]
        naming = [with_holders(rule, self.functions.role_behind) for rule in stated if rule.by]
        default = with_holders(self._default(lambda file: file.second), self.functions.role_behind)
        by = reduce(strictest, naming or [default])
        words = dict.fromkeys(word for rule in stated for word in rule.of)
        of = (
            SecondOf(word, cite(*(rule.clause_of("of") for rule in stated if word in rule.of)))
            for word in words
        )
        return Seconds(by.by, cite(*(rule.clause_of("by") for rule in naming)) or DEFAULT, tuple(of))

    def _keepers(self) -> dict[str, str]:
        """Return the roles that keep the book, each with its clause: `EffectivePolicy.keepers`."""
        maintainer, deputy = self.functions.maintainer, self._strictest_of(lambda file: file.deputy)
        keepers = {maintainer.role: maintainer.clause}
        owners = self._side_by_side(lambda file: file.owner)
        if deputy is not None and maintainer.role in {owner.role for owner in owners}:
            keepers.setdefault(deputy.role, deputy.clause)
        return keepers

    def _function_role(self, rule: FunctionRule | None) -> FunctionRole | None:
        return FunctionRole(self.functions.role_behind(rule.role), rule.clause) if rule is not None else None

    def _side_by_side(self, pick: Callable[[PolicyFile], A | None]) -> tuple[A, ...]:
        """Return what each regulation states, united where it is of one role; the default's where all are
        silent."""
        stated = [rule for file in self.files if (rule := pick(file)) is not None]
        found: dict[str, A] = {}
        for rule in stated or [self._default(pick)]:
            named = with_holders(rule, self.functions.role_behind)
            found[named.role] = strictest(found[named.role], named) if named.role in found else named
        return tuple(found.values())

    def _list(self, pick: Callable[[PolicyFile], tuple[R, ...]]) -> tuple[R, ...]:
        resolved = (
            [with_holders(rule, self.functions.role_behind) for rule in pick(file)] for file in self.files
        )
        return unite_rules(resolved)

    def _strictest_of(self, pick: Callable[[PolicyFile], R | None]) -> R | None:
        stated = [rule for file in self.files if (rule := pick(file)) is not None]
        return (
            reduce(strictest, [with_holders(rule, self.functions.role_behind) for rule in stated])
            if stated
            else None
        )

    def _one_or_default(self, pick: Callable[[PolicyFile], R | None]) -> R:
        found = self._strictest_of(pick)
        return found if found is not None else with_holders(self._default(pick), self.functions.role_behind)

    def _default(self, pick: Callable[[PolicyFile], R | None]) -> R:
        rule = pick(self.default)
        if rule is None:
            raise LookupError("default.toml leaves out a part that every book needs")
        return rule

    def _fields(self) -> tuple[FieldRule, ...]:
        """Return the stated fields, and name, position and department in any case."""
        stated = self._fields_of([file.fields for file in self.files])
        known = {field.name for field in stated}
        always = self._fields_of([self.default.fields])
        return tuple(field for field in always if field.name not in known) + stated

    def _fields_of(self, lists: Sequence[Sequence[StatedField]]) -> tuple[FieldRule, ...]:
        return compose_fields(lists, self.functions.role_behind, self._keepers())

    def _erasure(self) -> tuple[ErasureRule, ...]:
        """Return the shortest stated time of each kind, else the default's: silence keeps nothing (PIPL
        19)."""
        stated = {rule.what: rule for rule in self._list(lambda file: file.erasure)}
        return tuple(stated.get(rule.what, rule) for rule in self.default.erasure)

    def _retention(self) -> tuple[RetentionRule, ...]:
        """Return the stated retention; for the archive of leavers the longest time with its reason, else the
        default's."""
        usual = {rule.what: rule for rule in self.default.retention}
        stated = [rule for file in self.files for rule in file.retention if rule.years is not None]
        found = []
        for rule in self._list(lambda file: file.retention):
            if rule.what in usual:
                timed = [one for one in stated if one.what == rule.what]
                longest = max(timed or [usual[rule.what]], key=lambda one: one.years or 0)
                rule = rule.model_copy(update={"years": longest.years, "reason": longest.reason})
                if not timed:
                    rule.model_fields_set.discard("years")  # the default's, and cited so (`Rule.clause_of`)
            found.append(rule)
        return tuple(found)

    def _defaults(self, pick: Callable[[PolicyFile], tuple[R, ...]]) -> tuple[R, ...]:
        return tuple(with_holders(rule, self.functions.role_behind) for rule in pick(self.default))

    def _purposes(self) -> tuple[PurposeRule, ...]:
        """Return the stated purposes beside the default's bans, and its permissions where no regulation
        states one."""
        stated = self._list(lambda file: file.purposes)
        known = {purpose.id for purpose in stated}
        permits = any(purpose.allowed for file in self.files for purpose in file.purposes)
        return stated + tuple(
            purpose
            for purpose in self.default.purposes
            if purpose.id not in known and not (purpose.allowed and permits)
        )

    def _classification(self) -> Classification:
        """Return the strictest level, cited by all the regulations that state it."""
        stated = [file.classification for file in self.files if file.classification is not None]
        if not stated:
            return self._default(lambda file: file.classification)
        strict = max((rule.level for rule in stated), key=LEVELS.index)
        binding = [rule for rule in stated if rule.level == strict]
        return binding[0].model_copy(update={"clause": cite(*(rule.clause for rule in binding))})

    def _undertakings(self) -> tuple[UndertakingRule, ...]:
        return tuple(
            UndertakingRule(
                policy=file.id,
                version=file.version,
                text=Label(zh=file.undertaking.zh, en=file.undertaking.en),
                again_when_changed=file.undertaking.again_when_changed,
                clause=file.undertaking.clause,
                again_clause=file.undertaking.clause_of("again_when_changed"),
            )
            for file in self.files
            if file.undertaking is not None
        )
