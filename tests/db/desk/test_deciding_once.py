"""A decision opens its request once, however many ask what it says: its row, its steps, its files and what is
sealed in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from db.desk import Desk
from db.store.subjects import KeyOwner, unseal_for
from tests.db.desk.asking import approve, change
from tests.db.desk.test_directory_scans import statements
from tests.world import World

READ = re.compile(r'\bFROM (?:"(entry|evidence)"|"?(request\w*)"?)')
"""The first table that a statement reads, of those that say what a request asks for and of whom. Whose an
entry is, sealing and the audit each ask for themselves."""
DECISIONS: dict[str, Callable[[Desk, int, str], None]] = {
    "approve": lambda desk, request, digest: desk.queue.approve(request, digest),
    "return": lambda desk, request, digest: desk.queue.return_(request, digest, "缺材料"),
    "reject": lambda desk, request, digest: desk.queue.reject(request, digest, "不符"),
}


@pytest.mark.parametrize("steps", [0, 1], ids=["first-step", "last-step"])
@pytest.mark.parametrize("verdict", DECISIONS)
def test_nothing_of_a_request_is_read_or_unsealed_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, verdict: str, steps: int
) -> None:
    request = change(world, "majun", "group")
    for decider in ("huangbo", "luoyan")[:steps]:
        approve(world, decider, request)
    desk = world.desk(("huangbo", "luoyan")[steps])
    digest, unsealed = desk.queue.one(request).digest, []

    def counted(subject: KeyOwner, place: str, sealed: bytes) -> bytes:
        unsealed.append(place)
        return unseal_for(subject, place, sealed)

    with monkeypatch.context() as patch:
        patch.setattr("db.desk.requests.payload.unseal_for", counted)
        said = statements(monkeypatch, lambda: DECISIONS[verdict](desk, request, digest))
    reads = [one for one in said if one.startswith("SELECT") and READ.search(one)]
    tables = Counter(table for one in reads for table in READ.findall(one)[0] if table)
    assert len(unsealed) == 1
    assert (tables["request"], tables["request_step"]) == (1, 1)
    assert not [one for one, times in Counter(reads).items() if times > 1]
