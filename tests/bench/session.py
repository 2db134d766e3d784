"""A session on the demonstration: from signed in to its first screen, its memory, its bytes, and its keys in
a full house.

    python -m tests.bench.session
    python -m tests.bench.session --house 1000 --typing 20   # this alone: takes 15 GB for some minutes

Memory is the proportional set size (PSS) of ``/proc/PID/smaps_rollup``, which only root may read of
processes that can't be dumped.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import chain, cycle
from pathlib import Path
from typing import Any

from auth import sessions
from db.desk import open_desk
from db.language import say
from db.store.transactions import writing
from tests.bench.demonstration import demonstration
from tests.bench.front_rig import front_on
from tests.bench.rows import Outcome, Row, Unmeasured, table
from tests.bench.scale import counting
from tests.tui.front.running import Running, connect
from tui.app import app_for
from tui.screens.directory.list import EMPTY
from tui.screens.today.today import Today
from tui.warmup import TERMINAL

LOGIN, NAME = "zhangwei", "张伟"
FIRST_SCREENS = ((LOGIN, "employee", 60), ("chenjing", "HR", 80), ("hejun", "security", 100))
"""Who opens the first screen, as what, and the bar in ms of processor time."""
TODAY = say(Today.NAME, "zh_CN")
IMPORT = "import textual.app"
"""What the first screen is held against: the framework alone, in a fresh interpreter."""
ROUNDS = 7
STARTS = 20
SESSIONS = 50
HOUSE, TYPING, KEYS = 100, 5, 20
TOGETHER = 20
"""Sessions that sign in and search at the same time."""
SEARCH = b"2/"
"""Keys from the first screen into the search field."""
FINDS, FINDS_NOTHING, BACKSPACE = b"z", b"v", b"\x7f"
"""``z`` finds the Zhangs and others, ``zv`` nobody: each of the keys changes the list."""
FOUND, NOBODY = "张", say(EMPTY, "zh_CN")
"""What the list then says."""
QUIET = 0.5
"""Seconds without a byte after which a screen is taken to be drawn."""


class Seat:
    """One signed-in terminal of 80×24 in true colour; counts what it is sent."""

    def __init__(self, conn: Any, process: Any) -> None:
        self._conn, self._process = conn, process
        self.text = b""
        self.last = time.perf_counter()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def take(cls, front: Running, login: str = LOGIN) -> Seat:
        """Sign in and ask for the screen."""
        conn = await connect(front.port, username=login)
        environment = {"LANG": "zh_CN.UTF-8", "COLORTERM": "truecolor"}
        process = await conn.create_process(
            term_type="xterm-256color", term_size=(80, 24), encoding=None, env=environment
        )
        return cls(conn, process)

    async def _read(self) -> None:
        while data := await self._process.stdout.read(65_536):
            self.text += data
            self.last = time.perf_counter()

    async def until(self, text: bytes, seconds: float = 30) -> None:
        """Wait until ``text`` has come. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while text not in self.text:
                await asyncio.sleep(0.001)

    async def quiet(self) -> None:
        """Wait until nothing has come for a while."""
        while time.perf_counter() - self.last < QUIET:
            await asyncio.sleep(0.02)

    async def press(self, key: bytes, shows: str = "") -> float:
        """Type ``key``; seconds until ``shows`` has come, or without it, anything at all."""
        before, began = len(self.text), time.perf_counter()
        self._process.stdin.write(key)
        async with asyncio.timeout(30):
            while len(self.text) == before or shows.encode() not in self.text[before:]:
                await asyncio.sleep(0.0005)
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Cut the line."""
        self._reader.cancel()
        self._conn.abort()


def first_rows(warm: Running, fresh: Running, count: int = STARTS) -> Outcome:
    """Median time from the last answer at the door to the reader's name on the screen, with the real
    ``ssh``: ``warm`` and ``fresh`` take turns, so that what else the machine does falls on both alike."""
    taken: dict[Running, list[float]] = {warm: [], fresh: []}
    for _number in range(count):
        for front, times in taken.items():
            times.append(_first_row(front))
    ours, theirs = (statistics.median(times) * 1000 for times in taken.values())
    return Row("signed in → first rows, with ssh", ours, "ms", 0.4, theirs, "a fresh interpreter")


def _first_row(front: Running) -> float:
    client = front.ssh(login=LOGIN).sign_in()
    began = time.perf_counter()
    client.process.expect_exact(NAME.encode())
    taken = time.perf_counter() - began
    client.process.close(force=True)
    return taken


async def first_screens(front: Running, accounts: Mapping[str, int]) -> list[Outcome]:
    """Processor time of a session from the last answer at the door until it has nothing to draw any more, the
    least of some rounds, beside an import of the framework; and the statements until then."""
    taken: dict[str, list[float]] = {"": []}
    for _round in range(ROUNDS):
        taken[""].append(_import())
        for login, _who, _bar in FIRST_SCREENS:
            seat = await Seat.take(front, login)
            await seat.until(TODAY.encode())
            await seat.quiet()
            (session,) = front.sessions()
            taken.setdefault(login, []).append(processor(session) * 1000)
            await seat.leave()
            while front.sessions():
                await asyncio.sleep(0.01)
    least = {login: min(times) for login, times in taken.items()}
    rows: list[Outcome] = []
    for login, who, bar in FIRST_SCREENS:
        count = await _statements(accounts[login])
        rows.append(Row(f"first screen, {who}: processor time ({count} statements)", least[login], "ms", bar))
        rows.append(Row("… beside the import of the framework", least[login], "ms", 0.5, least[""], IMPORT))
    return rows


def _import() -> float:
    """Milliseconds of processor time that importing the framework takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", IMPORT], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


