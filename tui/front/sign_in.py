"""The two questions at the door, and the work of checking their answers, kept off the event loop.

Keyboard-interactive (RFC 4256): first the password, then the code; only both together are checked, so
that nothing tells which one was wrong. What has the form of a pick-up code or a token stands for both,
whoever types it. Answers go to `auth` as they were typed: there is one
normalisation and it is there (threat 6).
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, NoReturn, TypeVar

import asyncssh

from auth.delays import TooEarly
from auth.tokens import stands_alone
from auth.totp import CodeUsed
from db.desk import Unavailable
from db.language import LANGUAGES, Text, say
from db.store.addresses import source_of
from tui.front.auth_types import SignedInSession, SignInAttempt, SignInFactory

THREADS = 2
TRIES = 3
MARGIN = 5.0
"""Seconds that must be left of the time to sign in after an answer was held back."""

Challenge = tuple[str, str, str, Sequence[tuple[str, bool]]] | bool
_T = TypeVar("_T")

# The client has not said its language yet, so everything is said twice. What is not a question is said
# in the banner (RFC 4252, 5.4): OpenSSH writes a question's instruction with its Chinese in octal.
FIRST_QUESTION = "密码 Password: "
SECOND_QUESTION = "验证码 Code: "
WELCOME = (
    "名册 mingce\n"
    "首次登录或重置：密码处输入激活码（两半连着输入），验证码留空。\n"
    "没有验证器：验证码处可输入恢复码。手机或密码丢了：密码处输入 ?\n"
    "取送文件（get、put）：密码处输入取件码。\n"
    "First sign-in or reset: the activation code, both halves of it, as password; an empty code.\n"
    "No authenticator at hand: a recovery code as code. Lost phone or password: ? as password.\n"
    "To fetch or send a file (get, put): the pick-up code as password.\n"
)
HELP = "?"
HELP_QUESTION = "输入 yes 请求重置登录 Type yes to ask for a reset: "
HELP_SURE = ("yes", "y", "是")
HELPED = (
    "已记下。如账号存在，会告知认识您的人；请同时联系您的上级。重置须两人办理。\n"
    "Noted. If there is such an account, those who know its owner are told; call your head as well.\n"
    "A reset takes two people.\n"
)
HELP_TAKES = 2.0
"""Seconds until the answer to a call for help, so that its time tells nothing."""
AGAIN = "未通过，请重试。\nNot accepted, please try again.\n"
USED = (
    "验证码刚用过，请等下一个（最多 30 秒）。\n"
    "This code was used a moment ago. Wait for the next one, at most 30 s.\n"
)
WAIT = "失败次数过多，请在 {seconds} 秒后再试。\nToo many failures. Please try again in {seconds} s.\n"


class Checks:
    """A few threads for what would hold up the event loop, and at most one check a source at a time.

    So a crowd from one address waits in its own line, and people from elsewhere pass it by.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
        self._lines: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self.settling: set[asyncio.Task[Any]] = set()

    async def run(self, work: Callable[[], _T]) -> _T:
        """Run ``work`` in one of the threads and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def in_line(self, source: str, work: Callable[[], _T]) -> _T:
        """Run ``work`` in a thread once earlier ones from ``source`` are done; return its result."""
        line = self._lines.get(source)
        if line is None:
            line = self._lines[source] = asyncio.Lock()
        async with line:
            return await self.run(work)

    def run_to_end(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Start ``work`` as a task that runs to its end even if its asker leaves."""
        task = asyncio.create_task(work)
        self.settling.add(task)
        task.add_done_callback(self.settling.discard)
        return task

    def close(self) -> None:
        """Wait for running work and end the threads. Blocks."""
        self._pool.shutdown(wait=True)


class _Expecting(Enum):
    NOTHING = 0
    PASSWORD = 1
    CODE = 2
    CHECK = 3
    HELP = 4


