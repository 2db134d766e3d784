"""The log keeps no personal data, whoever writes into it."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tui.front import log
from tui.front.incident import describe


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    """The log's file, with logging put back afterwards."""
    root, quiet = logging.getLogger(), logging.getLogger("asyncssh")
    before = root.handlers[:], root.level, quiet.level, quiet.propagate
    log.configure(tmp_path / "log" / "server.jsonl")
    yield tmp_path / "log" / "server.jsonl"
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    quiet.setLevel(before[2])
    quiet.propagate = before[3]


@pytest.mark.threat(13)
def test_a_librarys_words_are_not_written_only_where_they_come_from(lines: Path) -> None:
    """asyncio and peewee put values into their messages: "13800002121" must not reach the log."""
    try:
        int("13800002121x")
    except ValueError:
        logging.getLogger("asyncio").exception("task %r failed", "13800002121")
    logging.getLogger("peewee").error("INSERT 13800002121")
    asyncssh.logging.logger.info("Beginning auth for user 13800002121")
    asyncssh.logging.logger.error("Command: find 13800002121")
    text = lines.read_text()
    assert "13800002121" not in text
    first, second = [json.loads(line) for line in text.splitlines()]
    assert first["logger"] == "asyncio"
    assert first["error"] == "builtins.ValueError"
    assert first["frames"]
    assert second["logger"] == "peewee"


def test_an_event_keeps_its_fields_and_its_chinese(lines: Path) -> None:
    log.log_event("listening", host="名册", port=22)
    line = json.loads(lines.read_text())
    assert (line["event"], line["host"], line["port"], line["level"]) == ("listening", "名册", 22, "info")


def test_standard_error_is_the_default(capsys: pytest.CaptureFixture[str], lines: Path) -> None:
    log.configure()
    log.log_event("listening", port=22)
    assert json.loads(capsys.readouterr().err)["port"] == 22


@pytest.mark.threat(13)
def test_what_is_kept_of_a_crash_holds_no_value() -> None:
    def inner(number: str) -> None:
        raise KeyError(number)

    try:
        try:
            inner("13800002121")
        except KeyError as error:
            raise RuntimeError("while showing 13800002121") from error
    except RuntimeError as error:
        described = describe(error)
    assert "13800002121" not in json.dumps(described)
    assert described["error"] == "builtins.RuntimeError"
    cause = described["cause"]
    assert isinstance(cause, dict)
    assert cause["error"] == "builtins.KeyError"
    assert cause["frames"][-1].endswith(" inner")


@pytest.mark.threat(40)
def test_strangers_have_so_many_lines_a_minute_written(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand connections a minute, each of which would be a line."""
    now = 60_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(log, "_strangers", defaultdict(log._Tally))
    for number in range(10_000):
        log.event_of_stranger("crowd", source=f"2001:db8:0:{number:x}::/64")
    log.event_of_stranger("refused", source="192.0.2.7")
    assert len(lines.read_text().splitlines()) == log.OF_STRANGERS + 1
    now += 60
    log.event_of_stranger("crowd", source="192.0.2.8")
    told, written = [json.loads(line) for line in lines.read_text().splitlines()[-2:]]
    assert (told["event"], told["count"], "source" in told) == ("crowd", 10_000 - log.OF_STRANGERS, False)
    assert written["source"] == "192.0.2.8"