async def _statements(account: int) -> int:
    """How many statements the first screen takes, drawn in this process."""
    with writing():
        session = sessions.start(account, "127.0.0.1", "ssh", "full")
    with counting() as found:
        app = app_for(lambda: open_desk(sessions.resume(session, "zh_CN", "")), TERMINAL, "zh_CN")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
    with writing():
        sessions.end_session(session, "closed")
    return len(found)


async def memory(front: Running, count: int = SESSIONS) -> list[Outcome]:
    """PSS a session when each has searched, and what of it is its alone."""
    seats = await _searched(front, count)
    try:
        return _memory(front, count)
    finally:
        await asyncio.gather(*(seat.leave() for seat in seats))


def _memory(front: Running, count: int) -> list[Outcome]:
    wanted = (
        ("Pss", f"memory a session (PSS, {count} sessions, each searched)", 22),
        ("Private_Dirty", "… private memory of it", 14),
    )
    try:
        return [
            Row(what, statistics.mean(kilobytes(pid, name) for pid in front.sessions()) / 1000, "MB", bar)
            for name, what, bar in wanted
        ]
    except PermissionError:
        why = "only root may read the memory of a process that can't be dumped"
        return [Unmeasured(what, why) for _name, what, _bar in wanted]


async def sent(front: Running, idle: float = 60.0) -> list[Outcome]:
    """Bytes of the first screen, of one key in the search, and of a minute without a key."""
    seat = await Seat.take(front)
    await seat.until(NAME.encode())
    await seat.quiet()
    first = len(seat.text)
    await _search(seat, b"")
    most = 0
    for key, shows in ((FINDS, FOUND), (FINDS_NOTHING, NOBODY), (BACKSPACE, FOUND)):
        before = len(seat.text)
        await seat.press(key, shows)
        await seat.quiet()
        most = max(most, len(seat.text) - before)
    before = len(seat.text)
    await asyncio.sleep(idle)
    silent = len(seat.text) - before
    await seat.leave()
    return [
        Row("first screen, 80×24, true colour", first / 1000, "kB", 30),
        Row("one key in the search, the most of three", most / 1000, "kB", 6),
        Row(f"idle for {idle:g} s", float(silent), "bytes", 0),
    ]


