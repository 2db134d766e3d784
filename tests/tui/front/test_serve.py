"""The server as a process of its own, with the real sign-in: its keys, its log, its start and its stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from auth.provision import enrol_from_host
from db.store import clock
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.tables import Account, AuditRecord, SignInSession
from tests.codes import Codes
from tests.tui.front.running import PATIENCE, ROOT, Client, eventually
from tui.front import duties, serve
from tui.front.hostkey import HostKeyError, host_key_path, read_host_key, write_host_key
from tui.front.preload import PreloadError, check_still
from tui.front.serve import keep_up

PASSWORD = "长安一片月，万户捣衣声"


class Served:
    """A state folder with one account, and a server process on it."""

    def __init__(self, home: Home) -> None:
        write_host_key(host_key_path(home))
        open_store(home)
        migrate()
        _account, self.secret = enrol_from_host("zhangwei", None, PASSWORD)
        self.codes = Codes(self.secret)
        close_store()
        self.home = home
        self.log_file = home.log / "server.jsonl"
        self.serve()

    def serve(self) -> None:
        """Start the server process and wait until its door is open."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.tui.front.serving", str(self.home.folder), str(self.log_file)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def ssh(self, *arguments: str) -> Client:
        """The ordinary client; the password's and the code's turn come next."""
        return Client(self.port, arguments, "zhangwei", (24, 80))

    def sign_in(self, *arguments: str) -> Client:
        """Sign in with the real password and a code."""
        return self.ssh(*arguments).sign_in(PASSWORD, self.codes.next)

    def processes(self) -> list[psutil.Process]:
        """The server, the warm parent, the sessions, the signer."""
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """SIGTERM, or another signal, and the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def served(home: Home) -> Iterator[Served]:
    made = Served(home)
    yield made
    made.process.kill()
    made.process.wait()


@pytest.mark.threat(26)
def test_no_key_shows_anywhere(served: Served) -> None:
    """The attacker lists processes, reads their environments and the log, and looks for core files.

    The canaries are the keys themselves, the host key, the password and the code, as typed and as bytes.
    """
    client = served.sign_in().wait_for("size 80x24")
    served.ssh().sign_in("canary-password", "canary-code").process.expect("Password: ")
    canaries = [PASSWORD.encode(), b"canary-password", b"canary-code", served.secret.encode()]
    for key in served.home.keys.iterdir():
        if key.name == "ssh-host":
            canaries.append(key.read_bytes().strip())
        elif not key.name.endswith(".pub"):
            text = key.read_bytes().split()[0]
            canaries += [text, bytes.fromhex(text.decode())]
    eventually(lambda: len(served.processes()) == 4, "the signer beside them")
    processes = served.processes()
    for process in processes:
        for name in ("cmdline", "environ"):
            shown = Path(f"/proc/{process.pid}/{name}").read_bytes()
            assert not [canary for canary in canaries if canary in shown]
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
    log = served.log_file.read_bytes()
    assert b"signed-in" in log
    assert not [canary for canary in canaries if canary in log]
    assert served.log_file.stat().st_mode & 0o077 == 0
    client.process.close(force=True)


def test_the_log_says_who_came_from_where_and_how_it_ended(served: Served) -> None:
    raw, status = served.sign_in("--", "echo", "inside").finish()
    assert (raw.strip(), status) == (b"inside", 0)
    eventually(lambda: "session-ended" in served.log_file.read_text(), "the end of the session")
    assert served.stop() == 0
    lines = [json.loads(line) for line in served.log_file.read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "listening",
        "signed-in",
        "session-ended",
        "stopping",
        "stopped",
    ]
    assert lines[1]["login"] == "zhangwei"
    assert lines[1]["source"] == "127.0.0.1"
    assert lines[2]["how"] == "closed"
    assert all(line["time"].endswith("Z") and line["level"] for line in lines)


@pytest.mark.threat(16)
def test_a_stop_ends_and_records_every_session(served: Served) -> None:
    client = served.sign_in("-o", "SetEnv=LANG=zh_CN.UTF-8").wait_for("size 80x24")
    pids = [process.pid for process in served.processes()]
    assert served.stop(signal.SIGINT) == 0
    raw, status = client.finish()
    assert status == 1
    assert "服务正在停止".encode() in raw
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids), "the end of every process")
    open_store(served.home)
    assert [row.ended_how for row in SignInSession.select()] == ["stopped"]
    close_store()


@pytest.mark.threat(16)
def test_a_killed_server_leaves_no_process(served: Served) -> None:
    """The server is killed outright: the warm parent notices and takes the sessions along."""
    served.sign_in().wait_for("size 80x24")
    pids = [process.pid for process in served.processes()]
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids), "the end of every process")


@pytest.mark.threat(6)
def test_a_password_typed_on_another_keyboard_is_the_same_password(served: Served) -> None:
    """One keyboard writes a full-width comma, another the narrow one; `auth` makes both the same."""
    narrow = PASSWORD.replace("，", ",")
    client = served.ssh("--", "echo", "inside").sign_in(narrow, served.codes.next)
    assert client.finish()[0].strip() == b"inside"


def test_a_failed_rehearsal_stops_the_start(home: Home) -> None:
    """A preload that went wrong is loud: nobody is served by a parent that is cold or half loaded."""
    write_host_key(host_key_path(home))
    open_store(home)
    migrate()
    close_store()
    for entry, reason in (
        ("tests.tui.front.no_such_app", "ModuleNotFoundError"),
        ("tests.tui.front.small_plain", "AttributeError"),
        ("tests.tui.front.threaded_app", "threads are left"),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "tests.tui.front.serving", str(home.folder), str(home.log / "log"), entry],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )
        assert ended.returncode != 0
        assert ended.stdout == ""
        assert "WarmFailure" in ended.stderr
        assert reason in ended.stderr


async def test_a_loop_that_runs_is_noticed() -> None:
    with pytest.raises(PreloadError):
        check_still()


def test_a_host_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "ssh-host"
    with pytest.raises(HostKeyError, match="can't be read"):
        read_host_key(path)
    write_host_key(path)
    assert path.stat().st_mode & 0o777 == 0o400
    assert read_host_key(path).get_algorithm() == "ssh-ed25519"
    with pytest.raises(FileExistsError):
        write_host_key(path)
    path.chmod(0o440)
    with pytest.raises(HostKeyError, match="by others"):
        read_host_key(path)


@pytest.mark.threat(29)
def test_what_a_killed_server_left_open_is_closed_by_the_next(served: Served) -> None:
    """kill -9 leaves nobody to write down how sessions ended. Those of another host are not ours to end."""
    client = served.sign_in().wait_for("size 80x24")
    open_store(served.home)
    elsewhere = SignInSession.create(
        account=Account.get().id, source="192.0.2.7", front="ssh", server="other:/srv/mingce",
        strength="full", started_at=clock.now(),
    )  # fmt: skip
    close_store()
    served.process.kill()
    served.process.wait()
    served.serve()
    client.process.close(force=True)
    open_store(served.home)
    rows = list(SignInSession.select().order_by(SignInSession.id))
    recorded = AuditRecord.select().where(AuditRecord.act == "auth.session_end").count()
    close_store()
    assert [(row.id == elsewhere.id, row.ended_how) for row in rows] == [(False, "crashed"), (True, None)]
    assert recorded == 1


async def test_what_runs_beside_the_server_and_fails_is_logged_and_begun_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A machine on which no process can be started for a while has its duties done when it can again."""
    tries = 0
    again = asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise BlockingIOError("no more processes")
        again.set()
        await asyncio.sleep(3600)

    task = asyncio.create_task(keep_up("duties", work, again_after=0))
    await asyncio.wait_for(again.wait(), PATIENCE)
    (line,) = [record for record in caplog.records if record.message == "beside-failed"]
    fields = line.__dict__["mingce_fields"]
    assert (fields["work"], fields["error"]) == ("duties", "builtins.BlockingIOError")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.threat(31)
