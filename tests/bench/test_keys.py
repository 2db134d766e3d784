"""The benchmark of keys finds each place by the keys that people press."""

from __future__ import annotations

from pathlib import Path

from tests.bench.keys import places
from tests.bench.lookup_people import Organisation
from tests.bench.scale_world import READERS, AtWork


def test_each_place_of_each_reader_is_reached_by_single_keys(tmp_path: Path) -> None:
    AtWork(tmp_path / "state", Organisation(60), None)
    ways = {reader: {name: way for name, way, _commands in places(reader)} for reader in READERS}
    assert all(len(key) == 1 for found in ways.values() for way in found.values() for key in way)
    assert ways["it"]["accounts"] == ("0", "f")
    assert "accounts" not in ways["employee"]
