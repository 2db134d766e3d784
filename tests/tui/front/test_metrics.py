"""What a monitoring system reads, where something goes wrong meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from db.store.engine import store
from db.store.settings import Home
from db.store.unavailable import AWAY, Unavailable
from tests.world import World
from tui.front.metrics import Exporter, newest_journal


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
    newest, glob = newest_journal(), Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [*glob(self, pattern), self / "gone"])
    assert newest_journal() == newest
    assert newest is None or newest.parent == store().journal.folder
