"""Having the audit chain's end signed: every 100 records, or a minute after one that is not signed yet.

The server reads the end of the chain and passes it to the signer (`tui.front.signer`), a process of its
own; neither the server, nor the warm parent, nor a session ever has the key in its memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from peewee import DatabaseError, InterfaceError

from db.store import audit, clock
from db.store.checkpoints import Checkpoint
from db.store.engine import database, store
from db.store.keys import SIGN_AUDIT, KeyRingError, signing_file
from db.store.proof.judging import present_end
from db.store.settings import Checkpoints, Home, Settings
from db.store.waiting_records import append_what_waits
from tui.front import signer
from tui.front.incident import describe
from tui.front.log import log_event

RECORDS = 100
SECONDS = 60.0
LOOK_EVERY = 1.0
PATIENCE = 15.0


class NotSigned(Exception):
    """The signer did not sign; the message says why."""


class SigningLine:
    """The line to the signer, opened when it is first needed and again after it broke."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home = home
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._to: IO[str] | None = None
        self._from: IO[str] | None = None

    def sign(self, seq: int, hash: str, position: int = 0, state: str = "") -> Checkpoint:
        """Have the signer, started if need be, sign and store the chain's end and the state of the sums;
        return the checkpoint. Raises NotSigned."""
        end = {"seq": seq, "hash": hash, "at": clock.now()}
        line = json.dumps(end | ({"position": position, "state": state} if state else {}))
        was_open = self._to is not None
        try:
            try:
                answer = self._ask_signer(line)
            except OSError:
                if not was_open:
                    raise
                self.close()  # the signer died since it was asked last; what it stored it knows again
                answer = self._ask_signer(line)
        except (OSError, ValueError, RecursionError) as error:
            self.close()
            raise NotSigned(f"{type(error).__name__}: {error}") from error
        if "refused" in answer:
            self.close()
            raise NotSigned(str(answer["refused"]))
        return Checkpoint.from_json(answer)

    def close(self) -> None:
        """Close the line and wait for the signer started for it to end; kill it after `PATIENCE`."""
        for stream in (self._to, self._from):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._process is not None:
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._to = self._from = None

    def _ask_signer(self, line: str) -> dict[str, object]:
        if self._to is None or self._from is None:
            self._open_line()
        assert self._to is not None  # noqa: S101 - for the types; `_open` has just set both
        assert self._from is not None  # noqa: S101
        self._to.write(line + "\n")
        self._to.flush()
        said = self._from.readline()
        if not said:
            raise ConnectionError("no answer")
        answer = json.loads(said)
        if not isinstance(answer, dict):
            raise ValueError("an answer is an object")
        return answer

    def _open_line(self) -> None:
        wanted = self._settings.checkpoints or Checkpoints()
        if wanted.signer:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE)
                line.connect(wanted.signer)
                self._talk_over(line)
            return
        places = [str(place) for place in self._home.checkpoint_places(self._settings)]
        also = [signer.SYSLOG] if wanted.syslog else []
        ours, theirs = socket.socketpair()  # no pipes: one that does not answer is not waited for without end
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    sys.executable, "-P", "-m", "tui.front.signer", *also,
                    str(signing_file(self._home.keys, SIGN_AUDIT)), *places,
                ],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                start_new_session=True,
            )  # fmt: skip
            self._talk_over(ours)

    def _talk_over(self, line: socket.socket) -> None:
        line.settimeout(PATIENCE)
        self._to, self._from = line.makefile("w"), line.makefile("r")


class Keeper:
    """Has the open store's chain signed when it is due; used by one thread."""

    def __init__(self, line: SigningLine) -> None:
        self._line = line
        self._signed, self._position = 0, 0
        self._at = float("-inf")
        self._failing = False

    def sign_if_due(self, at_once: bool = False) -> Checkpoint | None:
        """Append the records that wait, and have the chain's end signed if enough records or seconds have
        passed, or ``at_once``; return the checkpoint, None if nothing is new or due. Raises NotSigned."""
        with database.connection_context() if database.is_closed() else contextlib.nullcontext():
            append_what_waits()
            seq, hashed = audit.head()
            waiting = seq - self._signed
            due = waiting >= RECORDS or (waiting > 0 and time.monotonic() - self._at >= SECONDS)
            if seq == 0 or not (due or at_once):
                return None
            seq, hashed, position, state = present_end()
        if seq == self._signed and position <= self._position:
            return None
        made = self._line.sign(seq, hashed, position, state)
        self._signed, self._position, self._at = seq, position, time.monotonic()
        return made

    def sign_or_log(self, at_once: bool = False) -> None:
        """Do as `sign_if_due`, but log a failure, once until it is over."""
        try:
            self.sign_if_due(at_once)
        except (NotSigned, DatabaseError, InterfaceError, KeyRingError) as error:
            if not self._failing:
                reason = str(error) if isinstance(error, NotSigned) else ""
                log_event("checkpoint-failed", logging.ERROR, reason=reason, **describe(error))
            self._failing = True
        else:
            self._failing = False


def sign_now(home: Home, settings: Settings) -> Checkpoint | None:
    """Start a signer and have the open store's chain signed now; return the checkpoint, None for an empty
    chain. Raises NotSigned."""
    line = SigningLine(home, settings)
    try:
        return Keeper(line).sign_if_due(at_once=True)
    finally:
        line.close()


def sign_quietly(home: Home) -> Checkpoint | None:
    """Do as `sign_now`, with the open store's settings; log a failure and return None: the server signs
    later."""
    try:
        return sign_now(home, store().settings)
    except NotSigned as error:
        log_event("checkpoint-failed", logging.ERROR, reason=str(error))
        return None


async def keep_checkpoints(home: Home, settings: Settings) -> None:
    """Have the chain signed whenever due, in a thread, until cancelled, and once more then; log failures."""
    loop = asyncio.get_running_loop()
    line = SigningLine(home, settings)
    keeper = Keeper(line)
    thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoints")
    try:
        while True:
            await loop.run_in_executor(thread, keeper.sign_or_log)
            await asyncio.sleep(LOOK_EVERY)
    finally:
        thread.submit(keeper.sign_or_log, at_once=True)
        await loop.run_in_executor(thread, line.close)  # nobody's screen waits for the signer
        thread.shutdown()
