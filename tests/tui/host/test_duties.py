"""`mingce duties run`, and the same by itself beside the server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from peewee import OperationalError

from db.desk.authority.permissions import root_of
from db.desk.entry.record import create_entry
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, Task
from db.store.transactions import writing
from tests.tui.front.running import PATIENCE
from tests.tui.host.conftest import Host
from tui.front import duties as front
from tui.front.duties import keep_duties


def test_the_command_does_what_is_due_once_and_says_so(installed: Host) -> None:
    _expect(installed)
    said = installed.run("duties", "run", "--json")
    assert said.status == 0
    assert said.data["opened"] >= 1
    assert installed.run("duties", "run", "--json").data["opened"] == 0
    assert "0" in installed.run("duties", "run").out
    open_store(Home(installed.folder))
    (task,) = Task.select().where(Task.kind == "joiner")
    record = AuditRecord.get((AuditRecord.act == "duties.open") & (AuditRecord.entry == task.entry_id))
    assert (record.account, record.front, record.clause) == (None, "host", "A.8")
    assert record.source.startswith("host:")
    close_store()


def test_a_run_beside_the_server_is_on_record_as_such(installed: Host) -> None:
    _expect(installed)
    done = subprocess.run(
        [sys.executable, "-m", "tui.front.duties", str(installed.folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert '"event": "duties"' in done.stderr
    open_store(Home(installed.folder))
    assert AuditRecord.get(AuditRecord.act == "duties.open").front == "serve"
    close_store()


def test_doctor_says_that_the_last_run_failed_until_one_succeeds(
    installed: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However lately another one went well."""

    def said() -> str:
        return next(line for line in installed.run("doctor").out.splitlines() if "Duties:" in line)

    assert installed.run("duties", "run").status == 0
    assert "0 minutes ago" in said()
    with monkeypatch.context() as broken:
        broken.setattr(front, "run", Mock(side_effect=OperationalError("abort due to ROLLBACK")))
        broken.setattr(sys, "argv", ["duties", str(installed.folder)])
        broken.setattr("tui.front.log.configure", Mock())  # the log is that of all tests of this process
        with pytest.raises(OperationalError):
            front.main()
    assert "the last run failed" in said()
    assert installed.run("duties", "run").status == 0
    assert "0 minutes ago" in said()


def _expect(installed: Host) -> None:
    """Somebody who waits to be entered, and whose task nobody opened."""
    open_store(Home(installed.folder))
    with writing():
        create_entry("staff", root_of("staff"), "full-time", {"name": ("来者",)}, state="pending")
    close_store()


def _runs_duties(process: psutil.Process) -> bool:
    """Whether it is a runner of the duties; what has ended is nothing any more."""
    with suppress(psutil.NoSuchProcess):
        return "tui.front.duties" in process.cmdline()
    return False


async def test_the_runner_beside_the_server_goes_on_until_it_is_stopped(installed: Host) -> None:
    """One run after another, and none is left behind when the server stops."""
    _expect(installed)
    task = asyncio.create_task(keep_duties(installed.folder, every=0.05))
    open_store(Home(installed.folder))
    while not AuditRecord.select().where(AuditRecord.act == "duties.open").exists():
        assert not task.done()
        await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [child for child in psutil.Process().children() if _runs_duties(child)] == []
    close_store()


@pytest.mark.parametrize("steps", range(8))
async def test_a_stop_in_the_moment_in_which_a_run_ends_is_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """The child has ended and its waiter has not been told yet: there is nothing left to terminate."""
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def remember(*_command: str, **_streams: int) -> asyncio.subprocess.Process:
        started.append(await start(sys.executable, "-S", "-c", ""))
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remember)
    task = asyncio.create_task(keep_duties(tmp_path))
    while not started or started[0].returncode is None:
        await asyncio.sleep(0)
    for _step in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
