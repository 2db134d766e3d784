"""`mingce case …` on the host: an evidence pack taken, checked, and found out once it was changed (C.13)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from db.desk.cases.cases import Cases
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from reports.evidence.pack import archive, evidence_pack
from tests.db.desk.casework import decided
from tests.tui.host.conftest import Host
from tests.wider_world import build_wider_world


@pytest.fixture
def pack(installed: Host, tmp_path: Path) -> Path:
    """The pack of a decided case."""
    open_store(Home(installed.folder))
    world = build_wider_world("secured")
    case = Cases(world.desk("shibu")).report("secured", "名册外泄", "leak")
    desk = decided(world, case, "leak", "秦玉", "legal-action")
    file = tmp_path / "case.zip"
    file.write_bytes(evidence_pack(desk, case, "zh_CN").content)
    close_store()
    return file


@pytest.mark.clause("C.13", "E.18", "H.7")
def test_a_pack_is_checked_on_the_host(installed: Host, pack: Path) -> None:
    said = installed.run("case", "verify", pack, "--json")
    assert said.status == 0, said.err
    assert said.data["sound"]
    assert said.data["public_key"] == installed.run("case", "key").out.strip()
    with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    files["case.en.txt"] += b"more"
    pack.write_bytes(archive(files))
    changed = installed.run("case", "verify", pack)
    assert changed.status == 1
    assert "case.en.txt" in changed.out
    pack.write_bytes(b"nothing")
    assert installed.run("case", "verify", pack).status == 1
    missing = installed.run("case", "verify", pack.with_name("none.zip"))
    assert missing.status == 1
    assert "Traceback" not in missing.err + changed.err


@pytest.mark.clause("C.13", "A.6")
def test_the_hosts_operator_takes_no_pack_in_anybodys_name(installed: Host, pack: Path) -> None:
    said = installed.run("case", "pack", "1")
    assert said.status == 1
    assert "秦玉" not in said.out
    assert said.err.strip()
