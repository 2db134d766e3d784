"""Nothing that a command of the host leaves, or has for a while, tells a secret or a person's data."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import tempfile
from pathlib import Path

import pytest

from auth.provision import enrol_from_host
from db.desk.entry.record import load_entry
from db.store.engine import close_store, store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, EntryField
from tests.tui.host.conftest import Host
from tests.world import World
from tui.host.main import main

PASSWORD = "canary: 长安一片月，万户捣衣声"
PR_GET_DUMPABLE = 3


class Watcher:
    """Reads every file once more before it is removed, and all that lie in some folders."""

    def __init__(self, canaries: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: list[tuple[str, str]] = []
        self.read = 0
        self._canaries = canaries
        unlink = os.unlink

        def read_first(path: str | Path, *, dir_fd: int | None = None) -> None:
            self._read(os.fspath(path), dir_fd)
            unlink(path, dir_fd=dir_fd)

        monkeypatch.setattr(os, "unlink", read_first)

    def look(self, *folders: Path) -> None:
        for folder in folders:
            for path in folder.rglob("*"):
                if path.is_file():
                    self._read(str(path), None)

    def _read(self, path: str, folder: int | None) -> None:
        try:
            handle = os.open(path, os.O_RDONLY, dir_fd=folder)
        except OSError:
            return
        with os.fdopen(handle, "rb") as file:
            content = file.read()
        self.read += 1
        self.found += [(name, path) for name, canary in self._canaries.items() if canary in content]


@pytest.fixture
def canaries(world: World, home: Home) -> dict[str, bytes]:
    """A password, a TOTP secret, a protected number, a name, and every key, as text and as bytes."""
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(store().settings.database)}\n', "utf-8"
    )
    _account, secret = enrol_from_host("canary", None, PASSWORD)
    number = EntryField.get((EntryField.name == "mobile") & EntryField.sealed.is_null(False))
    entry = load_entry(number.entry_id)
    close_store()
    return {
        "password": PASSWORD.encode(),
        "TOTP secret": secret.encode(),
        "number": entry.first("mobile").removeprefix("+86").encode(),
        "name": entry.first("name").encode(),
        **_keys(home),
    }


def _keys(home: Home) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for file in home.keys.glob("**/*"):
        if file.is_file() and not file.name.endswith(".pub"):
            text = file.read_text().split()[0]
            found |= {f"{file.name} as text": text.encode(), f"{file.name} as bytes": bytes.fromhex(text)}
    return found


@pytest.mark.threat(26)
@pytest.mark.clause("C.9.2")
def test_no_file_tells_a_secret_while_it_is_there_or_afterwards(
    canaries: dict[str, bytes],
    home: Home,
    host: Host,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    watcher = Watcher(canaries, monkeypatch)
    said = ""
    for words in (
        ("backup", "run"), ("keys", "rotate", "field"), ("keys", "rotate", "database"),
        ("keys", "rotate", "journal"), ("backup", "verify"), ("audit", "verify"), ("doctor",),
    ):  # fmt: skip
        ended = host.run(*words)
        said += ended.out + ended.err
    others = [path for path in home.folder.iterdir() if path != home.keys and path.is_dir()]
    watcher.look(temporary, *others)
    for file in home.folder.iterdir():
        if file.is_file():
            watcher._read(str(file), None)
    assert watcher.read > 5
    assert [(name, path) for name, path in watcher.found if not _is_key(path, home)] == []
    assert [name for name, canary in canaries.items() if canary in said.encode()] == []
    shutil.rmtree(temporary)


def _is_key(path: str, home: Home) -> bool:
    return path.startswith(str(home.keys))


@pytest.mark.threat(26)
def test_what_the_audit_and_the_journal_keep_is_sealed(
    canaries: dict[str, bytes], home: Home, host: Host
) -> None:
    """Nor does the database, to who may read its rows, tell a password, a secret or a protected number."""
    assert host.run("audit", "verify").status == 0
    open_store(home)
    for table in (AuditRecord, EntryField):
        rows = repr(list(table.select().tuples())).encode()
        for name in ("password", "TOTP secret", "number"):
            assert canaries[name] not in rows
    close_store()


@pytest.mark.threat(26)
def test_a_command_leaves_no_core_file_and_lets_nobody_look_into_it() -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            main(["--help"])
            held = resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
            status = 0 if held and ctypes.CDLL(None).prctl(PR_GET_DUMPABLE) == 0 else 1
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
