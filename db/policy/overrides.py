"""A regulation that replaces rules of earlier ones instead of being composed with them."""

from __future__ import annotations

from collections.abc import Sequence

from db.policy.merge import key_of
from db.policy.schema import PolicyFile
from db.policy.schema.base import Rule

ABOUT_THE_FILE = {"id", "version", "effective", "title", "summary", "overrides", "commencement"}
"""What a regulation says about itself, which no other one replaces."""


def apply_overrides(files: Sequence[PolicyFile]) -> list[PolicyFile]:
    """The regulations in the same order, each without the rules that a later one replaces.

    Later: a later effective date, or the same date and a later place in the list.
    """
    age = {number: (file.effective, number) for number, file in enumerate(files)}
    left = list(files)
    for number, file in enumerate(files):
        if file.overrides is None:
            continue
        for other in range(len(files)):
            if age[other] < age[number]:
                left[other] = _without(left[other], file, file.overrides.keys)
    return left


def _without(earlier: PolicyFile, later: PolicyFile, keys: tuple[str, ...]) -> PolicyFile:
    """``earlier`` without the rules that ``later`` states as well."""
    replaced: dict[str, object] = {}
    for key in keys or tuple(PolicyFile.model_fields):
        if key not in ABOUT_THE_FILE:
            replaced[key] = _left(getattr(earlier, key), getattr(later, key))
    return earlier.model_copy(update=replaced)


def _left(earlier: object, later: object) -> object:
    if isinstance(earlier, tuple) and isinstance(later, tuple):
        stated = {key_of(rule) for rule in later}
        return tuple(rule for rule in earlier if key_of(rule) not in stated)
    if isinstance(earlier, dict) and isinstance(later, dict):
        return {key: rule for key, rule in earlier.items() if key not in later}
    return None if isinstance(later, Rule) else earlier
