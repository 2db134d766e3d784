"""What a monitoring system reads, where something goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from db.store.engine import store
from db.store.settings import Home
from db.store.unavailable import AWAY, Unavailable
from tests.world import World
from tui.front import confine
from tui.front.duties import marking
from tui.front.metrics import Exporter, known_now, newest_journal, text_of


async def test_who_asks_while_the_database_is_away_is_not_kept_waiting(tmp_path: Path) -> None:
    def away() -> str:
        raise Unavailable(AWAY)

    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    exporter = Exporter(tmp_path / "metrics.sock", away)
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "metrics.sock"))
    writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
    await exporter.close()
    assert failed == []


def test_a_day_of_the_journal_that_goes_meanwhile_is_passed_over(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store().journal.folder
    newest, glob = newest_journal(folder), Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [*glob(self, pattern), self / "gone"])
    assert newest_journal(folder) == newest
    assert newest is None or newest.parent == folder


def test_what_is_known_without_the_database_is_told_while_it_is_away(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A monitoring that hears nothing can't tell a database that is away from a host that is."""

    def away(_home: Home) -> None:
        raise Unavailable(AWAY)

    with marking(home):
        pass
    answering = text_of(known_now(home))
    monkeypatch.setattr("tui.front.metrics.recorded_metrics", away)
    silent = text_of(known_now(home))
    assert "mingce_database_up 1\n" in answering
    assert "mingce_audit_records" in answering
    assert "mingce_database_up 0\n" in silent
    assert "mingce_audit_records" not in silent
    for name in ("mingce_build_info", "mingce_duties_age_seconds ", "mingce_journal_age_seconds "):
        assert name in answering
        assert name in silent


@pytest.mark.threat(31)
async def test_who_asks_without_end_or_reads_nothing_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head that is longer than any, and twenty at once, for whom one thread is busy at a time."""
    at_once = most = 0

    def gather() -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        at_once -= 1
        return "# EOF\n"

    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    file = tmp_path / "metrics.sock"
    exporter = Exporter(file, gather)
    assert await _ask(file, b"x" * 100_000) == b""
    answers = await asyncio.gather(*(_ask(file, b"GET /metrics HTTP/1.0\r\n\r\n") for _count in range(20)))
    assert all(answer.endswith(b"# EOF\n") for answer in answers)
    assert most == 1
    await exporter.close()
    assert failed == []


@pytest.mark.threat(36)
async def test_a_session_is_told_no_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "is_confined", lambda _pid: True)
    exporter = Exporter(tmp_path / "metrics.sock", lambda: "# EOF\n")
    assert await _ask(tmp_path / "metrics.sock", b"GET /metrics HTTP/1.0\r\n\r\n") == b""
    await exporter.close()


async def _ask(file: Path, question: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(file))
    try:
        writer.write(question)
        async with asyncio.timeout(30):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
