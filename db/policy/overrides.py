"""A regulation that replaces what earlier ones say otherwise, instead of being composed with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from db.language import Label, _
from db.policy.line_numbers import Path
from db.policy.merge import key_of
from db.policy.regulation import Regulation
from db.policy.rules import Displaced, Fault
from db.policy.schema import PolicyFile
from db.policy.schema.access import Overrides
from db.policy.schema.base import Rule

ABOUT_THE_FILE = {"id", "version", "number", "effective", "title", "summary", "overrides", "commencement"}
"""What a regulation says about itself, which no other one replaces."""

WORDS = {"clause", "zh", "en"}
"""How a rule is cited and called: two that differ in nothing else agree."""


def apply_overrides(files: Sequence[PolicyFile]) -> tuple[list[PolicyFile], tuple[Displaced, ...]]:
    """Return the regulations, in order, without the rules that a later one states otherwise, and those
    displaced rules. The later one has the later effective date, or at the same date the later place in the
    list."""
    age = {number: (file.effective, number) for number, file in enumerate(files)}
    left, displaced = list(files), []
    for number, file in enumerate(files):
        if file.overrides is None:
            continue
        for other in range(len(files)):
            if age[other] < age[number]:
                overriding = _Overriding(left[other], file, file.overrides)
                left[other] = overriding.what_stays()
                displaced += overriding.displaced
    return left, tuple(displaced)


def find_displaced(displaced: Sequence[Displaced], regulations: Sequence[Regulation]) -> Iterator[Fault]:
    """Yield a warning for each displaced rule, at its place in the earlier regulation."""
    files = {regulation.id: regulation for regulation in regulations}
    for rule in displaced:
        message = _(
            "{clause} no longer holds where {by} says otherwise; what it says besides stays.",
            clause=rule.clause,
            by=rule.by,
        )
        regulation = files[rule.policy]
        yield regulation.fault(message, *_path(regulation.file, rule.key), warning=True)


def _path(file: PolicyFile, key: str) -> Path:
    section, _dot, name = key.partition(".")
    stated = getattr(file, section)
    if isinstance(stated, tuple):
        return section, next(place for place, rule in enumerate(stated) if _name(rule) == name)
    return (section, name) if name else (section,)


class _Overriding:
    """What ``later`` leaves of ``earlier`` by its rule."""

    def __init__(self, earlier: PolicyFile, later: PolicyFile, rule: Overrides) -> None:
        self.earlier = earlier
        self.later = later
        self.rule = rule
        self.displaced: list[Displaced] = []

    def what_stays(self) -> PolicyFile:
        keys = self.rule.keys or tuple(PolicyFile.model_fields)
        replaced = {key: self._part(key) for key in keys if key not in ABOUT_THE_FILE}
        return self.earlier.model_copy(update=replaced)

    def _part(self, key: str) -> object:
        earlier, later = getattr(self.earlier, key), getattr(self.later, key)
        if isinstance(earlier, tuple):
            stated = {key_of(rule): rule for rule in later}
            kept = (self._rule(f"{key}.{_name(rule)}", rule, stated.get(key_of(rule))) for rule in earlier)
            return tuple(rule for rule in kept if rule is not None)
        if isinstance(earlier, Mapping):
            rules = {name: self._rule(f"{key}.{name}", earlier[name], later.get(name)) for name in earlier}
            return {name: rule for name, rule in rules.items() if rule is not None}
        return self._rule(key, earlier, later)

    def _rule(self, key: str, earlier: Rule | None, later: Rule | None) -> Rule | None:
        """Return ``earlier`` with the values that ``later`` states otherwise, or None where nothing of it is
        left, and note what was displaced. What is the organisation's own in ``later`` displaces nothing."""
        if earlier is None or later is None:
            return earlier
        said = set(_keys_said(earlier))
        both = said.intersection(_keys_said(later)).difference(later.own)
        disagreed = {name for name in both if getattr(earlier, name) != getattr(later, name)}
        if not disagreed:
            return earlier
        label = getattr(earlier, "label", None)
        called = label if isinstance(label, Label) else None
        self.displaced.append(Displaced(self.earlier.id, key, called, earlier.clause, self.rule.clause))
        if said <= disagreed.union(type(earlier).KEY):
            return None
        return earlier.model_copy(update={name: getattr(later, name) for name in disagreed})


def _keys_said(rule: Rule) -> Iterator[str]:
    """Yield the keys by which a rule states something: written ones, and those that default to yes."""
    for name in type(rule).model_fields:
        if name not in WORDS and (name in rule.model_fields_set or getattr(rule, name) is True):
            yield name


def _name(rule: Rule) -> str:
    return ".".join(str(part) for part in key_of(rule) if isinstance(part, str))
