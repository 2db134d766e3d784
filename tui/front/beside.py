"""Long work of a session, done by a process beside it, so that the screen goes on answering keys.

It is forked from the session: the same actor, limits and language, and what it may do the desk decides at
each operation. No connection to the record outlives a fork, so both sides connect anew. To stop it is to kill
it, as where a host loses power: what it had not committed is undone. It goes with the session.
"""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import signal
import struct
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, NoReturn, TypeVar

from db.desk.refusal import Invalid, Pending, Refused, SessionOver
from db.store.engine import store
from db.store.progress import hear_progress
from db.store.unavailable import Unavailable, of_the_system, said_in_words
from tui.front import confine
from tui.front.incident import describe
from tui.front.session import report_failure

Result = TypeVar("Result")
FORESEEN = (Refused, Invalid, Pending, SessionOver, Unavailable)
"""What an operation raises for its asker to read; the rest is an error of the program."""
HEAD = struct.Struct("!Q")
EVERY = 0.2
"""Seconds between two words of how far it is."""
PIECE = 1 << 20


class WorkFailed(Exception):
    """The work ended by an error of the program or was killed by the operating system."""


class WorkStopped(Exception):
    """The work was stopped before it said what it made."""


class Beside(Generic[Result]):
    """One piece of work under way. ``done`` and ``of``: how far it is; 0 of 0 where that is not known."""

    def __init__(self, do: Callable[[], Result]) -> None:
        self.done = self.of = 0
        self._is_stopped = False
        self._heard = bytearray()
        self._ended: asyncio.Future[tuple[str, Any]] = asyncio.get_running_loop().create_future()
        self._pipe, answer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._pipe, False)
        try:
            self._pid = _fork(do, answer)
        except BaseException as error:
            os.close(self._pipe)
            if isinstance(error, OSError):
                raise of_the_system(error) from error
            raise
        finally:
            os.close(answer)
        asyncio.get_running_loop().add_reader(self._pipe, self._take_output)

    async def result(self) -> Result:
        """Wait for the work's result and end its process. Raises what the work raised; WorkStopped if it was
        stopped; WorkFailed for an error of the program, which the server logs. A cancelled wait ends the
        work."""
        try:
            how, what = await asyncio.shield(self._ended)
        finally:
            self._end_process()
        if how == "failed" and self._is_stopped:
            raise WorkStopped
        if how == "failed":
            report_failure(what)
            raise WorkFailed
        if how == "raised":
            raise _error_of(*what)
        made: Result = what
        return made

    def stop(self) -> None:
        """Kill the work's process. What it committed by then stays."""
        self._is_stopped = True
        os.kill(self._pid, signal.SIGKILL)

    def _end_process(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pipe)
        os.close(self._pipe)
        os.kill(self._pid, signal.SIGKILL)  # it is a zombie at the least, so the number is no other's
        os.waitpid(self._pid, 0)

    def _take_output(self) -> None:
        """Read what the process writes: progress, or at last its result."""
        try:
            piece = os.read(self._pipe, PIECE)
        except BlockingIOError:
            return
        self._heard += piece
        while len(self._heard) >= HEAD.size:
            (length,) = HEAD.unpack_from(self._heard)
            if len(self._heard) < HEAD.size + length:
                break
            how, what = pickle.loads(self._heard[HEAD.size : HEAD.size + length])  # noqa: S301 - our own fork
            del self._heard[: HEAD.size + length]
            if how == "told":
                self.done, self.of = what
            else:
                self._set_result(how, what)
        if not piece:
            self._set_result("failed", {"error": "ended without a word"})

    def _set_result(self, how: str, what: object) -> None:
        if not self._ended.done():
            self._ended.set_result((how, what))


def _fork(do: Callable[[], object], answer: int) -> int:
    """Fork a child that runs ``do``, with no database connection open and signals blocked; return its pid."""
    parent = os.getpid()
    with _nothing_connected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the line's writer is a thread
        pid = os.fork()
        if pid == 0:
            _run_in_child(do, answer, parent)
    return pid


@contextmanager
def _nothing_connected() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    opened = store().database
    try:
        opened.close()
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        with said_in_words():
            opened.connect(reuse_if_open=True)


def _run_in_child(do: Callable[[], object], answer: int, parent: int) -> NoReturn:
    """Run ``do`` in the child process, write the outcome to ``answer``, and exit; never returns. First
    detaches the standard streams, ties the child to its ``parent`` and opens a connection of its own to the
    database."""
    try:
        confine.die_with_parent(parent)
        confine.default_signals()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        gc.freeze()
        hear_progress(_Telling(answer))
        with said_in_words():
            store().database.connect()
        _send_answer(answer, "made", do())
    except FORESEEN as error:
        _send_answer(answer, "raised", (type(error), error.args, vars(error)))
    except BaseException as error:  # the process ends here: what it says is all that is left of it
        _send_answer(answer, "failed", describe(error))
    finally:
        os._exit(0)


class _Telling:
    """Says how far the work is, not more often than somebody looks."""

    def __init__(self, answer: int) -> None:
        self._answer, self._said_at = answer, 0.0

    def __call__(self, done: int, of: int) -> None:
        if (now := time.monotonic()) - self._said_at >= EVERY:
            self._said_at = now
            _send_answer(self._answer, "told", (done, of))


def _send_answer(answer: int, how: str, what: object) -> None:
    packed = pickle.dumps((how, what))
    rest = memoryview(HEAD.pack(len(packed)) + packed)
    while rest:
        rest = rest[os.write(answer, rest) :]


def _error_of(kind: type[Exception], args: tuple[object, ...], facts: dict[str, object]) -> Exception:
    """Return the error as it was raised in the other process."""
    # Its constructor may take other arguments than those that it keeps.
    error = kind.__new__(kind, *args)
    vars(error).update(facts)
    return error
