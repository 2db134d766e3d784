"""An installation to torture: made once, copied for each round; what was acknowledged is kept outside."""

from __future__ import annotations

import json
import mmap
import os
import secrets
import shutil
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from db.desk import Actor
from db.desk.backups.running import run_backup
from db.desk.tasks.duties import RunnerPlace
from db.store import audit, checkpoints, clock
from db.store.checkpoints import Notary
from db.store.engine import close_store
from db.store.keys import SIGN_AUDIT, make_keys, read_public, read_signer
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.transactions import writing
from tests.forked import forget_connections
from tests.world import World, build_world

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLACE = RunnerPlace("serve", "serve:torture")
HERE = "outside"
"""Folder of the checkpoints and of the log of what was acknowledged: no part of what is destroyed."""


class Hands:
    """A clock that every process of a round reads and the torturer sets: seconds ahead of the start."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)
        self._began = time.monotonic()
        clock.use_source(self.now)

    def now(self) -> datetime:
        """The time of now."""
        (ahead,) = struct.unpack("d", self._shared[:8])
        return START + timedelta(seconds=ahead + time.monotonic() - self._began)

    def set(self, ahead: float) -> None:
        """Jump to ``ahead`` seconds after the start, forward or back."""
        self._shared[:8] = struct.pack("d", ahead)


@dataclass(slots=True)
class Rig:
    """One installation in ``home``. ``acks`` is what people were told is done; ``versions`` are those of the
    entries whose search keys were found right."""

    home: Home
    world: World
    actors: dict[str, Actor]
    read: int = 0
    worker: int = 0
    acks: list[dict[str, object]] = field(default_factory=list)
    versions: dict[int, int] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What was acknowledged, a line an act."""
        return self.home.folder / HERE / "acknowledged"

    def acknowledge(self, **told: object) -> None:
        """Write down that somebody was told so. Called after the act has returned."""
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # It begins a line, too: what a kill cut off before it has none of this one then.
        os.write(handle, b"\n" + json.dumps(told).encode() + b"\n")
        os.close(handle)

    def acknowledged(self) -> list[dict[str, object]]:
        """All that was acknowledged so far. A line that a kill cut off was not."""
        if self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self.read)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self.read += len(line)
                    with suppress(json.JSONDecodeError):
                        self.acks.append(json.loads(line))
        return self.acks

    def sign(self) -> None:
        """Have the end of the open store's chain signed outside."""
        notary = Notary(read_signer(self.home.keys, SIGN_AUDIT), [self.home.folder / HERE])
        seq, hashed = audit.head()
        if seq:
            notary.sign(seq, hashed, clock.now())

    def outside(self) -> dict[int, str]:
        """What was signed."""
        public = read_public(self.home.keys, SIGN_AUDIT)
        return checkpoints.expected_hashes(checkpoints.read(self.home.folder / HERE, public))

    def fork(self, work: Callable[[], None]) -> int:
        """A process that does ``work`` with a store of its own; it ends with 0, or 1 where that failed."""
        child = os.fork()
        if child == 0:
            status = 1
            try:
                forget_connections()
                work()
                status = 0
            except BaseException as error:  # the process ends here, whatever it was
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
            finally:
                os._exit(status)
        return child


class Workshop:
    """Where rigs come from. ``server`` is the URL of a PostgreSQL server; empty for SQLCipher."""

    def __init__(self, server: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="torture-"))
        self.server = server
        self.hands = Hands()
        self.warm = False
        self._base = Home(self.folder / "base")
        self._name = f"base{secrets.token_hex(4)}"
        self._make()

    def _make(self) -> None:
        self._base.policies.mkdir(parents=True)
        self._settings(self._base, self._name)
        make_keys(self._base.keys)
        if self.server:
            self.admin(f'CREATE DATABASE "{self._name}"')
        open_store(self._base)
        migrate()
        self._world = build_world()
        logins = sorted(self._world.accounts)
        with writing():
            self._actors = {login: self._world.actor(login) for login in logins}
        close_store()
        (problem,) = (one.problem for one in run_backup(self._base, PLACE, lambda: None))
        if problem:
            raise RuntimeError(str(problem))

    @contextmanager
    def rig(self) -> Iterator[Rig]:
        """A copy of the installation, gone afterwards."""
        self.hands.set(0)
        name = f"round{secrets.token_hex(4)}"
        folder = self.folder / name
        shutil.copytree(self._base.folder, folder)
        (folder / HERE).mkdir()
        home = Home(folder)
        if self.server:
            self._settings(home, name)
            self.admin(f'CREATE DATABASE "{name}" TEMPLATE "{self._name}"')
        try:
            yield Rig(home, self._world, self._actors)
        finally:
            close_store()
            shutil.rmtree(folder, ignore_errors=True)
            if self.server:
                self.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_raised: object) -> None:
        clock.use_source(None)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.server:
            self.admin(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def name_of(self, rig: Rig) -> str:
        """What the database of ``rig`` is called on the server."""
        return rig.home.folder.name

    def _settings(self, home: Home, name: str) -> None:
        database = self.server.replace("/postgres?", f"/{name}?") if self.server else "sqlite:mingce.db"
        lines = [
            'organisation = "华星集团"',
            f"database = {json.dumps(database)}",
            f'[checkpoints]\nto = ["{HERE}"]',
        ]
        home.settings_file.write_text("\n".join(lines), "utf-8")

    def admin(self, statement: str) -> None:
        """Have the server's administrator do it."""
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(statement)
