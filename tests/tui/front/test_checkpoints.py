"""Who signs the audit's checkpoints, when, and who can't."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import psutil
import pytest

from db.store import audit, checkpoints, clock
from db.store.checkpoints import Checkpoint
from db.store.engine import Store, close_store
from db.store.keys import SIGN_AUDIT, read_public, signing_file
from db.store.opening import open_store
from db.store.rotation.signing import rotate
from db.store.settings import Checkpoints, Home, Settings
from db.store.transactions import writing
from db.store.waiting_records import waiting_files
from tests.db.desk.test_waiting_records import others_write
from tests.tui.front import test_serve
from tests.tui.front.running import PATIENCE, ROOT, eventually
from tests.tui.front.test_serve import Served
from tests.world import World
from tui.front.checkpoints import Keeper, NotSigned, SigningLine, keep_checkpoints, sign_now
from tui.front.signer import LONGEST, RotatingNotary, answer, run

served = test_serve.served
WRITABLE = r"^([0-9a-f]+)-([0-9a-f]+) rw"


class Noted(SigningLine):
    """A line at whose end nobody signs: it keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def sign(self, seq: int, hash: str, position: int = 0, state: str = "") -> Checkpoint:
        self.told.append(seq)
        return Checkpoint(seq, hash, clock.now(), position=position, state=state)


def fill(records: int) -> None:
    for _number in range(records):
        with writing():
            audit.append(act="test", outcome="done")


@pytest.mark.threat(24)
def test_it_is_signed_every_hundred_records_or_a_minute_after_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr("tui.front.checkpoints.time.monotonic", lambda: moment)
    line = Noted()
    keeper = Keeper(line)
    fill(1)
    keeper.sign_if_due()
    assert line.told == [1], "what was found at the start is signed at once"
    fill(99)
    keeper.sign_if_due()
    assert line.told == [1]
    fill(1)
    keeper.sign_if_due()
    assert line.told == [1, 101]
    fill(1)
    moment += 59
    keeper.sign_if_due()
    assert line.told == [1, 101]
    moment += 1
    keeper.sign_if_due()
    keeper.sign_if_due()
    assert line.told == [1, 101, 102]
    moment += 1000
    keeper.sign_if_due()
    assert line.told == [1, 101, 102], "nothing new, nothing signed"


@pytest.mark.threat(116)
@pytest.mark.threat(116)
def test_what_waits_for_the_chain_is_appended_before_it_is_signed(world: World, store: Store) -> None:
    desk, line = world.desk("zhangwei"), Noted()
    keeper = Keeper(line)
    keeper.sign_if_due()
    with others_write(store):
        desk.directory.card(world.entry("wangfang"))
        keeper.sign_if_due(at_once=True)
        assert waiting_files(), "not while others write"
    before, _hash = audit.head()
    keeper.sign_if_due(at_once=True)
    assert waiting_files() == []
    assert line.told[-1] == audit.head()[0] == before + 1


@pytest.mark.threat(24, 29)
def test_a_signer_that_was_killed_is_begun_anew_and_the_end_is_signed_all_the_same(store: Store) -> None:
    """A server that is stopped asks once more, and never again."""
    line = SigningLine(store.home, store.settings)
    try:
        line.sign(1, "a" * 64)
        assert line._process is not None
        line._process.kill()
        line._process.wait()
        assert line.sign(2, "b" * 64).seq == 2
    finally:
        line.close()
    places = store.home.checkpoint_places(store.settings)
    public = read_public(store.home.keys, SIGN_AUDIT)
    assert [one.seq for one in checkpoints.read(places[0], public)] == [1, 2]


@pytest.mark.threat(24)
def test_a_served_chain_is_signed_to_its_very_end(served: Served) -> None:
    served.sign_in().wait_for("size 80x24").process.close()
    assert served.stop() == 0
    public = read_public(served.home.keys, SIGN_AUDIT)
    open_store(served.home)
    signed = list(checkpoints.read(served.home.folder / "checkpoints", public))
    assert signed[-1].seq == audit.head()[0]
    assert audit.verify(outside=checkpoints.expected_hashes(signed)).sound
    close_store()


@pytest.mark.threat(24)
def test_the_signing_key_is_in_no_memory_but_the_signers(served: Served) -> None:
    """The attacker has taken a session over and looks for the key in the memory that it came with."""
    served.sign_in().wait_for("size 80x24")
    eventually(lambda: (served.home.folder / "checkpoints" / checkpoints.FILE).exists(), "a checkpoint")
    text = signing_file(served.home.keys, SIGN_AUDIT).read_text().split()[0]
    canaries = (text.encode(), bytes.fromhex(text))
    holding = [process.cmdline() for process in served.processes() if holds(process, canaries)]
    assert [words for words in holding if "tui.front.signer" not in words] == []


def holds(process: psutil.Process, canaries: tuple[bytes, ...]) -> bool:
    """Whether the process's writable memory holds one of ``canaries``."""
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    try:
        with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
            return any(
                canary in part
                for part in (_part(memory, found) for found in re.finditer(WRITABLE, maps, re.MULTILINE))
                for canary in canaries
            )
    except PermissionError:
        pytest.skip("only root may look into another process's memory")


def _part(memory: FileIO, found: re.Match[str]) -> bytes:
    first, last = (int(part, 16) for part in found.groups())
    memory.seek(first)
    try:
        return memory.read(last - first)
    except OSError:  # such as the kernel's own pages
        return b""


