"""What siege found once: each walk to it comes to nothing now, waits for somebody else, or is told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.siege import corpus
from tests.siege.actors import Gang, Holder
from tests.siege.acts import Act, Ref
from tests.siege.oracle import UNTOLD, Find
from tests.siege.rows import taken
from tests.siege.shrinking import shows
from tests.siege.stage import Stage, built
from tests.siege.walking import Siege, Tally

CAME = ("done", "asked", "refused")
"""What may come of a walk's last act, where what was found is not found any more."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """What is besieged."""
    with built() as made:
        yield made


@pytest.mark.parametrize("file", sorted(corpus.FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_what_was_found_once_is_not_found_again(stage: Stage, file: Path) -> None:
    with stage.attempt():
        kept = corpus.read(stage, file)
        taken()
        siege = Siege(stage, Gang.of(stage, kept.holder), Tally(), lambda find: find.table != kept.table)
        for act in kept.walk:
            came, found = siege.step(act)
        said = f"{came.how}: {came.error}"
    assert not [str(one) for one in found if (one.rule, one.table) == (kept.rule, kept.table)], said
    assert came.how in CAME, said


def test_a_walk_of_the_host_is_kept_as_any_other_s(stage: Stage, tmp_path: Path) -> None:
    host, file = Holder("host", "class", "host"), tmp_path / "host.toml"
    shut = stage.world.accounts["shilaoshi"]
    with stage.attempt():
        walk = (Act(stage.world.accounts["host"], "accounts.disable", {"account": Ref("account", shut)}),)
        find = Find(UNTOLD, "ACCOUNT", "account", "accounts.disable", "class", "")
        file.write_text(corpus.written(stage, find, host, walk, "By the host."), "utf-8")
        kept = corpus.read(stage, file)
        assert (kept.holder, kept.walk) == (host, walk)
        assert shows(stage, find, host, walk) is False
