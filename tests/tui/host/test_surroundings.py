"""Every command of the host where something about it is broken: a sentence and a status, no traceback."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from db.language import say
from db.store.engine import close_store, database, store
from db.store.keys import make_keys
from db.store.migrations import STEPS
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Book
from db.store.tables.base import SchemaVersion
from tests.seeds import Seed, Seeds
from tests.supply import alone
from tests.tui.host.conftest import INIT, Host, Said
from tests.tui.host.every import every_command, takes_a_folder
from tests.tui.host.test_owner import SOMEBODY, in_a_process
from tui.front import serve as front
from tui.front.hostkey import NAME, write_host_key
from tui.host import doctor_checks, owner
from tui.host.demo import start
from tui.host.main import main
from tui.host.shell import CommandFailure

PROJECT = Path(__file__).parents[3]
Breaking = Callable[[Home, pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation to copy."""
    folder = tmp_path_factory.mktemp("surroundings") / "state"
    assert main([*INIT, "--accept", "--json", "--dir", str(folder)]) == 0
    return folder


@pytest.fixture
def broken(host: Host, seed: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A copy of it, to be broken. Nothing is served or demonstrated. A file of the operator's lies beside."""
    (host.folder.parent / "people.csv").write_text("姓名\n", "utf-8")
    shutil.copytree(seed, host.folder)
    monkeypatch.setattr(front, "serve_home", lambda *_given: 0)
    monkeypatch.setattr(start, "create", lambda *_given: None)
    return host


def older(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(home)
    SchemaVersion.delete().where(SchemaVersion.version > 6).execute()
    close_store()


def newer(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(home)
    SchemaVersion.create(version=len(STEPS) + 1, at="")
    close_store()


def no_folder(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home.folder)


def a_file_for_a_folder(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home.folder)
    home.folder.write_text("")


def wrong_settings(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text("organisation = \n")


def a_pipe_for_settings(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.unlink()
    os.mkfifo(home.settings_file)


def no_keys(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home.keys)


def no_key_of_the_database(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.keys / "database").unlink()


def a_pipe_for_a_key(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.keys / "pepper").unlink()
    os.mkfifo(home.keys / "pepper", 0o400)


def no_database(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.folder / "mingce.db").unlink()


def no_database_but_noise(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.folder / "mingce.db").write_bytes(b"\x17" * 40_960)


def a_server_that_is_away(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text('organisation = "X"\ndatabase = "postgresql://127.0.0.1:1/none"\n')


def a_file_for_every_folder(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (home.run, home.log, home.policies, home.folder / "backups", home.folder / "checkpoints"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.write_text("")


def a_pipe_for_a_regulation(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(home.policies / "own.toml")


def a_locale_that_is_not_there(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.NOWHERE")


def no_home_and_no_terminal(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "TERM", "LANG", "USER", "LOGNAME", "PATH"):
        monkeypatch.delenv(name, raising=False)


def settings_in_another_encoding(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_bytes('organisation = "华星"\n'.encode("gbk"))


def a_folder_for_the_database(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.folder / "mingce.db").unlink()
    (home.folder / "mingce.db").mkdir()


def keys_of_another_installation(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home.keys)
    make_keys(home.keys)
    write_host_key(home.keys / NAME)


def noise_for_keys(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    for file in home.keys.glob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.write_bytes(b"\xff\x00noise")


def a_regulation_that_is_gone(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(home)
    Book.update(policies='["gone"]').execute()
    close_store()


def a_regulation_that_is_noise(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    (home.policies / "own.toml").write_bytes(b"\xff\xfe = ]")


def noise_wherever_something_was_left(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (home.folder / "journal", home.folder / "checkpoints", home.folder / "backups", home.run):
        folder.mkdir(exist_ok=True)
        for name in (
            "2026-11-27-x.journal",
            "checkpoints.jsonl",
            "subjects.keys",
            "subjects.erased",
            "duties",
        ):
            (folder / name).write_bytes(b"\xff\x00noise\n")
        for name in ("mingce-20261127T154334Z-5.backup", "mingce-20261127T154334Z-5.backup.json"):
            (folder / name).write_bytes(b"\xff\x00noise\n")
    home.backup_places.write_bytes(b"\xff\x00\n")
    (home.policies / "screening.txt").write_bytes(b"\xff\xfe\n")


LEFT = (
    "2026-11-27-x.journal", "checkpoints.jsonl", "subjects.keys", "subjects.erased", "duties",
    "mingce-20261127T154334Z-5.backup", "mingce-20261127T154334Z-5.backup.json",
)  # fmt: skip


def a_note_of_a_restore_that_is_noise(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.unfinished.write_bytes(b"\xff[")


def an_owner_without_a_name(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody_knows)


def an_unknown_country(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text('organisation = "X"\ncountry = "XX"\n')


def places_that_are_not_there(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text(
        'organisation = "X"\njournal = "/proc/none/j"\n[backups]\nto = ["/proc/none/b"]\n'
        '[checkpoints]\nto = ["/proc/none/c"]\n[wecom]\ncorpid = "x"\n'
        '[mail]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\nsender = "a@b.cn"\n'
    )


BREAKINGS = (
    settings_in_another_encoding, a_folder_for_the_database, keys_of_another_installation, noise_for_keys,
    a_regulation_that_is_gone, a_regulation_that_is_noise, noise_wherever_something_was_left,
    a_note_of_a_restore_that_is_noise, an_owner_without_a_name, an_unknown_country, places_that_are_not_there,
    no_folder, a_file_for_a_folder, wrong_settings, a_pipe_for_settings, no_keys, no_key_of_the_database,
    a_pipe_for_a_key, no_database, no_database_but_noise, a_server_that_is_away, a_file_for_every_folder,
    a_pipe_for_a_regulation, a_locale_that_is_not_there,
    no_home_and_no_terminal,
)  # fmt: skip


def run_every(host: Host, tmp_path: Path, but: frozenset[str] = frozenset()) -> Iterator[tuple[str, Said]]:
    """What each command says; one that ends with an exception ends the test."""
    for name, words in every_command(tmp_path / "people.csv", tmp_path):
        if name not in but and takes_a_folder(name):
            yield name, host.run(*words)
            close_store()


@pytest.mark.threat(42)
@pytest.mark.parametrize("breaking", [*BREAKINGS, older, newer], ids=lambda one: one.__name__)
def test_no_command_ends_with_a_traceback(
    breaking: Breaking, broken: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(Home(broken.folder), monkeypatch)
    for name, said in run_every(broken, tmp_path, frozenset({"init"})):
        assert said.status in (0, 1, 2), name
        assert "Traceback" not in said.out + said.err, name


@pytest.mark.threat(42)
def test_a_disk_that_takes_nothing_is_said_to_be(broken: Host, tmp_path: Path) -> None:
    with _no_room():
        for name, said in run_every(broken, tmp_path):
            assert said.status in (0, 1, 2), name


@contextmanager
def _no_room() -> Iterator[None]:
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.threat(42)
@pytest.mark.parametrize("answer", [b"", b"{}\n", b'{"pid": "x", "sessions": 3}\n', b"[" * 50_000 + b"\n"])
def test_a_socket_that_somebody_laid_there_confuses_no_command(
    answer: bytes, broken: Host, tmp_path: Path
) -> None:
    run = broken.folder / "run"
    run.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(run / "serve-1.sock"))
        listening.listen(64)
        threading.Thread(target=_answer, args=(listening, answer), daemon=True).start()
        for words in (["who"], ["doctor"], ["duties", "run"], ["announce", "hello"], ["restore", "--yes"]):
            assert broken.run(*words).status in (0, 1), words
        listening.shutdown(socket.SHUT_RDWR)


def _answer(listening: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        while True:
            asking, _address = listening.accept()
            with asking:
                asking.sendall(answer)


@pytest.mark.threat(42)
def test_the_owner_is_become_before_anything_else_by_every_command(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no such folder, so who looked into it would say that."""

    def refuse(_folder: Path) -> None:
        raise CommandFailure("the owner comes first")

    (tmp_path / "people.csv").write_text("姓名\n", "utf-8")
    monkeypatch.setattr(owner, "act_as_owner", refuse)
    monkeypatch.setattr("tui.host.policy._findings", lambda _file: [])
    for name, said in run_every(host, tmp_path):
        if name not in ("demo",):
            assert (said.status, said.err) == (1, "the owner comes first\n"), name


@pytest.mark.threat(42)
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_in_another_users_folder_no_command_ends_with_a_traceback(
    mode: int, broken: Host, tmp_path: Path
) -> None:
    """Who runs the tests as somebody else than root shuts themselves out of their own."""
    place = Path(tempfile.mkdtemp(prefix="theirs-"))
    place.chmod(0o755)
    shutil.move(broken.folder, place)
    broken.folder = place / broken.folder.name
    broken.folder.chmod(mode)

    def look() -> None:
        alone.main(())  # the program may lie where only root reads
        if os.geteuid() == 0:
            owner.become_user(SOMEBODY, SOMEBODY)
        else:
            broken.folder.chmod(0)
        for name, said in run_every(broken, tmp_path):
            assert said.status in (0, 1, 2), name
            assert "Traceback" not in said.out + said.err, name

    try:
        assert in_a_process(look) == 0
    finally:
        broken.folder.chmod(0o700)
        shutil.rmtree(place)


def test_streams_that_are_closed_stand_in_for_no_file_of_ours(broken: Host) -> None:
    """A database that is opened as number 1 would be printed into."""
    words = f"{sys.executable} -m tui.host.main doctor --dir {broken.folder}"
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        shell = ["/bin/sh", "-c", f"{words} {closed}"]
        done = subprocess.run(shell, cwd=PROJECT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
    for name in ("doctor", "report", "policy show staff"):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "tui.host.main", *name.split(), "--dir", str(broken.folder)]
        done = subprocess.run(command, cwd=PROJECT, stdout=writing, stderr=subprocess.PIPE, check=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, b""), name
    full = subprocess.run(
        ["/bin/sh", "-c", f"{words} > /dev/full"], cwd=PROJECT, capture_output=True, text=True
    )
    assert (full.returncode, "Traceback" in full.stderr) == (1, False)
    assert full.stderr.strip()


def test_a_working_folder_that_is_gone_is_said_to_be(
    broken: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(broken, "folder", Path("state"))
    try:
        said = broken.run("doctor")
    finally:
        os.chdir("/")
    assert (said.status, said.err.splitlines()[0]) == (1, "The folder that this was called in is gone.")


def test_on_postgresql_the_disk_of_the_database_is_this_ones_only_where_the_server_is(
    home: Home, postgresql: str, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    with seeds.copy(Seed(), home.folder, postgresql) as url:
        home.settings_file.write_text(f'organisation = "X"\ndatabase = "{url}"\n')
        open_store(home)
        with pytest.raises(doctor_checks.Remark) as beside:
            doctor_checks.other_disks(home)
        assert str(home.folder / "backups") in say(beside.value.found, "en")
        ask: Callable[..., Any] = database.execute_sql
        elsewhere = "SELECT '10.0.0.2'::inet IS DISTINCT FROM '10.0.0.1'::inet"
        monkeypatch.setattr(
            store().database,
            "execute_sql",
            lambda sql, *given: ask(elsewhere if "inet_" in sql else sql, *given),
        )
        assert "every place of backups" in say(doctor_checks.other_disks(home), "en")
        close_store()