def test_the_signer_ends_with_its_line_and_can_t_be_looked_into(home: Home) -> None:
    key = signing_file(home.keys, SIGN_AUDIT)
    process = subprocess.Popen(
        [sys.executable, "-m", "tui.front.signer", str(key), str(home.folder / "outside")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    answers = []
    for seq in (5, 4):
        process.stdin.write(json.dumps({"seq": seq, "hash": "a" * 64, "at": clock.now()}) + "\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline()))
    assert answers[0]["seq"] == 5
    assert "refused" in answers[1]
    process.stdin.close()
    assert process.wait(PATIENCE) == 0


def test_where_a_place_can_t_be_written_nothing_counts_as_signed(store: Store, home: Home) -> None:
    (home.folder / "full").write_text("a file, not a folder")
    settings = store.settings.model_copy(update={"checkpoints": Checkpoints(to=("full",))})
    fill(1)
    with pytest.raises(NotSigned):
        sign_now(home, settings)


@pytest.fixture
def socket_of_signer(home: Home, tmp_path: Path) -> Iterator[str]:
    """A signer as systemd starts it: one process a connection, the connection as its standard input."""
    path = str(tmp_path / "signer.sock")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen()

    def accept() -> None:
        connection, _address = listener.accept()
        with connection:
            words = ["audit", "signer", "--key", str(signing_file(home.keys, SIGN_AUDIT)), "--to", "outside"]
            subprocess.run(
                [sys.executable, "-P", "-m", "tui.host.main", *words],
                cwd=home.folder,
                stdin=connection.fileno(),
                stdout=connection.fileno(),
                check=True,
            )

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield path
    thread.join(PATIENCE)
    listener.close()


def test_a_signer_of_another_user_is_asked_at_its_socket(
    store: Store, home: Home, socket_of_signer: str
) -> None:
    settings = Settings(checkpoints=Checkpoints(to=("outside",), signer=socket_of_signer))
    fill(3)
    made = sign_now(home, settings)
    assert made is not None
    public = read_public(home.keys, SIGN_AUDIT)
    assert list(checkpoints.read(home.folder / "outside", public)) == [made]


@pytest.mark.threat(30)
def test_a_signer_that_holds_a_key_that_was_rotated_signs_no_more(home: Home, tmp_path: Path) -> None:
    """systemd gives it a copy of the key, and leaves it running when its socket is stopped."""
    place, credential = tmp_path / "outside", tmp_path / "credential"
    key = signing_file(home.keys, SIGN_AUDIT)
    shutil.copy(key, credential)
    old = RotatingNotary(credential, [place], to_syslog=False)
    first, second = (b'{"seq": %d, "hash": "aa", "at": "2026-01-01T00:00:00Z"}\n' % seq for seq in (1, 2))
    answer(old, io.BytesIO(first), out := io.StringIO())
    assert json.loads(out.getvalue())["seq"] == 1
    rotate(home.keys, key, SIGN_AUDIT, [place])
    answer(old, io.BytesIO(second), unanswered := io.StringIO())
    assert unanswered.getvalue() == ""
    assert run(credential, [place], to_syslog=False) == 1
    answer(RotatingNotary(key, [place], to_syslog=False), io.BytesIO(second), out)
    assert [one.seq for one in checkpoints.read(place, read_public(home.keys, SIGN_AUDIT))] == [1, 2]


@pytest.mark.threat(31)
@pytest.mark.parametrize(
    "line",
    [
        b"[" * 4000 + b"\n", b"\xff\n", b"7\n", b"[]\n", b"{}\n", b'{"seq": 1e999, "hash": "x", "at": ""}\n',
        b'{"seq": "' + b"9" * 4000 + b'", "hash": "", "at": ""}\n',
        '{"seq": 1, "hash": "名", "at": ""}\n'.encode(),
    ],
    ids=lambda line: repr(line)[:20],
)  # fmt: skip
def test_no_line_ends_the_signer(home: Home, tmp_path: Path, line: bytes) -> None:
    """Any process of the server's user can speak to one that has a user of its own."""
    office = RotatingNotary(signing_file(home.keys, SIGN_AUDIT), [tmp_path], to_syslog=False)
    good = b'{"seq": 1, "hash": "aa", "at": "2026-01-01T00:00:00Z"}\n'
    out = io.StringIO()
    answer(office, io.BytesIO(line + good), out)
    first, second = [json.loads(said) for said in out.getvalue().splitlines()]
    assert set(first) == {"refused"}
    assert second["seq"] == 1


@pytest.mark.threat(31)
def test_a_line_without_end_is_not_waited_for(home: Home, tmp_path: Path) -> None:
    office = RotatingNotary(signing_file(home.keys, SIGN_AUDIT), [tmp_path], to_syslog=False)
    lines, out = io.BytesIO(b"x" * 1_000_000), io.StringIO()
    answer(office, lines, out)
    assert lines.tell() == LONGEST
    assert out.getvalue().count("refused") == 1


@pytest.mark.threat(31)
async def test_a_signer_that_does_not_answer_holds_up_neither_the_server_nor_its_end(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its disk hangs: the chain's end stays unsigned, which is told, and everybody's screen goes on."""
    monkeypatch.setattr("tui.front.checkpoints.PATIENCE", 1.0)
    fill(3)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(str(tmp_path / "signer.sock"))
        silent.listen()
        settings = Settings(checkpoints=Checkpoints(to=("outside",), signer=str(tmp_path / "signer.sock")))
        task = asyncio.create_task(keep_checkpoints(home, settings))
        await asyncio.sleep(0.2)
        task.cancel()
        longest, before = 0.0, time.monotonic()
        while not task.done():
            await asyncio.sleep(0.01)
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
        assert task.cancelled()
        assert longest < 0.9, "the loop stood still"
