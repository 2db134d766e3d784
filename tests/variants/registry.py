"""Who else a clause meets and when else, and the variants of each that tests walk.

A test, or a row of one, says which by ``variant(…)``: its clauses, and a person of `PERSONS`, a day of `DAYS`
or both. `walked` reads all of them from the modules of this package.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

P = ParamSpec("P")
R = TypeVar("R")
USUAL = "usual"
PERSONS: Mapping[str, str] = {
    "deputy": "the deputy, or whoever the holder named to stand in",
    "acting": "the acting holder of a vacant office",
    "head-and-keeper": "a head who keeps the book too",
    "oneself": "the person themselves, on their own matter",
    "leaver": "somebody who leaves in the middle",
    "successor": "whoever holds the office since yesterday, or held it until then",
    "two-books": "somebody in two books",
    "no-account": "a head who has no account yet",
    "composed": "somebody in a book under several regulations",
}
DAYS: Mapping[str, str] = {
    "make-up": "a weekend day that is worked",
    "spring-festival": "across Spring Festival",
    "last-day": "the last day, and the night after it",
    "after-deadline": "a day after the deadline",
    "office-changed": "the day after the office changed",
}
FEWEST = 2
"""Variants that each clause has at least."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant that a test walks. ``broken``: why it is known to fail; empty where it holds."""

    clause: str
    person: str
    day: str
    test: str
    broken: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the other variants of its clause."""
        return self.person, self.day


def variant(
    *clauses: str, person: str = USUAL, day: str = USUAL, broken: str = ""
) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a variant of ``clauses``; one that is ``broken`` has to fail."""
    assert person == USUAL or person in PERSONS, person
    assert day == USUAL or day in DAYS, day
    assert (person, day) != (USUAL, USUAL), "neither another person nor another day"
    marks = (pytest.mark.variant(*clauses, person=person, day=day),)
    return (*marks, pytest.mark.xfail(reason=broken, strict=True)) if broken else marks


def row(*values: object, of: str, person: str = USUAL, day: str = USUAL, broken: str = "") -> ParameterSet:
    """Return a row of a table of variants; ``of`` lists its clauses, with spaces between."""
    return pytest.param(*values, marks=variant(*of.split(), person=person, day=day, broken=broken))


def walks(
    of: str, *, person: str = USUAL, day: str = USUAL, broken: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a test as a variant of the clauses ``of``."""

    def decorate(test: Callable[P, R]) -> Callable[P, R]:
        for mark in variant(*of.split(), person=person, day=day, broken=broken):
            test = mark(test)
        return test

    return decorate


def walked() -> list[Variant]:
    """Return every variant that the tests of this package walk, in the order of files and lines."""
    found: list[Variant] = []
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        module = import_module(f"tests.variants.{file.stem}")
        for name, test in vars(module).items():
            if name.startswith("test_") and getattr(test, "__module__", "") == module.__name__:
                found += _of_test(f"{file.stem}::{name}", getattr(test, "pytestmark", []))
    return found


def by_clause(variants: Iterable[Variant]) -> dict[str, list[Variant]]:
    """Return ``variants`` by their clause."""
    found: dict[str, list[Variant]] = defaultdict(list)
    for one in variants:
        found[one.clause].append(one)
    return found


def _of_test(test: str, marks: Iterable[pytest.Mark]) -> Iterator[Variant]:
    marks = list(marks)
    yield from _read(test, marks)
    for mark in marks:
        if mark.name == "parametrize":
            for values in mark.args[1]:
                if isinstance(values, ParameterSet):
                    yield from _read(test, list(values.marks))


def _read(test: str, marks: Iterable[Any]) -> Iterator[Variant]:
    plain = [getattr(one, "mark", one) for one in marks]
    broken = next((str(one.kwargs["reason"]) for one in plain if one.name == "xfail"), "")
    for one in plain:
        if one.name == "variant":
            for clause in one.args:
                yield Variant(clause, one.kwargs["person"], one.kwargs["day"], test, broken)
