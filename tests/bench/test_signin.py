"""The measurement of the door measures refusals, and not that a try came before its turn."""

from __future__ import annotations

from tests.bench import signin
from tests.bench.rows import Row


def test_each_try_of_a_name_is_checked_however_many_were_measured_before() -> None:
    known, unknown = signin.measure(tries=3)
    assert isinstance(known, Row)
    assert isinstance(unknown, Row)
    assert known.ours == unknown.beside
    assert known.ours > 1
