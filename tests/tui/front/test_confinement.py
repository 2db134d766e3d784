"""What a session may and may not: its window, its limits, its environment."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.tui.front.running import Running, connect
from tui.front.ticket import clamp_size


@pytest.mark.threat(9)
def test_a_windows_size_is_clamped() -> None:
    assert clamp_size(65535, 65535) == (300, 100)
    assert clamp_size(4294967295, 1) == (300, 1)
    assert clamp_size(0, 50) == (80, 24)
    assert clamp_size(120, 36) == (120, 36)


@pytest.mark.threat(9)
async def test_a_giant_window_is_drawn_small(front: Running) -> None:
    """The attacker asks for a terminal of 65535×65535, and grows a small one to it: 5.9 GB were seen."""
    async with connect(front.port) as conn:
        process = await conn.create_process(term_type="xterm", term_size=(65535, 65535), encoding=None)
        await process.stdout.readuntil(b"size 300x100")
    async with connect(front.port) as conn:
        process = await conn.create_process(term_type="xterm", term_size=(80, 24), encoding=None)
        await process.stdout.readuntil(b"size 80x24")
        process.change_terminal_size(65535, 65535)
        await process.stdout.readuntil(b"300x100")


@pytest.mark.threat(17)
def test_a_new_size_reaches_the_screen(front: Running) -> None:
    """asyncssh tells the server of a new size, but nobody tells the session's process."""
    client = front.ssh().sign_in().wait_for("size 80x24")
    client.screen.resize(36, 120)
    client.process.setwinsize(36, 120)
    client.wait_for("size 120x36")
    client.process.send("q")
    client.finish()


@pytest.mark.threat(9, 26)
def test_a_session_is_held_to_its_limits(front: Running) -> None:
    """Whatever an attacker makes a session do, the kernel bounds it; and it holds nothing of others."""
    raw, _status = front.ssh("--", "self").sign_in().finish()
    about = json.loads(raw)
    assert about["limits"]["RLIMIT_CORE"] == 0
    assert 0 < about["limits"]["RLIMIT_AS"] <= 1 << 30
    assert 0 < about["limits"]["RLIMIT_CPU"] <= 3600
    assert 0 < about["limits"]["RLIMIT_NOFILE"] <= 256
    assert about["limits"]["RLIMIT_FSIZE"] > 0
    assert about["descriptors"] == [0, 1, 2, 3, 4], "input, output, error, its report, the news for it"
    assert about["leader"]
    assert about["umask"] == 0o077
    assert about["folder"] == "/"
    assert not about["dumpable"]
    assert about["dies_with_parent"] == 9


@pytest.mark.threat(61)
def test_a_session_that_takes_more_memory_than_it_may_ends_alone(front: Running) -> None:
    raw, status = front.ssh("--", "hoard", "500").sign_in().finish()
    assert (b"500" in raw, status) == (True, 0), "a command makes a whole file"
    raw, status = front.ssh("--", "hoard", "800").sign_in().finish()
    assert b"800" not in raw
    assert status != 0
    client = front.ssh().sign_in().wait_for("session")
    client.process.send("m")
    raw, status = client.finish()
    assert status != 0
    assert b"incident" in raw or "事件".encode() in raw or "编号".encode() in raw
    raw, _status = front.ssh("--", "echo", "still here").sign_in().finish()
    assert b"still here" in raw


@pytest.mark.threat(14)
def test_a_sessions_environment_is_its_own(front: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator started the server with a driver, a log file and secrets in the environment."""
    for name in ("TEXTUAL_DRIVER", "TEXTUAL_LOG", "MINGCE_SECRET", "PYTHONINSPECT"):
        monkeypatch.setenv(name, "canary")
    raw, _status = front.ssh("--", "self").sign_in().finish()
    environment = json.loads(raw)["environment"]
    assert "canary" not in environment.values()
    assert environment["HOME"] == "/nonexistent"
    assert environment["TERM"] == "dumb"


def test_a_session_reaches_postgresql_as_the_operator_said(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unit names a file of passwords that lies with its credentials."""
    monkeypatch.setenv("PGPASSFILE", "/run/credentials/mingce.service/pgpass")
    raw, _status = start().ssh("--", "self").sign_in().finish()
    assert json.loads(raw)["environment"]["PGPASSFILE"] == "/run/credentials/mingce.service/pgpass"


def test_the_language_follows_posix_precedence(front: Running) -> None:
    for sent, language in (
        ("LANG=en_GB.UTF-8", "en"),
        ("LANG=en_GB.UTF-8 LC_ALL=zh_CN.UTF-8", "zh_CN"),
        ("LANG=zh_CN.UTF-8 LC_MESSAGES=de_DE.UTF-8", "en"),
        ("LANG=zh-Hans", "zh_CN"),
        ("COLORTERM=truecolor", "zh_CN"),
    ):
        raw, _status = front.ssh("-o", f"SetEnv={sent}", "--", "self").sign_in().finish()
        assert json.loads(raw)["language"] == language


def test_a_screen_without_a_terminal_is_explained(front: Running) -> None:
    raw, status = front.ssh("-T", "-o", "SetEnv=LANG=en").sign_in().finish()
    assert status == 2
    assert b"terminal" in raw


def test_the_ticket_is_the_same_on_the_other_side() -> None:
    from tui.front.ticket import Ticket

    ticket = Ticket(7, "192.0.2.7", "/srv", "en", True, (120, 36), ("find", "张三"), {"TERM": "xterm"})
    assert Ticket.decode(ticket.encode()) == ticket
