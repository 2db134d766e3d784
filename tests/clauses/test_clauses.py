"""The clauses that tests are marked with, the policies and the list of clauses speak of the same."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.clauses.reading import IDS, Clause, order, rules, strangers, table, unlisted

TESTS = Path(__file__).parents[1]


def test_every_clause_is_carried_by_a_policy() -> None:
    assert set(IDS) - set(rules()) == set()


def test_every_clause_of_a_policy_is_on_the_list() -> None:
    """Or is the whole of which the list names the parts."""
    assert unlisted(rules()) == []


def test_no_test_is_marked_with_a_clause_that_no_policy_carries() -> None:
    marks = {mark for file in TESTS.rglob("test_*.py") for mark in _marks(file)}
    assert strangers(marks) == []


def test_every_clause_is_accepted_by_a_test() -> None:
    marks = {mark for file in TESTS.rglob("test_*.py") for mark in _marks(file)}
    assert set(IDS) - marks == set()


def test_clauses_stand_in_order() -> None:
    assert sorted(["A.10", "B.1", "A.9", "A.9.1"], key=order) == ["A.9", "A.9.1", "A.10", "B.1"]


@pytest.mark.parametrize(
    ("clause", "result"),
    [
        (Clause("A.5", ("controls",), ("t",), (), ("oneself/usual", "usual/make-up")), "ok"),
        (Clause("A.5", ("controls",), ("t",), (), ("oneself/usual",)), "FEW VARIANTS"),
        (Clause("A.5", ("controls",), ("t",), ("t",)), "FAILS"),
        (Clause("A.5", ("controls",), (), ()), "NO TEST"),
        (Clause("A.5", (), ("t",), ()), "NO RULE"),
    ],
)
def test_what_is_said_of_a_clause(clause: Clause, result: str) -> None:
    assert clause.result == result


def test_a_whole_stands_by_its_parts() -> None:
    ids = [row.id for row in table({}, {})]
    assert "E.13" in rules()
    assert ids == sorted(IDS, key=order)


def test_one_failure_of_a_test_fails_its_clause() -> None:
    walked = {"A.5": {"oneself/usual": False, "usual/make-up": True}}
    rows = {row.id: row for row in table({"A.5": {"one": True, "other": False}}, walked)}
    assert rows["A.5"].failed == ("other",)
    assert rows["A.5"].variants == ("usual/make-up",)
    assert rows["A.6"].tests == ()


def _marks(file: Path) -> set[str]:
    """The arguments of every ``pytest.mark.clause(…)`` in ``file``."""
    return {
        argument.value
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "clause"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
