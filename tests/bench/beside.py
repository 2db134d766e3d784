"""Keys while a report on many people is drawn beside the session, against keys while nothing is.

Run alone with ``python -m tests.bench.beside [PEOPLE]``.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

from textual.events import Key
from textual.pilot import Pilot

from db.desk import Desk
from reports.catalogue import catalogue
from tests.bench.rows import Outcome, Row, table
from tests.bench.scale import in_world
from tests.bench.scale_world import desk_of
from tui.front.beside import Beside
from tui.kit import DataList, KitApp, Look
from tui.screens.modes import MODES
from tui.screens.reports.asked import ReportScope

PEOPLE = 20_000
KEYS = 200
BETWEEN = 0.02
"""Seconds between two keys."""
SHARE = 0.95
BAR = 2.0


class Room(KitApp):
    """The directory, for whoever keeps it."""

    def on_mount(self) -> None:
        """Offer it."""
        self.offer_modes([mode for mode in MODES if mode.id == "directory"])


async def keys(pilot: Pilot[int], goes_on: Callable[[int], bool]) -> float:
    """Move the cursor up and down; the milliseconds until it was drawn that 95 of a hundred keys took."""
    app, taken = pilot.app, list[float]()
    rows = app.screen.query_one(DataList)
    while goes_on(len(taken)):
        before, since = rows.cursor, time.perf_counter()
        app.post_message(Key("down" if len(taken) % 20 < 10 else "up", None))
        while rows.cursor == before or app.screen._dirty_widgets or app.screen._repaint_required:
            await asyncio.sleep(0.0005)
        taken.append(time.perf_counter() - since)
        await asyncio.sleep(BETWEEN)
    return sorted(taken)[int(len(taken) * SHARE)] * 1000


async def both(desk: Desk) -> tuple[float, float]:
    """That of keys while the report on deadlines is drawn, and while nothing is."""
    scope = ReportScope()
    offer = next(one for one in catalogue(desk) if one.kind.name == "compliance")
    book, unit = scope.of(offer)
    app = Room(language="zh_CN", look=Look(), desk=desk)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(1)
        app.screen.query_one(DataList).focus()
        idle = await keys(pilot, lambda count: count < KEYS)
        beside = Beside(lambda: offer.kind.build(desk, book.id, unit.id, scope.period))
        drawing = asyncio.create_task(beside.result())
        busy = await keys(pilot, lambda _count: not drawing.done())
        await drawing
    return busy, idle


def measure(people: int = PEOPLE) -> list[Outcome]:
    """The part of ``make bench``."""
    with in_world(people, "SQLCipher", keep=False):
        busy, idle = asyncio.run(both(desk_of("hr")))
    what = f"a key while a report on {people:,} people is drawn, p95"
    return [Row(what, busy, "ms", BAR, idle, "while nothing is")]


if __name__ == "__main__":
    print(table(measure(*map(int, sys.argv[1:]))))