class Dialogue:
    """What one connection is asked, in order; any other order ends the connection.

    ``say`` shows the client a line or more besides. ``settled`` is called from a task of its own with
    the result of every check, also when the client has gone in the meantime. ``time_left`` gives the
    seconds left to sign in.
    """

    def __init__(
        self,
        checks: Checks,
        sign_in: SignInFactory,
        source: str,
        time_left: Callable[[], float],
        say: Callable[[str], None],
        settled: Callable[[SignedInSession | None], None],
    ) -> None:
        self._checks = checks
        self._sign_in = sign_in
        self._source = source
        self._time_left = time_left
        self._say = say
        self._settled = settled
        self._expecting = _Expecting.NOTHING
        self._login: str | None = None
        self._password = ""
        self._tries = 0
        self._again = AGAIN
        self.asked = 0

    def ask(self, login: str) -> Challenge:
        """Return the first question, after showing a welcome, or why it is asked again. Raises
        asyncssh.DisconnectError for a new name or a question too many."""
        self.same_name(login)
        self.asked += 1
        if self._expecting is _Expecting.CHECK or self.asked > 2 * TRIES:
            raise asyncssh.ProtocolError("Out of order")
        self._expecting = _Expecting.PASSWORD
        self._say(self._again if self._tries else WELCOME)
        return ("", "", "", ((FIRST_QUESTION, False),))

    def same_name(self, login: str) -> None:
        """Raise asyncssh.DisconnectError unless ``login`` is the connection's first name (threat 7), which it
        keeps."""
        if self._login is None:
            self._login = login
        elif login != self._login:
            raise asyncssh.ProtocolError("The user name may not change")

    async def take_answers(self, login: str, answers: Sequence[str]) -> Challenge:
        """Check the answers and return the next question, or whether this person may come in. Raises
        asyncssh.DisconnectError."""
        self.same_name(login)
        expecting, self._expecting = self._expecting, _Expecting.NOTHING
        known = (_Expecting.PASSWORD, _Expecting.CODE, _Expecting.HELP)
        if expecting not in known or len(answers) != 1:
            raise asyncssh.ProtocolError("Out of order")
        if expecting is _Expecting.HELP:
            await self._help(login, sure=answers[0].strip().casefold() in HELP_SURE)
        if expecting is _Expecting.PASSWORD and answers[0].strip() in (HELP, "？"):
            self._expecting = _Expecting.HELP
            return ("", "", "", ((HELP_QUESTION, False),))
        if expecting is _Expecting.PASSWORD and not stands_alone(answers[0]):
            self._password = answers[0]
            self._expecting = _Expecting.CODE
            return ("", "", "", ((SECOND_QUESTION, False),))
        alone = expecting is _Expecting.PASSWORD
        password, code = (answers[0], "") if alone else (self._password, answers[0])
        self._expecting, self._password = _Expecting.CHECK, ""
        self._tries += 1
        try:
            return await self._check_answers(login, password, code)
        except Unavailable as failure:
            self._say(in_both(failure.message))
            raise asyncssh.PermissionDenied("Not available now") from failure

    async def _help(self, login: str, *, sure: bool) -> NoReturn:
        """Record, if ``sure``, that somebody says to be locked out, and end the connection. Says and takes
        the same for a name that nobody has. Raises asyncssh.PermissionDenied."""
        if sure:
            attempt = await self._checks.run(lambda: self._sign_in(login, self._source, "ssh"))
            task = self._checks.run_to_end(self._checks.in_line(self._source, attempt.call_for_help))
            task.add_done_callback(_pass_over_error)
            await asyncio.sleep(HELP_TAKES)
            self._say(HELPED)
        raise asyncssh.PermissionDenied("Nobody signed in")

    async def _check_answers(self, login: str, password: str, code: str) -> Challenge:
        attempt = await self._checks.run(lambda: self._sign_in(login, self._source, "ssh"))
        self._again = AGAIN
        signed = await self._in_turn(attempt, password, code)
        self._expecting = _Expecting.NOTHING
        if attempt.ended is not None:
            self._say(in_both(attempt.ended))
            raise asyncssh.PermissionDenied("Access has ended")
        if signed is None and self._tries >= TRIES:
            if self._again is USED:
                self._say(USED)
            raise asyncssh.PermissionDenied("Too many failures")
        return signed is not None

    async def _in_turn(self, attempt: SignInAttempt, password: str, code: str) -> SignedInSession | None:
        """Wait for the delay, then check, again where another's turn came first; return the session or None.
        Raises asyncssh.PermissionDenied if the delay is longer than the time left."""
        delay = await self._checks.run(attempt.delay)
        while True:
            if delay > self._time_left() - MARGIN:
                self._say(WAIT.format(seconds=round(delay)))
                raise asyncssh.PermissionDenied("Too many failures")
            await asyncio.sleep(delay)
            task = self._checks.run_to_end(self._finish_attempt(attempt, password, code))
            try:
                return await asyncio.shield(task)
            except TooEarly as early:
                delay = early.seconds

    async def _finish_attempt(
        self, attempt: SignInAttempt, password: str, code: str
    ) -> SignedInSession | None:
        """Check to the end even if the client leaves, and report the result: a session that was begun must be
        ended. A code that was used a moment ago counts as refused, and the next question says so."""
        signed: SignedInSession | None = None
        try:
            source = source_of(self._source)
            signed = await self._checks.in_line(source, lambda: attempt.answer(password, code))
        except CodeUsed:
            self._again = USED
        self._settled(signed)
        return signed


def in_both(text: Text) -> str:
    """Return ``text`` in each language, one line each."""
    return "".join(f"{say(text, language)}\n" for language in LANGUAGES)


def _pass_over_error(call: asyncio.Task[None]) -> None:
    """Ignore the call's error: one that could not be recorded looks like any other."""
    if not call.cancelled():
        call.exception()
