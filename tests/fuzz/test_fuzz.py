"""Whatever comes from outside is understood or refused: a short run of every target, on its corpus and on
inputs made from it. `make fuzz` runs long."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.inputs import mutated
from tests.fuzz.target import Target, bounded
from tests.fuzz.targets import TARGETS
from tests.in_ci import times


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_what_comes_from_outside_is_understood_or_refused(target: Target) -> None:
    seeds = [file.read_bytes() for file in target.seeds()]
    with target.opened() as opened:
        read = bounded(target, opened)
        for seed in seeds:
            read(seed)

        @settings(
            max_examples=times(target.examples // 3, target.examples), deadline=None,
            derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(mutated(seeds, target.words()))
        def tried(content: bytes) -> None:
            read(content)

        tried()
