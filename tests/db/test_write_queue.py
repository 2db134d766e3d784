"""Writers of a SQLCipher file take turns: none starves, none waits for ever, none is held up by the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from db.store import audit
from db.store.engine import Store, database
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord
from db.store.transactions import writing
from db.store.unavailable import BUSY, Unavailable
from db.store.write_queue import QUEUE, patient, write_turn
from tests.forked import forget_connections

HOLD = """
import sys
import time
from pathlib import Path
from db.store.write_queue import write_turn

with write_turn(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(600)
"""


def hold(file: Path) -> subprocess.Popen[str]:
    """A process that has the turn and does not give it back."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "mine\n"
    return holder


@pytest.mark.threat(25)
def test_three_that_write_without_a_pause_shut_no_other_out(home: Home, store: Store) -> None:
    """What they do differs in nothing, so none may get done many times what another does. All begin at once,
    when the last of them is ready, which closes the last end of the line that the others wait at."""
    begin, ready = os.pipe()
    children = []
    for account in range(1, 4):
        child = os.fork()
        if child == 0:
            try:
                forget_connections()
                open_store(home, store.settings)
                os.close(ready)
                os.read(begin, 1)
                until = time.monotonic() + 1.0
                while time.monotonic() < until:
                    with writing():
                        audit.append(act="test", outcome="done", account=account)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    os.close(ready)
    os.close(begin)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    done = [AuditRecord.select().where(AuditRecord.account == account).count() for account in range(1, 4)]
    assert min(done) * 3 > max(done), done
    assert audit.verify().sound


@pytest.mark.threat(25)
def test_who_comes_first_goes_first(tmp_path: Path) -> None:
    """Another that comes later does not pass, although it asks at the very moment when the turn is free."""
    file = tmp_path / "any.db"
    order: list[str] = []

    def wait() -> None:
        with write_turn(file):
            order.append("first")

    with write_turn(file):
        first = threading.Thread(target=wait)
        first.start()
        while int.from_bytes(file.with_name(file.name + QUEUE).read_bytes(), "big") < 2:
            time.sleep(0.01)  # it has not taken its number yet
        assert order == []
    with write_turn(file):
        order.append("second")
    first.join()
    assert order == ["first", "second"]


@pytest.mark.threat(29)
def test_a_killed_writer_gives_its_turn_back(tmp_path: Path) -> None:
    holder = hold(tmp_path / "any.db")
    holder.kill()
    holder.wait()
    with patient(1), write_turn(tmp_path / "any.db"):
        pass


def test_waiting_for_a_turn_has_an_end_and_says_so(tmp_path: Path) -> None:
    holder = hold(tmp_path / "any.db")
    try:
        with patient(0.05), pytest.raises(Unavailable) as caught, write_turn(tmp_path / "any.db"):
            pass
    finally:
        holder.kill()
        holder.wait()
    assert caught.value.message is BUSY


def test_what_another_program_holds_locked_is_busy_not_broken(home: Home) -> None:
    """Somebody has the database open in a tool of the database's own and writes."""
    from db.store.migrations import migrate

    other = open_store(home)
    migrate()
    with writing():
        child = os.fork()
        if child == 0:
            status = 1
            try:
                forget_connections()
                os.unlink(f"{other.database.database}-queue")
                open_store(home)
                database.execute_sql("PRAGMA busy_timeout = 50")
                try:
                    with writing():
                        pass
                except Unavailable as failure:
                    status = 0 if failure.message is BUSY else 2
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
