"""The dialogue at the door: threats 2, 6 and 7, and what the front makes of the answers."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest
from asyncssh.packet import String

from tests.tui.front.running import CODE, CODE_OF_BEFORE, PASSWORD, Answers, Running, connect, eventually
from tui.front.sign_in import AGAIN, FIRST_QUESTION, HELP_QUESTION, HELPED, SECOND_QUESTION, USED, WELCOME


async def test_password_then_code_with_a_word_of_help_in_both_languages(front: Running) -> None:
    answers = Answers(["guess", CODE, PASSWORD, CODE])
    async with connect(front.port, client_factory=lambda: answers):
        pass
    assert answers.asked == [
        WELCOME, FIRST_QUESTION, SECOND_QUESTION, AGAIN, FIRST_QUESTION, SECOND_QUESTION,
    ]  # fmt: skip


async def test_a_right_password_with_a_wrong_code_is_told_like_any_other_failure(front: Running) -> None:
    """What the client hears after a wrong password and after a wrong code is the same."""
    heard = []
    for wrong in (["guess", CODE], [PASSWORD, "000000"]):
        answers = Answers([*wrong, PASSWORD, CODE])
        async with connect(front.port, client_factory=lambda given=answers: given):
            pass
        heard.append(answers.asked)
    assert heard[0] == heard[1]


def test_what_is_said_at_the_door_is_read_in_chinese_too(front: Running) -> None:
    """OpenSSH shows a banner as it is, where it writes an instruction's Chinese in octal."""
    client = front.ssh("-o", "LogLevel=INFO")
    client.wait_for("首次登录或重置：").wait_for("First sign-in or reset:").wait_for(
        "Password:"
    ).process.sendline("guess")
    client.wait_for("Code:").process.sendline(CODE)
    client.wait_for("未通过，请重试。").wait_for("Not accepted, please try again.")
    client.process.close(force=True)


@pytest.mark.threat(6)
async def test_answers_reach_the_one_normalisation_as_they_were_typed(front: Running) -> None:
    """asyncssh prepares passwords (SASLprep) but not keyboard-interactive answers.

    A password typed decomposed, in full width, or with a soft hyphen must not be changed on one way in
    and left alone on another: the method that prepares is off, and this one changes nothing.
    """
    decomposed = unicodedata.normalize("NFD", "motdepassé à Zürich")
    for typed in ("ｐａｓｓｗｏｒｄ１２３４", decomposed, "soft\u00adhyphen 12345"):
        front.register.attempts.clear()
        with pytest.raises(asyncssh.DisconnectError):
            await connect(front.port, [typed, "１２３４５６"])
        assert front.register.attempts[0][2:] == (typed, "１２３４５６")
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(front.port, password=PASSWORD, preferred_auth="password")


async def test_who_types_the_code_of_a_moment_ago_is_told_so(front: Running) -> None:
    answers = Answers([PASSWORD, CODE_OF_BEFORE, PASSWORD, CODE])
    async with connect(front.port, client_factory=lambda: answers):
        pass
    assert answers.asked == [
        WELCOME, FIRST_QUESTION, SECOND_QUESTION, USED, FIRST_QUESTION, SECOND_QUESTION,
    ]  # fmt: skip


@pytest.mark.threat(7)
async def test_a_name_changed_between_two_tries_ends_the_connection(front: Running) -> None:
    """The attacker fails once as one person and goes on, on the same connection, as another."""

    class Switcher(Answers):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            self._conn = conn
            self._times = 0

        def kbdint_auth_requested(self) -> str:
            self._times += 1
            if self._times == 2:
                self._conn._username = "wangfang"
            return ""

    front.register.attempts.clear()
    with pytest.raises((asyncssh.DisconnectError, ConnectionError)):
        await connect(front.port, client_factory=lambda: Switcher(["guess", CODE, PASSWORD, CODE]))
    assert [login for login, *_rest in front.register.attempts] == ["zhangwei"]


@pytest.mark.threat(7)
async def test_a_name_changed_between_the_two_questions_ends_the_connection(front: Running) -> None:
    """The attacker answers the first question as one person, then begins anew as another and answers
    only the second: whoever the server then believes in, it must not be either."""

    class Switcher(Answers):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            self._conn = conn

        async def kbdint_challenge_received(  # type: ignore[override]  # asyncssh awaits it
            self, name: str, instructions: str, lang: str, prompts: list[tuple[str, bool]]
        ) -> list[str]:
            if prompts[0][0] == SECOND_QUESTION:
                self._conn._username = "wangfang"
                await self._conn.send_userauth_request(b"keyboard-interactive", String(""), String(""))
                await asyncio.sleep(0.2)
                return [CODE]
            return [PASSWORD]

    front.register.attempts.clear()
    granted = len(front.register.granted)
    with pytest.raises((asyncssh.DisconnectError, ConnectionError)):
        await connect(front.port, client_factory=lambda: Switcher([]))
    assert front.register.attempts == []
    assert len(front.register.granted) == granted


