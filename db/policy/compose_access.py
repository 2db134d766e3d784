"""Composing fields and scopes: fields are united, sight is intersected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import get_args

from db.policy.private_roles import EMPLOYEE, employee_bounds
from db.policy.rules import FieldRule, ScopeRule
from db.policy.schema import PolicyFile
from db.policy.schema.access import StatedScope
from db.policy.schema.base import cite, cite_amount, clause_ids
from db.policy.schema.book import StatedField
from db.policy.vocabulary import DEFAULT, OWN, PROTECTED, REACHES, Side

SIDES: tuple[Side, ...] = get_args(Side)
EVERYONE = "everyone"
Holder = Callable[[str], str]


def compose_fields(
    lists: Iterable[Iterable[StatedField]], holder: Holder, keepers: Collection[str]
) -> tuple[FieldRule, ...]:
    """Unite the fields of all regulations: what one requires, protects or reserves is so for all.
    ``keepers``, the roles that keep the book, see what is reserved for the maintainer."""
    stated: dict[str, list[StatedField]] = {}
    for rules in lists:
        for rule in rules:
            stated.setdefault(rule.name, []).append(rule)
    return tuple(
        _field(rules, [_seers(rule, holder, keepers) for rule in rules]) for rules in stated.values()
    )


def _field(rules: list[StatedField], seers: list[tuple[str, ...] | None]) -> FieldRule:
    first = rules[0]
    applies_to = tuple(dict.fromkeys(kind for rule in rules for kind in rule.applies_to))
    return FieldRule(
        name=first.name,
        label=first.label,
        kind=first.kind,
        required=any(rule.required for rule in rules),
        protected=any(rule.protected for rule in rules),
        private=any(rule.private for rule in rules),
        multiple=any(rule.multiple for rule in rules),
        consent=all(rule.consent and not rule.required for rule in rules),
        edited_by="maintainer" if any(r.edited_by == "maintainer" for r in rules) else "person",
        visible_to=_common([names for names in seers if names is not None]),
        applies_to=() if any(not rule.applies_to for rule in rules) else applies_to,
        choices=next((rule.choices for rule in rules if rule.choices), ()),
        clauses=clause_ids(cite(*(rule.clause for rule in rules))),
        edited_clause=cite(*(r.clause_of("edited_by") for r in rules if r.edited_by == "maintainer")),
        required_clause=cite(*(r.clause_of("required") for r in rules if r.required)),
        protected_clause=cite(*(r.clause_of("protected") for r in rules if r.protected)),
        visible_clause=cite(*(r.clause_of("visible_to") for r in rules if r.visible_to)),
    )


def _seers(rule: StatedField, holder: Holder, keepers: Collection[str]) -> tuple[str, ...] | None:
    """Return the roles for which a regulation reserves a field, None for everybody. A private field of which
    it says nothing is reserved for the person and the maintainer."""
    words = rule.visible_to
    if words is None:
        words = ("self", "maintainer") if rule.private else ("everyone",)
    if EVERYONE in words:
        return None
    names = ["self" if word == "person" else holder(word) for word in words]
    if holder("maintainer") in names:
        names += keepers
    return tuple(dict.fromkeys(names))


def _common(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names that are in every list; ``("self",)`` where they have none in common; nothing if there
    is no list."""
    if not lists:
        return ()
    return tuple(name for name in lists[0] if all(name in names for names in lists)) or ("self",)


def compose_scopes(
    files: Sequence[PolicyFile],
    default: PolicyFile,
    roles: Iterable[str],
    holder: Holder,
    keepers: Mapping[str, str],
) -> tuple[ScopeRule, ...]:
    """Compose the scope of each role on each side; the narrowest statement of each kind stands.

    A role that no regulation speaks of has the default scope; one that some don't know sees no more than an
    employee of theirs (`db.policy.private_roles`). ``keepers``: the maintainer, and the deputy who
    keeps the book as the maintainer does, each with the clause that says so, which their default is cited by.
    """
    maintainer = holder("maintainer")
    known = {*keepers, holder("supervisor"), holder("technical")}
    found = []
    for role in roles:
        for side in SIDES:
            rules = [rule for file in files for rule in _about(file, role, side, holder)]
            clauses = [rule.clause for rule in rules]
            within = [] if role in known else employee_bounds(files, role, side, holder)
            if not rules and role in keepers:
                rules = [rule for file in files for rule in _about(file, maintainer, side, holder)]
                rules = rules or _about(default, maintainer, side, holder)
                clauses = [keepers[role]] * len(rules)
            elif not rules:
                rules = _about(default, role, side, holder)
                if not rules:
                    rules = _about(default, EVERYONE, side, holder)
                    within = [rule for file in files for rule in _about(file, EMPLOYEE, side, holder)]
                clauses = [DEFAULT] * len(rules)
            found.append(_narrowest(role, side, rules, clauses, within))
    return tuple(found)


def _about(file: PolicyFile, role: str, side: Side, holder: Holder) -> list[StatedScope]:
    return [rule for rule in file.scopes if holder(rule.role) == role and rule.side in (None, side)]


def _narrowest(
    role: str, side: Side, rules: list[StatedScope], clauses: list[str], within: list[StatedScope]
) -> ScopeRule:
    """Return the narrowest of ``rules`` about ``role``, cited by ``clauses`` and bounded in sight by
    ``within``."""
    seen = [*rules, *within]
    cited = [*clauses, *(rule.clause for rule in within)]
    reach = min((rule.reach for rule in seen), key=REACHES.index)
    binding = [(rule, clause) for rule, clause in zip(seen, cited, strict=True) if rule.reach == reach]
    return ScopeRule(
        role=role,
        side=side,
        reach=reach,
        protected=min((rule.protected for rule in seen), key=PROTECTED.index),
        propose=min((reach, *(rule.propose for rule in rules)), key=REACHES.index),
        maintain=min((reach, *(rule.maintain for rule in rules)), key=REACHES.index),
        clause=cite(*(clause for _rule, clause in binding)),
        reach_clause=cite_amount(
            [cite(clause, OWN) if "reach" in rule.own else clause for rule, clause in binding]
        ),
        terms_clause=cite(DEFAULT, *(clause for rule, clause in binding if _gives_terms(rule))),
    )


def _gives_terms(rule: StatedScope) -> bool:
    return not rule.model_fields_set.isdisjoint({"protected", "propose", "maintain"} - set(rule.own))
