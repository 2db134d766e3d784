"""The list of guards fits the source and the tests as they are now. `make guards` takes them away."""

from __future__ import annotations

import tomllib

import pytest

from tests.guards.document import PAGE, THREATS, written
from tests.guards.reading import ROWS, Guard, guards, marked_rows


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: f"{guard.threat}-{guard.says}")
def test_the_guard_stands_and_its_test_bears_its_row(guard: Guard) -> None:
    assert not guard.file.endswith(".py"), "what is Python is held by symbol"
    assert not guard.put or guard.put != guard.take
    guard.taken_away()
    file, _colons, name = guard.test.partition("::")
    assert guard.threat in marked_rows(file).get(name, frozenset()), f"{guard.test} is not marked"


def test_every_row_has_a_guard() -> None:
    assert {guard.threat for guard in guards()} >= ROWS


def test_the_documentation_has_a_row_for_every_threat() -> None:
    assert set(map(int, tomllib.loads(THREATS.read_text("utf-8")))) == ROWS
    assert PAGE.read_text("utf-8") == written(), "make docs"