@pytest.mark.threat(2)
async def test_an_answer_is_held_back_as_long_as_auth_says(start: Callable[..., Running]) -> None:
    """While one person's answer is held, others come in: waiting takes none of the threads."""
    front = start()
    front.register.delay = 6.0
    held = [asyncio.create_task(_enter(front.port)) for _count in range(5)]
    while len(front.register.delays) < 5:
        await asyncio.sleep(0.01)
    assert front.register.attempts == []
    front.register.delay = 0.0
    await _enter(front.port)
    assert len(front.register.attempts) == 1
    await asyncio.gather(*held)
    assert len(front.register.attempts) == 6


@pytest.mark.threat(2)
async def test_a_wait_longer_than_the_time_to_sign_in_is_told(start: Callable[..., Running]) -> None:
    front = start(grace=20.0)
    front.register.delay = 40.0
    answers = Answers([PASSWORD, CODE])
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(front.port, client_factory=lambda: answers)
    assert "40" in answers.asked[-1]
    assert front.register.attempts == []


async def test_a_sign_in_granted_to_a_client_that_has_gone_is_ended(start: Callable[..., Running]) -> None:
    """The line is cut while the answers are being checked: the session they open must not stay open."""
    front = start()
    front.register.checks.clear()
    task = asyncio.create_task(_enter(front.port))
    while not front.register.attempts:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.to_thread(eventually, lambda: len(front.front.gate) == 0, "the end of the line")
    front.register.checks.set()
    await asyncio.to_thread(eventually, lambda: front.register.ends == {1: ["cut"]}, "the end on record")
    assert front.register.granted == [1]


async def test_a_signed_in_client_that_asks_for_nothing_is_ended(front: Running) -> None:
    """The line is cut after signing in, before any session was asked for."""
    async with connect(front.port):
        session = front.register.granted[-1]
    await asyncio.to_thread(eventually, lambda: session in front.register.ends, "the end on record")
    assert front.register.ends[session] == ["cut"]


async def _enter(port: int) -> None:
    async with connect(port):
        pass


@pytest.mark.threat(38)
async def test_an_answer_that_comes_before_its_turn_is_held_again(start: Callable[..., Running]) -> None:
    """Others tried the same name from the same source while it was held: it was checked by nobody, and is
    checked when its turn has come."""
    front = start()
    front.register.early = [0.2, 0.1]
    await _enter(front.port)
    assert front.register.early == []
    assert len(front.register.attempts) == 1


@pytest.mark.threat(38)
async def test_a_turn_beyond_the_time_to_sign_in_is_told(start: Callable[..., Running]) -> None:
    front = start(grace=20.0)
    front.register.early = [50.0]
    answers = Answers([PASSWORD, CODE])
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(front.port, client_factory=lambda: answers)
    assert "50" in answers.asked[-1]
    assert front.register.attempts == []


@pytest.mark.threat(32)
async def test_who_is_locked_out_calls_for_help_and_learns_nothing(
    front: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes as long and is told in the same words whoever is named, and ends the connection."""
    monkeypatch.setattr("tui.front.sign_in.HELP_TAKES", 0.1)
    front.register.calls.clear()
    front.register.attempts.clear()
    heard = []
    for login in ("zhangwei", "nobody-at-all"):
        answers = Answers(["?", "yes"])
        with pytest.raises(asyncssh.Error):
            await connect(front.port, username=login, client_factory=lambda given=answers: given)
        heard.append(answers.asked)
    assert heard[0] == heard[1] == [WELCOME, FIRST_QUESTION, HELP_QUESTION, HELPED]
    assert [login for login, _source in front.register.calls] == ["zhangwei", "nobody-at-all"]
    assert front.register.attempts == []


@pytest.mark.threat(32)
async def test_a_question_mark_alone_calls_nobody(front: Running) -> None:
    front.register.calls.clear()
    with pytest.raises(asyncssh.Error):
        await connect(front.port, client_factory=lambda: Answers(["?", ""]))
    assert front.register.calls == []


@pytest.mark.threat(29)
def test_who_is_let_in_while_the_server_stops_is_ended_on_record(tmp_path: Path) -> None:
    front = Running(tmp_path)
    front.register.checks.clear()
    client = front.ssh().sign_in()
    eventually(lambda: bool(front.register.attempts), "a check")
    threading.Timer(0.3, front.register.checks.set).start()
    front.close()
    client.process.close(force=True)
    assert front.register.ends == {1: ["cut"]}
