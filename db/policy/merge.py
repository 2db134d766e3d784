"""How two regulations' rules on the same thing become one: the stricter of each key stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic.fields import FieldInfo

from db.policy.schema.base import HolderWord, Rule, Stricter, cite
from db.policy.vocabulary import CYCLES

R = TypeVar("R", bound=Rule)

_WITHOUT_LIMIT = float("inf")


def key_of(rule: Rule) -> tuple[object, ...]:
    """What makes two rules of one list the same rule."""
    return tuple(getattr(rule, name) for name in type(rule).KEY)


def unite(lists: Iterable[Iterable[R]]) -> tuple[R, ...]:
    """All rules of several lists, those with the same key made one, in order of first appearance."""
    found: dict[tuple[object, ...], R] = {}
    for rules in lists:
        for rule in rules:
            key = key_of(rule)
            found[key] = strictest(found[key], rule) if key in found else rule
    return tuple(found.values())


def strictest(first: R, second: R) -> R:
    """One rule that satisfies both; the citation names both."""
    values = {
        name: _stricter(name, info, getattr(first, name), getattr(second, name))
        for name, info in type(first).model_fields.items()
    }
    return first.model_copy(update=values)


def _stricter(name: str, info: FieldInfo, first: Any, second: Any) -> object:
    if name == "clause":
        return cite(first, second)
    if first == second:
        return first
    if name == "every":
        return max(first, second, key=CYCLES.index)
    if isinstance(first, bool):
        return (first and second) if Stricter.BOTH in info.metadata else (first or second)
    if isinstance(first, tuple) and Stricter.BOTH in info.metadata:
        return tuple(one for one in first if one in second) if first and second else first or second
    if isinstance(first, tuple):
        return tuple(dict.fromkeys(first + second))
    if isinstance(first, int) or isinstance(second, int):
        larger = Stricter.LARGER in info.metadata
        silent = -_WITHOUT_LIMIT if larger else _WITHOUT_LIMIT
        choose = max if larger else min
        return choose(first, second, key=lambda number: silent if number is None else number)
    return second if first is None else first


def resolve(rule: R, holder: Callable[[str], str]) -> R:
    """``rule`` with the words of functions replaced by the roles that hold them."""
    named = {
        name: getattr(rule, name)
        for name, info in type(rule).model_fields.items()
        if holders_in(info) and getattr(rule, name) is not None
    }
    return rule.model_copy(update={name: _resolved(word, holder) for name, word in named.items()})


def _resolved(word: str | tuple[str, ...], holder: Callable[[str], str]) -> str | tuple[str, ...]:
    return holder(word) if isinstance(word, str) else tuple(dict.fromkeys(map(holder, word)))


def holders_in(info: FieldInfo) -> bool:
    """Whether a key names a role.

    ``Role`` alone leaves its mark in the metadata, ``Role | None`` and ``tuple[Role, ...]`` in the
    arguments of the annotation.
    """
    marks = list(info.metadata)
    for member in getattr(info.annotation, "__args__", ()):
        marks.extend(getattr(member, "__metadata__", ()))
    return HolderWord in marks
