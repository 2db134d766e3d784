"""A command line to call within the test, and an installation made by it."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.store import clock
from db.store.engine import close_store
from tests.seeds import START
from tui.host.main import main


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with and wrote."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)


class Host:
    """Runs commands on the state folder ``folder``."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def run(self, *words: object, typed: Sequence[str] = ()) -> Said:
        """``mingce WORDS --dir FOLDER``, with ``typed`` lines on standard input."""
        given = "".join(f"{line}\n" for line in typed).encode()
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        self._capsys.readouterr()
        status = main([*map(str, words), "--dir", str(self.folder)])
        captured = self._capsys.readouterr()
        return Said(status, captured.out, captured.err)


INIT = (
    "init", "--organisation", "华星集团", "--book", "staff", "--title", "员工通讯录",
    "--policies", "enterprise", "--hr-login", "chenjing", "--hr-name", "陈静", "--hr-unit", "人力资源部",
)  # fmt: skip


@pytest.fixture
def host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """A host without an installation yet."""
    monkeypatch.delenv("MINGCE_HOME", raising=False)
    yield Host(tmp_path / "state", capsys, monkeypatch)
    close_store()


@pytest.fixture(scope="session")
def installations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installations to begin with, by what time it was when they were made."""
    return tmp_path_factory.mktemp("installations")


@pytest.fixture
def installed(host: Host, installations: Path) -> Host:
    """A host with an installation; the operator has accepted the undertaking."""
    kept = installations / (clock.now() if clock.utcnow() == START else "now")
    if kept.exists():
        shutil.copytree(kept, host.folder)
        return host
    made = host.run(*INIT, "--accept", "--json")
    assert made.status == 0, made.err
    close_store()
    shutil.copytree(host.folder, kept)
    return host
