"""An installation with people who can sign in, once for a module, and its server as a process."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from auth.provision import enrol_from_host
from db.policy.loader import builtin
from db.store import clock
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, Grant, SignInSession, UndertakingAccepted
from db.store.transactions import writing
from tests.codes import Codes
from tests.tui.front.running import PATIENCE, ROOT, Client, eventually
from tests.tui.host.conftest import INIT, Said
from tui.front.control import ask_all
from tui.host.account import number_of
from tui.host.main import main
from tui.host.operator import desk_for

PASSWORD = "canary-password-7731"
COMMAND = [sys.executable, "-m", "tui.host.main"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "TERM": "xterm-256color"}


@dataclass(frozen=True)
class Installation:
    """``codes`` are by login."""

    home: Home
    codes: dict[str, Codes]

    def code(self, login: str) -> str:
        return self.codes[login].next()

    def session(self, login: str) -> SignInSession:
        """The newest session of ``login`` as it is on record."""
        open_store(self.home)
        try:
            found = SignInSession.select().join(Account).where(Account.login == login)
            return found.order_by(SignInSession.id.desc()).get()
        finally:
            close_store()

    def run(self, *words: str) -> Said:
        """``mingce WORDS`` on it."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main([*words, "--dir", str(self.home.folder)])
        return Said(status, out.getvalue(), err.getvalue())

    def ask(self, *words: str) -> Any:
        """The JSON of ``mingce WORDS --json``."""
        return self.run(*words, "--json").data

    def enter(self, client: Client, login: str) -> Client:
        """Type login, password and code into the screen of a console."""
        for answer in (login, PASSWORD, self.code(login)):
            client.process.send(answer + "\r")
            time.sleep(0.3)
        return client.wait_for("Today")


def install(folder: Path, *logins: str) -> Installation:
    """A new installation in which ``logins`` are of human resources and have accepted the undertaking."""
    home = Home(folder)
    assert main([*INIT, "--accept", "--json", "--dir", str(folder)]) == 0
    codes = {}
    open_store(home)
    for login in logins:
        account, secret = enrol_from_host(login, None, PASSWORD)
        codes[login] = Codes(secret)
        with writing():
            Grant.create(account=account, role="hr", book="staff", granted_at=clock.now())
            UndertakingAccepted.create(
                account=account, policy="enterprise", version=builtin()["enterprise"].version, at=clock.now()
            )
    close_store()
    return Installation(home, codes)


def disable_on_record(installation: Installation, login: str) -> None:
    """As somebody does on a screen: no server is told, each finds it on record."""
    with desk_for(installation.home) as desk:
        desk.accounts.disable(number_of(login))


@dataclass(frozen=True)
class Server:
    """A running ``mingce serve``."""

    installation: Installation
    process: subprocess.Popen[str]
    port: int

    def sign_in(self, login: str) -> Client:
        """``login`` on the first screen."""
        client = Client(self.port, ("-o", "SetEnv=LANG=en_US.UTF-8"), login, (24, 80))
        return client.sign_in(PASSWORD, lambda: self.installation.code(login)).wait_for("Today")

    @contextmanager
    def renewed(self) -> Iterator[tuple[int, Server]]:
        """The server that this one, told to renew itself, starts and hands its sockets to; its process
        number."""
        self.process.send_signal(signal.SIGHUP)
        found: list[int] = []

        def serves() -> bool:
            heard = ask_all(self.installation.home, {"ask": "who"}, ("serve",))
            found[:] = [int(one.said["pid"]) for one in heard if one.said["state"] == "serving"]
            return len(found) == 1 and found != [self.process.pid]

        eventually(serves, "the new server", 2 * PATIENCE)
        (pid,) = found
        try:
            yield pid, self
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            eventually(lambda: not psutil.pid_exists(pid), "the end of the new server")

    def status(self) -> int:
        """Its exit status once it has ended; a test that fails then shows what it said."""
        status = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        print(self.process.stdout.read())
        return status


@contextmanager
def server(installation: Installation, *words: str) -> Iterator[Server]:
    """``mingce serve WORDS``; killed at the end if it has not ended."""
    log = installation.home.log / "server.log"
    command = [*COMMAND, "serve", "--dir", str(installation.home.folder), "--log", str(log), *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            assert "port" in said, said
            yield Server(installation, process, int("".join(filter(str.isdigit, said))))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:  # or the next line waits for it without end
                    process.kill()
                    raise
