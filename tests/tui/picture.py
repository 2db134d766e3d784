"""The picture in the README: the demonstration's directory as an employee sees it (``make picture``)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

from auth import sessions
from db.desk import open_desk
from db.store import clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.tables import Account
from db.store.transactions import writing
from tui.app import app_for
from tui.host.demo.build import build

PICTURE = Path(__file__).parents[2] / "docs" / "directory.svg"
PRESENT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
CELL = 12.2
TEXT = re.compile(
    r'(<text class="[^"]*r\d+" )x="([\d.]+)"( y="[^"]*" )textLength="[\d.]+"([^>]*>)([^<]*)</text>'
)


def widen(svg: str) -> str:
    """Return ``svg`` as Rich exports it, with each word as wide as its cells and where it belongs.

    Rich counts characters, which squeezes Chinese to half its width."""

    def apart(found: re.Match[str]) -> str:
        start, x, middle, end, text = found.groups()
        parts, at = [], float(x)
        for _kind, run in groupby(html.unescape(text), lambda sign: (cell_len(sign), sign.isspace())):
            word = "".join(run)
            wide = CELL * cell_len(word)
            if word.strip():
                parts.append(f'{start}x="{at:g}"{middle}textLength="{wide:g}"{end}{html.escape(word)}</text>')
            at += wide
        return "".join(parts)

    return TEXT.sub(apart, svg)


def draw() -> str:
    """Return the picture of a demonstration that is built for it."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder) / "state")
        home.folder.mkdir()
        make_keys(home.keys)
        open_store(home, Settings(organisation="华星集团"))
        migrate()
        build(PRESENT)
        clock.use_source(lambda: PRESENT + timedelta(minutes=1))
        with writing():
            session = sessions.start(Account.get(Account.login == "zhangwei").id, "127.0.0.1", "ssh", "full")
        app = app_for(
            lambda: open_desk(sessions.resume(session)), {"TERM": "xterm", "COLORTERM": "truecolor"}, "zh_CN"
        )
        taken: list[str] = []

        async def look(pilot: Pilot[Any]) -> None:
            await pilot.pause(1)
            for key in ("2", "down", "down", "down", "down", "enter"):
                await pilot.press(key)
                await pilot.pause(0.5)
            taken.append(app.export_screenshot(simplify=True, title="mingce"))
            app.exit()

        app.run(headless=True, auto_pilot=look, size=(120, 32))
        close_store()
    return widen(taken[0])


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
