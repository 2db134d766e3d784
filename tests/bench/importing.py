"""Import of 10,000 and of 100,000 rows from XLSX, looked at alone and then in earnest, each in a process
of its own; the last while another one writes without a pause.

Run alone with ``python -m tests.bench.importing [ROWS]``.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import xlsxwriter

from db.desk import Actor, open_desk
from db.desk.importing.importing import Source
from db.store import audit
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.transactions import writing
from tests.bench.apart import apart
from tests.bench.rows import Outcome, Row, table
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book
from tui.host.spreadsheet import read_sheet

ROWS = 100_000
FEW = 10_000
"""Rows that come in on the screen at the most."""
UNITS = 500
SECONDS, LOOK, MB, WAIT = 25.0, 10.0, 300.0, 5.0
"""For 100,000 rows, in earnest and looked at; MB; seconds that a writer waits for its turn at the most."""
PAUSE = 0.05
SHEET = "people.xlsx"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉玲志红"


def people(count: int) -> list[list[str]]:
    """``count`` different people, headings first."""
    found = [HEADINGS]
    for number in range(count):
        surname = SURNAMES[number % len(SURNAMES)]
        given = GIVEN[number // 20 % len(GIVEN)] + GIVEN[number // 600 % len(GIVEN)]
        unit = f"事业群{number % UNITS // 50}/部门{number % UNITS}"
        phone, mobile = f"010-88{number:06d}", f"138{number:08d}"
        found.append([surname + given, unit, "工程师", phone, mobile, f"u{number}@example.com", ""])
    return found


def write_people(folder: Path, count: int) -> None:
    """`SHEET` with so many people in its first sheet."""
    with xlsxwriter.Workbook(str(folder / SHEET), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(people(count)):
            sheet.write_row(number, 0, row)


def begin(home: Home) -> Actor:
    """An installation with an empty book; whoever maintains it."""
    home.folder.mkdir()
    make_keys(home.keys)
    open_store(home, Settings())
    migrate()
    desk = desk_of("hr", make_book(), "hr")
    close_store()
    return desk.actor


def load(home: Home, folder: Path, actor: Actor, dry: bool = False) -> int:
    """Import the people of `SHEET`, or with ``dry`` look at them alone; how many come in."""
    open_store(home, Settings())
    sheet = read_sheet(folder / SHEET)
    rows, source = [sheet.rows], Source(sheet.name, sheet.digest)
    del sheet
    importing = open_desk(actor).importing
    act = importing.check if dry else importing.load
    report = act("staff", rows.pop(), source=source)
    close_store()
    return report.entries


def write_meanwhile(home: Home, ended: Event, longest: Any) -> None:
    """Put an act on record again and again; ``longest`` is the longest that one took, in seconds."""
    open_store(home, Settings())
    while not ended.is_set():
        began = time.perf_counter()
        with writing():
            audit.append(act="bench", outcome="done")
        longest.value = max(longest.value, time.perf_counter() - began)
        time.sleep(PAUSE)
    close_store()


def measure(count: int = ROWS) -> list[Outcome]:
    """The benchmark's lines: of `FEW` rows, then of ``count``."""
    return [line for rows in sorted({min(FEW, count), count}) for line in _measured(rows)]


def _measured(count: int) -> list[Outcome]:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(folder / "state")
        apart(write_people, folder, count)
        actor = apart(begin, home).result
        look = apart(load, home, folder, actor, True)
        ended, longest = context.Event(), context.Value("d", 0.0)
        writer = context.Process(target=write_meanwhile, args=(home, ended, longest))
        writer.start()
        try:
            cost = apart(load, home, folder, actor)
        finally:
            ended.set()
            writer.join()
    if (look.result, cost.result) != (count, count):
        raise RuntimeError(f"{look.result} and {cost.result} of {count} rows came in")
    share = count / ROWS
    return [
        Row(f"{count:,} rows, XLSX, looked at, processor time", look.seconds, "s", LOOK * share),
        Row("… memory at the most", look.mb, "MB", MB),
        Row(f"import of {count:,} rows, XLSX, processor time", cost.seconds, "s", SECONDS * share),
        Row("… memory at the most", cost.mb, "MB", MB),
        Row("… the longest that an act of another process took", longest.value, "s", WAIT),
    ]


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if sys.argv[1:] else ROWS)))