async def test_a_run_of_the_duties_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It hangs on a share that is away; no later run would ever come."""
    start = asyncio.create_subprocess_exec

    async def hangs(*_words: str, **options: Any) -> asyncio.subprocess.Process:
        return await start("/bin/sleep", "600", **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", hangs)
    monkeypatch.setattr(duties, "LONGEST", 0.1)
    task = asyncio.create_task(duties.keep_duties(tmp_path))
    async with asyncio.timeout(PATIENCE):
        while not (told := [record for record in caplog.records if record.message == "duties-failed"]):
            await asyncio.sleep(0.01)
    assert told[0].__dict__["mingce_fields"] == {"status": -signal.SIGKILL}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.threat(24)
@pytest.mark.parametrize(("duties_take", "signing_takes"), [(1, 100), (100, 1)])
async def test_a_stop_waits_for_the_last_checkpoint_which_is_made_when_the_duties_have_ended(
    duties_take: int, signing_takes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sooner, and a record would stand behind it; not waited for, and the store would be closed under it."""
    begun, ended = asyncio.Semaphore(0), list[str]()

    async def work(name: str, takes: int) -> None:
        begun.release()
        try:
            await asyncio.sleep(3600)
        finally:
            for _time in range(takes):
                await asyncio.sleep(0)
            ended.append(name)

    monkeypatch.setattr(serve, "keep_duties", lambda _home: work("duties", duties_take))
    monkeypatch.setattr(serve, "keep_checkpoints", lambda _home, _settings: work("signing", signing_takes))
    task = asyncio.create_task(serve._run_duties(Home(tmp_path), Settings(organisation="华星集团")))
    for _time in range(2):
        await asyncio.wait_for(begun.acquire(), PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["duties", "signing"]
