"""What a running server must not reveal, what a full disk must not do, and the console front."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import peewee
import pexpect
import psutil
import pyotp
import pytest

from auth import sessions
from auth.provision import enrol_from_host
from db.desk import open_desk
from db.desk.importing.importing import Source
from db.policy.loader import builtin
from db.store import audit, clock, engine
from db.store.engine import close_store, database
from db.store.keys import read_keys
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, Entry, Grant, SignInSession, UndertakingAccepted
from db.store.transactions import writing
from tests.db.desk.importing_world import person, sheet
from tests.tui.front.running import PATIENCE, eventually
from tests.tui.host.conftest import Host

PROJECT = Path(__file__).parents[3]
PASSWORD = "canary-password-7731"
COMMAND = [sys.executable, "-m", "tui.host.main"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "TERM": "xterm-256color"}


def enrol(host: Host) -> str:
    """An HR account zhangwei with `PASSWORD`; its TOTP secret."""
    open_store(Home(host.folder))
    account, secret = enrol_from_host("zhangwei", None, PASSWORD)
    with writing():
        Grant.create(account=account, role="hr", book="staff", granted_at=clock.now())
        UndertakingAccepted.create(
            account=account, policy="enterprise", version=builtin()["enterprise"].version, at=clock.now()
        )
    close_store()
    return secret


def last_session(host: Host) -> SignInSession:
    open_store(Home(host.folder))
    session = SignInSession.select().join(Account).where(Account.login == "zhangwei").get()
    close_store()
    return session


@contextmanager
def served(host: Host) -> Iterator[tuple[psutil.Process, int]]:
    """``mingce serve`` in a process of its own, with its port."""
    log = host.folder / "log" / "server.log"
    command = [*COMMAND, "serve", "--dir", str(host.folder), "--port", "0", "--log", str(log)]
    with subprocess.Popen(
        command, cwd=PROJECT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            said = server.stdout.readline()
            assert "port" in said, said
            yield psutil.Process(server.pid), int("".join(filter(str.isdigit, said)))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)


def test_a_font_that_can_t_be_put_into_documents_keeps_the_server_from_starting(installed: Host) -> None:
    settings = Home(installed.folder).settings_file
    before = settings.read_text("utf-8")
    settings.write_text(before.replace('font = ""', 'font = "own.ttf"'), "utf-8")
    (installed.folder / "own.ttf").write_bytes(b"no font")
    said = installed.run("serve", "--port", "0")
    assert said.status == 1
    assert "own.ttf is no font, or damaged" in said.err
    assert "Correct `font` in settings.toml" in said.err
    told = {one["check"]: one for one in installed.run("doctor", "--json").data}["Font of pages"]
    assert not told["ok"]
    settings.write_text(before, "utf-8")
    told = {one["check"]: one for one in installed.run("doctor", "--json").data}["Font of pages"]
    assert told["ok"]


def sign_in(port: int, secret: str) -> pexpect.spawn[bytes]:
    """``ssh zhangwei@…``, signed in, on a terminal of its own."""
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
    arguments = [word for option in options for word in ("-o", option)]
    child: pexpect.spawn[bytes] = pexpect.spawn(
        "ssh", [*arguments, "-p", str(port), "zhangwei@127.0.0.1"], env=ENVIRONMENT, timeout=PATIENCE
    )
    child.expect("Password: ")
    child.sendline(PASSWORD)
    child.expect("Code: ")
    child.sendline(pyotp.TOTP(secret).now())
    return child


def shown_by(process: psutil.Process) -> bytes:
    """What the list of processes tells of ``process``; nothing of one that has ended by itself since."""
    with suppress(FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess):
        shown = b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        assert process.rlimit(psutil.RLIMIT_CORE)[1] == 0
        return shown
    return b""


@pytest.mark.threat(26)
def test_keys_and_passwords_are_in_no_argument_environment_or_log(installed: Host) -> None:
    """Someone who can list processes, read logs or find a core file looks for anything secret."""
    secret = enrol(installed)
    keys = read_keys(installed.folder / "keys")
    raw = [keys.database, keys.search, keys.pepper, keys.digest, *keys.fields.values()]
    private = (installed.folder / "keys" / "ssh-host").read_bytes().splitlines()[1]
    canaries = [*raw, *(key.hex().encode() for key in raw), private, PASSWORD.encode(), secret.encode()]
    with served(installed) as (server, port):
        inside = sign_in(port, secret)
        inside.expect("Today")
        eventually(
            lambda: any(b"tui.front.signer" in shown_by(one) for one in server.children()),
            "the signer beside them",
        )
        shown = [shown_by(process) for process in (server, *server.children(recursive=True))]
        inside.close(force=True)
    assert len([one for one in shown if one]) >= 4, "the server, the parent, a session, the signer"
    seen = b"".join(shown)
    seen += (installed.folder / "log" / "server.log").read_bytes()
    seen += (installed.folder / "settings.toml").read_bytes()
    assert b"127.0.0.1" in seen
    assert [canary for canary in canaries if canary in seen] == []


@pytest.mark.threat(25)
def test_what_can_not_be_recorded_is_not_done(installed: Host) -> None:
    """The disk fills up while people work: each act is either done and recorded, or neither."""
    enrol(installed)
    open_store(Home(installed.folder))
    pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
    database.execute_sql(f"PRAGMA max_page_count = {pages + 8}")
    account = Account.get(Account.login == "zhangwei")
    with writing():
        session = sessions.start(account.id, "x", "ssh", "full")
    desk = open_desk(sessions.resume(session))
    done = 0
    while done < 10_000:
        try:
            desk.me.choose_language("zh_CN" if done % 2 == 0 else "en")
        except peewee.DatabaseError:
            break
        done += 1
    assert 0 < done < 10_000
    assert AuditRecord.select().where(AuditRecord.act == "me.choose_language").count() == done
    assert Account.get_by_id(account.id).language == ("zh_CN" if done % 2 else "en")
    rows = sheet(*(person(number) for number in range(1, 600)))
    with pytest.raises(peewee.DatabaseError):
        desk.importing.load("staff", rows, Source("x", "0" * 64))
    assert Entry.select().count() == 1
    assert audit.verify().sound


@pytest.mark.threat(25)
def test_an_import_onto_a_full_disk_says_so_and_leaves_nothing(
    installed: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("\n".join(",".join(row) for row in sheet(*(person(n) for n in range(1, 900)))), "utf-8")
    open_store(Home(installed.folder))
    pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
    close_store()
    full = (*engine.SQLITE_PRAGMAS, ("max_page_count", pages + 20))
    monkeypatch.setattr(engine, "SQLITE_PRAGMAS", full)
    said = installed.run("import", file, "--book", "staff")
    monkeypatch.undo()
    assert said.status == 1
    assert "Traceback" not in said.err
    assert said.err
    open_store(Home(installed.folder))
    assert Entry.select().count() == 1
    assert audit.verify().sound


def test_a_plain_command_comes_through_force_command(installed: Host) -> None:
    secret = enrol(installed)
    forced = {"SSH_ORIGINAL_COMMAND": "whoami", "SSH_CONNECTION": "192.0.2.9 50000 192.0.2.1 22"}
    said = subprocess.run(
        [*COMMAND, "console", "--dir", str(installed.folder)],
        cwd=PROJECT,
        env={**ENVIRONMENT, **forced},
        input=f"zhangwei\n{PASSWORD}\n{pyotp.TOTP(secret).now()}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, "zhangwei" in said.stdout) == (0, True), said.stderr
    session = last_session(installed)
    assert (session.source, session.front, session.ended_how) == ("192.0.2.9", "console", "closed")


@pytest.mark.threat(8)
@pytest.mark.parametrize("command", ["sh -c id", "/bin/sh", "whoami; id", "scp -t /tmp"])
def test_force_command_takes_plain_commands_only(installed: Host, command: str) -> None:
    said = subprocess.run(
        [*COMMAND, "console", "--dir", str(installed.folder)],
        cwd=PROJECT,
        env={**ENVIRONMENT, "SSH_ORIGINAL_COMMAND": command},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "uid=" not in said.stdout


@pytest.mark.threat(16)
def test_a_cut_line_at_the_console_ends_the_session_on_record(installed: Host) -> None:
    secret = enrol(installed)
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "console", "--dir", str(installed.folder)],
        cwd=str(PROJECT),
        env=ENVIRONMENT,
        dimensions=(24, 80),
        timeout=PATIENCE,
    )
    child.expect("Login")
    for answer in ("zhangwei", PASSWORD, pyotp.TOTP(secret).now()):
        child.send(answer + "\r")
        time.sleep(0.5)
    child.expect("Today")
    tree = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
    cast(Any, child).ptyproc.fileobj.close()  # pexpect's own close gives the session 0.1 s to end
    _gone, alive = psutil.wait_procs(tree, timeout=PATIENCE)
    assert alive == []
    assert last_session(installed).ended_how == "cut"
