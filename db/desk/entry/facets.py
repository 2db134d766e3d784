"""What an entry is sorted under: facets of its book by which lists are narrowed, and tags (F.3.1, F.3.2).

A facet is written ``by=value``, such as ``region=华东`` or ``tag=vip``. Not an operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.language import Label
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import NamedRule
from db.policy.schema.book import USUAL_RANK
from db.store.searchkeys import fold_text

NAMED: Mapping[str, str] = {"tag": "tags", "kind": "kinds", "category": "categories"}
"""Facets whose values are rules of the policy, and where those stand."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """``facets`` as ``by=value``, ``words`` that find the entry, ``rank`` of a tag that comes first."""

    facets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rank: int | None = None


def sorted_under(
    policy: EffectivePolicy,
    kind: str,
    position: str,
    regions: Iterable[str],
    tags: Iterable[str],
) -> Sorted:
    """Work out the facets of an entry of ``kind``, the words by which they find it, and its rank."""
    if not policy.facets and not policy.tags:
        return Sorted()
    by = {rule.by for rule in policy.facets}
    carried = [rule for rule in policy.tags if rule.id in set(tags)]
    places = [region for region in dict.fromkeys(regions) if region]
    values: Mapping[str, Sequence[str]] = {
        "kind": [kind],
        "position": [position] if position else [],
        "region": places,
        "category": [rule.id for rule in policy.categories if kind in rule.kinds],
        "tag": [rule.id for rule in carried],
    }
    words = [word for rule in carried for word in names_of(rule)]
    if "region" in by:
        words += places
    if "kind" in by:
        usual = policy.kinds[0].id
        words += [word for rule in policy.kinds if rule.id == kind != usual for word in names_of(rule)]
    first = min((rule.rank for rule in carried), default=USUAL_RANK)
    return Sorted(
        tuple(f"{name}={value}" for name, given in values.items() if name in by for value in given),
        tuple(dict.fromkeys(words)),
        first if first < USUAL_RANK else None,
    )


def tag_ranks(policy: EffectivePolicy) -> tuple[int, ...]:
    """Return the ranks of tags that come before untagged entries, the first first."""
    return tuple(sorted({rule.rank for rule in policy.tags if rule.rank < USUAL_RANK}))


def label_of(policy: EffectivePolicy, by: str, value: str) -> Label:
    rules: Sequence[NamedRule] = getattr(policy, NAMED[by]) if by in NAMED else ()
    found = next((rule.label for rule in rules if rule.id == value), None)
    return found or Label(value, value)


def facet_named(policy: EffectivePolicy, word: str) -> str | None:
    """Return the facet that ``word`` means by a rule: the name or id of a tag, a kind or a category."""
    return next((found for by in NAMED if (found := named_by(policy, by, word))), None)


def named_by(policy: EffectivePolicy, by: str, word: str) -> str | None:
    """Return ``word`` as a value of facet ``by``, where a rule is called so or has that id."""
    if by in NAMED and any(rule.by == by for rule in policy.facets):
        wanted, rules = fold_text(word), getattr(policy, NAMED[by])
        for rule in rules:
            if wanted in {fold_text(text) for text in (*names_of(rule), rule.id)}:
                return f"{by}={rule.id}"
    return None


def stored_facets(policy: EffectivePolicy, facets: Iterable[str]) -> tuple[str, ...]:
    """Return ``facets`` as entries have them: tags, kinds and categories by id if called by name."""
    found = []
    for facet in facets:
        by, _equals, word = facet.partition("=")
        found.append(named_by(policy, by, word) or facet)
    return tuple(found)


def names_of(rule: NamedRule) -> tuple[str, str]:
    return rule.zh, rule.en
