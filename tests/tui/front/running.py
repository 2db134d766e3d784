"""A front that runs in a thread of the test, with a stand-in for `auth`, and clients to attack it with."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncssh
import pexpect
import pyte

from auth.delays import TooEarly
from auth.totp import CodeUsed
from db.language import Message
from tests.tui.front import small_plain
from tui.front.hostkey import write_host_key
from tui.front.log import JsonLines
from tui.front.server import Front, ServingPlan

ROOT = Path(__file__).parents[3]
PASSWORD = "长安一片月 forty-two"
CODE, CODE_OF_BEFORE = "123456", "654321"
PATIENCE = 60
"""Seconds that anything may take on a busy machine. Where it comes sooner, nobody waits."""
T = TypeVar("T")


@dataclass(frozen=True)
class Granted:
    """What the stand-in gives for a right answer."""

    session: int
    account: int
    login: str
    strength: str = "full"


@dataclass
class Register:
    """The stand-in for `auth`: every name with `PASSWORD` and `CODE` may come in; it keeps what it saw.

    ``delays`` are those it asked for, ``early`` the waits for a turn that has not come; while ``checks`` is
    not set, no check comes to its end. What stands in ``ended`` others have ended."""

    attempts: list[tuple[str, str, str, str]] = field(default_factory=list)
    ends: dict[int, list[str]] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    granted: list[int] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    delays: list[float] = field(default_factory=list)
    early: list[float] = field(default_factory=list)
    checks: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.checks.set()

    def sign_in(self, login: str, source: str, front: str) -> _Attempt:
        return _Attempt(self, login, source)

    def end(self, session: int, how: str) -> None:
        self.ends.setdefault(session, []).append(how)

    def over(self, running: Collection[int]) -> dict[int, str]:
        return {session: how for session, how in self.ended.items() if session in running}


class _Attempt:
    ended: Message | None = None

    def __init__(self, register: Register, login: str, source: str) -> None:
        self._register, self._login, self._source = register, login, source

    def delay(self) -> float:
        self._register.delays.append(self._register.delay)
        return self._register.delays[-1]

    def answer(self, password: str, code: str) -> Granted | None:
        register = self._register
        if register.early:
            raise TooEarly(register.early.pop(0))
        register.attempts.append((self._login, self._source, password, code))
        register.checks.wait(PATIENCE)
        if (password, code) == (PASSWORD, CODE_OF_BEFORE):
            raise CodeUsed
        if (password, code) != (PASSWORD, CODE):
            return None
        session = len(register.granted) + 1
        register.granted.append(session)
        return Granted(session, 1, self._login)

    def call_for_help(self) -> None:
        self._register.calls.append((self._login, self._source))


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Running:
    """A running front: its port, its register of sign-ins, its log."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.key = folder / "host_key"
        if not self.key.exists():
            write_host_key(self.key)
        plan = ServingPlan(
            host="127.0.0.1",
            port=0,
            host_key=self.key,
            home=folder,
            commands=small_plain.NAMES,
            entry="tests.tui.front.small_app",
            plain="tests.tui.front.small_plain",
        )
        self.register = Register()
        register = self.register
        self.front = Front(replace(plan, **changes), register.sign_in, register.end, register.over)
        self._log = _Kept()
        logger = logging.getLogger("mingce.front")
        logger.addHandler(self._log)
        logger.setLevel(logging.INFO)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port: int = self.call(self.front.open())

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run ``coroutine`` on the server's event loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def close(self) -> None:
        self.call(self.front.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        logging.getLogger("mingce.front").removeHandler(self._log)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log so far."""
        return [json.loads(line) for line in self._log.lines]

    def sessions(self) -> list[int]:
        """Process numbers of the sessions that run now."""
        children = Path(f"/proc/{self.front.spawner.pid}/task/{self.front.spawner.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def ssh(self, *arguments: str, login: str = "zhangwei", size: tuple[int, int] = (24, 80)) -> Client:
        """The real OpenSSH client; ``arguments`` are options, then perhaps a command after ``--``."""
        return Client(self.port, arguments, login, size)


@contextmanager
def running(folder: Path, **changes: Any) -> Iterator[Running]:
    """A front that stops at the end; ``changes`` are fields of `tui.front.server.ServingPlan`."""
    made = Running(folder, **changes)
    try:
        yield made
    finally:
        made.close()


class Client:
    """``ssh`` under pexpect, with a pyte screen that shows what a person would see."""

    def __init__(self, port: int, arguments: tuple[str, ...], login: str, size: tuple[int, int]) -> None:
        options = list(arguments)
        command: list[str] = []
        if "--" in options:
            at = options.index("--")
            options, command = options[:at], options[at + 1 :]
        self.screen = pyte.Screen(size[1], size[0])
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        spawned = pexpect.spawn(
            "ssh",
            [*options, *SSH_OPTIONS, "-p", str(port), f"{login}@127.0.0.1", *command],
            dimensions=size,
            timeout=PATIENCE,
            env={"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        )
        self.process = cast("pexpect.spawn[bytes]", spawned)  # no encoding, so bytes

    def sign_in(self, password: str = PASSWORD, code: str | Callable[[], str] = CODE) -> Client:
        """Answer both questions; what ``code`` is called for is made when it is asked for."""
        self.process.expect("Password: ")
        self.process.sendline(password)
        self.process.expect("Code: ")
        self.process.sendline(code if isinstance(code, str) else code())
        return self

    def wait_for(self, text: str, seconds: float = PATIENCE) -> Client:
        """Read until ``text`` is on the screen."""
        self.wait_until(lambda: any(text in line for line in self.screen.display), text, seconds)
        return self

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} never came:\n" + "\n".join(self.screen.display))
            try:
                data = self.process.read_nonblocking(65536, timeout=0.1)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                raise AssertionError(f"{what} never came; the line ended: {self.raw[-2000:]!r}") from None
            self.raw += data
            self._stream.feed(data)

    def finish(self) -> tuple[bytes, int]:
        """Read to the end; returns all bytes and ssh's exit status."""
        rest: bytes = self.process.read()
        self.raw += rest
        self._stream.feed(rest)
        self.process.close()
        status = self.process.exitstatus
        return self.raw, status if status is not None else -1


SSH_OPTIONS = [
    "-F",
    "none",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "LogLevel=ERROR",
    "-o",
    "PreferredAuthentications=keyboard-interactive",
]


class Answers(asyncssh.SSHClient):
    """A client of asyncssh that answers the two questions with ``answers`` in turn."""

    def __init__(self, answers: list[str]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def auth_banner_received(self, msg: str, lang: str) -> None:
        self.asked.append(msg)

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        self.asked += [prompt for prompt, _echo in prompts]
        assert not any(echo for _prompt, echo in prompts)
        if prompts and not self._answers:
            return None
        return [self._answers.pop(0) for _prompt in prompts]


def connect(port: int, answers: list[str] | None = None, **options: Any) -> Any:
    """Connect with asyncssh; ``answers`` default to the right ones."""
    given = [PASSWORD, CODE] if answers is None else answers
    options = {
        "username": "zhangwei",
        "known_hosts": None,
        "client_keys": None,
        "agent_path": None,
        "config": None,
        "client_factory": lambda: Answers(given),
        **options,
    }
    return asyncssh.connect("127.0.0.1", port, **options)


def eventually(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until ``condition`` holds; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about"
        time.sleep(0.02)


def hold_socket(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A connection that says nothing, from ``source`` (any of 127.0.0.0/8)."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(source, 0))


def still_open(held: socket.socket) -> bool:
    """Whether the server keeps this silent connection; reads its banner away."""
    held.settimeout(0)
    try:
        while data := held.recv(4096):
            assert data.startswith(b"SSH-2.0-")
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return False
