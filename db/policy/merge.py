"""How two regulations' rules on the same thing become one: the stricter of each key stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic.fields import FieldInfo

from db.policy.schema.base import PolicyPart, Rule, Stricter, Whom, cite
from db.policy.vocabulary import CYCLES

R = TypeVar("R", bound=Rule)

_WITHOUT_LIMIT = float("inf")


def key_of(rule: Rule) -> tuple[object, ...]:
    """Return the values by which two rules of one list are the same rule."""
    return tuple(getattr(rule, name) for name in type(rule).KEY)


def unite_rules(lists: Iterable[Iterable[R]]) -> tuple[R, ...]:
    """Unite several lists, in order of first appearance; of rules with the same key the strictest is made."""
    found: dict[tuple[object, ...], R] = {}
    for rules in lists:
        for rule in rules:
            key = key_of(rule)
            found[key] = strictest(found[key], rule) if key in found else rule
    return tuple(found.values())


def strictest(first: R, second: R) -> R:
    """Return one rule that satisfies both, cited by the clauses of both."""
    values = {
        name: _stricter(name, info, getattr(first, name), getattr(second, name))
        for name, info in type(first).model_fields.items()
        if name in first.model_fields_set | second.model_fields_set
    }
    values["own"] = _own(values, first, second)
    return first.model_copy(update=values)


def _own(values: Mapping[str, object], *rules: Rule) -> tuple[str, ...]:
    """Return the keys among ``values`` that are the organisation's own, which no clause states."""
    stated = {
        name
        for rule in rules
        for name in rule.model_fields_set.difference(rule.own)
        if getattr(rule, name) == values[name]
    }
    return tuple(dict.fromkeys(name for rule in rules for name in rule.own if name not in stated))


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
        silent = -_WITHOUT_LIMIT if Stricter.LARGER in info.metadata else _WITHOUT_LIMIT
        choose = min if {Stricter.LARGER, Stricter.LARGER_OR_NONE}.isdisjoint(info.metadata) else max
        return choose(first, second, key=lambda number: silent if number is None else number)
    return second if first is None else first


P = TypeVar("P", bound=PolicyPart)


def with_holders(rule: P, holder: Callable[[str], str]) -> P:
    """Return ``rule`` with every word for a function, in it and in the tables within, replaced by the role
    that ``holder`` gives for it."""
    named: dict[str, object] = {}
    for name, names_people in _keys(type(rule)):
        value = getattr(rule, name)
        if not names_people:
            named[name] = _within(value, holder)
        elif value is not None:
            named[name] = _resolved(value, holder)
    resolved = rule.model_copy(update=named)
    # What the file leaves out stays left out: who reads a citation asks for it (`Rule.clause_of`).
    resolved.model_fields_set.intersection_update(rule.model_fields_set)
    return resolved


@cache
def _keys(part: type[PolicyPart]) -> tuple[tuple[str, bool], ...]:
    """Return the keys of a table, each with whether its value names people; cached."""
    return tuple((name, whom_of(info) is not None) for name, info in part.model_fields.items())


def _within(value: object, holder: Callable[[str], str]) -> object:
    if isinstance(value, PolicyPart):
        return with_holders(value, holder)
    if isinstance(value, tuple):
        return tuple(_within(one, holder) for one in value)
    if isinstance(value, dict):
        return {key: _within(one, holder) for key, one in value.items()}
    return value


def _resolved(word: str | tuple[str, ...], holder: Callable[[str], str]) -> str | tuple[str, ...]:
    return holder(word) if isinstance(word, str) else tuple(dict.fromkeys(map(holder, word)))


def whom_of(info: FieldInfo) -> Whom | None:
    """Return what kind of people the value of a key may name; None for a key that names none."""
    annotation: Any = info.annotation
    marks = (mark for mark in (*info.metadata, *_marks(annotation)) if isinstance(mark, Whom))
    return next(marks, None)


@cache
def _marks(annotation: object) -> tuple[object, ...]:
    within = (mark for member in get_args(annotation) for mark in _marks(member))
    return (*getattr(annotation, "__metadata__", ()), *within)
