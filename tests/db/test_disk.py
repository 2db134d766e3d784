"""What somebody laid in the place of a file that is to be written to or read (threat 42)."""

from __future__ import annotations

import errno
import os
import socket
import stat
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from db.store.disk import LARGE, SMALL, open_own, read_plain
from db.store.engine import Store
from db.store.tables import Book
from db.store.transactions import writing
from db.store.unavailable import Unavailable

MORE = os.O_WRONLY | os.O_CREAT | os.O_APPEND
pytestmark = pytest.mark.threat(42)


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A file that is meant by nobody here."""
    file = tmp_path / "precious"
    file.write_text("as it was")
    return file


def refusal(work: Callable[[], object]) -> int | None:
    """The number of the error that ``work`` ends with; 0 for none."""
    try:
        work()
    except OSError as error:
        return error.errno
    return 0


def test_nothing_is_written_through_a_link(tmp_path: Path, precious: Path) -> None:
    (tmp_path / "log").symlink_to(precious)
    assert refusal(lambda: open_own(tmp_path / "log", MORE)) == errno.ELOOP


def test_nothing_is_written_to_a_file_with_a_second_name_not_even_cut(tmp_path: Path, precious: Path) -> None:
    os.link(precious, tmp_path / "log")
    assert refusal(lambda: open_own(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)) == errno.EMLINK
    assert precious.read_text() == "as it was"


def test_of_others_files_only_the_folders_owners_is_written_to(
    precious: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share may show all that is on it as one user's."""
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    os.close(open_own(precious, MORE))
    another = os.stat_result((stat.S_IFREG | 0o644, 1, 1, 1, me + 2, 0, 0, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda _handle: another)
    assert refusal(lambda: open_own(precious, MORE)) == errno.EPERM


@pytest.mark.parametrize("what", ["pipe", "socket"])
def test_what_is_no_plain_file_holds_nobody_up(tmp_path: Path, what: str) -> None:
    file = tmp_path / what
    if what == "pipe":
        os.mkfifo(file)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(file))
    assert refusal(lambda: open_own(file, MORE)) == errno.ENXIO
    assert refusal(lambda: read_plain(file)) == errno.ENXIO


def test_a_pipe_that_somebody_reads_is_no_plain_file_either(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert refusal(lambda: open_own(tmp_path / "pipe", MORE)) == errno.ENXIO
    os.close(reader)


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert refusal(lambda: read_plain(tmp_path / "sparse")) == errno.EFBIG
    assert refusal(lambda: read_plain(Path("/dev/zero"))) == errno.ENXIO


def test_a_small_file_takes_no_more_memory_than_it_holds_however_large_it_may_be(tmp_path: Path) -> None:
    """A session, which may take some hundred megabytes, reads what may hold a gigabyte (C.13)."""
    (tmp_path / "file").write_bytes(b"a line\n" * 9)
    tracemalloc.start()
    try:
        assert read_plain(tmp_path / "file", LARGE) == b"a line\n" * 9
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * SMALL


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_file_of_as_many_bytes_as_it_may_hold_is_read(tmp_path: Path, beyond: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * (3 + beyond))
    if beyond:
        assert refusal(lambda: read_plain(tmp_path / "file", 3)) == errno.EFBIG
    else:
        assert read_plain(tmp_path / "file", 3) == b"xxx"


def test_a_link_in_the_place_of_the_journal_stops_the_act(store: Store, precious: Path) -> None:
    """What can't be journaled is not done."""
    folder = store.journal.folder
    with writing():
        Book.create(id="one", title_zh="一", title_en="One", policies="[]")
    (day,) = (file for file in folder.glob("*.journal"))
    day.unlink()
    day.symlink_to(precious)
    with pytest.raises(Unavailable), writing():
        Book.create(id="two", title_zh="二", title_en="Two", policies="[]")
    assert precious.read_text() == "as it was"