async def alone(front: Running, keys: int = KEYS) -> list[Outcome]:
    """From a key in the search to the list it leads to, while nobody else is inside: by the clock, the median
    of some keys; and the session's processor time for each, all that is drawn after it with it."""
    seat = await Seat.take(front)
    await seat.until(NAME.encode())
    await _search(seat, FINDS)
    (session,) = front.sessions()
    taken: list[float] = []
    for _pair in range(2):  # the first is for what is made at first
        taken.clear()
        begun = processor(session)
        for number in range(2 * keys):
            key, shows = (FINDS_NOTHING, NOBODY) if number % 2 == 0 else (BACKSPACE, FOUND)
            taken.append(await seat.press(key, shows))
            await asyncio.sleep(0.1)
        used = processor(session) - begun
    await seat.leave()
    return [
        Row("search key → its list, one session", statistics.median(taken) * 1000, "ms", 12),
        Row("… the session's processor time for it", used / len(taken) * 1000, "ms", 5),
    ]


async def full_house(
    front: Running, house: int = HOUSE, typing: int = TYPING, keys: int = KEYS
) -> list[Outcome]:
    """95th percentile from a key in the search to the list it leads to, with ``house`` sessions open that
    have all searched, ``typing`` typing; and their memory."""
    seats = await _searched(front, house)
    measured = _memory(front, house)
    writers = seats[:typing]
    for seat in writers:
        await seat.press(BACKSPACE)
        await seat.quiet()

    async def write(seat: Seat) -> list[float]:
        taken = []
        for number in range(keys):
            key, shows = (FINDS_NOTHING, NOBODY) if number % 2 == 0 else (BACKSPACE, FOUND)
            taken.append(await seat.press(key, shows))
            await asyncio.sleep(0.2)
        return taken

    taken = sorted(chain.from_iterable(await asyncio.gather(*map(write, writers))))
    await asyncio.gather(*(seat.leave() for seat in seats))
    p95 = taken[int(len(taken) * 0.95)]
    what = f"search key → repaint, p95, {house} sessions, {typing} typing"
    return [*measured, Row(what, p95 * 1000, "ms", 100)]


async def _searched(front: Running, count: int) -> list[Seat]:
    """``count`` sessions, each with what it found on the screen: `TOGETHER` of `LOGIN`, as many of the next
    of `FIRST_SCREENS`, and so on in turn."""
    seats: list[Seat] = []
    logins = cycle(login for login, _who, _bar in FIRST_SCREENS)
    while len(seats) < count:
        login = next(logins)
        more = [await Seat.take(front, login) for _number in range(min(TOGETHER, count - len(seats)))]
        await asyncio.gather(*(seat.until(TODAY.encode()) for seat in more))
        await asyncio.gather(*(_search(seat, FINDS + b"w") for seat in more))
        seats += more
    return seats


async def _search(seat: Seat, text: bytes) -> None:
    for key in SEARCH + text:
        await seat.press(bytes([key]))
        await seat.quiet()


def processor(pid: int) -> float:
    """Seconds of processor time that the process has had, all its threads together."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(one.read_text("ascii").split()[0]) for one in threads) / 1e9


def kilobytes(pid: int, name: str) -> int:
    """A line of what the kernel says of the process's memory. Raises PermissionError to all but root."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measure() -> list[Outcome]:
    """The benchmark's lines."""
    outcomes: list[Outcome] = []
    with demonstration() as (home, accounts), front_on(home, accounts) as warm:
        with front_on(home, accounts, fresh=True) as fresh:
            outcomes.append(first_rows(warm, fresh))
        outcomes += asyncio.run(first_screens(warm, accounts))
        for step in (memory, sent, alone, full_house):
            outcomes += asyncio.run(step(warm))
    return outcomes


def measure_house(house: int, typing: int) -> list[Outcome]:
    """The lines of a house of another size."""
    with demonstration() as (home, accounts), front_on(home, accounts) as front:
        return asyncio.run(full_house(front, house, typing))


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--house", type=int, help="sessions that are open at one time, and nothing else")
    parser.add_argument("--typing", type=int, default=TYPING, help=f"how many type, up to {TOGETHER}")
    asked = parser.parse_args()
    print(table(measure_house(asked.house, asked.typing) if asked.house else measure()))


if __name__ == "__main__":
    main()
