"""The large organisation that the benchmark measures is one that the program itself finds sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.store.engine import close_store
from tests.bench.lookup_people import Organisation
from tests.bench.scale_world import AtWork
from tui.host.main import run


def test_the_benchmarks_world_passes_audit_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    AtWork(tmp_path / "state", Organisation(60), None)
    close_store()
    status = run(["audit", "verify", "--dir", str(tmp_path / "state")])
    assert status == 0, capsys.readouterr().out
