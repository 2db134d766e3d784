"""Root's commands work as the state folder's owner, who may have laid links into it (threat 42)."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord
from tests.tui.host.conftest import Host
from tui.host import owner
from tui.host.owner import state_folder
from tui.host.shell import CommandFailure

SOMEBODY = 54_321
"""A user's number that nobody has here."""
pytestmark = pytest.mark.threat(42)


class Rights:
    """Stands in for the kernel's: what a process that is root asked to become, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folders_owner: int) -> None:
        self.asked: list[tuple[object, ...]] = []
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        for name in ("setgroups", "initgroups", "setresgid", "setresuid", "umask"):
            monkeypatch.setattr(os, name, lambda *given, name=name: self.asked.append((name, *given)))
        monkeypatch.setattr(owner, "_called_by", None)
        found = SimpleNamespace(st_uid=folders_owner, st_gid=77)
        monkeypatch.setattr(owner, "_nearest", lambda _folder: found)
        monkeypatch.setattr(os, "environ", dict(os.environ))


def test_root_becomes_the_owner_for_good_and_keeps_nothing_of_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = Rights(monkeypatch, SOMEBODY)
    os.environ.update(HOME="/root", XDG_RUNTIME_DIR="/run/user/0", TMPDIR="/root/tmp", SUDO_USER="lina")
    assert state_folder(tmp_path) == tmp_path
    three = (SOMEBODY,) * 3
    assert rights.asked == [
        ("setgroups", []), ("setresgid", 77, 77, 77), ("setresuid", *three), ("umask", 0o077)
    ]  # fmt: skip
    assert (os.environ["HOME"], os.environ["USER"], "TMPDIR" in os.environ) == ("/", str(SOMEBODY), False)
    assert "XDG_RUNTIME_DIR" not in os.environ
    assert owner.caller() == f"{pwd.getpwuid(os.getuid()).pw_name} (lina)"


def test_the_groups_of_an_owner_with_a_name_are_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = pwd.getpwnam("nobody")
    rights = Rights(monkeypatch, nobody.pw_uid)
    state_folder(tmp_path)
    assert rights.asked[0] == ("initgroups", "nobody", nobody.pw_gid)
    assert rights.asked[1] == ("setresgid", *(nobody.pw_gid,) * 3)


def test_roots_own_folder_stays_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rights = Rights(monkeypatch, 0)
    state_folder(tmp_path)
    assert rights.asked == []


def test_where_root_may_become_nobody_it_says_so_and_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rights(monkeypatch, SOMEBODY)

    def refuse(*_given: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setresuid", refuse)
    with pytest.raises(CommandFailure) as failure:
        state_folder(tmp_path)
    assert "sudo -u" in str(failure.value.advice)


def test_a_folder_that_is_to_be_made_belongs_to_who_owns_the_one_above(tmp_path: Path) -> None:
    assert owner._nearest(tmp_path / "a" / "b").st_ino == tmp_path.stat().st_ino


@pytest.fixture
def theirs(installed: Host) -> Iterator[Host]:
    """The installation where its owner reaches it, who is somebody else where root runs the tests."""
    for words in (["backup", "run"], ["duties", "run"]):  # who may not read this program has all of it loaded
        assert installed.run(*words).status == 0
    place = Path(tempfile.mkdtemp(prefix="mingce-owner-"))
    place.chmod(0o711)
    folder = place / "state"
    shutil.move(installed.folder, folder)
    if os.geteuid() == 0:
        for file in (folder, *folder.rglob("*")):
            os.lchown(file, SOMEBODY, SOMEBODY)
    installed.folder = folder
    yield installed
    shutil.rmtree(place)


def in_a_process(work: Callable[[], None]) -> int:
    """``work`` in a process of its own, which may become somebody else for good; its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # the test sees the status, and this on standard error
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_what_root_runs_ends_where_the_owners_rights_end(
    theirs: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner planted a link to a file that only root may write: it is not written, nothing of root's comes
    into the folder, and the record says who it was."""
    precious = theirs.folder.parent / "precious"
    precious.write_text("as it was")
    precious.chmod(0o600)
    places = theirs.folder / "backup-places"
    places.unlink()
    places.symlink_to(precious)
    monkeypatch.setattr(owner, "PACKAGE", theirs.folder)  # this program may lie where only root reads

    def run() -> None:
        said = theirs.run("backup", "run")
        assert (said.status, "backup-places" in said.err) == (1, True), said
        assert theirs.run("duties", "run").status == 0
        if theirs.folder.stat().st_uid == SOMEBODY:
            assert os.getresuid() == (SOMEBODY,) * 3
            assert os.getresgid() == (SOMEBODY,) * 3
            assert os.getgroups() == []
            assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
            with pytest.raises(PermissionError):
                os.setresuid(0, 0, 0)

    assert in_a_process(run) == 0
    assert precious.read_text() == "as it was"
    wanted = theirs.folder.stat().st_uid
    assert {file.lstat().st_uid for file in theirs.folder.rglob("*") if file != places} == {wanted}
    open_store(Home(theirs.folder))
    newest = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    close_store()
    assert newest.source in (f"host:{owner.caller()}", f"host:{pwd.getpwuid(os.getuid()).pw_name}")


def test_a_program_that_lies_in_the_working_folder_is_not_run(
    installed: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command starts is looked for where mingce is, not where its caller happened to be."""
    planted = tmp_path / "tui" / "front" / "signer.py"
    planted.parent.mkdir(parents=True)
    for folder in (planted.parent, planted.parent.parent):
        (folder / "__init__.py").touch()
    planted.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert installed.run("backup", "run").status == 0
    assert not (tmp_path / "ran").exists()
    assert (installed.folder / "checkpoints").is_dir()
